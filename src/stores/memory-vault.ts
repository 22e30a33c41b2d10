// A vault in memory, for one process: for sign-ins that nobody keeps.

import type { Vault } from './vault.ts';

export function openMemoryVault(kept: Map<string, string> = new Map()): Vault {
  const waiting = new Map<string, Promise<unknown>>();
  return {
    read: async (name) => kept.get(name),
    write: async (name, value) => void kept.set(name, value),
    remove: async (name) => kept.delete(name),
    names: async (prefix) => [...kept.keys()].filter((name) => name.startsWith(prefix)).sort(),
    alone(name, run) {
      const done = (waiting.get(name) ?? Promise.resolve()).catch(() => {}).then(run);
      waiting.set(name, done);
      return done;
    },
  };
}
