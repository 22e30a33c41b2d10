// Castellan over HTTP behind its own broker, with settings as a file would give them. Who is signed in in a browser is told by
// the test: sign-in at an identity provider has tests of its own.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import type { Broker } from '../../src/auth/broker/broker.ts';
import { type BrokerOptions, openBroker } from '../../src/auth/broker/open.ts';
import { type BrokerSettings, brokerSettings } from '../../src/auth/broker/settings.ts';
import { openDoor } from '../../src/auth/door.ts';
import type { People, Person } from '../../src/auth/people.ts';
import type { SafeFetchOptions } from '../../src/auth/safe-fetch.ts';
import { authSettings } from '../../src/auth/settings.ts';
import { allowanceOf } from '../../src/core/caller.ts';
import { type fileSchemaOf, loadDefaults } from '../../src/core/settings.ts';
import { listen } from '../../src/http/listen.ts';
import { noMetrics } from '../../src/observe/metrics.ts';
import { createMemoryStore } from '../../src/stores/memory.ts';
import { openSeal } from '../../src/stores/seal.ts';
import type { Store } from '../../src/stores/store.ts';
import { openTestServer, type TestServer } from './server.ts';

type Parts = z.input<ReturnType<typeof fileSchemaOf>>;

export interface BrokerServerOptions {
  /** The part `broker` of a configuration file. */
  readonly broker?: Parts;
  readonly internet?: Pick<SafeFetchOptions, 'resolve' | 'request'>;
  readonly signInAt?: BrokerOptions['signInAt'];
  /** What whoever signs in may do, by their id; the first of them does in every browser. */
  readonly people?: Readonly<Record<string, readonly string[]>>;
  /** Epoch milliseconds. */
  readonly now?: () => number;
  /** The address by which clients know it, of all replicas; its own otherwise. */
  readonly publicUrl?: string;
}

export interface BrokerServer {
  /** The MCP endpoint. */
  readonly url: string;
  /** As tokens call it. */
  readonly issuer: string;
  readonly broker: Broker;
  readonly log: string[];
  /** What the audit log holds. */
  readonly audit: () => string;
  /** One more replica on the same store, under the same public address; at its own one. */
  readonly replica: () => Promise<string>;
  readonly close: () => Promise<void>;
}

let server: TestServer | undefined;
let users = 0;

export async function openBrokerServer(options: BrokerServerOptions = {}): Promise<BrokerServer> {
  users++;
  server ??= await openTestServer();
  const { app, home } = server;
  const now = options.now ?? Date.now;
  const store = createMemoryStore(now);
  const log: string[] = [];
  const closing: (() => Promise<void>)[] = [];
  let publicUrl = options.publicUrl;
  let first: Broker | undefined;

  async function open(): Promise<string> {
    const { factory, direct, gate, screen } = app;
    const listener = await listen({ host: '127.0.0.1', port: 0 }, (url) => {
      publicUrl ??= `${url}/mcp`;
      const broker = make(publicUrl, store);
      first ??= broker;
      const settings = { ...loadDefaults(authSettings), publicUrl };
      const door = openDoor({ settings, broker, fetch, now, log: app.log });
      const open = { factory, direct, gate, signIn: { door, screen }, mounted: [broker.mounted] };
      const more = { version: '0', log: app.log, metrics: noMetrics, ready: async () => true };
      return { ...open, ...more, allowedHosts: ['127.0.0.1'], allowedOrigins: [] };
    });
    closing.push(listener.close);
    return listener.url;
  }

  function make(address: string, shared: Store): Broker {
    const say = (facts: object, text: string) => void log.push(`${text} ${JSON.stringify(facts)}`);
    return openBroker({
      settings: readBroker(options.broker ?? {}),
      publicUrl: address,
      people: signedIn(new URL(address).origin, options.people ?? {}, now),
      platforms: [{ name: 'okta', title: 'Okta' }],
      store: shared,
      seal: openSeal({ keys: undefined, folder: home }),
      fetch,
      internet: options.internet,
      peopleOf: 'https://login.acme.dev',
      signInAt: options.signInAt,
      now,
      log: { debug: say, warn: say, error: say },
    });
  }

  await open();
  return {
    url: publicUrl ?? '',
    issuer: new URL(publicUrl ?? '').origin,
    broker: first as Broker,
    log,
    audit: () => readAudit(join(home, 'audit')),
    replica: open,
    async close() {
      for (const close of closing) await close();
      users--;
      if (users > 0) return;
      await server?.close();
      server = undefined;
    },
  };
}

function readAudit(folder: string): string {
  const names = readdirSync(folder).filter((name) => name.endsWith('.jsonl'));
  return names.map((name) => readFileSync(join(folder, name), 'utf8')).join('');
}

/** Defaults filled in, as for a file. */
export function readBroker(part: Parts): BrokerSettings {
  const given = Object.entries(part).map(([name, value]) => {
    const setting = brokerSettings[name as keyof typeof brokerSettings];
    return [name, (setting.schema as z.ZodType).parse(value)];
  });
  return { ...loadDefaults(brokerSettings), ...Object.fromEntries(given) };
}

function signedIn(origin: string, all: NonNullable<BrokerServerOptions['people']>, now: () => number): People {
  const person = (id: string): Person | undefined => {
    const scopes = all[id];
    if (!scopes) return undefined;
    const facts = { groups: [], allowance: allowanceOf(scopes), operator: false, csrf: `csrf-${id}`, since: now() };
    return { id, caller: `${origin}|${id}`, name: `Person ${id}`, ...facts };
  };
  const page = { status: 200, headers: {}, body: 'signed out' };
  const [first = ''] = Object.keys(all);
  return {
    of: async ({ headers }) => person(/person=([^;]+)/.exec(headers.cookie ?? '')?.[1] ?? ''),
    begin: async (_request, returnTo) => ({
      status: 303,
      headers: { location: returnTo, 'set-cookie': `person=${first}; Path=/` },
      body: '',
    }),
    end: async () => page,
    endAll: async () => {},
    subjectOf: () => ({ load: () => Promise.reject(new Error('no token')) }),
    known: async (id) => person(id),
    stillThere: async (id) => person(id) !== undefined,
    mounted: { concerns: () => false, handle: () => {} },
  };
}
