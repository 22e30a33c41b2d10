// A simulated Okta organization behind a door that writes down what is asked of it, and checks it against what Okta
// publishes: a request that matches no published operation fails the test when the organization is closed.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { openSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox/index.ts';
import { loadOktaContract } from '../contracts/okta-contract.ts';

const contract = loadOktaContract();

export interface Organization {
  /** The address of the door. */
  readonly url: string;
  readonly token: string;
  /** Paths with their queries as they came over the wire, in order. */
  readonly asked: string[];
  /** Requests that change something, as `POST /api/v1/…`, in order. */
  readonly mutations: string[];
  /** What the vendor's API itself says, for comparison; not written down. */
  readonly read: <T = Entity[]>(path: string) => Promise<T>;
  /** The same for a list, to its end. */
  readonly readAll: (path: string) => Promise<Entity[]>;
  /** Creates or changes something, as an administrator would; not written down. */
  readonly write: (method: 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown) => Promise<Entity>;
  readonly sandbox: Sandbox;
  readonly close: () => Promise<void>;
}

/** What an Okta object is to a test that compares: an id and whatever else. */
export interface Entity {
  readonly id: string;
  readonly [name: string]: unknown;
}

export async function openOrganization(options: SandboxOptions = {}): Promise<Organization> {
  const sandbox = await openSandbox({ rateLimits: 'off', ...options });
  const asked: string[] = [];
  const mutations: string[] = [];
  const problems: string[] = [];
  async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url: path = '/' } = request;
    const body = await text(request);
    asked.push(path);
    if (method !== 'GET' && !path.startsWith('/oauth2/')) mutations.push(`${method} ${path}`);
    const sent = body === '' || !path.startsWith('/api/') ? undefined : JSON.parse(body);
    const found = contract?.checkRequest(method, `http://okta.example${path}`, sent) ?? [];
    problems.push(...found.map((problem) => `${method} ${path}: ${problem}`));
    await forward(sandbox, request, body, response);
  }
  const server = createServer((request, response) => {
    pass(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const headers = { authorization: `SSWS ${sandbox.okta.token}`, accept: 'application/json' };

  async function fetchDirectly(path: string, init: RequestInit = {}): Promise<Response> {
    const answer = await sandbox.okta.fetch(new Request(new URL(path, url), { headers, ...init }));
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
    return answer;
  }

  return {
    url,
    token: sandbox.okta.token,
    asked,
    mutations,
    sandbox,
    read: async <T>(path: string) => (await (await fetchDirectly(path)).json()) as T,
    async readAll(path) {
      const all: Entity[] = [];
      for (let next: string | undefined = path; next !== undefined; ) {
        const answer: Response = await fetchDirectly(next);
        const page = (await answer.json()) as Entity[];
        all.push(...page);
        // Polling a log never ends; an empty page is where it stands still.
        next = page.length === 0 ? undefined : /<([^>]*)>; rel="next"/.exec(answer.headers.get('link') ?? '')?.[1];
      }
      return all;
    },
    async write(method, path, body) {
      const sent = body === undefined ? {} : { body: JSON.stringify(body) };
      const init = { method, headers: { ...headers, 'content-type': 'application/json' }, ...sent };
      const answer = await (await fetchDirectly(path, init)).text();
      return (answer === '' ? {} : JSON.parse(answer)) as Entity;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await sandbox.close();
      if (problems.length > 0) throw new Error(`Okta publishes no such request:\n${problems.join('\n')}`);
    },
  };
}

async function forward(
  sandbox: Sandbox,
  request: IncomingMessage,
  body: string,
  response: ServerResponse,
): Promise<void> {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) {
    if (typeof value === 'string' && name !== 'connection') headers.set(name, value);
  }
  const method = request.method ?? 'GET';
  const answer = await sandbox.okta.fetch(
    new Request(`http://${request.headers.host}${request.url}`, { method, headers, ...(body !== '' && { body }) }),
  );
  response.writeHead(answer.status, Object.fromEntries(answer.headers));
  response.end(Buffer.from(await answer.arrayBuffer()));
}
