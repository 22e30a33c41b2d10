// Signing in at the terminal: authorization code with PKCE in a browser, and the device grant without one.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readScopes } from '../../../src/platforms/okta/credential-settings.ts';
import { loginWithBrowser, loginWithDevice } from '../../../src/platforms/okta/oauth/login.ts';
import { json, type TokenServer } from '../../support/token-server.ts';
import { type Bench, everythingOf, failureOf, openBench, send } from './credential.ts';

const clientId = '0oanative';
let bench: Bench;
let server: TokenServer;
let said: string;
let waits: number[];
let pages: { status: number; text: string; headers: Headers }[];

beforeEach(async () => {
  bench = await openBench({ clientId });
  server = bench.server;
  said = '';
  waits = [];
  pages = [];
});

afterEach(() => bench.close());

function options(changes: { scopes?: readonly string[]; dpop?: boolean | 'auto' } = {}) {
  const asking = {
    clientId,
    keyId: undefined,
    scopes: changes.scopes ?? ['okta.users.read'],
    login: 'castellan login okta',
  };
  const { fetch, userAgent, vault } = bench.deps;
  let time = Date.now();
  return {
    origin: new URL(server.origin),
    fetch,
    userAgent,
    asking,
    tenant: 'acme',
    vault,
    dpop: changes.dpop ?? ('auto' as const),
    now: () => time,
    sleep: async (ms: number) => {
      waits.push(ms);
      time += ms;
    },
    say: (text: string) => {
      said += text;
    },
  };
}

/** Goes where a browser would, and keeps the page that it ends on. */
async function browse(url: string): Promise<void> {
  const response = await fetch(url);
  pages.push({ status: response.status, text: await response.text(), headers: response.headers });
}

interface BrowserChanges {
  readonly port?: number;
  readonly waitMs?: number;
  readonly open?: (url: string) => void;
  readonly scopes?: readonly string[];
}

let visits: Promise<void>[] = [];

function login({ port = 0, waitMs = 5_000, open, scopes }: BrowserChanges = {}) {
  visits = [];
  const openBrowser = open ?? ((url: string) => void visits.push(browse(url)));
  return loginWithBrowser({ ...options(scopes ? { scopes } : {}), port, waitMs, openBrowser });
}

const accessToken = () => bench.open({ clientId });

describe('in the browser', () => {
  test('RFC 7636, RFC 8252: signs in with S256, state and nonce, and shows that it worked', async () => {
    let address = '';
    const done = await login({
      open: (url) => {
        address = url;
        visits.push(browse(url));
      },
    });
    await Promise.all(visits);
    expect(done).toMatchObject({ who: 'ada@example.com', missing: [], bound: true, lasting: true });
    const asked = Object.fromEntries(new URL(address).searchParams);
    expect(asked).toMatchObject({ response_type: 'code', client_id: clientId, code_challenge_method: 'S256' });
    expect(asked.redirect_uri).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/callback$/);
    expect(asked.scope?.split(' ')).toEqual(expect.arrayContaining(['openid', 'offline_access', 'okta.users.read']));
    for (const name of ['state', 'nonce', 'code_challenge']) expect(asked[name]?.length).toBeGreaterThanOrEqual(43);
    expect(said).toContain(address);
    expect(pages[0]).toMatchObject({ status: 200, text: expect.stringContaining('You are signed in') });
    expect(pages[0]?.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(pages[0]?.headers.get('cache-control')).toBe('no-store');
    expect((await send(accessToken(), `${server.origin}/api/v1/users`)).status).toBe(200);
  });

  test.each<[string, Record<string, string | undefined>, RegExp]>([
    ['another state', { state: 'x'.repeat(43) }, /state/],
    ['no state', { state: undefined }, /state/],
    ['RFC 9207: another issuer', { iss: 'https://evil.example' }, /iss/],
    [
      'an error',
      { code: undefined, error: 'access_denied', error_description: 'The resource owner denied it' },
      /denied it/,
    ],
    [
      'a scope that is not granted',
      { code: undefined, error: 'invalid_scope', error_description: 'No' },
      /invalid_scope/,
    ],
    ['a code that is none', { code: 'made-up' }, /invalid_grant/],
    ['a token instead of a code', { id_token: 'eyJx.y.z' }, /cannot be trusted|implicit/],
  ])('%s is no sign-in, and both the page and the terminal say why', async (_name, callback, message) => {
    server.rules.callback = callback;
    const error = await failureOf(login());
    await Promise.all(visits);
    expect(error.message).toMatch(message);
    expect(error.hint).toMatch(/\w/);
    expect(pages[0]?.status).toBe(400);
    expect(pages[0]?.text).toContain('The sign-in failed');
    if (callback.code !== 'made-up') expect(server.tokenRequests()).toEqual([]);
    await expect(send(accessToken(), `${server.origin}/api/v1/users`)).rejects.toMatchObject({ code: 'unauthorized' });
    for (const canary of server.secrets) expect(everythingOf(error) + pages[0]?.text).not.toContain(canary);
  });

  test.each<[string, Record<string, unknown>]>([
    ['another nonce', { nonce: 'other' }],
    ['no nonce', { nonce: undefined }],
    ['another issuer', { iss: 'https://evil.example' }],
    ['another audience', { aud: '0oaother' }],
  ])('OpenID Connect Core §3.1.3.7: an id token with %s is refused', async (_name, idToken) => {
    server.rules.idToken = idToken;
    expect((await failureOf(login())).code).toBe('platform_answer_invalid');
    await expect(send(accessToken(), `${server.origin}/api/v1/users`)).rejects.toMatchObject({ code: 'unauthorized' });
  });

  test('what a server says is shown as text, never as a page', async () => {
    server.rules.callback = { code: undefined, error: 'access_denied', error_description: '<script>alert(1)</script>' };
    await failureOf(login());
    await Promise.all(visits);
    expect(pages[0]?.text).not.toContain('<script');
  });

  test('other requests, other hosts and other methods do not count as the browser coming back', async () => {
    const statuses: number[] = [];
    const done = login({
      open: (url) => {
        const back = new URL(url).searchParams.get('redirect_uri') ?? '';
        const visit = async () => {
          for (const [path, init] of [
            ['/favicon.ico', {}],
            ['/callback', {}],
            ['/other?code=x&state=y', {}],
            ['/callback?code=x&state=y', { method: 'POST' }],
          ] as const) {
            statuses.push((await fetch(new URL(path, back), init)).status);
          }
          statuses.push((await fetch(`${back.replace('127.0.0.1', 'localhost')}?code=x&state=y`)).status);
          await browse(url);
        };
        visits.push(visit());
      },
    });
    expect((await done).bound).toBe(true);
    await Promise.all(visits);
    expect(statuses).toEqual([404, 404, 404, 404, 404]);
  });

  test('nobody comes: it ends, and frees the port', async () => {
    const error = await failureOf(login({ waitMs: 50, open: () => {} }));
    expect(error.code).toBe('deadline_exceeded');
    expect(error.hint).toContain('--device');
  });

  test('a port that is taken is said with what to do', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    const error = await failureOf(login({ port }));
    expect(error).toMatchObject({ code: 'bad_configuration', hint: expect.stringContaining('--port') });
    await new Promise((resolve) => other.close(resolve));
    expect((await login({ port })).bound).toBe(true);
  });
});

describe('with a code on another device (RFC 8628)', () => {
  test('shows where to type what, and waits as long as it is told', async () => {
    server.rules.device = ['authorization_pending', 'slow_down', 'authorization_pending'];
    expect(await loginWithDevice(options())).toMatchObject({ who: 'ada@example.com', bound: true });
    expect(said).toContain(`${server.origin}/activate`);
    expect(said).toContain('ABCD-EFGH');
    expect(waits).toEqual([5_000, 5_000, 10_000, 10_000]);
    expect((await send(accessToken(), `${server.origin}/api/v1/users`)).status).toBe(200);
    for (const canary of server.secrets) expect(said).not.toContain(canary);
  });

  test.each([
    ['access_denied', /access_denied/, /Assign the person/],
    ['expired_token', /not used in time/, /login again/],
    ['invalid_client', /invalid_client/, /native app/],
  ])('%s ends it', async (said, message, hint) => {
    server.rules.device = ['authorization_pending', said];
    const error = await failureOf(loginWithDevice(options()));
    expect(error.message).toMatch(message);
    expect(error.hint).toMatch(hint);
    for (const canary of server.secrets) expect(everythingOf(error)).not.toContain(canary);
  });

  test('the code’s life is the end of polling, whatever the server answers', async () => {
    server.rules.deviceLifetime = 60;
    server.rules.device = Array.from({ length: 100 }, () => 'authorization_pending');
    expect((await failureOf(loginWithDevice(options()))).message).toMatch(/not used in time/);
    expect(waits).toHaveLength(12);
  });

  test('an outage in the middle is waited out, more slowly', async () => {
    let failures = 2;
    server.before = (seen, response) => {
      if (seen.path !== '/oauth2/v1/token' || failures === 0) return false;
      failures--;
      response.destroy();
      return true;
    };
    expect((await loginWithDevice(options({ dpop: false }))).bound).toBe(false);
    expect(waits).toEqual([5_000, 10_000, 15_000]);
  });

  test.each(['javascript:alert(1)', 'file:///etc/passwd', 'nonsense'])('a page %s is not shown', async (page) => {
    server.before = (seen, response) => {
      if (seen.path !== '/oauth2/v1/device/authorize') return false;
      json(response, 200, { device_code: 'dc', user_code: 'A', verification_uri: page, expires_in: 600 });
      return true;
    };
    expect((await failureOf(loginWithDevice(options()))).code).toBe('platform_answer_invalid');
    expect(said).toBe('');
  });

  test('scopes that were not granted are named', async () => {
    server.before = (seen, response) => {
      if (seen.path !== '/oauth2/v1/token') return false;
      json(response, 200, { token_type: 'Bearer', access_token: 'at', expires_in: 60, scope: 'okta.users.read' });
      return true;
    };
    const done = await loginWithDevice(options({ scopes: readScopes }));
    expect(done.missing).toEqual(readScopes.filter((scope) => scope !== 'okta.users.read'));
    expect(done.lasting).toBe(false);
  });
});
