// Who gets what at the sandbox's custom authorization servers: access policies, refreshing, clients for themselves, exchanging.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CustomServerHandle, openSandbox, type Sandbox } from '../../src/sandbox/index.ts';
import { type Checked, createChecked } from './checked.ts';
import {
  accessTokenType,
  basic,
  type CustomClient,
  createCustomClient,
  exchangeGrant,
  reading,
  traveller,
} from './oauth-custom-kit.ts';
import { errorOf, makeKey, readClaims, signJwt } from './oauth-kit.ts';
import { admin, createPersonClient } from './oauth-person-kit.ts';

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

const policyFailed =
  'access_denied: Policy evaluation failed for this request, please check the policy configurations.';

const refusalIn = (answer: URLSearchParams) => `${answer.get('error')}: ${answer.get('error_description')}`;

describe('the access policies', () => {
  const everything = `${reading} okta:write okta:destroy castellan:write castellan:destroy`;

  it('let everybody read', async () => {
    const { access_token, expires_in } = await client.tokensOf(traveller);
    expect(readClaims(access_token)).toMatchObject({ sub: traveller, scp: reading.split(' ') });
    expect(readClaims(access_token)).not.toHaveProperty('groups');
    expect(expires_in).toBe(3600);
  });

  it('let administrators alone change and take away', async () => {
    expect(readClaims((await client.tokensOf(admin, everything)).access_token).scp).toEqual(everything.split(' '));
    for (const scope of ['okta:write', 'okta:destroy', 'castellan:write', 'okta:read okta:write'])
      expect(refusalIn(await client.signIn(traveller, { scope })), scope).toBe(policyFailed);
  });

  it('give clients that no policy names none of the scopes that are the company’s own', async () => {
    const client_id = sandbox.okta.oauth.nativeClientId;
    expect(refusalIn(await client.signIn(admin, { client_id, scope: 'okta:read' }))).toBe(policyFailed);
    expect((await client.signIn(admin, { client_id, scope: 'openid' })).get('code')).toBeTruthy();
  });

  it('are asked again at each refresh: whoever is an administrator no more changes nothing more', async () => {
    const { refresh_token } = await client.tokensOf(admin, everything);
    const groups = await api.list('/api/v1/groups?q=Okta%20Administrators');
    const group = groups.find(({ profile }) => (profile as { name: string }).name === 'Okta Administrators');
    const { id } = await api.done('GET', `/api/v1/users/${admin}`);
    await api.done('DELETE', `/api/v1/groups/${group?.id}/users/${id}`);
    expect(errorOf(await client.refresh(refresh_token))).toBe(`400 ${policyFailed}`);
    expect((await client.refresh(refresh_token, { scope: reading })).status).toBe(200);
  });
});

describe('refresh tokens', () => {
  it('are turned over at each use, and one that comes again ends them all (RFC 9700 §4.14.2)', async () => {
    const first = await client.tokensOf(admin);
    const second = await client.refresh(first.refresh_token);
    expect(second.body).toMatchObject({ scope: reading });
    expect(second.body.refresh_token).not.toBe(first.refresh_token);
    expect(errorOf(await client.refresh(first.refresh_token))).toContain('400 invalid_grant');
    expect(errorOf(await client.refresh(second.body.refresh_token as string))).toContain('400 invalid_grant');
    expect((await client.introspect(second.body.access_token as string)).body).toEqual({ active: false });
  });

  it('are given for offline_access only, for no more scopes than before, at their own server, to their own client', async () => {
    expect(await client.tokensOf(admin, 'openid okta:read')).not.toHaveProperty('refresh_token');
    const { refresh_token } = await client.tokensOf(admin);
    expect(errorOf(await client.refresh(refresh_token, { scope: 'okta:read okta:write' }))).toContain(
      '400 access_denied',
    );
    const gateway = await client.askToken(
      { grant_type: 'refresh_token', refresh_token },
      basic(server.clients.gateway),
    );
    expect(errorOf(gateway)).toContain('400 invalid_grant');
    const other = createCustomClient(sandbox, sandbox.okta.oauth.customServer('Logistics APIs'));
    expect(errorOf(await other.refresh(refresh_token))).toContain('400 invalid_grant');
    now += 7 * 86_400_000;
    expect(errorOf(await client.refresh(refresh_token))).toContain('400 invalid_grant');
  });
});

describe('a client for itself', () => {
  const asking = (scope: string | undefined, headers = basic(server.clients.api)) =>
    client.askToken({ grant_type: 'client_credentials', scope }, headers);

  it('gets a token that names nobody else, for ten minutes', async () => {
    const { body } = await asking('okta:read');
    expect(body).toEqual({
      token_type: 'Bearer',
      expires_in: 600,
      access_token: expect.any(String),
      scope: 'okta:read',
    });
    const claims = readClaims(body.access_token);
    const { id } = server.clients.api;
    expect(claims).toMatchObject({ sub: id, cid: id, aud: server.audience, scp: ['okta:read'] });
    expect(claims).not.toHaveProperty('uid');
  });

  it('reads only, asks for scopes that there are, and not for a person’s', async () => {
    expect(errorOf(await asking('okta:read okta:write'))).toBe(`400 ${policyFailed}`);
    expect(errorOf(await asking('openid'))).toContain("400 invalid_scope: Cannot request 'openid' scopes");
    expect(errorOf(await asking('shipments:read'))).toContain('400 invalid_scope: One or more scopes');
    expect(errorOf(await asking(undefined))).toContain('400 invalid_scope: The authorization server resource does not');
  });

  it('is known by its secret, and may use the grants that it has', async () => {
    const { api, gateway, native } = server.clients;
    expect(errorOf(await asking('okta:read', basic({ ...api, secret: gateway.secret })))).toContain(
      '401 invalid_client: The client secret supplied',
    );
    expect(errorOf(await asking('okta:read', {}))).toContain('401 invalid_client');
    expect(errorOf(await asking('okta:read', basic(gateway)))).toContain('400 unauthorized_client');
    const asPublic = { grant_type: 'client_credentials', scope: 'okta:read', client_id: native.id };
    expect(errorOf(await client.askToken(asPublic))).toContain('400 unauthorized_client');
    expect(errorOf(await client.askToken({ ...asPublic, client_id: api.id }))).toContain('401 invalid_client');
    expect(errorOf(await client.askToken({ grant_type: 'password' }, basic(api)))).toContain(
      '400 unsupported_grant_type',
    );
    expect(errorOf(await client.askToken({}, basic(api)))).toContain('400 invalid_request');
    const url = `${server.tokenUrl}?client_secret=${api.secret}`;
    expect((await client.send(url, { method: 'POST' })).body.error).toBe('invalid_request');
  });

  it('is known by a key instead, once it has one, to the endpoint that it signs for', async () => {
    const key = makeKey();
    const { id } = server.clients.api;
    const kid = sandbox.okta.oauth.registerKey(key.jwk, id);
    const seconds = now / 1000;
    const assert = (aud: string) => ({
      grant_type: 'client_credentials',
      scope: 'okta:read',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: signJwt({ alg: key.alg, kid }, { iss: id, sub: id, aud, exp: seconds + 60 }, key),
    });
    expect((await client.askToken(assert(server.tokenUrl))).status).toBe(200);
    expect(errorOf(await client.askToken(assert(sandbox.okta.oauth.tokenUrl)))).toContain(
      '401 invalid_client: The audience claim',
    );
    expect(errorOf(await asking('okta:read'))).toContain('401 invalid_client');
  });

  it('has no token of the organization’s own server for its secret', async () => {
    const { tokenUrl } = sandbox.okta.oauth;
    const body = new URLSearchParams({ grant_type: 'client_credentials', scope: 'okta.users.read' });
    const reply = await client.send(tokenUrl, { method: 'POST', body, headers: basic(server.clients.api) });
    expect(errorOf(reply)).toContain('401 invalid_client: Client Credentials requests to the Org');
  });
});

describe('exchanging a token (RFC 8693)', () => {
  let logistics: CustomServerHandle;
  let other: CustomClient;

  beforeEach(() => {
    logistics = sandbox.okta.oauth.customServer('Logistics APIs');
    other = createCustomClient(sandbox, logistics);
  });

  const exchange = (
    at: CustomClient,
    change: Record<string, string | undefined>,
    headers = basic(server.clients.api),
  ) =>
    at.askToken(
      {
        grant_type: exchangeGrant,
        subject_token_type: accessTokenType,
        audience: at === other ? logistics.audience : server.audience,
        scope: at === other ? 'shipments:read' : 'okta:read',
        ...change,
      },
      headers,
    );

  it('keeps the person, and gives the service its own audience, scopes and time; no refresh or ID token', async () => {
    const { access_token: subject_token } = await client.tokensOf(admin);
    for (const [at, handle, life] of [
      [client, server, 1800],
      [other, logistics, 300],
    ] as const) {
      const { body } = await exchange(at, { subject_token });
      expect(body).toEqual({
        token_type: 'Bearer',
        issued_token_type: accessTokenType,
        expires_in: life,
        access_token: expect.any(String),
        scope: at === other ? 'shipments:read' : 'okta:read',
      });
      expect(readClaims(body.access_token)).toMatchObject({
        iss: handle.issuer,
        aud: handle.audience,
        cid: server.clients.api.id,
        sub: admin,
        uid: readClaims(subject_token).uid,
        auth_time: now / 1000,
      });
      expect((await at.introspect(body.access_token as string)).body.active).toBe(true);
    }
  });

  it('goes by the rules for that person', async () => {
    const of = async (login: string) => (await client.tokensOf(login)).access_token;
    const scope = 'okta:write';
    expect((await exchange(client, { subject_token: await of(admin), scope })).status).toBe(200);
    expect(errorOf(await exchange(client, { subject_token: await of(traveller), scope }))).toBe(`400 ${policyFailed}`);
    expect(errorOf(await exchange(other, { subject_token: await of(admin), scope: 'shipments:write' }))).toBe(
      `400 ${policyFailed}`,
    );
  });

  it('is for service clients, which prove who they are', async () => {
    const subject_token = server.issueToken({ login: admin, scopes: ['okta:read'] });
    const { api, gateway, native } = server.clients;
    expect(errorOf(await exchange(client, { subject_token }, basic(gateway)))).toContain('400 unauthorized_client');
    expect(errorOf(await exchange(client, { subject_token, client_id: native.id }, {}))).toContain(
      '400 unauthorized_client',
    );
    expect(errorOf(await exchange(client, { subject_token, client_id: api.id }, {}))).toContain('401 invalid_client');
    const body = new URLSearchParams({ grant_type: exchangeGrant, subject_token });
    const org = await client.send(sandbox.okta.oauth.tokenUrl, { method: 'POST', body, headers: basic(api) });
    expect(errorOf(org)).toContain('400 unsupported_grant_type');
  });

  it.each([
    [{ subject_token: undefined }, '400 invalid_request'],
    [{ subject_token_type: undefined }, '400 invalid_request'],
    [{ subject_token_type: 'urn:ietf:params:oauth:token-type:saml2' }, '400 invalid_request'],
    [{ requested_token_type: 'urn:ietf:params:oauth:token-type:refresh_token' }, '400 invalid_request'],
    [{ actor_token: 'x' }, '400 invalid_request'],
    [{ audience: undefined }, '400 invalid_request'],
    [{ audience: 'https://api.larkspur.example' }, '400 invalid_target'],
    [{ scope: undefined }, '400 invalid_scope'],
    [{ scope: 'openid' }, '400 invalid_scope'],
    [{ subject_token: 'made-up' }, '400 invalid_grant: subject token is invalid'],
  ])('refuses %o → %s', async (change, refusal) => {
    const subject_token = server.issueToken({ login: admin, scopes: ['okta:read'] });
    expect((await exchange(client, { subject_token })).status).toBe(200);
    expect(errorOf(await exchange(client, { subject_token, ...change }))).toContain(refusal);
  });

  it('refuses tokens that have ended, are nobody’s, or come from a server that is not trusted', async () => {
    const refused = '400 invalid_grant: subject token is invalid';
    const scopes = ['okta:read'];
    const ended = server.issueToken({ login: admin, scopes, expiresIn: 60 });
    now += 60_000;
    expect(errorOf(await exchange(client, { subject_token: ended }))).toBe(refused);
    expect(errorOf(await exchange(client, { subject_token: server.issueToken({ scopes }) }))).toBe(refused);
    const foreign = logistics.issueToken({ login: admin, scopes: ['shipments:read'] });
    expect(errorOf(await exchange(client, { subject_token: foreign }))).toBe(refused);
    expect((await exchange(other, { subject_token: foreign })).status).toBe(200);
    const person = createPersonClient(sandbox, () => now);
    const { access_token: subject_token } = await person.signIn(admin);
    expect(errorOf(await exchange(client, { subject_token }))).toBe(refused);
  });
});
