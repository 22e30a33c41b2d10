// Castellan on a simulated Scalekit workspace, behind a gate that writes down what is asked of it and holds each request
// against Scalekit's descriptions: one that matches none fails the test when the server is closed.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { openSandbox, type SandboxScalekit } from '../../src/sandbox/index.ts';
import { loadScalekitContract } from '../contracts/scalekit-contract.ts';
import { openTestServer, type TestServer, type TestServerOptions } from './server.ts';

const contract = loadScalekitContract();
export const workspaceAdmin = 'helena.brandt@larkspur.example';

type Kind = 'workspace' | 'caller' | 'environment';

export interface ScalekitWorkspace {
  readonly scalekit: SandboxScalekit;
  /** Settings of a tenant that is the workspace, in that person's or each caller's name, or the production environment. */
  readonly settings: Readonly<Record<Kind, Readonly<Record<string, unknown>>>>;
  /** Paths below /api with their queries, in order. */
  readonly asked: string[];
  readonly mutations: string[];
  /** What happens there just before a request of Castellan's arrives. */
  readonly hooks: { before?: ((method: string, path: string) => Promise<void>) | undefined };
  /** What Scalekit itself says of the production environment (undefined for 404), or of the workspace. */
  readonly read: (path: string, at?: 'environment' | 'workspace') => Promise<unknown>;
  readonly write: (method: string, path: string, body?: unknown) => Promise<unknown>;
  readonly close: () => Promise<void>;
}

export async function openScalekitWorkspace(): Promise<ScalekitWorkspace> {
  const sandbox = await openSandbox({ users: 60 });
  const scalekit = await sandbox.scalekit();
  const asked: string[] = [];
  const mutations: string[] = [];
  const problems: string[] = [];
  const hooks: ScalekitWorkspace['hooks'] = {};

  async function pass(target: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url: path = '/' } = request;
    const body = await text(request);
    if (path.startsWith('/api/')) {
      asked.push(path);
      await hooks.before?.(method, path);
      if (method !== 'GET') mutations.push(`${method} ${path}`);
      const sent = body === '' ? undefined : JSON.parse(body);
      const found = contract?.checkRequest(method, new URL(path, target), sent) ?? [];
      problems.push(...found.map((problem) => `${method} ${path}: ${problem}`));
    }
    const headers = new Headers();
    for (const [name, value] of Object.entries(request.headers))
      if (typeof value === 'string' && !['connection', 'host', 'content-length'].includes(name))
        headers.set(name, value);
    const answer = await fetch(new URL(path, target), { method, headers, ...(body !== '' && { body }) });
    const bytes = Buffer.from(await answer.arrayBuffer());
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'application/json' });
    response.end(bytes);
  }
  async function openGate(target: string) {
    const server = createServer((request, response) => {
      pass(target, request, response).catch(() => response.destroy());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  }
  const [environment, central] = [await openGate(scalekit.url), await openGate(scalekit.apiUrl)];
  const { production, client } = scalekit;

  async function send(method: string, path: string, body: unknown, at: 'environment' | 'workspace'): Promise<unknown> {
    const headers = {
      authorization: `Bearer ${scalekit.workspaceToken(workspaceAdmin)}`,
      ...(at === 'environment' && { 'x-env-domain': production.domain }),
    };
    const url = new URL(`/api/v1/${path}`, scalekit.apiUrl);
    const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
    const answer = await fetch(url, init);
    if (answer.status === 404) return undefined;
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
    return answer.json();
  }

  return {
    scalekit,
    settings: {
      workspace: {
        workspaceUrl: central.url,
        accessToken: scalekit.workspaceToken(workspaceAdmin, { expiresIn: 3_600 }),
      },
      caller: {
        workspaceUrl: central.url,
        exchangeUrl: scalekit.exchange.tokenUrl,
        exchangeAudience: scalekit.exchange.audience,
        clientId: scalekit.exchange.client.id,
        clientSecret: scalekit.exchange.client.secret,
      },
      environment: {
        environmentUrl: environment.url,
        environmentId: production.id,
        clientId: client.id,
        clientSecret: client.secret,
      },
    },
    asked,
    mutations,
    hooks,
    read: (path, at = 'environment') => send('GET', path, undefined, at),
    write: (method, path, body) => send(method, path, body, 'environment'),
    async close() {
      for (const { server } of [environment, central]) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
      await sandbox.close();
      if (problems.length > 0) throw new Error(`Scalekit publishes no such request:\n${problems.join('\n')}`);
    },
  };
}

export interface ScalekitServer extends ScalekitWorkspace {
  readonly server: TestServer;
}

/** Castellan with a Scalekit tenant and nothing else. */
export async function openScalekitServer(
  kind: Kind,
  settings: Readonly<Record<string, unknown>> = {},
  {
    parts,
    ...options
  }: Omit<TestServerOptions, 'parts'> & {
    readonly parts?: (workspace: ScalekitWorkspace) => Readonly<Record<string, unknown>>;
  } = {},
): Promise<ScalekitServer> {
  const workspace = await openScalekitWorkspace();
  const tenants = { scalekit: { platform: 'scalekit', ...workspace.settings[kind], ...settings } };
  const server = await openTestServer({ ...options, parts: { tenants, ...parts?.(workspace) } });
  return {
    ...workspace,
    server,
    async close() {
      await server.close();
      await workspace.close();
    },
  };
}
