// Reading users: the list with its three ways of asking, and one user by id, login, short login or 'me'.

import { cast } from '../company/people.ts';
import { json, type OktaAnswer } from './answer.ts';
import type { OktaContext, OktaRoute } from './context.ts';
import { etagOf } from './etag.ts';
import { linkHeaders, readCursor, readLimit, readNumberCursor, writeCursor } from './paging.ts';
import { notFound, OktaProblem } from './problems.ts';
import type { OktaState } from './state.ts';
import type { UserRecord } from './user-record.ts';
import { findByFilter, findByKeyword, findBySearch } from './user-search.ts';
import { project, type ViewOptions, viewUser, viewUserAlone, writeUser } from './user-view.ts';

export const userRoutes: readonly OktaRoute[] = [
  { method: 'GET', path: '/api/v1/users', handle: listUsers },
  { method: 'GET', path: '/api/v1/users/{id}', handle: getUser },
];

function listUsers(context: OktaContext) {
  const { state, query } = context;
  const search = query.get('search');
  const filter = query.get('filter');
  const q = query.get('q');
  if (search !== null && filter !== null) throw new OktaProblem('E0000033');
  const limit = readLimit(query, { fallback: q === null ? 200 : 10, max: 200 });
  if (search !== null) {
    const found = findBySearch(state, search, query.get('sortBy'), query.get('sortOrder'));
    return answerSearch(context, found, limit);
  }
  if (q !== null) return answerUsers(context, findByKeyword(state, q, limit), undefined);
  const accept = filter === null ? (user: UserRecord) => user.status !== 'DEPROVISIONED' : findByFilter(state, filter);
  const page: UserRecord[] = [];
  let n = readNumberCursor('users', query.get('after'), -1) + 1;
  for (; n < state.users.length && page.length <= limit; n++) {
    const user = state.users[n];
    if (user && accept(user)) page.push(user);
  }
  const more = page.length > limit;
  const items = more ? page.slice(0, limit) : page;
  const last = items.at(-1);
  return answerUsers(context, items, more && last ? writeCursor('users', last.n) : undefined);
}

/** The cursor names the last user seen and the place it had; the place is right unless the result has changed. */
function answerSearch(context: OktaContext, found: Int32Array, limit: number) {
  const { state, query } = context;
  const after = query.get('after');
  const [place = 0, ordinal = -1] = after === null ? [] : readPair('users-search', after);
  const start = ordinal < 0 || found[place - 1] === ordinal ? place : Math.max(found.indexOf(ordinal) + 1, 0) || place;
  const items = [...found.subarray(start, start + limit)].flatMap((n) => state.users[n] ?? []);
  const end = start + limit;
  const next = end < found.length ? writeCursor('users-search', `${end}.${found[end - 1]}`) : undefined;
  return answerUsers(context, items, next);
}

function readPair(listing: string, after: string): number[] {
  return readCursor(listing, after).split('.').map(Number);
}

/** A page of users, written from texts that are kept where there are not too many of them. */
export function answerUsers(context: OktaContext, users: readonly UserRecord[], next: string | undefined): OktaAnswer {
  const { state, query, call } = context;
  const options = viewOptionsOf(context);
  const fields = query.get('fields');
  const write = (user: UserRecord): string => {
    if (fields) return JSON.stringify(project(viewUser(state, user, options), fields));
    return options.omitCredentials ? JSON.stringify(viewUser(state, user, options)) : writeUser(state, user, options);
  };
  return {
    status: 200,
    headers: { 'content-type': 'application/json', ...linkHeaders(call.url, next) },
    body: `[${users.map(write).join(',')}]`,
  };
}

function getUser(context: OktaContext) {
  const user = requireUser(context.state, context.params.id ?? '');
  return json(viewUserAlone(context.state, user, viewOptionsOf(context)), { etag: etagOf(context.state, user) });
}

export function viewOptionsOf(context: OktaContext): ViewOptions {
  const wish = context.call.headers['content-type'] ?? '';
  return { base: context.base, omitCredentials: /okta-response=[^;]*omitCredentials\b/i.test(wish) };
}

/** An id, a login, the part of a login before '@' where only one user has it, or 'me' for the token's owner. */
export function findUser(state: OktaState, key: string): UserRecord | undefined {
  if (key === 'me') return state.users[cast.admin];
  const ordinal = state.usersById.get(key) ?? state.usersByLogin.get(key.toLowerCase());
  if (ordinal !== undefined) return state.users[ordinal];
  if (key.includes('@')) return undefined;
  const short = state.usersByLogin.get(`${key.toLowerCase()}@larkspur.example`);
  return short === undefined ? undefined : state.users[short];
}

export function requireUser(state: OktaState, key: string): UserRecord {
  const user = findUser(state, key);
  if (!user) throw notFound(key, 'User');
  return user;
}
