// The web server's answers: all routes in one list, and the guards in front of them.

import type { HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { createMcpHandler } from '@modelcontextprotocol/server';
import { type Context, Hono, type MiddlewareHandler } from 'hono';
import type { Door, Visitor } from '../auth/door.ts';
import { CastellanError } from '../core/errors.ts';
import { type Mounted, writeReply } from '../core/reply.ts';
import { authInfoOf, callerOf } from '../mcp/call.ts';
import type { Direct } from '../mcp/direct.ts';
import type { Narrowing } from '../mcp/gate.ts';
import type { Mcp } from '../mcp/server.ts';
import type { Log } from '../observe/log.ts';
import type { Metrics } from '../observe/metrics.ts';
import { createMemoryStore } from '../stores/memory.ts';
import { nothingHere } from './console/problems.ts';
import { checkAddress, type GuardOptions, isFromThisMachine, type Refusal, readJsonBody } from './guard.ts';
import { createSessions, type SessionState } from './sessions.ts';
import { createSse } from './sse.ts';

export interface HttpOptions extends GuardOptions {
  readonly factory: Mcp['factory'];
  readonly direct?: Mcp['direct'];
  readonly gate: Mcp['gate'];
  /** Who lets callers in, and sees what their tokens do not allow. Without it everybody who reaches the server is let in. */
  readonly signIn?: { readonly door: Door; readonly screen: Mcp['screen'] } | undefined;
  /** Where sessions of 2025-era clients are kept; in this process's memory where nothing is said. */
  readonly state?: SessionState | undefined;
  /** Whether clients of the HTTP+SSE transport are served too. */
  readonly sse?: boolean | undefined;
  /** Whether other machines may read the metrics although nobody signs in for them. */
  readonly openMetrics?: boolean;
  /** What answers for itself below paths of its own: sign-in, the broker, the console. */
  readonly mounted?: readonly Mounted[];
  readonly version: string;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Whether the server can do its work; false turns /readyz into 503. */
  readonly ready: () => Promise<boolean>;
}

type Env = { Bindings: HttpBindings; Variables: { visitor: Visitor; narrowing: Narrowing } };

const maxSessions = 1_000;
const maxSse = 200;
const sessionIdleMs = 30 * 60_000;
/** Node's own bound. */
const longestTimerMs = 2 ** 31 - 1;
/** Where nobody signs in. */
const anybody: Visitor = { caller: callerOf(), client: undefined, scopes: [], expires: Number.POSITIVE_INFINITY };

export interface HttpApp {
  readonly app: Hono<Env>;
  /** Ends the streams on which nothing is awaited. */
  readonly drain: () => void;
  readonly close: () => Promise<void>;
}

export function createHttpApp(options: HttpOptions): HttpApp {
  const handler = createMcpHandler(options.factory, {
    onerror: (error) => options.log.debug({ error: error.name }, 'request refused by the protocol layer'),
  });
  const { door, screen } = options.signIn ?? {};
  const sessions = createSessions({
    factory: options.factory,
    state: options.state ?? { store: createMemoryStore(), shared: false },
    now: Date.now,
    max: maxSessions,
    maxOfCaller: door ? maxSessions / 10 : maxSessions,
    idleMs: sessionIdleMs,
    say: (text) => options.log.warn({}, text),
  });
  const sse = options.sse
    ? createSse({ factory: options.factory, max: maxSse, maxOfCaller: door ? maxSse / 10 : maxSse })
    : undefined;
  /** Whatever stands before us may leave the path as it is, or take its own part away. */
  const mcpPaths = [...new Set(['/mcp', door?.path ?? '/mcp'])];
  const endpoints = sse ? [...mcpPaths, '/sse', '/messages'] : mcpPaths;
  const app = new Hono<Env>();
  const guards: GuardOptions = door
    ? {
        allowedHosts: [...options.allowedHosts, door.hostName],
        // Forms of our own pages say where they come from.
        allowedOrigins: [...options.allowedOrigins, door.origin],
      }
    : options;

  function answerDirectly(c: Context<Env>, body: unknown): ReturnType<Direct> {
    if (!options.direct) return undefined;
    const { incoming, outgoing } = c.env;
    const gone = new AbortController();
    const { caller } = c.var.visitor;
    const answer = options.direct({ headers: incoming.headers, body, caller, signal: gone.signal });
    // Closed before its answer was written: the caller has gone.
    if (answer) outgoing.once('close', () => outgoing.writableEnded || gone.abort());
    return answer;
  }

  /** A stream on which news is awaited is one long request: it ends with the token, and the client comes with another. */
  function endWithToken(c: Context<Env>): void {
    const left = c.var.visitor.expires - Date.now();
    if (left > longestTimerMs) return;
    const timer = setTimeout(() => c.env.outgoing.destroy(), left).unref();
    c.env.outgoing.once('close', () => clearTimeout(timer));
  }

  app.use(async (c, next) => {
    const { path } = c.req;
    const mounted = endpoints.includes(path) ? undefined : options.mounted?.find(({ concerns }) => concerns(path));
    const refusal = checkAddress(c.env.incoming, guards, mounted?.open?.(path));
    if (refusal) return refuse(c, refusal);
    if (!mounted) return next();
    await mounted.handle(c.env.incoming, c.env.outgoing);
    return RESPONSE_ALREADY_SENT;
  });
  const enter: MiddlewareHandler<Env> = async (c, next) => {
    // Before anything else of the request is read. What knows the token at once does so without waiting.
    const admission = door ? door.admit(c.env.incoming) : anybody;
    const visitor = admission instanceof Promise ? await admission : admission;
    if ('status' in visitor) return refuse(c, visitor);
    // A limit that cannot be heeded is refused, not passed over.
    const { headers } = c.env.incoming;
    const narrowing = options.gate.narrow((name) => headers[name]?.toString(), visitor.caller);
    if ('key' in narrowing) {
      c.set('visitor', visitor);
      c.set('narrowing', narrowing);
      return next();
    }
    const message = narrowing
      .slice(0, 5)
      .map(({ where, problem, todo }) => `${where}: ${problem}. ${todo}`)
      .join(' ');
    return refuse(c, { status: 400, message });
  };
  for (const path of endpoints) app.use(path, enter);

  /** What was posted needs more than its sender may do. */
  function refuseLack(c: Context<Env>, body: unknown): Promise<Response> | undefined {
    const { visitor, narrowing } = c.var;
    const needs = screen?.needs(body, narrowing) ?? [];
    if (!door || needs.length === 0) return undefined;
    const recorded = Promise.resolve(screen?.record(body, visitor.caller, narrowing));
    return recorded.then(() => refuse(c, door.lacking(visitor, needs)));
  }

  app.on('POST', mcpPaths, async (c) => {
    const body = await readJsonBody(c.env.incoming);
    if (!body.ok) return refuse(c, body.refusal);
    const lacking = refuseLack(c, body.value);
    if (lacking) return lacking;
    const { visitor } = c.var;
    const answer = answerDirectly(c, body.value);
    if (answer) return c.body(await answer, 200, { 'content-type': 'application/json' });
    const authInfo = authInfoOf(visitor.caller);
    if (listens(body.value)) endWithToken(c);
    if (await sessions.concerns(c.req.raw, body.value))
      return withoutConnection(await sessions.handle(c.req.raw, body.value, authInfo));
    const known = { parsedBody: body.value, ...(authInfo && { authInfo }) };
    return withoutConnection(await handler.fetch(c.req.raw, known));
  });
  app.on(['GET', 'DELETE'], mcpPaths, async (c) => {
    const authInfo = authInfoOf(c.var.visitor.caller);
    endWithToken(c);
    if (await sessions.concerns(c.req.raw, undefined)) return sessions.handle(c.req.raw, undefined, authInfo);
    return handler.fetch(c.req.raw, authInfo ? { authInfo } : {});
  });
  for (const path of mcpPaths) app.all(path, (c) => handler.fetch(c.req.raw));
  if (sse) {
    app.get('/sse', async (c) => {
      const { caller } = c.var.visitor;
      endWithToken(c);
      await sse.open(c.env.outgoing, c.req.raw, caller.id, authInfoOf(caller));
      return RESPONSE_ALREADY_SENT;
    });
    app.post('/messages', async (c) => {
      const body = await readJsonBody(c.env.incoming);
      if (!body.ok) return refuse(c, body.refusal);
      const lacking = refuseLack(c, body.value);
      if (lacking) return lacking;
      const { caller } = c.var.visitor;
      return sse.receive(c.req.query('sessionId'), c.req.raw, body.value, caller.id, authInfoOf(caller));
    });
  }
  for (const path of door?.metadata.paths ?? []) {
    app.get(path, (c) => c.json(door?.metadata.document ?? {}, 200, { 'cache-control': 'max-age=300' }));
  }
  app.get('/healthz', (c) => c.json({ status: 'ok', version: options.version }));
  app.get('/readyz', async (c) => {
    const ready = await options.ready();
    return c.json({ status: ready ? 'ready' : 'not ready' }, ready ? 200 : 503);
  });
  app.get('/metrics', async (c) => {
    // Whoever may not call need not know who calls what how often.
    if (door && !options.openMetrics && !isFromThisMachine(c.env.incoming)) return c.notFound();
    const { text, contentType } = await options.metrics.read();
    return c.text(text, 200, { 'content-type': contentType });
  });
  app.get('/', (c) => c.text(`Castellan ${options.version}. The MCP endpoint is ${new URL('/mcp', c.req.url).href}\n`));
  app.notFound(async (c) => {
    // Where people sign in there are pages; a browser came by a link that leads nowhere.
    if (!door || !c.req.header('accept')?.includes('text/html'))
      return c.text('There is nothing here. The MCP endpoint is /mcp.\n', 404);
    writeReply(c.env.outgoing, await nothingHere(undefined, '/', 'There is no page at this address.'));
    return RESPONSE_ALREADY_SENT;
  });
  app.onError((error, c) => {
    if (error instanceof CastellanError && error.code === 'store_unavailable') {
      const message = `${error.message} ${error.hint ?? ''}`.trim();
      return c.json(rpcError(-32603, message), 503, { 'retry-after': '2' });
    }
    options.log.error({ error: error.stack }, 'request broke');
    return c.json(rpcError(-32603, 'Castellan failed to handle this request; the log has the details.'), 500);
  });
  return {
    app,
    drain() {
      sessions.drain();
      sse?.drain();
    },
    async close() {
      await Promise.all([handler.close(), sessions.close(), sse?.close()]);
    },
  };
}

/** MCP 2026-07-28, basic/transports: the one request whose answer does not end by itself. */
function listens(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'method' in body && body.method === 'subscriptions/listen';
}

/** Streams come with `connection: keep-alive`, which would overrule a client that asked to close. It is HTTP's to say. */
function withoutConnection(response: Response): Response {
  response.headers.delete('connection');
  return response;
}

/** A refused request's rest is not waited for: the connection ends with the answer. */
function refuse(c: Context<Env>, { status, message, headers = {} }: Refusal): Response {
  return c.json(rpcError(-32600, message), status, { ...headers, connection: 'close' });
}

function rpcError(code: number, message: string) {
  return { jsonrpc: '2.0', error: { code, message }, id: null };
}
