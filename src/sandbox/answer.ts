// What goes in and out of a simulated service, apart from any server: a call and an answer.

export interface Call {
  method: string;
  url: URL;
  /** Path and query as they came over the wire: a URL writes some characters anew. */
  target?: string;
  /** Lower-case names. */
  headers: Readonly<Record<string, string | undefined>>;
  body: string;
}

export interface Answer {
  status: number;
  headers: Record<string, string | string[]>;
  body: string;
  /** What the server must do to the socket, beyond answering. */
  socket?: 'destroy-before' | 'destroy-midway' | 'cut';
}

export function json(value: unknown, headers: Record<string, string | string[]> = {}, status = 200): Answer {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(value) };
}

export function empty(status = 204): Answer {
  return { status, headers: {}, body: '' };
}
