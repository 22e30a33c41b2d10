// Signing in as a person: the device grant and the authorization code with PKCE, refreshing, revoking, and a person's rights.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSandbox, type Sandbox } from '../../src/sandbox/index.ts';
import { loadOktaContract } from '../contracts/okta-contract.ts';
import { createClient, type Item } from './kit.ts';
import {
  createOAuthClient,
  errorOf,
  makeKey,
  type OAuthReply,
  type OAuthTestClient,
  readClaims,
  sha256,
} from './oauth-kit.ts';

const contract = loadOktaContract('okta-oauth');
const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code';
const admin = 'helena.brandt@larkspur.example';
const helpDesk = 'declan.kinsella@larkspur.example';
const head = 'solveig.halvorsen@larkspur.example';
const lockedOut = 'maya.lindqvist@larkspur.example';

let now: number;
let sandbox: Sandbox;
let client: OAuthTestClient;

beforeEach(async () => {
  now = Date.parse('2026-03-02T09:00:00Z');
  sandbox = await openSandbox({ now: () => now, users: 30, rateLimits: 'off' });
  client = createOAuthClient(sandbox, () => now);
});
afterEach(() => sandbox.close());

function asPublished(method: string, path: string, reply: OAuthReply): OAuthReply {
  expect(contract?.checkResponse(method, path, reply.status, reply.body) ?? []).toEqual([]);
  return reply;
}

const scopes = 'openid profile email offline_access okta.users.read okta.users.manage';

async function startDevice(scope = scopes): Promise<Record<string, string>> {
  const reply = await client.post('/oauth2/v1/device/authorize', { client_id: client.nativeClientId, scope });
  asPublished('POST', '/oauth2/v1/device/authorize', reply);
  return reply.body as Record<string, string>;
}

const decide = (userCode: string | undefined, login: string, decision = 'allow') =>
  client.post('/activate', { user_code: userCode ?? '', login, decision });

async function poll(deviceCode: string | undefined, more: Record<string, string> = {}): Promise<OAuthReply> {
  const form = { grant_type: deviceGrant, device_code: deviceCode ?? '', client_id: client.nativeClientId, ...more };
  return asPublished('POST', '/oauth2/v1/token', await client.askToken(form));
}

async function signIn(login: string, scope = scopes): Promise<Record<string, string>> {
  const device = await startDevice(scope);
  await decide(device.user_code, login);
  return (await poll(device.device_code)).body as Record<string, string>;
}

const refresh = (token: string | undefined, more: Record<string, string> = {}, dpop?: string) =>
  client.askToken(
    { grant_type: 'refresh_token', refresh_token: token ?? '', client_id: client.nativeClientId, ...more },
    dpop,
  );

describe('the device grant (RFC 8628)', () => {
  it('gives a code for the person and one for the device', async () => {
    const device = await startDevice();
    expect(device).toMatchObject({
      verification_uri: `${sandbox.okta.url}/activate`,
      verification_uri_complete: `${sandbox.okta.url}/activate?user_code=${device.user_code}`,
      expires_in: 600,
      interval: 5,
    });
    expect(device.user_code).toMatch(/^[A-Z]{8}$/);
  });

  it('is for the native app only, and for scopes that there are', async () => {
    const ask = (form: Record<string, string>) => client.post('/oauth2/v1/device/authorize', form);
    expect(errorOf(await ask({ client_id: client.serviceClientId, scope: scopes }))).toContain('401 invalid_client');
    expect(errorOf(await ask({ client_id: '0oaNobody', scope: scopes }))).toContain('401 invalid_client');
    expect(errorOf(await ask({ client_id: client.nativeClientId, scope: 'okta.nonsense' }))).toContain(
      '400 invalid_scope',
    );
    expect(errorOf(await ask({ client_id: client.nativeClientId }))).toContain('400 invalid_scope');
    const key = makeKey();
    key.jwk.kid = sandbox.okta.oauth.registerKey(key.jwk);
    const aud = `${sandbox.okta.url}/oauth2/v1/device/authorize`;
    const proved = { ...client.asService(client.assertion(key, { aud })), scope: 'okta.users.read' };
    expect(errorOf(await ask(proved))).toContain('400 unauthorized_client');
  });

  it('waits for the person, asks to slow down, and gives the tokens once', async () => {
    const device = await startDevice();
    expect(errorOf(await poll(device.device_code))).toContain('400 authorization_pending');
    now += 4000;
    expect(errorOf(await poll(device.device_code))).toContain('400 slow_down');
    // RFC 8628 §3.5: five seconds more from then on.
    now += 6000;
    expect(errorOf(await poll(device.device_code))).toContain('400 slow_down');
    now += 15_000;
    expect(errorOf(await poll(device.device_code))).toContain('400 authorization_pending');
    await decide(device.user_code, admin);
    now += 15_000;
    const reply = await poll(device.device_code);
    expect(reply.body).toMatchObject({ token_type: 'Bearer', expires_in: 3600, scope: scopes });
    expect(readClaims(reply.body.access_token)).toMatchObject({
      sub: admin,
      cid: client.nativeClientId,
      scp: scopes.split(' '),
    });
    expect(String(readClaims(reply.body.access_token).uid)).toMatch(/^00u/);
    expect(readClaims(reply.body.id_token)).toMatchObject({
      aud: client.nativeClientId,
      email: admin,
      name: 'Helena Brandt',
    });
    now += 15_000;
    expect(errorOf(await poll(device.device_code))).toBe(
      '400 invalid_grant: The device code is invalid or has expired.',
    );
  });

  it('ends with the person’s no', async () => {
    const device = await startDevice();
    const said = await decide(device.user_code, admin, 'deny');
    expect(said.text).toContain('Denied');
    expect(errorOf(await poll(device.device_code))).toContain('403 access_denied');
    expect((await decide(device.user_code, admin)).status).toBe(400);
  });

  it('ends after ten minutes, for the person and the device', async () => {
    const device = await startDevice();
    now += 600_000;
    expect((await decide(device.user_code, admin)).text).toContain('invalid or has expired');
    expect(errorOf(await poll(device.device_code))).toBe('400 expired_token: The device code has expired.');
  });

  it('gives a device’s tokens to its own client only', async () => {
    const key = makeKey();
    key.jwk.kid = sandbox.okta.oauth.registerKey(key.jwk);
    const device = await startDevice();
    await decide(device.user_code, admin);
    const form = {
      grant_type: deviceGrant,
      device_code: device.device_code ?? '',
      ...client.asService(client.assertion(key)),
    };
    expect(errorOf(await client.askToken(form))).toContain('400 unauthorized_client');
    expect(errorOf(await poll('made-up'))).toContain('400 invalid_grant');
  });

  it('binds the tokens to a key where the device proves one, the refresh token too', async () => {
    const key = makeKey();
    const prove = (by = key, claims: Record<string, unknown> = {}) => client.proof(by, 'POST', client.tokenUrl, claims);
    const device = await startDevice();
    await decide(device.user_code, admin);
    const form = { grant_type: deviceGrant, device_code: device.device_code ?? '', client_id: client.nativeClientId };
    const nonce = (await client.askToken(form, prove())).headers.get('dpop-nonce');
    const { body } = await client.askToken(form, prove(key, { nonce }));
    expect(body.token_type).toBe('DPoP');
    expect((await client.callApi(body.access_token, '/api/v1/users', { key })).status).toBe(200);
    const token = String(body.refresh_token);
    const binding = '400 invalid_dpop_proof: Invalid DPoP Public Key binding in refresh token';
    expect(errorOf(await refresh(token))).toBe(binding);
    expect(errorOf(await refresh(token, {}, prove(makeKey(), { nonce })))).toBe(binding);
    expect((await refresh(token, {}, prove(key, { nonce }))).body.token_type).toBe('DPoP');
  });
});

describe('the page for a person', () => {
  it('says that it is a sandbox, needs no script, and lets nothing else in', async () => {
    const device = await startDevice();
    for (const path of ['/activate', `/activate?user_code=${device.user_code}`]) {
      const page = await client.send(path);
      expect(page.status).toBe(200);
      expect(page.text).toContain('This is a sandbox.');
      expect(page.text).not.toContain('<script');
      const policy = page.headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toContain('unsafe-inline');
      const style = /<style>([\s\S]*?)<\/style>/.exec(page.text)?.[1] ?? '';
      expect(policy).toContain(`'sha256-${Buffer.from(sha256(style), 'base64url').toString('base64')}'`);
      expect(page.headers.get('referrer-policy')).toBe('no-referrer');
    }
  });

  it('offers people with their roles, and tells who cannot sign in', async () => {
    const { user_code } = await startDevice();
    const { text } = await client.send(
      `/activate?user_code=${user_code?.slice(0, 4).toLowerCase()}-${user_code?.slice(4)}`,
    );
    expect(text).toContain('Castellan CLI');
    expect(text).toMatch(/checked[^>]*>.{0,40}Helena Brandt/s);
    expect(text).toContain('Super Administrator');
    expect(text).toMatch(/disabled[^>]*>.{0,40}Maya Lindqvist.{0,90}Cannot sign in: LOCKED_OUT/s);
    expect(text).toContain('okta.users.manage');
  });

  it('refuses a wrong code, somebody unknown or locked out, and a form without a decision, and stays open', async () => {
    const device = await startDevice();
    expect((await client.send('/activate?user_code=NOTHING')).text).toContain('invalid or has expired');
    expect((await decide(device.user_code, 'nobody@larkspur.example')).text).toContain('Choose somebody');
    expect((await decide(device.user_code, 'me')).text).toContain('Choose somebody');
    expect((await decide(device.user_code, lockedOut)).text).toContain('Maya Lindqvist cannot sign in: LOCKED_OUT.');
    expect((await decide(device.user_code, admin, 'perhaps')).text).toContain('Say whether you allow it.');
    expect(errorOf(await poll(device.device_code))).toContain('authorization_pending');
    expect((await decide(device.user_code, admin)).text).toContain('Helena Brandt');
  });

  it('writes what people called themselves as text', async () => {
    const api = createClient(sandbox);
    const profile = { firstName: '<img src=x>', lastName: '"\'&' };
    await api.call('POST', `/api/v1/users/${head}`, { body: { profile } });
    const { user_code } = await startDevice();
    const { text } = await client.send(`/activate?user_code=${user_code}`);
    expect(text).not.toContain('<img');
    expect(text).toContain('&#60;img src=x&#62; &#34;&#39;&#38;');
  });
});

describe('the authorization code with PKCE', () => {
  const verifier = 'a-verifier-of-more-than-forty-three-characters-0123456789';
  const redirectUri = 'http://127.0.0.1:54321/callback';

  const authorize = (change: Record<string, string | undefined> = {}) => {
    const parameters: Record<string, string | undefined> = {
      client_id: client.nativeClientId,
      response_type: 'code',
      redirect_uri: redirectUri,
      scope: scopes,
      state: 'a state & more',
      code_challenge: sha256(verifier),
      code_challenge_method: 'S256',
      ...change,
    };
    const given = Object.entries(parameters).filter((pair): pair is [string, string] => pair[1] !== undefined);
    return client.send(`/oauth2/v1/authorize?${new URLSearchParams(given)}`);
  };

  async function answerForm(page: OAuthReply, login: string, decision = 'allow'): Promise<OAuthReply> {
    const request = /name="request" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
    return client.post('/signin', { request, login, decision });
  }

  const locationOf = (reply: OAuthReply) => new URL(reply.headers.get('location') ?? '');

  async function codeFor(login: string, change: Record<string, string> = {}): Promise<string> {
    return locationOf(await answerForm(await authorize(change), login)).searchParams.get('code') ?? '';
  }

  const exchange = (code: string, change: Record<string, string> = {}) =>
    client.askToken({
      grant_type: 'authorization_code',
      client_id: client.nativeClientId,
      code,
      redirect_uri: redirectUri,
      code_verifier: verifier,
      ...change,
    });

  it('comes back to the client with code, state and issuer, and gives tokens', async () => {
    const page = await authorize({ nonce: 'n-1', login_hint: helpDesk });
    expect(page.status).toBe(200);
    expect(page.text).toMatch(/checked[^>]*>.{0,40}Declan Kinsella/s);
    expect(page.headers.get('content-security-policy')).toContain("form-action 'self' http://127.0.0.1:54321;");
    const back = await answerForm(page, admin);
    expect(back.status).toBe(302);
    const location = locationOf(back);
    expect(location.origin + location.pathname).toBe(redirectUri);
    expect(location.searchParams.get('state')).toBe('a state & more');
    expect(location.searchParams.get('iss')).toBe(sandbox.okta.url);
    const reply = asPublished('POST', '/oauth2/v1/token', await exchange(location.searchParams.get('code') ?? ''));
    expect(reply.body).toMatchObject({ token_type: 'Bearer', scope: scopes });
    expect(readClaims(reply.body.id_token)).toMatchObject({ nonce: 'n-1', preferred_username: admin });
    expect((await client.callApi(reply.body.access_token, '/api/v1/users/me')).body.profile).toMatchObject({
      login: admin,
    });
  });

  it('can come back in the fragment, and with what the person refused', async () => {
    const denied = locationOf(await answerForm(await authorize({ response_mode: 'fragment' }), admin, 'deny'));
    expect(denied.search).toBe('');
    const answer = new URLSearchParams(denied.hash.slice(1));
    expect([answer.get('error'), answer.get('state'), answer.get('code')]).toEqual([
      'access_denied',
      'a state & more',
      null,
    ]);
  });

  it('tells the person, not the address, when client or address are wrong', async () => {
    const refused = async (change: Record<string, string | undefined>) => {
      const reply = await authorize(change);
      expect(reply.headers.get('location')).toBeNull();
      return reply.status;
    };
    expect(await refused({ client_id: '0oaNobody' })).toBe(400);
    for (const uri of [
      undefined,
      'https://evil.example/callback',
      'http://127.0.0.1.evil.example/callback',
      'http://127.0.0.1:54321@evil.example/callback',
      'http://localhost:54321/callback',
      'http://127.0.0.1:54321/other',
      'http://127.0.0.1:54321/callback?a=1',
      'http://127.0.0.1:99999/callback',
      'https://127.0.0.1:54321/callback',
    ])
      expect(await refused({ redirect_uri: uri }), uri).toBe(400);
    expect(await refused({ client_id: client.serviceClientId })).toBe(400);
    expect((await authorize({ redirect_uri: 'http://127.0.0.1:8' })).status).toBe(200);
  });

  it.each([
    [{ response_type: 'token' }, 'unsupported_response_type'],
    [{ response_mode: 'form_post' }, 'unsupported_response_mode'],
    [{ code_challenge: undefined }, 'invalid_request'],
    [{ code_challenge_method: 'plain' }, 'invalid_request'],
    [{ code_challenge_method: undefined }, 'invalid_request'],
    [{ code_challenge: 'too-short' }, 'invalid_request'],
    [{ scope: undefined }, 'invalid_scope'],
    [{ scope: 'profile' }, 'invalid_scope'],
    [{ scope: 'okta.nonsense' }, 'invalid_scope'],
    [{ prompt: 'none' }, 'login_required'],
  ])('sends other mistakes back to the client: %o → %s', async (change, error) => {
    const location = locationOf(await authorize(change));
    expect(location.searchParams.get('error')).toBe(error);
    expect(location.searchParams.get('state')).toBe('a state & more');
    expect(location.searchParams.get('iss')).toBe(sandbox.okta.url);
  });

  it('needs a state (Okta), and each parameter once', async () => {
    expect(locationOf(await authorize({ state: undefined })).searchParams.get('error')).toBe('invalid_request');
    expect((await client.send(`/oauth2/v1/authorize?client_id=a&client_id=b`)).status).toBe(400);
  });

  it('gives tokens for the right verifier and address only, within a minute', async () => {
    expect(errorOf(await exchange(await codeFor(admin), { code_verifier: `${verifier}x` }))).toBe(
      '400 invalid_grant: PKCE verification failed.',
    );
    expect(errorOf(await exchange(await codeFor(admin), { code_verifier: '' }))).toBe(
      '400 invalid_request: PKCE code verifier is required by the application.',
    );
    expect(errorOf(await exchange(await codeFor(admin), { redirect_uri: 'http://127.0.0.1:1/callback' }))).toContain(
      "400 invalid_grant: The 'redirect_uri' does not match",
    );
    const code = await codeFor(admin);
    now += 60_000;
    expect(errorOf(await exchange(code))).toBe('400 invalid_grant: The authorization code is invalid or has expired.');
    expect(errorOf(await exchange('made-up'))).toContain('400 invalid_grant');
    expect(errorOf(await exchange(''))).toContain('400 invalid_request');
  });

  it('takes a code once; when it comes again, what it gave ends (RFC 6749 §4.1.2)', async () => {
    const code = await codeFor(admin);
    const { body } = await exchange(code);
    expect((await client.callApi(body.access_token, '/api/v1/users')).status).toBe(200);
    now += 90_000;
    expect(errorOf(await exchange(code))).toContain('400 invalid_grant');
    expect((await client.callApi(body.access_token, '/api/v1/users')).status).toBe(401);
    expect(errorOf(await refresh(String(body.refresh_token)))).toContain('400 invalid_grant');
  });

  it('takes each sign-in once, within ten minutes', async () => {
    const page = await authorize();
    expect((await answerForm(page, lockedOut)).text).toContain('cannot sign in');
    expect((await answerForm(page, admin)).status).toBe(302);
    expect((await answerForm(page, admin)).text).toContain('Request expired');
    const late = await authorize();
    now += 600_000;
    expect((await answerForm(late, admin)).text).toContain('Request expired');
  });
});

describe('a refresh token', () => {
  it('comes with offline_access only', async () => {
    expect(await signIn(admin, 'okta.users.read')).not.toHaveProperty('refresh_token');
    expect(await signIn(admin)).toHaveProperty('refresh_token');
  });

  it('is replaced at each use, and may ask for less', async () => {
    const first = await signIn(admin);
    const second = asPublished('POST', '/oauth2/v1/token', await refresh(first.refresh_token));
    expect(second.body.scope).toBe(scopes);
    expect(second.body.refresh_token).not.toBe(first.refresh_token);
    const third = await refresh(String(second.body.refresh_token), { scope: 'okta.users.read' });
    expect(third.body.scope).toBe('okta.users.read');
    const more = await refresh(String(third.body.refresh_token), { scope: 'okta.users.read okta.apps.manage' });
    expect(errorOf(more)).toContain('400 access_denied');
    expect(errorOf(more)).toContain('Denied scopes: okta.apps.manage.');
  });

  it('that comes a second time ends all that was issued with it', async () => {
    const first = await signIn(admin);
    const { body } = await refresh(first.refresh_token);
    expect((await client.callApi(body.access_token, '/api/v1/users')).status).toBe(200);
    expect(errorOf(await refresh(first.refresh_token))).toBe(
      '400 invalid_grant: The refresh token is invalid or expired.',
    );
    expect((await client.callApi(body.access_token, '/api/v1/users')).status).toBe(401);
    expect(errorOf(await refresh(String(body.refresh_token)))).toContain('400 invalid_grant');
  });

  it('ends after seven days without use, and with the person’s account', async () => {
    const { refresh_token } = await signIn(admin);
    now += 7 * 86_400_000;
    expect(errorOf(await refresh(refresh_token))).toContain('400 invalid_grant');
    const again = await signIn(head);
    const api = createClient(sandbox);
    await api.call('POST', `/api/v1/users/${head}/lifecycle/suspend`);
    expect(errorOf(await refresh(again.refresh_token))).toContain('400 invalid_grant');
    expect((await client.callApi(again.access_token, '/api/v1/users')).status).toBe(401);
  });
});

describe('a person’s token', () => {
  it('gives what the person’s admin role gives, within the scopes', async () => {
    const status = async (login: string, path: string, method = 'GET') => {
      const { access_token } = await signIn(login, 'okta.users.manage okta.apps.read okta.logs.read');
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
    const first = await signIn(admin);
    await api.call('DELETE', `/api/v1/users/${admin}/sessions`);
    expect(await alive(first.access_token)).toBe(true);
    await api.call('DELETE', `/api/v1/users/${admin}/sessions?oauthTokens=true`);
    expect(await alive(first.access_token)).toBe(false);
    expect(errorOf(await refresh(first.refresh_token))).toContain('400 invalid_grant');
    expect(await alive((await signIn(admin)).access_token)).toBe(true);
  });

  it('is the person to whom the System Log ascribes the change', async () => {
    const { access_token } = await signIn(helpDesk);
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
    const tokens = await signIn(admin);
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
    const tokens = await signIn(admin);
    expect((await revoke(tokens.access_token)).status).toBe(200);
    expect(await introspect(tokens.access_token)).toEqual({ active: false });
    const { body } = await refresh(tokens.refresh_token);
    expect((await revoke(String(body.refresh_token))).status).toBe(200);
    expect(await introspect(String(body.access_token))).toEqual({ active: false });
    expect((await revoke('nonsense')).status).toBe(200);
    expect(errorOf(await client.post('/oauth2/v1/revoke', { token: 'x' }))).toContain('401 invalid_client');
  });

  it('of one client cannot be ended by another', async () => {
    const key = makeKey();
    key.jwk.kid = sandbox.okta.oauth.registerKey(key.jwk);
    const tokens = await signIn(admin);
    const aud = `${sandbox.okta.url}/oauth2/v1/revoke`;
    const service = () => client.asService(client.assertion(key, { aud }));
    for (const token of [tokens.access_token, tokens.refresh_token])
      expect((await client.post('/oauth2/v1/revoke', { token: token ?? '', ...service() })).status).toBe(200);
    expect(await introspect(tokens.access_token)).toMatchObject({ active: true });
    expect((await refresh(tokens.refresh_token)).status).toBe(200);
  });

  it('tells whose it is, to who holds openid', async () => {
    const info = (token: string | undefined) =>
      client.send('/oauth2/v1/userinfo', { headers: { authorization: `Bearer ${token}` } });
    const reply = asPublished('GET', '/oauth2/v1/userinfo', await info((await signIn(admin)).access_token));
    expect(reply.body).toMatchObject({ email: admin, name: 'Helena Brandt' });
    expect((await info((await signIn(admin, 'okta.users.read')).access_token)).status).toBe(403);
    expect((await info('nonsense')).status).toBe(401);
  });
});
