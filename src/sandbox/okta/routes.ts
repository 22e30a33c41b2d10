// Every path the simulated Okta answers.

import { appAssignmentRoutes } from './app-assignments.ts';
import { appWriteRoutes } from './app-writes.ts';
import { appRoutes } from './apps.ts';
import { authServerRoutes } from './authorization-servers.ts';
import type { OktaRoute } from './context.ts';
import { deviceRoutes } from './devices.ts';
import { factorRoutes } from './factors.ts';
import { grantRoutes } from './grants.ts';
import { groupRuleRoutes } from './group-rules.ts';
import { groupWriteRoutes } from './group-writes.ts';
import { groupRoutes } from './groups.ts';
import { iamRoutes } from './iam.ts';
import { logRoutes } from './logs.ts';
import { clientRoutes } from './oauth/client-routes.ts';
import { orgRoutes } from './org.ts';
import { deskRoutes } from './org-desk.ts';
import { policyRoutes } from './policies.ts';
import { policyWriteRoutes } from './policy-writes.ts';
import { roleRoutes } from './roles.ts';
import { ruleWriteRoutes } from './rule-writes.ts';
import { lifecycleRoutes } from './user-lifecycle.ts';
import { userWriteRoutes } from './user-writes.ts';
import { userRoutes } from './users.ts';
import { zoneWriteRoutes } from './zone-writes.ts';
import { zoneRoutes } from './zones.ts';

export const oktaRoutes: readonly OktaRoute[] = [
  ...userRoutes,
  ...userWriteRoutes,
  ...lifecycleRoutes,
  ...factorRoutes,
  ...grantRoutes,
  ...deviceRoutes,
  ...groupRoutes,
  ...groupWriteRoutes,
  ...groupRuleRoutes,
  ...appRoutes,
  ...appWriteRoutes,
  ...appAssignmentRoutes,
  ...policyRoutes,
  ...policyWriteRoutes,
  ...ruleWriteRoutes,
  ...zoneRoutes,
  ...zoneWriteRoutes,
  ...roleRoutes,
  ...iamRoutes,
  ...authServerRoutes,
  ...logRoutes,
  ...orgRoutes,
  ...deskRoutes,
  ...clientRoutes,
];
