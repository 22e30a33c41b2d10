// The device grant of the sandbox, and the page on which a person approves a device.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSandbox, type Sandbox, sandboxPassword } from '../../src/sandbox/index.ts';
import { createClient } from './kit.ts';
import { errorOf, makeKey, readClaims, sha256 } from './oauth-kit.ts';
import {
  admin,
  createPersonClient,
  deviceGrant,
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

describe('the device grant (RFC 8628)', () => {
  it('gives a code for the person and one for the device', async () => {
    const device = await client.startDevice();
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
    const device = await client.startDevice();
    expect(errorOf(await client.poll(device.device_code))).toContain('400 authorization_pending');
    now += 4000;
    expect(errorOf(await client.poll(device.device_code))).toContain('400 slow_down');
    // RFC 8628 §3.5: five seconds more from then on.
    now += 6000;
    expect(errorOf(await client.poll(device.device_code))).toContain('400 slow_down');
    now += 15_000;
    expect(errorOf(await client.poll(device.device_code))).toContain('400 authorization_pending');
    await client.decide(device.user_code, admin);
    now += 15_000;
    const reply = await client.poll(device.device_code);
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
    expect(errorOf(await client.poll(device.device_code))).toBe(
      '400 invalid_grant: The device code is invalid or has expired.',
    );
  });

  it('ends with the person’s no', async () => {
    const device = await client.startDevice();
    const said = await client.decide(device.user_code, admin, 'deny');
    expect(said.text).toContain('Denied');
    expect(errorOf(await client.poll(device.device_code))).toContain('403 access_denied');
    expect((await client.decide(device.user_code, admin)).status).toBe(400);
  });

  it('ends after ten minutes, for the person and the device', async () => {
    const device = await client.startDevice();
    now += 600_000;
    expect((await client.decide(device.user_code, admin)).text).toContain('invalid or has expired');
    expect(errorOf(await client.poll(device.device_code))).toBe('400 expired_token: The device code has expired.');
  });

  it('gives a device’s tokens to its own client only', async () => {
    const key = makeKey();
    key.jwk.kid = sandbox.okta.oauth.registerKey(key.jwk);
    const device = await client.startDevice();
    await client.decide(device.user_code, admin);
    const form = {
      grant_type: deviceGrant,
      device_code: device.device_code ?? '',
      ...client.asService(client.assertion(key)),
    };
    expect(errorOf(await client.askToken(form))).toContain('400 unauthorized_client');
    expect(errorOf(await client.poll('made-up'))).toContain('400 invalid_grant');
  });

  it('binds the tokens to a key where the device proves one, the refresh token too', async () => {
    const key = makeKey();
    const prove = (by = key, claims: Record<string, unknown> = {}) => client.proof(by, 'POST', client.tokenUrl, claims);
    const device = await client.startDevice();
    await client.decide(device.user_code, admin);
    const form = { grant_type: deviceGrant, device_code: device.device_code ?? '', client_id: client.nativeClientId };
    const nonce = (await client.askToken(form, prove())).headers.get('dpop-nonce');
    const { body } = await client.askToken(form, prove(key, { nonce }));
    expect(body.token_type).toBe('DPoP');
    expect((await client.callApi(body.access_token, '/api/v1/users', { key })).status).toBe(200);
    const token = String(body.refresh_token);
    const binding = '400 invalid_dpop_proof: Invalid DPoP Public Key binding in refresh token';
    expect(errorOf(await client.refresh(token))).toBe(binding);
    expect(errorOf(await client.refresh(token, {}, prove(makeKey(), { nonce })))).toBe(binding);
    expect((await client.refresh(token, {}, prove(key, { nonce }))).body.token_type).toBe('DPoP');
  });
});

describe('the page for a person', () => {
  it('says that it is a sandbox, needs no script, and lets nothing else in', async () => {
    const device = await client.startDevice();
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

  it('tells the password, offers people with their roles, and tells who cannot sign in', async () => {
    const { user_code } = await client.startDevice();
    const { text } = await client.send(
      `/activate?user_code=${user_code?.slice(0, 4).toLowerCase()}-${user_code?.slice(4)}`,
    );
    expect(text).toContain('Castellan CLI');
    expect(text).toContain(`password here is <kbd>${sandboxPassword}</kbd>`);
    expect(text).toMatch(new RegExp(`<kbd>${admin}</kbd><span>Helena Brandt[^<]*Super Administrator`));
    expect(text).toMatch(new RegExp(`<kbd>${lockedOut}</kbd><span>Maya Lindqvist[^<]*Cannot sign in: LOCKED_OUT`));
    for (const login of [admin, helpDesk, head]) expect(text).toContain(`<option value="${login}">`);
    expect(text).toContain('okta.users.manage');
  });

  it('refuses a wrong code and a form without a decision, and stays open', async () => {
    const device = await client.startDevice();
    expect((await client.send('/activate?user_code=NOTHING')).text).toContain('invalid or has expired');
    expect((await client.decide(device.user_code, admin, 'perhaps')).text).toContain('Say whether you allow it.');
    expect(errorOf(await client.poll(device.device_code))).toContain('authorization_pending');
    expect((await client.decide(device.user_code, admin)).text).toContain('Helena Brandt');
  });

  it('says as Okta does that a password is wrong, and not whether there is such an account', async () => {
    const device = await client.startDevice();
    const api = createClient(sandbox);
    await api.call('POST', `/api/v1/users/${head}/lifecycle/suspend`);
    await api.call('POST', `/api/v1/users/${helpDesk}/lifecycle/deactivate`);
    const said = async (form: Record<string, string>) => {
      const reply = await client.post('/activate', { user_code: device.user_code ?? '', decision: 'allow', ...form });
      expect(reply.status).toBe(400);
      return /role="alert"[^>]*>([^<]+)/.exec(reply.text)?.[1];
    };
    const unable = 'Unable to sign in';
    expect(await said({ login: admin, password: 'guessed' })).toBe(unable);
    expect(await said({ login: admin, password: sandboxPassword.toLowerCase() })).toBe(unable);
    for (const login of ['nobody@larkspur.example', 'me', head, helpDesk])
      expect(await said({ login, password: sandboxPassword }), login).toBe(unable);
    for (const password of [sandboxPassword, 'guessed'])
      expect(await said({ login: lockedOut, password })).toBe(
        'Your account is locked. Please contact your administrator.',
      );
    for (const form of [{}, { login: admin }, { password: sandboxPassword }])
      expect(await said(form)).toBe('Please enter a username and password.');
    const again = await client.post('/activate', { user_code: device.user_code ?? '', login: '"><b>', password: 'x' });
    expect(again.text).toContain('value="&#34;&#62;&#60;b&#62;"');
    expect(again.text).not.toContain('value="x"');
  });

  it('writes what people called themselves as text', async () => {
    const api = createClient(sandbox);
    const profile = { firstName: '<img src=x>', lastName: '"\'&' };
    await api.call('POST', `/api/v1/users/${head}`, { body: { profile } });
    const { user_code } = await client.startDevice();
    const { text } = await client.send(`/activate?user_code=${user_code}`);
    expect(text).not.toContain('<img');
    expect(text).toContain('&#60;img src=x&#62; &#34;&#39;&#38;');
  });
});
