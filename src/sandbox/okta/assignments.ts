// Who has an application: through one of its groups, or by themselves; whoever has left has none.

import type { AppGroup, AppRecord } from './app-record.ts';
import { type Bits, clearBit, hasBit, subtract, unite } from './bits.ts';
import type { GroupRecord } from './group-seed.ts';
import type { UserRecord } from './user-record.ts';

export function assignedTo(app: AppRecord, user: UserRecord): boolean {
  if (user.status === 'DEPROVISIONED') return false;
  return hasBit(app.direct, user.n) || app.groups.some(({ group }) => hasBit(group.members, user.n));
}

/** Ends somebody's own assignment, and forgets what was said of their account there. */
export function dropPerson(app: AppRecord, user: UserRecord): boolean {
  app.people.delete(user.n);
  return clearBit(app.direct, user.n);
}

/** The group that gives somebody the application: the first by priority. */
export function givingGroup(app: AppRecord, user: UserRecord): AppGroup | undefined {
  return app.groups.find(({ group }) => hasBit(group.members, user.n));
}

export function carries(app: AppRecord, group: GroupRecord): boolean {
  return app.groups.some((assignment) => assignment.group === group);
}

/** Everybody who has the application, kept until something changes. */
export function assignedBits(state: { inactive: Bits; version: number }, app: AppRecord): Bits {
  if (app.everybody?.version === state.version) return app.everybody.bits;
  const all = unite([app.direct, ...app.groups.map(({ group }) => group.members)]);
  const bits = subtract(all, state.inactive);
  app.everybody = { version: state.version, bits };
  return bits;
}
