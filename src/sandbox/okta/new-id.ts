// Ids of what calls make: of Okta's form, and never one that the seed gave.

import { makeId } from '../random.ts';
import type { OktaState } from './state.ts';

export function makeNewId(state: OktaState, prefix: string): string {
  return makeId(prefix, state.seed, state.made++);
}
