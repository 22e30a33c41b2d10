// Calls in the audit log as people page through them: the newest first, each once, whatever the log's size.

import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { AuditPlace } from '../../src/observe/audit-back.ts';
import { openCallLog, type RecordedCall } from '../../src/observe/audit-calls.ts';
import { type AuditEntry, openAuditLog } from '../../src/observe/audit-log.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'castellan-calls-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const entry = (call: string, event: AuditEntry['event'], more: Partial<AuditEntry> = {}): AuditEntry => ({
  event,
  call,
  tool: 'list_okta_users',
  access: 'read',
  caller: 'issuer|ada',
  ...more,
});

async function write(entries: readonly AuditEntry[], segmentBytes?: number): Promise<void> {
  let at = Date.UTC(2026, 10, 21);
  const log = openAuditLog({ folder, now: () => (at += 1_000), ...(segmentBytes !== undefined && { segmentBytes }) });
  // One after the other now and then, so that segments can change in between.
  for (let i = 0; i < entries.length; i += 50)
    await Promise.all(entries.slice(i, i + 50).map((each) => log.append(each, 'process')));
  await log.close();
}

async function readAll(caller: string | undefined, most: number): Promise<RecordedCall[]> {
  const calls = openCallLog(folder);
  const found: RecordedCall[] = [];
  let before: AuditPlace | undefined;
  for (let pages = 0; pages < 500; pages++) {
    const page = await calls.list({ caller, before, most });
    expect(page.calls.length).toBeLessThanOrEqual(most);
    found.push(...page.calls);
    if (!page.older) return found;
    before = page.older;
  }
  throw new Error('the pages do not end');
}

test('a log that does not exist has no calls', async () => {
  expect(await openCallLog(join(folder, 'nowhere')).list({ most: 5 })).toEqual({ calls: [], older: undefined });
});

test('each call stands once, with what its last record says and all its request ids', async () => {
  await write([
    entry('a', 'done', { requestIds: ['r1'] }),
    entry('b', 'approved', { by: 'issuer|olga', requestIds: ['r2'] }),
    entry('b', 'started', { requestIds: ['r2', 'r3'] }),
    entry('b', 'failed', { code: 'rate_limited', requestIds: ['r3', 'r4'] }),
    entry('c', 'started'),
  ]);
  const found = await readAll(undefined, 10);
  expect(found.map(({ call, event }) => [call, event])).toEqual([
    ['c', 'started'],
    ['b', 'failed'],
    ['a', 'done'],
  ]);
  expect(found[1]).toMatchObject({
    code: 'rate_limited',
    by: 'issuer|olga',
    requestIds: ['r2', 'r3', 'r4'],
    sound: true,
  });
});

test('page by page and over several files nothing is lost or told twice, not even a call that a page ends in', async () => {
  const names = Array.from({ length: 400 }, (_, i) => `call-${i}`);
  await write(
    names.flatMap((name) => [entry(name, 'started'), entry(name, 'done')]),
    20_000,
  );
  for (const most of [1, 7, 25, 399, 400, 1_000]) {
    const found = (await readAll(undefined, most)).map(({ call }) => call);
    expect(found, `${most} a page`).toEqual(names.toReversed());
  }
  const one = await openCallLog(folder).list({ most: 1 });
  const next = await openCallLog(folder).list({ most: 1, before: one.older });
  expect([...one.calls, ...next.calls].map(({ call, event }) => [call, event])).toEqual([
    ['call-399', 'done'],
    ['call-398', 'done'],
  ]);
});

test('one caller’s calls are theirs alone, also where another’s id contains theirs', async () => {
  await write(
    Array.from({ length: 300 }, (_, i) =>
      entry(`call-${i}`, 'done', { caller: ['issuer|ada', 'issuer|ada2', 'x"issuer|ada"'][i % 3] ?? '' }),
    ),
  );
  const found = await readAll('issuer|ada', 7);
  expect(found).toHaveLength(100);
  expect(new Set(found.map(({ caller }) => caller))).toEqual(new Set(['issuer|ada']));
});

test('a record that was changed afterwards is told as such; half a line and what is no record are passed over', async () => {
  await write([entry('a', 'done')]);
  const file = join(folder, 'audit-000001.jsonl');
  const forged = { ...entry('b', 'done'), seq: 2, at: '2026-11-21T00:00:00.000Z', prev: 'x', hash: 'y' };
  appendFileSync(file, `${JSON.stringify(forged)}\nnonsense\n{"seq":4,"at":"20`);
  const { calls } = await openCallLog(folder).list({ most: 5 });
  expect(calls.map(({ call, sound }) => [call, sound])).toEqual([
    ['b', false],
    ['a', true],
  ]);
});

test('records longer than what is read at once are read whole', async () => {
  const targets = Array.from({ length: 20_000 }, (_, i) => `user:00u${String(i).padStart(17, '0')}`);
  await write([entry('a', 'done'), entry('long', 'done', { targets }), entry('c', 'done')]);
  expect((await readAll(undefined, 2)).map(({ call }) => call)).toEqual(['c', 'long', 'a']);
});

test('all records of one call are found near its place, and at the end of the log without one', async () => {
  const names = Array.from({ length: 200 }, (_, i) => `call-${i}`);
  await write(names.flatMap((name) => [entry(name, 'started'), entry(name, 'done')]));
  const calls = openCallLog(folder);
  const found = (await readAll(undefined, 50)).find(({ call }) => call === 'call-77');
  for (const near of [found?.place, undefined]) {
    const records = await calls.show('call-77', near);
    expect(records.map(({ record }) => record.event)).toEqual(['started', 'done']);
  }
  expect(await calls.show('call-7')).toHaveLength(2);
  expect(await calls.show('nothing')).toEqual([]);
});
