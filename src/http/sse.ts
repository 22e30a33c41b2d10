// The HTTP+SSE transport of MCP 2024-11-05, which later protocols deprecated, for clients that know no other: one stream for
// all that the server says, and POSTs for what the client says. Each stands and falls with its stream, at this replica.

import type { ServerResponse } from 'node:http';
import { type AuthInfo, isJSONRPCNotification, isJSONRPCRequest, type Server } from '@modelcontextprotocol/server';
import type { SSEServerTransport } from '@modelcontextprotocol/server-legacy/sse';
import type { ServerFactory } from '../mcp/server.ts';

interface Stream {
  readonly transport: SSEServerTransport;
  readonly server: Server;
  readonly response: ServerResponse;
  /** Who opened it, and who alone may speak on it. */
  readonly caller: string;
  /** Requests without an answer so far. */
  readonly open: Set<unknown>;
}

export interface Sse {
  /** Answers with a stream. */
  readonly open: (response: ServerResponse, request: Request, caller: string, authInfo?: AuthInfo) => Promise<void>;
  readonly receive: (
    id: string | undefined,
    request: Request,
    body: unknown,
    caller: string,
    authInfo?: AuthInfo,
  ) => Promise<Response>;
  /** Ends the streams on which nothing is awaited, and the others when it is out. */
  readonly drain: () => void;
  readonly close: () => Promise<void>;
}

export interface SseOptions {
  readonly factory: ServerFactory;
  /** More than this, and the oldest is ended. */
  readonly max: number;
  readonly maxOfCaller: number;
}

const path = '/messages';
const keepAliveMs = 15_000;
/** A reader that leaves so much lying is cut off, bytes. */
const maxUnreadBytes = 8 * 2 ** 20;
/** Requests that one stream may have open at a time. */
const maxOpen = 64;

export function createSse({ factory, max, maxOfCaller }: SseOptions): Sse {
  const streams = new Map<string, Stream>();
  let draining = false;

  function keep(id: string, stream: Stream): void {
    streams.set(id, stream);
    const own = [...streams].filter(([, { caller }]) => caller === stream.caller);
    // One caller's must not end all others'.
    const oldest = own.length > maxOfCaller ? own[0]?.[1] : [...streams.values()][0];
    if (own.length > maxOfCaller || streams.size > max) oldest?.response.destroy();
  }

  /** Counts what is open, and lets nothing pile up before a reader that does not read. */
  function watch(stream: Stream): void {
    const { transport, response } = stream;
    const send = transport.send.bind(transport);
    transport.send = async (message, options) => {
      await send(message, options);
      if (response.writableLength > maxUnreadBytes) response.destroy();
      if (!('result' in message || 'error' in message)) return;
      stream.open.delete(message.id);
      if (draining && stream.open.size === 0) response.end();
    };
  }

  return {
    async open(response, request, caller, authInfo) {
      const { SSEServerTransport } = await import('@modelcontextprotocol/server-legacy/sse');
      const transport = new SSEServerTransport(path, response);
      const server = factory({ era: 'legacy', requestInfo: request, ...(authInfo && { authInfo }) });
      const stream: Stream = { transport, server, response, caller, open: new Set() };
      keep(transport.sessionId, stream);
      response.setHeader('x-accel-buffering', 'no');
      await server.connect(transport as unknown as Parameters<Server['connect']>[0]);
      watch(stream);
      const timer = setInterval(() => response.write(': keepalive\n\n'), keepAliveMs).unref();
      response.once('close', () => {
        clearInterval(timer);
        streams.delete(transport.sessionId);
        void server.close().catch(() => {});
      });
    },

    async receive(id, request, body, caller, authInfo) {
      const stream = id === undefined ? undefined : streams.get(id);
      // Somebody else's is none, and looks like none.
      if (!stream || stream.caller !== caller) return say(404, 'There is no such session (any more); open /sse again.');
      const asked = isJSONRPCRequest(body) ? body.id : undefined;
      if (asked !== undefined && stream.open.size >= maxOpen) {
        return say(429, 'Too many requests are open on this session.');
      }
      if (asked !== undefined) stream.open.add(asked);
      try {
        await stream.transport.handleMessage(body, { request, ...(authInfo && { authInfo }) });
      } catch {
        return say(400, 'This is no message of JSON-RPC.');
      }
      // What was given up is not answered.
      if (isJSONRPCNotification(body) && body.method === 'notifications/cancelled') {
        stream.open.delete(body.params?.requestId);
      }
      return new Response('Accepted', { status: 202 });
    },

    drain() {
      draining = true;
      for (const { open, response } of streams.values()) if (open.size === 0) response.end();
    },

    async close() {
      await Promise.all([...streams.values()].map(({ server }) => server.close().catch(() => {})));
      streams.clear();
    },
  };
}

function say(status: number, text: string): Response {
  return new Response(`${text}\n`, { status });
}
