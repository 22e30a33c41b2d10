// What every change does besides the change: it is noted in the System Log, and what was kept of older answers is dropped.

import { cast } from '../company/people.ts';
import { places } from '../company/places.ts';
import type { AppRecord } from './app-record.ts';
import { assignedBits, assignedTo } from './assignments.ts';
import { type Bits, bitsAfter, clearBit, setBit, subtract } from './bits.ts';
import type { OktaContext } from './context.ts';
import type { EventType } from './event-kinds.ts';
import type { GroupRecord } from './group-seed.ts';
import { append, type LogClient, type LogTarget } from './log-record.ts';
import { OktaProblem } from './problems.ts';
import type { OktaState } from './state.ts';
import type { UserRecord, UserStatus } from './user-record.ts';

type Body = Record<string, unknown>;

/** Writes an event with the token's owner for its actor, or the system where that acts by itself. */
export function note(context: OktaContext, type: EventType, ...targets: LogTarget[]): void {
  const { state } = context;
  append(state.log, {
    at: state.now(),
    type,
    ...(context.bySystem ? {} : { ...(context.actor ?? { actor: cast.admin }), client: clientOf(context) }),
    result: 'SUCCESS',
    targets,
  });
}

function clientOf({ call }: OktaContext): LogClient {
  const raw = call.headers['user-agent'] ?? 'unknown';
  const place = places[0] as (typeof places)[number];
  return {
    ip: '127.0.0.1',
    agent: { raw, os: 'Unknown', browser: 'UNKNOWN', device: 'Unknown' },
    geo: { ...place, asn: 0 },
    zone: 'OFF_NETWORK',
  };
}

export function target(user: UserRecord): LogTarget {
  return { kind: 'user', n: user.n };
}

export function touch(state: OktaState, user: UserRecord): void {
  user.lastUpdated = state.now();
  state.version++;
}

export function changeStatus(state: OktaState, user: UserRecord, status: UserStatus): void {
  user.status = status;
  user.statusChanged = state.now();
  if (status === 'DEPROVISIONED') setBit(state.inactive, user.n);
  else clearBit(state.inactive, user.n);
  touch(state, user);
}

export function readJson({ call }: OktaContext): unknown {
  try {
    return call.body === '' ? {} : JSON.parse(call.body);
  } catch {
    throw new OktaProblem('E0000003');
  }
}

export function readBody(context: OktaContext): Body {
  const body = readJson(context);
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw new OktaProblem('E0000003');
  return body as Body;
}

/** Joining or leaving a group also gives or takes the applications that the group carries. */
export function setMembership(context: OktaContext, group: GroupRecord, user: UserRecord, member: boolean): void {
  const { state } = context;
  const before = appsOf(state, user);
  const changed = member ? setBit(group.members, user.n) : clearBit(group.members, user.n);
  if (!changed) return;
  group.lastMembershipUpdated = state.now();
  state.version++;
  note(context, member ? 'group.user_membership.add' : 'group.user_membership.remove', target(user), {
    kind: 'group',
    n: group.n,
  });
  noteApps(context, user, before);
}

/** Runs a change of one person, and notes the applications it gave or took. */
export function withAppsOf(context: OktaContext, user: UserRecord, change: () => void): void {
  const before = appsOf(context.state, user);
  change();
  noteApps(context, user, before);
}

/** Runs a change of many people, and notes the applications it gave or took. */
export function withAppsOfAll(context: OktaContext, change: () => void): void {
  const { state } = context;
  const before = new Map(state.apps.map((app) => [app, assignedBits(state, app)]));
  change();
  state.version++;
  for (const app of state.apps) {
    const had = before.get(app);
    const has = assignedBits(state, app);
    if (!had) continue;
    noteEach(context, 'application.user_membership.add', app, subtract(has, had));
    noteEach(context, 'application.user_membership.remove', app, subtract(had, has));
  }
}

function noteEach(context: OktaContext, type: EventType, app: AppRecord, people: Bits): void {
  for (const n of bitsAfter(people, -1, people.count))
    note(context, type, { kind: 'app', n: app.n }, { kind: 'user', n });
}

function appsOf(state: OktaState, user: UserRecord): Set<AppRecord> {
  return new Set(state.apps.filter((app) => assignedTo(app, user)));
}

function noteApps(context: OktaContext, user: UserRecord, before: Set<AppRecord>): void {
  const after = appsOf(context.state, user);
  for (const app of after)
    if (!before.has(app)) note(context, 'application.user_membership.add', { kind: 'app', n: app.n }, target(user));
  for (const app of before)
    if (!after.has(app)) note(context, 'application.user_membership.remove', { kind: 'app', n: app.n }, target(user));
}
