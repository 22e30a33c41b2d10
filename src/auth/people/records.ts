// What is kept of people and of their browsers' sessions: sealed, under keys that nobody can make a cookie from.

import { createHash } from 'node:crypto';
import { openText, sealText } from '../../stores/sealed.ts';
import type { Store } from '../../stores/store.ts';
import type { Attempt, Identity, UpstreamTokens } from './upstream.ts';

/** A sign-in under way. */
export interface Flow extends Attempt {
  /** Digest of the cookie of the browser that began it. */
  readonly browser: string;
  readonly returnTo: string;
  /** For whoever does not sign in. */
  readonly wayBack?: string;
}

export interface Session {
  readonly personId: string;
  readonly csrf: string;
  /** Epoch milliseconds. */
  readonly since: number;
  readonly idToken: string;
}

export interface PersonRecord extends Identity {
  readonly tokens: UpstreamTokens;
  /** When the provider last spoke of this person, epoch milliseconds. */
  readonly checked: number;
}

/** One kind of record, by ids that are not secret themselves. */
export interface Records<T> {
  /** Undefined also for what no key opens (any more). */
  readonly get: (id: string) => Promise<T | undefined>;
  readonly set: (id: string, value: T, ttlMs: number) => Promise<void>;
  /** Of several at once, one gets it. */
  readonly take: (id: string) => Promise<T | undefined>;
  readonly delete: (id: string) => Promise<void>;
}

export function createRecords<T>(
  store: Store,
  keys: () => Promise<readonly Uint8Array[]>,
  kind: 'sign-in' | 'session' | 'person',
): Records<T> {
  const placeOf = (id: string) => `${kind}:${id}`;
  async function open(id: string, sealed: string | undefined): Promise<T | undefined> {
    const text = sealed === undefined ? undefined : openText(await keys(), placeOf(id), sealed);
    return text === undefined ? undefined : (JSON.parse(text) as T);
  }
  return {
    get: async (id) => open(id, await store.get(placeOf(id))),
    set: async (id, value, ttlMs) =>
      store.set(placeOf(id), sealText(await keys(), placeOf(id), JSON.stringify(value)), ttlMs),
    take: async (id) => open(id, await store.take(placeOf(id))),
    delete: (id) => store.delete(placeOf(id)),
  };
}

/** What stands in a store in the place of a cookie or state. */
export function digest(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}
