// Who has an application: through one of its groups, or by themselves.

import type { AppRecord } from './app-seed.ts';
import { type Bits, hasBit, unite } from './bits.ts';
import type { GroupRecord } from './group-seed.ts';

export function assignedTo(groups: readonly GroupRecord[], app: AppRecord, n: number): boolean {
  return hasBit(app.direct, n) || app.groups.some((at) => groups[at] !== undefined && hasBit(groups[at].members, n));
}

/** Everybody who has the application, kept until something changes. */
export function assignedBits(state: { groups: readonly GroupRecord[]; version: number }, app: AppRecord): Bits {
  if (app.everybody?.version === state.version) return app.everybody.bits;
  const bits = unite([app.direct, ...app.groups.flatMap((n) => state.groups[n]?.members ?? [])]);
  app.everybody = { version: state.version, bits };
  return bits;
}
