// Okta's paging: `limit`, an opaque cursor `after`, and a Link header line for each relation.

import { hash } from '../random.ts';
import { invalid } from './problems.ts';

export interface Page<T> {
  items: readonly T[];
  /** What the next page goes on from; absent on the last one. */
  next?: string | undefined;
}

/** A cursor says where to go on, and carries a check so that one from elsewhere is refused. */
export function writeCursor(listing: string, position: string | number): string {
  const text = `${position}`;
  return Buffer.from(`${checkOf(listing, text)}${text}`).toString('base64url');
}

export function readCursor(listing: string, after: string): string {
  const plain = Buffer.from(after, 'base64url').toString('utf8');
  const text = plain.slice(6);
  if (plain.slice(0, 6) !== checkOf(listing, text) || text === '') throw invalid('after', 'The cursor is not valid.');
  return text;
}

export function readNumberCursor(listing: string, after: string | null, start: number): number {
  return after === null ? start : Number(readCursor(listing, after));
}

function checkOf(listing: string, text: string): string {
  let sum = 7;
  for (const character of `${listing}\n${text}`) sum = hash(sum, 77, character.charCodeAt(0));
  return sum.toString(36).padStart(7, '0').slice(-6);
}

export interface LimitRule {
  fallback: number;
  max: number;
  min?: number;
  /** What a limit above the greatest does; Okta caps most lists and refuses on some. */
  above?: 'cap' | 'refuse';
}

export function readLimit(query: URLSearchParams, rule: LimitRule): number {
  const text = query.get('limit');
  if (text === null || text === '') return rule.fallback;
  if (!/^-?\d{1,9}$/.test(text)) throw invalid('limit', 'The limit must be a whole number.');
  const limit = Number(text);
  if (limit < (rule.min ?? 1)) throw invalid('limit', `The limit must be at least ${rule.min ?? 1}.`);
  if (limit > rule.max && rule.above === 'refuse') throw invalid('limit', `The limit must be at most ${rule.max}.`);
  return Math.min(limit, rule.max);
}

export function linkHeaders(url: URL, next: string | undefined, drop: readonly string[] = []): { link: string[] } {
  const lines = [`<${url.href}>; rel="self"`];
  if (next !== undefined) {
    const following = new URL(url);
    for (const name of drop) following.searchParams.delete(name);
    following.searchParams.set('after', next);
    lines.push(`<${following.href}>; rel="next"`);
  }
  return { link: lines };
}

/** A page of a short list that is held as a whole, going on after the item with the ordinal in the cursor. */
export function pageOf<T>(
  listing: string,
  all: readonly T[],
  query: URLSearchParams,
  rule: LimitRule,
  keyOf: (item: T) => string,
): Page<T> {
  const limit = readLimit(query, rule);
  const after = query.get('after');
  const start = after === null ? 0 : all.findIndex((item) => keyOf(item) === readCursor(listing, after)) + 1;
  const items = all.slice(start, start + limit);
  const last = items.at(-1);
  return {
    items,
    next: last !== undefined && start + limit < all.length ? writeCursor(listing, keyOf(last)) : undefined,
  };
}
