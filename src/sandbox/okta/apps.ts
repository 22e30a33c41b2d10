// Applications: the list, one, and who has them, as people and as groups; and what one person sees on the dashboard.

import { json } from './answer.ts';
import type { AppGroup, AppRecord } from './app-record.ts';
import { viewAppGroup, viewAppUser } from './app-user-view.ts';
import { linkOf, viewApp } from './app-view.ts';
import { assignedBits } from './assignments.ts';
import { bitsAfter, hasBit } from './bits.ts';
import type { OktaContext, OktaRoute } from './context.ts';
import { type Attribute, compileFilter, type Test } from './dialect.ts';
import type { Operator } from './grammar.ts';
import type { GroupRecord } from './group-seed.ts';
import { requireGroup } from './groups.ts';
import { linkHeaders, pageOf, readLimit, readNumberCursor, writeCursor } from './paging.ts';
import { notFound } from './problems.ts';
import type { OktaState } from './state.ts';
import { readProfile, type UserRecord } from './user-record.ts';
import { compileOr } from './user-search.ts';
import { findUser, requireUser } from './users.ts';

export const appRoutes: readonly OktaRoute[] = [
  { method: 'GET', path: '/api/v1/apps', handle: listApps },
  { method: 'GET', path: '/api/v1/apps/{appId}', handle: getApp },
  { method: 'GET', path: '/api/v1/apps/{appId}/users', handle: listAppUsers },
  { method: 'GET', path: '/api/v1/apps/{appId}/users/{userId}', handle: getAppUser },
  { method: 'GET', path: '/api/v1/apps/{appId}/groups', handle: listAppGroups },
  { method: 'GET', path: '/api/v1/apps/{appId}/groups/{groupId}', handle: getAppGroup },
  { method: 'GET', path: '/api/v1/users/{id}/appLinks', handle: listAppLinks },
];

const equal: ReadonlySet<Operator> = new Set(['eq']);

function filterAttribute(
  state: OktaState,
  user: UserRecord | undefined,
  path: string,
): Attribute<AppRecord> | undefined {
  switch (path) {
    case 'id':
    case 'status':
      return { type: 'text', operators: equal, read: (app) => app[path] };
    case 'name':
      return { type: 'text', operators: equal, read: (app) => app.name };
    case 'credentials.signing.kid':
      return { type: 'text', operators: equal, read: () => undefined };
    case 'settings.slo.enabled':
      return { type: 'boolean', operators: equal, read: () => false };
    case 'user.id':
      return (
        user && {
          type: 'text',
          operators: equal,
          read: (app) => (hasBit(assignedBits(state, app), user.n) ? user.id : undefined),
        }
      );
    case 'group.id':
      return { type: 'text', operators: equal, read: (app) => app.groups.map(({ group }) => group.id) };
    default:
      return undefined;
  }
}

/** `filter=user.id eq "00u…"` goes with `expand=user/00u…`, which brings the assignment along. */
function expandedUser({ state, query }: OktaContext): UserRecord | undefined {
  const id = /^user\/(.+)$/.exec(query.get('expand') ?? '')?.[1];
  const inFilter = /user\.id\s+eq\s+"([^"]+)"/i.exec(query.get('filter') ?? '')?.[1];
  return findUser(state, id ?? inFilter ?? '');
}

function chooseApps(context: OktaContext, user: UserRecord | undefined): Test<AppRecord> {
  const filter = context.query.get('filter');
  const q = (context.query.get('q') ?? '').toLowerCase();
  if (filter === null) {
    return (app) => app.label.toLowerCase().startsWith(q) || app.name.toLowerCase().startsWith(q);
  }
  const attribute = (path: string) => filterAttribute(context.state, user, path) ?? unknownUser(path);
  return compileOr('E0000053', () => compileFilter(filter, { attribute, ignoresCase: false, allowsNot: false }));
}

function unknownUser(path: string): Attribute<AppRecord> | undefined {
  return path === 'user.id' ? { type: 'text', operators: equal, read: () => undefined } : undefined;
}

function listApps(context: OktaContext) {
  const { state, query, call } = context;
  const user = expandedUser(context);
  const found = state.apps.filter(chooseApps(context, user));
  const page = pageOf('apps', found, query, { fallback: 20, max: 200, above: 'refuse' }, (app) => app.id);
  return json(
    page.items.map((app) => viewExpanded(context, app, user)),
    linkHeaders(call.url, page.next),
  );
}

function viewExpanded(context: OktaContext, app: AppRecord, user: UserRecord | undefined): Record<string, unknown> {
  const view = viewApp(context, app);
  const wanted = /^user\//.test(context.query.get('expand') ?? '');
  if (!wanted || !user || !hasBit(assignedBits(context.state, app), user.n)) return view;
  return { ...view, _embedded: { user: viewAppUser(context, app, user) } };
}

export function requireApp(state: OktaState, id: string): AppRecord {
  const app = state.apps.find((candidate) => candidate.id === id);
  if (!app) throw notFound(id, 'AppInstance');
  return app;
}

function getApp(context: OktaContext) {
  const app = requireApp(context.state, context.params.appId ?? '');
  return json(viewExpanded(context, app, expandedUser(context)));
}

function listAppUsers(context: OktaContext) {
  const { state, query, call } = context;
  const app = requireApp(state, context.params.appId ?? '');
  const limit = readLimit(query, { fallback: 50, max: 500, above: 'refuse' });
  const listing = `app-users ${app.id}`;
  const accept = startsWith(state, query.get('q'));
  const found: UserRecord[] = [];
  let after = readNumberCursor(listing, query.get('after'), -1);
  for (let batch = [after]; batch.length > 0 && found.length <= limit; after = batch.at(-1) ?? after) {
    batch = bitsAfter(assignedBits(state, app), after, 512);
    found.push(...batch.flatMap((n) => state.users[n] ?? []).filter(accept));
  }
  const shown = found.slice(0, limit);
  const next = found.length > limit ? writeCursor(listing, shown.at(-1)?.n ?? 0) : undefined;
  return json(
    shown.map((user) => viewAppUser(context, app, user)),
    linkHeaders(call.url, next),
  );
}

function startsWith(state: OktaState, q: string | null): Test<UserRecord> {
  const start = (q ?? '').toLowerCase();
  if (start === '') return () => true;
  const names = ['firstName', 'lastName', 'email', 'login'];
  return (user) =>
    names.some((name) =>
      String(readProfile(user, name, state.users) ?? '')
        .toLowerCase()
        .startsWith(start),
    );
}

function getAppUser(context: OktaContext) {
  const { state, params } = context;
  const app = requireApp(state, params.appId ?? '');
  const user = requireUser(state, params.userId ?? '');
  if (!hasBit(assignedBits(state, app), user.n)) throw notFound(params.userId ?? '', 'AppUser');
  return json(viewAppUser(context, app, user));
}

function listAppGroups(context: OktaContext) {
  const { state, query, call } = context;
  const app = requireApp(state, context.params.appId ?? '');
  const start = (query.get('q') ?? '').toLowerCase();
  const groups = app.groups.filter(({ group }) => group.name.toLowerCase().startsWith(start));
  const rule = { fallback: 20, max: 200, min: 20, above: 'refuse' } as const;
  const page = pageOf(`app-groups ${app.id}`, groups, query, rule, ({ group }) => group.id);
  return json(
    page.items.map((assignment) => viewAppGroup(context, app, assignment)),
    linkHeaders(call.url, page.next),
  );
}

function getAppGroup(context: OktaContext) {
  const { state, params } = context;
  const app = requireApp(state, params.appId ?? '');
  const group = requireGroup(state, params.groupId ?? '');
  return json(viewAppGroup(context, app, requireAppGroup(app, group)));
}

/** The group's place among those that carry the application. */
export function requireAppGroup(app: AppRecord, group: GroupRecord): AppGroup {
  const assignment = app.groups.find((candidate) => candidate.group === group);
  if (!assignment) throw notFound(group.id, 'GroupAssignment');
  return assignment;
}

function listAppLinks(context: OktaContext) {
  const { state, base, call } = context;
  const user = requireUser(state, context.params.id ?? '');
  const apps = appsOf(state, user);
  const links = apps.map((app, sortOrder) => ({
    id: `00u${app.id.slice(3, 11)}${user.id.slice(3, 12)}`,
    label: app.label,
    linkUrl: linkOf(base, app),
    logoUrl: `${base}/assets/img/logos/${app.name}.png`,
    appName: app.name,
    appInstanceId: app.id,
    appAssignmentId: `0ua${app.id.slice(3, 11)}${user.id.slice(3, 12)}`,
    credentialsSetup: false,
    hidden: false,
    sortOrder,
  }));
  return json(links, linkHeaders(call.url, undefined));
}

/** The active applications a person has; a service client is on nobody's dashboard. */
export function appsOf(state: OktaState, user: UserRecord): AppRecord[] {
  return state.apps.filter((app) => app.status === 'ACTIVE' && hasBit(assignedBits(state, app), user.n));
}
