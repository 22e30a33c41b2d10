// Sessions of 2025-era clients over HTTP: without one, such a client could never be asked anything in the middle of a
// call. Clients of protocol 2026-07-28 need none, and 2025-era requests without one are served statelessly elsewhere.
// No replica owns a session: each that is asked serves it from what the store tells, and works off what it took on itself.

import { randomUUID } from 'node:crypto';
import {
  type AuthInfo,
  isInitializeRequest,
  isJSONRPCRequest,
  isLegacyRequest,
  type Server,
  WebStandardStreamableHTTPServerTransport,
} from '@modelcontextprotocol/server';
import { callerOf } from '../mcp/call.ts';
import type { ServerFactory } from '../mcp/server.ts';
import { createEventLog } from '../stores/events.ts';
import type { Seal } from '../stores/seal.ts';
import type { Store } from '../stores/store.ts';
import { gatherAnswer } from './gather.ts';
import { createReplica } from './replica.ts';
import { createMail } from './session-mail.ts';
import { createRecords, type SessionRecord } from './session-records.ts';
import { createResuming, createWaking } from './session-resume.ts';
import { createStreams, type Posted, type SessionStreams } from './session-streams.ts';

interface Session {
  readonly transport: WebStandardStreamableHTTPServerTransport;
  readonly server: Server;
  readonly record: SessionRecord;
  readonly streams: SessionStreams;
  readonly awaitCancel: (request: Posted) => void;
  lastUsed: number;
  /** When the store was last asked whether it still is. */
  lastLooked: number;
}

export interface Sessions {
  /** Whether a request opens a session or belongs to one. */
  readonly concerns: (request: Request, body: unknown) => Promise<boolean>;
  /** Rejects with `store_unavailable` where what must be known of the session cannot be. */
  readonly handle: (request: Request, body: unknown, authInfo?: AuthInfo) => Promise<Response>;
  /** Ends the streams on which nothing is awaited; calls under way go on. */
  readonly drain: () => void;
  readonly close: () => Promise<void>;
}

/** Where sessions are kept. */
export interface SessionState {
  readonly store: Store;
  /** Without it what is kept lies open, as only a process's own memory allows. */
  readonly seal?: Pick<Seal, 'keys'> | undefined;
  /** Whether other processes can have part in it. */
  readonly shared: boolean;
}

export interface SessionOptions {
  readonly factory: ServerFactory;
  readonly state: SessionState;
  readonly now: () => number;
  /** More than this, and the one that was longest unused is ended: clients open a new one then. */
  readonly max: number;
  /** The same for the sessions of one caller. */
  readonly maxOfCaller: number;
  readonly idleMs: number;
  readonly say: (text: string) => void;
}

const header = 'mcp-session-id';
/** So long a session that was ended elsewhere may still be served, milliseconds. */
const lookMs = 2_000;
/** A replica that gave no sign for so long is dead, and what it worked on is lost; milliseconds. */
const replicaLifeMs = 3_000;
/** Longer than any call with its question takes, milliseconds. */
const keepEventsMs = 20 * 60_000;
const maxInitializeBytes = 16 * 1024;
/** What is answered at once and may be asked again need not be kept. */
const fleeting = new Set(['initialize', 'ping', 'tools/list', 'prompts/list', 'resources/list']);
/** After a break a client comes back in so many milliseconds. */
const retryInterval = 500;

export function createSessions(options: SessionOptions): Sessions {
  const { factory, now, max, maxOfCaller, idleMs, say } = options;
  const { store, seal, shared } = options.state;
  const replica = createReplica({ store, lifeMs: replicaLifeMs });
  const records = createRecords({ store, seal, idleMs });
  const log = createEventLog({ store, seal, keepMs: keepEventsMs });
  const waking = createWaking();
  const streams = createStreams({ log, replica, say, wake: waking.wake });
  const resuming = createResuming({ log, replica, waking, runs: streams.runs });
  const mail = createMail({ store, seal, replica, shared });
  /** Those that were used here, in order of last use, the longest unused first. */
  const sessions = new Map<string, Session>();
  const joining = new Map<string, Promise<Session | undefined>>();
  const sweep = setInterval(forgetIdle, Math.max(1_000, idleMs / 10)).unref();

  async function make(id: string, record: SessionRecord, request: Request, authInfo?: AuthInfo): Promise<Session> {
    const own = streams.open(id);
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: () => id,
      eventStore: own.eventStore,
      retryInterval,
      onsessionclosed: () => records.end(id),
    });
    const server = factory({ era: 'legacy', requestInfo: request, ...(authInfo && { authInfo }) });
    await server.connect(transport);
    const { awaitCancel, end } = mail.attend(id, transport, own.giveUp);
    const closed = transport.onclose;
    transport.onclose = () => {
      closed?.();
      end();
      void own.close();
      if (sessions.get(id)?.transport === transport) sessions.delete(id);
    };
    return {
      transport,
      server,
      record,
      streams: own,
      awaitCancel: (request) => awaitCancel(request.id, () => own.answers(request.id)),
      lastUsed: now(),
      lastLooked: now(),
    };
  }

  async function open(request: Request, body: unknown, authInfo?: AuthInfo): Promise<Response> {
    if (JSON.stringify(body).length > maxInitializeBytes) {
      return failure(413, -32600, `A client introduces itself in ${maxInitializeBytes} bytes at most.`);
    }
    const id = randomUUID();
    const record = { caller: callerOf(authInfo).id, initialize: body };
    const session = await make(id, record, request, authInfo);
    await records.write(id, record);
    const response = await session.transport.handleRequest(request, known(body, authInfo));
    if (response.ok) await keep(id, session);
    else await records.end(id);
    return response;
  }

  /** One that another replica opened, or this one before it was idle: it is introduced to the same client again. */
  async function join(id: string, request: Request, authInfo?: AuthInfo): Promise<Session | undefined> {
    const record = await records.read(id);
    if (!record || record === 'ended' || record.caller !== callerOf(authInfo).id) return undefined;
    const session = await make(id, record, request, authInfo);
    const headers = { accept: 'application/json, text/event-stream', 'content-type': 'application/json' };
    const introduction = new Request(request.url, { method: 'POST', headers });
    const response = await session.transport.handleRequest(introduction, known(record.initialize, authInfo));
    await response.text();
    await keep(id, session);
    return session;
  }

  async function find(id: string, request: Request, authInfo?: AuthInfo): Promise<Session | undefined> {
    const there = sessions.get(id);
    if (there && now() - there.lastLooked > lookMs) {
      there.lastLooked = now();
      // A session that is known here goes on while the store is away, and after it lost what it held.
      const record = await records.read(id).catch(() => undefined);
      if (record === 'ended') forget(id);
      else await records.write(id, there.record).catch(() => {});
    }
    const session = sessions.get(id) ?? (await joinOnce(id, request, authInfo));
    // Somebody else's is none, and looks like none: an id that was overheard opens nothing.
    if (!session || session.record.caller !== callerOf(authInfo).id) return undefined;
    session.lastUsed = now();
    sessions.delete(id);
    sessions.set(id, session);
    return session;
  }

  async function joinOnce(id: string, request: Request, authInfo?: AuthInfo): Promise<Session | undefined> {
    if (!/^[\da-f-]{36}$/.test(id)) return undefined;
    // Not together with somebody else's, who must not have it.
    const key = `${id} ${callerOf(authInfo).id}`;
    const under = joining.get(key) ?? join(id, request, authInfo).finally(() => joining.delete(key));
    joining.set(key, under);
    return under;
  }

  async function keep(id: string, session: Session): Promise<void> {
    sessions.set(id, session);
    const own = [...sessions].filter(([, { record }]) => record.caller === session.record.caller);
    // One caller's must not end all others'.
    const oldest = own.length > maxOfCaller ? own[0]?.[0] : sessions.keys().next().value;
    if ((own.length <= maxOfCaller && sessions.size <= max) || oldest === undefined) return;
    forget(oldest);
    await records.end(oldest).catch(() => {});
  }

  /** Here; the store still knows it. */
  function forget(id: string): void {
    const session = sessions.get(id);
    sessions.delete(id);
    void session?.server.close().catch(() => {});
  }

  function forgetIdle(): void {
    for (const [id, session] of sessions) if (session.lastUsed + idleMs < now()) forget(id);
  }

  async function resume(id: string, request: Request): Promise<Response | undefined> {
    const lastEventId = request.method === 'GET' ? request.headers.get('last-event-id') : null;
    if (lastEventId === null || lastEventId === '') return undefined;
    const stream = await resuming.resume(id, lastEventId);
    if (!stream) return failure(400, -32600, 'Nothing is kept of the stream of this Last-Event-ID (any more).');
    const headers = { 'content-type': 'text/event-stream', 'cache-control': 'no-cache, no-transform', [header]: id };
    return new Response(stream, { headers: { ...headers, 'x-accel-buffering': 'no' } });
  }

  return {
    async concerns(request, body) {
      if (request.headers.get(header) === null && !isInitializeRequest(body)) return false;
      // A 2026-07-28 request is complete in itself, whatever header stands beside it.
      return request.method !== 'POST' || isLegacyRequest(request, body);
    },

    async handle(request, body, authInfo) {
      const id = request.headers.get(header);
      if (id === null) return open(request, body, authInfo);
      const session = await find(id, request, authInfo);
      // MCP 2025-11-25, basic/transports: 404 makes the client begin anew.
      if (!session) return failure(404, -32001, 'There is no such session (any more); initialize again.');
      const resumed = await resume(id, request);
      if (resumed) return resumed;
      const { transport, streams: own } = session;
      if (body === undefined) return transport.handleRequest(request, known(undefined, authInfo));
      const messages = Array.isArray(body) ? body : [body];
      const ours = await mail.sort(id, messages, own.answers);
      if (ours.length === 0 && messages.length > 0) return new Response(null, { status: 202 });
      const posted: Posted[] = ours.filter((message) => isJSONRPCRequest(message));
      const requests = posted.some(({ method }) => !fleeting.has(method)) ? posted : [];
      const toHandle = known(Array.isArray(body) ? ours : body, authInfo);
      const response = await own.post(requests, () => transport.handleRequest(request, toHandle));
      for (const { id, method } of requests) if (own.answers(id)) session.awaitCancel({ id, method });
      return posted.length > 0 ? gatherAnswer(response) : response;
    },

    drain() {
      for (const { transport } of sessions.values()) transport.closeStandaloneSSEStream();
      resuming.drain();
    },

    async close() {
      clearInterval(sweep);
      const left = [...sessions.values()];
      // First, so that whoever comes back elsewhere does not wait.
      await Promise.all(left.map(({ streams }) => streams.close()));
      await Promise.all(left.map(({ server }) => server.close().catch(() => {})));
      sessions.clear();
      mail.close();
      // What was not answered is answered by others from now on.
      await replica.leave();
    },
  };
}

function known(parsedBody: unknown, authInfo: AuthInfo | undefined) {
  return { ...(parsedBody !== undefined && { parsedBody }), ...(authInfo && { authInfo }) };
}

function failure(status: number, code: number, message: string): Response {
  return Response.json({ jsonrpc: '2.0', error: { code, message }, id: null }, { status });
}
