// One writer at a time, among all processes of a user: a lock that the kernel lets go when its holder dies, however it dies.

import { closeSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

export interface AuditLock {
  /** False while somebody else holds it; never waits. @throws when the file cannot be locked at all. */
  readonly take: () => boolean;
  readonly release: () => void;
  readonly close: () => void;
}

/** SQLITE_BUSY and SQLITE_LOCKED, https://sqlite.org/rescode.html. */
const taken = new Set([5, 6]);

/**
 * Node has no lock on files; SQLite has one, on all systems. Nothing is ever written to this database: it stays empty.
 * @throws when the file cannot be made or opened.
 */
export function openAuditLock(path: string): AuditLock {
  makeFile(path);
  // Waiting is the caller's affair: SQLite would wait with the whole process.
  const db = new DatabaseSync(path, { timeout: 0 });
  try {
    // An empty database with any other journal is asked of the disk at every transaction: 40 µs instead of 7.
    db.exec('PRAGMA journal_mode = MEMORY');
    const begin = db.prepare('BEGIN IMMEDIATE');
    const end = db.prepare('ROLLBACK');
    return {
      take() {
        try {
          begin.run();
          return true;
        } catch (error) {
          if (taken.has(((error as { errcode?: number }).errcode ?? 0) & 0xff)) return false;
          throw error;
        }
      },
      release: () => void end.run(),
      close() {
        if (db.isOpen) db.close();
      },
    };
  } catch (error) {
    db.close();
    throw error;
  }
}

/** One that exists is not opened here: closing it would let go of what this process holds (POSIX, fcntl). */
function makeFile(path: string): void {
  try {
    closeSync(openSync(path, 'ax', 0o600));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
