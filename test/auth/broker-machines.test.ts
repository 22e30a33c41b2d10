// Machines at the broker (OAuth client credentials, RFC 6749 §4.4): the SDK's own clients, and what must not let them in.

import {
  Client,
  ClientCredentialsProvider,
  type OAuthClientProvider,
  PrivateKeyJwtProvider,
  StreamableHTTPClientTransport,
} from '@modelcontextprotocol/client';
import { decodeJwt, exportJWK, exportPKCS8, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BrokerServer, openBrokerServer, readBroker } from '../support/broker-server.ts';
import { postForm } from '../support/oauth.ts';
import type { Era } from '../support/server.ts';

const secret = 'a-secret-of-a-machine-that-is-long-enough';
const pair = await generateKeyPair('ES256', { extractable: true });
const other = await generateKeyPair('ES256', { extractable: true });
const key = { ...(await exportJWK(pair.publicKey)), kid: 'ci-1', alg: 'ES256' };

let server: BrokerServer;
const skewMs = 0;

beforeAll(async () => {
  server = await openBrokerServer({
    broker: {
      machines: [
        { id: 'nightly', secret, scopes: ['castellan:read'] },
        { id: 'ci', keys: [key], scopes: ['okta:read', 'okta:write'] },
      ],
      clients: [
        { id: 'desktop', secret: `${secret}-too`, name: 'Desktop', redirectUris: ['https://app.acme.dev/back'] },
      ],
    },
    now: () => Date.now() + skewMs,
  });
});
afterAll(() => server.close());

const eras: readonly Era[] = ['2026-07-28', '2025-11-25'];

async function connect(authProvider: OAuthClientProvider, era: Era): Promise<Client> {
  const mode = era === '2025-11-25' ? 'legacy' : { pin: era };
  const client = new Client({ name: 'machine', version: '0' }, { versionNegotiation: { mode } });
  await client.connect(new StreamableHTTPClientTransport(new URL(server.url), { authProvider }));
  return client;
}

const basic = (id: string, password: string) => ({
  authorization: `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(password)}`).toString('base64')}`,
});
const nightly = basic('nightly', secret);
const grant = { grant_type: 'client_credentials' };
const ask = (form: Readonly<Record<string, string>>, headers: Readonly<Record<string, string>> = {}) =>
  postForm(`${server.issuer}/oauth/token`, form, headers);

describe.each(eras)('an SDK client of %s', (era) => {
  test('with a secret', async () => {
    const provider = new ClientCredentialsProvider({
      clientId: 'nightly',
      clientSecret: secret,
      expectedIssuer: server.issuer,
    });
    const client = await connect(provider, era);
    const { isError } = await client.callTool({ name: 'list_okta_groups', arguments: {} });
    expect(isError).toBeFalsy();
    const claims = decodeJwt(provider.tokens()?.access_token ?? '');
    expect(claims).toMatchObject({
      sub: 'machine:nightly',
      client_id: 'nightly',
      aud: server.url,
      scope: 'castellan:read',
    });
    expect(claims.gid).toBeUndefined();
    expect(server.audit()).toContain(`${server.issuer}|machine:nightly`);
    await client.close();
  });

  test('with a key', async () => {
    const provider = new PrivateKeyJwtProvider({
      clientId: 'ci',
      privateKey: await exportPKCS8(pair.privateKey),
      algorithm: 'ES256',
      expectedIssuer: server.issuer,
    });
    const client = await connect(provider, era);
    const { isError } = await client.callTool({ name: 'list_okta_groups', arguments: {} });
    expect(isError).toBeFalsy();
    expect(decodeJwt(provider.tokens()?.access_token ?? '')).toMatchObject({ sub: 'machine:ci', client_id: 'ci' });
    await client.close();
  });
});

describe('what a machine gets', () => {
  test('is all that it may have where it asks for nothing, for a while, and nothing to refresh it with', async () => {
    const { status, body } = await ask(grant, nightly);
    expect(status).toBe(200);
    expect(body).toMatchObject({ token_type: 'Bearer', scope: 'castellan:read', expires_in: 600 });
    expect(body).not.toHaveProperty('refresh_token');
    expect(body).not.toHaveProperty('id_token');
  });

  test('is no more than its settings say', async () => {
    const { body } = await ask({ ...grant, scope: 'castellan:read castellan:destroy okta:write' }, nightly);
    expect(body.scope).toBe('castellan:read');
    const refused = await ask({ ...grant, scope: 'okta:destroy' }, nightly);
    expect(refused).toMatchObject({ status: 400, body: { error: 'invalid_scope' } });
  });

  test('is for the MCP endpoint alone (RFC 8707)', async () => {
    expect((await ask({ ...grant, resource: server.url }, nightly)).status).toBe(200);
    expect(await ask({ ...grant, resource: 'https://other.acme.dev/mcp' }, nightly)).toMatchObject({
      status: 400,
      body: { error: 'invalid_target' },
    });
  });

  test('by its secret in the form as well', async () => {
    expect((await ask({ ...grant, client_id: 'nightly', client_secret: secret })).status).toBe(200);
  });
});

describe('who is no machine', () => {
  test.each([
    ['another secret', () => ask(grant, basic('nightly', `${secret}x`)), 401, 'invalid_client'],
    ['no secret', () => ask({ ...grant, client_id: 'nightly' }), 401, 'invalid_client'],
    ['the name of one with a key, and a secret', () => ask(grant, basic('ci', secret)), 401, 'invalid_client'],
    ['a name that nobody has', () => ask(grant, basic('nobody', secret)), 401, 'invalid_client'],
    ['a client for people', () => ask(grant, basic('desktop', `${secret}-too`)), 400, 'invalid_request'],
  ])('%s', async (_what, attempt, status, error) => {
    expect(await attempt()).toMatchObject({ status, body: { error } });
  });

  test('a machine is no client for people', async () => {
    const query = new URLSearchParams({
      client_id: 'nightly',
      response_type: 'code',
      redirect_uri: 'http://127.0.0.1:1/',
      code_challenge: 'x'.repeat(43),
      code_challenge_method: 'S256',
    });
    const answer = await fetch(`${server.issuer}/oauth/authorize?${query}`, { redirect: 'manual' });
    expect(answer.status).toBe(400);
  });
});

describe('an assertion of who it is (RFC 7523 §3)', () => {
  const seconds = () => Math.floor(Date.now() / 1000);
  let count = 0;
  const good = () => ({
    iss: 'ci',
    sub: 'ci',
    aud: server.issuer,
    jti: `assertion-${++count}`,
    iat: seconds(),
    exp: seconds() + 60,
  });
  const sign = (
    claims: Readonly<Record<string, unknown>>,
    alg = 'ES256',
    by: Parameters<SignJWT['sign']>[0] = pair.privateKey,
  ) => new SignJWT({ ...claims }).setProtectedHeader({ alg, kid: 'ci-1' }).sign(by);
  const present = (client_assertion: string, at = server.issuer) =>
    postForm(`${at}/oauth/token`, {
      ...grant,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion,
    });

  test('is taken, for the issuer or the token endpoint', async () => {
    expect((await present(await sign(good()))).status).toBe(200);
    expect((await present(await sign({ ...good(), aud: `${server.issuer}/oauth/token` }))).status).toBe(200);
  });

  test('once, whichever replica is asked', async () => {
    const replica = await server.replica();
    const assertion = await sign(good());
    const answers = await Promise.all([present(assertion), present(assertion, replica), present(assertion)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401]);
    expect((await present(assertion, replica)).status).toBe(401);
  });

  const unsigned = (claims: object) =>
    `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.`;

  test.each([
    ['of another key', () => sign(good(), 'ES256', other.privateKey)],
    ['without a signature', async () => unsigned(good())],
    ['signed with the public key as a secret', () => sign(good(), 'HS256', Buffer.from(JSON.stringify(key)))],
    ['for another server', () => sign({ ...good(), aud: 'https://other.acme.dev' })],
    ['for nobody', () => sign({ ...good(), aud: undefined })],
    ['that has expired', () => sign({ ...good(), exp: seconds() - 60 })],
    ['without an end', () => sign({ ...good(), exp: undefined })],
    ['that lives for a day', () => sign({ ...good(), exp: seconds() + 86_400 })],
    ['not yet valid', () => sign({ ...good(), nbf: seconds() + 120 })],
    ['without an id of its own', () => sign({ ...good(), jti: undefined })],
    ['of another machine', () => sign({ ...good(), iss: 'nightly' })],
    ['about another machine', () => sign({ ...good(), sub: 'nightly' })],
  ])('is not, %s', async (_what, make) => {
    expect(await present(await make())).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
  });
});

test('metadata says what is on (RFC 8414 §2)', async () => {
  const metadata = (await (await fetch(`${server.issuer}/.well-known/oauth-authorization-server`)).json()) as Record<
    string,
    readonly string[]
  >;
  expect(metadata.grant_types_supported).toContain('client_credentials');
  expect(metadata.grant_types_supported).not.toContain('urn:ietf:params:oauth:grant-type:jwt-bearer');
  expect(metadata.grant_types_supported).not.toContain('implicit');
  expect(metadata.token_endpoint_auth_methods_supported).toContain('private_key_jwt');
  expect(metadata.token_endpoint_auth_signing_alg_values_supported).not.toContain('HS256');
});

describe('settings', () => {
  const scopes = ['castellan:read'];
  test.each([
    ['a short secret', { id: 'a', secret: 'short', scopes }],
    ['neither secret nor keys', { id: 'a', scopes }],
    ['both', { id: 'a', secret, keys: [key], scopes }],
    ['nothing that it may do', { id: 'a', secret, scopes: [] }],
    ['a scope that is none of ours', { id: 'a', secret, scopes: ['openid'] }],
    ['a blank in its name', { id: 'a b', secret, scopes }],
    ['a secret key', { id: 'a', keys: [{ kty: 'oct', k: 'x' }], scopes }],
  ])('refuse %s', (_what, machine) => {
    expect(() => readBroker({ machines: [machine] })).toThrow();
  });

  test('refuse a private key', async () => {
    const keys = [await exportJWK(pair.privateKey)];
    expect(() => readBroker({ machines: [{ id: 'a', keys, scopes }] })).toThrow(/private key/);
  });
});
