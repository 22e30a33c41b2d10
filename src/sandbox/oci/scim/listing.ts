// Lists: filter, order and page, from the query of a GET or the body of a `.search` (RFC 7644 §3.4.2 and §3.4.3).

import { type AttributePath, findPath } from './attribute-path.ts';
import { comparedOf, type Filter, readFilter } from './filter.ts';
import { matches, valuesAt } from './filter-match.ts';
import type { Kind } from './kind.ts';
import { ScimProblem } from './problem.ts';
import { type Complex, isComplex, isList, type Resource, type Value } from './resource.ts';

export interface Listing {
  filter: Filter<AttributePath> | undefined;
  sort: { path: AttributePath; isDescending: boolean } | undefined;
  /** From 1. */
  start: number;
  count: number;
  attributes: readonly string[] | undefined;
  sets: readonly string[] | undefined;
  /** Whether pages are asked for as Oracle's SDKs do, by `page` and `limit`: the answer then tells of the next in a header. */
  isPaged: boolean;
}

const usualCount = 50;
const mostCount = 1000;
const searchRequest = 'urn:ietf:params:scim:api:messages:2.0:SearchRequest';

/** @throws ScimProblem */
export function readQuery(kind: Kind, query: URLSearchParams): Listing {
  const text = (name: string) => query.get(name) || undefined;
  const whole = (name: string) => {
    const value = text(name);
    if (value === undefined) return undefined;
    if (!/^-?\d{1,9}$/.test(value))
      throw new ScimProblem('query', `The query parameter ${name} must be a whole number.`);
    return Number(value);
  };
  const page = text('page');
  const limit = whole('limit');
  return read(kind, {
    filter: text('filter'),
    sortBy: text('sortBy'),
    sortOrder: text('sortOrder'),
    start: page === undefined ? whole('startIndex') : readPage(page),
    count: limit ?? whole('count'),
    attributes: listsOf(query, 'attributes'),
    sets: listsOf(query, 'attributeSets'),
    isPaged: page !== undefined || limit !== undefined,
  });
}

/** A list as one text with commas, as a parameter said several times, or as both. */
export function listsOf(query: URLSearchParams, name: string): readonly string[] | undefined {
  const found = query.getAll(name).flatMap((each) => each.split(',').filter((one) => one.trim() !== ''));
  return found.length > 0 ? found : undefined;
}

/** @throws ScimProblem */
export function readSearch(kind: Kind, body: Complex, query: URLSearchParams): Listing {
  if (!isList(body.schemas) || !body.schemas.includes(searchRequest))
    throw new ScimProblem('schema', `The attribute schemas must contain ${searchRequest}.`);
  const text = (name: string) => {
    const value = body[name];
    if (value === undefined || value === null) return undefined;
    if (typeof value !== 'string') throw new ScimProblem('value', `${name} must be of type string.`);
    return value;
  };
  const whole = (name: string) => {
    const value = body[name];
    if (value === undefined || value === null) return undefined;
    if (!Number.isSafeInteger(value)) throw new ScimProblem('value', `${name} must be of type integer.`);
    return value as number;
  };
  const texts = (name: string) => {
    const value = body[name];
    if (value === undefined || value === null) return undefined;
    if (!isList(value)) throw new ScimProblem('value', `${name} must be a list.`);
    return value.length > 0 ? value.map(String) : undefined;
  };
  const paged = readQuery(kind, query);
  return read(kind, {
    filter: text('filter'),
    sortBy: text('sortBy'),
    sortOrder: text('sortOrder'),
    start: paged.isPaged ? paged.start : whole('startIndex'),
    count: query.has('limit') ? paged.count : whole('count'),
    attributes: texts('attributes'),
    sets: texts('attributeSets'),
    isPaged: paged.isPaged,
  });
}

interface Said extends Pick<Listing, 'attributes' | 'sets' | 'isPaged'> {
  filter: string | undefined;
  sortBy: string | undefined;
  sortOrder: string | undefined;
  start: number | undefined;
  count: number | undefined;
}

function read(kind: Kind, { filter, sortBy, sortOrder, start, count, ...rest }: Said): Listing {
  if (count !== undefined && count > mostCount)
    throw new ScimProblem('query', `The query parameter count must be ${mostCount} at most.`);
  // Written in small letters in the RFC and in capitals by Oracle's SDKs.
  const order = sortOrder?.toLowerCase();
  if (order !== undefined && order !== 'ascending' && order !== 'descending')
    throw new ScimProblem('query', 'The query parameter sortOrder must be ascending or descending.');
  return {
    ...rest,
    filter: filter === undefined ? undefined : readFilter(kind, filter),
    sort: sortBy === undefined ? undefined : { path: readSort(kind, sortBy), isDescending: order === 'descending' },
    // RFC 7644 §3.4.2.4: less than 1 is 1, and a negative count is 0.
    start: Math.max(1, start ?? 1),
    count: Math.max(0, count ?? usualCount),
  };
}

function readSort(kind: Kind, sortBy: string): AttributePath {
  const path = findPath(kind, sortBy);
  if (!path) throw new ScimProblem('query', `${kind.name} has no attribute '${sortBy.slice(0, 80)}' to sort by.`);
  if (!(path.part ?? path.attribute).isSearchable)
    throw new ScimProblem('notSearchable', `The attribute '${sortBy}' is not searchable, and cannot be sorted by.`);
  return path;
}

function readPage(page: string): number {
  const start = Number(/^p([1-9]\d{0,8})$/.exec(Buffer.from(page, 'base64url').toString('utf8'))?.[1]);
  if (!Number.isInteger(start)) throw new ScimProblem('query', 'The query parameter page is not a page of this list.');
  return start;
}

export const writePage = (start: number): string => Buffer.from(`p${start}`).toString('base64url');

/** Those that the filter lets through, in order. Without one, in the order in which they came to be. */
export function choose({ filter, sort }: Listing, all: readonly Resource[]): readonly Resource[] {
  const found = filter ? all.filter((resource) => matches(filter, resource)) : all;
  if (!sort) return found;
  const compared = comparedOf(sort.path);
  const keys = new Map(
    found.map((resource) => {
      const [value] = valuesAt(resource, sort.path);
      return [resource.id, fold(isComplex(value) ? value[compared.name] : value)];
    }),
  );
  const direction = sort.isDescending ? -1 : 1;
  return found.toSorted((a, b) => direction * compareKeys(keys.get(a.id), keys.get(b.id)));
}

type Key = string | number | undefined;

const fold = (value: Value | undefined): Key =>
  typeof value === 'string' ? value.toLowerCase() : typeof value === 'number' ? value : value === true ? 1 : 0;

function compareKeys(a: Key, b: Key): number {
  if (a === b) return 0;
  return (a ?? '') < (b ?? '') ? -1 : 1;
}
