// Making and changing users, and who is in a group.

import { makeId } from '../random.ts';
import { empty, json } from './answer.ts';
import { setBit } from './bits.ts';
import { note, readBody, setMembership, target, touch } from './changes.ts';
import type { OktaContext, OktaRoute } from './context.ts';
import { checkIfMatch, etagOf } from './etag.ts';
import { excludeFromRules, runRulesFor } from './group-rule-run.ts';
import { requireGroup } from './groups.ts';
import { OktaProblem } from './problems.ts';
import type { OktaState } from './state.ts';
import { type Profile, profileReaders, readProfile, type UserRecord } from './user-record.ts';
import { viewUserAlone } from './user-view.ts';
import { requireUser, viewOptionsOf } from './users.ts';

export const userWriteRoutes: readonly OktaRoute[] = [
  { method: 'POST', path: '/api/v1/users', handle: createUser },
  { method: 'POST', path: '/api/v1/users/{id}', handle: (context) => updateUser(context, false) },
  { method: 'PUT', path: '/api/v1/users/{id}', handle: (context) => updateUser(context, true) },
  {
    method: 'PUT',
    path: '/api/v1/groups/{groupId}/users/{userId}',
    handle: (context) => changeMembership(context, true),
  },
  {
    method: 'DELETE',
    path: '/api/v1/groups/{groupId}/users/{userId}',
    handle: (context) => changeMembership(context, false),
  },
];

const required = ['firstName', 'lastName', 'email', 'login'] as const;
const blank: Profile = Object.fromEntries([...profileReaders.keys()].map((name) => [name, null]));

function createUser(context: OktaContext) {
  const { state, query } = context;
  const body = readBody(context);
  const profile = readProfileIn(body);
  checkProfile(state, { ...blank, ...profile }, undefined);
  const groups = readGroupIds(body).map((id) => requireGroup(state, id));
  const hasPassword = typeof (body.credentials as Profile | undefined)?.password === 'object';
  const activates = query.get('activate') !== 'false';
  const expires = hasPassword && query.get('nextLogin') === 'changePassword';
  const n = state.users.length;
  const now = state.now();
  const user: UserRecord = {
    n,
    id: makeId('00u', state.seed, n),
    person: {
      n,
      given: '',
      family: '',
      login: '',
      department: 0,
      place: 0,
      title: '',
      manager: undefined,
      hiredDaysAgo: 0,
      contractor: false,
    },
    status: activates ? (expires ? 'PASSWORD_EXPIRED' : hasPassword ? 'ACTIVE' : 'PROVISIONED') : 'STAGED',
    created: now,
    activated: activates ? now : undefined,
    statusChanged: activates ? now : undefined,
    lastLogin: undefined,
    lastUpdated: now,
    passwordChanged: hasPassword ? now : undefined,
    changes: { ...blank, ...profile },
    withoutFactors: true,
  };
  state.users.push(user);
  state.usersById.set(user.id, n);
  state.usersByLogin.set(String(profile.login).toLowerCase(), n);
  note(context, 'user.lifecycle.create', target(user));
  if (activates) note(context, 'user.lifecycle.activate', target(user));
  const everyone = state.groups.find((group) => group.type === 'BUILT_IN');
  if (everyone) setBit(everyone.members, n);
  touch(state, user);
  for (const group of groups) setMembership(context, group, user, true);
  runRulesFor(context, user);
  return json(viewUserAlone(state, user, viewOptionsOf(context)));
}

function updateUser(context: OktaContext, replaces: boolean) {
  const { state } = context;
  const user = requireUser(state, context.params.id ?? '');
  checkIfMatch(context, user);
  const profile = readProfileIn(readBody(context));
  const changes = replaces ? { ...blank, ...profile } : { ...user.changes, ...profile };
  const current = Object.fromEntries(required.map((name) => [name, readProfile(user, name, state.users)]));
  checkProfile(state, replaces ? changes : { ...current, ...profile }, user);
  state.usersByLogin.delete(String(readProfile(user, 'login', state.users)).toLowerCase());
  user.changes = changes;
  state.usersByLogin.set(String(readProfile(user, 'login', state.users)).toLowerCase(), user.n);
  touch(state, user);
  note(context, 'user.account.update_profile', target(user));
  runRulesFor(context, user);
  return json(viewUserAlone(state, user, viewOptionsOf(context)), { etag: etagOf(state, user) });
}

function readProfileIn(body: Record<string, unknown>): Profile {
  const { profile } = body;
  if (profile === undefined) return {};
  if (typeof profile !== 'object' || profile === null || Array.isArray(profile)) throw new OktaProblem('E0000003');
  return profile as Profile;
}

function readGroupIds(body: Record<string, unknown>): string[] {
  const { groupIds } = body;
  if (groupIds === undefined) return [];
  const valid = Array.isArray(groupIds) && groupIds.length <= 20 && groupIds.every((id) => typeof id === 'string');
  if (!valid) throw new OktaProblem('E0000001', 'groupIds', ['groupIds: At most 20 ids of groups.']);
  return groupIds as string[];
}

function checkProfile(state: OktaState, profile: Profile, user: UserRecord | undefined): void {
  const causes: string[] = [];
  for (const name of required) {
    if (typeof profile[name] !== 'string' || profile[name] === '')
      causes.push(`${name}: The field cannot be left blank`);
  }
  for (const [name, value] of Object.entries(profile)) {
    if (!profileReaders.has(name)) causes.push(`${name}: The field is not part of the user schema`);
    else if (value !== null && typeof value !== 'string') causes.push(`${name}: The value must be a string`);
  }
  for (const name of ['email', 'login'] as const) {
    const value = profile[name];
    if (typeof value === 'string' && value !== '' && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value)) {
      causes.push(`${name}: Does not match required pattern`);
    }
  }
  const owner = state.usersByLogin.get(String(profile.login ?? '').toLowerCase());
  if (owner !== undefined && owner !== user?.n)
    causes.push('login: An object with this field already exists in the current organization');
  const field = causes[0]?.split(':')[0] ?? '';
  if (causes.length > 0) throw new OktaProblem('E0000001', field, causes);
}

/** Only Okta's own groups can be changed by hand; doing it twice is no fault. */
function changeMembership(context: OktaContext, member: boolean) {
  const { state, params } = context;
  const group = requireGroup(state, params.groupId ?? '');
  const user = requireUser(state, params.userId ?? '');
  if (group.type !== 'OKTA_GROUP') throw new OktaProblem('E0000060');
  if (member && user.status === 'DEPROVISIONED') throw new OktaProblem('E0000038');
  setMembership(context, group, user, member);
  if (!member) excludeFromRules(context, group, user);
  runRulesFor(context, user);
  return empty();
}
