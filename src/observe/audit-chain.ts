// The form of the audit log: what a record is, how it is sealed to the one before, and how the head vouches for the last.

import { createHmac, type KeyObject } from 'node:crypto';
import type { AuditRecord } from './audit-entry.ts';

/** What vouches for the end of the log: without it, nobody would miss records that were cut off. */
export interface Head {
  /** Number of the segment that the last record is in, the offset of that record, and where it ends, bytes. */
  readonly segment: number;
  readonly start: number;
  readonly size: number;
  /** Number and hash of the last record. */
  readonly seq: number;
  readonly hash: string;
  /** Records up to this number are on the disk, not only with the kernel. */
  readonly synced: number;
  /** Which run of the machine wrote it: after another start, what was not on the disk may be gone. */
  readonly boot: string;
}

export const firstHash = '0'.repeat(64);
export const firstHead: Head = { segment: 1, start: 0, size: 0, seq: 0, hash: firstHash, synced: 0, boot: '' };
export const headName = 'head.json';
export const keyName = 'audit.key';
export const lockName = 'audit.lock';

/** Always as long as this, so that rewriting it is one write of one block, bytes. */
export const headBytes = 384;
const newline = 0x0a;
const sealBytes = ',"hash":""}'.length + 64;
const segmentPattern = /^audit-(\d{6,})\.jsonl$/;

export function segmentName(segment: number): string {
  return `audit-${String(segment).padStart(6, '0')}.jsonl`;
}

/** Its number, if the file is a segment of the log. */
export function segmentOf(name: string): number | undefined {
  const number = Number(segmentPattern.exec(name)?.[1]);
  // Another way to write the same number is another file.
  return number > 0 && segmentName(number) === name ? number : undefined;
}

function sealOf(key: KeyObject, content: string | Buffer): string {
  return createHmac('sha256', key).update(content).digest('hex');
}

/** A whole line with its newline, and its hash. */
export function writeLine(key: KeyObject, seq: number, body: string, prev: string): { line: string; hash: string } {
  const content = `{"seq":${seq},${body},"prev":"${prev}"`;
  const hash = sealOf(key, content);
  return { line: `${content},"hash":"${hash}"}\n`, hash };
}

/** What a line says, and whether its hash is right for exactly these bytes. */
export interface ReadLine {
  /** Absent when it is no record at all. */
  readonly record: AuditRecord | undefined;
  readonly sound: boolean;
}

/** @param line without its newline. */
export function readLine(key: KeyObject | undefined, line: Buffer): ReadLine {
  const record = parseRecord(line);
  if (!record || !key || line.length <= sealBytes) return { record, sound: false };
  const content = line.subarray(0, line.length - sealBytes);
  const seal = line.subarray(line.length - sealBytes).toString('latin1');
  return { record, sound: seal === `,"hash":"${sealOf(key, content)}"}` };
}

function parseRecord(line: Buffer): AuditRecord | undefined {
  try {
    const read = JSON.parse(line.toString('utf8')) as Partial<Record<keyof AuditRecord, unknown>> | null;
    if (typeof read !== 'object' || !Number.isSafeInteger(read?.seq)) return undefined;
    const texts = ['at', 'event', 'call', 'tool', 'access', 'caller', 'prev', 'hash'] as const;
    return texts.every((name) => typeof read?.[name] === 'string') ? (read as unknown as AuditRecord) : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a record may stand after another one: at its number, and sealed to it. */
export function follows(record: AuditRecord, seq: number, hash: string): boolean {
  return record.prev === hash && (record.seq === seq + 1 || (record.event === 'lost' && record.seq > seq));
}

/** Whether bytes without an end can be the beginning of the record that comes next: a write that was interrupted. */
export function isBeginning(rest: Buffer, seq: number): boolean {
  const expected = Buffer.from(`{"seq":${seq + 1},"at":"`);
  const shared = Math.min(expected.length, rest.length);
  return rest.subarray(0, shared).equals(expected.subarray(0, shared)) && !rest.includes(0);
}

/** Complete lines with their offset, and what is left after the last newline. */
export function splitLines(bytes: Buffer): { lines: { line: Buffer; start: number; end: number }[]; rest: Buffer } {
  const lines: { line: Buffer; start: number; end: number }[] = [];
  let start = 0;
  for (let end = bytes.indexOf(newline); end >= 0; end = bytes.indexOf(newline, start)) {
    lines.push({ line: bytes.subarray(start, end), start, end: end + 1 });
    start = end + 1;
  }
  return { lines, rest: bytes.subarray(start) };
}

export function writeHead(key: KeyObject, head: Head): Buffer {
  const { segment, start, size, seq, hash, synced, boot } = head;
  // Its own order, which begins otherwise than a record: the seal of one is never the seal of the other.
  const content = JSON.stringify({ segment, start, size, seq, hash, synced, boot }).slice(0, -1);
  return Buffer.from(`${`${content},"mac":"${sealOf(key, content)}"}`.padEnd(headBytes - 1)}\n`, 'latin1');
}

/** The head, or nothing if one byte of it is not what was written. */
export function readHead(key: KeyObject, bytes: Buffer): Head | undefined {
  const head = parseHead(bytes);
  return head && writeHead(key, head).equals(bytes) ? head : undefined;
}

/** What a head says, believed or not. */
export function parseHead(bytes: Buffer): Head | undefined {
  try {
    const read = JSON.parse(bytes.toString('latin1')) as Partial<Record<keyof Head, unknown>> | null;
    const numbers = [read?.segment, read?.start, read?.size, read?.seq, read?.synced];
    if (!numbers.every(Number.isSafeInteger)) return undefined;
    return typeof read?.hash === 'string' && typeof read.boot === 'string' ? (read as Head) : undefined;
  } catch {
    return undefined;
  }
}
