// The sandbox's custom authorization servers: what they publish, and the code with PKCE.

import { createPublicKey, type JsonWebKey, verify } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CustomServerHandle, openSandbox, type Sandbox } from '../../src/sandbox/index.ts';
import { type Checked, createChecked } from './checked.ts';
import {
  backOf,
  basic,
  type CustomClient,
  createCustomClient,
  reading,
  redirectUri,
  traveller,
  verifier,
} from './oauth-custom-kit.ts';
import { errorOf, readClaims } from './oauth-kit.ts';
import { admin, lockedOut } from './oauth-person-kit.ts';

let now: number;
let sandbox: Sandbox;
let server: CustomServerHandle;
let client: CustomClient;
let api: Checked;

beforeEach(async () => {
  now = Date.parse('2026-03-02T09:00:00Z');
  sandbox = await openSandbox({ now: () => now, users: 30, rateLimits: 'off' });
  server = sandbox.okta.oauth.customServer('default');
  client = createCustomClient(sandbox, server);
  api = createChecked(sandbox);
});
afterEach(() => sandbox.close());

const refusalIn = (answer: URLSearchParams) => `${answer.get('error')}: ${answer.get('error_description')}`;

async function keyOf(token: string | undefined): Promise<JsonWebKey | undefined> {
  const { kid } = JSON.parse(Buffer.from(String(token).split('.')[0] ?? '', 'base64url').toString());
  const keys = (await client.get('/v1/keys')).body.keys as (JsonWebKey & { kid: string })[];
  return keys.find((key) => key.kid === kid);
}

async function isVerified(token: string | undefined): Promise<boolean> {
  const key = await keyOf(token);
  const [header, claims, signature = ''] = String(token).split('.');
  const signed = Buffer.from(`${header}.${claims}`);
  return (
    key !== undefined &&
    verify('sha256', signed, createPublicKey({ key, format: 'jwk' }), Buffer.from(signature, 'base64url'))
  );
}

describe('the metadata', () => {
  it('stand at both well-known addresses after the issuer, and name it', async () => {
    const oauth = await client.get('/.well-known/oauth-authorization-server');
    const openid = await client.get('/.well-known/openid-configuration');
    expect(openid.body).toMatchObject(oauth.body);
    expect(oauth.body).toMatchObject({
      issuer: `${sandbox.okta.url}/oauth2/default`,
      authorization_endpoint: server.authorizeUrl,
      token_endpoint: server.tokenUrl,
      introspection_endpoint: server.introspectUrl,
      jwks_uri: server.jwksUrl,
      code_challenge_methods_supported: ['S256'],
    });
    expect(oauth.body.scopes_supported).toEqual(
      expect.arrayContaining(['openid', 'okta:read', 'okta:write', 'okta:destroy', 'castellan:read']),
    );
    expect(oauth.body).not.toHaveProperty('userinfo_endpoint');
    expect(openid.body.userinfo_endpoint).toBe(`${server.issuer}/v1/userinfo`);
  });

  it('are of the client that asks, if it is one', async () => {
    const path = '/.well-known/oauth-authorization-server?client_id=';
    expect((await client.get(path + server.clients.native.id)).status).toBe(200);
    expect((await client.get(`${path}nobody`)).status).toBe(400);
  });

  it('are not there for a server that the company does not have', async () => {
    const other = `${sandbox.okta.url}/oauth2/ausNoSuchServer`;
    for (const path of ['/.well-known/oauth-authorization-server', '/.well-known/openid-configuration'])
      expect((await client.send(other + path)).body.errorCode).toBe('E0000007');
    expect((await client.send(`${other}/v1/keys`)).status).toBe(404);
    expect((await client.send(`${other}/v1/token`, { method: 'POST' })).status).toBe(404);
  });

  it('advertise a registration that lets nobody register', async () => {
    const { body } = await client.get('/.well-known/oauth-authorization-server');
    const register = (authorization?: string) =>
      fetch(String(body.registration_endpoint), {
        method: 'POST',
        body: JSON.stringify({ redirect_uris: ['http://127.0.0.1/callback'] }),
        headers: authorization === undefined ? {} : { authorization },
      });
    expect((await register()).status).toBe(401);
    expect((await register(`Bearer ${server.issueToken({ scopes: ['okta:read'] })}`)).status).toBe(401);
    expect((await register(`SSWS ${sandbox.okta.token}`)).status).toBe(403);
  });

  it('are not written by a wrong method, and unknown endpoints are no pages', async () => {
    expect((await client.post('/.well-known/oauth-authorization-server', {})).status).toBe(405);
    expect((await client.get('/v1/token')).status).toBe(405);
    expect((await client.get('/v1/nonsense')).status).toBe(401);
  });
});

describe('the code with PKCE', () => {
  it('begins with a sign-in that asks for no consent, and offers whom the client expects', async () => {
    const { text } = await client.authorize({ login_hint: traveller });
    expect(text).toContain('Sign in to continue to MCP Clients');
    expect(text).toContain('“default”');
    expect(text).toContain(`name="login" list="people" value="${traveller}"`);
    expect(text).not.toMatch(/okta:read|>Allow</);
  });

  it('gives a token that says who, for whom, of whom and what, signed by a published key', async () => {
    const back = await client.signIn(admin, { nonce: 'n-1' });
    expect([back.get('state'), back.get('iss')]).toEqual(['a state & more', server.issuer]);
    const { body } = await client.exchangeCode(back.get('code'));
    expect(body).toMatchObject({ token_type: 'Bearer', scope: reading, expires_in: 1800 });
    expect(readClaims(body.access_token)).toEqual({
      ver: 1,
      jti: expect.stringMatching(/^AT\./),
      iss: server.issuer,
      aud: 'api://default',
      iat: now / 1000,
      exp: now / 1000 + 1800,
      cid: server.clients.native.id,
      uid: expect.stringMatching(/^00u/),
      auth_time: now / 1000,
      scp: reading.split(' '),
      sub: admin,
      groups: ['Okta Administrators'],
    });
    expect(readClaims(body.id_token)).toMatchObject({
      iss: server.issuer,
      aud: server.clients.native.id,
      nonce: 'n-1',
      preferred_username: admin,
    });
    expect(await isVerified(body.access_token as string)).toBe(true);
    expect(await isVerified(body.id_token as string)).toBe(true);
  });

  it('is for confidential clients as well, which show their secret', async () => {
    const { gateway } = server.clients;
    const redirect_uri = 'http://127.0.0.1:3000/oauth/callback';
    const code = async () => (await client.signIn(admin, { client_id: gateway.id, redirect_uri })).get('code');
    const exchange = async (form: Record<string, string | undefined>, headers = {}) =>
      client.exchangeCode(await code(), { redirect_uri, client_id: undefined, ...form }, headers);
    expect((await exchange({}, basic(gateway))).status).toBe(200);
    expect((await exchange({ client_id: gateway.id, client_secret: gateway.secret })).status).toBe(200);
    const wrong = '401 invalid_client: The client secret supplied for a confidential client is invalid.';
    expect(errorOf(await exchange({}, basic({ ...gateway, secret: `${gateway.secret}x` })))).toBe(wrong);
    expect(errorOf(await exchange({}, basic({ ...gateway, secret: '' })))).toBe(wrong);
    expect(errorOf(await exchange({ client_id: gateway.id }))).toContain('401 invalid_client: Client authentication');
    expect(errorOf(await exchange({ client_secret: gateway.secret }, basic(gateway)))).toContain('invalid_request');
    expect(errorOf(await exchange({}, basic({ id: 'nobody', secret: 'x' })))).toContain('401 invalid_client');
    expect(errorOf(await exchange({ client_id: server.clients.native.id }, basic(gateway)))).toContain(
      '401 invalid_client',
    );
    expect(errorOf(await exchange({}, basic({ id: server.clients.native.id, secret: 'x' })))).toContain(
      '401 invalid_client',
    );
    expect(errorOf(await exchange({}))).toBe('401 invalid_client: No client credentials found.');
  });

  it('comes back to addresses that are registered, and nowhere else', async () => {
    const { gateway } = server.clients;
    const status = async (client_id: string | undefined, redirect_uri: string) =>
      (await client.authorize({ ...(client_id !== undefined && { client_id }), redirect_uri })).status;
    for (const uri of [
      'http://127.0.0.1:8',
      'http://localhost:33418/',
      'http://localhost:6274/oauth/callback',
      'http://127.0.0.1/callback',
    ])
      expect(await status(undefined, uri), uri).toBe(200);
    for (const uri of [
      'http://localhost.evil.example:54321/callback',
      'http://127.0.0.1:54321/other',
      'https://localhost:54321/callback',
      'http://[::1]:54321/callback',
      'http://localhost:54321/callback#x',
    ])
      expect(await status(undefined, uri), uri).toBe(400);
    expect(await status(gateway.id, 'http://127.0.0.1:3001/oauth/callback')).toBe(400);
    sandbox.okta.oauth.customServer('default').setGatewayRedirectUris(['http://127.0.0.1:3001/oauth/callback']);
    expect(await status(gateway.id, 'http://127.0.0.1:3001/oauth/callback')).toBe(200);
    expect(await status(server.clients.api.id, 'http://127.0.0.1:8')).toBe(400);
  });

  it.each([
    [{ code_challenge: undefined }, 'invalid_request'],
    [{ code_challenge_method: 'plain' }, 'invalid_request'],
    [{ state: undefined }, 'invalid_request'],
    [{ prompt: 'nonsense' }, 'invalid_request'],
    [{ response_type: 'token' }, 'unsupported_response_type'],
    [{ scope: 'okta:nonsense' }, 'invalid_scope'],
    [{ scope: 'okta.users.read' }, 'invalid_scope'],
    [{ scope: 'profile okta:read' }, 'invalid_scope'],
    [{ scope: undefined }, 'invalid_scope'],
    [{ prompt: 'none' }, 'login_required'],
  ])('refuses %o → %s, to the client', async (change, error) => {
    const back = backOf(await client.authorize(change)).searchParams;
    expect([back.get('error'), back.get('iss')]).toEqual([error, server.issuer]);
  });

  it('tolerates a resource (RFC 8707), which changes nothing', async () => {
    const back = await client.signIn(admin, { resource: 'https://mcp.example/mcp' });
    const { body } = await client.exchangeCode(back.get('code'), { resource: 'https://mcp.example/mcp' });
    expect(readClaims(body.access_token).aud).toBe(server.audience);
  });

  it('is redeemed once, in time, with its verifier and address, at its own server, by its own client', async () => {
    const code = async () => (await client.signIn(admin)).get('code');
    const refused = async (change: Record<string, string | undefined>) =>
      errorOf(await client.exchangeCode(await code(), change));
    expect(await refused({ code_verifier: 'x'.repeat(43) })).toBe('400 invalid_grant: PKCE verification failed.');
    expect(await refused({ code_verifier: undefined })).toContain('400 invalid_request');
    expect(await refused({ redirect_uri: 'http://127.0.0.1:1/callback' })).toContain('400 invalid_grant');
    expect(await refused({ client_id: sandbox.okta.oauth.nativeClientId })).toContain('400 invalid_grant');
    const org = await client.send(sandbox.okta.oauth.tokenUrl, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        client_id: server.clients.native.id,
        code: (await code()) ?? '',
        redirect_uri: redirectUri,
        code_verifier: verifier,
      }),
    });
    expect(errorOf(org)).toContain('400 invalid_grant');
    const late = await code();
    now += 60_000;
    expect(errorOf(await client.exchangeCode(late))).toContain('400 invalid_grant');
    const once = await code();
    const { body } = await client.exchangeCode(once);
    expect((await client.introspect(body.access_token as string)).body.active).toBe(true);
    expect(errorOf(await client.exchangeCode(once))).toContain('400 invalid_grant');
    expect((await client.introspect(body.access_token as string)).body).toEqual({ active: false });
  });

  it('is not given to whoever refuses, cannot sign in, or does not have the application', async () => {
    const page = await client.authorize();
    expect((await client.answerPage(page, lockedOut)).text).toContain('Your account is locked.');
    expect(backOf(await client.answerPage(page, admin, 'deny')).searchParams.get('error')).toBe('access_denied');
    const groups = `/api/v1/apps/${server.clients.native.id}/groups`;
    for (const { id } of await api.list(groups)) await api.done('DELETE', `${groups}/${id}`);
    expect(refusalIn(await client.signIn(admin))).toBe(
      'access_denied: User is not assigned to the client application.',
    );
  });
});
