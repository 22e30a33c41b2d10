// What every store must do; run for each of them.

import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Store } from '../../src/stores/store.ts';

export interface StoreMaker {
  readonly name: string;
  readonly open: (now: () => number) => Store | Promise<Store>;
  /** Lets milliseconds pass for a store that has a clock of its own. */
  readonly pass?: (ms: number) => Promise<void>;
  /** How near to its end an entry is looked at, milliseconds: with a clock of its own, time also passes by itself. */
  readonly grain?: number;
}

export function testStore({ name, open, pass: passThere, grain = 1 }: StoreMaker): void {
  describe(`the store contract: ${name}`, () => {
    let time = 1_700_000_000_000;
    let store: Store;
    const pass = async (ms: number) => {
      time += ms;
      await passThere?.(ms);
    };
    beforeEach(async () => {
      store = await open(() => time);
    });
    afterEach(() => store.close());

    test('gives back what was set, and replaces it', async () => {
      expect(await store.get('k')).toBeUndefined();
      await store.set('k', 'one');
      expect(await store.get('k')).toBe('one');
      await store.set('k', 'two');
      expect(await store.get('k')).toBe('two');
      await store.delete('k');
      await store.delete('k');
      expect(await store.get('k')).toBeUndefined();
    });

    test('keeps an entry until its time is over, and without one for ever', async () => {
      await store.set('short', 'x', 100_000);
      await store.set('long', 'x');
      await pass(100_000 - grain);
      expect(await store.get('short')).toBe('x');
      expect(await store.keys('')).toEqual(['long', 'short']);
      await pass(grain);
      expect(await store.get('short')).toBeUndefined();
      expect(await store.keys('')).toEqual(['long']);
      expect(await store.take('short')).toBeUndefined();
      await pass(10 ** 11);
      expect(await store.get('long')).toBe('x');
    });

    test('setting anew sets the time anew, also to none', async () => {
      await store.set('k', 'a', 100_000);
      await store.set('k', 'b');
      await pass(1_000_000);
      expect(await store.get('k')).toBe('b');
      await store.set('k', 'c', 100_000);
      await pass(100_000);
      expect(await store.get('k')).toBeUndefined();
    });

    test('add writes only where nothing lives', async () => {
      expect(await store.add('k', 'first', 100_000)).toBe(true);
      expect(await store.add('k', 'second', 100_000)).toBe(false);
      expect(await store.get('k')).toBe('first');
      await pass(100_000);
      expect(await store.add('k', 'third')).toBe(true);
      expect(await store.get('k')).toBe('third');
      await pass(10 ** 9);
      expect(await store.add('k', 'fourth')).toBe(false);
    });

    test('take gives the value to one of 50 callers', async () => {
      for (let round = 0; round < 20; round++) {
        await store.set('once', `value ${round}`);
        const taken = await Promise.all(Array.from({ length: 50 }, () => store.take('once')));
        expect(taken.filter((value) => value !== undefined)).toEqual([`value ${round}`]);
      }
    });

    test('add is won by one of 50 callers, whose value stays', async () => {
      for (let round = 0; round < 20; round++) {
        const added = await Promise.all(
          Array.from({ length: 50 }, (_, caller) => store.add(`key ${round}`, `${caller}`)),
        );
        expect(added.filter(Boolean)).toHaveLength(1);
        expect(await store.get(`key ${round}`)).toBe(String(added.indexOf(true)));
      }
    });

    test('keys are found by their beginning alone: no character is a wildcard', async () => {
      const all = [
        'a%b:1',
        'a%c:1',
        'aXb:1',
        'a_b:1',
        'a*b',
        'a?b',
        'a[b',
        'A%b:1',
        'a',
        'ä:1',
        'ä:2',
        '😀:1',
        '\uffff:1',
        "a'b",
        'a"b',
        'a\\b',
      ];
      for (const key of all) await store.set(key, 'x');
      for (const prefix of [
        'a%',
        'a_',
        'a*',
        'a?',
        'a[',
        'a',
        'A',
        'ä',
        '😀',
        '\uffff',
        "a'",
        'a"',
        'a\\',
        '',
        'nothing',
      ]) {
        const expected = all.filter((key) => key.startsWith(prefix));
        expect([...(await store.keys(prefix))].sort()).toEqual(expected.sort());
      }
    });

    test('keys come in the order of their code points', async () => {
      for (const key of ['😀', '\uffff', 'b', 'a', 'B', 'ä', '']) await store.set(key, 'x');
      expect(await store.keys('')).toEqual(['', 'B', 'a', 'b', 'ä', '\uffff', '😀']);
    });

    test('any well-formed text is a key and a value', async () => {
      const text = fc.string({ unit: 'grapheme', maxLength: 30 });
      await fc.assert(
        fc.asyncProperty(text, text, async (key, value) => {
          await store.set(key, value);
          expect(await store.get(key)).toBe(value);
          expect(await store.keys(key)).toContain(key);
          expect(await store.take(key)).toBe(value);
          expect(await store.get(key)).toBeUndefined();
        }),
        { seed: 3, numRuns: 150 },
      );
    });

    test.each(['', '\u0000', 'a\u0000b', '\u0000a'])('%j as key and value', async (odd) => {
      await store.set(odd, odd);
      await store.set(`${odd}longer`, 'other');
      expect(await store.get(odd)).toBe(odd);
      expect(await store.keys(odd)).toEqual([odd, `${odd}longer`]);
      expect(await store.take(odd)).toBe(odd);
      expect(await store.get(`${odd}longer`)).toBe('other');
    });

    test('a time with a fraction, of no length, and beyond all clocks', async () => {
      await store.set('odd', 'x', 100_000.7);
      await store.set('ever', 'x', Number.MAX_VALUE);
      await store.set('none', 'x', 0);
      await pass(grain);
      expect(await store.get('none')).toBeUndefined();
      expect(await store.keys('')).toEqual(['ever', 'odd']);
      await pass(100_001);
      expect(await store.keys('')).toEqual(['ever']);
    });

    test('large values stay whole', async () => {
      const large = 'ä😀x'.repeat(500_000);
      await store.set('large', large);
      expect(await store.get('large')).toBe(large);
    });

    test('many entries that expire do not stay', async () => {
      for (let made = 0; made < 1_500; made++) await store.set(`k${made}`, 'x', 100_000);
      await pass(100_000);
      expect(await store.keys('')).toEqual([]);
      for (let made = 0; made < 1_500; made++) await store.set('same', 'x', 100_000);
      expect(await store.keys('')).toEqual(['same']);
    });
  });
}
