// The cases of all areas.

import type { ChangeCase } from '../changes.ts';
import { appCases } from './apps.ts';
import { groupCases } from './groups.ts';
import { networkZoneCases } from './network-zones.ts';
import { policyCases } from './policies.ts';
import { userLifecycleCases } from './user-lifecycle.ts';
import { userCases } from './users.ts';

export const cases: readonly ChangeCase[] = [
  ...appCases,
  ...policyCases,
  ...networkZoneCases,
  ...userLifecycleCases,
  ...userCases,
  ...groupCases,
];
