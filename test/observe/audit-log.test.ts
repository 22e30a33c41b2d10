// The audit log as it is written: the chain, files of their owner only, and refusal where nothing can be recorded.

import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { CastellanError } from '../../src/core/errors.ts';
import { type AuditLog, openAuditLog } from '../../src/observe/audit-log.ts';
import { verifyAuditLog } from '../../src/observe/audit-verify.ts';
import { entry, faultsOf, filled, freshFolder, linesOf, noon, numbersOf, segmentsOf } from './audit-support.ts';

const now = () => noon;
const first = 'audit-000001.jsonl';

async function refusal(log: AuditLog): Promise<CastellanError> {
  const error = await log.append(entry(0), 'process').then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof CastellanError)) throw new Error(`was recorded, or failed otherwise: ${error}`);
  expect(error.code).toBe('internal');
  expect(error.hint).toBeTruthy();
  // A model may read these.
  expect(`${error.message} ${error.hint}`).not.toMatch(/\/tmp|castellan-audit-/);
  return error;
}

describe('what is written', () => {
  test('one record a line, sealed with HMAC-SHA-256 over the record and the seal before it', async () => {
    const folder = await filled(3);
    const key = Buffer.from(readFileSync(join(folder, 'audit.key'), 'utf8').trim(), 'hex');
    expect(key).toHaveLength(32);
    let prev = '0'.repeat(64);
    for (const [place, line] of linesOf(folder, first).entries()) {
      const { hash, ...record } = JSON.parse(line);
      expect(record).toEqual({ seq: place + 1, at: '2026-11-21T12:00:00.000Z', ...entry(place + 1), prev });
      const content = line.slice(0, line.lastIndexOf(',"hash"'));
      expect(hash).toBe(createHmac('sha256', key).update(content).digest('hex'));
      prev = hash;
    }
    expect(await verifyAuditLog(folder)).toMatchObject({ ok: true, count: 3, first: '2026-11-21T12:00:00.000Z' });
  });

  test('a record is what was said when it was said, whatever text it holds', async () => {
    const folder = freshFolder();
    const log = openAuditLog({ folder, now });
    const targets = ['user:"}\n{"seq":9', 'user:\ud800 ü 🧍'];
    const said = { ...entry(1), targets };
    const appended = log.append(said, 'process');
    targets.push('user:later');
    said.tool = 'another';
    await appended;
    await log.close();
    const [line = '', ...more] = linesOf(folder, first);
    expect(more).toEqual([]);
    expect(JSON.parse(line)).toMatchObject({ tool: 'suspend_okta_user', targets: targets.slice(0, 2) });
    expect(await faultsOf(folder)).toEqual([]);
  });

  test('nothing is made before the first record; then it is its owner’s alone', async () => {
    const folder = freshFolder();
    const log = openAuditLog({ folder, now });
    expect(existsSync(dirname(folder))).toBe(false);
    await log.append(entry(1), 'process');
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    for (const name of [first, 'head.json', 'audit.key', 'audit.lock'])
      expect(statSync(join(folder, name)).mode & 0o777, name).toBe(0o600);
    await log.close();
  });

  test('what is appended at once stands in the order in which it was asked for', async () => {
    const folder = freshFolder();
    const log = openAuditLog({ folder, now });
    const places = Array.from({ length: 200 }, (_, place) => place);
    await Promise.all(places.map((place) => log.append(entry(place), place % 7 === 0 ? 'power' : 'process')));
    // Before it is closed: a promise that is kept needs no closing.
    expect(linesOf(folder, first).map((line) => JSON.parse(line).call)).toEqual(places.map((place) => `call-${place}`));
    expect(await faultsOf(folder)).toEqual([]);
    await log.close();
  });

  test('a file that is full is followed by the next, and the chain goes on', async () => {
    const folder = await filled(40, { segmentBytes: 2_000 });
    expect(segmentsOf(folder).length).toBeGreaterThan(3);
    await filled(40, { folder, segmentBytes: 2_000 });
    expect(numbersOf(folder)).toEqual(Array.from({ length: 80 }, (_, place) => place + 1));
    expect(await verifyAuditLog(folder)).toMatchObject({ ok: true, count: 80 });
  });

  test('two logs of one process write the same chain', async () => {
    const folder = freshFolder();
    const logs = [openAuditLog({ folder, now }), openAuditLog({ folder, now })];
    for (let place = 0; place < 50; place++) await Promise.all(logs.map((log) => log.append(entry(place), 'process')));
    await logs[0]?.close();
    await logs[1]?.append(entry(50), 'power');
    await logs[1]?.close();
    expect(await verifyAuditLog(folder)).toMatchObject({ ok: true, count: 101 });
  });

  test('closed, it records no more', async () => {
    const folder = freshFolder();
    const log = openAuditLog({ folder, now });
    await log.append(entry(1), 'process');
    await log.close();
    await log.close();
    expect((await refusal(log)).message).toContain('closed');
    expect(numbersOf(folder)).toEqual([1]);
  });
});

describe('after an interruption', () => {
  test('half a line beyond the head is cut off, and only that', async () => {
    const folder = await filled(3);
    const path = join(folder, first);
    const line = linesOf(folder, first)[2]?.replace('"seq":3', '"seq":4') ?? '';
    for (const length of [1, 8, 60, line.length]) {
      const whole = statSync(path).size;
      appendFileSync(path, line.slice(0, length).replace(/"seq":\d+/, `"seq":${lastNumber(path) + 1}`));
      const { ok, notes } = await verifyAuditLog(folder);
      expect({ ok, notes: notes.length }).toEqual({ ok: true, notes: 1 });
      await filled(1, { folder });
      expect(statSync(path).size).toBeGreaterThan(whole);
      expect(await verifyAuditLog(folder)).toMatchObject({ ok: true, notes: [] });
    }
    expect(numbersOf(folder)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  test('records beyond the head are kept: it was killed before it wrote the head', async () => {
    const folder = await filled(3, { segmentBytes: 1_000 });
    const head = readFileSync(join(folder, 'head.json'));
    await filled(1, { folder, segmentBytes: 1_000 });
    await filled(3, { folder, segmentBytes: 100_000 });
    writeFileSync(join(folder, 'head.json'), head);
    expect(await faultsOf(folder)).toEqual([]);
    await filled(1, { folder });
    expect(numbersOf(folder)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(await faultsOf(folder)).toEqual([]);
  });

  test('killed before the first record, it begins anew', async () => {
    const folder = await filled(0);
    const log = openAuditLog({ folder, now });
    await log.append(entry(1), 'process');
    await log.close();
    for (const name of [first, 'audit.key']) rmSync(join(folder, name));
    const other = await filled(1);
    // A head that vouches for nothing, of a key that was never put in its place.
    const zero = readFileSync(join(other, 'head.json'), 'latin1').replace(/"seq":1,/, '"seq":0,');
    writeFileSync(join(folder, 'head.json'), zero);
    await filled(2, { folder });
    expect(await verifyAuditLog(folder)).toMatchObject({ ok: true, count: 2 });
  });

  test('what a power cut took before it was on the disk is recorded as lost; what was on the disk is damage', async () => {
    const folder = freshFolder();
    const log = openAuditLog({ folder, now, boot: 'monday' });
    await log.append(entry(1), 'power');
    await log.append(entry(2), 'power');
    for (const place of [3, 4, 5]) await log.append(entry(place), 'process');
    const lines = linesOf(folder, first);
    const keep = (count: number) => truncateSync(join(folder, first), lines.slice(0, count).join('\n').length + 1);
    keep(3);
    expect(await faultsOf(folder)).toMatchObject([{ kind: 'missing', record: 4 }]);
    const sameRun = openAuditLog({ folder, now, boot: 'monday' });
    expect((await refusal(sameRun)).message).toContain('missing');
    await filled(1, { folder, boot: 'tuesday' });
    const { ok, count, notes } = await verifyAuditLog(folder);
    expect({ ok, count }).toEqual({ ok: true, count: 5 });
    expect(notes).toEqual(['record 6: records 4 to 5 were not on the disk when the machine stopped']);
    expect(numbersOf(folder)).toEqual([1, 2, 3, 6, 7]);
    // Closed on Tuesday, all of it was on the disk.
    keep(3);
    expect((await refusal(openAuditLog({ folder, now, boot: 'wednesday' }))).message).toContain('missing');
  });
});

describe('where nothing can be recorded, it says so and records nothing', () => {
  test('the folder is a file', async () => {
    const folder = freshFolder();
    mkdirSync(dirname(folder), { recursive: true });
    writeFileSync(folder, 'mine');
    const log = openAuditLog({ folder, now });
    expect((await refusal(log)).message).toContain('no folder');
    rmSync(folder);
    // What was in the way is gone.
    await log.append(entry(1), 'power');
    await log.close();
    expect(await verifyAuditLog(folder)).toMatchObject({ ok: true, count: 1 });
  });

  test('the disk is full: a file can grow no more', async () => {
    const folder = freshFolder();
    const writer = new URL('./audit-writer.ts', import.meta.url).pathname;
    const script = 'ulimit -f 4; exec "$0" "$@"';
    const child = spawn('sh', ['-c', script, process.execPath, writer, folder, '200'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const said: string[] = [];
    child.stdout.on('data', (chunk) => said.push(String(chunk)));
    await once(child, 'close');
    const lines = said.join('').split('\n').filter(Boolean);
    const kept = lines.filter((line) => line.startsWith('kept'));
    expect(lines.filter((line) => line.includes('the disk is full')).length).toBe(lines.length - kept.length);
    expect(kept.length).toBeLessThan(200);
    expect(kept.length).toBeGreaterThan(0);
    // Refused is not there, kept is.
    expect(numbersOf(folder)).toHaveLength(kept.length);
    expect(await faultsOf(folder)).toEqual([]);
    await filled(1, { folder });
    expect(await faultsOf(folder)).toEqual([]);
  });

  test('files that may not be written', async () => {
    const folder = await filled(3);
    const writer = new URL('./audit-writer.ts', import.meta.url).pathname;
    for (const name of ['', 'audit.key', 'audit.lock', 'head.json', first]) chmodSync(join(folder, name), 0o555);
    chmodSync(dirname(folder), 0o755);
    chmodSync(dirname(dirname(folder)), 0o755);
    // The superuser may write what nobody may.
    const uid = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
    const child = spawn(process.execPath, [writer, folder, '3'], { stdio: ['ignore', 'pipe', 'inherit'], ...uid });
    const said: string[] = [];
    child.stdout.on('data', (chunk) => said.push(String(chunk)));
    await once(child, 'close');
    expect(said.join('').match(/refused/g)).toHaveLength(3);
    expect(said.join('')).toContain('may not be written');
    chmodSync(folder, 0o755);
    expect(await verifyAuditLog(folder)).toMatchObject({ ok: true, count: 3 });
  });

  test.each([
    ['the key is gone', (folder: string) => rmSync(join(folder, 'audit.key')), 'key is missing'],
    ['the key was changed', (folder: string) => writeFileSync(join(folder, 'audit.key'), 'key\n'), 'key was changed'],
    ['the key is another', (folder: string) => writeFileSync(join(folder, 'audit.key'), `${'a'.repeat(64)}\n`), 'head'],
    ['the head is gone', (folder: string) => rmSync(join(folder, 'head.json')), 'head is missing'],
    ['the head was changed', (folder: string) => truncateSync(join(folder, 'head.json'), 200), 'head was changed'],
    ['the last file is gone', (folder: string) => rmSync(join(folder, segmentsOf(folder).at(-1) ?? '')), 'is missing'],
    ['all files are gone', (folder: string) => segmentsOf(folder).map((name) => rmSync(join(folder, name))), 'missing'],
    [
      'head, key and all files but one are gone',
      (folder: string) => {
        for (const name of ['head.json', 'audit.key', ...segmentsOf(folder).slice(1)]) rmSync(join(folder, name));
      },
      'key is missing',
    ],
    [
      'the last line was cut',
      (folder: string) => {
        const path = join(folder, segmentsOf(folder).at(-1) ?? '');
        truncateSync(path, statSync(path).size - 1);
      },
      'missing or changed',
    ],
    ['a foreign line', (folder: string) => appendFileSync(lastOf(folder), '{"seq":99}\n'), 'not ours'],
    [
      'a line of its own, once more',
      (folder: string) => appendFileSync(lastOf(folder), `${lastLine(folder)}\n`),
      'not ours',
    ],
    ['foreign bytes', (folder: string) => appendFileSync(lastOf(folder), 'hello'), 'not ours'],
    [
      'a file after the end',
      (folder: string) => writeFileSync(join(folder, 'audit-000077.jsonl'), ''),
      'after its end',
    ],
    [
      'a lock that is no lock',
      (folder: string) => writeFileSync(join(folder, 'audit.lock'), 'x'.repeat(5000)),
      'system',
    ],
  ] as const)('%s', async (_, damage, says) => {
    const folder = await filled(12, { segmentBytes: 1_000 });
    damage(folder);
    const before = segmentsOf(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
    const log = openAuditLog({ folder, now });
    expect((await refusal(log)).message).toContain(says);
    expect((await refusal(log)).message).toContain(says);
    expect(segmentsOf(folder).map((name) => readFileSync(join(folder, name), 'utf8'))).toEqual(before);
    expect(await faultsOf(folder)).not.toEqual([]);
    await log.close();
  });

  test('a log that is set back while a process knows better', async () => {
    const folder = await filled(3);
    const old = ['head.json', first].map((name) => [name, readFileSync(join(folder, name))] as const);
    const log = openAuditLog({ folder, now });
    await log.append(entry(4), 'process');
    for (const [name, bytes] of old) writeFileSync(join(folder, name), bytes);
    expect((await refusal(log)).message).toContain('set back');
    await log.close();
  });

  test('a folder that was moved away is not written to behind the back of its lock', async () => {
    const folder = await filled(3);
    const log = openAuditLog({ folder, now });
    await log.append(entry(4), 'process');
    renameSync(folder, `${folder}-old`);
    await filled(9, { folder });
    expect((await refusal(log)).message).toContain('replaced');
    await log.append(entry(10), 'process');
    await log.close();
    expect(await verifyAuditLog(folder)).toMatchObject({ ok: true, count: 10 });
    expect(await verifyAuditLog(`${folder}-old`)).toMatchObject({ ok: true, count: 4 });
  });

  test('another process holds the lock: an error after two seconds, and meanwhile nothing stands still', async () => {
    const folder = await filled(1);
    const holder = new DatabaseSync(join(folder, 'audit.lock'));
    holder.exec('BEGIN IMMEDIATE');
    const log = openAuditLog({ folder, now });
    const began = performance.now();
    let turns = 0;
    const ticking = setInterval(() => turns++, 10);
    const told = await Promise.all([refusal(log), refusal(log)]);
    clearInterval(ticking);
    expect(performance.now() - began).toBeGreaterThan(1_900);
    expect(performance.now() - began).toBeLessThan(4_000);
    expect(told[0].message).toContain('2 seconds');
    expect(turns).toBeGreaterThan(50);
    const later = log.append(entry(2), 'process');
    setTimeout(() => holder.close(), 100);
    await later;
    await log.close();
    expect(await verifyAuditLog(folder)).toMatchObject({ ok: true, count: 2 });
  });
});

function lastLine(folder: string): string {
  return linesOf(folder, segmentsOf(folder).at(-1) ?? '').at(-1) ?? '';
}

function lastOf(folder: string): string {
  return join(folder, segmentsOf(folder).at(-1) ?? '');
}

function lastNumber(path: string): number {
  const text = readFileSync(path, 'utf8');
  return JSON.parse(text.slice(0, text.lastIndexOf('\n')).split('\n').at(-1) ?? '').seq as number;
}
