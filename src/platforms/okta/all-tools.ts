// All tools of the Okta platform, by area.

import type { Toolsets } from '../../core/tool.ts';
import { appAssignmentTools } from './tools/app-assignments.ts';
import { appChangeTools } from './tools/app-changes.ts';
import { appGroupAssignmentTools } from './tools/app-group-assignments.ts';
import { appTools } from './tools/apps.ts';
import { authorizationServerPolicyTools } from './tools/authorization-server-policies.ts';
import { authorizationServerTools } from './tools/authorization-servers.ts';
import { deviceTools } from './tools/devices.ts';
import { eventTypeTools } from './tools/event-types.ts';
import { grantTools } from './tools/grants.ts';
import { groupChangeTools } from './tools/group-changes.ts';
import { groupMemberTools } from './tools/group-members.ts';
import { groupRuleTools } from './tools/group-rules.ts';
import { groupTools } from './tools/groups.ts';
import { logTools } from './tools/logs.ts';
import { networkZoneChangeTools } from './tools/network-zone-changes.ts';
import { networkZoneTools } from './tools/network-zones.ts';
import { orgTools } from './tools/org.ts';
import { policyTools } from './tools/policies.ts';
import { policyChangeTools } from './tools/policy-changes.ts';
import { policyRuleChangeTools } from './tools/policy-rule-changes.ts';
import { roleTools } from './tools/roles.ts';
import { createScopeTools } from './tools/scope-status.ts';
import { timeTools } from './tools/time.ts';
import { userChangeTools } from './tools/user-changes.ts';
import { userFactorTools } from './tools/user-factors.ts';
import { userLifecycleTools } from './tools/user-lifecycle.ts';
import { userPasswordTools } from './tools/user-passwords.ts';
import { userSessionTools } from './tools/user-sessions.ts';
import { userTools } from './tools/users.ts';

export const allToolsets: Toolsets = {
  users: [
    ...userTools,
    ...userFactorTools,
    ...userChangeTools,
    ...userLifecycleTools,
    ...userPasswordTools,
    ...userSessionTools,
    ...grantTools,
  ],
  groups: [...groupTools, ...groupChangeTools, ...groupMemberTools, ...groupRuleTools],
  apps: [...appTools, ...appChangeTools, ...appAssignmentTools, ...appGroupAssignmentTools],
  policies: [...policyTools, ...policyChangeTools, ...policyRuleChangeTools],
  network_zones: [...networkZoneTools, ...networkZoneChangeTools],
  roles: roleTools,
  devices: deviceTools,
  authorization_servers: [...authorizationServerTools, ...authorizationServerPolicyTools],
  organization: [...orgTools, ...createScopeTools(() => Object.values(allToolsets).flat())],
  logs: [...logTools, ...eventTypeTools],
  time: timeTools,
};
