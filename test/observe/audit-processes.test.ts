// Trial: several processes write one audit log at once, and are killed at any moment. What was acknowledged stands there.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test, vi } from 'vitest';
import { openAuditLog } from '../../src/observe/audit-log.ts';
import { verifyAuditLog } from '../../src/observe/audit-verify.ts';
import { long, report } from '../trials/castellan.ts';
import { entry, filled, freshFolder, linesOf, numbersOf, segmentsOf } from './audit-support.ts';

vi.setConfig({ testTimeout: 300_000 });

const program = fileURLToPath(new URL('./audit-writer.ts', import.meta.url));

interface Writer {
  readonly child: ChildProcess;
  readonly said: () => readonly string[];
  readonly ended: Promise<unknown>;
}

function startWriter(folder: string, count: number, segmentBytes = 100_000): Writer {
  const child = spawn(process.execPath, [program, folder, String(count), String(segmentBytes)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const heard: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => heard.push(chunk));
  // What was said in part was not said.
  const said = () => Buffer.concat(heard).toString('utf8').split('\n').slice(0, -1);
  return { child, said, ended: once(child, 'close') };
}

/** The calls in the log, in order. */
function callsOf(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return segmentsOf(folder).flatMap((file) => linesOf(folder, file).map((line) => JSON.parse(line).call as string));
}

const kept = (writer: Writer) => writer.said().flatMap((line) => /^kept (\S+)/.exec(line)?.[1] ?? []);

/** The same numbers in every run; Marsaglia's xorshift. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

describe('several processes', () => {
  test('four of them, 500 records each, at once: one chain, none missing', async () => {
    const folder = freshFolder();
    const writers = [1, 2, 3, 4].map(() => startWriter(folder, 500));
    await Promise.all(writers.map(({ ended }) => ended));
    for (const writer of writers) expect(kept(writer)).toHaveLength(500);
    expect(await verifyAuditLog(folder)).toMatchObject({ ok: true, count: 2_000, notes: [] });
    expect(numbersOf(folder)).toEqual(Array.from({ length: 2_000 }, (_, place) => place + 1));
    const calls = callsOf(folder);
    expect(new Set(calls)).toEqual(new Set(writers.flatMap(kept)));
    // They did write at the same time, not one after another.
    const changes = calls.filter((call, place) => call.split('-')[0] !== calls[place - 1]?.split('-')[0]).length;
    expect(changes).toBeGreaterThan(4);
  });

  test('one that is stopped holding the lock keeps nobody waiting for ever; killed, it is out of the way', async () => {
    const folder = await filled(1);
    const script = `const { DatabaseSync } = require('node:sqlite');
      const lock = new DatabaseSync(process.argv[1] + '/audit.lock');
      lock.exec('BEGIN IMMEDIATE');
      console.log('held');
      setInterval(() => {}, 1000);`;
    const holder = spawn(process.execPath, ['-e', script, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(holder.stdout, 'data');
    holder.kill('SIGSTOP');
    const log = openAuditLog({ folder, now: Date.now });
    const began = performance.now();
    await expect(log.append(entry(2), 'power')).rejects.toMatchObject({ code: 'internal' });
    expect(performance.now() - began).toBeLessThan(4_000);
    holder.kill('SIGKILL');
    await once(holder, 'close');
    await log.append(entry(2), 'power');
    await log.close();
    expect(await verifyAuditLog(folder)).toMatchObject({ ok: true, count: 2 });
  });
});

describe('killed', () => {
  test('at any moment: all that was acknowledged is there, the log is whole, the next goes on', async () => {
    const times = long ? 200 : 30;
    const random = randomOf(20_261_121);
    const grown = freshFolder();
    let acknowledged = 0;
    let interrupted = 0;
    let midway = 0;
    let untouched = 0;
    for (let time = 0; time < times; time++) {
      // Every third is killed while it begins a log of its own, the others while they write.
      const isNew = time % 3 === 0;
      const folder = isNew ? freshFolder() : grown;
      // Small files, so that some die in the middle of beginning one; two at once, so that one survives the other.
      const writers = [startWriter(folder, 100_000, 4_000), startWriter(folder, 100_000, 4_000)];
      const heard = writers.map(({ child }) => (child.stdout ? once(child.stdout, 'data') : undefined));
      if (isNew) await new Promise((resolve) => setTimeout(resolve, 80 + random() * 220));
      else {
        await Promise.all(heard);
        await new Promise((resolve) => setTimeout(resolve, random() * 60));
      }
      for (const { child } of writers) {
        child.kill('SIGKILL');
        await new Promise((resolve) => setTimeout(resolve, random() * 10));
      }
      await Promise.all(writers.map(({ ended }) => ended));
      const verdict = await verifyAuditLog(folder);
      const began = verdict.count > 0 || writers.some((writer) => kept(writer).length > 0);
      // Before the first record there is no log, or half a beginning of one.
      if (began) expect(verdict.faults, `time ${time}`).toEqual([]);
      else untouched++;
      interrupted += verdict.notes.length;
      const calls = new Set(callsOf(folder));
      for (const call of writers.flatMap(kept)) {
        acknowledged++;
        expect(calls.has(call), `${call} was acknowledged, and is not there`).toBe(true);
      }
      if (writers.some((writer) => kept(writer).length > 0)) midway++;
      await filled(1, { folder, segmentBytes: 4_000 });
      expect((await verifyAuditLog(folder)).faults, `time ${time}, after going on`).toEqual([]);
    }
    expect(acknowledged).toBeGreaterThan(times);
    expect(midway).toBeGreaterThan(times / 2);
    const { count } = await verifyAuditLog(grown);
    report('Audit log: killed while writing', { times, midway, acknowledged, records: count, interrupted, untouched });
  });
});
