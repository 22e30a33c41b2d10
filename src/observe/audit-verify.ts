// Whether the audit log is what was written: every byte of every file, every record in its place, none missing.

import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  firstHash,
  follows,
  type Head,
  headName,
  isBeginning,
  keyName,
  lockName,
  readHead,
  readLine,
  segmentName,
  segmentOf,
  splitLines,
} from './audit-chain.ts';
import { readKey, readOptional } from './audit-files.ts';

export interface AuditFault {
  /**
   * `changed`: bytes are not what was written. `order`: a record is not in its place, because records were removed, moved
   * or repeated. `missing`: records, a file or the log itself are not there. `foreign`: something that we did not write.
   */
  readonly kind: 'changed' | 'order' | 'missing' | 'foreign';
  /** Name of the file in the folder. */
  readonly file: string;
  /** From 1. */
  readonly line?: number;
  /** Number of the record, as it says or as it should be. */
  readonly record?: number;
  /** What is wrong, in one sentence. */
  readonly says: string;
}

export interface Verdict {
  readonly ok: boolean;
  /** Records that were read and are right by themselves. */
  readonly count: number;
  /** Times of the first and the last of them, ISO 8601 UTC. */
  readonly first?: string;
  readonly last?: string;
  /** In the order of the log; after {@link mostFaults} no more are looked for. */
  readonly faults: readonly AuditFault[];
  /** What is no fault but should be known: records lost in a power cut, a write that was interrupted. */
  readonly notes: readonly string[];
}

const mostFaults = 20;

interface Walk {
  /** Number and hash of the last sound record, and how many lines after it were none. */
  seq: number;
  hash: string;
  unsound: number;
  count: number;
  first: string | undefined;
  last: string | undefined;
  /** Hash of the record that the head names, if it was met. */
  headHash: string | undefined;
  readonly faults: AuditFault[];
  readonly notes: string[];
}

/** Reads everything; takes no lock and writes nothing, so that it may run while servers do. */
export async function verifyAuditLog(folder: string): Promise<Verdict> {
  const walk: Walk = {
    ...{ seq: 0, hash: firstHash, unsound: 0, count: 0, first: undefined, last: undefined, headHash: undefined },
    ...{ faults: [], notes: [] },
  };
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  await check(folder, names, walk);
  if (walk.faults.length >= mostFaults) walk.notes.push('there may be more faults: no more were looked for');
  const { count, first, last, faults, notes } = walk;
  return { ok: faults.length === 0, count, ...(first && { first }), ...(last && { last }), faults, notes };
}

async function check(folder: string, names: readonly string[], walk: Walk): Promise<void> {
  const { faults, notes } = walk;
  const segments = names.flatMap((name) => segmentOf(name) ?? []).sort((a, b) => a - b);
  const key = readKey(folder);
  if (names.length === 0 || (segments.length === 0 && key === undefined && !names.includes(headName))) {
    faults.push({ kind: 'missing', file: folder, says: 'there is no audit log: nothing was recorded, or all is gone' });
    return;
  }
  if (key === undefined || key === 'unusable') {
    const says = `the key ${key ? 'was changed' : 'is missing'}, so that no record can be checked`;
    faults.push({ kind: key ? 'changed' : 'missing', file: keyName, says });
    return;
  }
  // The head before the log: what is written meanwhile is beyond it.
  const head = await readSettledHead(folder, key);
  if (head === 'changed') faults.push({ kind: 'changed', file: headName, says: 'it is not what was written' });
  else if (!head) faults.push({ kind: 'missing', file: headName, says: 'the end of the log is not vouched for' });
  const known = head === 'changed' ? undefined : head;

  for (const [place, segment] of segments.entries()) {
    const before = segments[place - 1] ?? 0;
    for (let gone = before + 1; gone < segment && faults.length < mostFaults; gone++)
      faults.push({ kind: 'missing', file: segmentName(gone), says: 'the file is not there' });
    if (faults.length >= mostFaults) return;
    await checkSegment(folder, segment, segment === segments.at(-1), key, known, walk);
  }
  if (known) checkEnd(known, segments.at(-1) ?? 0, walk);
  for (const name of names) {
    if (segmentOf(name) !== undefined || [headName, keyName, lockName, `${keyName}.new`].includes(name)) continue;
    if (/^audit-.*jsonl/i.test(name))
      faults.push({ kind: 'foreign', file: name, says: 'this is no name of a segment' });
    else notes.push(`${name} is not part of the log`);
  }
  if (readOptional(join(folder, lockName))?.length)
    faults.push({ kind: 'foreign', file: lockName, says: 'it should be empty' });
}

/** A head that is being written just now is right a moment later. */
async function readSettledHead(folder: string, key: Parameters<typeof readHead>[0]) {
  for (let tries = 0; ; tries++) {
    const bytes = readOptional(join(folder, headName));
    const head = bytes && readHead(key, bytes);
    if (!bytes || head) return head;
    if (tries === 3) return 'changed';
    await sleep(2);
  }
}

async function checkSegment(
  folder: string,
  segment: number,
  isLast: boolean,
  key: Parameters<typeof readHead>[0],
  head: Head | undefined,
  walk: Walk,
): Promise<void> {
  const file = segmentName(segment);
  let line = 0;
  let left: Buffer = Buffer.alloc(0);
  for await (const chunk of createReadStream(join(folder, file), { highWaterMark: 1024 * 1024 })) {
    const { lines, rest } = splitLines(Buffer.concat([left, chunk as Buffer]));
    left = rest;
    for (const each of lines) checkLine(readLine(key, each.line), file, ++line, head, walk);
    if (walk.faults.length >= mostFaults) return;
  }
  if (left.length === 0) return;
  const place = { file, line: line + 1, record: walk.seq + 1 };
  if (isLast && (!head || walk.seq >= head.seq) && isBeginning(left, walk.seq)) {
    walk.notes.push(`${file} ends with ${left.length} bytes of record ${walk.seq + 1}, whose writing was interrupted`);
  } else walk.faults.push({ kind: 'changed', ...place, says: 'the record has no end' });
}

function checkLine(
  { record, sound }: ReturnType<typeof readLine>,
  file: string,
  line: number,
  head: Head | undefined,
  walk: Walk,
): void {
  const fault = (kind: AuditFault['kind'], says: string, number = record?.seq) =>
    walk.faults.push({ kind, file, line, ...(number !== undefined && { record: number }), says });
  if (!record || !sound) {
    const place = walk.seq + walk.unsound + 1;
    if (head !== undefined && place > head.seq) fault('foreign', 'this was not written by Castellan', undefined);
    else fault('changed', 'the record is not what was written', place);
    walk.unsound += 1;
    return;
  }
  // One changed record is one fault: the next is in its place if its number says so.
  const gap = record.seq - walk.seq - 1;
  const excused = walk.unsound > 0 && gap >= 0 && gap <= walk.unsound;
  if (!follows(record, walk.seq, walk.hash) && !excused) fault('order', describeOrder(gap, walk.seq));
  else if (record.event === 'lost') {
    walk.notes.push(`record ${record.seq}: ${record.code}`);
    // Killed after it was told that the head's own record was lost, and before the head was written anew.
    if (head && walk.seq < head.seq && head.seq < record.seq) walk.headHash = head.hash;
  }
  walk.unsound = 0;
  walk.seq = record.seq;
  walk.hash = record.hash;
  walk.count += 1;
  walk.first ??= record.at;
  walk.last = record.at;
  if (record.seq === head?.seq) walk.headHash = record.hash;
}

function describeOrder(gap: number, before: number): string {
  if (gap > 0) return `${gap === 1 ? 'a record is' : `${gap} records are`} missing before it`;
  return gap < 0 ? `it stands after record ${before}` : 'it does not belong to the record before it';
}

function checkEnd(head: Head, lastSegment: number, { seq: whole, unsound, headHash, faults }: Walk): void {
  const seq = whole + unsound;
  const file = segmentName(head.segment);
  if (seq < head.seq) {
    const gone = head.seq - seq;
    const which = gone === 1 ? `record ${head.seq} is` : `records ${seq + 1} to ${head.seq} are`;
    const cut = seq >= head.synced ? '; a power cut can do that to the newest records, and so can a person' : '';
    faults.push({ kind: 'missing', file, record: seq + 1, says: `${which} missing at the end${cut}` });
  } else if (head.seq > 0 && headHash !== head.hash && faults.length === 0) {
    faults.push({
      kind: 'changed',
      file,
      record: head.seq,
      says: 'it is another record than the one that was written',
    });
  } else if (lastSegment < head.segment && head.seq > 0) {
    faults.push({ kind: 'missing', file, says: 'the file is not there' });
  }
}
