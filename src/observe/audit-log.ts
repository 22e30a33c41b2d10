// The audit log: who asked for what, what was answered and what came of it, in a record that nobody can rewrite unseen.
// What it protects against, and what it cannot, is in docs/decisions/2026-11-21-audit-log.md.

import type { CastellanError } from '../core/errors.ts';
import { type AuditEntry, writeBody } from './audit-entry.ts';
import { auditError, toAuditError } from './audit-errors.ts';
import type { AuditWriter } from './audit-writer.ts';

export type { AuditEntry } from './audit-entry.ts';

export interface AuditLog {
  /**
   * Resolves when the record is with the kernel, which keeps it whatever becomes of this process (`process`), or on the
   * disk, which keeps it whatever becomes of the machine (`power`).
   * @throws CastellanError `internal`: nothing was recorded, and what was to be recorded must not be done.
   */
  readonly append: (entry: AuditEntry, lasting: 'process' | 'power') => Promise<void>;
  /** Brings to the disk what is not there yet. */
  readonly close: () => Promise<void>;
}

export interface AuditLogOptions {
  readonly folder: string;
  readonly now: () => number;
  /** A new file begins past this, bytes. Default: 32 MiB. */
  readonly segmentBytes?: number;
  /** Another text after each start of the machine. Default: what the system says. */
  readonly boot?: string;
}

/** How long an append waits while other processes write, milliseconds. They take less than one. */
const waitMs = 2_000;
/** How long a record that nobody waits for may be kept from the disk, milliseconds. */
const idleMs = 1_000;
/** A line is read whole by whoever checks it, bytes. */
const longest = 1024 * 1024;

interface Waiting {
  readonly body: string;
  readonly since: number;
  readonly resolve: () => void;
  readonly reject: (error: CastellanError) => void;
}

/** Opens nothing before the first append. */
export function openAuditLog(options: AuditLogOptions): AuditLog {
  const { folder, now, segmentBytes = 32 * 1024 * 1024, boot } = options;
  let loaded: Promise<AuditWriter> | undefined;
  let waiting: Waiting[] = [];
  let flushing: Promise<void> | undefined;
  let syncing: Promise<void> | undefined;
  let queued: Promise<void> | undefined;
  let idle: NodeJS.Timeout | undefined;
  let broken: CastellanError | undefined;
  let closed = false;

  const load = async () => (await import('./audit-writer.ts')).openAuditWriter({ folder, now, segmentBytes, boot });

  /** Everything that was asked for in one turn of the event loop is one lock and one write. */
  async function flush(writer: AuditWriter): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    for (let tries = 0; waiting.length > 0; tries++) {
      try {
        if (writer.write(waiting.map(({ body }) => body))) {
          for (const { resolve } of waiting.splice(0)) resolve();
          break;
        }
      } catch (error) {
        const told = toAuditError(error);
        for (const { reject } of waiting.splice(0)) reject(told);
        break;
      }
      const late = performance.now() - waitMs;
      const todo = 'End the process that holds it: it may be stopped, or its disk may not answer.';
      const told = () => auditError(`another process has held it for ${waitMs / 1000} seconds`, todo);
      for (const { since, reject } of waiting) if (since < late) reject(told());
      waiting = waiting.filter(({ since }) => since >= late);
      // Not all at the same moment again.
      if (tries > 3) await new Promise((resolve) => setTimeout(resolve, 1 + Math.random() * Math.min(tries, 20)));
      else await new Promise((resolve) => setImmediate(resolve));
    }
    // Here and not when this promise is settled: in between, somebody would wait for a flush that is over.
    flushing = undefined;
  }

  /** One work of the disk for all that wait; what was written while it ran needs the next one. */
  function sync(writer: AuditWriter): Promise<void> {
    if (writer.isOnDisk()) return Promise.resolve();
    if (!syncing) {
      syncing = writer.sync().finally(() => {
        syncing = undefined;
      });
      return syncing;
    }
    queued ??= syncing
      .catch(() => {})
      .then(() => {
        queued = undefined;
        return sync(writer);
      });
    return queued;
  }

  async function bring(writer: AuditWriter): Promise<void> {
    try {
      await sync(writer);
    } catch (error) {
      // The system forgets what it could not write and says at the next attempt that all is well. We do not.
      broken ??= toAuditError(error);
      throw broken;
    }
  }

  async function append(entry: AuditEntry, lasting: 'process' | 'power'): Promise<void> {
    const body = writeBody(now(), entry);
    if (closed) throw auditError('it is closed', 'Castellan is ending; start it again.');
    if (broken) throw broken;
    if (body.length > longest) throw auditError('a record is too long', 'Change fewer things in one call.');
    loaded ??= load();
    const writer = await loaded;
    await new Promise<void>((resolve, reject) => {
      waiting.push({ body, since: performance.now(), resolve, reject });
      flushing ??= flush(writer);
    });
    if (lasting === 'power') return bring(writer);
    idle ??= setTimeout(() => {
      idle = undefined;
      bring(writer).catch(() => {});
    }, idleMs).unref();
  }

  return {
    append,
    async close() {
      closed = true;
      clearTimeout(idle);
      if (!loaded) return;
      const writer = await loaded;
      // Appends that were on their way here have not reached the queue yet.
      await new Promise((resolve) => setImmediate(resolve));
      await flushing;
      try {
        if (broken) return;
        await bring(writer);
        writer.vouch();
      } finally {
        writer.close();
      }
    },
  };
}
