// What every event log must do, on each of the stores.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Secret } from '../../src/core/secret.ts';
import { createEventLog, type EventLog } from '../../src/stores/events.ts';
import { createMemoryStore } from '../../src/stores/memory.ts';
import { openRedisStore } from '../../src/stores/redis.ts';
import { openSeal } from '../../src/stores/seal.ts';
import { openSqliteStore } from '../../src/stores/sqlite.ts';
import type { Store } from '../../src/stores/store.ts';
import { lacksRedis, startRedis, type TestRedis } from '../support/redis.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-events-'));
const seal = openSeal({ keys: new Secret('k'.repeat(40)), folder });
const other = openSeal({ keys: new Secret('o'.repeat(40)), folder });
const keepMs = 60_000;
let redis: TestRedis | undefined;

beforeAll(async () => {
  if (!lacksRedis()) redis = await startRedis();
});
afterAll(async () => {
  await redis?.close();
  rmSync(folder, { recursive: true, force: true });
});

const stores: readonly { readonly name: string; readonly open: () => Store; readonly skip?: boolean }[] = [
  { name: 'memory', open: () => createMemoryStore() },
  { name: 'SQLite', open: () => openSqliteStore(join(folder, 'events.db'), Date.now, 'mostly') },
  { name: 'Redis', open: () => openRedisStore(redis?.url ?? ''), skip: lacksRedis() },
];

describe.each(stores.filter(({ skip }) => !skip))('the event log on $name', ({ name, open }) => {
  let store: Store;
  let log: EventLog;
  let stream: string;
  let streams = 0;
  const event = (text: string, last = false) => ({ text, last });

  beforeEach(() => {
    store = open();
    log = createEventLog({ store, seal, keepMs });
    stream = `${name}-${++streams}`;
  });
  afterEach(() => store.close());

  async function readAll(from = 0): Promise<string[]> {
    const texts: string[] = [];
    for (let place = from; ; place++) {
      const there = await log.read(stream, place);
      if (!there) return texts;
      texts.push(there.text);
    }
  }

  test('events stand in the order in which they were appended, whether anybody waited in between or not', async () => {
    const writer = log.write(stream);
    const places = await Promise.all(Array.from({ length: 30 }, (_, n) => writer.append(event(`e${n}`))));
    expect(places).toEqual(Array.from({ length: 30 }, (_, n) => n));
    expect(await readAll(27)).toEqual(['e27', 'e28', 'e29']);
    expect(writer.places()).toBe(30);
    expect(await log.read('another stream', 0)).toBeUndefined();
  });

  test('after the last one nothing comes, whoever writes', async () => {
    const [first, second] = [log.write(stream), log.write(stream)];
    await first.append(event('a'));
    expect(await second.append(event('the end', true))).toBe(1);
    expect(await first.append(event('too late', true))).toBeUndefined();
    expect(await second.append(event('too late'))).toBeUndefined();
    expect(await readAll()).toEqual(['a', 'the end']);
  });

  test('of many that end a stream at once, one does', async () => {
    const writers = Array.from({ length: 12 }, () => log.write(stream));
    const places = await Promise.all(writers.map((writer, n) => writer.append(event(`${n}`, true))));
    expect(places.filter((place) => place !== undefined)).toEqual([0]);
    expect(await readAll()).toHaveLength(1);
  });

  test('what was dropped is not there any more', async () => {
    const writer = log.write(stream);
    for (const text of ['a', 'b', 'c']) await writer.append(event(text));
    await log.drop(stream, writer.places());
    expect(await readAll()).toEqual([]);
  });

  test('an event lies sealed, for its place and its stream, and opens with the key alone', async () => {
    await log.write(stream).append(event('canary {"mail":"ada@larkspur.example"}'));
    const [key = ''] = await store.keys(`event:${stream}:`);
    const kept = (await store.get(key)) ?? '';
    expect(kept).not.toMatch(/canary|larkspur/);
    if (name === 'SQLite') {
      const files = ['events.db', 'events.db-wal'].map((file) => readFileSync(join(folder, file), 'latin1'));
      expect(files.join('')).not.toMatch(/canary|larkspur/);
    }
    expect((await log.read(stream, 0))?.text).toContain('canary');
    expect(await createEventLog({ store, seal: other, keepMs }).read(stream, 0)).toBeUndefined();
    await store.set(`event:${stream}:1`, kept);
    expect(await log.read(stream, 1)).toBeUndefined();
  });

  test('an event is kept for as long as was said', async () => {
    await createEventLog({ store, seal, keepMs: 40 }).write(stream).append(event('a'));
    await expect.poll(() => log.read(stream, 0), { interval: 10 }).toBeUndefined();
  });
});

test('an event whose writing failed leaves no gap', async () => {
  const store = createMemoryStore();
  let away = false;
  const log = createEventLog({
    store: { ...store, add: async (...given) => (away ? Promise.reject(new Error('away')) : store.add(...given)) },
    keepMs,
  });
  const writer = log.write('s');
  await writer.append({ text: 'a', last: false });
  away = true;
  await expect(writer.append({ text: 'b', last: false })).rejects.toThrow('away');
  away = false;
  expect(await writer.append({ text: 'c', last: true })).toBe(1);
  expect((await log.read('s', 1))?.text).toBe('c');
});
