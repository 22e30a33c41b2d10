// Every operation that the simulated API knows.

import { accountRoutes } from './accounts.ts';
import { clientRoutes } from './clients.ts';
import { connectionRoutes } from './connections.ts';
import type { Route } from './context.ts';
import { directoryRoutes } from './directories.ts';
import { logRoutes } from './log.ts';
import { membershipRoutes } from './memberships.ts';
import { organizationPartRoutes } from './organization-parts.ts';
import { organizationRoutes } from './organizations.ts';
import { resourceRoutes } from './resources.ts';
import { roleRoutes } from './roles.ts';
import { scopeRoutes } from './scopes.ts';
import { userRoutes } from './users.ts';
import { workspaceRoutes } from './workspace.ts';

export const apiRoutes: readonly Route[] = [
  ...workspaceRoutes,
  ...organizationRoutes,
  ...organizationPartRoutes,
  ...userRoutes,
  ...membershipRoutes,
  ...roleRoutes,
  ...scopeRoutes,
  ...clientRoutes,
  ...connectionRoutes,
  ...directoryRoutes,
  ...accountRoutes,
  ...resourceRoutes,
  ...logRoutes,
];
