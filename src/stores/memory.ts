// A store that lives and dies with the process.

import type { Store } from './store.ts';

interface Entry {
  readonly value: string;
  readonly expiresAt: number;
}

/** How many writes pass between two looks for expired entries. */
const sweepEvery = 1_000;

export function createMemoryStore(now: () => number = Date.now): Store {
  const entries = new Map<string, Entry>();
  let writes = 0;

  function live(key: string): string | undefined {
    const entry = entries.get(key);
    if (!entry) return undefined;
    if (entry.expiresAt > now()) return entry.value;
    entries.delete(key);
    return undefined;
  }

  function write(key: string, value: string, ttlMs: number | undefined): void {
    entries.set(key, { value, expiresAt: ttlMs === undefined ? Number.POSITIVE_INFINITY : now() + ttlMs });
    if (++writes % sweepEvery !== 0) return;
    for (const [name, entry] of entries) if (entry.expiresAt <= now()) entries.delete(name);
  }

  return {
    get: async (key) => live(key),
    set: async (key, value, ttlMs) => write(key, value, ttlMs),
    async add(key, value, ttlMs) {
      if (live(key) !== undefined) return false;
      write(key, value, ttlMs);
      return true;
    },
    async take(key) {
      const value = live(key);
      entries.delete(key);
      return value;
    },
    delete: async (key) => void entries.delete(key),
    keys: async (prefix) =>
      [...entries.keys()].filter((key) => key.startsWith(prefix) && live(key) !== undefined).sort(byCodePoints),
    close: async () => entries.clear(),
  };
}

/** UTF-8 keeps the order of code points; JavaScript's own order is that of UTF-16, where U+1F600 stands before U+FFFF. */
function byCodePoints(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
