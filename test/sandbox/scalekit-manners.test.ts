// How the simulated Scalekit API behaves beyond its data: who may call it where, paging, errors, trouble on demand.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSandbox, type Sandbox, type SandboxScalekit } from '../../src/sandbox/index.ts';
import { sha256 } from './oauth-kit.ts';
import { basic, createBrowser, errorOf, get, head, lockedOut, post, readClaims } from './oidc-kit.ts';
import { createApiClient, refusalOf } from './scalekit-kit.ts';

let sandbox: Sandbox;
let scalekit: SandboxScalekit;

beforeEach(async () => {
  sandbox = await openSandbox({ users: 40 });
  scalekit = await sandbox.scalekit();
});
afterEach(() => sandbox.close());

type Headers = Record<string, string>;

const ask = async (base: string, path: string, headers: Headers) =>
  refusalOf(await get(`${base}/api/v1/${path}`, headers));
const bearer = (token: string): Headers => ({ authorization: `Bearer ${token}` });

describe('an environment’s own host', () => {
  it('takes tokens that its client gets by its secret, and none of anybody else', async () => {
    const { url, client } = scalekit.production;
    const { body } = await post(`${url}/oauth/token`, { grant_type: 'client_credentials' }, basic(client));
    const { status, body: found } = await get(`${url}/api/v1/organizations`, bearer(body.access_token));
    expect([status, found.organizations.length]).toEqual([200, 10]);
    expect(await ask(url, 'organizations', {})).toEqual([401, 'UNAUTHENTICATED']);
    expect(await ask(url, 'organizations', bearer('nonsense'))).toEqual([401, 'UNAUTHENTICATED']);
    expect(await ask(url, 'organizations', bearer(scalekit.development.issueToken()))).toEqual([
      401,
      'UNAUTHENTICATED',
    ]);
    expect(await ask(url, 'organizations', bearer(scalekit.workspaceToken(head)))).toEqual([401, 'UNAUTHENTICATED']);
    expect(await ask(url, 'organizations', bearer(scalekit.production.issueToken(-1)))).toEqual([
      401,
      'UNAUTHENTICATED',
    ]);
    const person = scalekit.registerServer('https://m.example/mcp').issueToken({ login: head, scopes: [] });
    expect(await ask(url, 'organizations', bearer(person))).toEqual([403, 'PERMISSION_DENIED']);
  });

  it('does not reach what is of the workspace, nor the other environment', async () => {
    const own = bearer(scalekit.production.issueToken());
    for (const path of ['environments', 'members', 'members:this', 'workspaces:this'])
      expect(await ask(scalekit.url, path, own)).toEqual([403, 'PERMISSION_DENIED']);
    const { body } = await get(
      `${scalekit.development.url}/api/v1/organizations`,
      bearer(scalekit.development.issueToken()),
    );
    expect(body.total_size).toBe(6);
    expect(await ask(scalekit.url, `organizations/${body.organizations[0].id}`, own)).toEqual([
      404,
      'RESOURCE_NOT_FOUND',
    ]);
  });

  it('does not show scopes, nor give links to a portal; by an external id it alone finds an organization', async () => {
    const own = createApiClient(scalekit, 'production');
    const person = createApiClient(scalekit, 'central');
    const { organizations } = await own.get('organizations');
    for (const path of ['scopes', `organizations/${organizations[0].id}/portal_links`]) {
      expect(refusalOf(await own.send('GET', path))).toEqual([403, 'PERMISSION_DENIED']);
      await person.get(path);
    }
    await own.get('organizations:external/cust-1001');
    expect(refusalOf(await person.send('GET', 'organizations:external/cust-1001'))).toEqual([403, 'PERMISSION_DENIED']);
  });

  it('refuses tokens of a key that is published no more', async () => {
    const token = bearer(scalekit.production.issueToken());
    scalekit.rotateKeys();
    expect((await get(`${scalekit.url}/api/v1/roles`, token)).status).toBe(200);
    scalekit.rotateKeys();
    expect(await ask(scalekit.url, 'roles', token)).toEqual([401, 'UNAUTHENTICATED']);
  });
});

describe('the host for the whole workspace', () => {
  it('takes a person’s token, and asks which environment is meant where one is', async () => {
    const own = bearer(scalekit.workspaceToken(head));
    const { body } = await get(`${scalekit.apiUrl}/api/v1/environments`, own);
    const totals = [];
    for (const { domain } of body.environments) {
      const headers = { ...own, 'x-env-domain': domain };
      totals.push((await get(`${scalekit.apiUrl}/api/v1/organizations`, headers)).body.total_size);
    }
    expect(totals).toEqual([65, 6]);
    expect(await ask(scalekit.apiUrl, 'organizations', own)).toEqual([400, 'INVALID_ARGUMENT']);
    expect(await ask(scalekit.apiUrl, 'organizations', { ...own, 'x-env-domain': 'no.example' })).toEqual([
      404,
      'RESOURCE_NOT_FOUND',
    ]);
  });

  it('takes nobody who is no member, and no token for something else', async () => {
    const stranger = bearer(scalekit.workspaceToken(lockedOut));
    expect(await ask(scalekit.apiUrl, 'environments', stranger)).toEqual([403, 'PERMISSION_DENIED']);
    expect(await ask(scalekit.apiUrl, 'environments', bearer(scalekit.production.issueToken()))).toEqual([
      401,
      'UNAUTHENTICATED',
    ]);
    const late = bearer(scalekit.workspaceToken(head, { expiresIn: -1 }));
    expect(await ask(scalekit.apiUrl, 'environments', late)).toEqual([401, 'UNAUTHENTICATED']);
  });

  it('lets people sign in for it from a program on their own machine, with PKCE', async () => {
    const { metadataUrl, clientId, audience, scopes } = scalekit.login;
    const { body: metadata } = await get(metadataUrl);
    const verifier = 'v'.repeat(50);
    const redirect_uri = 'http://127.0.0.1:54321/callback';
    const asked = { client_id: clientId, redirect_uri, response_type: 'code', state: 's', resource: audience };
    const pkce = { code_challenge: sha256(verifier), code_challenge_method: 'S256' };
    const query = new URLSearchParams({ ...asked, ...pkce, scope: [...scopes, 'offline_access'].join(' ') });
    const back = await createBrowser().signIn(`${metadata.authorization_endpoint}?${query}`, head);
    const code = back.searchParams.get('code') ?? '';
    const form = { grant_type: 'authorization_code', client_id: clientId, code, redirect_uri, code_verifier: verifier };
    const { body: tokens } = await post(metadata.token_endpoint, form);
    expect(readClaims(tokens.access_token)).toMatchObject({
      iss: scalekit.login.issuer,
      scopes: [...scopes, 'offline_access'],
    });
    const { body } = await get(`${scalekit.apiUrl}/api/v1/members:this`, bearer(tokens.access_token));
    expect(body.member).toMatchObject({ email: head, role: 'USER' });
    expect(tokens.refresh_token).toEqual(expect.any(String));
  });
});

describe('the exchange of tokens (RFC 8693)', () => {
  const type = 'urn:ietf:params:oauth:token-type:access_token';
  const grant_type = 'urn:ietf:params:oauth:grant-type:token-exchange';
  const exchange = (subject_token: string, form: Headers = {}, client = scalekit.exchange.client) =>
    post(scalekit.exchange.tokenUrl, { grant_type, subject_token, subject_token_type: type, ...form }, basic(client));

  it('gives for somebody’s token of an MCP server one for the API, of the same person', async () => {
    const server = scalekit.registerServer('https://m.example/mcp');
    const given = { audience: scalekit.exchange.audience, scope: 'org:read env:read' };
    const { body } = await exchange(server.issueToken({ login: head, scopes: ['org:read'] }), given);
    expect(body).toMatchObject({ issued_token_type: type, token_type: 'Bearer', scope: given.scope });
    expect(readClaims(body.access_token)).toMatchObject({ act: { sub: scalekit.exchange.client.id } });
    const found = await get(`${scalekit.apiUrl}/api/v1/members:this`, bearer(body.access_token));
    expect(found.body.member.email).toBe(head);
  });

  it('refuses what is no good, nobody’s, for elsewhere, or asked by somebody else', async () => {
    const server = scalekit.registerServer('https://m.example/mcp');
    const token = server.issueToken({ login: head, scopes: [] });
    const refused = async (...given: Parameters<typeof exchange>) => errorOf(await exchange(...given));
    expect(await refused('nonsense')).toBe('400 invalid_request');
    expect(await refused(server.issueToken({ login: head, scopes: [], expiresIn: -1 }))).toBe('400 invalid_request');
    expect(await refused(scalekit.production.issueToken())).toBe('400 invalid_request');
    expect(await refused(token, { audience: 'https://elsewhere.example' })).toBe('400 invalid_target');
    expect(await refused(token, { scope: 'moon:read' })).toBe('400 invalid_scope');
    expect(await refused(token, {}, { ...scalekit.exchange.client, secret: 'wrong' })).toBe('401 invalid_client');
    scalekit.setLocked(head, true);
    expect(await refused(token)).toBe('400 invalid_request');
  });
});

describe('lists', () => {
  it('have limits of their own, and tokens that belong to one list', async () => {
    const client = createApiClient(scalekit, 'production');
    const refused = async (path: string) => refusalOf(await client.send('GET', path));
    for (const path of [
      'organizations?page_size=9',
      'organizations?page_size=101',
      'users?page_size=0',
      'users:search?query=abc&page_size=31',
    ])
      expect(await refused(path), path).toEqual([400, 'INVALID_ARGUMENT', 'page_size']);
    expect(await refused('organizations:search?query=ab')).toEqual([400, 'INVALID_ARGUMENT', 'query']);
    expect(await refused('organizations?page_size=ten')).toEqual([400, 'INVALID_ARGUMENT']);
    const first = await client.get('organizations?page_size=30');
    const next = `page_token=${first.next_page_token}`;
    expect(await refused(`users?${next}`)).toEqual([400, 'INVALID_ARGUMENT', 'page_token']);
    expect(await refused('users?page_token=2')).toEqual([400, 'INVALID_ARGUMENT', 'page_token']);
    const second = await client.get(`organizations?page_size=30&${next}`);
    const again = await client.get(`organizations?page_size=30&page_token=${second.prev_page_token}`);
    expect(again).toEqual(first);
  });

  it('may leave out what is empty, as proto3 JSON may', async () => {
    const client = createApiClient(scalekit, 'development');
    scalekit.setSparse(true);
    const page = await client.get('organizations?external_id=nobody');
    expect(page).toEqual({});
    const { role } = await client.get('roles/member');
    expect(role).toMatchObject({ default_member: true });
    expect(role).not.toHaveProperty('default_creator');
  });
});

describe('requests', () => {
  it('are read as a gateway reads them: names in camel case too, unknown fields dropped, wrong types refused', async () => {
    const client = createApiClient(scalekit, 'production');
    const send = (method: string, path: string, body: string) =>
      fetch(`${scalekit.url}/api/v1/${path}`, { method, headers: bearer(scalekit.production.issueToken()), body });
    const created = await send('POST', 'organizations', '{"displayName":"Camel","environment_id":"env_1","made_up":1}');
    const { organization } = (await created.json()) as { organization: Record<string, unknown> };
    expect(organization).toMatchObject({ display_name: 'Camel' });
    expect(organization).not.toHaveProperty('made_up');
    expect((await send('POST', 'organizations', '{"display_name":')).status).toBe(400);
    const role = await send('POST', 'roles', '{"name":"a","display_name":"A","default":true}');
    expect(((await role.json()) as { role: unknown }).role).toMatchObject({ default_member: false });
    expect(refusalOf(await client.send('PUT', 'organizations'))).toEqual([501, 'NOT_IMPLEMENTED']);
    expect(refusalOf(await client.send('GET', 'nothing'))).toEqual([404, 'RESOURCE_NOT_FOUND']);
    expect((await client.get('connections')).connections.length).toBe(2);
  });

  it('that change something are noted, with the environment that they are about', async () => {
    const central = createApiClient(scalekit, 'central');
    const { scope } = await central.done('POST', 'scopes', { name: 'a:b' });
    await central.send('POST', 'scopes', { name: 'a:b' });
    expect(scalekit.mutations).toEqual([
      { method: 'POST', path: '/api/v1/scopes', environment: scalekit.production.domain, body: { name: 'a:b' } },
    ]);
    scalekit.reset();
    expect(scalekit.mutations).toEqual([]);
    expect((await central.send('PATCH', `scopes/${scope.id}`, { enabled: false })).status).toBe(404);
  });
});

describe('trouble on demand', () => {
  const call = (headers: Headers = {}) =>
    fetch(`${scalekit.url}/api/v1/roles`, { headers: { ...bearer(scalekit.production.issueToken()), ...headers } });

  it('comes as a refusal, as a page of a proxy, as a broken or a silent connection', async () => {
    const statuses = async (fault: string) => (await call({ 'x-sandbox-fault': fault })).status;
    expect(await statuses('rate-limit')).toBe(429);
    expect(await statuses('unauthorized')).toBe(401);
    const errors = [0, 1, 2, 3].map((variant) => statuses(`server-error;variant=${variant}`));
    expect(await Promise.all(errors)).toEqual([500, 502, 503, 504]);
    await expect(call({ 'x-sandbox-fault': 'reset;variant=0' })).rejects.toThrow();
    const half = await call({ 'x-sandbox-fault': 'reset;variant=1' });
    await expect(half.json()).rejects.toThrow();
    const silent = fetch(`${scalekit.url}/api/v1/roles`, {
      headers: { 'x-sandbox-fault': 'hang' },
      signal: AbortSignal.timeout(60),
    });
    await expect(silent).rejects.toThrow(/timeout/i);
  });

  it('is set for all calls of the API, and leaves signing in alone', async () => {
    scalekit.setFaults({ rate: 1, kinds: ['unauthorized'] });
    expect((await call()).status).toBe(401);
    expect((await get(`${scalekit.url}/keys`)).status).toBe(200);
    scalekit.setFaults(null);
    scalekit.setLatency(30);
    const began = performance.now();
    expect((await call()).status).toBe(200);
    expect(performance.now() - began).toBeGreaterThan(25);
  });
});

it('is the same again from the same seed', async () => {
  const other = await openSandbox({ users: 40 });
  try {
    const list = async (at: SandboxScalekit) =>
      (await createApiClient(at, 'production').get('users?page_size=100')).users;
    const plain = (users: { id: string; email: string }[]) => users.map(({ id, email }) => [id, email]);
    expect(plain(await list(await other.scalekit()))).toEqual(plain(await list(scalekit)));
  } finally {
    await other.close();
  }
});
