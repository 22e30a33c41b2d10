// The web server on its address: limits on time, and an end that waits for calls under way.

import { createServer, type Server, type ServerResponse } from 'node:http';
import { Server as NetServer, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { getRequestListener } from '@hono/node-server';
import { createHttpApp, type HttpOptions } from './app.ts';

export interface Listener {
  /** Where it listens, with the port that was given. */
  readonly url: string;
  /** Takes no more requests, lets those under way end (10 s at most) and closes. */
  readonly close: () => Promise<void>;
}

/** Node checks every second; a request that is not whole by then is closed (RFC 9110 §15.5.9). */
const headersTimeoutMs = 8_000;
const requestTimeoutMs = 12_000;
const closingMs = 10_000;
/** So long before the end no answer keeps its connection: what is on its way by then arrives at one that listens. */
const partingMs = 100;
/** An answer of which nothing is taken for so long is given up, and its connection with it. */
const stalledMs = 15_000;

export interface Address {
  readonly host: string;
  readonly port: number;
}

/**
 * @param make is told where the server listens, and says what it answers; who comes before that waits
 * @throws when the address cannot be listened on, and what `make` throws.
 */
export async function listen(
  at: Address,
  make: (url: string) => HttpOptions | Promise<HttpOptions>,
): Promise<Listener> {
  const made = Promise.withResolvers<ReturnType<typeof getRequestListener>>();
  made.promise.catch(() => {});
  let answer: ReturnType<typeof getRequestListener> | undefined;
  let closing = false;
  /** What each connection is answered, or was. */
  const last = new Map<Socket, ServerResponse>();
  const server = createServer(
    {
      headersTimeout: headersTimeoutMs,
      requestTimeout: requestTimeoutMs,
      connectionsCheckingInterval: 1_000,
      keepAliveTimeout: 65_000,
    },
    (request, response) => {
      if (closing) response.shouldKeepAlive = false;
      else last.set(request.socket, response);
      if (answer) return void answer(request, response);
      made.promise.then(
        (first) => first(request, response),
        () => response.destroy(),
      );
    },
  );
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => {
      sockets.delete(socket);
      last.delete(socket);
    });
  });
  // A timeout is that nothing moved in either direction. Who waits for an answer is left in peace.
  server.setTimeout(stalledMs, (socket: Socket) => {
    // Taken back from the system too, which else would go on trying.
    if (socket.writableLength > 0) socket.resetAndDestroy();
    else if (last.get(socket)?.writableFinished !== false) socket.destroy();
  });
  await opened(server, at);
  const url = urlOf(server, at);
  const { app, drain, close } = await Promise.resolve(url)
    .then(make)
    .then(createHttpApp)
    .catch((error: unknown) => {
      made.reject(error);
      server.close();
      server.closeAllConnections();
      throw error;
    });
  answer = getRequestListener(app.fetch as Parameters<typeof getRequestListener>[0], {
    errorHandler: () => new Response(null, { status: 400 }),
  });
  made.resolve(answer);
  return {
    url,
    async close() {
      closing = true;
      for (const response of last.values()) if (!response.headersSent) response.shouldKeepAlive = false;
      // Who waited to be taken in when the end was asked for still is.
      await new Promise(setImmediate);
      // The web server's own `close` would cut off at once whoever is not asking, though their next request be on its way.
      const closed = new Promise<void>((resolve) => NetServer.prototype.close.call(server, () => resolve()));
      drain();
      if (sockets.size > 0) await Promise.race([closed, wait(partingMs)]);
      const timer = setTimeout(() => server.closeAllConnections(), closingMs);
      // A connection whose last answer is out would be kept open for a next request; one that never asked is not idle to Node.
      const sweep = setInterval(() => {
        server.closeIdleConnections();
        for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
      }, 50);
      await closed;
      await close();
      clearInterval(sweep);
      clearTimeout(timer);
    },
  };
}

function urlOf(server: Server, at: Address): string {
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : at.port;
  return `http://${at.host.includes(':') ? `[${at.host}]` : at.host}:${port}`;
}

function opened(server: Server, { host, port }: Address): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, backlog: 1024 }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
