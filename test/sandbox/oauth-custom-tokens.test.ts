// What becomes of the tokens of the sandbox's custom authorization servers: introspection, revocation, userinfo, keys, claims.

import { createPublicKey, type JsonWebKey, verify } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CustomServerHandle, openSandbox, type Sandbox } from '../../src/sandbox/index.ts';
import { type Checked, createChecked } from './checked.ts';
import type { Item } from './kit.ts';
import { basic, type CustomClient, createCustomClient, traveller } from './oauth-custom-kit.ts';
import { challengeOf, errorOf, readClaims } from './oauth-kit.ts';
import { admin, createPersonClient, lockedOut } from './oauth-person-kit.ts';

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

const scopes = ['openid', 'profile', 'okta:read'];
const inactive = { active: false };

describe('introspection (RFC 7662)', () => {
  it('says of a token what it says itself', async () => {
    const token = server.issueToken({ login: admin, scopes });
    const { body } = await client.introspect(token);
    const claims = readClaims(token);
    expect(body).toEqual({
      active: true,
      token_type: 'Bearer',
      scope: scopes.join(' '),
      client_id: server.clients.native.id,
      username: admin,
      sub: admin,
      uid: claims.uid,
      aud: server.audience,
      iss: server.issuer,
      jti: claims.jti,
      iat: now / 1000,
      exp: now / 1000 + 3600,
      groups: ['Okta Administrators'],
    });
    const machine = await client.introspect(server.issueToken({ scopes: ['okta:read'] }));
    expect(machine.body).toMatchObject({ active: true, client_id: server.clients.api.id, sub: server.clients.api.id });
    expect(machine.body).not.toHaveProperty('uid');
  });

  it('knows refresh tokens too, until they are used', async () => {
    const { refresh_token } = await client.tokensOf(admin);
    expect((await client.introspect(refresh_token)).body).toMatchObject({
      active: true,
      iss: server.issuer,
      username: admin,
    });
    await client.refresh(refresh_token);
    expect((await client.introspect(refresh_token)).body).toEqual(inactive);
  });

  it('is for clients only', async () => {
    const token = server.issueToken({ login: admin, scopes });
    const { api: service, gateway } = server.clients;
    expect((await client.introspect(token, basic(gateway))).body.active).toBe(true);
    expect(errorOf(await client.introspect(token, {}))).toBe('401 invalid_client: No client credentials found.');
    expect(errorOf(await client.introspect(token, basic({ ...service, secret: 'wrong' })))).toContain(
      '401 invalid_client',
    );
    expect(errorOf(await client.post('/v1/introspect', { token, client_id: service.id }))).toContain(
      '401 invalid_client',
    );
    expect(errorOf(await client.introspect(undefined))).toContain('400 invalid_request');
  });

  it('tells of nothing that another server has issued, nor of what has ended', async () => {
    const logistics = sandbox.okta.oauth.customServer('Logistics APIs');
    const token = server.issueToken({ login: admin, scopes });
    const { refresh_token } = await client.tokensOf(admin);
    const other = createCustomClient(sandbox, logistics);
    expect((await other.introspect(token)).body).toEqual(inactive);
    expect((await other.introspect(refresh_token)).body).toEqual(inactive);
    const org = await client.send(`${sandbox.okta.url}/oauth2/v1/introspect`, {
      method: 'POST',
      body: new URLSearchParams({ token }),
      headers: basic(server.clients.api),
    });
    expect(org.body).toEqual(inactive);
    const person = createPersonClient(sandbox, () => now);
    const ofOrg = await person.signIn(admin);
    expect((await client.introspect(ofOrg.access_token)).body).toEqual(inactive);
    expect((await client.introspect('made-up')).body).toEqual(inactive);
    now += 3_600_000;
    expect((await client.introspect(token)).body).toEqual(inactive);
  });

  it('ends with the person’s account and with the client', async () => {
    const token = server.issueToken({ login: traveller, scopes });
    await api.done('POST', `/api/v1/users/${traveller}/lifecycle/suspend`);
    expect((await client.introspect(token)).body).toEqual(inactive);
    const other = server.issueToken({ login: admin, scopes, clientId: server.clients.gateway.id });
    await api.done('POST', `/api/v1/apps/${server.clients.gateway.id}/lifecycle/deactivate`);
    expect((await client.introspect(other)).body).toEqual(inactive);
  });
});

describe('revocation (RFC 7009)', () => {
  it('ends a token for its own client; a refresh token with all that came of it', async () => {
    const { access_token, refresh_token } = await client.tokensOf(admin);
    const { gateway, native } = server.clients;
    const revoke = (token: string | undefined, headers = {}) =>
      client.post('/v1/revoke', { token, ...(Object.keys(headers).length === 0 && { client_id: native.id }) }, headers);
    expect((await revoke(access_token, basic(gateway))).status).toBe(200);
    expect((await client.introspect(access_token)).body.active).toBe(true);
    expect((await revoke(access_token)).status).toBe(200);
    expect((await client.introspect(access_token)).body).toEqual(inactive);
    const next = (await client.refresh(refresh_token)).body as Record<string, string>;
    expect((await revoke(next.refresh_token)).status).toBe(200);
    expect((await client.introspect(next.access_token)).body).toEqual(inactive);
    expect(errorOf(await client.refresh(next.refresh_token))).toContain('400 invalid_grant');
    expect((await revoke('made-up')).status).toBe(200);
    expect(errorOf(await client.post('/v1/revoke', { token: 'x' }))).toContain('401 invalid_client');
  });
});

describe('userinfo, and the organization’s API', () => {
  const asking = (token: string) => client.get('/v1/userinfo', { authorization: `Bearer ${token}` });

  it('tells who it is, as the scopes allow', async () => {
    const reply = await asking(server.issueToken({ login: admin, scopes }));
    expect(reply.body).toMatchObject({ preferred_username: admin, sub: expect.stringMatching(/^00u/) });
    expect(reply.body).not.toHaveProperty('email');
  });

  it('is for tokens of this server that are for somebody', async () => {
    const refused = async (token: string) => {
      const reply = await asking(token);
      return [reply.status, challengeOf(reply).error];
    };
    const logistics = sandbox.okta.oauth.customServer('Logistics APIs');
    expect(await refused('made-up')).toEqual([401, 'invalid_token']);
    expect(await refused(logistics.issueToken({ login: admin, scopes }))).toEqual([401, 'invalid_token']);
    expect(await refused(server.issueToken({ login: admin, scopes, expiresIn: -1 }))).toEqual([401, 'invalid_token']);
    expect(await refused(server.issueToken({ login: admin, scopes: ['okta:read'] }))).toEqual([
      403,
      'insufficient_scope',
    ]);
    expect(await refused(server.issueToken({ scopes: ['okta:read'] }))).toEqual([403, 'insufficient_scope']);
    const { headers } = await asking('made-up');
    expect(headers.get('www-authenticate')).toContain(`authorization_uri="${server.authorizeUrl}"`);
  });

  it('opens nothing at the organization’s own API, whatever scopes it names', async () => {
    const token = server.issueToken({ login: admin, scopes: ['okta.users.read', 'okta:read'] });
    const reply = await client.send(`${sandbox.okta.url}/api/v1/users/me`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(reply.status).toBe(401);
    expect(challengeOf(reply).description).toBe('The access token provided has an invalid issuer.');
  });
});

describe('the keys', () => {
  const published = async () => (await client.get('/v1/keys')).body.keys as (JsonWebKey & { kid: string })[];
  const kidOf = (token: string) =>
    JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).kid as string;

  async function isVerified(token: string): Promise<boolean> {
    const key = (await published()).find(({ kid }) => kid === kidOf(token));
    const [header, claims, signature = ''] = token.split('.');
    const signed = Buffer.from(`${header}.${claims}`);
    const publicKey = key && createPublicKey({ key, format: 'jwk' });
    return publicKey !== undefined && verify('sha256', signed, publicKey, Buffer.from(signature, 'base64url'));
  }

  it('are two, the next one before it is used, and are turned over', async () => {
    const token = server.issueToken({ login: admin, scopes });
    const before = await published();
    expect(before).toHaveLength(2);
    for (const key of before) {
      expect(key).toMatchObject({ kty: 'RSA', alg: 'RS256', use: 'sig' });
      expect(key).not.toHaveProperty('d');
    }
    const kid = server.rotateKeys();
    expect(kid).toBe(before[1]?.kid);
    expect(kid).not.toBe(kidOf(token));
    const after = server.issueToken({ login: admin, scopes });
    expect(kidOf(after)).toBe(kid);
    expect(await published()).toHaveLength(3);
    expect([await isVerified(token), await isVerified(after)]).toEqual([true, true]);
    server.rotateKeys();
    expect([await isVerified(token), await isVerified(after)]).toEqual([false, true]);
    expect((await client.introspect(token)).body.active).toBe(true);
  });

  it('are those that the API shows, of each server its own', async () => {
    const path = '/api/v1/authorizationServers/default';
    const shown = async () => {
      const keys = await api.list(`${path}/credentials/keys`);
      return keys.filter(({ status }) => status !== 'EXPIRED').map(({ kid, n }) => [kid, n]);
    };
    expect((await published()).map(({ kid, n }) => [kid, n])).toEqual(await shown());
    now += 86_400_000;
    const kid = server.rotateKeys();
    const found = await api.done('GET', path);
    expect(found.credentials).toMatchObject({ signing: { kid, lastRotated: '2026-03-03T09:00:00.000Z' } });
    expect((await published()).slice(0, 2).map(({ kid: name, n }) => [name, n])).toEqual(await shown());
    const logistics = await createCustomClient(sandbox, sandbox.okta.oauth.customServer('Logistics APIs')).get(
      '/v1/keys',
    );
    const own = new Set((await published()).map(({ n }) => n));
    for (const { n } of logistics.body.keys as JsonWebKey[]) expect(own.has(n)).toBe(false);
  });

  it('sign what a test asks for: other claims, fewer claims, another time', () => {
    const over = { aud: 'https://elsewhere.example', scp: undefined, nbf: now / 1000 + 60 };
    const claims = readClaims(server.issueToken({ login: admin, scopes, expiresIn: 5, over }));
    expect(claims).toMatchObject({ aud: 'https://elsewhere.example', exp: now / 1000 + 5, nbf: now / 1000 + 60 });
    expect(claims).not.toHaveProperty('scp');
    expect(() => server.issueToken({ login: lockedOut, scopes })).toThrow(TypeError);
    expect(() => server.issueToken({ scopes, clientId: 'nobody' })).toThrow(TypeError);
    expect(() => sandbox.okta.oauth.customServer('nobody')).toThrow(TypeError);
  });
});

describe('what the API shows of the servers', () => {
  it('is what they do: issuer, audience, scopes, policies, clients', async () => {
    const [found] = await api.list('/api/v1/authorizationServers?q=default');
    expect(found).toMatchObject({ id: 'default', issuer: server.issuer, audiences: [server.audience] });
    const { body } = await client.get('/.well-known/oauth-authorization-server');
    const shown = await api.list('/api/v1/authorizationServers/default/scopes');
    expect(shown.map(({ name }) => name)).toEqual(body.scopes_supported);
    const [mcp] = await api.list('/api/v1/authorizationServers/default/policies');
    const { api: service, gateway, native } = server.clients;
    expect(mcp?.conditions).toEqual({ clients: { include: [gateway.id, native.id, service.id] } });
    const methods = [gateway, native, service].map(async ({ id }) => {
      const { credentials } = await api.done('GET', `/api/v1/apps/${id}`);
      return (credentials as { oauthClient: Record<string, unknown> }).oauthClient.token_endpoint_auth_method;
    });
    expect(await Promise.all(methods)).toEqual(['client_secret_basic', 'none', 'client_secret_basic']);
    const text = JSON.stringify(await api.list('/api/v1/apps?limit=200'));
    for (const { secret } of [gateway, service]) expect(text).not.toContain(secret);
  });

  it('puts claims into tokens for the scopes that they are for', async () => {
    const logistics = sandbox.okta.oauth.customServer('Logistics APIs');
    const users = await api.list('/api/v1/groups?q=Warehouse%20Handheld');
    const [member] = await api.list(`/api/v1/groups/${users[0]?.id}/users`);
    const { login } = (member as Item).profile as { login: string };
    const of = (scope: string) => readClaims(logistics.issueToken({ login, scopes: ['openid', 'profile', scope] }));
    expect(of('shipments:read').groups).toEqual(expect.arrayContaining(['Warehouse Handheld Users']));
    expect(of('drivers:location')).not.toHaveProperty('groups');
    const token = logistics.issueToken({ login, scopes: ['openid', 'profile'] });
    const { body } = await createCustomClient(sandbox, logistics).get('/v1/userinfo', {
      authorization: `Bearer ${token}`,
    });
    const { profile } = await api.done('GET', `/api/v1/users/${login}`);
    expect(body.cost_center).toBe((profile as { costCenter: string }).costCenter);
    expect(body.cost_center).toBeTruthy();
  });
});
