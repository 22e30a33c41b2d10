// What every change does besides the change: it is noted in the System Log, and what was kept of older answers is dropped.

import { cast } from '../company/people.ts';
import { places } from '../company/places.ts';
import type { AppRecord } from './app-seed.ts';
import { assignedTo } from './assignments.ts';
import { clearBit, setBit } from './bits.ts';
import type { OktaContext } from './context.ts';
import type { EventType } from './event-kinds.ts';
import type { GroupRecord } from './group-seed.ts';
import { append, type LogClient, type LogTarget } from './log-record.ts';
import { OktaProblem } from './problems.ts';
import type { OktaState } from './state.ts';
import type { UserRecord, UserStatus } from './user-record.ts';

type Body = Record<string, unknown>;

/** Writes an event with the token's owner for its actor. */
export function note(context: OktaContext, type: EventType, ...targets: LogTarget[]): void {
  const { state } = context;
  append(state.log, {
    at: state.now(),
    type,
    actor: cast.admin,
    client: clientOf(context),
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
  touch(state, user);
}

export function readBody({ call }: OktaContext): Body {
  let body: unknown;
  try {
    body = call.body === '' ? {} : JSON.parse(call.body);
  } catch {
    throw new OktaProblem('E0000003');
  }
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

/** Whoever leaves the company leaves every group and application. */
export function removeEverywhere(context: OktaContext, user: UserRecord): void {
  const { state } = context;
  const before = appsOf(state, user);
  for (const group of state.groups) clearBit(group.members, user.n);
  for (const app of state.apps) clearBit(app.direct, user.n);
  state.version++;
  noteApps(context, user, before);
}

function appsOf(state: OktaState, user: UserRecord): Set<AppRecord> {
  return new Set(state.apps.filter((app) => assignedTo(state.groups, app, user.n)));
}

function noteApps(context: OktaContext, user: UserRecord, before: Set<AppRecord>): void {
  const after = appsOf(context.state, user);
  for (const app of after)
    if (!before.has(app)) note(context, 'application.user_membership.add', { kind: 'app', n: app.n }, target(user));
  for (const app of before)
    if (!after.has(app)) note(context, 'application.user_membership.remove', { kind: 'app', n: app.n }, target(user));
}
