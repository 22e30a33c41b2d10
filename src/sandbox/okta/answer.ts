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

const days = new Map<number, string>();
const two = Array.from({ length: 60 }, (_, n) => String(n).padStart(2, '0'));

/** Okta's times are in whole seconds. A page of users has over a thousand of them, so each day is written once. */
export function toTime(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const day = Math.floor(seconds / 86_400);
  const rest = seconds - day * 86_400;
  let date = days.get(day);
  if (date === undefined) {
    date = new Date(day * 86_400_000).toISOString().slice(0, 10);
    days.set(day, date);
  }
  return `${date}T${two[Math.floor(rest / 3600)]}:${two[Math.floor(rest / 60) % 60]}:${two[rest % 60]}.000Z`;
}
