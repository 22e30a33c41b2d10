// Clients at the broker: what one that registers itself may say (RFC 7591), where it may be returned to (RFC 6749 §3.1.2,
// RFC 8252 §7), and those that an operator wrote down.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  askToken,
  authorizeUrl,
  newClient,
  obtain,
  openTestBroker,
  register,
  type TestBroker,
} from '../support/broker.ts';
import { actAs, callback, openBrowser } from '../support/sign-in.ts';

const secret = 'secret-of-a-client-0123456789';
let server: TestBroker;
let origin: string;

beforeAll(async () => {
  const clients = [
    { id: 'desk', secret, name: 'Help desk', redirectUris: [callback] },
    { id: 'site', name: 'A site', redirectUris: ['https://app.example/cb'] },
  ];
  server = await openTestBroker({ broker: { clients } });
  origin = server.origin;
});
afterAll(() => server?.close());

async function refusal(metadata: Record<string, unknown>): Promise<string> {
  const response = await register(origin, metadata);
  const body = (await response.json()) as { error?: string };
  return `${response.status} ${body.error}`;
}

describe('registration', () => {
  test('is answered with what the client may do, and nothing of it is looked up anywhere', async () => {
    const response = await register(origin, {
      scope: 'castellan:read',
      logo_uri: 'http://169.254.169.254/latest',
      jwks_uri: 'http://127.0.0.1:1/keys',
      sector_identifier_uri: 'https://127.0.0.1:1/sector',
      request_uris: ['http://127.0.0.1:1/request'],
      grant_types: ['authorization_code', 'refresh_token', 'client_credentials', 'implicit', 'password'],
      response_types: ['code', 'token'],
      client_id: 'chosen',
      client_secret: 'chosen',
    });
    expect(response.status).toBe(201);
    const body = (await response.json()) as Record<string, unknown>;
    expect(body).toMatchObject({
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    });
    for (const name of ['scope', 'logo_uri', 'jwks_uri', 'sector_identifier_uri', 'request_uris', 'client_secret'])
      expect(body).not.toHaveProperty(name);
    expect(body.client_id).toMatch(/^[\w-]{40,}$/);
  });

  test('a confidential client is given a secret, without which it gets no token', async () => {
    const { client_id, client_secret } = await newClient(origin, { token_endpoint_auth_method: 'client_secret_post' });
    expect(client_secret).toMatch(/^[\w-]{40,}$/);
    for (const form of [{ client_id }, { client_id, client_secret: 'wrong' }]) {
      const { status, body } = await askToken(origin, { ...form, grant_type: 'refresh_token', refresh_token: 'x' });
      expect([status, body.error]).toEqual([401, 'invalid_client']);
    }
    const known = { client_id, client_secret: client_secret ?? '' };
    const { body } = await askToken(origin, { ...known, grant_type: 'refresh_token', refresh_token: 'x' });
    expect(body.error).toBe('invalid_grant');
  });

  test.each([
    [[]],
    ['http://app.example/cb'],
    ['http://127.0.0.1.evil.example/cb'],
    ['http://localhost.evil.example/cb'],
    ['http://10.0.0.1/cb'],
    ['http://0.0.0.0/cb'],
    ['https://app.example/cb#part'],
    ['https://user@app.example/cb'],
    ['https://app.example@evil.example/cb'],
    ['https://*.example/cb'],
    ['https://app.example\\@evil.example/cb'],
    ['https://app.example/../cb'],
    ['https://app.example/%2e%2e/cb'],
    ['https://app.example/a b'],
    ['https://claude.ai;app.example/cb'],
    ["https://claude.ai,'none'.example/cb"],
    ['https://claude.ai(official).example/cb'],
    ['https://localhost/cb'],
    ['https://localhost./cb'],
    ['https://a.localhost/cb'],
    ['https://127.0.0.2/cb'],
    ['https://аpp.example/cb'],
    ['javascript:alert(1)'],
    ['data:text/html,x'],
    ['file:///etc/passwd'],
    ['blob:https://app.example/1'],
    ['vbscript:x'],
    ['intent://x'],
    ['app:/cb'],
    ['//app.example/cb'],
    ['/cb'],
    [`https://app.example/${'a'.repeat(2_000)}`],
    [7],
    [null],
  ])('cannot return to %j', async (uri) => {
    expect(await refusal({ redirect_uris: Array.isArray(uri) ? uri : [uri] })).toMatch(
      /^400 invalid_(redirect_uri|client_metadata)/,
    );
  });

  test.each([
    ['https://app.example/cb?a=b'],
    ['http://127.0.0.1/cb'],
    ['http://localhost:8080/cb'],
    ['http://[::1]:8080/cb'],
    ['com.example.app:/cb'],
    ['cursor://anysphere.cursor-mcp/oauth/callback'],
  ])('may return to %j', async (uri) => {
    expect((await register(origin, { redirect_uris: [uri] })).status).toBe(201);
  });

  test('cannot return to this server, whatever it is called on this machine', async () => {
    const { port } = new URL(origin);
    for (const uri of [`${origin}/oauth/callback`, `http://localhost:${port}/cb`, `http://[::1]:${port}/`])
      expect(await refusal({ redirect_uris: [callback, uri] })).toBe('400 invalid_redirect_uri');
  });

  test.each<[Record<string, unknown>, RegExp]>([
    [{ redirect_uris: Array.from({ length: 11 }, (_, n) => `https://app.example/${n}`) }, /^400/],
    [{ redirect_uris: 'https://app.example/cb' }, /^400/],
    [{ client_name: 'x'.repeat(201) }, /^400/],
    [{ client_name: { a: 1 } }, /^400/],
    [{ token_endpoint_auth_method: 'private_key_jwt', jwks_uri: 'http://127.0.0.1:1/' }, /^400/],
    [{ token_endpoint_auth_method: 'client_secret_jwt' }, /^400/],
    [{ token_endpoint_auth_method: ['none'] }, /^400/],
  ])('refuses %j', async (metadata, expected) => {
    expect(await refusal(metadata)).toMatch(expected);
  });

  test('what is too large, or no JSON, is refused without being kept', async () => {
    const send = (body: string, type = 'application/json') =>
      fetch(`${origin}/oauth/register`, { method: 'POST', headers: { 'content-type': type }, body });
    expect((await send(`{"a":"${'x'.repeat(70_000)}"}`)).status).toBe(413);
    expect((await send('{')).status).toBe(400);
    expect((await send('[]')).status).toBe(400);
    expect((await send('a=b', 'application/x-www-form-urlencoded')).status).toBe(400);
  });
});

describe('where a client is returned to is what it registered, letter by letter (RFC 9700 §2.1)', () => {
  const registered = 'https://app.example/cb';
  let clientId: string;

  beforeAll(async () => {
    clientId = (await newClient(origin, { redirect_uris: [registered, 'http://127.0.0.1:5000/cb'] })).client_id;
  });

  test.each([
    'https://app.example/cb/',
    'https://app.example/cb?x=1',
    'https://app.example/CB',
    'https://APP.example/cb',
    'https://app.example:443/cb',
    'https://app.example:8443/cb',
    'http://app.example/cb',
    'https://app.example/cb#x',
    'https://app.example/cb/../evil',
    'https://app.example/%63b',
    'https://app.example.evil.example/cb',
    'https://evil.example/cb',
    'https://app.example@evil.example/cb',
    'https://evil.example/https://app.example/cb',
    'http://127.0.0.1:5000/cb/x',
    'http://127.0.0.1:5000/',
    'http://localhost:5000/cb',
    'http://127.0.0.2:5000/cb',
    'http://127.0.0.1:5000@evil.example/cb',
    'http://[::1]:5000/cb',
    '',
  ])('not %j', async (uri) => {
    const { url } = authorizeUrl(origin, clientId, { redirect_uri: uri });
    const response = await fetch(url, { redirect: 'manual' });
    expect([response.status, response.headers.get('location')]).toEqual([400, null]);
    expect(response.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  });

  test('a program on this machine may be at any port (RFC 8252 §7.3)', async () => {
    const { url } = authorizeUrl(origin, clientId, { redirect_uri: 'http://127.0.0.1:61234/cb' });
    const response = await fetch(url, { redirect: 'manual' });
    expect(response.headers.get('location')).toMatch(/^\/oauth\/interaction\//);
  });

  test('but not at ours', async () => {
    const { url } = authorizeUrl(origin, clientId, { redirect_uri: `http://127.0.0.1:${new URL(origin).port}/cb` });
    const got = await fetch(url, { redirect: 'manual' });
    expect([got.status, got.headers.get('location')]).toEqual([400, null]);
  });

  test('without one, or with two, it is returned nowhere', async () => {
    const none = authorizeUrl(origin, clientId, { redirect_uri: undefined }).url;
    const twice = authorizeUrl(origin, clientId, { redirect_uri: registered }).url;
    twice.searchParams.append('redirect_uri', 'https://evil.example/cb');
    for (const url of [none, twice]) {
      const response = await fetch(url, { redirect: 'manual' });
      expect([response.status, response.headers.get('location')]).toEqual([400, null]);
    }
  });

  test('a site that registered itself is not led to by an error in a link to us (RFC 9700 §4.11.2)', async () => {
    const wrong: Record<string, string>[] = [
      { response_type: 'token' },
      { code_challenge_method: 'plain' },
      { prompt: 'none' },
    ];
    for (const over of wrong) {
      const { url } = authorizeUrl(origin, clientId, { redirect_uri: registered, ...over });
      const response = await fetch(url, { redirect: 'manual' });
      expect([response.status, response.headers.get('location')]).toEqual([400, null]);
      expect(await response.text()).toMatch(/<a href="https:\/\/app\.example\/cb[?#]error=/);
    }
    // One that an operator wrote down is, and so is a program on this machine.
    const site = authorizeUrl(origin, 'site', { redirect_uri: registered, prompt: 'none' }).url;
    const local = authorizeUrl(origin, clientId, { redirect_uri: 'http://127.0.0.1:5000/cb', prompt: 'none' }).url;
    for (const url of [site, local])
      expect((await fetch(url, { redirect: 'manual' })).headers.get('location')).toContain('error=login_required');
  });

  test.each(['/oauth/Authorize', '/oauth/AUTHORIZE', '/oauth/authorize/', '/oauth/%61uthorize'])(
    'nor by an address that is nearly the right one: %s',
    async (path) => {
      const { search } = authorizeUrl(origin, clientId, { redirect_uri: registered, response_type: 'token' }).url;
      const { status, headers } = await fetch(origin + path + search, { redirect: 'manual' });
      expect([status, headers.get('location')]).toEqual([404, null]);
    },
  );

  test('nor are 10 kB kept of a request whose person may never come', async () => {
    const { url } = authorizeUrl(origin, clientId, { redirect_uri: registered, state: 'x'.repeat(10_000) });
    const response = await fetch(url, { redirect: 'manual' });
    expect([response.status, response.headers.getSetCookie()]).toEqual([414, []]);
  });

  test('a client that nobody knows gets a page, not a redirect; what it is called is not HTML there', async () => {
    const { url } = authorizeUrl(origin, '<img src=x onerror=alert(1)>');
    const response = await fetch(url, { redirect: 'manual' });
    expect([response.status, response.headers.get('location')]).toEqual([400, null]);
    expect(await response.text()).not.toContain('<img');
  });
});

describe('a client that an operator wrote down', () => {
  test('with a secret needs it, and is told apart on the consent page', async () => {
    const browser = openBrowser();
    const { url, verifier } = authorizeUrl(origin, 'desk');
    let page = '';
    const back = await browser.walk(url, (seen) => {
      page = seen.text;
      return actAs()(seen);
    });
    expect(page).toContain('the operator of this server has registered');
    expect(page).toContain('Help desk');
    const form = {
      grant_type: 'authorization_code',
      client_id: 'desk',
      redirect_uri: callback,
      code: back.searchParams.get('code') ?? '',
      code_verifier: verifier,
    };
    expect((await askToken(origin, form)).body.error).toBe('invalid_client');
    expect((await askToken(origin, { ...form, client_secret: secret })).status).toBe(200);
  });

  test('cannot be taken over by registration', async () => {
    const { client_id } = await newClient(origin, { client_id: 'site' });
    expect(client_id).not.toBe('site');
    await expect(obtain(origin, openBrowser(), actAs(), {}, 'site')).rejects.toThrow();
  });
});
