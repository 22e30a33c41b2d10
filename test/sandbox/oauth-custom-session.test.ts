// Sessions at the sandbox's custom authorization servers: one sign-in for several applications, and signing out.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CustomServerHandle, openSandbox, type Sandbox } from '../../src/sandbox/index.ts';
import { type Checked, createChecked } from './checked.ts';
import {
  backOf,
  basic,
  type CustomClient,
  cookieOf,
  createCustomClient,
  reading,
  traveller,
} from './oauth-custom-kit.ts';
import { makeKey, readClaims, signJwt } from './oauth-kit.ts';
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

describe('the session of a browser', () => {
  async function open(login = admin) {
    const reply = await client.answerPage(await client.authorize(), login);
    const { body } = await client.exchangeCode(backOf(reply).searchParams.get('code'));
    return { cookie: cookieOf(reply), idToken: String(body.id_token) };
  }
  const silently = async (cookie: Record<string, string>, change: Record<string, string> = {}) =>
    backOf(await client.authorize({ prompt: 'none', ...change }, cookie)).searchParams;

  it('spares the next sign-in, unless the client wants one, or somebody else', async () => {
    const { cookie } = await open();
    const signedIn = now / 1000;
    now += 600_000;
    const { body } = await client.exchangeCode((await silently(cookie)).get('code'));
    expect(readClaims(body.access_token)).toMatchObject({ sub: admin, auth_time: signedIn });
    expect((await client.authorize({}, cookie)).status).toBe(302);
    for (const change of [{ prompt: 'login' }, { prompt: 'consent' }, { login_hint: traveller }, { max_age: '60' }])
      expect((await client.authorize(change, cookie)).status, JSON.stringify(change)).toBe(200);
    expect((await silently(cookie, { login_hint: traveller })).get('error')).toBe('login_required');
    expect((await silently(cookie, { max_age: 'nonsense' })).get('error')).toBe('login_required');
    expect((await silently(cookie, { login_hint: admin, max_age: '3600' })).get('code')).toBeTruthy();
  });

  it('does not get around the rules, and ends with its time, the account, or at an administrator’s word', async () => {
    const { cookie } = await open(traveller);
    expect((await silently(cookie, { scope: `${reading} okta:write` })).get('error')).toBe('access_denied');
    expect((await silently({ cookie: 'sid=made-up' })).get('error')).toBe('login_required');
    await api.done('DELETE', `/api/v1/users/${traveller}/sessions?oauthTokens=true`);
    expect((await silently(cookie)).get('error')).toBe('login_required');
    const late = await open(traveller);
    now += 2 * 3_600_000;
    expect((await silently(late.cookie)).get('error')).toBe('login_required');
    const last = await open(traveller);
    await api.done('POST', `/api/v1/users/${traveller}/lifecycle/suspend`);
    expect((await silently(last.cookie)).get('error')).toBe('login_required');
  });

  it('never spares the organization’s own page, where rights are given', async () => {
    const { cookie } = await open();
    const person = createPersonClient(sandbox, () => now);
    const parameters = new URLSearchParams({
      client_id: person.nativeClientId,
      response_type: 'code',
      redirect_uri: 'http://127.0.0.1:1',
      scope: 'openid',
      state: 's',
      code_challenge: 'x'.repeat(43),
      code_challenge_method: 'S256',
    });
    const page = await person.send(`/oauth2/v1/authorize?${parameters}`, { headers: cookie });
    expect([page.status, page.text.includes('asks to act in this organization')]).toEqual([200, true]);
  });

  it('ends by signing out, with the ID token that it gave', async () => {
    const { cookie, idToken } = await open();
    const logout = (form: Record<string, string>, headers = cookie) =>
      client.get(`/v1/logout?${new URLSearchParams(form)}`, headers);
    const { kid } = JSON.parse(Buffer.from(idToken.split('.')[0] ?? '', 'base64url').toString());
    const forged = signJwt({ alg: 'RS256', kid }, readClaims(idToken), makeKey('RS256'));
    const unknown = signJwt({ alg: 'RS256', kid: 'x' }, readClaims(idToken), makeKey('RS256'));
    const order = { login: admin, scopes: ['openid'] };
    const aud = server.clients.native.id;
    const ofAnother = server.issueToken({ ...order, over: { aud, iss: 'https://elsewhere.example' } });
    expect((await logout({})).status).toBe(400);
    for (const hint of ['x', forged, unknown, ofAnother, server.issueToken(order)])
      expect((await logout({ id_token_hint: hint })).status, hint).toBe(400);
    const logistics = sandbox.okta.oauth.customServer('Logistics APIs');
    const elsewhere = await client.send(`${logistics.issuer}/v1/logout?id_token_hint=${idToken}`, { headers: cookie });
    expect(elsewhere.status).toBe(400);
    const away = { id_token_hint: idToken, post_logout_redirect_uri: 'https://evil.example/' };
    expect((await logout(away)).headers.get('location')).toBeNull();
    const others = await open(traveller);
    expect((await logout({ id_token_hint: others.idToken })).headers.get('set-cookie')).toBeNull();
    expect((await silently(cookie)).get('code')).toBeTruthy();
    const out = await logout({ id_token_hint: idToken });
    expect([out.status, out.text.includes('You are signed out.')]).toEqual([200, true]);
    expect(out.headers.get('set-cookie')).toContain('Max-Age=0');
    expect((await silently(cookie)).get('error')).toBe('login_required');
  });

  it('leads from signing out back to an address that the client registered, with its state', async () => {
    const { gateway } = server.clients;
    const redirect_uri = 'http://127.0.0.1:3000/oauth/callback';
    const back = await client.signIn(admin, { client_id: gateway.id, redirect_uri });
    const form = { redirect_uri, client_id: undefined };
    const { body } = await client.exchangeCode(back.get('code'), form, basic(gateway));
    const reply = await client.post('/v1/logout', {
      id_token_hint: String(body.id_token),
      post_logout_redirect_uri: 'http://127.0.0.1:3000/',
      state: 'a b',
    });
    expect([reply.status, reply.headers.get('location')]).toEqual([302, 'http://127.0.0.1:3000/?state=a+b']);
  });
});
