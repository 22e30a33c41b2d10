// Castellan with an OAuth credential before a simulated organization. A door between them writes down what is sent, holds it
// against what Okta publishes, and collects every secret that goes through, so that a test can look for them elsewhere.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Client } from '@modelcontextprotocol/client';
import { type App, openApp } from '../../src/app.ts';
import { connectInProcess } from '../../src/cli/connect.ts';
import { loadConfig } from '../../src/config.ts';
import type { Tenant } from '../../src/core/tool.ts';
import { openSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox/index.ts';
import { loadOktaContract } from '../contracts/okta-contract.ts';

const contracts = { api: loadOktaContract(), oauth: loadOktaContract('okta-oauth') };

export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Parameters of the body of a form. */
  readonly form: Readonly<Record<string, string>>;
  readonly status: number;
}

export interface ToolAnswer {
  readonly failed: boolean;
  readonly text: string;
  readonly code: string | undefined;
}

export interface Bench {
  readonly sandbox: Sandbox;
  /** The address of the door. */
  readonly url: string;
  readonly home: string;
  /** What came through the door, in order. */
  readonly seen: Seen[];
  /** Requests for tokens among them. */
  readonly tokenRequests: () => Seen[];
  readonly open: (env: Readonly<Record<string, string>>) => Promise<Opened>;
  /** Answers in the place of the organization. */
  before: ((request: Pick<Seen, 'method' | 'path' | 'headers'>) => Response | undefined) | undefined;
  /** The same request again, with other headers where some are given. */
  readonly replay: (seen: Seen, headers?: Readonly<Record<string, string>>) => Promise<Response>;
  /** Asks the organization as an administrator with an API token; not written down. */
  readonly ask: (method: string, path: string, body?: unknown) => Promise<Record<string, unknown>>;
  /** Secrets that went through the door and stand in a log line, an audit record or an answer; none, if all is well. */
  readonly leaked: () => string[];
  /** Requests that Okta publishes no operation for. */
  readonly unpublished: string[];
  readonly close: () => Promise<void>;
}

export interface Opened {
  readonly app: App;
  readonly client: Client;
  readonly tenant: Tenant;
  readonly call: (name: string, args?: Record<string, unknown>) => Promise<ToolAnswer>;
  readonly tools: () => Promise<string[]>;
}

export async function openBench(options: SandboxOptions = {}): Promise<Bench> {
  const sandbox = await openSandbox({ users: 30, rateLimits: 'off', ...options });
  const home = mkdtempSync(join(tmpdir(), 'castellan-credentials-'));
  const seen: Seen[] = [];
  const unpublished: string[] = [];
  const secrets = new Set<string>();
  const written: string[] = [];
  const apps: App[] = [];

  async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url: path = '/' } = request;
    const body = await text(request);
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    const form = headers['content-type']?.startsWith('application/x-www-form-urlencoded')
      ? Object.fromEntries(new URLSearchParams(body))
      : {};
    const answer =
      bench.before?.({ method, path, headers }) ??
      (await sandbox.okta.fetch(
        new Request(`${bench.url}${path}`, { method, headers: sendable(headers), ...(body !== '' && { body }) }),
      ));
    const answered = Buffer.from(await answer.arrayBuffer());
    seen.push({ method, path, headers, body, form, status: answer.status });
    unpublished.push(...problemsOf(method, path, body, form));
    for (const secret of secretsIn(headers, form, answered.toString())) secrets.add(secret);
    response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(answered);
  }

  const server = createServer((request, response) => {
    pass(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  const bench: Bench = {
    sandbox,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    home,
    seen,
    unpublished,
    before: undefined,
    tokenRequests: () => seen.filter(({ path }) => path === '/oauth2/v1/token'),

    async open(env) {
      const all = { OKTA_CLIENT_ORGURL: bench.url, CASTELLAN_DATA: home, ...env };
      const { config, faults } = loadConfig({ store: 'memory', 'log-level': 'debug' }, { env: all, folder: home });
      if (faults.length > 0) throw new Error(JSON.stringify(faults));
      const app = await openApp({ config, writeLog: (line) => written.push(line) });
      apps.push(app);
      const tenant = app.connected[0]?.tenants.get('okta');
      if (!tenant) throw new Error('there is no tenant');
      const client = await connectInProcess(app.factory);
      return {
        app,
        client,
        tenant,
        async call(name, args = {}) {
          const result = await client.callTool({ name, arguments: args });
          written.push(JSON.stringify(result));
          const error = result._meta?.['castellan/error'] as { readonly code?: string } | undefined;
          const parts = result.content.map((part) => (part.type === 'text' ? part.text : ''));
          return { failed: result.isError === true, text: parts.join('\n'), code: error?.code };
        },
        tools: async () => (await client.listTools()).tools.map(({ name }) => name),
      };
    },

    replay: ({ method, path, headers, body }, more = {}) =>
      sandbox.okta.fetch(
        new Request(`${bench.url}${path}`, {
          method,
          headers: sendable({ ...headers, ...more }),
          ...(body !== '' && { body }),
        }),
      ),

    async ask(method, path, body) {
      const headers = { authorization: `SSWS ${sandbox.okta.token}`, 'content-type': 'application/json' };
      const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
      const answer = await sandbox.okta.fetch(new Request(`${bench.url}${path}`, init));
      const said = await answer.text();
      if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${said}`);
      return said === '' ? {} : (JSON.parse(said) as Record<string, unknown>);
    },

    leaked() {
      if (secrets.size === 0) throw new Error('no secret went through the door: nothing would be found');
      const audit = join(home, 'audit');
      const records = readdirSync(audit).map((name) => readFileSync(join(audit, name), 'utf8'));
      const everything = [...written, ...records].join('\n');
      return [...secrets].filter((secret) => everything.includes(secret));
    },

    async close() {
      await Promise.all(apps.splice(0).map((app) => app.close()));
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await sandbox.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
  return bench;
}

/** Headers that belong to one connection stay with it. */
function sendable(headers: Readonly<Record<string, string>>): Headers {
  const kept = Object.entries(headers).filter(
    ([name]) => !/^(connection|content-length|transfer-encoding)$/.test(name),
  );
  return new Headers(Object.fromEntries(kept));
}

function problemsOf(method: string, path: string, body: string, form: Readonly<Record<string, string>>): string[] {
  const url = `http://okta.example${path}`;
  const ofApi = path.startsWith('/api/');
  const sent = ofApi ? (body === '' ? undefined : (JSON.parse(body) as unknown)) : form;
  const found = (ofApi ? contracts.api : contracts.oauth)?.checkRequest(method, url, sent) ?? [];
  return found.map((problem) => `${method} ${path}: ${problem}`);
}

const secretNames = /^(?:client_assertion|refresh_token|access_token|id_token|code|code_verifier|device_code|token)$/;

/** Tokens, codes, assertions and proofs, and the parts of those that are signed. */
function secretsIn(
  headers: Readonly<Record<string, string>>,
  form: Readonly<Record<string, string>>,
  answer: string,
): string[] {
  let said: Readonly<Record<string, unknown>> = {};
  try {
    said = JSON.parse(answer) as Record<string, unknown>;
  } catch {
    // Pages and empty answers.
  }
  const named = [...Object.entries(form), ...Object.entries(said ?? {})].filter(([name]) => secretNames.test(name));
  const whole = [...named.map(([, value]) => String(value)), headers.dpop, headers.authorization?.split(' ')[1]];
  const known = whole.filter((value) => value !== undefined && value.length >= 20) as string[];
  return known.flatMap((value) => [value, ...(value.startsWith('eyJ') ? value.split('.').slice(1) : [])]);
}
