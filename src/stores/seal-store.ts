// A store whose values nobody reads without the keys, whoever can read the file or the Redis that they lie in.

import { openText, sealText } from './sealed.ts';
import type { Store } from './store.ts';

/**
 * What no key opens is as if it were not there, and is left alone: a process with other keys must not take away what it
 * cannot read. Names are not sealed: nothing that must not be read may stand in one.
 * @param keys of 32 bytes, the newest first
 */
export function sealStore(
  store: Store,
  keys: () => Promise<readonly Uint8Array[]>,
): Omit<Store, 'close' | 'weakness' | 'about'> {
  const seal = async (key: string, value: string) => sealText(await keys(), key, value);
  async function open(key: string, sealed: string | undefined): Promise<string | undefined> {
    return sealed === undefined ? undefined : openText(await keys(), key, sealed);
  }
  const get = async (key: string) => open(key, await store.get(key));
  return {
    get,
    set: async (key, value, ttlMs) => store.set(key, await seal(key, value), ttlMs),
    add: async (key, value, ttlMs) => store.add(key, await seal(key, value), ttlMs),
    async take(key) {
      if ((await get(key)) === undefined) return undefined;
      return open(key, await store.take(key));
    },
    delete: store.delete,
    keys: store.keys,
  };
}
