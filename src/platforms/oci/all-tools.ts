// All tools of the OCI platform, by area.

import type { Toolsets } from '../../core/tool.ts';
import { grantTools } from './tools/grants.ts';
import { groupChangeTools } from './tools/group-changes.ts';
import { groupMemberTools } from './tools/group-members.ts';
import { groupTools } from './tools/groups.ts';

export const allToolsets: Toolsets = {
  groups: [...groupTools, ...groupMemberTools, ...groupChangeTools],
  grants: grantTools,
};
