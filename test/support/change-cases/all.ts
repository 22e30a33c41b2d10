// The cases of all areas.

import type { ChangeCase } from '../changes.ts';
import { userLifecycleCases } from './user-lifecycle.ts';

export const cases: readonly ChangeCase[] = [...userLifecycleCases];
