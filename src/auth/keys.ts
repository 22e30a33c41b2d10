// The keys that an issuer signs with, fetched when they are needed and when a token names one that is not known.

import { createLocalJWKSet, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import { IssuerUnavailable, type Json } from './addresses.ts';

export interface KeyOptions {
  /** @throws {IssuerUnavailable} */
  readonly fetchKeys: () => Promise<Json>;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Told of an attempt to renew that failed while older keys still do. */
  readonly onStale: (error: unknown) => void;
}

/** Keys are looked at again after this long, so that a withdrawn one stops working; milliseconds. */
const freshMs = 5 * 60_000;
/** An issuer that cannot be reached for longer than this is not trusted any more. */
const staleMs = 60 * 60_000;
/** Tokens can name keys that do not exist: not each of them is a reason to ask. */
const unknownKeyMs = 30_000;
/** Between attempts that fail. */
const retryMs = 2_000;

interface Held {
  readonly find: ReturnType<typeof createLocalJWKSet>;
  readonly ids: ReadonlySet<string>;
  /** When they were fetched, epoch milliseconds. */
  readonly at: number;
}

/** @returns what finds the key for a token; it rejects with `IssuerUnavailable`, or with jose's error where there is none. */
export function createKeys({ fetchKeys, now, onStale }: KeyOptions): JWTVerifyGetKey {
  let held: Held | undefined;
  let fetching: Promise<Held> | undefined;
  let askedForUnknown = Number.NEGATIVE_INFINITY;
  let failedAt = Number.NEGATIVE_INFINITY;
  let failure: unknown;

  /** One request for all who wait; after a failure none for a moment. */
  function renew(): Promise<Held> {
    if (fetching) return fetching;
    if (now() - failedAt < retryMs) return Promise.reject(failure);
    fetching = fetchKeys()
      .then((set) => {
        held = { ...readKeys(set), at: now() };
        return held;
      })
      .catch((error: unknown) => {
        failedAt = now();
        failure = error;
        throw error;
      })
      .finally(() => {
        fetching = undefined;
      });
    return fetching;
  }

  async function current(): Promise<Held> {
    const age = held ? now() - held.at : Number.POSITIVE_INFINITY;
    if (!held || age > staleMs) return renew();
    // Meanwhile the ones at hand do.
    if (age > freshMs) renew().catch(onStale);
    return held;
  }

  return async (header, token) => {
    let keys = await current();
    const { kid } = header;
    if (kid !== undefined && !keys.ids.has(kid)) {
      if (now() - askedForUnknown >= unknownKeyMs) {
        askedForUnknown = now();
        keys = await renew();
      } else if (fetching) keys = await fetching;
      // Nobody knows whether it is new: the token may be good.
      else if (failedAt >= Math.max(askedForUnknown, keys.at)) throw failure;
    }
    return keys.find(header, token);
  };
}

function readKeys(set: Json): Omit<Held, 'at'> {
  try {
    const find = createLocalJWKSet(set as unknown as JSONWebKeySet);
    const ids = find.jwks().keys.flatMap(({ kid }) => (typeof kid === 'string' ? [kid] : []));
    return { find, ids: new Set(ids) };
  } catch {
    throw new IssuerUnavailable('the issuer’s keys are no JSON Web Key Set (RFC 7517 §5)');
  }
}
