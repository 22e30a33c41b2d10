// All tools of the Scalekit platform, by area.

import type { Toolsets } from '../../core/tool.ts';
import { environmentRoleChangeTools } from './tools/environment-role-changes.ts';
import { environmentRoleTools } from './tools/environment-roles.ts';
import { environmentScopeTools } from './tools/environment-scopes.ts';
import { environmentTools } from './tools/environments.ts';
import { mcpServerChangeTools } from './tools/mcp-server-changes.ts';
import { mcpServerTools } from './tools/mcp-servers.ts';
import { redirectUriTools } from './tools/redirect-uris.ts';
import { docsTools } from './tools/search-docs.ts';
import { workspaceMemberTools } from './tools/workspace-members.ts';

export const allToolsets: Toolsets = {
  environments: [
    ...environmentTools,
    ...environmentRoleTools,
    ...environmentRoleChangeTools,
    ...environmentScopeTools,
    ...redirectUriTools,
  ],
  workspace: workspaceMemberTools,
  mcp_servers: [...mcpServerTools, ...mcpServerChangeTools],
  docs: docsTools,
};
