// What the broker keeps and says: sealed in the store, keys that change, metadata, and what it answers when the store is away.

import { createHmac, randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Broker } from '../../src/auth/broker/broker.ts';
import { openBroker } from '../../src/auth/broker/open.ts';
import { brokerSettings } from '../../src/auth/broker/settings.ts';
import { createSigningKeys } from '../../src/auth/broker/signing-keys.ts';
import { openPeople } from '../../src/auth/people/open.ts';
import { authSettings } from '../../src/auth/settings.ts';
import { signInSettings } from '../../src/auth/sign-in-settings.ts';
import { CastellanError } from '../../src/core/errors.ts';
import { Secret } from '../../src/core/secret.ts';
import { loadDefaults } from '../../src/core/settings.ts';
import { createLog } from '../../src/observe/log.ts';
import { openSandbox, type Sandbox } from '../../src/sandbox/index.ts';
import { createMemoryStore } from '../../src/stores/memory.ts';
import type { Store } from '../../src/stores/store.ts';
import { authorizeUrl, exchange, newClient, obtain, refresh, register } from '../support/broker.ts';
import { actAs, openBrowser } from '../support/sign-in.ts';

const day = 86_400_000;
let server: Server;
let sandbox: Sandbox;
let broker: Broker;
let memory: Store;
let origin: string;
let away: boolean;
let later: number;
let sealKeys: Uint8Array[];
let lines: string[];
let everybody: string[];

/** A store that can be away, as Redis can. */
function outageable(store: Store): Store {
  const guard =
    <A extends unknown[], R>(run: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      if (away) throw new CastellanError({ code: 'store_unavailable', message: 'The store cannot be reached.' });
      return run(...args);
    };
  const { get, set, add, take, delete: remove, keys, close } = store;
  const guarded = { get: guard(get), set: guard(set), add: guard(add), take: guard(take) };
  return { ...guarded, delete: guard(remove), keys: guard(keys), close };
}

const now = () => Date.now() + later;

function open(peopleOf = 'https://login.acme.dev'): void {
  const { issuer, clients, setGatewayRedirectUris } = sandbox.okta.oauth.customServer('default');
  setGatewayRedirectUris([`${origin}/oauth/callback`]);
  const log = createLog({ level: 'debug', format: 'json', write: (line) => void lines.push(line) });
  const client = { clientId: clients.gateway.id, clientSecret: new Secret(clients.gateway.secret) };
  const common = {
    store: outageable(memory),
    seal: {
      keys: async (purpose: string) => sealKeys.map((key) => createHmac('sha256', key).update(purpose).digest()),
    },
    now,
    log,
    fetch,
    publicUrl: `${origin}/mcp`,
  };
  const people = openPeople({
    settings: { ...loadDefaults(signInSettings), issuer, provider: 'okta', ...client },
    auth: { ...loadDefaults(authSettings), publicUrl: `${origin}/mcp`, everybody },
    ...common,
  });
  const platforms = [{ name: 'okta', title: 'Okta' }];
  broker = openBroker({ settings: loadDefaults(brokerSettings), people, platforms, peopleOf, ...common });
  const mounted = [people.mounted, broker.mounted];
  server.removeAllListeners('request');
  server.on('request', (request, response) => {
    const path = new URL(request.url ?? '/', origin).pathname;
    void mounted.find(({ concerns }) => concerns(path))?.handle(request, response);
  });
}

beforeEach(async () => {
  [away, later, lines, sealKeys] = [false, 0, [], [randomBytes(32)]];
  everybody = ['castellan:read'];
  server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  sandbox = await openSandbox({ users: 20 });
  memory = createMemoryStore(now);
  open();
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await sandbox.close();
});

test('nothing that lies in the store opens anything: no code, token, secret, name or cookie (sealed at rest)', async () => {
  const { client_secret } = await newClient(origin, { token_endpoint_auth_method: 'client_secret_post' });
  const browser = openBrowser();
  const { code, refresh_token, access_token } = await obtain(origin, browser, actAs());
  const stored: string[] = [];
  for (const key of await memory.keys('')) stored.push(key, (await memory.get(key)) ?? '');
  const text = stored.join('\n');
  expect(stored.length).toBeGreaterThan(10);
  const cookies = browser
    .cookies(new URL(origin))
    .split('; ')
    .map((line) => line.split('=')[1] ?? '');
  const secrets = [
    code,
    refresh_token,
    access_token,
    client_secret ?? '',
    ...cookies,
    'Helena',
    'A client',
    '127.0.0.1:54321',
  ];
  for (const secret of secrets) {
    expect(secret).not.toBe('');
    expect(text).not.toContain(secret);
    expect(lines.join('')).not.toContain(secret);
  }
});

describe('the keys of the store’s seals', () => {
  test('a new one in front: clients, grants and signing keys of before are good', async () => {
    const { clientId, refresh_token } = await obtain(origin, openBrowser(), actAs());
    sealKeys = [randomBytes(32), ...sealKeys];
    open();
    expect((await refresh(origin, clientId, refresh_token)).status).toBe(200);
  });

  test('without the old ones nothing of before is good, and everything begins anew', async () => {
    const { clientId, refresh_token } = await obtain(origin, openBrowser(), actAs());
    sealKeys = [randomBytes(32)];
    open();
    expect((await refresh(origin, clientId, refresh_token)).body.error).toBe('invalid_client');
    expect((await obtain(origin, openBrowser(), actAs())).status).toBe(200);
  });
});

test('rights that were taken away are gone with the next token, whatever was allowed before', async () => {
  everybody = ['castellan:read', 'okta:write'];
  open();
  const scope = 'castellan:read castellan:write';
  const given = await obtain(origin, openBrowser(), actAs(), { scope });
  // Asked for everywhere, given where this person may.
  expect(given.scope).toBe('castellan:read okta:write');
  everybody = ['castellan:read'];
  open();
  const less = await refresh(origin, given.clientId, given.refresh_token);
  expect(less.body.scope).toBe('castellan:read');
  everybody = [];
  open();
  const nothing = await refresh(origin, given.clientId, String(less.body.refresh_token));
  expect(nothing.body.scope ?? '').toBe('');
});

test('where people sign in at another provider, nothing goes on that was given to those of the one before', async () => {
  const { clientId, refresh_token, access_token } = await obtain(origin, openBrowser(), actAs());
  const gid = String(decodeJwt(access_token).gid);
  expect(await broker.stands(gid)).toBe(true);
  open('https://login.elsewhere.dev');
  expect((await refresh(origin, clientId, refresh_token)).status).toBeGreaterThanOrEqual(400);
  expect(await broker.stands(gid)).toBe(false);
  expect((await obtain(origin, openBrowser(), actAs())).status).toBe(200);
});

describe('the keys that tokens are signed with', () => {
  const kidOf = (token: string) => decodeProtectedHeader(token).kid;
  const published = async () => {
    const { keys } = (await (await fetch(`${origin}/oauth/jwks`)).json()) as { keys: Record<string, unknown>[] };
    return keys;
  };

  test('are published without what signs, and are the same for all replicas, whoever comes first', async () => {
    const options = { store: createMemoryStore(), keys: async () => sealKeys, now, tokenLifeMs: 600_000 };
    const replicas = Array.from({ length: 4 }, () => createSigningKeys(options));
    const sets = await Promise.all(replicas.map(({ published: read }) => read()));
    expect(new Set(sets.map((set) => JSON.stringify(set))).size).toBe(1);
    expect(JSON.stringify(sets[0])).not.toContain('"d"');
    for (const key of await published()) expect(key).not.toHaveProperty('d');
  });

  test('that nobody can open any more are made anew, once for all replicas', async () => {
    const store = createMemoryStore();
    const before = { store, keys: async () => sealKeys, now, tokenLifeMs: 600_000 };
    await createSigningKeys(before).load();
    const other = [randomBytes(32)];
    const replicas = Array.from({ length: 4 }, () => createSigningKeys({ ...before, keys: async () => other }));
    const sets = await Promise.all(replicas.map(({ published: read }) => read()));
    expect(new Set(sets.map((set) => JSON.stringify(set))).size).toBe(1);
  });

  test('change every month: the next is published before it signs, the last one until its tokens have ended', async () => {
    const { access_token, clientId, refresh_token } = await obtain(origin, openBrowser(), actAs());
    const first = kidOf(access_token);
    later = 29 * day;
    expect(await published()).toHaveLength(1);
    later = 30 * day + 1_000;
    await published();
    later += 60_000;
    expect(await published()).toHaveLength(2);
    later += 5 * 60_000;
    const { access_token: next } = await obtain(origin, openBrowser(), actAs());
    expect(kidOf(next)).not.toBe(first);
    expect((await published()).map(({ kid }) => kid)).toContain(first);
    expect(clientId).not.toBe(refresh_token);
  });
});

describe('the store is away', () => {
  test('clients hear 503 and when to come again; people see a page; nothing is given; all goes on when it is back', async () => {
    const { clientId, refresh_token } = await obtain(origin, openBrowser(), actAs());
    const { url } = authorizeUrl(origin, clientId);
    later = 60_000;
    away = true;
    for (const answer of [await refresh(origin, clientId, refresh_token), await exchange(origin, clientId, 'c', 'v')])
      expect([answer.status, answer.body.error]).toEqual([503, 'temporarily_unavailable']);
    const registration = await register(origin);
    expect([registration.status, registration.headers.get('retry-after')]).toEqual([503, '5']);
    const page = await fetch(url, { redirect: 'manual', headers: { accept: 'text/html' } });
    expect([page.status, page.headers.get('location'), page.headers.get('retry-after')]).toEqual([503, null, '5']);
    expect(await page.text()).toContain('Not now');
    await expect(broker.stands('x'.repeat(43))).rejects.toThrow();
    away = false;
    expect((await refresh(origin, clientId, refresh_token)).status).toBe(200);
  });
});

describe('what is said of it', () => {
  test('its metadata names what is here (RFC 8414), at both addresses', async () => {
    for (const place of ['oauth-authorization-server', 'openid-configuration']) {
      const metadata = await (await fetch(`${origin}/.well-known/${place}`)).json();
      expect(metadata).toMatchObject({
        issuer: origin,
        authorization_endpoint: `${origin}/oauth/authorize`,
        token_endpoint: `${origin}/oauth/token`,
        registration_endpoint: `${origin}/oauth/register`,
        revocation_endpoint: `${origin}/oauth/revoke`,
        jwks_uri: `${origin}/oauth/jwks`,
        response_types_supported: ['code'],
        code_challenge_methods_supported: ['S256'],
        authorization_response_iss_parameter_supported: true,
      });
      expect(metadata).not.toHaveProperty('userinfo_endpoint');
      expect(metadata).not.toHaveProperty('introspection_endpoint');
    }
  });

  test('addresses in it are the public ones, whatever a request says of itself', async () => {
    const headers = {
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
      forwarded: 'host=evil.example',
    };
    const text = await (await fetch(`${origin}/.well-known/oauth-authorization-server`, { headers })).text();
    expect(text).not.toContain('evil.example');
  });

  test('clients that run in a browser may ask it from any page, without cookies; people’s pages are for none (CORS)', async () => {
    const headers = { origin: 'https://client.example' };
    for (const path of ['/.well-known/oauth-authorization-server', '/oauth/jwks']) {
      const answer = await fetch(origin + path, { headers });
      expect(answer.headers.get('access-control-allow-origin')).toBe('*');
      expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
    }
    const asked = {
      ...headers,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type',
    };
    for (const path of ['/oauth/token', '/oauth/register', '/oauth/revoke']) {
      const answer = await fetch(origin + path, { method: 'OPTIONS', headers: asked });
      expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([204, '*']);
    }
    const page = await fetch(authorizeUrl(origin, 'x').url, { headers });
    expect(page.headers.get('access-control-allow-origin')).toBeNull();
  });

  test('a place that is none is a page that says so', async () => {
    const answer = await fetch(`${origin}/oauth/nothing`);
    expect(answer.status).toBe(404);
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
  });

  test('so many clients register in an hour, and no more', async () => {
    const many = await Promise.all(Array.from({ length: 210 }, () => register(origin, { redirect_uris: [] })));
    const statuses = many.map(({ status }) => status);
    expect(statuses.filter((status) => status === 429)).toHaveLength(10);
    // Nor by an address that is nearly the right one.
    for (const path of ['/oauth/register/', '/oauth/Register'])
      expect((await fetch(origin + path, { method: 'POST', body: '{}' })).status).toBe(404);
    later = 3_600_000;
    expect((await register(origin)).status).toBe(201);
  });
});
