// Castellan as users run it, on simulated organizations: over HTTP on a free port, and over stdio as a process of its own.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { type App, openApp } from '../../src/app.ts';
import { loadConfig } from '../../src/config.ts';
import { type FrontDoor, openFrontDoor } from '../../src/front-door.ts';
import { listen } from '../../src/http/listen.ts';
import { noMetrics } from '../../src/observe/metrics.ts';
import type { SandboxOptions } from '../../src/sandbox/index.ts';
import { type Organization, openOrganization } from './organization.ts';

export type Era = '2026-07-28' | '2025-11-25';
export type Door = 'stdio' | 'http';

export const doors: readonly { readonly door: Door; readonly era: Era }[] = [
  { door: 'stdio', era: '2026-07-28' },
  { door: 'stdio', era: '2025-11-25' },
  { door: 'http', era: '2026-07-28' },
  { door: 'http', era: '2025-11-25' },
];

export interface TestServerOptions {
  /** The organizations by their tenant's name; one called `okta` where nothing is said. */
  readonly tenants?: Readonly<Record<string, SandboxOptions>>;
  /** Seconds that a call may take. */
  readonly timeout?: number;
  /** Further settings of every tenant, and further parts of the configuration file. */
  readonly tenantSettings?: Readonly<Record<string, unknown>>;
  /** And of one tenant, by its name. */
  readonly settingsOf?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly parts?: Parts | ((organization: Organization) => Parts);
  /** Any free one where nothing is said. */
  readonly port?: number;
}

type Parts = Readonly<Record<string, unknown>>;

/** What a person says to a question; thrown is a client that breaks. */
export type Person = (question: string) => Promise<'yes' | 'no' | 'cancel'> | 'yes' | 'no' | 'cancel';

export interface TestServer {
  /** The first organization. */
  readonly organization: Organization;
  readonly organizations: Readonly<Record<string, Organization>>;
  /** The data folder of its processes. */
  readonly home: string;
  /** The MCP endpoint over HTTP. */
  readonly url: string;
  readonly app: App;
  readonly front: FrontDoor | undefined;
  /** Everything that any of its processes wrote to the log. */
  readonly log: () => string;
  /** HTTP statuses that clients were answered with. */
  readonly statuses: number[];
  /** `answer` makes it a client that can ask a person: what they say to a question. */
  readonly connect: (era: Era, door: Door, answer?: Person) => Promise<Client>;
  readonly close: () => Promise<void>;
}

/** In a public address: whichever the server was given. */
export const anyPort = 'http://127.0.0.1:0';

const castellan = fileURLToPath(new URL('../../bin/castellan.js', import.meta.url));

export async function openTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const organizations: Record<string, Organization> = {};
  for (const [name, sandbox] of Object.entries(options.tenants ?? { okta: {} })) {
    organizations[name] = await openOrganization(sandbox);
  }
  const [organization] = Object.values(organizations);
  if (!organization) throw new TypeError('a test server needs a tenant');
  const home = mkdtempSync(join(tmpdir(), 'castellan-test-'));
  const config = writeConfig(home, organizations, options);
  const log: string[] = [];
  const loaded = loadFrom(config, home);
  const app = await openApp({ config: loaded, writeLog: (line) => void log.push(line) });
  const { factory, direct, gate, screen } = app;
  let front: FrontDoor | undefined;
  const shared = {
    factory,
    direct,
    gate,
    version: '0.0.0-test',
    log: app.log,
    metrics: noMetrics,
    ready: async () => true,
    state: app.sessions,
    sse: loaded.http.sse,
  };
  const at = { host: '127.0.0.1', port: options.port ?? 0 };
  const listener = await listen(at, async (address) => {
    const { auth } = loaded;
    // A port that nobody knew before the server listens.
    const settings = { ...loaded, auth: { ...auth, publicUrl: auth.publicUrl?.replace(anyPort, address) } };
    front = await openFrontDoor(app, settings);
    const signIn = front && { door: front.door, screen };
    return { ...shared, signIn, mounted: front?.mounted ?? [], allowedHosts: [], allowedOrigins: [] };
  });
  const statuses: number[] = [];
  const clients: Client[] = [];

  function openTransport(door: Door) {
    if (door === 'http') {
      const watched: typeof fetch = async (input, init) => {
        const response = await fetch(input, init);
        statuses.push(response.status);
        return response;
      };
      return new StreamableHTTPClientTransport(new URL(`${listener.url}/mcp`), { fetch: watched });
    }
    const env = { PATH: process.env.PATH ?? '', HOME: home, CASTELLAN_DATA: home, CASTELLAN_STORE: 'memory' };
    const args = [castellan, 'serve', '--config', config];
    const transport = new StdioClientTransport({ command: process.execPath, args, env, cwd: home, stderr: 'pipe' });
    transport.stderr?.on('data', (chunk: Buffer) => log.push(chunk.toString('utf8')));
    return transport;
  }

  return {
    organization,
    organizations,
    home,
    url: `${listener.url}/mcp`,
    app,
    front,
    log: () => log.join(''),
    statuses,
    async connect(era, door, answer) {
      const mode = era === '2025-11-25' ? 'legacy' : { pin: era };
      const capabilities = answer ? { elicitation: {} } : {};
      const client = new Client(
        { name: 'castellan-test', version: '0.0.0' },
        { capabilities, versionNegotiation: { mode } },
      );
      if (answer) {
        client.setRequestHandler('elicitation/create', async ({ params }) => {
          const said = await answer(params.message);
          if (said === 'cancel') return { action: 'cancel' };
          return said === 'no' ? { action: 'decline' } : { action: 'accept', content: { approve: true } };
        });
      }
      clients.push(client);
      await client.connect(openTransport(door));
      return client;
    },
    async close() {
      await Promise.all(clients.map((client) => client.close()));
      await listener.close();
      await app.close();
      for (const each of Object.values(organizations)) await each.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

function writeConfig(
  home: string,
  organizations: Readonly<Record<string, Organization>>,
  { timeout = 30, tenantSettings = {}, settingsOf = {}, parts = {} }: TestServerOptions,
): string {
  const tenants = Object.fromEntries(
    Object.entries(organizations).map(([name, { url, token }]) => [
      name,
      { platform: 'okta', orgUrl: url, apiToken: token, ...tenantSettings, ...settingsOf[name] },
    ]),
  );
  const [first] = Object.values(organizations);
  const more = typeof parts === 'function' ? first && parts(first) : parts;
  const path = join(home, 'castellan.json');
  const own = { calls: { timeout }, log: { logLevel: 'debug' }, state: { store: 'memory' } };
  writeFileSync(path, JSON.stringify({ tenants, ...own, ...more }));
  return path;
}

function loadFrom(path: string, folder: string) {
  const { config, faults } = loadConfig({ config: path }, { env: { CASTELLAN_DATA: folder }, folder });
  if (faults.length > 0) throw new TypeError(`the test configuration has faults: ${JSON.stringify(faults)}`);
  return config;
}
