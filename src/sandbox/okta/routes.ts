// Every path the simulated Okta answers.

import { appRoutes } from './apps.ts';
import type { OktaRoute } from './context.ts';
import { factorRoutes } from './factors.ts';
import { groupRoutes } from './groups.ts';
import { logRoutes } from './logs.ts';
import { orgRoutes } from './org.ts';
import { policyRoutes } from './policies.ts';
import { lifecycleRoutes } from './user-lifecycle.ts';
import { userWriteRoutes } from './user-writes.ts';
import { userRoutes } from './users.ts';
import { zoneRoutes } from './zones.ts';

export const oktaRoutes: readonly OktaRoute[] = [
  ...userRoutes,
  ...userWriteRoutes,
  ...lifecycleRoutes,
  ...factorRoutes,
  ...groupRoutes,
  ...appRoutes,
  ...policyRoutes,
  ...zoneRoutes,
  ...logRoutes,
  ...orgRoutes,
];
