// The web server on its address: limits on time, and an end that waits for calls under way.

import { createServer, type Server } from 'node:http';
import type { Socket } from 'node:net';
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
  const server = createServer(
    {
      headersTimeout: headersTimeoutMs,
      requestTimeout: requestTimeoutMs,
      connectionsCheckingInterval: 1_000,
      keepAliveTimeout: 65_000,
    },
    (request, response) => {
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
    socket.once('close', () => sockets.delete(socket));
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
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      drain();
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
