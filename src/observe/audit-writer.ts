// The writing end of the audit log, one process's: under the lock it finds the end of the log and puts records there.

import type { KeyObject } from 'node:crypto';
import { closeSync, existsSync, fdatasync, fdatasyncSync, fstatSync, ftruncateSync, openSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  type Head,
  headBytes,
  headName,
  lockName,
  readHead,
  segmentName,
  writeHead,
  writeLine,
} from './audit-chain.ts';
import { damaged } from './audit-errors.ts';
import {
  bootOf,
  listSegments,
  makeFolder,
  openSegment,
  readOrMakeKey,
  readRange,
  syncFolder,
  writeAll,
} from './audit-files.ts';
import { type AuditLock, openAuditLock } from './audit-lock.ts';
import { readRest, readTail } from './audit-tail.ts';

export interface WriterOptions {
  readonly folder: string;
  readonly now: () => number;
  /** A new segment begins past this, bytes. */
  readonly segmentBytes: number;
  /** Which run of the machine this is. */
  readonly boot?: string | undefined;
}

export interface AuditWriter {
  /** Puts lines at the end, handed to the kernel; false while another process writes. @throws when nothing was written. */
  readonly write: (bodies: readonly string[]) => boolean;
  /** Whether all that is known to be written is on the disk too. */
  readonly isOnDisk: () => boolean;
  /** Says in the head what is on the disk, if that can be done. */
  readonly vouch: () => void;
  /** Brings it there. */
  readonly sync: () => Promise<void>;
  readonly close: () => void;
}

const syncFile = promisify(fdatasync);

/** An open end of the log, as it was after our last look. */
interface End {
  readonly key: KeyObject;
  readonly head: number;
  readonly headBytes: Buffer;
  readonly headFile: number;
  readonly log: number;
  readonly logFile: number;
  readonly at: Head;
}

/** Opens nothing before the first write. */
export function openAuditWriter(options: WriterOptions): AuditWriter {
  const { folder, now, segmentBytes } = options;
  const boot = options.boot ?? bootOf();
  const lockPath = join(folder, lockName);
  const headPath = join(folder, headName);
  const pathOf = (segment: number) => join(folder, segmentName(segment));
  let lock: (AuditLock & { readonly file: number }) | undefined;
  let end: End | undefined;
  let chain: KeyObject | undefined;
  let lastSeq = 0;
  let lastSegment = 1;
  let syncedSeq = 0;
  let syncing = 0;
  const retired: number[] = [];

  /** Not while the disk still works on it: the number would be another file's. */
  function retire(...files: number[]): void {
    retired.push(...files);
    if (syncing === 0) for (const file of retired.splice(0)) closeSync(file);
  }

  function forget(): void {
    if (end) retire(end.head, end.log);
    end = undefined;
  }

  function openLock() {
    makeFolder(folder);
    const opened = openAuditLock(lockPath);
    return { ...opened, file: statSync(lockPath).ino };
  }

  /** Nobody wrote since our last look, and the files are still the same ones. */
  function isCurrent({ at, ...known }: End): boolean {
    const log = statSync(pathOf(at.segment), { throwIfNoEntry: false });
    const head = statSync(headPath, { throwIfNoEntry: false });
    return (
      log?.size === at.size &&
      log.ino === known.logFile &&
      head?.ino === known.headFile &&
      readRange(known.head, 0, headBytes + 1).equals(known.headBytes)
    );
  }

  /** The end of the log as the files have it. What a write left half done is cut off; anything else is damage. */
  function findEnd(): { readonly end: End; readonly lost: readonly string[] } {
    forget();
    // A folder that was moved away took its lock with it: others would write here at the same time.
    if (statSync(lockPath).ino !== lock?.file) throw damaged('its folder was replaced');
    const key = readOrMakeKey(folder);
    if (!chain?.equals(key)) [chain, lastSeq, syncedSeq] = [key, 0, 0];
    let head: number;
    try {
      head = openSync(headPath, 'r+');
    } catch (error) {
      throw (error as NodeJS.ErrnoException).code === 'ENOENT' ? damaged('its head is missing') : error;
    }
    let log: number | undefined;
    try {
      const bytes = readRange(head, 0, headBytes + 1);
      const claimed = readHead(key, bytes);
      if (!claimed) throw damaged('its head was changed');
      if (claimed.seq < lastSeq) throw damaged('it was set back');
      log = openClaimed(claimed);
      const found = readTail(key, log, claimed, { boot, now });
      let { at } = found;
      if (existsSync(pathOf(at.segment + 1))) {
        // Killed between the first write to a new segment and the head.
        if (found.lost.length > 0) throw damaged('records before its last segment are missing');
        retire(log);
        log = undefined;
        log = openSegment(pathOf(at.segment + 1), false);
        at = readRest(key, log, { ...at, segment: at.segment + 1, start: 0, size: 0 });
      }
      if ((listSegments(folder).at(-1) ?? 1) > at.segment) throw damaged('there are segments after its end');
      const files = { head, headFile: fstatSync(head).ino, log, logFile: fstatSync(log).ino };
      return { end: { key, ...files, headBytes: bytes, at }, lost: found.lost };
    } catch (error) {
      retire(head, ...(log === undefined ? [] : [log]));
      throw error;
    }
  }

  function openClaimed(claimed: Head): number {
    const path = pathOf(claimed.segment);
    try {
      return openSegment(path, claimed.seq === 0 && !existsSync(path));
    } catch (error) {
      throw (error as NodeJS.ErrnoException).code === 'ENOENT' ? damaged('its last segment is missing') : error;
    }
  }

  function put(from: End, bodies: readonly string[]): void {
    let { log, logFile, at } = from;
    if (at.size >= segmentBytes) {
      fdatasyncSync(log);
      const next = openSegment(pathOf(at.segment + 1), true);
      retire(log);
      log = next;
      logFile = fstatSync(log).ino;
      at = { ...at, segment: at.segment + 1, start: 0, size: 0 };
      end = { ...from, log, logFile, at };
    }
    const before = at;
    let text = '';
    let size = at.size;
    for (const body of bodies) {
      const { line, hash } = writeLine(from.key, at.seq + 1, body, at.hash);
      const stop = size + Buffer.byteLength(line);
      at = { ...at, start: size, size: stop, seq: at.seq + 1, hash };
      size = stop;
      text += line;
    }
    try {
      writeAll(log, Buffer.from(text));
      // A new file must be in its folder and have its first record there: what follows relies on it after a power cut.
      if (before.size === 0) {
        fdatasyncSync(log);
        syncFolder(folder);
        syncedSeq = at.seq;
      }
      at = { ...at, synced: Math.max(at.synced, syncedSeq), boot };
      const bytes = writeHead(from.key, at);
      writeAll(from.head, bytes, 0);
      // It may be older than the log by some records, not by a whole file.
      if (before.size === 0) fdatasyncSync(from.head);
      end = { ...from, log, logFile, headBytes: bytes, at };
      [lastSeq, lastSegment] = [at.seq, at.segment];
    } catch (error) {
      undo(from, log, before);
      throw error;
    }
  }

  /** Records that are refused must not stand there. If even that fails, they stand beyond the head and are true attempts. */
  function undo(from: End, log: number, before: Head): void {
    try {
      ftruncateSync(log, before.size);
      writeAll(from.head, from.headBytes, 0);
    } catch {
      // What is left is found at the next look.
    }
  }

  function close(): void {
    forget();
    lock?.close();
    lock = undefined;
  }

  return {
    write(bodies) {
      try {
        lock ??= openLock();
        if (!lock.take()) return false;
        try {
          let lost: readonly string[] = [];
          if (!end || !isCurrent(end)) ({ end, lost } = findEnd());
          put(end, [...lost, ...bodies]);
          return true;
        } finally {
          lock.release();
        }
      } catch (error) {
        // What was in the way may be gone at the next append, which looks at everything again.
        close();
        throw error;
      }
    },
    vouch() {
      try {
        if (!end || !lock?.take()) return;
        // The next look finds another head than it knows, and reads it.
        if (isCurrent(end))
          writeAll(end.head, writeHead(end.key, { ...end.at, synced: Math.max(end.at.synced, syncedSeq), boot }), 0);
        lock.release();
      } catch {
        // The head that stands there is right as well: it only says less of what is on the disk.
        close();
      }
    },
    isOnDisk: () => syncedSeq >= lastSeq,
    async sync() {
      const upTo = lastSeq;
      // Closed after a failure, it is still the same file that the kernel has to write.
      const file = end?.log ?? openSync(pathOf(lastSegment), 'r+');
      syncing++;
      try {
        await syncFile(file);
        syncedSeq = Math.max(syncedSeq, upTo);
      } finally {
        syncing--;
        retire(...(file === end?.log || retired.includes(file) ? [] : [file]));
      }
    },
    close,
  };
}
