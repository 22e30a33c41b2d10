// Every operation that the simulated API knows.

import { clientRoutes } from './clients.ts';
import type { Route } from './context.ts';
import { membershipRoutes } from './memberships.ts';
import { organizationRoutes } from './organizations.ts';
import { roleRoutes } from './roles.ts';
import { scopeRoutes } from './scopes.ts';
import { userRoutes } from './users.ts';
import { workspaceRoutes } from './workspace.ts';

export const apiRoutes: readonly Route[] = [
  ...workspaceRoutes,
  ...organizationRoutes,
  ...userRoutes,
  ...membershipRoutes,
  ...roleRoutes,
  ...scopeRoutes,
  ...clientRoutes,
];
