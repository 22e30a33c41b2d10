// The store in Redis: the contract, several connections at once, and what happens when Redis is away or hangs.

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openStore } from '../../src/stores/open.ts';
import { openRedisStore } from '../../src/stores/redis.ts';
import type { Store } from '../../src/stores/store.ts';
import { failureOf, type Line, lacksRedis, openLine, startRedis, type TestRedis } from '../support/redis.ts';
import { runCastellan } from '../trials/castellan.ts';
import { testStore } from './contract.ts';

const opened: { readonly close: () => unknown }[] = [];

function open(name: string, say?: (text: string) => void): Store {
  const store = openRedisStore(name, say);
  opened.push(store);
  return store;
}

async function startOwn(): Promise<TestRedis> {
  const redis = await startRedis();
  opened.push(redis);
  return redis;
}

async function startLine(redis: TestRedis, delayMs?: number): Promise<Line> {
  const line = await openLine(redis, delayMs);
  opened.push(line);
  return line;
}

/** Whatever became of the test. */
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
});

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function untilItWorks(store: Store): Promise<void> {
  await expect.poll(() => store.get('k').then(() => 'works', String), { timeout: 8_000, interval: 50 }).toBe('works');
}

describe.skipIf(lacksRedis())('with a Redis', () => {
  let redis: TestRedis;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.close());

  /** Redis keeps its own time: all that expires is brought nearer to its end. */
  async function pass(ms: number): Promise<void> {
    const script = `for _, key in ipairs(redis.call('KEYS', '*')) do
      local ends = redis.call('PEXPIRETIME', key)
      if ends > 0 then redis.call('PEXPIREAT', key, string.format('%.0f', ends - tonumber(ARGV[1]))) end
    end`;
    await redis.ask(['EVAL', script, '0', `${ms}`]);
  }
  const empty = () => redis.ask(['FLUSHALL']);
  const make = async (how: () => Store) => {
    await empty();
    return how();
  };
  const clock = { pass, grain: 20_000 };
  testStore({ name: 'redis', open: () => make(() => openRedisStore(redis.url)), ...clock });
  testStore({ name: 'redis, by its setting', open: () => make(() => openStore(redis.url, Date.now)), ...clock });

  test('one for several connections at once', async () => {
    await empty();
    const stores = Array.from({ length: 4 }, () => open(redis.url));
    for (let round = 0; round < 20; round++) {
      await stores[round % 4]?.set('once', `${round}`);
      const taken = await Promise.all(Array.from({ length: 48 }, (_, caller) => stores[caller % 4]?.take('once')));
      expect(taken.filter((value) => value !== undefined)).toEqual([`${round}`]);
      const added = await Promise.all(
        Array.from({ length: 48 }, (_, caller) => stores[caller % 4]?.add(`a${round}`, 'x')),
      );
      expect(added.filter(Boolean)).toHaveLength(1);
    }
  });

  test('stands beside what is not ours, and sees none of it', async () => {
    await empty();
    await redis.ask(['SET', 'theirs', 'x']);
    await redis.ask(['RPUSH', 'castellanx', 'x']);
    const store = open(redis.url);
    await store.set('k', 'v');
    expect(await store.keys('')).toEqual(['k']);
    expect(await redis.ask<string[]>(['KEYS', '*'])).toEqual(expect.arrayContaining(['theirs', 'castellan:k']));
    expect(await store.get('theirs')).toBeUndefined();
  });

  test('thousands of keys, each once, while others come and go', async () => {
    await empty();
    const [store, other] = [open(redis.url), open(redis.url)];
    const names = Array.from({ length: 5_000 }, (_, place) => `stays:${String(place).padStart(5, '0')}`);
    await Promise.all(names.map((name) => store.set(name, 'x')));
    const churn = (async () => {
      for (let round = 0; round < 2_000; round++) {
        await other.set(`goes:${round}`, 'x');
        await other.delete(`goes:${round - 5}`);
      }
    })();
    for (let round = 0; round < 5; round++) expect(await store.keys('stays:')).toEqual(names);
    await churn;
  });

  test('the number of the database in the address counts', async () => {
    await empty();
    const [first, second] = [open(`${redis.url}/1`), open(`${redis.url}/2`)];
    await first.set('k', 'one');
    expect(await second.get('k')).toBeUndefined();
    expect(await first.get('k')).toBe('one');
    const { error } = await failureOf(open(`${redis.url}/99`).get('k'));
    expect(error.code).toBe('bad_configuration');
    expect(error.message).toContain('no database of this number');
  });

  test('a Redis that makes room by forgetting is a weakness, one that refuses is none', async () => {
    const store = open(redis.url);
    expect(await store.weakness?.()).toBeUndefined();
    await redis.ask(['CONFIG', 'SET', 'maxmemory-policy', 'volatile-lru']);
    expect(await store.weakness?.()).toMatch(/volatile-lru.*noeviction/);
    await redis.ask(['CONFIG', 'SET', 'maxmemory-policy', 'noeviction']);
    expect(await store.weakness?.()).toBeUndefined();
  });

  test('says its version, and whether what was written last outlives a crash (INFO persistence)', async () => {
    const store = open(redis.url);
    expect(await store.about?.()).toEqual({
      lasting: false,
      says: expect.stringMatching(/^Redis \d+\.\d.*appendonly/),
    });
    const doctor = await runCastellan(['doctor', '--sandbox'], { env: { CASTELLAN_STORE: redis.url } });
    expect(doctor.stdout).toMatch(/• store: can be written and read .*Redis \d.*no append-only file/);
    await redis.ask(['CONFIG', 'SET', 'appendonly', 'yes']);
    expect(await store.about?.()).toEqual({ lasting: true, says: expect.stringContaining('append-only file') });
    await redis.ask(['CONFIG', 'SET', 'appendonly', 'no']);
  }, 20_000);

  test('a full Redis refuses writes in words; what is there can be read and taken', async () => {
    await empty();
    const store = open(redis.url);
    await store.set('k', 'v');
    await redis.ask(['CONFIG', 'SET', 'maxmemory', '1']);
    try {
      const { error } = await failureOf(store.set('other', 'x'));
      expect(error).toMatchObject({ code: 'store_unavailable', retry: { again: true } });
      expect(error.message).toContain('memory of Redis is full');
    } finally {
      // Nor does one refusal stand in the way of what can be done.
      expect(await store.take('k')).toBe('v');
      await redis.ask(['CONFIG', 'SET', 'maxmemory', '0']);
    }
    await store.set('k', 'again');
  });

  test('connections that Redis closes are made anew, unnoticed', async () => {
    const said: string[] = [];
    const store = open(redis.url, (text) => said.push(text));
    for (let round = 0; round < 5; round++) {
      await store.set('k', `${round}`);
      await redis.ask(['CLIENT', 'KILL', 'TYPE', 'normal']);
      await wait(100);
      expect(await store.get('k')).toBe(`${round}`);
    }
    expect(said).toEqual([]);
  });
});

describe.skipIf(lacksRedis())('a Redis that is not there', () => {
  test('fails at once and says so once, until it is back: nothing is sent later', async () => {
    const redis = await startOwn();
    const said: string[] = [];
    const store = open(redis.url, (text) => said.push(text));
    await store.set('k', 'before');
    await redis.stop();
    const failures = await Promise.all(
      Array.from({ length: 50 }, (_, place) => failureOf(store.add(`late:${place}`, 'x'))),
    );
    for (const { error, ms } of failures) {
      expect(error).toMatchObject({ code: 'store_unavailable', retry: { again: true } });
      expect(error.message).toMatch(/^The store cannot be used now: (Redis refused|the connection)/);
      expect(ms).toBeLessThan(1_500);
    }
    await wait(400);
    expect((await failureOf(store.take('k'))).error.message).toContain('refused the connection');
    expect(said).toHaveLength(1);
    await redis.start();
    await untilItWorks(store);
    expect(said.at(-1)).toBe('The store can be used again.');
    expect(said).toHaveLength(2);
    await wait(200);
    expect(await store.keys('')).toEqual([]);
  });

  test('that hangs is waited for a second, by the first who asks; then it is left alone for a while', async () => {
    const redis = await startOwn();
    const store = open(redis.url);
    await store.set('k', 'v');
    redis.halt();
    const all = await Promise.all([failureOf(store.get('k')), failureOf(store.take('k')), failureOf(store.keys(''))]);
    for (const { error, ms } of all) {
      expect(error.message).toContain('did not answer in time');
      expect(ms).toBeGreaterThan(900);
      expect(ms).toBeLessThan(1_900);
    }
    const next = await failureOf(store.get('k'));
    expect(next.ms).toBeLessThan(100);
    await wait(2_100);
    // A new connection is taken by the system in the place of Redis, and answers nothing either.
    const later = await failureOf(store.get('k'));
    expect(later.error.code).toBe('store_unavailable');
    expect(later.ms).toBeLessThan(1_900);
    redis.goOn();
    await untilItWorks(store);
  });

  test('a connection that closes in the middle of all is an error, not an empty answer', async () => {
    const redis = await startOwn();
    const store = open(redis.url);
    await store.set('k', 'v');
    redis.halt();
    const reading = failureOf(store.get('k'));
    await wait(100);
    await redis.stop();
    const { error, ms } = await reading;
    expect(error.code).toBe('store_unavailable');
    expect(ms).toBeLessThan(900);
  });

  test('a connection that was lost silently is given up for a new one; what it was asked never happens', async () => {
    const redis = await startOwn();
    const line = await startLine(redis);
    const store = open(line.url);
    await store.set('k', 'v');
    line.cut();
    const { error, ms } = await failureOf(store.add('late', 'x'));
    expect(error.message).toContain('did not answer in time');
    expect(ms).toBeLessThan(1_900);
    await untilItWorks(store);
    expect(await store.get('k')).toBe('v');
    expect(await store.keys('')).toEqual(['k']);
  });

  test('a process that was busy for longer than a second does not take the answer for missing', async () => {
    const redis = await startOwn();
    const line = await startLine(redis, 20);
    const store = open(line.url);
    await store.set('k', 'v');
    const reading = store.get('k');
    await new Promise((resolve) => setImmediate(resolve));
    const until = performance.now() + 1_300;
    while (performance.now() < until);
    expect(await reading).toBe('v');
  });

  test('closing does not wait for it, whatever is under way', async () => {
    const redis = await startOwn();
    const store = openRedisStore(redis.url);
    await store.set('k', 'v');
    redis.halt();
    const reading = failureOf(store.get('k'));
    const started = performance.now();
    await store.close();
    await store.close();
    expect(performance.now() - started).toBeLessThan(200);
    expect((await reading).ms).toBeLessThan(900);
    await expect(store.get('k')).rejects.toThrow('closed');
  });
});
