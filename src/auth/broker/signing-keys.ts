// The keys that the broker signs with: made by whichever replica comes first, kept sealed in the store, changed every month.

import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { openText, sealText } from '../../stores/sealed.ts';
import type { Store } from '../../stores/store.ts';
import { IssuerUnavailable, type Json } from '../addresses.ts';

export const algorithm = 'ES256';

export interface SigningKey {
  /** With its private part. */
  readonly jwk: JWK & { readonly kid: string };
  /** When it begins to sign, epoch milliseconds: it is published a while before, so that all replicas know it. */
  readonly from: number;
}

export interface SigningKeys {
  /** The one that signs now first, then all others that are published. */
  readonly load: () => Promise<readonly SigningKey[]>;
  /** For whoever verifies (RFC 7517 §5). */
  readonly published: () => Promise<Json>;
}

export interface SigningKeyOptions {
  readonly store: Store;
  readonly keys: () => Promise<readonly Uint8Array[]>;
  readonly now: () => number;
  /** How long the last token that a key has signed may live, milliseconds. */
  readonly tokenLifeMs: number;
}

const place = 'oauth:signing-keys';
const lock = 'oauth:signing-keys:lock';
const lifeMs = 30 * 86_400_000;
const aheadMs = 5 * 60_000;
const lockMs = 10_000;
const attempts = 50;
const waitMs = 100;
/** What is at hand is looked at again after this long. */
const freshMs = 30_000;

export function createSigningKeys({ store, keys, now, tokenLifeMs }: SigningKeyOptions): SigningKeys {
  let held: readonly SigningKey[] = [];
  let heldAt = Number.NEGATIVE_INFINITY;
  let loading: Promise<readonly SigningKey[]> | undefined;

  async function open(sealed: string): Promise<readonly SigningKey[] | undefined> {
    const text = openText(await keys(), place, sealed);
    return text === undefined ? undefined : (JSON.parse(text) as SigningKey[]);
  }

  const seal = async (set: readonly SigningKey[]) => sealText(await keys(), place, JSON.stringify(set));

  async function make(from: number): Promise<SigningKey> {
    const { privateKey } = await generateKeyPair(algorithm, { extractable: true });
    const kid = randomBytes(9).toString('base64url');
    return { jwk: { ...(await exportJWK(privateKey)), kid, alg: algorithm, use: 'sig' }, from };
  }

  async function loadAll(): Promise<readonly SigningKey[]> {
    for (let attempt = 0; attempt < attempts; attempt++) {
      const sealed = await store.get(place);
      const set = sealed === undefined ? undefined : await open(sealed);
      if (set) return rotated(set);
      if (sealed === undefined) {
        // Whoever is first has it; the others take that one's.
        const first = [await make(now())];
        if (await store.add(place, await seal(first))) return first;
      } else if (await store.add(lock, '1', lockMs)) {
        // Sealed with a key that is no more: tokens under it are no more either. One replica clears it away.
        if ((await store.get(place)) === sealed) await store.delete(place);
        await store.delete(lock);
      } else await pause(waitMs);
    }
    throw new IssuerUnavailable('the keys that tokens are signed with can be neither read nor made');
  }

  async function rotated(set: readonly SigningKey[]): Promise<readonly SigningKey[]> {
    const newest = Math.max(...set.map(({ from }) => from));
    if (now() < newest + lifeMs) return set;
    // One replica does it; the others hear of it in time.
    if (!(await store.add(lock, '1', lockMs))) return set;
    const next = await make(now() + aheadMs);
    const still = set.filter((key) => now() < endOf(key, set) + tokenLifeMs);
    const changed = [...still, next];
    await store.set(place, await seal(changed));
    return changed;
  }

  /** When the next one takes over. */
  function endOf(key: SigningKey, set: readonly SigningKey[]): number {
    const later = set.map(({ from }) => from).filter((from) => from > key.from);
    return later.length > 0 ? Math.min(...later) : Number.POSITIVE_INFINITY;
  }

  async function load(): Promise<readonly SigningKey[]> {
    if (now() - heldAt >= freshMs || held.length === 0) {
      loading ??= loadAll().finally(() => {
        loading = undefined;
      });
      held = await loading;
      heldAt = now();
    }
    const begun = held.filter(({ from }) => from <= now());
    const current = begun.toSorted((one, other) => other.from - one.from)[0] ?? held[0];
    return current ? [current, ...held.filter((key) => key !== current)] : [];
  }

  return {
    load,
    async published() {
      const set = await load();
      return { keys: set.map(({ jwk: { d: _private, ...open } }) => open) };
    },
  };
}
