// This process among those that share a store: others can see whether it still works on what it began.

import { randomBytes } from 'node:crypto';
import type { Store } from '../stores/store.ts';

export interface Replica {
  /** New with each process; hexadecimal. */
  readonly id: string;
  /** From then on the others see it, until `end`. Rejects where that cannot be told to them. */
  readonly begin: () => Promise<void>;
  readonly end: () => void;
  /** Whether another one is there. */
  readonly lives: (id: string) => Promise<boolean>;
  /** The others need not wait until it is missed. */
  readonly leave: () => Promise<void>;
}

export interface ReplicaOptions {
  readonly store: Store;
  /** After so long without a sign of it a replica is taken for dead, milliseconds. */
  readonly lifeMs: number;
}

export function createReplica({ store, lifeMs }: ReplicaOptions): Replica {
  const id = randomBytes(6).toString('hex');
  const keyOf = (replica: string) => `replica:${replica}`;
  const beatMs = lifeMs / 4;
  let busy = 0;
  let last = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;

  async function beat(): Promise<void> {
    await store.set(keyOf(id), '1', lifeMs);
    last = performance.now();
  }

  function end(): void {
    if (--busy > 0) return;
    clearInterval(timer);
    timer = undefined;
  }

  return {
    id,
    end,
    async begin() {
      busy++;
      // A store that is away may be back at the next beat.
      timer ??= setInterval(() => void beat().catch(() => {}), beatMs).unref();
      try {
        if (performance.now() - last > beatMs) await beat();
      } catch (error) {
        end();
        throw error;
      }
    },
    lives: async (replica) => (await store.get(keyOf(replica))) !== undefined,
    async leave() {
      clearInterval(timer);
      timer = undefined;
      if (last > 0) await store.delete(keyOf(id)).catch(() => {});
    },
  };
}
