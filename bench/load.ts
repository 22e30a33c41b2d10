// A load generator that costs next to nothing: keep-alive sockets, one ready-made request in flight on each.

import { connect, type Socket } from 'node:net';

export interface LoadOptions {
  readonly url: URL;
  readonly request: Buffer;
  readonly connections: number;
  readonly ms: number;
}

/** How many answers came. Every one must be a 200, and none much shorter than the first. */
export async function load(options: LoadOptions): Promise<number> {
  const sockets = await Promise.all(Array.from({ length: options.connections }, () => open(options.url)));
  const until = performance.now() + options.ms;
  const counts = await Promise.all(sockets.map((socket) => drive(socket, options.request, until)));
  for (const socket of sockets) socket.destroy();
  return counts.reduce((sum, count) => sum + count, 0);
}

async function open(url: URL): Promise<Socket> {
  const opened = Promise.withResolvers<void>();
  const socket = connect({ host: url.hostname, port: Number(url.port), noDelay: true }, opened.resolve);
  socket.once('error', opened.reject);
  await opened.promise;
  return socket;
}

const endOfChunks = Buffer.from('0\r\n\r\n');

function drive(socket: Socket, request: Buffer, until: number): Promise<number> {
  const done = Promise.withResolvers<number>();
  let count = 0;
  let first = 0;
  let size = 0;
  /** Size of the whole answer; undefined while unknown, infinite when its end is a last chunk. */
  let whole: number | undefined;
  let head = Buffer.alloc(0);
  let tail = Buffer.alloc(0);

  socket.on('data', (chunk) => {
    if (whole === undefined) {
      head = head.length === 0 ? chunk : Buffer.concat([head, chunk]);
      whole = sizeOf(head);
    }
    size += chunk.length;
    tail = chunk.length >= endOfChunks.length ? chunk : Buffer.concat([tail, chunk]);
    if (whole === undefined) return;
    const over =
      whole === Number.POSITIVE_INFINITY ? tail.subarray(-endOfChunks.length).equals(endOfChunks) : size >= whole;
    if (over) endAnswer();
  });
  socket.on('error', done.reject);
  socket.on('close', () => done.reject(new Error('the server closed a connection under load')));

  function endAnswer(): void {
    count++;
    first ||= size;
    if (!head.subarray(0, 12).equals(ok) || size < first * 0.95) {
      done.reject(new Error(`wrong answer under load: ${head.toString('latin1').slice(0, 400)}`));
      return;
    }
    size = 0;
    whole = undefined;
    head = tail = Buffer.alloc(0);
    if (performance.now() < until) socket.write(request);
    else done.resolve(count);
  }

  socket.write(request);
  return done.promise;
}

const ok = Buffer.from('HTTP/1.1 200');

function sizeOf(bytes: Buffer): number | undefined {
  const end = bytes.indexOf('\r\n\r\n');
  if (end === -1) return undefined;
  const length = /\r\ncontent-length: (\d+)/i.exec(bytes.toString('latin1', 0, end))?.[1];
  return length === undefined ? Number.POSITIVE_INFINITY : end + 4 + Number(length);
}
