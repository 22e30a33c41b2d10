// Lists of OCI's services: `limit` and `page`, and the token of the next page in a header (docs.oracle.com "List Pagination").

import { createHash } from 'node:crypto';
import { type ServiceAnswer, type ServiceContext, wholeOf, wordOf } from './context.ts';
import { ServiceProblem } from './problem.ts';

/** A page token belongs to its list and its filters. */
export function pageOf<T>(context: ServiceContext, all: readonly T[], usual = 100, most = 1000): ServiceAnswer {
  const size = wholeOf(context, 'limit', 1, most, usual);
  const start = readPage(context);
  const end = start + size;
  return {
    headers: end < all.length ? { 'opc-next-page': writePage(context, end) } : {},
    body: all.slice(start, end),
  };
}

export function writePage(context: ServiceContext, at: number): string {
  return Buffer.from(JSON.stringify([listOf(context), at])).toString('base64url');
}

/** @throws ServiceProblem InvalidParameter */
export function readPage(context: ServiceContext): number {
  const token = context.query.get('page');
  if (token === null) return 0;
  try {
    const [list, at] = JSON.parse(Buffer.from(token, 'base64url').toString('utf8')) as [unknown, unknown];
    if (list === listOf(context) && typeof at === 'number' && Number.isSafeInteger(at) && at >= 0) return at;
  } catch {
    // Told below.
  }
  throw new ServiceProblem('InvalidParameter', 'page is not a token of this list.');
}

function listOf({ call, query, region }: ServiceContext): string {
  const filters = [...query].filter(([name]) => name !== 'page' && name !== 'limit').toSorted();
  const text = JSON.stringify([region, call.url.pathname, filters]);
  return createHash('sha256').update(text).digest('base64url').slice(0, 12);
}

/** By `name` exactly; newest first, or by name, which takes capitals first. */
export function sortNamed<T extends { name: string; timeCreated: string }>(
  context: ServiceContext,
  all: readonly T[],
): T[] {
  const name = context.query.get('name');
  const by = wordOf(context, 'sortBy', ['TIMECREATED', 'NAME'], 'TIMECREATED');
  const order = wordOf(context, 'sortOrder', ['ASC', 'DESC'], by === 'NAME' ? 'ASC' : 'DESC');
  const keyOf = (each: T) => (by === 'NAME' ? each.name : each.timeCreated);
  const sorted = all
    .filter((each) => name === null || each.name === name)
    .toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : keyOf(a) > keyOf(b) ? 1 : 0));
  return order === 'ASC' ? sorted : sorted.reverse();
}
