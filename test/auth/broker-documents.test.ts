// Clients that are known by a document about them (draft-ietf-oauth-client-id-metadata-document): the SDK's own client, and
// documents and addresses that must not be taken.

import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createVisitor, type Deed, type Seen } from '../../src/cli/visitor.ts';
import { authorizeUrl } from '../support/broker.ts';
import { type BrokerServer, openBrokerServer } from '../support/broker-server.ts';
import { type Internet, openInternet, sendJson } from '../support/internet.ts';
import { postForm } from '../support/oauth.ts';
import type { Era } from '../support/server.ts';
import { callback, createSigningClient } from '../support/sign-in.ts';

let internet: Internet;
let server: BrokerServer;
let laterMs = 0;
let count = 0;

beforeAll(async () => {
  internet = await openInternet();
  server = await openBrokerServer({
    internet: internet.ways,
    people: { ana: ['castellan:read', 'castellan:write'] },
    now: () => Date.now() + laterMs,
  });
});
beforeEach(() => {
  for (const list of [internet.resolved, internet.connected, internet.arrived]) list.length = 0;
  internet.names.clear();
});
afterAll(async () => {
  await server.close();
  await internet.close();
});

/** The address of a new document; `undefined` leaves something of a good one out. */
function publish(over: Readonly<Record<string, unknown>> = {}, headers = {}): string {
  const path = `/client-${++count}.json`;
  const address = `https://${internet.host}${path}`;
  const good = {
    client_id: address,
    client_name: 'Assistant',
    redirect_uris: [callback],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
  };
  internet.pages.set(path, sendJson({ ...good, ...over }, headers));
  return address;
}

const openBrowser = () => createVisitor((url) => url.href.startsWith(callback) || url.host === 'app.acme.dev');
/** Allows everything, and notes the pages that were seen. */
const allow =
  (seen: Seen[] = []) =>
  (page: Seen): Deed => {
    seen.push(page);
    const form = page.forms.find(({ names }) => names.has('decision'));
    if (!form) throw new Error(page.text);
    return { form, values: { decision: 'allow' } };
  };
const request = (id: string, over = {}) => authorizeUrl(server.issuer, id, { resource: server.url, ...over });

/** What the authorization server answers to a request, in the browser. */
async function answerTo(id: string, over: Readonly<Record<string, string>> = {}) {
  const response = await fetch(request(id, over).url, { redirect: 'manual' });
  return { status: response.status, location: response.headers.get('location'), text: await response.text() };
}

async function codeOf(id: string, over: Readonly<Record<string, string>> = {}) {
  const { url, verifier } = request(id, over);
  const code = (await openBrowser().walk(url, allow())).searchParams.get('code') ?? '';
  const form = { grant_type: 'authorization_code', redirect_uri: callback, code, code_verifier: verifier };
  return { ...form, client_id: id, ...over };
}

const ask = (form: Readonly<Record<string, string>>, at = server.issuer) => postForm(`${at}/oauth/token`, form);

describe.each(['2026-07-28', '2025-11-25'] as const)('an SDK client of %s', (era: Era) => {
  test('signs in without registering, and stays signed in', async () => {
    const documentUrl = publish();
    const seen: Seen[] = [];
    const signing = createSigningClient({
      url: server.url,
      era,
      documentUrl,
      browser: openBrowser(),
      act: allow(seen),
    });
    const client = await signing.connect();
    expect((await client.callTool({ name: 'list_okta_groups', arguments: {} })).isError).toBeFalsy();
    expect(signing.clientId()).toBe(documentUrl);
    expect(seen).toHaveLength(1);
    expect(seen[0]?.text).toContain(internet.host);
    expect(seen[0]?.text).toContain('Assistant');
    const form = { grant_type: 'refresh_token', client_id: documentUrl, refresh_token: signing.refreshToken() };
    expect((await ask(form)).status).toBe(200);
    // It was read once for all of that.
    expect(internet.arrived).toHaveLength(1);
    await client.close();
  });
});

test('metadata says that documents are read', async () => {
  const answer = await fetch(`${server.issuer}/.well-known/oauth-authorization-server`);
  expect(await answer.json()).toMatchObject({ client_id_metadata_document_supported: true });
});

test('nothing that a document names is asked', async () => {
  const elsewhere = 'https://elsewhere.acme.dev/';
  const names = ['logo_uri', 'client_uri', 'policy_uri', 'tos_uri', 'sector_identifier_uri', 'backchannel_logout_uri'];
  const id = publish({ ...Object.fromEntries(names.map((name) => [name, elsewhere])), jwks_uri: elsewhere });
  const seen: Seen[] = [];
  await openBrowser().walk(request(id).url, allow(seen));
  expect(internet.resolved).toEqual([internet.host]);
  expect(seen[0]?.text).not.toContain('elsewhere');
});

test('its name is shown as text', async () => {
  const seen: Seen[] = [];
  await openBrowser().walk(request(publish({ client_name: '<script>alert(1)</script>' })).url, allow(seen));
  expect(seen[0]?.text).toContain('&lt;script&gt;');
  expect(seen[0]?.text).not.toContain('<script>alert');
});

test('consent to one client is none to another, and none where it returns to somewhere else', async () => {
  const browser = openBrowser();
  const seen: Seen[] = [];
  const back = { redirect_uri: 'https://app.acme.dev/back' };
  const id = publish({ redirect_uris: [back.redirect_uri] });
  await browser.walk(request(id, back).url, allow(seen));
  await browser.walk(request(id, back).url, allow(seen));
  expect(seen).toHaveLength(1);
  await browser.walk(request(publish({ redirect_uris: [back.redirect_uri] }), back).url, allow(seen));
  expect(seen).toHaveLength(2);
});

describe('a document is not taken', () => {
  let strict: BrokerServer;
  beforeAll(async () => {
    strict = await openBrokerServer({ internet: internet.ways, now: () => Date.now() + laterMs });
  });
  beforeEach(() => {
    // Each test is a minute later, so that none is held up by how often those before it asked.
    laterMs += 60_000;
  });
  afterAll(() => strict.close());
  const refused = async (id: string, over: Readonly<Record<string, string>> = {}) => {
    const { url } = authorizeUrl(strict.issuer, id, { resource: strict.url, ...over });
    const response = await fetch(url, { redirect: 'manual' });
    expect(response.headers.get('location')).toBeNull();
    const { status, body } = await postForm(`${strict.issuer}/oauth/token`, {
      ...{ grant_type: 'authorization_code', client_id: id, redirect_uri: callback },
      ...{ code: 'x', code_verifier: 'x'.repeat(43) },
    });
    return { page: response.status, status, error: body.error };
  };
  const asymmetric = { kty: 'EC', crv: 'P-256', x: 'x', y: 'y' };

  test.each<[string, Readonly<Record<string, unknown>>]>([
    ['that is about another client', { client_id: 'https://client.acme.dev/other.json' }],
    ['that writes its id otherwise', { client_id: 'https://CLIENT.acme.dev/client.json' }],
    ['that has no id', { client_id: undefined }],
    ['that returns nowhere', { redirect_uris: undefined }],
    ['that returns to no list', { redirect_uris: callback }],
    ['that returns to an empty list', { redirect_uris: [] }],
    ['that returns by http', { redirect_uris: ['http://app.acme.dev/back'] }],
    ['that returns by a script', { redirect_uris: ['javascript:alert(1)'] }],
    ['that returns by a scheme of everybody', { redirect_uris: ['app://back'] }],
    ['that returns to a fragment', { redirect_uris: ['https://app.acme.dev/back#x'] }],
    ['that returns to anywhere', { redirect_uris: ['https://*.acme.dev/back'] }],
    ['that returns to eleven places', { redirect_uris: Array.from({ length: 11 }, (_, n) => `${callback}/${n}`) }],
    ['with a good and a bad place', { redirect_uris: [callback, 'http://10.0.0.1/back'] }],
    ['with a secret', { client_secret: 'a-secret-that-everybody-can-read' }],
    ['with a secret that never ends', { client_secret_expires_at: 0 }],
    ['that sends a secret', { token_endpoint_auth_method: 'client_secret_basic' }],
    ['that posts a secret', { token_endpoint_auth_method: 'client_secret_post' }],
    ['that signs with a secret', { token_endpoint_auth_method: 'client_secret_jwt' }],
    ['that signs with no key', { token_endpoint_auth_method: 'private_key_jwt' }],
    [
      'that signs with a key that everybody has',
      { token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [{ ...asymmetric, d: 'd' }] } },
    ],
    [
      'that signs with a secret key',
      { token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [{ kty: 'oct', k: 'x' }] } },
    ],
    ['whose name is a book', { client_name: 'x'.repeat(201) }],
    ['whose name is no text', { client_name: { en: 'x' } }],
    ['that is large', { client_uri: `https://app.acme.dev/${'x'.repeat(6_000)}` }],
  ])('%s', async (_what, over) => {
    expect(await refused(publish(over))).toEqual({
      page: 400,
      status: expect.toBeOneOf([400, 401]),
      error: expect.stringMatching(/^invalid_(client|client_metadata|redirect_uri)$/),
    });
  });

  test.each([
    ['that is not there', 404, {}],
    ['that is elsewhere', 302, { location: 'https://client.acme.dev/good.json' }],
    ['that leads inside', 307, { location: 'http://169.254.169.254/latest' }],
    ['that is a page', 200, { 'content-type': 'text/html' }],
  ])('%s', async (_what, status, headers) => {
    const id = publish();
    internet.pages.set(
      new URL(id).pathname,
      (_request, response) => void response.writeHead(status, headers).end('{}'),
    );
    expect(await refused(id)).toMatchObject({ page: 400, error: 'invalid_client' });
    // The failure is remembered: it was asked once for both requests.
    expect(internet.arrived).toHaveLength(1);
  });

  test.each([
    'http://client.acme.dev/client.json',
    'https://client.acme.dev',
    'https://client.acme.dev/',
    'https://client.acme.dev/#x',
    'https://client.acme.dev/client.json#x',
    'https://client.acme.dev/a/../client.json',
    'https://client.acme.dev/%2e%2e/client.json',
    'https://client.acme.dev:8443/client.json',
    'https://user@client.acme.dev/client.json',
    'https://CLIENT.acme.dev/client.json',
    'https://client.acme.dev./client.json',
    'https://127.0.0.1/client.json',
    'https://[::1]/client.json',
    'https://[::ffff:169.254.169.254]/client.json',
    'https://169.254.169.254/client.json',
    'https://2852039166/client.json',
    'https://localhost/client.json',
    'https://redis.internal/client.json',
    'https://db/client.json',
    'https://client.acme.dev\\@127.0.0.1/client.json',
    'file:///etc/passwd',
  ])('at %s, which is not even looked up', async (id) => {
    expect(await refused(id)).toMatchObject({ page: 400, status: expect.toBeOneOf([400, 401]) });
    expect(internet.resolved).toEqual([]);
  });

  test.each(['10.0.0.1', '127.0.0.1', '169.254.169.254', '::1', '::ffff:10.0.0.1', 'fd00::1'])(
    'at a name that leads to %s, which is not connected to',
    async (address) => {
      internet.names.set(internet.host, [[address]]);
      expect(await refused(publish())).toMatchObject({ page: 400, error: 'invalid_client' });
      expect(internet.connected).toEqual([]);
    },
  );

  test('while its server is away, the client is told to come back', async () => {
    const id = publish();
    internet.pages.set(new URL(id).pathname, (_request, response) => void response.writeHead(500).end());
    expect(await refused(id)).toEqual({ page: 503, status: 503, error: 'temporarily_unavailable' });
  });

  test('of a host that was named too often in a minute', async () => {
    for (let n = 0; n < 10; n++) await refused(publish({ client_id: 'x' }));
    expect(internet.arrived).toHaveLength(10);
    expect(await refused(publish())).toMatchObject({ page: 503, error: 'temporarily_unavailable' });
    expect(internet.arrived).toHaveLength(10);
    laterMs += 60_000;
    const { url } = authorizeUrl(strict.issuer, publish(), { resource: strict.url });
    expect((await fetch(url, { redirect: 'manual' })).status).toBe(303);
  });
});

describe('a place to return to', () => {
  test('must be in the document', async () => {
    const id = publish({ redirect_uris: ['https://app.acme.dev/back'] });
    for (const redirect_uri of ['https://app.acme.dev/back/', 'https://app.acme.dev/back?x=1', callback]) {
      const { status, location } = await answerTo(id, { redirect_uri });
      expect({ status, location }, redirect_uri).toEqual({ status: 400, location: null });
    }
  });

  test('that was taken out of it before the code came back is none any more', async () => {
    const replica = await server.replica();
    const id = publish();
    const form = await codeOf(id);
    const document = { client_id: id, redirect_uris: ['https://app.acme.dev/other'] };
    internet.pages.set(new URL(id).pathname, sendJson(document));
    expect(await ask(form, replica)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  });
});

test('a document that is withdrawn while its person is asked ends the question', async () => {
  const replica = await server.replica();
  const id = publish();
  const browser = openBrowser();
  const page = await browser.open(request(id).url);
  if (page instanceof URL) throw new Error('no question');
  internet.pages.delete(new URL(id).pathname);
  const again = await browser.open(new URL(page.url.pathname, replica));
  expect(again).toMatchObject({ status: 400, text: expect.stringContaining('This request is over') });
});

describe('a client with keys', async () => {
  const pair = await generateKeyPair('ES256', { extractable: true });
  const key = { ...(await exportJWK(pair.publicKey)), kid: 'client-1', alg: 'ES256', use: 'sig' };
  const method = { token_endpoint_auth_method: 'private_key_jwt' };
  const seconds = () => Math.floor(Date.now() / 1000);

  async function signed(id: string, by = pair.privateKey): Promise<Readonly<Record<string, string>>> {
    const claims = { iss: id, sub: id, aud: server.issuer, jti: `${++count}`, iat: seconds(), exp: seconds() + 60 };
    return {
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: await new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: 'client-1' }).sign(by),
    };
  }

  test('proves who it is with one in its document', async () => {
    const id = publish({ ...method, jwks: { keys: [key] } });
    const form = await codeOf(id);
    expect(await ask(form)).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
    const stranger = (await generateKeyPair('ES256')).privateKey;
    expect(await ask({ ...form, ...(await signed(id, stranger)) })).toMatchObject({ status: 401 });
    expect((await ask({ ...form, ...(await signed(id)) })).status).toBe(200);
  });

  test('or with one that its document leads to', async () => {
    internet.pages.set('/keys', sendJson({ keys: [key] }));
    const id = publish({ ...method, jwks_uri: `https://${internet.host}/keys` });
    expect((await ask({ ...(await codeOf(id)), ...(await signed(id)) })).status).toBe(200);
    expect((await ask({ ...(await codeOf(id)), ...(await signed(id)) })).status).toBe(200);
    expect(internet.arrived.map(({ url }) => url).filter((url) => url === '/keys')).toHaveLength(1);
  });

  test.each([
    ['http://client.acme.dev/keys', undefined],
    ['https://169.254.169.254/keys', undefined],
    ['https://localhost/keys', undefined],
    ['https://keys.acme.dev/keys', '10.0.0.1'],
  ])('but not at %s', async (jwks_uri, address) => {
    if (address !== undefined) internet.names.set('keys.acme.dev', [[address]]);
    const id = publish({ ...method, jwks_uri });
    const attempt = codeOf(id).then(async (form) => ask({ ...form, ...(await signed(id)) }));
    const refusal = await attempt.then(
      ({ status }) => status,
      () => 400,
    );
    expect(refusal).toBeOneOf([400, 401]);
    expect(internet.connected).toHaveLength(1);
  });
});

test.each(['machine:nightly', 'https://login.acme.dev#ana'])(
  'whoever signs in as %s is let in as nobody: others are called so',
  async (id) => {
    const people = { [id]: ['castellan:read'] };
    const taken = await openBrokerServer({ internet: internet.ways, people });
    const { url } = authorizeUrl(taken.issuer, publish(), { resource: taken.url });
    const back = await openBrowser().walk(url, allow());
    expect(back.searchParams.get('error')).toBe('access_denied');
    expect(back.searchParams.get('code')).toBeNull();
    await taken.close();
  },
);

test('it can be switched off', async () => {
  const closed = await openBrokerServer({ internet: internet.ways, broker: { clientMetadata: false } });
  const { url } = authorizeUrl(closed.issuer, publish(), { resource: closed.url });
  expect((await fetch(url, { redirect: 'manual' })).status).toBe(400);
  expect(internet.resolved).toEqual([]);
  const metadata = await (await fetch(`${closed.issuer}/.well-known/oauth-authorization-server`)).json();
  expect(metadata).not.toHaveProperty('client_id_metadata_document_supported', true);
  await closed.close();
});
