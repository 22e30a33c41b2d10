// Sessions of 2025-era clients over HTTP: without one, such a client could never be asked anything in the middle of a
// call, nor hear of a change. Clients of protocol 2026-07-28 need none, and 2025-era requests without one are served
// statelessly elsewhere.

import { randomUUID } from 'node:crypto';
import {
  type AuthInfo,
  isInitializeRequest,
  isLegacyRequest,
  type Server,
  WebStandardStreamableHTTPServerTransport,
} from '@modelcontextprotocol/server';
import { callerOf } from '../mcp/call.ts';
import type { ServerFactory } from '../mcp/server.ts';

interface Session {
  readonly transport: WebStandardStreamableHTTPServerTransport;
  readonly server: Server;
  /** Who opened it, and who alone may use it. */
  readonly caller: string;
  lastUsed: number;
}

export interface Sessions {
  /** Whether a request opens a session or belongs to one. */
  readonly concerns: (request: Request, body: unknown) => Promise<boolean>;
  readonly handle: (request: Request, body: unknown, authInfo?: AuthInfo) => Promise<Response>;
  /** Ends the streams on which nothing is awaited; calls under way go on. */
  readonly drain: () => void;
  readonly close: () => Promise<void>;
}

export interface SessionOptions {
  readonly factory: ServerFactory;
  readonly now: () => number;
  /** More than this, and the one that was longest unused is ended: clients open a new one then. */
  readonly max: number;
  /** The same for the sessions of one caller. */
  readonly maxOfCaller: number;
  readonly idleMs: number;
}

const header = 'mcp-session-id';

export function createSessions({ factory, now, max, maxOfCaller, idleMs }: SessionOptions): Sessions {
  /** In order of last use, the longest unused first. */
  const sessions = new Map<string, Session>();
  const sweep = setInterval(endIdle, Math.max(1_000, idleMs / 10)).unref();

  async function open(request: Request, body: unknown, authInfo?: AuthInfo): Promise<Response> {
    const caller = callerOf(authInfo).id;
    const known = authInfo && { authInfo };
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => keep(id, { transport, server, caller, lastUsed: now() }),
    });
    const server = factory({ era: 'legacy', requestInfo: request, ...known });
    transport.onclose = () => void (transport.sessionId && sessions.delete(transport.sessionId));
    await server.connect(transport);
    return transport.handleRequest(request, { parsedBody: body, ...known });
  }

  function keep(id: string, session: Session): void {
    sessions.set(id, session);
    const own = [...sessions].filter(([, { caller }]) => caller === session.caller);
    // One caller's must not end all others'.
    const oldest = own.length > maxOfCaller ? own[0]?.[0] : sessions.keys().next().value;
    if ((own.length > maxOfCaller || sessions.size > max) && oldest !== undefined) end(oldest);
  }

  function end(id: string): void {
    const session = sessions.get(id);
    sessions.delete(id);
    void session?.server.close().catch(() => {});
  }

  function endIdle(): void {
    for (const [id, session] of sessions) if (session.lastUsed + idleMs < now()) end(id);
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
      const session = sessions.get(id);
      // Somebody else's is none, and looks like none: an id that was overheard opens nothing.
      if (!session || session.caller !== callerOf(authInfo).id) {
        // MCP 2025-11-25, basic/transports: 404 makes the client begin anew.
        const error = { code: -32001, message: 'There is no such session (any more); initialize again.' };
        return Response.json({ jsonrpc: '2.0', error, id: null }, { status: 404 });
      }
      session.lastUsed = now();
      sessions.delete(id);
      sessions.set(id, session);
      return session.transport.handleRequest(request, {
        ...(body !== undefined && { parsedBody: body }),
        ...(authInfo && { authInfo }),
      });
    },

    drain() {
      for (const { transport } of sessions.values()) transport.closeStandaloneSSEStream();
    },

    async close() {
      clearInterval(sweep);
      await Promise.all([...sessions.values()].map(({ server }) => server.close().catch(() => {})));
      sessions.clear();
    },
  };
}
