// Giving applications to people and groups, and taking them.

import { empty, json } from './answer.ts';
import type { AppGroup, AppPerson, AppRecord } from './app-record.ts';
import { viewAppGroup, viewAppUser } from './app-user-view.ts';
import { requireApp, requireAppGroup } from './apps.ts';
import { assignedTo, dropPerson, givingGroup } from './assignments.ts';
import { clearBit, hasBit, setBit } from './bits.ts';
import { note, readBody, readJson, target, withAppsOf, withAppsOfAll } from './changes.ts';
import type { OktaContext, OktaRoute } from './context.ts';
import { requireGroup } from './groups.ts';
import { invalid, notFound, OktaProblem } from './problems.ts';
import { isObject, readFlag } from './shapes.ts';
import type { UserRecord } from './user-record.ts';
import { requireUser } from './users.ts';

type Body = Record<string, unknown>;

export const appAssignmentRoutes: readonly OktaRoute[] = [
  { method: 'POST', path: '/api/v1/apps/{appId}/users', handle: assignUser },
  { method: 'POST', path: '/api/v1/apps/{appId}/users/{userId}', handle: updateAppUser },
  { method: 'DELETE', path: '/api/v1/apps/{appId}/users/{userId}', handle: unassignUser },
  { method: 'PUT', path: '/api/v1/apps/{appId}/groups/{groupId}', handle: assignGroup },
  { method: 'PATCH', path: '/api/v1/apps/{appId}/groups/{groupId}', handle: patchAppGroup },
  { method: 'DELETE', path: '/api/v1/apps/{appId}/groups/{groupId}', handle: unassignGroup },
];

/** To assignments, an application that is switched off is not there. */
function requireActiveApp({ state, params }: OktaContext): AppRecord {
  const app = requireApp(state, params.appId ?? '');
  if (app.status !== 'ACTIVE') throw notFound(app.id, 'AppInstance');
  return app;
}

/** Whoever has it by a group gets it by themselves; asking for scope GROUP turns that round. */
function assignUser(context: OktaContext) {
  const { state } = context;
  const app = requireActiveApp(context);
  const body = readBody(context);
  if (typeof body.id !== 'string' || body.id === '') throw invalid('id', 'The field cannot be left blank');
  const scope = body.scope ?? 'USER';
  if (scope !== 'USER' && scope !== 'GROUP') throw invalid('scope', "It must be 'USER' or 'GROUP'.");
  const user = requireUser(state, body.id);
  if (user.status === 'DEPROVISIONED') throw new OktaProblem('E0000117');
  if (scope === 'GROUP' && !givingGroup(app, user))
    throw invalid('scope', 'The user is in no group that is assigned to the application.');
  const wishes = readWishes(body);
  withAppsOf(context, user, () => {
    if (scope === 'USER') setBit(app.direct, user.n);
    else clearBit(app.direct, user.n);
    apply(context, app, user, wishes);
  });
  return json(viewAppUser(context, app, user));
}

function requireAppUser(context: OktaContext, app: AppRecord): UserRecord {
  const id = context.params.userId ?? '';
  const user = requireUser(context.state, id);
  if (!assignedTo(app, user)) throw notFound(id, 'AppUser');
  return user;
}

function updateAppUser(context: OktaContext) {
  const app = requireActiveApp(context);
  const user = requireAppUser(context, app);
  const wishes = readWishes(readBody(context));
  apply(context, app, user, wishes);
  const targets = [{ kind: 'app', n: app.n } as const, target(user)];
  if (wishes.profile) note(context, 'application.user_membership.update', ...targets);
  if (wishes.userName !== undefined) note(context, 'application.user_membership.change_username', ...targets);
  if (wishes.hasPassword) note(context, 'application.user_membership.change_password', ...targets);
  return json(viewAppUser(context, app, user));
}

interface Wishes {
  userName?: string;
  hasPassword?: boolean;
  profile?: Body;
}

function readWishes({ credentials, profile }: Body): Wishes {
  const wishes: Wishes = {};
  if (profile !== undefined && profile !== null) wishes.profile = readProfile(profile);
  if (credentials === undefined || credentials === null) return wishes;
  if (!isObject(credentials)) throw new OktaProblem('E0000003');
  const { userName, password } = credentials;
  if (userName !== undefined && userName !== null) {
    if (typeof userName !== 'string' || userName === '' || userName.length > 100)
      throw invalid('userName', 'It must have 1 to 100 characters.');
    wishes.userName = userName;
  }
  if (password !== undefined && password !== null) {
    if (!isObject(password)) throw new OktaProblem('E0000003');
    wishes.hasPassword = typeof password.value === 'string';
  }
  return wishes;
}

function readProfile(profile: unknown): Body {
  if (!isObject(profile)) throw new OktaProblem('E0000003');
  for (const [name, value] of Object.entries(profile))
    if (isObject(value)) throw invalid(name, 'The value must be a string, a number, true or false, or a list of them.');
  return profile;
}

/** Properties that are not named stay as they are. */
function apply({ state }: OktaContext, app: AppRecord, user: UserRecord, wishes: Wishes): void {
  const now = state.now();
  const { profile, ...credentials } = wishes;
  const before: AppPerson = app.people.get(user.n) ?? { created: now, lastUpdated: now, profile: {} };
  app.people.set(user.n, {
    ...before,
    ...credentials,
    lastUpdated: now,
    profile: { ...before.profile, ...profile },
  });
  state.version++;
}

/** Ends the person's own assignment; what a group gives can only be ended at the group. */
function unassignUser(context: OktaContext) {
  const { state, query, params } = context;
  const app = requireApp(state, params.appId ?? '');
  readFlag(query, 'sendEmail');
  const user = requireAppUser(context, app);
  if (!hasBit(app.direct, user.n)) throw new OktaProblem('E0000046');
  withAppsOf(context, user, () => {
    dropPerson(app, user);
    state.version++;
  });
  return empty();
}

/** Also for a group that has the application: priority and profile are then replaced. */
function assignGroup(context: OktaContext) {
  const { state, params } = context;
  const app = requireActiveApp(context);
  const group = requireGroup(state, params.groupId ?? '');
  const body = readBody(context);
  const priority = readPriority(body.priority);
  const profile = body.profile === undefined || body.profile === null ? {} : readProfile(body.profile);
  const known = app.groups.find((assignment) => assignment.group === group);
  const assignment: AppGroup = known ?? { group, profile, lastUpdated: 0 };
  const place = known ? app.groups.indexOf(known) : app.groups.length;
  withAppsOfAll(context, () => {
    setGroup(context, app, assignment, priority ?? place, profile);
    const type = known ? 'group.application_assignment.update' : 'group.application_assignment.add';
    note(context, type, { kind: 'app', n: app.n }, { kind: 'group', n: group.n });
  });
  return json(viewAppGroup(context, app, assignment));
}

function readPriority(priority: unknown): number | undefined {
  if (priority === undefined || priority === null) return undefined;
  if (!Number.isInteger(priority) || (priority as number) < 0)
    throw invalid('priority', 'It must be a whole number of at least 0.');
  return priority as number;
}

/** Groups stand one behind the other: who is put before others moves them on. */
function setGroup({ state }: OktaContext, app: AppRecord, assignment: AppGroup, place: number, profile: Body): void {
  const others = app.groups.filter((other) => other !== assignment);
  app.groups = others.toSpliced(Math.min(place, others.length), 0, assignment);
  assignment.profile = profile;
  assignment.lastUpdated = state.now();
  state.version++;
}

/** RFC 6902's `replace` and `remove`, for the priority and the properties of the profile. */
function patchAppGroup(context: OktaContext) {
  const { state, params } = context;
  const app = requireActiveApp(context);
  const group = requireGroup(state, params.groupId ?? '');
  const assignment = requireAppGroup(app, group);
  const steps = readJson(context);
  if (!Array.isArray(steps) || !steps.every(isObject)) throw new OktaProblem('E0000003');
  let place = app.groups.indexOf(assignment);
  let profile = { ...assignment.profile };
  for (const { op, path, value } of steps) {
    if (op !== 'replace' && op !== 'remove') throw invalid('op', "It must be 'replace' or 'remove'.");
    const [, section, name, rest] = String(path ?? '').split('/');
    if (section === 'priority' && name === undefined && op === 'replace') place = readPriority(value) ?? place;
    else if (section === 'profile' && name === undefined) profile = op === 'remove' ? {} : { ...readProfile(value) };
    else if (section === 'profile' && name && rest === undefined) {
      const key = name.replaceAll('~1', '/').replaceAll('~0', '~');
      if (op === 'remove') delete profile[key];
      else profile = { ...profile, ...readProfile({ [key]: value }) };
    } else throw invalid('path', `'${String(path)}' cannot be changed.`);
  }
  setGroup(context, app, assignment, place, profile);
  note(context, 'group.application_assignment.update', { kind: 'app', n: app.n }, { kind: 'group', n: group.n });
  return json(viewAppGroup(context, app, assignment));
}

function unassignGroup(context: OktaContext) {
  const { state, params } = context;
  const app = requireApp(state, params.appId ?? '');
  const assignment = requireAppGroup(app, requireGroup(state, params.groupId ?? ''));
  withAppsOfAll(context, () => {
    app.groups = app.groups.filter((other) => other !== assignment);
    const { n } = assignment.group;
    note(context, 'group.application_assignment.remove', { kind: 'app', n: app.n }, { kind: 'group', n });
  });
  return empty();
}
