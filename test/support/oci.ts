// Castellan on a simulated OCI tenancy and its identity domain, behind gates that write down what is asked of them and hold each
// request against the models of Oracle's SDKs: one that matches none fails the test when the server is closed.

import { createServer, type IncomingMessage, type Server, type ServerResponse, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { openSandbox, type SandboxOci } from '../../src/sandbox/index.ts';
import { loadOciContract } from '../contracts/oci-contract.ts';
import { openTestServer, type TestServer, type TestServerOptions } from './server.ts';

const contract = loadOciContract();
export const domainAdmin = 'helena.brandt@larkspur.example';
/** What an administrator's own token needs for the domain's API. */
const adminScope = 'urn:opc:idm:__myscopes__';

type Json = Record<string, unknown>;

export interface OciTenancy {
  readonly oci: SandboxOci;
  /** Settings of a tenant with somebody's API key; the administrator's where nobody is named. */
  readonly settingsOf: (login?: string) => Readonly<Record<string, unknown>>;
  /** Requests as they came over the wire, `GET /admin/v1/Users?…`, in order. */
  readonly asked: string[];
  /** Those of them that change something. */
  readonly mutations: string[];
  /** What those sent. */
  readonly bodies: unknown[];
  readonly hooks: {
    /** What happens there just before a request of Castellan's arrives. */
    before?: ((method: string, path: string) => Promise<void>) | undefined;
    /** What is made of an answer before Castellan sees it: what a real domain may say, and this one does not. */
    after?: ((method: string, path: string, answer: Json) => Json) | undefined;
  };
  /** What the domain itself says to its administrator, below /admin/v1; undefined for 404. Not written down. */
  readonly read: (path: string) => Promise<Json | undefined>;
  /** The same for a list, to its end. */
  readonly readAll: (path: string) => Promise<Json[]>;
  readonly write: (method: string, path: string, body?: unknown) => Promise<Json>;
  readonly close: () => Promise<void>;
}

export async function openOciTenancy(users = 60): Promise<OciTenancy> {
  const sandbox = await openSandbox({ users });
  const oci = await sandbox.oci();
  const asked: string[] = [];
  const mutations: string[] = [];
  const bodies: unknown[] = [];
  const problems: string[] = [];
  const hooks: OciTenancy['hooks'] = {};

  async function pass(target: URL, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url: path = '/' } = request;
    const body = await buffer(request);
    asked.push(`${method} ${path}`);
    await hooks.before?.(method, path);
    const sent = body.length === 0 ? undefined : JSON.parse(body.toString('utf8'));
    if (method !== 'GET') {
      mutations.push(`${method} ${path}`);
      bodies.push(sent);
    }
    const found = contract?.checkRequest(method, new URL(path, target), sent) ?? [];
    problems.push(...found.map((problem) => `${method} ${path}: ${problem}`));
    // Signed requests name the host that they were sent to, so their headers go on as they came.
    const { hostname: host, port } = target;
    const on = send({ host, port, method, path, headers: request.headers, setHost: false }, (answer) => {
      giveBack(method, path, answer, response).catch(() => response.destroy());
    });
    on.on('error', () => response.destroy());
    on.end(body);
  }

  async function giveBack(method: string, path: string, answer: IncomingMessage, response: ServerResponse) {
    const { statusCode = 502, headers } = answer;
    const bytes = await buffer(answer);
    const changed = hooks.after && bytes.length > 0 ? hooks.after(method, path, JSON.parse(String(bytes))) : undefined;
    const body = changed === undefined ? bytes : Buffer.from(JSON.stringify(changed));
    const { 'content-length': _length, 'transfer-encoding': _encoding, ...others } = headers;
    response.writeHead(statusCode, { ...others, ...(body.length > 0 && { 'content-length': body.length }) });
    response.end(body);
  }

  const servers: Server[] = [];
  async function openGate(target: string): Promise<string> {
    const server = createServer((request, response) => {
      pass(new URL(target), request, response).catch(() => response.destroy());
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }
  const domainUrl = await openGate(oci.url);
  const regions = Object.entries(oci.services).map(async ([region, url]) => [region, await openGate(url)] as const);
  const endpoints = Object.fromEntries(await Promise.all(regions));

  async function ask(method: string, path: string, body?: unknown): Promise<Json | undefined> {
    const token = oci.issueToken({ login: domainAdmin, scopes: [adminScope] });
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
    const answer = await fetch(new URL(`/admin/v1/${path}`, oci.url), init);
    const text = await answer.text();
    if (answer.status === 404) return undefined;
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`);
    return text === '' ? {} : (JSON.parse(text) as Json);
  }

  return {
    oci,
    settingsOf(login = domainAdmin) {
      const { tenancy, user, fingerprint, privateKey, region } = oci.apiKeyOf(login);
      return { domainUrl, endpoints, tenancy, user, fingerprint, privateKey, region };
    },
    asked,
    mutations,
    bodies,
    hooks,
    read: (path) => ask('GET', path),
    async readAll(path) {
      const all: Json[] = [];
      for (;;) {
        const join = path.includes('?') ? '&' : '?';
        const page = await ask('GET', `${path}${join}startIndex=${all.length + 1}&count=200`);
        const { Resources = [], totalResults } = page as { Resources?: Json[]; totalResults?: number };
        all.push(...Resources);
        if (Resources.length === 0 || all.length >= (totalResults ?? 0)) return all;
      }
    },
    async write(method, path, body) {
      const answer = await ask(method, path, body);
      if (answer === undefined) throw new Error(`${method} ${path}: there is no such thing`);
      return answer;
    },
    async close() {
      for (const server of servers) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
      await sandbox.close();
      if (problems.length > 0) throw new Error(`Oracle publishes no such request:\n${problems.join('\n')}`);
    },
  };
}

export interface OciServer extends OciTenancy {
  readonly server: TestServer;
}

/** Castellan with an OCI tenant and nothing else. */
export async function openOciServer({
  settings,
  login,
  users,
  parts,
  ...options
}: Omit<TestServerOptions, 'parts'> & {
  /** Beside the credential; of people whom the tenancy has by then. */
  readonly settings?: Readonly<Json> | ((tenancy: OciTenancy) => Promise<Readonly<Json>>);
  /** Whose API key it has. */
  readonly login?: string;
  readonly users?: number;
  readonly parts?: Readonly<Record<string, unknown>>;
} = {}): Promise<OciServer> {
  const tenancy = await openOciTenancy(users);
  const more = typeof settings === 'function' ? await settings(tenancy) : settings;
  const tenants = { oci: { platform: 'oci', ...tenancy.settingsOf(login), ...more } };
  const server = await openTestServer({ ...options, parts: { tenants, ...parts } });
  return {
    ...tenancy,
    server,
    async close() {
      await server.close();
      await tenancy.close();
    },
  };
}
