// All tools of the Scalekit platform, by area.

import type { Toolsets } from '../../core/tool.ts';
import { authenticationRequestTools } from './tools/authentication-requests.ts';
import { connectedAccountTools } from './tools/connected-accounts.ts';
import { connectionChangeTools } from './tools/connection-changes.ts';
import { connectionStateTools } from './tools/connection-states.ts';
import { connectionTools } from './tools/connections.ts';
import { directoryTools } from './tools/directories.ts';
import { environmentRoleChangeTools } from './tools/environment-role-changes.ts';
import { environmentRoleTools } from './tools/environment-roles.ts';
import { environmentScopeTools } from './tools/environment-scopes.ts';
import { environmentTools } from './tools/environments.ts';
import { mcpServerChangeTools } from './tools/mcp-server-changes.ts';
import { mcpServerTools } from './tools/mcp-servers.ts';
import { membershipTools } from './tools/memberships.ts';
import { organizationChangeTools } from './tools/organization-changes.ts';
import { organizationTools } from './tools/organizations.ts';
import { portalLinkTools } from './tools/portal-links.ts';
import { redirectUriTools } from './tools/redirect-uris.ts';
import { docsTools } from './tools/search-docs.ts';
import { userChangeTools } from './tools/user-changes.ts';
import { userTools } from './tools/users.ts';
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
  organizations: [...organizationTools, ...organizationChangeTools, ...portalLinkTools],
  users: [...userTools, ...userChangeTools, ...membershipTools],
  connections: [...connectionTools, ...connectionChangeTools, ...connectionStateTools],
  directories: directoryTools,
  connected_accounts: connectedAccountTools,
  logs: authenticationRequestTools,
  mcp_servers: [...mcpServerTools, ...mcpServerChangeTools],
  docs: docsTools,
};
