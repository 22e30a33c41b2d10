// A model that says what a test wants, behind a real HTTP server in the words of one wire protocol. What it was asked is kept.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Dialect, Heard, Said } from './model-dialects.ts';

export type Reply =
  | Said
  /** An answer of another status; `body` is JSON, or text as it is. */
  | { readonly status: number; readonly body: unknown; readonly headers?: Readonly<Record<string, string>> }
  /** The stream as it is. */
  | { readonly raw: string; readonly type?: string }
  /** The connection is cut after the first events of an answer, or the stream just ends there. */
  | { readonly cut: Said; readonly after: number; readonly end?: boolean }
  /** Says this, and then nothing more. */
  | { readonly hang: Said; readonly after: number };

export interface ModelRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  // biome-ignore lint/suspicious/noExplicitAny: JSON of four vendors
  readonly body: any;
  readonly heard: Heard;
}

export interface ModelServer {
  readonly url: string;
  readonly requests: readonly ModelRequest[];
  /** What is answered next, one reply for each request; a function is asked when it comes. */
  readonly script: (...replies: readonly (Reply | ((heard: Heard) => Reply))[]) => void;
  /** Requests whose connection was closed before they were answered. */
  readonly abandoned: () => number;
  readonly close: () => Promise<void>;
}

export async function startModel(
  dialect: Dialect,
  /** Answers what is no request to the model. */
  other?: (request: IncomingMessage, body: string, response: ServerResponse) => boolean,
): Promise<ModelServer> {
  const requests: ModelRequest[] = [];
  let replies: (Reply | ((heard: Heard) => Reply))[] = [];
  let abandoned = 0;
  let turn = 0;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString('utf8');
    if (other?.(request, text, response)) return;
    response.on('close', () => {
      if (!response.writableFinished) abandoned++;
    });
    const body = JSON.parse(text === '' ? '{}' : text);
    const heard = dialect.read(body);
    requests.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body, heard });
    const next = replies.shift();
    answer(response, typeof next === 'function' ? next(heard) : next);
  });

  function answer(response: ServerResponse, reply: Reply | undefined): void {
    if (!reply) {
      response.writeHead(500, { 'content-type': 'application/json' });
      response.end(JSON.stringify(dialect.fail('the script has ended', 'server_error')));
      return;
    }
    if ('status' in reply) {
      const json = typeof reply.body !== 'string';
      response.writeHead(reply.status, { 'content-type': json ? 'application/json' : 'text/html', ...reply.headers });
      response.end(json ? JSON.stringify(reply.body) : reply.body);
      return;
    }
    const type = ('raw' in reply && reply.type) || 'text/event-stream';
    response.writeHead(200, { 'content-type': type });
    turn++;
    if ('raw' in reply) response.end(reply.raw);
    else if ('cut' in reply) {
      const sent = dialect.write(reply.cut, turn).slice(0, reply.after).join('');
      if (reply.end) response.end(sent);
      else response.write(sent, () => response.destroy());
    } else if ('hang' in reply) response.write(dialect.write(reply.hang, turn).slice(0, reply.after).join(''));
    else response.end(dialect.write(reply, turn).join(''));
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    script: (...given) => {
      replies = [...replies, ...given];
    },
    abandoned: () => abandoned,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
