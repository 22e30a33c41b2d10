// Reads the audit log from a place backwards, the newest record first, no further than asked for: what people want to see
// of a large log stands at its end.

import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { readLine, segmentName, splitLines } from './audit-chain.ts';
import type { AuditRecord } from './audit-entry.ts';
import { listSegments, readKey } from './audit-files.ts';

/** Where a record begins. */
export interface AuditPlace {
  readonly segment: number;
  /** Bytes. */
  readonly offset: number;
}

export interface PlacedRecord {
  readonly record: AuditRecord;
  /** Whether these bytes are what was written. */
  readonly sound: boolean;
  readonly place: AuditPlace;
}

export interface BackOptions {
  /** Text that stands in each line worth parsing, as it is written there. */
  readonly holding?: string | undefined;
  /** Begins with the record before this place. Default: the newest. */
  readonly before?: AuditPlace | undefined;
  /** Reads no more than this, bytes. */
  readonly budget: number;
  /** False: enough. */
  readonly visit: (found: PlacedRecord) => boolean;
}

const chunkBytes = 256 * 1024;

/** Takes no lock. Answers where it stopped: what is older was not looked at; nothing, where the log's beginning was reached. */
export async function readAuditBack(folder: string, options: BackOptions): Promise<AuditPlace | undefined> {
  const { before, visit } = options;
  const found = readKey(folder);
  const key = found === 'unusable' ? undefined : found;
  const needle = options.holding === undefined ? undefined : Buffer.from(options.holding);
  let { budget } = options;

  /** Where it stopped in this segment, undefined at its beginning. */
  async function readSegment(file: FileHandle, segment: number, end: number): Promise<AuditPlace | undefined> {
    let position = end;
    // The end of a line whose beginning is in the chunk before.
    let rest: Buffer = Buffer.alloc(0);
    while (position > 0) {
      if (budget <= 0) return { segment, offset: position + rest.length };
      const start = Math.max(0, position - chunkBytes);
      const { buffer, bytesRead } = await file.read(Buffer.alloc(position - start), 0, position - start, start);
      if (bytesRead < position - start) return undefined;
      budget -= bytesRead;
      const bytes = Buffer.concat([buffer, rest]);
      const first = start === 0 ? 0 : bytes.indexOf(0x0a) + 1;
      position = start;
      if (start > 0 && first === 0) {
        rest = bytes;
        continue;
      }
      rest = bytes.subarray(0, first);
      for (const { line, start: at } of splitLines(bytes.subarray(first)).lines.reverse()) {
        if (needle && !line.includes(needle)) continue;
        const { record, sound } = readLine(key, line);
        const place = { segment, offset: start + first + at };
        if (record && !visit({ record, sound, place })) return place;
      }
    }
    return undefined;
  }

  for (const segment of segmentsOf(folder).toReversed()) {
    if (before && segment > before.segment) continue;
    const file = await openOptional(join(folder, segmentName(segment)));
    if (!file) continue;
    try {
      const { size } = await file.stat();
      const end = before?.segment === segment ? Math.min(before.offset, size) : size;
      const stopped = await readSegment(file, segment, end);
      if (stopped) return stopped;
    } finally {
      await file.close();
    }
  }
  return undefined;
}

/** Whole records from a place on, the first few. */
export async function readAuditOn(folder: string, from: AuditPlace, bytes: number): Promise<readonly AuditRecord[]> {
  const file = await openOptional(join(folder, segmentName(from.segment)));
  if (!file) return [];
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, from.offset);
    const { lines } = splitLines(buffer.subarray(0, bytesRead));
    return lines.flatMap(({ line }) => readLine(undefined, line).record ?? []);
  } finally {
    await file.close();
  }
}

function segmentsOf(folder: string): number[] {
  try {
    return listSegments(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

async function openOptional(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
