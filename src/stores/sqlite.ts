// A store in one SQLite file, shared by the processes of one machine. Readable by its owner only.

import { DatabaseSync } from 'node:sqlite';
import { prepareFile } from './file.ts';
import type { Store } from './store.ts';

/** How long a process waits for another one's write, milliseconds. The wait is synchronous: nothing else runs then. */
const busyMs = 3_000;
const sweepEvery = 200;

/** Whether what was written outlives a power cut. */
export type Keeps = 'always' | 'mostly';

/**
 * @param keeps what: power cuts, too, or the end of the process alone, which takes no waiting for the disk
 * @throws when the file cannot be opened or is not a database; the message names the path.
 */
export function openSqliteStore(path: string, now: () => number = Date.now, keeps: Keeps = 'always'): Store {
  const db = openDatabase(path, keeps);
  const get = db.prepare('SELECT value FROM entry WHERE key = ? AND (expires_at IS NULL OR expires_at > ?)');
  const set = db.prepare('INSERT OR REPLACE INTO entry (key, value, expires_at) VALUES (?, ?, ?)');
  const add = db.prepare(
    `INSERT INTO entry (key, value, expires_at) VALUES (?, ?, ?) ON CONFLICT (key)
     DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at WHERE entry.expires_at <= ?`,
  );
  // The expired row goes too, but its value is not handed out.
  const take = db.prepare('DELETE FROM entry WHERE key = ? RETURNING value, expires_at');
  const remove = db.prepare('DELETE FROM entry WHERE key = ?');
  const sweep = db.prepare('DELETE FROM entry WHERE expires_at <= ?');
  // Prefix as bytes: neither LIKE nor GLOB, whose wildcards a key may contain, nor length() of text, which ends at a NUL.
  const keys = db.prepare(
    `SELECT key FROM entry WHERE key >= ?1 AND (?1 = '' OR substr(CAST(key AS BLOB), 1, ?2) = CAST(?1 AS BLOB))
     AND (expires_at IS NULL OR expires_at > ?3) ORDER BY key`,
  );
  const end = (ttlMs: number | undefined) => (ttlMs === undefined ? null : now() + ttlMs);
  let writes = 0;
  const wrote = () => {
    if (++writes % sweepEvery === 0) sweep.run(now());
  };

  return {
    get: async (key) => textOf(get.get(key, now())?.value),
    async set(key, value, ttlMs) {
      set.run(key, value, end(ttlMs));
      wrote();
    },
    async add(key, value, ttlMs) {
      const done = add.run(key, value, end(ttlMs), now()).changes === 1;
      wrote();
      return done;
    },
    async take(key) {
      const row = take.get(key);
      if (!row || (typeof row.expires_at === 'number' && row.expires_at <= now())) return undefined;
      return textOf(row.value);
    },
    delete: async (key) => void remove.run(key),
    keys: async (prefix) => keys.all(prefix, Buffer.byteLength(prefix), now()).map((row) => String(row.key)),
    close: async () => {
      if (db.isOpen) db.close();
    },
  };
}

function openDatabase(path: string, keeps: Keeps): DatabaseSync {
  let db: DatabaseSync | undefined;
  try {
    prepareFile(path);
    db = new DatabaseSync(path, { timeout: busyMs });
    // https://sqlite.org/pragma.html#pragma_synchronous: in WAL mode, NORMAL may lose the last writes to a power cut, and no more.
    const synchronous = keeps === 'always' ? 'FULL' : 'NORMAL';
    db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${synchronous}; PRAGMA secure_delete = ON;`);
    db.exec(
      'CREATE TABLE IF NOT EXISTS entry (key TEXT PRIMARY KEY, value TEXT NOT NULL, expires_at REAL) WITHOUT ROWID;',
    );
    return db;
  } catch (error) {
    if (db?.isOpen) db.close();
    const problem = error instanceof Error ? error.message : String(error);
    throw new Error(`${path} cannot be used as a store: ${problem}`, { cause: error });
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
