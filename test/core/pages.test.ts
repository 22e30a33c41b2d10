// Lists across pages and across calls: everything once, in order, and never a part called the whole.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CastellanError } from '../../src/core/errors.ts';
import { collectPages, decodeCursor, encodeCursor, type Page, type Position } from '../../src/core/pages.ts';

const question = 'users?search=x';

/** A list of `size` numbers whose pages begin at a cursor; `lax` gives more or fewer than asked, as vendors do. */
function listOf(size: number, lax: (asked: number) => number = (asked) => asked) {
  const asked: number[] = [];
  const fetchPage = async (after: string | undefined, limit: number): Promise<Page<number>> => {
    asked.push(limit);
    const start = after === undefined ? 0 : Number(after);
    const end = Math.min(size, start + lax(limit));
    const items = Array.from({ length: end - start }, (_, place) => start + place);
    return { items, next: end < size ? String(end) : undefined };
  };
  return { fetchPage, asked };
}

const numbers = (size: number) => Array.from({ length: size }, (_, place) => place);

describe('pages', () => {
  test('are asked for no more than is wanted, within the upstream’s bounds', async () => {
    const list = listOf(1_000);
    await collectPages({ fetchPage: list.fetchPage, max: 450, pageSize: 200 });
    expect(list.asked).toEqual([200, 200, 50]);
    const small = listOf(1_000);
    await collectPages({ fetchPage: small.fetchPage, max: 3, minPageSize: 20, pageSize: 200 });
    expect(small.asked).toEqual([20]);
  });

  test('a page larger than asked is cut, and the rest comes next', async () => {
    const list = listOf(100, () => 30);
    const first = await collectPages({ fetchPage: list.fetchPage, max: 10, pageSize: 200 });
    expect(first.items).toEqual(numbers(10));
    expect(first.next).toEqual({ after: undefined, skip: 10 });
    const second = await collectPages({ fetchPage: list.fetchPage, from: first.next, max: 100, pageSize: 200 });
    expect([...first.items, ...second.items]).toEqual(numbers(100));
    expect(second.next).toBeUndefined();
  });

  test('a full answer at the very end of the list is complete', async () => {
    const { next } = await collectPages({ fetchPage: listOf(20).fetchPage, max: 20, pageSize: 10 });
    expect(next).toBeUndefined();
  });

  test('empty pages in between are passed over', async () => {
    const pages: Record<string, Page<number>> = {
      start: { items: [], next: 'a' },
      a: { items: [1], next: 'b' },
      b: { items: [], next: 'c' },
      c: { items: [2] },
    };
    const { items, next } = await collectPages({
      fetchPage: async (after) => pages[after ?? 'start'] as Page<number>,
      max: 10,
      pageSize: 5,
    });
    expect(items).toEqual([1, 2]);
    expect(next).toBeUndefined();
  });

  test('a next page that is the same page again is an error, not a loop', async () => {
    const fetchPage = async () => ({ items: [1], next: 'again' });
    await expect(collectPages({ fetchPage, max: 100, pageSize: 10 })).rejects.toMatchObject({
      code: 'platform_answer_invalid',
    });
  });

  test.each(['rate_limited', 'deadline_exceeded'] as const)(
    '%s after some pages keeps what was read, and says so',
    async (code) => {
      const list = listOf(100);
      const fetchPage = async (after: string | undefined, limit: number) => {
        if (after === '20') throw new CastellanError({ code, message: 'no more for now' });
        return list.fetchPage(after, limit);
      };
      const { items, next, stopped } = await collectPages({ fetchPage, max: 50, pageSize: 10 });
      expect(items).toEqual(numbers(20));
      expect(stopped).toBe('no more for now');
      const rest = await collectPages({ fetchPage: list.fetchPage, from: next, max: 100, pageSize: 10 });
      expect([...items, ...rest.items]).toEqual(numbers(100));
    },
  );

  test('any other failure, and one on the first page, is the call’s own', async () => {
    const failing =
      (code: 'rate_limited' | 'not_found', at: string | undefined) => async (after: string | undefined) => {
        if (after === at) throw new CastellanError({ code, message: 'failed' });
        return { items: [1], next: '20' };
      };
    await expect(collectPages({ fetchPage: failing('rate_limited', undefined), max: 9, pageSize: 1 })).rejects.toThrow(
      'failed',
    );
    await expect(collectPages({ fetchPage: failing('not_found', '20'), max: 9, pageSize: 1 })).rejects.toThrow(
      'failed',
    );
  });

  test('progress is told between pages, never beyond what is wanted', async () => {
    const seen: number[] = [];
    await collectPages({ fetchPage: listOf(95).fetchPage, max: 30, pageSize: 10, progress: (done) => seen.push(done) });
    expect(seen).toEqual([10, 20]);
  });
});

describe('a cursor', () => {
  test('carries any position through the caller’s hands', () => {
    fc.assert(
      fc.property(
        fc.option(fc.string({ minLength: 1, unit: 'binary' }), { nil: undefined }),
        fc.nat(999_999_999),
        (after, skip) => {
          const position: Position = { after, skip };
          expect(decodeCursor(encodeCursor(position, question), question)).toEqual(position);
        },
      ),
      { seed: 5 },
    );
  });

  test('of another list is refused', () => {
    const cursor = encodeCursor({ after: 'x', skip: 0 }, question);
    expect(() => decodeCursor(cursor, 'groups')).toThrow(/other parameters/);
  });

  test('that is none is refused, whatever it is', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        fc.pre(!/^\d{1,9}\.[\w-]{6}\./.test(text));
        expect(() => decodeCursor(text, question)).toThrow(CastellanError);
      }),
      { seed: 5 },
    );
  });
});

test('any sequence of max_results reads everything exactly once', async () => {
  const vendor = fc.record({
    size: fc.nat({ max: 120 }),
    pageSize: fc.integer({ min: 1, max: 40 }),
    minPageSize: fc.integer({ min: 1, max: 10 }),
    change: fc.constantFrom<(asked: number) => number>(
      (asked) => asked,
      (asked) => asked + 7,
      (asked) => Math.max(1, asked - 3),
      () => 13,
    ),
  });
  await fc.assert(
    fc.asyncProperty(vendor, fc.infiniteStream(fc.integer({ min: 1, max: 60 })), async (list, maxima) => {
      const { fetchPage } = listOf(list.size, list.change);
      const { pageSize, minPageSize } = list;
      const read: number[] = [];
      let cursor: string | undefined;
      for (const max of maxima) {
        const from = cursor === undefined ? undefined : decodeCursor(cursor, question);
        const { items, next } = await collectPages({ fetchPage, from, max, pageSize, minPageSize });
        expect(items.length).toBeLessThanOrEqual(max);
        read.push(...items);
        if (!next) break;
        expect(items.length).toBe(max);
        cursor = encodeCursor(next, question);
      }
      expect(read).toEqual(numbers(list.size));
    }),
    { seed: 11, numRuns: 400 },
  );
});
