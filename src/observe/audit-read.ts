// Reads records of the audit log for people: those of a call, the newest ones, and those that come.

import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readLine, segmentName, segmentOf, splitLines } from './audit-chain.ts';
import type { AuditRecord } from './audit-entry.ts';
import { readKey } from './audit-files.ts';

export type { AuditRecord } from './audit-entry.ts';

export interface ReadOptions {
  /** Only these. */
  readonly matches?: (record: AuditRecord) => boolean;
  /** Only the newest so many of them. */
  readonly last?: number;
  /** Goes on with what is written from now on, until this is aborted. */
  readonly follow?: AbortSignal;
}

/** A line of the log as it stands there. */
export interface ReadRecord {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** Absent when the line is no record. */
  readonly record: AuditRecord | undefined;
  /** Whether these bytes are what was written. Whether the log is whole is for `verifyAuditLog` to say. */
  readonly sound: boolean;
}

interface Place {
  readonly segment: number;
  readonly offset: number;
  readonly line: number;
}

const pollMs = 300;

/** From the oldest on. Takes no lock; a log that does not exist has no records. Lines that are no record always match. */
export async function* readAuditLog(folder: string, options: ReadOptions = {}): AsyncGenerator<ReadRecord> {
  const { matches = () => true, last, follow } = options;
  const fits = ({ record }: ReadRecord) => record === undefined || matches(record);
  const segments = await listSegments(folder);
  let place: Place = { segment: segments[0] ?? 1, offset: 0, line: 0 };
  if (last === undefined) {
    for (const segment of segments) {
      const from = { segment, offset: 0, line: 0 };
      place = from;
      for await (const part of readFrom(folder, from)) {
        place = part.next;
        yield* part.records.filter(fits);
      }
    }
  } else {
    // From the newest file back, because most of a large log is not asked for.
    let found: ReadRecord[] = [];
    for (const segment of segments.toReversed()) {
      const records: ReadRecord[] = [];
      const from = { segment, offset: 0, line: 0 };
      const isNewest = segment === segments.at(-1);
      if (isNewest) place = from;
      for await (const part of readFrom(folder, from)) {
        if (isNewest) place = part.next;
        records.push(...part.records.filter(fits));
        // No more than can be asked for is kept.
        if (records.length > 2 * last) records.splice(0, records.length - last);
      }
      found = [...records, ...found].slice(-last);
      if (found.length >= last) break;
    }
    yield* found;
  }
  while (follow && !follow.aborted) {
    for await (const part of readFrom(folder, place)) {
      place = part.next;
      yield* part.records.filter(fits);
    }
    const next = await sizeOf(folder, place.segment + 1);
    if (next !== undefined) place = { segment: place.segment + 1, offset: 0, line: 0 };
    else await sleep(pollMs, undefined, { signal: follow }).catch(() => {});
  }
}

/** Complete lines from a place on, in parts, each with where the next begins. */
async function* readFrom(
  folder: string,
  from: Place,
): AsyncGenerator<{ readonly records: readonly ReadRecord[]; readonly next: Place }> {
  const size = await sizeOf(folder, from.segment);
  if (size === undefined || size <= from.offset) return;
  const found = readKey(folder);
  const key = found === 'unusable' ? undefined : found;
  const file = segmentName(from.segment);
  let next = from;
  let left: Buffer = Buffer.alloc(0);
  const stream = createReadStream(join(folder, file), {
    start: from.offset,
    end: size - 1,
    highWaterMark: 1024 * 1024,
  });
  for await (const chunk of stream) {
    const { lines, rest } = splitLines(Buffer.concat([left, chunk as Buffer]));
    const records = lines.map(({ line }, place) => ({ file, line: next.line + place + 1, ...readLine(key, line) }));
    next = { ...next, offset: next.offset + (lines.at(-1)?.end ?? 0), line: next.line + lines.length };
    left = rest;
    yield { records, next };
  }
}

async function sizeOf(folder: string, segment: number): Promise<number | undefined> {
  try {
    return (await stat(join(folder, segmentName(segment)))).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function listSegments(folder: string): Promise<number[]> {
  try {
    const names = await readdir(folder);
    return names.flatMap((name) => segmentOf(name) ?? []).sort((a, b) => a - b);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
