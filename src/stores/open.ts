// Opens the store that a setting names, at its first use: starting a server must not wait for a file or a network.

import { createMemoryStore } from './memory.ts';
import { isRedis } from './names.ts';
import type { Keeps } from './sqlite.ts';
import type { Store } from './store.ts';

/**
 * @param name `memory`, the path of an SQLite file, or the address of a Redis
 * @param say is told when a store that can go away does, and when it is back
 * @param keeps whether a file is written through to the disk each time
 */
export function openStore(
  name: string,
  now: () => number,
  say?: (text: string) => void,
  keeps: Keeps = 'always',
): Store {
  if (name === 'memory') return createMemoryStore(now);
  let opened: Promise<Store> | undefined;
  const store = () => {
    if (opened) return opened;
    const opening: Promise<Store> = isRedis(name)
      ? import('./redis.ts').then((redis) => redis.openRedisStore(name, say))
      : import('./sqlite.ts').then((sqlite) => sqlite.openSqliteStore(name, now, keeps));
    opened = opening;
    // What was in the way may be gone at the next use.
    opening.catch(() => {
      if (opened === opening) opened = undefined;
    });
    return opening;
  };
  return {
    get: async (key) => (await store()).get(key),
    set: async (key, value, ttlMs) => (await store()).set(key, value, ttlMs),
    add: async (key, value, ttlMs) => (await store()).add(key, value, ttlMs),
    take: async (key) => (await store()).take(key),
    delete: async (key) => (await store()).delete(key),
    keys: async (prefix) => (await store()).keys(prefix),
    close: async () => {
      const open = await opened?.catch(() => undefined);
      await open?.close();
    },
    weakness: async () => (await store()).weakness?.(),
    about: async () => (await store()).about?.(),
  };
}
