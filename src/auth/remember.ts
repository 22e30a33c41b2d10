// Tokens that were verified are remembered by their digest until they expire, so that the next call costs microseconds;
// of many calls with one new token, one verifies it.

import { hash } from 'node:crypto';
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

interface Kept {
  readonly signedIn?: SignedIn;
  readonly refused?: TokenRefused;
  /** Epoch milliseconds. */
  readonly until: number;
}

export function rememberTokens({ verify, keepMs, keepRefusalMs, max, now }: RememberOptions): Remembering {
  const kept = new Map<string, Kept>();
  const underWay = new Map<string, Promise<SignedIn>>();
  // One key at a time: what is remembered does not lead back to a token.
  const digest = (token: string) => hash('sha256', token, 'base64');

  function find(key: string): Kept | undefined {
    const entry = kept.get(key);
    if (!entry || entry.until > now()) return entry;
    kept.delete(key);
    return undefined;
  }

  function keep(key: string, entry: Kept): void {
    if (entry.until <= now()) return;
    const [oldest] = kept.keys();
    if (kept.size >= max && oldest !== undefined) kept.delete(oldest);
    kept.set(key, entry);
  }

  return {
    known: (token) => find(digest(token))?.signedIn,

    verify(token) {
      const key = digest(token);
      const entry = find(key);
      if (entry?.signedIn) return Promise.resolve(entry.signedIn);
      if (entry?.refused) return Promise.reject(entry.refused);
      const others = underWay.get(key);
      if (others) return others;
      const begun = now();
      const verified = verify(token)
        .then((signedIn) => {
          keep(key, { signedIn, until: Math.min(signedIn.expires * 1000, begun + keepMs) });
          return signedIn;
        })
        .catch((error: unknown) => {
          if (error instanceof TokenRefused) keep(key, { refused: error, until: begun + keepRefusalMs });
          throw error;
        })
        .finally(() => underWay.delete(key));
      underWay.set(key, verified);
      return verified;
    },
  };
}

export function isOutage(error: unknown): error is IssuerUnavailable {
  return error instanceof IssuerUnavailable;
}
