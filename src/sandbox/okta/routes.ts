// Every path the simulated Okta answers.

import type { OktaRoute } from './context.ts';
import { userRoutes } from './users.ts';

export const oktaRoutes: readonly OktaRoute[] = [...userRoutes];
