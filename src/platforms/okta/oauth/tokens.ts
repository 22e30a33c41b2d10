// One tenant's access token: fetched when it is needed, by one request for all who wait, renewed before it ends.

import type { TokenEndpointResponse } from 'oauth4webapi';
import { CastellanError, toCastellanError } from '../../../core/errors.ts';
import type { Prover } from './proof.ts';

export interface Token {
  readonly accessToken: string;
  /** Undefined for a bearer token. */
  readonly prover: Prover | undefined;
  /** Epoch milliseconds. */
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly scopes: ReadonlySet<string>;
}

export interface Tokens {
  /** The token, fetched if need be. Rejects when `signal` ends; the fetching goes on for the others. */
  readonly get: (signal: AbortSignal) => Promise<Token>;
  readonly current: () => Token | undefined;
  /** The API refused this token: it is not given out again. */
  readonly drop: (accessToken: string) => void;
}

/** How long before its end a token is renewed, milliseconds; a short-lived one after nine tenths of its life. */
const marginMs = 60_000;

export function isFresh(token: Pick<Token, 'issuedAt' | 'expiresAt'>, now: number): boolean {
  return now < token.expiresAt - Math.min(marginMs, (token.expiresAt - token.issuedAt) / 10);
}

/** `load` gets a new token; `refused` is one that must not be it. What `load` throws is passed on and not remembered. */
export function createTokens(load: (refused: string | undefined) => Promise<Token>, now: () => number): Tokens {
  let current: Token | undefined;
  let refused: string | undefined;
  let flight: Promise<Token> | undefined;

  async function renew(): Promise<Token> {
    const before = current;
    try {
      const token = await load(refused);
      current = token;
      refused = undefined;
      return token;
    } catch (thrown) {
      const error = toCastellanError(thrown);
      // An outage during the last minute of a token is no reason to stop: it still counts.
      if (error.retry.again && before !== undefined && before === current && now() < before.expiresAt) return before;
      throw error;
    }
  }

  return {
    async get(signal) {
      if (current && isFresh(current, now())) return current;
      flight ??= renew().finally(() => {
        flight = undefined;
      });
      return untilAborted(flight, signal);
    },
    current: () => current,
    drop(accessToken) {
      if (current?.accessToken !== accessToken) return;
      current = undefined;
      refused = accessToken;
    },
  };
}

async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const over = Promise.withResolvers<never>();
  const stop = () => over.reject(signal.reason);
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([promise, over.promise]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

export type DpopChoice = boolean | 'auto';

/** What must be true of a token answer beyond what the library checks (RFC 6749 §5.1, RFC 9449 §5). */
export function tokenFrom(
  answer: TokenEndpointResponse,
  facts: {
    readonly prover: Prover | undefined;
    readonly dpop: DpopChoice;
    readonly asked: Iterable<string>;
    readonly now: number;
  },
): Token {
  const { prover, dpop, asked, now } = facts;
  const bound = answer.token_type === 'dpop';
  if (bound && !prover) throw mismatch('a token that is bound to a key, though none was sent', 'auto');
  if (!bound && dpop === true) throw mismatch('an ordinary bearer token, though DPoP was demanded', 'auto');
  if (answer.expires_in === undefined || answer.expires_in <= 0) {
    throw mismatch('a token without a lifetime', undefined);
  }
  return {
    accessToken: answer.access_token,
    prover: bound ? prover : undefined,
    issuedAt: now,
    expiresAt: now + answer.expires_in * 1000,
    // Left out, the scope is what was asked for (RFC 6749 §5.1).
    scopes: new Set(answer.scope?.split(' ').filter(Boolean) ?? asked),
  };
}

function mismatch(what: string, dpop: string | undefined): CastellanError {
  return new CastellanError({
    code: 'platform_answer_invalid',
    message: `Okta gave ${what}.`,
    hint: dpop
      ? `Set dpop (OKTA_DPOP) to ${dpop}, or change “Require DPoP header in token requests” at the app.`
      : 'Check that the organization’s address is its own and nothing stands between.',
  });
}
