// MCP clients at the simulated Scalekit environment, through the MCP SDK's own functions: metadata of a server, registration by both
// ways, PKCE, refresh tokens.

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  discoverAuthorizationServerMetadata,
  exchangeAuthorization,
  refreshAuthorization,
  registerClient,
  startAuthorization,
} from '@modelcontextprotocol/client';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSandbox, type Sandbox, type SandboxScalekit, type ScalekitServerHandle } from '../../src/sandbox/index.ts';
import { sha256 } from './oauth-kit.ts';
import {
  admin,
  basic,
  callback,
  createBrowser,
  errorOf,
  get,
  post,
  type Reply,
  readClaims,
  readReply,
} from './oidc-kit.ts';

const mcpUrl = 'http://127.0.0.1:8080/mcp';

let sandbox: Sandbox;
let scalekit: SandboxScalekit;
let server: ScalekitServerHandle;
let documents: Server | undefined;

beforeEach(async () => {
  sandbox = await openSandbox({ users: 30 });
  scalekit = await sandbox.scalekit();
  server = scalekit.registerServer(mcpUrl);
});
afterEach(async () => {
  documents?.close();
  documents = undefined;
  await sandbox.close();
});

const clientMetadata = {
  client_name: 'test',
  redirect_uris: [callback],
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  token_endpoint_auth_method: 'none',
};

async function discover() {
  const metadata = await discoverAuthorizationServerMetadata(server.issuer);
  if (!metadata) throw new Error('no metadata');
  return metadata;
}

async function start(clientId: string, scope?: string, resource: string | undefined = mcpUrl) {
  return startAuthorization(server.issuer, {
    metadata: await discover(),
    clientInformation: { client_id: clientId },
    redirectUrl: callback,
    ...(scope !== undefined && { scope }),
    state: 's',
    ...(resource !== undefined && { resource: new URL(resource) }),
  });
}

async function signIn(clientId: string, scope?: string, resource?: string) {
  const { authorizationUrl, codeVerifier } = await start(clientId, scope, resource);
  const back = await createBrowser().signIn(authorizationUrl, admin);
  return exchangeAuthorization(server.issuer, {
    metadata: await discover(),
    clientInformation: { client_id: clientId },
    authorizationCode: back.searchParams.get('code') ?? '',
    codeVerifier,
    redirectUri: callback,
    resource: new URL(mcpUrl),
  });
}

const register = async (change: Record<string, unknown> = {}): Promise<Reply> =>
  readReply(
    await fetch(`${server.issuer}/oauth/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...clientMetadata, ...change }),
    }),
  );

/** A client's metadata document on this machine. */
async function publish(change: Record<string, unknown> = {}, path = '/client.json'): Promise<string> {
  documents = createServer((request, response) => {
    if (request.url !== path) return void response.writeHead(302, { location: path }).end();
    response.end(JSON.stringify({ client_id: id, ...clientMetadata, ...change }));
  });
  await new Promise<void>((resolve) => documents?.listen(0, '127.0.0.1', resolve));
  const id = `http://127.0.0.1:${(documents.address() as AddressInfo).port}${path}`;
  return id;
}

const failure = async (url: string | URL) => {
  const page = await createBrowser().open(url);
  const location = page.headers.get('location');
  return location === null
    ? `${page.status} ${/class="wrong">([^<]+)/.exec(page.text)?.[1]}`
    : new URL(location).searchParams.get('error');
};

describe('the authorization server of an MCP server', () => {
  it('has its metadata before and after its path, and none of OpenID Connect there', async () => {
    const { origin, pathname } = new URL(server.issuer);
    const inserted = await get(`${origin}/.well-known/oauth-authorization-server${pathname}`);
    const appended = await get(`${server.issuer}/.well-known/oauth-authorization-server`);
    expect(inserted.body).toEqual(appended.body);
    expect(inserted.body).toMatchObject({
      issuer: server.issuer,
      authorization_endpoint: `${origin}/oauth/authorize`,
      token_endpoint: `${origin}/oauth/token`,
      jwks_uri: `${origin}/keys`,
      registration_endpoint: `${server.issuer}/oauth/register`,
      client_id_metadata_document_supported: true,
      code_challenge_methods_supported: ['S256'],
      scopes_supported: expect.arrayContaining(['castellan:read', 'wks:read']),
    });
    expect((await get(`${server.issuer}/.well-known/openid-configuration`)).status).toBe(404);
    const environment = await get(`${origin}/.well-known/openid-configuration`);
    expect(environment.body.issuer).toBe(origin);
    expect(environment.body).not.toHaveProperty('registration_endpoint');
    expect((await get(`${origin}/.well-known/oauth-authorization-server/resources/res_1`)).status).toBe(404);
  });

  it('lets a client register itself, and gives tokens of the environment for the server’s address and id', async () => {
    const client = await registerClient(server.issuer, { metadata: await discover(), clientMetadata });
    const tokens = await signIn(client.client_id, 'castellan:read openid');
    const keys = createRemoteJWKSet(new URL(`${scalekit.url}/keys`));
    const { payload } = await jwtVerify(tokens.access_token, keys, { issuer: scalekit.url, audience: mcpUrl });
    expect(payload).toMatchObject({
      iss: scalekit.url,
      aud: [mcpUrl, server.resourceId],
      sub: expect.stringMatching(/^usr_\d{18}$/),
      oid: expect.stringMatching(/^org_\d{18}$/),
      client_id: client.client_id,
      scopes: ['castellan:read', 'openid'],
      roles: ['admin', 'member'],
    });
    expect(payload.iss).not.toBe(server.issuer);
    expect(readClaims(tokens.id_token)).toMatchObject({ sub: payload.sub, aud: [client.client_id] });
    // Without scopes it is all of the server's; without an address the id is the only audience.
    const bare = scalekit.registerServer(undefined, ['a', 'b']);
    const token = bare.issueToken({ login: admin, scopes: ['a'] });
    expect(readClaims(token)).toMatchObject({ aud: [bare.resourceId], scopes: ['a'] });
    expect((await signIn(client.client_id)).scope).toContain('org:write');
  });

  it('shows the person who asks, for what, and where it returns to', async () => {
    const { body } = await register({ client_name: '<b>A&B</b>' });
    const { authorizationUrl } = await start(body.client_id, 'castellan:read');
    const browser = createBrowser();
    const { text } = await browser.open(authorizationUrl);
    expect(text).toContain('&#60;b&#62;A&#38;B');
    expect(text).toContain('<li>castellan:read</li>');
    expect(text).toContain('127.0.0.1:54321');
    await browser.signIn(authorizationUrl);
    // Also somebody who is signed in is asked.
    expect((await browser.open(authorizationUrl)).status).toBe(200);
  });

  it('replaces refresh tokens, and ends all when one comes again', async () => {
    const { body } = await register();
    const tokens = await signIn(body.client_id, 'castellan:read');
    const at = { metadata: await discover(), clientInformation: { client_id: body.client_id } };
    const refresh = (refreshToken = '') => refreshAuthorization(server.issuer, { ...at, refreshToken });
    const second = await refresh(tokens.refresh_token);
    expect(readClaims(second.access_token)).toMatchObject({
      aud: [mcpUrl, server.resourceId],
      scopes: ['castellan:read'],
    });
    await expect(refresh(tokens.refresh_token)).rejects.toThrow('refresh token');
    await expect(refresh(second.refresh_token)).rejects.toThrow('refresh token');
    const without = await register({ grant_types: ['authorization_code'] });
    expect(await signIn(without.body.client_id)).not.toHaveProperty('refresh_token');
  });

  it('takes S256 alone, always of a public client, and holds each code against it once', async () => {
    const { body } = await register();
    const { authorizationUrl, codeVerifier } = await start(body.client_id, 'castellan:read');
    const changed = (change: Record<string, string | undefined>) => {
      const url = new URL(authorizationUrl);
      for (const [name, value] of Object.entries(change))
        if (value === undefined) url.searchParams.delete(name);
        else url.searchParams.set(name, value);
      return url;
    };
    expect(await failure(changed({ code_challenge: undefined, code_challenge_method: undefined }))).toBe(
      'invalid_request',
    );
    expect(await failure(changed({ code_challenge_method: 'plain' }))).toBe('invalid_request');
    expect(await failure(changed({ code_challenge_method: undefined }))).toBe('invalid_request');
    expect(await failure(changed({ scope: 'nonsense' }))).toBe('invalid_scope');
    expect(await failure(changed({ resource: 'https://other.example/mcp' }))).toBe('invalid_target');
    expect(await failure(changed({ redirect_uri: 'https://evil.example/' }))).toBe('400 invalid_request');
    const other = await register();
    const back = await createBrowser().signIn(changed({ redirect_uri: callback.replace('54321', '12345') }));
    expect(back.port).toBe('12345');
    const code = back.searchParams.get('code') ?? '';
    const redeem = (change: Record<string, string>) =>
      post(`${scalekit.url}/oauth/token`, {
        grant_type: 'authorization_code',
        client_id: body.client_id,
        code,
        redirect_uri: callback.replace('54321', '12345'),
        code_verifier: codeVerifier,
        ...change,
      });
    expect(errorOf(await redeem({ client_id: other.body.client_id }))).toBe('400 invalid_grant');
    expect(errorOf(await redeem({ client_id: 'mcpc_1' }))).toBe('401 invalid_client');
    expect((await redeem({})).status).toBe(200);
    expect(errorOf(await redeem({}))).toBe('400 invalid_grant');
  });
});

describe('dynamic registration (RFC 7591)', () => {
  it('can be switched off, and is then not published', async () => {
    server.setRegistration({ dynamic: false });
    expect(await discover()).not.toHaveProperty('registration_endpoint');
    expect(errorOf(await register())).toBe('403 access_denied');
  });

  it('refuses what will not do, and takes an application’s own scheme', async () => {
    for (const redirect_uris of [
      [],
      'x',
      ['http://evil.example/'],
      ['https://a.example/#b'],
      [callback, 5],
      ['javascript:alert(1)'],
      ['data:,x'],
    ])
      expect(errorOf(await register({ redirect_uris })), JSON.stringify(redirect_uris)).toBe(
        '400 invalid_redirect_uri',
      );
    const { body } = await register({ redirect_uris: ['cursor://anysphere.cursor-mcp/oauth'] });
    const { authorizationUrl } = await start(body.client_id);
    authorizationUrl.searchParams.set('redirect_uri', 'cursor://anysphere.cursor-mcp/oauth');
    const page = await createBrowser().open(authorizationUrl);
    expect(page.headers.get('content-security-policy')).toContain("form-action 'self' cursor:;");
    expect(errorOf(await register({ grant_types: ['implicit'] }))).toBe('400 invalid_client_metadata');
    expect(errorOf(await register({ token_endpoint_auth_method: 'x' }))).toBe('400 invalid_client_metadata');
    const broken = await fetch(`${server.issuer}/oauth/register`, { method: 'POST', body: '{' });
    expect(broken.status).toBe(400);
  });

  it('gives a confidential client a secret, which revocation needs: a public one cannot revoke', async () => {
    const { body } = await register({ token_endpoint_auth_method: 'client_secret_post' });
    expect(body.client_secret_expires_at).toBe(0);
    const client = { id: body.client_id, secret: body.client_secret };
    const code = { code_challenge: sha256('v'.repeat(43)), code_challenge_method: 'S256' };
    const { authorizationUrl } = await start(client.id, 'castellan:read openid');
    for (const [name, value] of Object.entries(code)) authorizationUrl.searchParams.set(name, value);
    const back = await createBrowser().signIn(authorizationUrl);
    const form = {
      grant_type: 'authorization_code',
      code: back.searchParams.get('code') ?? '',
      redirect_uri: callback,
      code_verifier: 'v'.repeat(43),
    };
    expect(errorOf(await post(`${scalekit.url}/oauth/token`, { ...form, client_id: client.id }))).toBe(
      '401 invalid_client',
    );
    const tokens = (await post(`${scalekit.url}/oauth/token`, form, basic(client))).body;
    const info = () => get(`${scalekit.url}/userinfo`, { authorization: `Bearer ${tokens.access_token}` });
    expect((await info()).status).toBe(200);
    const revoke = (token: string, more: Record<string, string>, headers = {}) =>
      post(`${scalekit.url}/oauth/revoke`, { token, ...more }, headers);
    const open = (await register()).body.client_id;
    expect(errorOf(await revoke(tokens.access_token, { client_id: open }))).toBe('401 invalid_client');
    expect((await revoke(tokens.access_token, {}, basic(client))).status).toBe(200);
    expect((await info()).status).toBe(401);
  });
});

describe('client ID metadata documents', () => {
  it('make a client known at its address, for the server that it names', async () => {
    const id = await publish();
    const tokens = await signIn(id, 'castellan:read');
    expect(readClaims(tokens.access_token)).toMatchObject({ client_id: id, aud: [mcpUrl, server.resourceId] });
    const { authorizationUrl } = await start(id, 'castellan:read');
    authorizationUrl.searchParams.delete('resource');
    expect(await failure(authorizationUrl)).toBe('invalid_target');
  });

  it('can be switched off, and are then not published', async () => {
    const id = await publish();
    const { authorizationUrl } = await start(id);
    server.setRegistration({ documents: false });
    expect(await discover()).toMatchObject({ client_id_metadata_document_supported: false });
    expect(await failure(authorizationUrl)).toBe('400 invalid_client');
    // Where another server takes them, this one still does not.
    scalekit.registerServer('http://127.0.0.1:9090/mcp');
    expect(await failure(authorizationUrl)).toBe('invalid_client');
  });

  it('must be of their own address, without a secret, a redirect, or plain http from afar', async () => {
    const failing = async (id: string) => failure((await start(id)).authorizationUrl);
    expect(await failing(await publish({ client_id: 'https://other.example/client.json' }))).toBe('400 invalid_client');
    documents?.close();
    expect(await failing(await publish({ client_secret: 'x' }))).toBe('400 invalid_client');
    documents?.close();
    expect(await failing(await publish({ redirect_uris: [] }))).toBe('400 invalid_redirect_uri');
    documents?.close();
    expect(await failing((await publish()).replace('/client.json', '/elsewhere'))).toBe('400 invalid_client');
    for (const id of ['http://client.example/client.json', 'ftp://127.0.0.1/x', 'https://127.0.0.1/', 'mcpc_unknown'])
      expect(await failing(id), id).toBe('400 invalid_client');
  });
});
