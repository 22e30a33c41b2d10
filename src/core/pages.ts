// Following an upstream's pages up to a number of entities, without ever calling a part the whole or losing one between calls.

import { hash } from 'node:crypto';
import { CastellanError } from './errors.ts';

/** One page as an upstream gave it. `next` is the upstream's opaque cursor; absent on the last page. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next?: string | undefined;
}

/** A place in a list: the upstream's cursor of a page (absent for the first) and how many of its items were given already. */
export interface Position {
  readonly after?: string | undefined;
  readonly skip: number;
}

/** Several pages put together. `next` is absent when everything was read; `stopped` says why reading ended early. */
export interface Collected<T> {
  readonly items: readonly T[];
  readonly next?: Position | undefined;
  readonly stopped?: string | undefined;
}

/** Okta can give a page without items and a next one; endlessly many of them are a fault of the upstream. */
const maxEmptyPages = 20;

export interface CollectOptions<T> {
  /**
   * Fetches the page after a cursor; `limit` is how many items it should hold. May call `ahead` with the next cursor as
   * soon as that is known: while this page is still being read, the next one is then on its way.
   */
  readonly fetchPage: (after: string | undefined, limit: number, ahead: (next: string) => void) => Promise<Page<T>>;
  readonly from?: Position | undefined;
  /** How many items are wanted at most. */
  readonly max: number;
  /** The least and the most that the upstream accepts as `limit`. */
  readonly minPageSize?: number;
  readonly pageSize: number;
  readonly progress?: ((done: number, total?: number) => void) | undefined;
}

/**
 * Items in the upstream's order, and where to go on. A page that fails for want of time or rate budget after others
 * were read ends the collection with what there is: nothing read is lost.
 */
export async function collectPages<T>(options: CollectOptions<T>): Promise<Collected<T>> {
  const items: T[] = [];
  const seen = new Set<string | undefined>();
  let { after, skip } = options.from ?? { after: undefined, skip: 0 };
  let empty = 0;
  let coming: { readonly after: string; readonly page: Promise<Page<T>> } | undefined;

  function fetchPage(from: string | undefined, room: number): Promise<Page<T>> {
    const limit = Math.min(Math.max(room, options.minPageSize ?? 1), options.pageSize);
    return options.fetchPage(from, limit, (next) => {
      // Only what is wanted whatever this page holds; a page that fails is met where it is awaited.
      if (room <= limit || next === from || coming) return;
      const page = fetchPage(next, room - limit);
      page.catch(() => {});
      coming = { after: next, page };
    });
  }

  for (;;) {
    const room = options.max - items.length;
    seen.add(after);
    let page: Page<T>;
    try {
      const started = coming?.after === after ? coming?.page : undefined;
      coming = undefined;
      page = await (started ?? fetchPage(after, room + skip));
    } catch (error) {
      if (items.length === 0 || !endsEarly(error)) throw error;
      return { items, next: { after, skip }, stopped: error.message };
    }
    if (skip > page.items.length) throw foreignCursor();
    empty = page.items.length === 0 ? empty + 1 : 0;
    for (const item of page.items.slice(skip, skip + room)) items.push(item);
    if (page.items.length > skip + room) return { items, next: { after, skip: skip + room } };
    if (page.next === undefined) return { items };
    if (seen.has(page.next)) {
      throw new CastellanError({
        code: 'platform_answer_invalid',
        message: 'The platform gave a next page that was read before, so the list cannot be read to its end.',
        hint: 'Narrow the request so that one page holds the answer.',
      });
    }
    after = page.next;
    skip = 0;
    if (items.length >= options.max) return { items, next: { after, skip } };
    if (empty >= maxEmptyPages) return { items, next: { after, skip }, stopped: `${empty} empty pages in a row.` };
    options.progress?.(items.length, options.max);
  }
}

/** Failures of the upstream, not of the question: what was read before them is still right. */
const passing = new Set(['rate_limited', 'deadline_exceeded', 'platform_unavailable', 'platform_answer_invalid']);

function endsEarly(error: unknown): error is CastellanError {
  return error instanceof CastellanError && passing.has(error.code);
}

/**
 * A position as the text that a caller passes back. It carries a digest of the question it belongs to, so that it cannot
 * silently continue another list.
 */
export function encodeCursor(position: Position, question: string): string {
  return `${position.skip}.${digestOf(question)}.${position.after ?? ''}`;
}

export function decodeCursor(cursor: string, question: string): Position {
  const [, skip, digest, after] = /^(\d{1,9})\.([\w-]{6})\.(.*)$/s.exec(cursor) ?? [];
  if (skip === undefined || after === undefined) throw foreignCursor();
  if (digest !== digestOf(question)) {
    throw new CastellanError({
      code: 'invalid_input',
      message: 'The cursor belongs to a list with other parameters.',
      hint: 'Repeat every parameter of the call that gave it (only max_results may differ), or leave the cursor out.',
    });
  }
  return { after: after === '' ? undefined : after, skip: Number(skip) };
}

function foreignCursor(): CastellanError {
  return new CastellanError({
    code: 'invalid_input',
    message: 'The cursor is not one that Castellan gave.',
    hint: 'Pass next_cursor of the last answer unchanged, or leave it out to start at the beginning.',
  });
}

function digestOf(question: string): string {
  return hash('sha256', question, 'base64url').slice(0, 6);
}
