// A store in Redis 7 or newer, shared by several machines. Redis keeps the time: what expires does so by its clock.

import { readRedisAddress } from './names.ts';
import { infoOf, openRedisLink } from './redis-link.ts';
import type { About, Store } from './store.ts';

/** Redis may serve others beside Castellan. */
const ours = 'castellan:';
/** Beyond this Redis counts past its integers; some 140,000 years, milliseconds. */
const longest = 2 ** 52;
const scanCount = 1_000;

/**
 * Connects at the first operation, and again whenever that is needed. `keys` is not one moment: what comes or goes while it
 * looks may be missing or there.
 * @param say is told when Redis can no longer be used, and when it can again
 * @throws a TypeError when the name is no address; operations throw a CastellanError within about a second
 */
export function openRedisStore(name: string, say: (text: string) => void = () => {}): Store {
  const { run, close } = openRedisLink(readRedisAddress(name), say);
  const key = (text: string) => ours + text;

  return {
    get: async (name) => (await run((redis) => redis.get(key(name)))) ?? undefined,
    set: async (name, value, ttlMs) => void (await run((redis) => redis.set(key(name), value, living(ttlMs)))),
    async add(name, value, ttlMs) {
      const options = { ...living(ttlMs), condition: 'NX' as const };
      return (await run((redis) => redis.set(key(name), value, options))) !== null;
    },
    take: async (name) => (await run((redis) => redis.getDel(key(name)))) ?? undefined,
    delete: async (name) => void (await run((redis) => redis.del(key(name)))),
    async keys(prefix) {
      const options = { MATCH: `${escapeGlob(key(prefix))}*`, COUNT: scanCount };
      // A key may come more than once.
      const found = new Set<string>();
      let cursor = '0';
      do {
        const page = await run((redis) => redis.scan(cursor, options));
        for (const name of page.keys) found.add(name.slice(ours.length));
        cursor = page.cursor;
      } while (cursor !== '0');
      return [...found].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    },
    close: async () => close(),
    weakness: async () => findWeakness(await run((redis) => infoOf(redis, 'memory'))),
    async about() {
      const server = await run((redis) => infoOf(redis, 'server'));
      return describeRedis(server, await run((redis) => infoOf(redis, 'persistence')));
    },
  };
}

function living(ttlMs: number | undefined) {
  if (ttlMs === undefined) return {};
  const value = Math.min(Math.max(1, Math.ceil(ttlMs)), longest);
  return { expiration: { type: 'PX' as const, value } };
}

function escapeGlob(text: string): string {
  return text.replace(/[\\*?[\]]/g, '\\$&');
}

/** Undefined where its user may not ask. */
function describeRedis(server: string, persistence: string): About | undefined {
  const version = /^redis_version:(\S+)/m.exec(server)?.[1];
  const log = /^aof_enabled:(\d)/m.exec(persistence)?.[1];
  if (version === undefined || log === undefined) return undefined;
  if (log === '1') return { says: `Redis ${version}, which writes an append-only file`, lasting: true };
  const says = `Redis ${version} writes no append-only file: what came since its last snapshot is lost when it crashes, and people may have to sign in again. Set appendonly to yes.`;
  return { says, lasting: false };
}

/** A Redis that makes room by forgetting would forget which answers were used. */
function findWeakness(info: string): string | undefined {
  const policy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1] ?? 'noeviction';
  if (policy === 'noeviction') return undefined;
  return `Redis may drop what is in it when its memory is full (maxmemory-policy ${policy}): an answer could count twice, a question be lost. Set maxmemory-policy to noeviction.`;
}
