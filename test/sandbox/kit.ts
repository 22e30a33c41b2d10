// What the tests of the sandbox share: a client without manners, which reads pages to the end.

import type { Sandbox } from '../../src/sandbox/index.ts';

export type Item = Record<string, unknown> & { id: string };

export interface Reply {
  status: number;
  body: unknown;
  headers: Headers;
}

export interface Client {
  call: (method: string, path: string, init?: { body?: unknown; headers?: Record<string, string> }) => Promise<Reply>;
  get: (path: string) => Promise<Reply>;
  /** Every page to the end, at most `most` of them. */
  all: (path: string, most?: number) => Promise<{ items: Item[]; pages: number }>;
}

export function createClient({ okta }: Sandbox): Client {
  const call: Client['call'] = async (method, path, init = {}) => {
    const response = await fetch(path.startsWith('http') ? path : okta.url + path, {
      method,
      headers: { authorization: `SSWS ${okta.token}`, ...init.headers },
      ...(init.body === undefined ? {} : { body: JSON.stringify(init.body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text), headers: response.headers };
  };
  const get = (path: string) => call('GET', path);
  return {
    call,
    get,
    async all(path, most = 1000) {
      const items: Item[] = [];
      let pages = 0;
      for (let next: string | undefined = path; next !== undefined && pages < most; pages++) {
        const { body, headers, status }: Reply = await get(next);
        if (status !== 200) throw new Error(`${next}: ${status} ${JSON.stringify(body)}`);
        items.push(...(body as Item[]));
        next = nextOf(headers);
      }
      return { items, pages };
    },
  };
}

export function nextOf(headers: Headers): string | undefined {
  return /<([^>]+)>; rel="next"/.exec(headers.get('link') ?? '')?.[1];
}

export function codeOf(reply: Reply): string {
  return String((reply.body as Record<string, unknown> | undefined)?.errorCode);
}

export const q = encodeURIComponent;
