// Tokens that were verified are remembered by their digest until they expire, so that the next call costs microseconds;
// of many calls with one new token, one verifies it.

import { hash } from 'node:crypto';
import { CastellanError } from '../core/errors.ts';
import { IssuerUnavailable } from './addresses.ts';
import { type SignedIn, TokenRefused } from './claims.ts';
import type { Verify } from './jwt.ts';

export interface RememberOptions {
  readonly verify: Verify;
  /** For how long at most, milliseconds: keys and rights can be withdrawn. */
  readonly keepMs: number;
  /** For how long a refusal is, where asking again costs the issuer something. */
  readonly keepRefusalMs: number;
  readonly max: number;
  readonly now: () => number;
}

export interface Remembering {
  /** What is known of a token, at once; undefined where it must be verified. */
  readonly known: (token: string) => SignedIn | undefined;
  readonly verify: Verify;
}

interface Kept<T> {
  readonly value: T;
  /** Epoch milliseconds. */
  readonly until: number;
}

export function rememberTokens({ verify, keepMs, keepRefusalMs, max, now }: RememberOptions): Remembering {
  const kept = new Map<string, Kept<SignedIn>>();
  // Apart, so that whoever invents tokens does not drive out good ones.
  const refused = new Map<string, Kept<TokenRefused>>();
  const underWay = new Map<string, Promise<SignedIn>>();
  // One key at a time: what is remembered does not lead back to a token.
  const digest = (token: string) => hash('sha256', token, 'base64');

  function find<T>(among: Map<string, Kept<T>>, key: string): T | undefined {
    const entry = among.get(key);
    if (!entry || entry.until > now()) return entry?.value;
    among.delete(key);
    return undefined;
  }

  function keep<T>(among: Map<string, Kept<T>>, key: string, entry: Kept<T>): void {
    if (entry.until <= now()) return;
    const [oldest] = among.keys();
    if (among.size >= max && oldest !== undefined) among.delete(oldest);
    among.set(key, entry);
  }

  return {
    known: (token) => find(kept, digest(token)),

    verify(token) {
      const key = digest(token);
      const good = find(kept, key);
      if (good) return Promise.resolve(good);
      const bad = find(refused, key);
      if (bad) return Promise.reject(bad);
      const others = underWay.get(key);
      if (others) return others;
      const begun = now();
      const verified = verify(token)
        .then((signedIn) => {
          keep(kept, key, { value: signedIn, until: Math.min(signedIn.expires * 1000, begun + keepMs) });
          return signedIn;
        })
        .catch((error: unknown) => {
          if (error instanceof TokenRefused) keep(refused, key, { value: error, until: begun + keepRefusalMs });
          throw error;
        })
        .finally(() => underWay.delete(key));
      underWay.set(key, verified);
      return verified;
    },
  };
}

export function isOutage(error: unknown): boolean {
  return error instanceof IssuerUnavailable || (error instanceof CastellanError && error.code === 'store_unavailable');
}
