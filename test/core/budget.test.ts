// The rate budget: what an upstream said about itself, kept and shared.

import { afterEach, describe, expect, test } from 'vitest';
import { createRateBudget, type SharedMemory } from '../../src/core/budget.ts';
import { createMemoryStore } from '../../src/stores/memory.ts';
import {
  answerJson,
  failureOf,
  get,
  openServer,
  requestOf,
  scopeOf,
  type TestServer,
  upstreamOf,
} from './upstream-server.ts';

const clock = (start = 1_000_000) => {
  let time = start;
  const pass = (ms: number) => {
    time += ms;
  };
  return { now: () => time, pass };
};

describe('one bucket', () => {
  test('that is unknown is open; one that is empty is closed until its reset', async () => {
    const { now, pass } = clock();
    const budget = createRateBudget({ now, scope: 't:' });
    expect(await budget.take('a')).toBe(0);
    await budget.learn('a', { limit: 10, remaining: 0, resetAt: now() + 5_000 });
    expect(await budget.take('a')).toBe(5_000);
    expect(await budget.take('other')).toBe(0);
    pass(4_999);
    expect(await budget.take('a')).toBe(1);
    pass(1);
    expect(await budget.take('a')).toBe(0);
  });

  test('counts requests under way, which the last answer did not know of', async () => {
    const { now } = clock();
    const budget = createRateBudget({ now, scope: 't:' });
    await budget.take('a');
    await budget.learn('a', { limit: 10, remaining: 2, resetAt: now() + 5_000 });
    expect(await budget.take('a')).toBe(0);
    expect(await budget.take('a')).toBe(0);
    expect(await budget.take('a')).toBe(5_000);
    budget.release('a');
    expect(await budget.take('a')).toBe(0);
  });

  test('believes the lowest figure of a window: answers overtake one another', async () => {
    const { now } = clock();
    const budget = createRateBudget({ now, scope: 't:' });
    await budget.learn('a', { limit: 10, remaining: 3, resetAt: now() + 5_000 });
    await budget.learn('a', { limit: 10, remaining: 7, resetAt: now() + 5_400 });
    expect(budget.view().get('a')?.remaining).toBe(3);
    await budget.learn('a', { limit: 10, remaining: 9, resetAt: now() + 60_000 });
    expect(budget.view().get('a')?.remaining).toBe(9);
  });

  test('never lends more than is left, whatever the order of answers', async () => {
    const { now } = clock();
    const budget = createRateBudget({ now, scope: 't:' });
    let left = 20;
    await budget.take('a');
    await budget.learn('a', { limit: 20, remaining: --left, resetAt: now() + 5_000 });
    let sent = 0;
    const answers: (() => Promise<void>)[] = [];
    for (let round = 0; round < 200; round++) {
      if ((await budget.take('a')) === 0) {
        sent++;
        const remaining = --left;
        answers.push(() => budget.learn('a', { limit: 20, remaining, resetAt: now() + 5_000 }));
      }
      if (round % 3 === 0) await answers.splice((round * 7) % Math.max(1, answers.length), 1)[0]?.();
    }
    expect(sent).toBe(19);
    expect(left).toBe(0);
  });
});

describe('two budgets with one memory', () => {
  test('hear of each other’s nearly empty buckets, by tenant', async () => {
    const { now, pass } = clock();
    const shared = createMemoryStore(now);
    const [here, there, elsewhere] = ['rate:acme:', 'rate:acme:', 'rate:other:'].map((scope) =>
      createRateBudget({ now, shared, scope }),
    ) as [
      ReturnType<typeof createRateBudget>,
      ReturnType<typeof createRateBudget>,
      ReturnType<typeof createRateBudget>,
    ];
    await here.take('a');
    await here.learn('a', { limit: 100, remaining: 0, resetAt: now() + 5_000 });
    expect(await there.take('a')).toBe(5_000);
    expect(await elsewhere.take('a')).toBe(0);
    pass(5_001);
    expect(await there.take('a')).toBe(0);
  });

  test('say nothing while there is plenty', async () => {
    const { now } = clock();
    const shared = createMemoryStore(now);
    const here = createRateBudget({ now, shared, scope: 'x:' });
    await here.learn('a', { limit: 100, remaining: 90, resetAt: now() + 5_000 });
    expect(await shared.keys('')).toEqual([]);
  });

  test('a memory that fails, or holds nonsense, stops nobody', async () => {
    const { now } = clock();
    const broken: SharedMemory = {
      get: () => Promise.reject(new Error('gone')),
      set: () => Promise.reject(new Error('gone')),
    };
    const budget = createRateBudget({ now, shared: broken, scope: 'x:' });
    expect(await budget.take('a')).toBe(0);
    await budget.learn('a', { limit: 10, remaining: 0, resetAt: now() + 10 });
    for (const text of ['', 'null', '{', '[]', '7', '{"limit":"1"}', '{"limit":1,"remaining":0,"resetAt":"x"}']) {
      const odd = createRateBudget({ now, shared: { get: async () => text, set: async () => {} }, scope: 'x:' });
      expect(await odd.take('a')).toBe(0);
    }
  });
});

describe('requests under a rate limit', () => {
  let server: TestServer | undefined;
  afterEach(() => server?.close());

  /** So many per window; beyond it 429 with the window's end. */
  async function limited(perWindow: number, windowMs: number) {
    let started = performance.now();
    let used = 0;
    let refused = 0;
    server = await openServer((request, response, number) => {
      if (performance.now() - started >= windowMs) {
        started = performance.now();
        used = 0;
      }
      const reset = String(Math.ceil(windowMs - (performance.now() - started)));
      const ok = ++used <= perWindow;
      if (!ok) refused++;
      const headers = {
        'x-limit': String(perWindow),
        'x-remaining': String(Math.max(0, perWindow - used)),
        'x-reset-ms': reset,
      };
      answerJson({ number }, ok ? 200 : 429, headers)(request, response, number);
    });
    return { server, refused: () => refused };
  }

  test('wait for the reset where the deadline allows it, and none is lost', async () => {
    const { server: open, refused } = await limited(5, 400);
    const upstream = upstreamOf(open.origin);
    const answers = await Promise.all(Array.from({ length: 12 }, () => upstream.request(get, scopeOf(8_000))));
    expect(answers.map(({ status }) => status)).toEqual(Array(12).fill(200));
    // The first ones go out before anything is known; later ones keep to what was learned.
    expect(refused()).toBeLessThanOrEqual(5);
  });

  test('fail with the time of the reset where it does not', async () => {
    const { server: open } = await limited(1, 30_000);
    const upstream = upstreamOf(open.origin);
    await upstream.request(get, scopeOf(2_000));
    const { error, ms } = await failureOf(upstream.request(get, scopeOf(2_000)));
    expect(ms).toBeLessThan(500);
    expect(error.code).toBe('rate_limited');
    expect(error.message).toMatch(/(29|30) s/);
    expect(open.seen).toHaveLength(1);
    await upstream.request(requestOf({ bucket: '/other' }), scopeOf(2_000)).catch(() => {});
    expect(open.seen).toHaveLength(2);
  });

  test('a concurrency 429 (limit 0) closes no bucket and is tried again', async () => {
    server = await openServer((request, response, number) => {
      const headers = { 'x-limit': '0', 'x-remaining': '0', 'x-reset-ms': '60' };
      answerJson({ number }, number < 3 ? 429 : 200, headers)(request, response, number);
    });
    const answer = await upstreamOf(server.origin).request(get, scopeOf(5_000));
    expect(answer.body).toEqual({ number: 3 });
  });
});
