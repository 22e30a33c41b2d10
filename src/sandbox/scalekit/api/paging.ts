// Lists: page sizes with a limit of each list's own, and page tokens that say nothing to anybody else.

import { createHash } from 'node:crypto';
import type { ApiContext } from './context.ts';
import { invalid } from './problem.ts';

export interface PageLimits {
  least?: number;
  most: number;
  usual?: number;
}

export interface Page<T> {
  items: T[];
  /** Empty where there is no more, as proto3 has it. */
  places: { total_size: number; next_page_token: string; prev_page_token: string };
}

/** A token belongs to its list, its organization and its filters. */
export function pageOf<T>(context: ApiContext, all: readonly T[], limits: PageLimits): Page<T> {
  const size = readSize(context, limits);
  const list = digestOf(context);
  const start = readToken(context.query.text('page_token'), list);
  const write = (at: number) => Buffer.from(JSON.stringify([list, at])).toString('base64url');
  return {
    items: all.slice(start, start + size),
    places: {
      total_size: all.length,
      next_page_token: start + size < all.length ? write(start + size) : '',
      prev_page_token: start > 0 ? write(Math.max(0, start - size)) : '',
    },
  };
}

/** Lists of the workspace have numbers for their pages, from 1; the last says nothing of a next. */
export function numberedPageOf<T>(context: ApiContext, all: readonly T[], limits: PageLimits) {
  const size = readSize(context, limits);
  const text = context.query.text('page_token') ?? '1';
  if (!/^[1-9]\d{0,8}$/.test(text)) throw invalid('page_token', 'must be the number of a page, from 1');
  const page = Number(text);
  const places = { total_size: all.length, next_page_token: page * size < all.length ? `${page + 1}` : '' };
  return { items: all.slice((page - 1) * size, page * size), places };
}

function readSize({ query }: ApiContext, { least = 1, most, usual = Math.max(least, Math.min(10, most)) }: PageLimits) {
  const size = query.whole('page_size') ?? usual;
  if (size < least || size > most) throw invalid('page_size', `must be between ${least} and ${most}`);
  return size === 0 ? usual : size;
}

function digestOf({ call, state }: ApiContext): string {
  const filters = [...call.url.searchParams].filter(([name]) => !/^page_?(token|size)$/i.test(name)).toSorted();
  const text = JSON.stringify([state.record.id, call.url.pathname, filters]);
  return createHash('sha256').update(text).digest('base64url').slice(0, 12);
}

function readToken(token: string | undefined, list: string): number {
  if (token === undefined) return 0;
  try {
    const [of, at] = JSON.parse(Buffer.from(token, 'base64url').toString('utf8')) as [unknown, unknown];
    if (of === list && typeof at === 'number' && Number.isSafeInteger(at) && at >= 0) return at;
  } catch {
    // Told below.
  }
  throw invalid('page_token', 'is not a token of this list');
}
