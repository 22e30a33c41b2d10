// The door of the sandbox: a plain HTTP server, which can also break a connection where a fault asks for it.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Answer, Call } from './answer.ts';

export interface Listener {
  url: string;
  close: () => Promise<void>;
}

const largestBody = 1_048_576;

export async function listen(answer: (call: Call) => Promise<Answer>, host: string, port: number): Promise<Listener> {
  const server = createServer({ keepAliveTimeout: 30_000 }, (request, response) => {
    serve(answer, request, response).catch(() => response.destroy());
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (!socket.writable) return void socket.destroy();
    const status = error.code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request';
    socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return { url: addressOf(server, host), close: () => close(server) };
}

function addressOf(server: Server, host: string): string {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('listen: the server has no TCP address');
  return `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`;
}

async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}

async function serve(
  answer: (call: Call) => Promise<Answer>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = readUrl(request);
  const body = await readBody(request);
  if (url === undefined || body === undefined) {
    response.writeHead(url === undefined ? 400 : 413, { connection: 'close' }).end();
    return;
  }
  const headers = request.headers as Record<string, string | undefined>;
  const { method = 'GET', url: target = '/' } = request;
  send(response, await answer({ method, url, target, headers, body }));
}

function readUrl(request: IncomingMessage): URL | undefined {
  try {
    return new URL(`http://${request.headers.host ?? 'localhost'}${request.url ?? '/'}`);
  } catch {
    return undefined;
  }
}

async function readBody(request: IncomingMessage): Promise<string | undefined> {
  if (request.method === 'GET' || request.method === 'HEAD') return '';
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > largestBody) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function send(response: ServerResponse, answer: Answer): void {
  if (answer.socket === 'destroy-before') {
    response.destroy();
    return;
  }
  const body = Buffer.from(answer.body);
  const length = answer.socket === 'cut' ? body.length + 1000 : body.length;
  response.writeHead(answer.status, {
    ...answer.headers,
    ...(answer.status === 204 ? {} : { 'content-length': length }),
  });
  if (answer.socket === undefined) {
    response.end(body);
    return;
  }
  // Half of the body goes out first, so that the caller has begun to read when the connection breaks.
  const sent = answer.socket === 'cut' ? body : body.subarray(0, Math.max(1, body.length >> 1));
  response.write(sent, () => setImmediate(() => response.destroy()));
}
