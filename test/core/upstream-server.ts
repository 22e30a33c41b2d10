// A small upstream on a real socket, and a way to ask it, for the tests of what stands between.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createRateBudget, type RateBudget } from '../../src/core/budget.ts';
import { CastellanError } from '../../src/core/errors.ts';
import { type Dialect, rateLimited, type UpstreamRequest } from '../../src/core/exchange.ts';
import { type CallScope, createUpstream, type UpstreamOptions } from '../../src/core/upstream.ts';

export type Handler = (request: IncomingMessage, response: ServerResponse, number: number) => void;

export interface TestServer {
  readonly origin: URL;
  readonly seen: { readonly method: string; readonly url: string; readonly authorization: string | undefined }[];
  handler: Handler;
  readonly close: () => Promise<void>;
}

export async function openServer(handler: Handler = answerJson({ ok: true })): Promise<TestServer> {
  const seen: TestServer['seen'] = [];
  const server = createServer((request, response) => {
    seen.push({ method: request.method ?? '', url: request.url ?? '', authorization: request.headers.authorization });
    request.resume();
    opened.handler(request, response, seen.length);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const opened: TestServer = {
    origin: new URL(`http://127.0.0.1:${port}`),
    seen,
    handler,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return opened;
}

export function answerJson(body: unknown, status = 200, headers: Record<string, string> = {}): Handler {
  return (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  };
}

/** A vendor with the simplest of manners. */
export const plainDialect: Dialect = {
  requestId: (headers) => headers.get('x-request-id') ?? undefined,
  allowance(headers, now) {
    const limit = Number(headers.get('x-limit') ?? 0);
    if (limit === 0) return undefined;
    const remaining = Number(headers.get('x-remaining'));
    return { limit, remaining, resetAt: now + Number(headers.get('x-reset-ms')) };
  },
  toError({ status, headers, requestId }) {
    if (status === 429) return rateLimited(Number(headers.get('x-reset-ms') ?? 50), requestId);
    const code = status >= 500 ? 'platform_unavailable' : 'refused_by_platform';
    const retry = status >= 500 ? ({ again: true, afterMs: 0 } as const) : ({ again: false } as const);
    return new CastellanError({ code, message: `status ${status}`, retry, requestId });
  },
};

export function upstreamOf(origin: URL, changes: Partial<UpstreamOptions> = {}) {
  const now = changes.now ?? Date.now;
  const budget: RateBudget = changes.budget ?? createRateBudget({ now, scope: 'test:' });
  return createUpstream({
    origin,
    fetch,
    credential: async () => ({ authorization: 'SSWS the-credential' }),
    dialect: plainDialect,
    budget,
    userAgent: 'castellan-test',
    now,
    random: () => 0,
    concurrency: 5,
    attemptTimeoutMs: 5_000,
    maxBodyBytes: 10_000,
    ...changes,
  });
}

export const get = { method: 'GET', path: ['thing'], bucket: '/thing', read: (body: unknown) => body } as const;

export function requestOf(changes: Partial<UpstreamRequest> = {}): UpstreamRequest {
  return { ...get, ...changes };
}

/** A call that has so long, and ends as the MCP server ends one. */
export function scopeOf(ms: number, sawRequestId?: (id: string) => void): CallScope {
  const over = new AbortController();
  const end = () => over.abort(new CastellanError({ code: 'deadline_exceeded', message: 'too late' }));
  setTimeout(end, ms).unref();
  return { signal: over.signal, deadline: Date.now() + ms, ...(sawRequestId && { sawRequestId }) };
}

/** The error that a promise fails with, and how long it took to. */
export async function failureOf(promise: Promise<unknown>): Promise<{ error: CastellanError; ms: number }> {
  const started = performance.now();
  const thrown: unknown = await promise.then(
    (value) => new Error(`it did not fail: ${JSON.stringify(value)}`),
    (error: unknown) => error,
  );
  if (!(thrown instanceof CastellanError)) throw thrown;
  return { error: thrown, ms: performance.now() - started };
}
