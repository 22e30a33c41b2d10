// Tokens of people: refreshing, revoking, asking, and the rights that the admin role gives.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSandbox, type Sandbox } from '../../src/sandbox/index.ts';
import { createClient, type Item } from './kit.ts';
import { errorOf, makeKey } from './oauth-kit.ts';
import {
  admin,
  asPublished,
  createPersonClient,
  head,
  helpDesk,
  lockedOut,
  type PersonClient,
  scopes,
} from './oauth-person-kit.ts';

let now: number;
let sandbox: Sandbox;
let client: PersonClient;

beforeEach(async () => {
  now = Date.parse('2026-03-02T09:00:00Z');
  sandbox = await openSandbox({ now: () => now, users: 30, rateLimits: 'off' });
  client = createPersonClient(sandbox, () => now);
});
afterEach(() => sandbox.close());

describe('a refresh token', () => {
  it('comes with offline_access only', async () => {
    expect(await client.signIn(admin, 'okta.users.read')).not.toHaveProperty('refresh_token');
    expect(await client.signIn(admin)).toHaveProperty('refresh_token');
  });

  it('is replaced at each use, and may ask for less', async () => {
    const first = await client.signIn(admin);
    const second = asPublished('POST', '/oauth2/v1/token', await client.refresh(first.refresh_token));
    expect(second.body.scope).toBe(scopes);
    expect(second.body.refresh_token).not.toBe(first.refresh_token);
    const third = await client.refresh(String(second.body.refresh_token), { scope: 'okta.users.read' });
    expect(third.body.scope).toBe('okta.users.read');
    const more = await client.refresh(String(third.body.refresh_token), { scope: 'okta.users.read okta.apps.manage' });
    expect(errorOf(more)).toContain('400 access_denied');
    expect(errorOf(more)).toContain('Denied scopes: okta.apps.manage.');
  });

  it('that comes a second time ends all that was issued with it', async () => {
    const first = await client.signIn(admin);
    const { body } = await client.refresh(first.refresh_token);
    expect((await client.callApi(body.access_token, '/api/v1/users')).status).toBe(200);
    expect(errorOf(await client.refresh(first.refresh_token))).toBe(
      '400 invalid_grant: The refresh token is invalid or expired.',
    );
    expect((await client.callApi(body.access_token, '/api/v1/users')).status).toBe(401);
    expect(errorOf(await client.refresh(String(body.refresh_token)))).toContain('400 invalid_grant');
  });

  it('ends after seven days without use, and with the person’s account', async () => {
    const { refresh_token } = await client.signIn(admin);
    now += 7 * 86_400_000;
    expect(errorOf(await client.refresh(refresh_token))).toContain('400 invalid_grant');
    const again = await client.signIn(head);
    const api = createClient(sandbox);
    await api.call('POST', `/api/v1/users/${head}/lifecycle/suspend`);
    expect(errorOf(await client.refresh(again.refresh_token))).toContain('400 invalid_grant');
    expect((await client.callApi(again.access_token, '/api/v1/users')).status).toBe(401);
  });
});

describe('a person’s token', () => {
  it('gives what the person’s admin role gives, within the scopes', async () => {
    const status = async (login: string, path: string, method = 'GET') => {
      const { access_token } = await client.signIn(login, 'okta.users.manage okta.apps.read okta.logs.read');
      const reply = await client.callApi(access_token, path, { method });
      return reply.status === 403 ? `403 ${reply.body.errorCode ?? 'scope'}` : reply.status;
    };
    const unlock = `/api/v1/users/${lockedOut}/lifecycle/unlock`;
    expect(await status(head, '/api/v1/users')).toBe('403 E0000006');
    expect(await status(head, unlock, 'POST')).toBe('403 E0000006');
    expect(await status(helpDesk, '/api/v1/users')).toBe(200);
    expect(await status(helpDesk, '/api/v1/apps')).toBe('403 E0000006');
    expect(await status(helpDesk, `/api/v1/users/${lockedOut}`, 'DELETE')).toBe('403 E0000006');
    expect(await status(helpDesk, unlock, 'POST')).toBe(200);
    expect(await status(admin, '/api/v1/apps')).toBe(200);
    expect(await status(admin, '/api/v1/groups')).toBe('403 scope');
    const api = createClient(sandbox);
    await api.call('POST', `/api/v1/users/${head}/roles`, { body: { type: 'READ_ONLY_ADMIN' } });
    expect(await status(head, '/api/v1/apps')).toBe(200);
    expect(await status(head, `/api/v1/users/${helpDesk}/lifecycle/suspend`, 'POST')).toBe('403 E0000006');
  });

  it('ends with the person’s sessions where the administrator says so, and does not come back with the account', async () => {
    const api = createClient(sandbox);
    const alive = async (token: string | undefined) => (await client.callApi(token, '/api/v1/users')).status === 200;
    const first = await client.signIn(admin);
    await api.call('DELETE', `/api/v1/users/${admin}/sessions`);
    expect(await alive(first.access_token)).toBe(true);
    await api.call('DELETE', `/api/v1/users/${admin}/sessions?oauthTokens=true`);
    expect(await alive(first.access_token)).toBe(false);
    expect(errorOf(await client.refresh(first.refresh_token))).toContain('400 invalid_grant');
    expect(await alive((await client.signIn(admin)).access_token)).toBe(true);
  });

  it('is the person to whom the System Log ascribes the change', async () => {
    const { access_token } = await client.signIn(helpDesk);
    await client.callApi(access_token, `/api/v1/users/${lockedOut}/lifecycle/unlock`, { method: 'POST' });
    const [event] = (await createClient(sandbox).get('/api/v1/logs?sortOrder=DESCENDING&limit=1')).body as Item[];
    expect(event).toMatchObject({
      eventType: 'user.account.unlock_by_admin',
      actor: { type: 'User', alternateId: helpDesk },
    });
  });
});

describe('what becomes of tokens', () => {
  const introspect = async (token: string | undefined) =>
    asPublished(
      'POST',
      '/oauth2/v1/introspect',
      await client.post('/oauth2/v1/introspect', { token: token ?? '', client_id: client.nativeClientId }),
    ).body;
  const revoke = (token: string | undefined) =>
    client.post('/oauth2/v1/revoke', { token: token ?? '', client_id: client.nativeClientId });

  it('can be asked by a client (RFC 7662)', async () => {
    const tokens = await client.signIn(admin);
    expect(await introspect(tokens.access_token)).toMatchObject({
      active: true,
      username: admin,
      token_type: 'Bearer',
      scope: scopes,
    });
    expect(await introspect(tokens.refresh_token)).toMatchObject({ active: true, username: admin });
    expect(await introspect('nonsense')).toEqual({ active: false });
    now += 3_600_000;
    expect(await introspect(tokens.access_token)).toEqual({ active: false });
    expect(errorOf(await client.post('/oauth2/v1/introspect', { token: 'x' }))).toContain('401 invalid_client');
    expect(errorOf(await client.post('/oauth2/v1/introspect', { client_id: client.nativeClientId }))).toBe(
      "400 invalid_request: The 'token' parameter is required.",
    );
  });

  it('is ended by revoking: the access token alone, or all by the refresh token (RFC 7009)', async () => {
    const tokens = await client.signIn(admin);
    expect((await revoke(tokens.access_token)).status).toBe(200);
    expect(await introspect(tokens.access_token)).toEqual({ active: false });
    const { body } = await client.refresh(tokens.refresh_token);
    expect((await revoke(String(body.refresh_token))).status).toBe(200);
    expect(await introspect(String(body.access_token))).toEqual({ active: false });
    expect((await revoke('nonsense')).status).toBe(200);
    expect(errorOf(await client.post('/oauth2/v1/revoke', { token: 'x' }))).toContain('401 invalid_client');
  });

  it('of one client cannot be ended by another', async () => {
    const key = makeKey();
    key.jwk.kid = sandbox.okta.oauth.registerKey(key.jwk);
    const tokens = await client.signIn(admin);
    const aud = `${sandbox.okta.url}/oauth2/v1/revoke`;
    const service = () => client.asService(client.assertion(key, { aud }));
    for (const token of [tokens.access_token, tokens.refresh_token])
      expect((await client.post('/oauth2/v1/revoke', { token: token ?? '', ...service() })).status).toBe(200);
    expect(await introspect(tokens.access_token)).toMatchObject({ active: true });
    expect((await client.refresh(tokens.refresh_token)).status).toBe(200);
  });

  it('tells whose it is, to who holds openid', async () => {
    const info = (token: string | undefined) =>
      client.send('/oauth2/v1/userinfo', { headers: { authorization: `Bearer ${token}` } });
    const reply = asPublished('GET', '/oauth2/v1/userinfo', await info((await client.signIn(admin)).access_token));
    expect(reply.body).toMatchObject({ email: admin, name: 'Helena Brandt' });
    expect((await info((await client.signIn(admin, 'okta.users.read')).access_token)).status).toBe(403);
    expect((await info('nonsense')).status).toBe(401);
  });
});
