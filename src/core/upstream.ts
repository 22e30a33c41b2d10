// One tenant's way out. In order: deadline → circuit breaker → rate budget → credential → send → map errors.
// Only what is safe to repeat is repeated, with jitter and never past the deadline. Nothing is cached.

import {
  BrokenCircuitError,
  type CircuitBreakerPolicy,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhen,
} from 'cockatiel';
import pLimit from 'p-limit';
import type { RateBudget, SharedMemory } from './budget.ts';
import type { Caller } from './caller.ts';
import { CastellanError, toCastellanError } from './errors.ts';
import { type Dialect, rateLimited, readAnswer, type UpstreamAnswer, type UpstreamRequest } from './exchange.ts';

/** One call's share of an upstream: when it must be over and who wants to know the upstream's request ids. */
export interface CallScope {
  readonly signal: AbortSignal;
  /** Epoch milliseconds. */
  readonly deadline: number;
  readonly sawRequestId?: (id: string) => void;
  /** For whom the request is made, where a credential depends on it. */
  readonly caller?: Caller | undefined;
}

/** Adds what proves our right to the headers; asked anew for each attempt. `signal` ends with the attempt. */
export interface Credential {
  (request: {
    readonly method: string;
    readonly url: URL;
    /** What is sent, to the byte; absent where nothing is. */
    readonly body?: string | undefined;
    readonly signal: AbortSignal;
    readonly caller?: Caller | undefined;
  }): Promise<Record<string, string>>;
  /**
   * Told once a request that the upstream did not let it in with these headers: 401, or 400 with a challenge (RFC 6750
   * §3.1). True when others can be had: the request is then sent once more, also a write, for what was not let in was
   * not processed (RFC 9110 §15.5.2).
   */
  readonly rejected?: (
    sent: Readonly<Record<string, string>>,
    answer: { readonly status: number; readonly headers: Headers },
  ) => boolean;
}

export interface UpstreamOptions {
  readonly origin: URL;
  readonly fetch: (request: string, init: RequestInit) => Promise<Response>;
  readonly credential: Credential;
  readonly dialect: Dialect;
  readonly budget: RateBudget;
  readonly userAgent: string;
  readonly now: () => number;
  /** 0 to 1, for jitter. */
  readonly random: () => number;
  /** Requests of this tenant that may be under way at once. */
  readonly concurrency: number;
  /** How long one attempt may take, milliseconds. */
  readonly attemptTimeoutMs: number;
  readonly maxBodyBytes: number;
  readonly onAttempt?: (seen: { bucket: string; status: number | 'failed'; ms: number }) => void;
}

/** What every platform needs to open a tenant. */
export interface TenantDependencies
  extends Pick<UpstreamOptions, 'fetch' | 'now' | 'random' | 'userAgent' | 'onAttempt'> {
  readonly shared?: SharedMemory;
}

export interface Upstream {
  readonly request: <T>(request: UpstreamRequest<T>, scope: CallScope) => Promise<UpstreamAnswer<T>>;
}

/** Inside only: the credential was refused, and another one can be had. */
class Renewed extends Error {}

const maxAttempts = 4;
const backoffMs = 200;
const breakerOpenMs = 10_000;

export function createUpstream(options: UpstreamOptions): Upstream {
  const { now } = options;
  const limit = pLimit(options.concurrency);
  /** One per operation: an endpoint that fails must not take the healthy ones with it. */
  const breakers = new Map<string, CircuitBreakerPolicy>();
  const breakerOf = (bucket: string) => {
    const known = breakers.get(bucket);
    if (known) return known;
    const options = { halfOpenAfter: breakerOpenMs, breaker: new ConsecutiveBreaker(12) };
    const breaker = circuitBreaker(handleWhen(isOutage), options);
    breakers.set(bucket, breaker);
    return breaker;
  };

  async function request<T>(asked: UpstreamRequest<T>, scope: CallScope): Promise<UpstreamAnswer<T>> {
    const url = addressOf(options.origin, asked);
    const repeatable = asked.repeatable ?? asked.method === 'GET';
    let renewed = false;
    for (let attempt = 1; ; attempt++) {
      throwIfOver(scope);
      try {
        return await untilOver(
          scope,
          limit(() => breakerOf(asked.bucket).execute(() => attemptOnce(asked, url, scope, !renewed))),
        );
      } catch (thrown) {
        if (thrown instanceof Renewed) {
          renewed = true;
          attempt--;
          continue;
        }
        const error = explain(thrown, scope);
        const wait = waitBefore(error, attempt, repeatable);
        if (wait === undefined) throw error;
        // Waiting past the deadline helps nobody: say now what is wrong and when to come back.
        if (now() + wait >= scope.deadline) throw error;
        await pause(wait, scope.signal);
      }
    }
  }

  /** @throws Renewed where the credential was refused and `mayRenew` another one. */
  async function attemptOnce<T>(
    asked: UpstreamRequest<T>,
    url: URL,
    scope: CallScope,
    mayRenew: boolean,
  ): Promise<UpstreamAnswer<T>> {
    // A call that was given up while it waited for its turn must not go out.
    throwIfOver(scope);
    const wait = await options.budget.take(asked.bucket);
    if (wait > 0) throw rateLimited(wait, undefined);
    let accounted = false;
    const started = now();
    try {
      const timeout = AbortSignal.timeout(
        Math.max(1, Math.floor(Math.min(options.attemptTimeoutMs, scope.deadline - started))),
      );
      const signal = AbortSignal.any([scope.signal, timeout]);
      const body = asked.body === undefined ? undefined : JSON.stringify(asked.body);
      const proof = await options.credential({ method: asked.method, url, body, signal, caller: scope.caller });
      const init: RequestInit = {
        method: asked.method,
        headers: {
          accept: 'application/json',
          'user-agent': options.userAgent,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...asked.headers,
          ...proof,
        },
        // A redirect would carry the credential to a place that nobody configured.
        redirect: 'manual',
        signal,
      };
      if (body !== undefined) init.body = body;
      const response = await options.fetch(url.href, init);
      const requestId = checkId(options.dialect.requestId(response.headers));
      if (requestId !== undefined) scope.sawRequestId?.(requestId);
      const allowance = options.dialect.allowance(response.headers, now());
      if (allowance) {
        accounted = true;
        await options.budget.learn(asked.bucket, allowance);
      }
      options.onAttempt?.({ bucket: asked.bucket, status: response.status, ms: now() - started });
      if (mayRenew && wasShutOut(response) && options.credential.rejected?.(proof, response)) {
        await response.body?.cancel();
        throw new Renewed();
      }
      return await readAnswer(response, requestId, asked, options);
    } catch (error) {
      if (!(error instanceof CastellanError || error instanceof Renewed)) {
        options.onAttempt?.({ bucket: asked.bucket, status: 'failed', ms: now() - started });
      }
      throw error;
    } finally {
      if (!accounted) options.budget.release(asked.bucket);
    }
  }

  /** How long to wait before the next attempt, or undefined when there must be none. */
  function waitBefore(error: CastellanError, attempt: number, repeatable: boolean): number | undefined {
    if (attempt >= maxAttempts || !error.retry.again) return undefined;
    // A 429 was refused before it was processed, so even a write may be sent again (RFC 6585 §4).
    if (!repeatable && error.code !== 'rate_limited') return undefined;
    if (error.code === 'platform_unavailable' && error.cause instanceof BrokenCircuitError) return undefined;
    const jitter = 0.5 + options.random();
    return Math.max(error.retry.afterMs, backoffMs * 2 ** (attempt - 1) * jitter);
  }

  return { request };
}

/** The address of a request. Segments are encoded one by one, so no id can leave its place in the path. */
export function addressOf(origin: URL, asked: Pick<UpstreamRequest, 'path' | 'verb' | 'query'>): URL {
  const verb = asked.verb === undefined ? '' : `:${asked.verb}`;
  const url = new URL(`/${asked.path.map(encodeSegment).join('/')}${verb}`, origin);
  for (const [name, value] of Object.entries(asked.query ?? {})) {
    if (Array.isArray(value)) for (const each of value) url.searchParams.append(name, String(each));
    else if (value !== undefined) url.searchParams.set(name, String(value));
  }
  return url;
}

/** A dot segment survives percent-encoding and is then resolved away by URL parsers (RFC 3986 §5.2.4), so it is refused. */
function encodeSegment(segment: string): string {
  const decoded = segment.replace(/%2e/gi, '.');
  if (segment === '' || decoded === '.' || decoded === '..' || !segment.isWellFormed()) {
    throw new CastellanError({
      code: 'invalid_input',
      message: `${JSON.stringify(segment)} cannot be an id.`,
      hint: 'Pass the id as a list tool gave it.',
    });
  }
  // Oracle's signers escape an apostrophe, so that one which was sent as it is would be signed as something else.
  return encodeURIComponent(segment).replaceAll("'", '%27');
}

function wasShutOut({ status, headers }: Response): boolean {
  return status === 401 || (status === 400 && headers.has('www-authenticate'));
}

function throwIfOver(scope: CallScope): void {
  if (scope.signal.aborted) throw explain(scope.signal.reason, scope);
}

/** Settles when the promise does or the call is over, whichever comes first: nothing waits in a queue past its deadline. */
async function untilOver<T>(scope: CallScope, promise: Promise<T>): Promise<T> {
  const over = Promise.withResolvers<never>();
  const stop = () => over.reject(scope.signal.reason);
  scope.signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([promise, over.promise]);
  } finally {
    scope.signal.removeEventListener('abort', stop);
  }
}

function isOutage(error: unknown): boolean {
  return error instanceof CastellanError ? error.code === 'platform_unavailable' : isNetworkFailure(error);
}

/** What fetch and its streams throw for a connection, rather than a mistake of ours (undici: TypeError with a cause, UND_ERR_*). */
function isNetworkFailure(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false;
  if (thrown.name === 'TimeoutError') return true;
  const { code } = thrown as NodeJS.ErrnoException;
  if (typeof code === 'string') return /^(UND_ERR|E[A-Z]+$|HPE_|Z_)/.test(code);
  return thrown instanceof TypeError && (thrown.cause !== undefined || /fetch failed|terminated/.test(thrown.message));
}

/** What a thrown thing means to the caller. Whoever ended the call gave the reason on the signal. */
function explain(thrown: unknown, scope: CallScope): CastellanError {
  if (scope.signal.aborted) {
    const reason: unknown = scope.signal.reason;
    if (reason instanceof CastellanError) return reason;
    return new CastellanError({ code: 'cancelled', message: 'The call was cancelled.', cause: reason });
  }
  if (thrown instanceof CastellanError) return thrown;
  if (thrown instanceof BrokenCircuitError) {
    return new CastellanError({
      code: 'platform_unavailable',
      message: 'The platform failed many times in a row, so Castellan leaves it alone for a moment.',
      hint: 'Call again in 10 s.',
      retry: { again: true, afterMs: breakerOpenMs },
      cause: thrown,
    });
  }
  if (!isNetworkFailure(thrown)) return toCastellanError(thrown);
  const slow = thrown instanceof Error && thrown.name === 'TimeoutError';
  return new CastellanError({
    code: 'platform_unavailable',
    message: slow
      ? 'The platform did not answer in time.'
      : 'The platform could not be reached, or cut the connection.',
    hint: 'Try again; `castellan doctor` tells whether the address, the network and the credential are right.',
    retry: { again: true, afterMs: 0 },
    detail: thrown instanceof Error ? String(thrown.cause ?? thrown) : String(thrown),
    cause: thrown,
  });
}

/** It is shown and written down as it is: an id, and no text that somebody put in its place. */
function checkId(given: string | undefined): string | undefined {
  return given !== undefined && /^[\w./:@+=~-]{1,200}$/.test(given) ? given : undefined;
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  const done = Promise.withResolvers<void>();
  const timer = setTimeout(done.resolve, ms);
  const stop = () => done.resolve();
  signal.addEventListener('abort', stop, { once: true });
  await done.promise;
  clearTimeout(timer);
  signal.removeEventListener('abort', stop);
}
