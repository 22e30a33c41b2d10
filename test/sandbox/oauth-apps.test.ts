// The product's two apps in the sandbox: how they stand in the organization, and how a test sets them up.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSandbox, type Sandbox } from '../../src/sandbox/index.ts';
import { loadOktaContract } from '../contracts/okta-contract.ts';
import { codeOf, createClient } from './kit.ts';
import { createOAuthClient, errorOf, type Key, makeKey, type OAuthTestClient } from './oauth-kit.ts';

const key = makeKey('RS256');
key.jwk.kid = 'service-1';

let sandbox: Sandbox;
let client: OAuthTestClient;

beforeAll(async () => {
  sandbox = await openSandbox({
    users: 30,
    rateLimits: 'off',
    oauth: { serviceKey: key.jwk, requireDpop: false, scopes: ['okta.users.read', 'okta.groups.manage'] },
  });
  client = createOAuthClient(sandbox);
});
afterAll(() => sandbox.close());

describe('the two apps', () => {
  it('have the same ids for the same seed, and stand in the list of applications', async () => {
    const again = await openSandbox({ users: 30 });
    expect(again.okta.oauth.serviceClientId).toBe(client.serviceClientId);
    expect(again.okta.oauth.nativeClientId).toBe(client.nativeClientId);
    await again.close();
    const api = createClient(sandbox);
    const app = (await api.get(`/api/v1/apps/${client.serviceClientId}`)).body as Record<string, never>;
    expect(app).toMatchObject({
      label: 'Castellan',
      credentials: {
        oauthClient: { client_id: client.serviceClientId, token_endpoint_auth_method: 'private_key_jwt' },
      },
      settings: {
        oauthClient: {
          application_type: 'service',
          grant_types: ['client_credentials'],
          dpop_bound_access_tokens: false,
        },
      },
    });
    expect(JSON.stringify(app)).not.toMatch(/"(d|p|q)":/);
    const management = loadOktaContract();
    for (const id of [client.serviceClientId, client.nativeClientId]) {
      for (const path of [`/api/v1/apps/${id}`, `/api/v1/apps/${id}/grants`, `/oauth2/v1/clients/${id}/roles`]) {
        const reply = await api.get(path);
        expect(reply.status, path).toBe(200);
        expect(management?.checkResponse('GET', path, reply.status, reply.body) ?? [], path).toEqual([]);
      }
    }
    const grants = (await api.get(`/api/v1/apps/${client.serviceClientId}/grants`)).body as { scopeId: string }[];
    expect(grants.map(({ scopeId }) => scopeId)).toEqual(['okta.users.read', 'okta.groups.manage']);
    expect(codeOf(await api.get('/api/v1/apps/0oaNobody/grants'))).toBe('E0000007');
  });

  it('return people to where a PUT says, and nowhere else any more', async () => {
    const one = await openSandbox({ users: 10, rateLimits: 'off' });
    const { authorizeUrl, clients } = one.okta.oauth.customServer('default');
    const headers = { authorization: `SSWS ${one.okta.token}`, 'content-type': 'application/json' };
    const path = `${one.okta.url}/api/v1/apps/${clients.gateway.id}`;
    const app = (await (await fetch(path, { headers })).json()) as { settings: { oauthClient: object } };
    const moved = ['https://mcp.example.com/oauth/callback'];
    Object.assign(app.settings.oauthClient, { redirect_uris: moved });
    const put = await fetch(path, { method: 'PUT', headers, body: JSON.stringify(app) });
    expect(await put.json()).toMatchObject({ settings: { oauthClient: { redirect_uris: moved } } });
    const ask = async (redirect_uri: string) => {
      const query = { client_id: clients.gateway.id, response_type: 'code', scope: 'openid', state: 's' };
      const pkce = { code_challenge: 'c'.repeat(43), code_challenge_method: 'S256' };
      const given = new URLSearchParams({ ...query, ...pkce, redirect_uri });
      return (await fetch(`${authorizeUrl}?${given}`, { redirect: 'manual' })).status;
    };
    expect(await ask(moved[0] ?? '')).toBe(200);
    expect(await ask('http://127.0.0.1:3000/oauth/callback')).toBe(400);
    await one.close();
  });

  it('take public keys of use only', () => {
    const { registerKey } = sandbox.okta.oauth;
    const own: Key = makeKey('ES256');
    expect(() => registerKey({ ...own.jwk, d: 'secret' })).toThrow('public part');
    expect(() => registerKey({ kty: 'oct' })).toThrow('RSA or EC');
    expect(() => registerKey({ ...own.jwk, use: 'enc' })).toThrow("'sig'");
  });

  it('are made anew by a reset: what was issued and registered before is gone', async () => {
    const one = await openSandbox({ users: 10, oauth: { requireDpop: false } });
    const own = createOAuthClient(one);
    one.okta.oauth.registerKey(key.jwk);
    const { body } = await own.serviceToken(key, 'okta.users.read');
    expect((await own.callApi(body.access_token, '/api/v1/users')).status).toBe(200);
    one.okta.reset();
    expect((await own.callApi(body.access_token, '/api/v1/users')).status).toBe(401);
    expect(errorOf(await own.serviceToken(key, 'okta.users.read'))).toContain('does not have a JWKSet configured');
    await one.close();
  });

  it('know a single registered key without a kid, and no more than one', async () => {
    const one = await openSandbox({ users: 10, oauth: { requireDpop: false } });
    const own = createOAuthClient(one);
    const bare = makeKey('ES256');
    one.okta.oauth.registerKey(bare.jwk);
    expect((await own.serviceToken(bare, 'okta.users.read')).status).toBe(200);
    one.okta.oauth.registerKey(makeKey('ES256').jwk);
    expect(errorOf(await own.serviceToken(bare, 'okta.users.read'))).toContain('kid is invalid');
    await one.close();
  });
});
