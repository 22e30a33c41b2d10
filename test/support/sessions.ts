// A 2025-era client with a session, as bare as HTTP: it sees every event with its id, may cut a connection and come back.

import { expect } from 'vitest';

interface RawMessage {
  readonly id?: number | string;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly code: number; readonly message: string };
}

export interface RawEvent {
  readonly id: string;
  readonly data: string;
  readonly message?: RawMessage;
}

export interface RawStream {
  readonly status: number;
  /** Of the request that it answers. */
  readonly id: number;
  /** Undefined at the end, and rejects when the connection broke. */
  readonly next: () => Promise<RawEvent | undefined>;
  readonly cut: () => void;
}

type Headers = Readonly<Record<string, string>>;

export interface RawSession {
  readonly id: string;
  readonly ask: (method: string, params: object, at?: string) => Promise<RawStream>;
  readonly notify: (method: string, params: object, at?: string) => Promise<number>;
  /** Answers a question of the server's. */
  readonly answer: (id: number | string | undefined, result: object, at?: string) => Promise<number>;
  readonly resume: (lastEventId: string, more?: Headers, at?: string) => Promise<RawStream>;
  readonly end: (at?: string) => Promise<number>;
}

const protocolVersion = '2025-11-25';

/** @param more headers of each request. `at` in the methods is the address of another replica. */
export async function openSession(url: string, more: Headers = {}): Promise<RawSession> {
  let requests = 0;
  const own = { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...more };
  const opened = await fetch(url, {
    method: 'POST',
    headers: own,
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 'open',
      method: 'initialize',
      params: { protocolVersion, capabilities: { elicitation: {} }, clientInfo: { name: 'raw', version: '1' } },
    }),
  });
  expect(opened.status, await opened.text()).toBe(200);
  const id = opened.headers.get('mcp-session-id') ?? '';
  const headers = { ...own, 'mcp-session-id': id, 'mcp-protocol-version': protocolVersion };

  async function post(message: object, at = url, signal?: AbortSignal): Promise<Response> {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message });
    return fetch(at, { method: 'POST', headers, body, ...(signal && { signal }) });
  }
  async function send(message: object, at?: string): Promise<number> {
    const response = await post(message, at);
    await response.text();
    return response.status;
  }

  await send({ method: 'notifications/initialized' });
  return {
    id,
    async ask(method, params, at) {
      const gone = new AbortController();
      const request = ++requests;
      const response = await post({ id: request, method, params }, at, gone.signal);
      return read(response, request, gone);
    },
    notify: (method, params, at) => send({ method, params }, at),
    answer: (question, result, at) => send({ id: question, result }, at),
    async resume(lastEventId, others = {}, at = url) {
      const gone = new AbortController();
      const asked = { ...headers, accept: 'text/event-stream', 'last-event-id': lastEventId, ...others };
      return read(await fetch(at, { headers: asked, signal: gone.signal }), requests, gone);
    },
    async end(at = url) {
      return (await fetch(at, { method: 'DELETE', headers })).status;
    },
  };
}

function read(response: Response, id: number, gone: AbortController): RawStream {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  return {
    status: response.status,
    id,
    async next() {
      for (;;) {
        const end = rest.indexOf('\n\n');
        if (end >= 0) {
          const block = rest.slice(0, end);
          rest = rest.slice(end + 2);
          const data = /^data: (.*)$/m.exec(block)?.[1];
          if (data === undefined) continue;
          const message = data === '' ? {} : { message: JSON.parse(data) as RawMessage };
          return { id: /^id: (.*)$/m.exec(block)?.[1] ?? '', data, ...message };
        }
        const { value, done } = (await reader?.read()) ?? { done: true };
        if (done) return undefined;
        rest += value;
      }
    },
    cut: () => gone.abort(),
  };
}
