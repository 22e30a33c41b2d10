// HTTP as bytes on a socket: what a well-behaved client library would never send, and what comes back for it.

import { connect, type Socket } from 'node:net';

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What came back: an answer, or that the server closed the connection without one. */
export type Reply = { readonly answer: RawAnswer; readonly closes: boolean } | 'closed';

export interface RawConnection {
  readonly socket: Socket;
  /** Sends and waits for the next answer. `head`: the answer to HEAD has no body. */
  readonly exchange: (bytes: Buffer | string, options?: { head?: boolean; timeoutMs?: number }) => Promise<Reply>;
  /** What was received and belongs to no answer yet. */
  readonly rest: () => Buffer;
  readonly closed: Promise<void>;
  readonly isOpen: () => boolean;
  readonly close: () => void;
}

export class NoAnswer extends Error {}

export async function openRaw(port: number, host = '127.0.0.1'): Promise<RawConnection> {
  const socket = connect({ port, host, noDelay: true });
  let received: Buffer = Buffer.alloc(0);
  let open = true;
  let wake = () => {};
  socket.on('data', (chunk: Buffer) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
    wake();
  });
  // A reset is a way to close; what it means is for the caller to say.
  socket.on('error', () => {});
  const closed = new Promise<void>((resolve) => {
    const end = () => {
      open = false;
      wake();
      resolve();
    };
    socket.once('close', end).once('end', end);
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve).once('error', reject);
  });

  async function next(head: boolean, timeoutMs: number): Promise<Reply> {
    const until = performance.now() + timeoutMs;
    for (;;) {
      const found = readAnswer(received, head, !open);
      if (found) {
        received = received.subarray(found.length);
        // 1xx: something more is to come (RFC 9110 §15.2).
        if (found.answer.status < 200) continue;
        return { answer: found.answer, closes: found.closes };
      }
      if (!open) return 'closed';
      const left = until - performance.now();
      if (left <= 0) throw new NoAnswer(`no answer within ${timeoutMs} ms; so far ${JSON.stringify(String(received))}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  return {
    socket,
    exchange(bytes, { head = false, timeoutMs = 10_000 } = {}) {
      if (open) socket.write(bytes);
      return next(head, timeoutMs);
    },
    rest: () => received,
    closed,
    isOpen: () => open,
    close: () => void socket.destroy(),
  };
}

function readAnswer(received: Buffer, head: boolean, ended: boolean) {
  const end = received.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const [first = '', ...lines] = received.subarray(0, end).toString('latin1').split('\r\n');
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(first)?.[1]);
  if (!status) throw new Error(`no HTTP answer: ${JSON.stringify(first)}`);
  const headers: Record<string, string> = {};
  for (const line of lines)
    headers[line.slice(0, line.indexOf(':')).toLowerCase()] = line.slice(line.indexOf(':') + 1).trim();
  const start = end + 4;
  const body = bodyOf(
    received.subarray(start),
    headers,
    head || status < 200 || status === 204 || status === 304,
    ended,
  );
  if (!body) return undefined;
  const closes = /close/i.test(headers.connection ?? '') || body.untilClose;
  return { answer: { status, headers, body: body.text }, length: start + body.length, closes };
}

function bodyOf(bytes: Buffer, headers: Record<string, string>, none: boolean, ended: boolean) {
  if (none) return { text: '', length: 0, untilClose: false };
  if (headers['transfer-encoding'] === 'chunked') return readChunks(bytes);
  const announced = headers['content-length'];
  if (announced === undefined)
    return ended ? { text: bytes.toString('utf8'), length: bytes.length, untilClose: true } : undefined;
  const length = Number(announced);
  return bytes.length < length ? undefined : { text: bytes.toString('utf8', 0, length), length, untilClose: false };
}

function readChunks(bytes: Buffer) {
  const parts: Buffer[] = [];
  let place = 0;
  for (;;) {
    const line = bytes.indexOf('\r\n', place);
    if (line < 0) return undefined;
    const size = Number.parseInt(bytes.toString('latin1', place, line), 16);
    const start = line + 2;
    if (bytes.length < start + size + 2) return undefined;
    if (size === 0) return { text: Buffer.concat(parts).toString('utf8'), length: start + 2, untilClose: false };
    parts.push(bytes.subarray(start, start + size));
    place = start + size + 2;
  }
}

/** A request as bytes. Nothing is added to what is given but the length of the body, unless `framing` says otherwise. */
export function writeRequest(request: {
  readonly method?: string;
  readonly path?: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body?: Buffer | string;
}): Buffer {
  const { method = 'POST', path = '/mcp', headers, body } = request;
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  const head = Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines}\r\n`, 'latin1');
  return body === undefined ? head : Buffer.concat([head, Buffer.from(body)]);
}
