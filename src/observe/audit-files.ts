// The files of the audit log: folder, key, head and segments, each readable by its owner only.

import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { uptime } from 'node:os';
import { join } from 'node:path';
import { firstHead, headName, keyName, parseHead, segmentOf, writeHead } from './audit-chain.ts';
import { damaged } from './audit-errors.ts';

const keyPattern = /^[0-9a-f]{64}\n$/;

/** Made with the folders above it, all for their owner alone. */
export function makeFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
}

/** Numbers of the segments, from the oldest. */
export function listSegments(folder: string): number[] {
  return readdirSync(folder)
    .flatMap((name) => segmentOf(name) ?? [])
    .sort((a, b) => a - b);
}

export function readOptional(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** The key that seals the log; nothing if there is none, `'unusable'` if the file is not what was written. */
export function readKey(folder: string): KeyObject | 'unusable' | undefined {
  const bytes = readOptional(join(folder, keyName));
  if (!bytes) return undefined;
  const text = bytes.toString('latin1');
  return keyPattern.test(text) ? createSecretKey(text.slice(0, 64), 'hex') : 'unusable';
}

/**
 * The key, made at the first use. Called under the lock. A log never gets a second key.
 * @throws when there is a log without one.
 */
export function readOrMakeKey(folder: string): KeyObject {
  const key = readKey(folder);
  if (key === 'unusable') throw damaged('its key was changed');
  if (key) return key;
  const head = readOptional(join(folder, headName));
  // Killed while it was made: a head before any record, and nothing else.
  const begun = head === undefined || parseHead(head)?.seq === 0;
  if (!begun || listSegments(folder).length > 0) throw damaged('its key is missing');
  const text = randomBytes(32).toString('hex');
  const made = createSecretKey(text, 'hex');
  const fresh = join(folder, `${keyName}.new`);
  writeWhole(fresh, Buffer.from(`${text}\n`));
  writeWhole(join(folder, headName), writeHead(made, firstHead));
  // Last, so that a key without a head is never ours.
  renameSync(fresh, join(folder, keyName));
  syncFolder(folder);
  return made;
}

function writeWhole(path: string, bytes: Buffer): void {
  const file = openSync(path, 'w', 0o600);
  try {
    writeAll(file, bytes);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** A file that is appended to; its owner alone can read it. */
export function openSegment(path: string, isNew: boolean): number {
  const make = isNew ? constants.O_CREAT | constants.O_EXCL : 0;
  const file = openSync(path, constants.O_RDWR | constants.O_APPEND | make, 0o600);
  try {
    if ((fstatSync(file).mode & 0o077) !== 0) fchmodSync(file, 0o600);
    return file;
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

/** All of it, or an error: a full disk takes part of a write and says so only at the next. */
export function writeAll(file: number, bytes: Buffer, position: number | null = null): void {
  for (let done = 0; done < bytes.length; ) {
    const place = position === null ? null : position + done;
    done += writeSync(file, bytes, done, bytes.length - done, place);
  }
}

/** Bytes from one offset to another, fewer where the file ends before. */
export function readRange(file: number, from: number, to: number): Buffer {
  const bytes = Buffer.alloc(Math.max(0, to - from));
  let done = 0;
  while (done < bytes.length) {
    const read = readSync(file, bytes, done, bytes.length - done, from + done);
    if (read === 0) break;
    done += read;
  }
  return bytes.subarray(0, done);
}

/** A new file is on the disk only when its folder is. Windows has no such thing. */
export function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const file = openSync(folder, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Another text after each start of the machine. */
export function bootOf(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
  } catch {
    // To the hour, because clocks are set and sleep is counted or not. A restart that is not seen is refused as damage,
    // one that was none is recorded all the same: neither hides anything.
    return `hour ${Math.round((Date.now() / 1000 - uptime()) / 3600)}`;
  }
}
