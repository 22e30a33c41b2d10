// All tools of the OCI platform, by area.

import type { Toolsets } from '../../core/tool.ts';
import { grantTools } from './tools/grants.ts';
import { groupChangeTools } from './tools/group-changes.ts';
import { groupMemberTools } from './tools/group-members.ts';
import { groupTools } from './tools/groups.ts';
import { userChangeTools } from './tools/user-changes.ts';
import { userCredentialTools } from './tools/user-credentials.ts';
import { userFactorTools } from './tools/user-factors.ts';
import { userLifecycleTools } from './tools/user-lifecycle.ts';
import { userPasswordTools } from './tools/user-passwords.ts';
import { userTools } from './tools/users.ts';

export const allToolsets: Toolsets = {
  users: [
    ...userTools,
    ...userChangeTools,
    ...userLifecycleTools,
    ...userPasswordTools,
    ...userFactorTools,
    ...userCredentialTools,
  ],
  groups: [...groupTools, ...groupMemberTools, ...groupChangeTools],
  grants: grantTools,
};
