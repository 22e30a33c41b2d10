// Groups: the list with its three ways of asking, one group, its members and its applications.

import { json, toTime } from './answer.ts';
import { viewApp } from './app-view.ts';
import { carries } from './assignments.ts';
import { bitsAfter, hasBit } from './bits.ts';
import type { OktaContext, OktaRoute } from './context.ts';
import { type Attribute, compileFilter, type Test } from './dialect.ts';
import type { Operator } from './grammar.ts';
import type { GroupRecord } from './group-seed.ts';
import { linkHeaders, pageOf, readLimit, readNumberCursor, writeCursor } from './paging.ts';
import { invalid, notFound, OktaProblem } from './problems.ts';
import type { OktaState } from './state.ts';
import { compileOr } from './user-search.ts';
import { answerUsers, requireUser } from './users.ts';

export const groupRoutes: readonly OktaRoute[] = [
  { method: 'GET', path: '/api/v1/groups', handle: listGroups },
  { method: 'GET', path: '/api/v1/groups/{groupId}', handle: getGroup },
  { method: 'GET', path: '/api/v1/groups/{groupId}/users', handle: listMembers },
  { method: 'GET', path: '/api/v1/groups/{groupId}/apps', handle: listGroupApps },
  { method: 'GET', path: '/api/v1/users/{id}/groups', handle: listGroupsOfUser },
];

const operators = {
  text: new Set<Operator>(['eq', 'gt', 'ge', 'lt', 'le', 'sw', 'pr']),
  name: new Set<Operator>(['eq', 'gt', 'ge', 'lt', 'le', 'sw', 'pr', 'co']),
  equal: new Set<Operator>(['eq']),
  date: new Set<Operator>(['eq', 'gt', 'ge', 'lt', 'le']),
};

function searchAttribute(state: OktaState, path: string): Attribute<GroupRecord> | undefined {
  switch (path) {
    case 'id':
    case 'type':
      return { type: 'text', operators: operators.text, read: (group) => group[path] };
    case 'source.id':
      return { type: 'text', operators: operators.text, read: (group) => sourceOf(state, group)?.id };
    case 'created':
    case 'lastUpdated':
    case 'lastMembershipUpdated':
      return { type: 'date', operators: operators.date, read: (group) => group[path] };
    case 'profile.name':
      return { type: 'text', operators: operators.name, read: (group) => group.name };
    case 'profile.description':
      return { type: 'text', operators: operators.name, read: (group) => group.description };
    default:
      return undefined;
  }
}

function filterAttribute(state: OktaState, path: string): Attribute<GroupRecord> | undefined {
  const attribute = searchAttribute(state, path);
  if (path === 'id' || path === 'type') return attribute && { ...attribute, operators: operators.equal };
  return path === 'lastUpdated' || path === 'lastMembershipUpdated' ? attribute : undefined;
}

function listGroups(context: OktaContext) {
  const { state, query, call } = context;
  const search = query.get('search');
  const filter = query.get('filter');
  const q = query.get('q');
  if (search !== null && filter !== null) throw new OktaProblem('E0000033');
  const rule = { fallback: q === null ? 10_000 : 300, max: 10_000 };
  const found = sortGroups(context, state.groups.filter(chooseGroups(state, search, filter, q)));
  const page =
    q !== null && search === null && filter === null
      ? { items: found.slice(0, readLimit(query, rule)) }
      : pageOf('groups', found, query, rule, (group) => group.id);
  return json(
    page.items.map((group) => viewGroup(context, group)),
    linkHeaders(call.url, 'next' in page ? page.next : undefined),
  );
}

function chooseGroups(
  state: OktaState,
  search: string | null,
  filter: string | null,
  q: string | null,
): Test<GroupRecord> {
  if (search !== null) {
    const dialect = { attribute: (path: string) => searchAttribute(state, path), ignoresCase: true, allowsNot: false };
    return compileOr('E0000031', () => compileFilter(search, dialect));
  }
  if (filter !== null) {
    const dialect = { attribute: (path: string) => filterAttribute(state, path), ignoresCase: false, allowsNot: false };
    return compileOr('E0000053', () => compileFilter(filter, dialect));
  }
  const start = (q ?? '').toLowerCase();
  return (group) => group.name.toLowerCase().startsWith(start);
}

function sortGroups({ state, query }: OktaContext, groups: GroupRecord[]): GroupRecord[] {
  const order = (query.get('sortOrder') ?? 'asc').toLowerCase();
  if (order !== 'asc' && order !== 'desc') throw invalid('sortOrder', "The sort order must be 'asc' or 'desc'.");
  const sortBy = query.get('sortBy');
  if (sortBy === null || query.get('search') === null) return groups;
  const by = searchAttribute(state, sortBy);
  if (!by) throw invalid('sortBy', `The attribute '${sortBy}' cannot be sorted by.`);
  const sign = order === 'asc' ? 1 : -1;
  const key = (group: GroupRecord) => by.read(group) as string | number;
  return groups.toSorted((a, b) => (key(a) < key(b) ? -sign : key(a) > key(b) ? sign : a.n - b.n));
}

export function requireGroup(state: OktaState, id: string): GroupRecord {
  const group = state.groups.find((candidate) => candidate.id === id);
  if (!group) throw notFound(id, 'UserGroup');
  return group;
}

function getGroup(context: OktaContext) {
  return json(viewGroup(context, requireGroup(context.state, context.params.groupId ?? '')));
}

function listMembers(context: OktaContext) {
  const { state, query } = context;
  const group = requireGroup(state, context.params.groupId ?? '');
  const limit = readLimit(query, { fallback: 1000, max: 1000 });
  const listing = `group-users ${group.id}`;
  const ordinals = bitsAfter(group.members, readNumberCursor(listing, query.get('after'), -1), limit + 1);
  const shown = ordinals.slice(0, limit);
  const next = ordinals.length > limit ? writeCursor(listing, shown.at(-1) ?? 0) : undefined;
  return answerUsers(
    context,
    shown.flatMap((n) => state.users[n] ?? []),
    next,
  );
}

function listGroupApps(context: OktaContext) {
  const { state, query, call } = context;
  const group = requireGroup(state, context.params.groupId ?? '');
  const apps = state.apps.filter((app) => carries(app, group));
  const page = pageOf(`group-apps ${group.id}`, apps, query, { fallback: 20, max: 200 }, (app) => app.id);
  return json(
    page.items.map((app) => viewApp(context, app)),
    linkHeaders(call.url, page.next),
  );
}

function listGroupsOfUser(context: OktaContext) {
  const { state, call } = context;
  const user = requireUser(state, context.params.id ?? '');
  const groups = groupsOf(state, user.n);
  return json(
    groups.map((group) => viewGroup(context, group)),
    linkHeaders(call.url, undefined),
  );
}

export function groupsOf(state: OktaState, n: number): GroupRecord[] {
  return state.groups.filter((group) => hasBit(group.members, n));
}

function sourceOf(state: OktaState, group: GroupRecord) {
  return group.source === undefined ? undefined : state.apps.find((app) => app.firstLabel === group.source);
}

export function viewGroup(context: OktaContext, group: GroupRecord): Record<string, unknown> {
  const { state, base } = context;
  const self = `${base}/api/v1/groups/${group.id}`;
  const source = sourceOf(state, group);
  const expand = (context.query.get('expand') ?? '').split(',');
  const stats = expand.includes('stats') ? { stats: viewStats(state, group, self) } : {};
  const app =
    expand.includes('app') && source
      ? { app: { id: source.id, name: source.name, label: source.label, signOnMode: source.mode } }
      : {};
  return {
    id: group.id,
    created: toTime(group.created),
    lastUpdated: toTime(group.lastUpdated),
    lastMembershipUpdated: toTime(group.lastMembershipUpdated),
    objectClass: [group.type === 'APP_GROUP' ? 'okta:app_group' : 'okta:user_group'],
    type: group.type,
    profile: {
      name: group.name,
      ...(group.description === undefined ? {} : { description: group.description }),
    },
    ...(expand.includes('stats') || expand.includes('app') ? { _embedded: { ...stats, ...app } } : {}),
    ...(source ? { source: { id: source.id } } : {}),
    _links: {
      self: { href: self },
      logo: ['medium', 'large'].map((name) => ({
        name,
        href: `${base}/assets/img/logos/groups/okta-${name}.png`,
        type: 'image/png',
      })),
      users: { href: `${self}/users` },
      apps: { href: `${self}/apps` },
      ...(source ? { source: { href: `${base}/api/v1/apps/${source.id}` } } : {}),
    },
  };
}

function viewStats(state: OktaState, group: GroupRecord, self: string): Record<string, unknown> {
  return {
    usersCount: group.members.count,
    appsCount: state.apps.filter((app) => carries(app, group)).length,
    groupPushMappingsCount: 0,
    hasAdminPrivlege: state.roles.some(({ assignee }) => assignee.kind === 'group' && assignee.id === group.id),
    _links: { users: { href: `${self}/users` }, apps: { href: `${self}/apps` } },
  };
}
