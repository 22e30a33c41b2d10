// An answer over HTTP, as plain data: whoever makes it knows no web server.

import type { IncomingMessage, ServerResponse } from 'node:http';

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: string;
}

/** Writes it whole. */
export function writeReply(response: ServerResponse, { status, headers, body }: Reply): void {
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value as string | string[]);
  response.end(body);
}

/** Something that answers requests of its own, after the guard on Host and Origin has let them through. */
export interface Mounted {
  /** By the path alone, without the query. */
  readonly concerns: (path: string) => boolean;
  /** What pages of any origin may ask for: answered the same to everybody, or to whoever brings a secret in the request itself. */
  readonly open?: (path: string) => boolean;
  /** Answers, whatever happens. */
  readonly handle: (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;
}
