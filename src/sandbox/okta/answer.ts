// What goes in and out of the simulated Okta, apart from any server: a call and an answer.

export interface OktaCall {
  method: string;
  url: URL;
  /** Lower-case names. */
  headers: Readonly<Record<string, string | undefined>>;
  body: string;
}

export interface OktaAnswer {
  status: number;
  headers: Record<string, string | string[]>;
  body: string;
  /** What the server must do to the socket, beyond answering. */
  socket?: 'destroy-before' | 'destroy-midway' | 'cut';
}

export function json(value: unknown, headers: Record<string, string | string[]> = {}, status = 200): OktaAnswer {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(value) };
}

export function empty(status = 204): OktaAnswer {
  return { status, headers: {}, body: '' };
}

export function toTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}.000Z`;
}
