// The three ways to ask for users: `search` (any attribute, case ignored), `filter` (a few, exact) and `q` (start of a name).

import { type Attribute, compileFilter, type Dialect, type Test } from './dialect.ts';
import { GrammarFault, type Operator } from './grammar.ts';
import { invalid, OktaProblem } from './problems.ts';
import type { OktaState } from './state.ts';
import { profileReaders, readProfile, type UserRecord } from './user-record.ts';

const searchOperators: ReadonlySet<Operator> = new Set(['eq', 'gt', 'ge', 'lt', 'le', 'sw', 'pr']);
const dateOperators: ReadonlySet<Operator> = new Set(['eq', 'gt', 'ge', 'lt', 'le', 'pr']);
const nameOperators: ReadonlySet<Operator> = new Set([...searchOperators, 'co']);
const equal: ReadonlySet<Operator> = new Set(['eq']);
const updatedOperators: ReadonlySet<Operator> = new Set(['eq', 'gt', 'ge', 'lt', 'le']);

const dates = ['created', 'activated', 'statusChanged', 'lastUpdated'] as const;
const containable: ReadonlySet<string> = new Set(['firstName', 'lastName', 'email', 'login']);
const filterable: ReadonlySet<string> = new Set([
  'profile.login',
  'profile.email',
  'profile.firstName',
  'profile.lastName',
]);

function searchAttribute(state: OktaState, path: string): Attribute<UserRecord> | undefined {
  const date = dates.find((name) => name === path);
  if (date) return { type: 'date', operators: dateOperators, read: (user) => user[date] };
  if (path === 'id') return { type: 'text', operators: searchOperators, read: (user) => user.id };
  if (path === 'status') return { type: 'text', operators: searchOperators, read: (user) => user.status };
  if (path === 'type.id') return { type: 'text', operators: searchOperators, read: () => state.userTypeId };
  if (path === 'realmId') return { type: 'text', operators: searchOperators, read: () => undefined };
  const name = path.startsWith('profile.') ? path.slice(8) : '';
  if (!profileReaders.has(name)) return undefined;
  const named = containable.has(name);
  const operators = named ? nameOperators : searchOperators;
  return { type: named ? 'text' : 'any', operators, read: (user) => readProfile(user, name, state.users) };
}

function filterAttribute(state: OktaState, path: string): Attribute<UserRecord> | undefined {
  if (path === 'lastUpdated') return { type: 'date', operators: updatedOperators, read: (user) => user.lastUpdated };
  if (path !== 'id' && path !== 'status' && !filterable.has(path)) return undefined;
  const attribute = searchAttribute(state, path);
  return attribute && { ...attribute, type: 'text', operators: equal };
}

export function findBySearch(
  state: OktaState,
  text: string,
  sortBy: string | null,
  sortOrder: string | null,
): Int32Array {
  const order = (sortOrder ?? 'asc').toLowerCase();
  if (order !== 'asc' && order !== 'desc') throw invalid('sortOrder', "The sort order must be 'asc' or 'desc'.");
  const key = `${state.version}\n${text}\n${sortBy}\n${order}`;
  const kept = state.searches.get(key);
  if (kept) return kept;
  const dialect: Dialect<UserRecord> = {
    attribute: (path) => searchAttribute(state, path),
    ignoresCase: true,
    allowsNot: false,
  };
  const accept = compileOr('E0000031', () => compileFilter(text, dialect));
  const by = sortBy === null ? undefined : searchAttribute(state, sortBy);
  if (sortBy !== null && !by) throw invalid('sortBy', `The attribute '${sortBy}' cannot be sorted by.`);
  const found = state.users.filter((user) => user !== undefined && accept(user)) as UserRecord[];
  const ordinals = Int32Array.from(by ? sortUsers(found, by, order) : found, (user) => user.n);
  if (state.searches.size >= 16) state.searches.clear();
  state.searches.set(key, ordinals);
  return ordinals;
}

function sortUsers(users: UserRecord[], by: Attribute<UserRecord>, order: 'asc' | 'desc'): UserRecord[] {
  const keyed = users.map((user) => {
    const value = by.read(user);
    return { user, key: typeof value === 'string' ? value.toLowerCase() : ((value as number | undefined) ?? '') };
  });
  const sign = order === 'asc' ? 1 : -1;
  keyed.sort((a, b) => (a.key < b.key ? -sign : a.key > b.key ? sign : a.user.n - b.user.n));
  return keyed.map((item) => item.user);
}

export function findByFilter(state: OktaState, text: string): Test<UserRecord> {
  const dialect: Dialect<UserRecord> = {
    attribute: (path) => filterAttribute(state, path),
    ignoresCase: false,
    allowsNot: false,
  };
  return compileOr('E0000053', () => compileFilter(text, dialect));
}

export function findByKeyword(state: OktaState, q: string, limit: number): UserRecord[] {
  const start = q.trim().toLowerCase();
  const found: UserRecord[] = [];
  for (const user of state.users) {
    if (found.length >= limit) break;
    if (!user || user.status === 'DEPROVISIONED') continue;
    const starts = (name: string) =>
      String(readProfile(user, name, state.users) ?? '')
        .toLowerCase()
        .startsWith(start);
    if (starts('firstName') || starts('lastName') || starts('email')) found.push(user);
  }
  return found;
}

/** A fault in an expression becomes the endpoint's own error. */
export function compileOr<T>(code: 'E0000031' | 'E0000053', compile: () => T): T {
  try {
    return compile();
  } catch (fault) {
    if (!(fault instanceof GrammarFault)) throw fault;
    throw new OktaProblem(code, fault.message, [fault.message]);
  }
}
