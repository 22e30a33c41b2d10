// One access token for all who wait: fetched when it is needed, by one request, renewed before it ends.

import { toCastellanError } from './errors.ts';

export interface AccessToken {
  readonly accessToken: string;
  /** Epoch milliseconds. */
  readonly issuedAt: number;
  readonly expiresAt: number;
}

export interface Tokens<T extends AccessToken = AccessToken> {
  /** The token, fetched if need be. Rejects when `signal` ends; the fetching goes on for the others. */
  readonly get: (signal: AbortSignal) => Promise<T>;
  readonly current: () => T | undefined;
  /** The API refused this token: it is not given out again. */
  readonly drop: (accessToken: string) => void;
}

/** After a renewal that came to nothing, while the token still stands: until the next one is tried. */
const pauseMs = 10_000;
/** How long before its end a token is renewed, milliseconds; a short-lived one after nine tenths of its life. */
const marginMs = 60_000;

export function isFresh(token: Pick<AccessToken, 'issuedAt' | 'expiresAt'>, now: number): boolean {
  return now < token.expiresAt - Math.min(marginMs, (token.expiresAt - token.issuedAt) / 10);
}

/**
 * `load` gets a new token; `refused` is one that must not be it. What `load` throws is passed on and not remembered.
 * @param fresh whether a token need not be renewed yet; what is renewed long before its end keeps nobody waiting
 */
export function createTokens<T extends AccessToken>(
  load: (refused: string | undefined) => Promise<T>,
  now: () => number,
  fresh: (token: T, now: number) => boolean = isFresh,
): Tokens<T> {
  let current: T | undefined;
  let refused: string | undefined;
  let flight: Promise<T> | undefined;
  let pausedUntil = Number.NEGATIVE_INFINITY;

  async function renew(): Promise<T> {
    const before = current;
    try {
      const token = await load(refused);
      current = token;
      refused = undefined;
      return token;
    } catch (thrown) {
      const error = toCastellanError(thrown);
      // An outage during the last part of a token's life is no reason to stop: it still counts.
      if (error.retry.again && before !== undefined && before === current && now() < before.expiresAt) {
        pausedUntil = now() + pauseMs;
        return before;
      }
      // Refused, and not for want of an answer: whoever is out is out with what they had.
      if (!error.retry.again && before === current) current = undefined;
      throw error;
    }
  }

  function begin(): Promise<T> {
    flight ??= renew().finally(() => {
      flight = undefined;
    });
    return flight;
  }

  return {
    async get(signal) {
      const time = now();
      if (current && fresh(current, time)) return current;
      if (!current || !isFresh(current, time)) return untilAborted(begin(), signal);
      if (time >= pausedUntil) begin().catch(() => undefined);
      return current;
    },
    current: () => current,
    drop(accessToken) {
      if (current?.accessToken !== accessToken) return;
      current = undefined;
      refused = accessToken;
    },
  };
}

/** Stops waiting when the signal ends; what was waited for goes on. */
export async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
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
