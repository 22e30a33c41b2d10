// Where the audit log ends: what stands after the head is taken if it follows, half a line is cut off, anything else is damage.

import type { KeyObject } from 'node:crypto';
import { fstatSync, ftruncateSync } from 'node:fs';
import { follows, type Head, isBeginning, readLine, splitLines } from './audit-chain.ts';
import { type AuditRecord, writeBody } from './audit-entry.ts';
import { damaged } from './audit-errors.ts';
import { readRange } from './audit-files.ts';

export interface Tail {
  readonly at: Head;
  /** What has to be recorded first: that records were lost in a power cut. */
  readonly lost: readonly string[];
}

/** @throws when records that the head vouches for are not there, or others are. */
export function readTail(
  key: KeyObject,
  log: number,
  head: Head,
  machine: { readonly boot: string; readonly now: () => number },
): Tail {
  try {
    if (head.seq > 0) {
      const last = readRange(log, head.start, head.size);
      const { record, sound } = readLine(key, last.subarray(0, -1));
      const whole = last.length === head.size - head.start && last.at(-1) === 0x0a;
      if (!whole || !sound || record?.hash !== head.hash) throw damaged('its last records are missing or changed');
    }
    return { at: readRest(key, log, head), lost: [] };
  } catch (error) {
    // A power cut takes what was not on the disk yet. Only then, and only that: it is recorded, not passed over.
    if (head.boot === machine.boot) throw error;
    return salvage(key, log, head, machine.now(), error);
  }
}

/** What was written after the head was: each record must follow, and only the last may be half written. */
export function readRest(key: KeyObject, log: number, from: Head): Head {
  const { lines, rest } = splitLines(readRange(log, from.size, fstatSync(log).size));
  let at = from;
  for (const { line, start, end } of lines) {
    const { record, sound } = readLine(key, line);
    if (!sound || !record || !follows(record, at.seq, at.hash)) throw damaged('records at its end are not ours');
    at = placeOf(at, record, from.size + start, from.size + end);
  }
  if (rest.length > 0) {
    if (!isBeginning(rest, at.seq)) throw damaged('what stands at its end is not ours');
    ftruncateSync(log, from.size + (lines.at(-1)?.end ?? 0));
  }
  return at;
}

/** After a power cut: the records that hold, if all that were on the disk are among them. */
function salvage(key: KeyObject, log: number, head: Head, now: number, why: unknown): Tail {
  let at: Head | undefined = head.seq === 0 ? head : undefined;
  const size = fstatSync(log).size;
  for (const { line, start, end } of splitLines(readRange(log, 0, size)).lines) {
    const { record, sound } = readLine(key, line);
    if (!sound || !record || (at && !follows(record, at.seq, at.hash))) break;
    at = placeOf(at ?? head, record, start, end);
  }
  if (!at || at.seq < head.synced) throw why;
  // A process was killed when it had told of the loss, before it wrote the head.
  if (at.size === size && at.seq > head.seq) return { at, lost: [] };
  ftruncateSync(log, at.size);
  const [first, last] = [at.seq + 1, Math.max(at.seq + 1, head.seq)];
  const code = `records ${first} to ${last} were not on the disk when the machine stopped`;
  const entry = { event: 'lost', call: '-', tool: 'audit', access: 'read', caller: 'castellan', code } as const;
  return { at: { ...at, seq: last }, lost: [writeBody(now, entry)] };
}

function placeOf(before: Head, record: AuditRecord, start: number, size: number): Head {
  return { ...before, start, size, seq: record.seq, hash: record.hash };
}
