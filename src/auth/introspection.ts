// Tokens that only their issuer can read: it is asked what they are (RFC 7662).

import pLimit from 'p-limit';
import type { Secret } from '../core/secret.ts';
import { fetchJson, IssuerUnavailable } from './addresses.ts';
import { type Rules, readClaims, refuse } from './claims.ts';
import type { Verify } from './jwt.ts';

export interface IntrospectionOptions {
  readonly rules: Rules;
  readonly endpoint: () => Promise<string>;
  readonly clientId: string;
  readonly clientSecret: Secret;
  readonly fetch: typeof fetch;
  readonly now: () => number;
}

/** Invented tokens make questions: so many are under way at once, and so many wait; the others are told to come back. */
const atOnce = 32;
const waiting = 1_000;

export function verifyByIntrospection(options: IntrospectionOptions): Verify {
  const { rules, now } = options;
  const queue = pLimit(atOnce);
  const ask = async (token: string) => {
    const claims = await fetchJson(options.fetch, await options.endpoint(), {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        authorization: basic(options.clientId, options.clientSecret),
      },
      body: new URLSearchParams({ token, token_type_hint: 'access_token' }).toString(),
    });
    // Anything but `true` is no (RFC 7662 §2.2).
    if (claims.active !== true) refuse('inactive', 'The token is not valid (any more).');
    return readClaims(claims, rules, now());
  };
  return (token) => {
    if (queue.pendingCount >= waiting)
      return Promise.reject(new IssuerUnavailable('too many tokens wait for the issuer'));
    return queue(() => ask(token));
  };
}

/** RFC 6749 §2.3.1: both are form-encoded first. */
export function basic(clientId: string, clientSecret: Secret): string {
  const encode = (text: string) => new URLSearchParams({ '': text }).toString().slice(1);
  return `Basic ${Buffer.from(`${encode(clientId)}:${encode(clientSecret.reveal())}`).toString('base64')}`;
}
