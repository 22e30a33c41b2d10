// A person's sign-in against the simulated organization: the device grant, renewal, the rights of who signed in, and what a
// stolen refresh token is worth.

import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type LoginOptions, loginWithDevice, logout } from '../../src/platforms/okta/oauth/login.ts';
import { sandboxPassword as password } from '../../src/sandbox/index.ts';
import { createVault } from '../../src/stores/vault.ts';
import { failureOf } from '../platforms/okta/credential.ts';
import { type Bench, openBench } from '../support/credential-door.ts';

const admin = 'helena.brandt@larkspur.example';
const helpDesk = 'declan.kinsella@larkspur.example';
const locked = 'maya.lindqvist@larkspur.example';
const minute = 60_000;
const scopes = ['okta.users.read', 'okta.users.manage', 'okta.groups.read', 'okta.roles.read', 'okta.apps.manage'];
let bench: Bench;
let shown: string;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  shown = '';
  bench = await openBench();
});

afterEach(async () => {
  vi.useRealTimers();
  await bench.close();
});

function options(login: string, decision = 'allow'): LoginOptions {
  const openKeyring = () => Promise.reject(new Error('none'));
  return {
    origin: new URL(bench.url),
    fetch,
    userAgent: 'castellan-test',
    asking: {
      clientId: bench.sandbox.okta.oauth.nativeClientId,
      keyId: undefined,
      scopes,
      login: 'castellan login okta',
    },
    tenant: 'okta',
    vault: createVault({ folder: join(bench.home, 'credentials'), say: () => {}, openKeyring }),
    dpop: 'auto',
    now: Date.now,
    // The person decides while Castellan waits for its turn to ask.
    sleep: async (ms) => {
      const user_code = /\n {2}([A-Z0-9-]{6,})\n/.exec(shown)?.[1] ?? '';
      const body = new URLSearchParams({ user_code, login, password, decision });
      await fetch(`${bench.sandbox.okta.url}/activate`, { method: 'POST', body });
      vi.setSystemTime(Date.now() + ms);
    },
    say: (text) => {
      shown += text;
    },
  };
}

const env = () => ({ OKTA_CLIENT_ID: bench.sandbox.okta.oauth.nativeClientId, OKTA_SCOPES: scopes.join(' ') });
const pass = (ms: number) => vi.setSystemTime(Date.now() + ms);

test('signs in, calls, renews at the end of the hour and after days; every request is as published, no secret is told', async () => {
  expect(await loginWithDevice(options(admin))).toMatchObject({ who: admin, missing: [], bound: true, lasting: true });
  const { call } = await bench.open(env());
  expect(await call('get_okta_user', { user_id: admin })).toMatchObject({ failed: false });
  for (const wait of [59.5 * minute, 61 * minute, 6 * 24 * 60 * minute]) {
    const before = bench.tokenRequests().length;
    pass(wait);
    expect(await call('get_okta_user', { user_id: admin })).toMatchObject({ failed: false });
    const renewals = bench.tokenRequests().slice(before);
    expect(renewals.at(-1)).toMatchObject({ status: 200, form: { grant_type: 'refresh_token' } });
  }
  pass(8 * 24 * 60 * minute);
  const over = await call('get_okta_user', { user_id: admin });
  expect(over).toMatchObject({
    code: 'unauthorized',
    text: expect.stringMatching(/The sign-in is over.*\n.*castellan login okta/),
  });
  expect(bench.unpublished).toEqual([]);
  expect(bench.leaked()).toEqual([]);
});

test('has the rights of who signed in', async () => {
  await loginWithDevice(options(helpDesk));
  const { call, tools } = await bench.open(env());
  expect(await tools()).toContain('delete_okta_user');
  expect(await call('unlock_okta_user', { user_id: locked })).toMatchObject({ failed: false });
  const { id } = await bench.ask('GET', `/api/v1/users/${locked}`);
  expect(await bench.ask('GET', `/api/v1/users/${id}`)).toMatchObject({ status: 'ACTIVE' });
  const refused = await call('update_okta_user_profile', { user_id: locked, profile: { title: 'Captain' } });
  expect(refused).toMatchObject({ failed: true, code: 'missing_scope' });
  expect(refused.text).toMatch(/E0000006.*\nThe person who signed in needs an admin role that covers it/);
  const hidden = await call('list_okta_policies', { type: 'PASSWORD' });
  expect(hidden).toMatchObject({ code: 'missing_scope', text: expect.stringContaining('lacks okta.policies.read') });
  expect(hidden.text).toMatch(/OKTA_SCOPES\) and sign in again with `castellan login okta`/);
  const own = await call('suspend_okta_user', { user_id: helpDesk, dryRun: true });
  expect(own).toMatchObject({ code: 'not_allowed', text: expect.stringContaining('own credential belongs to') });
});

test('does not change the application that people sign in through', async () => {
  await loginWithDevice(options(admin));
  const { call } = await bench.open(env());
  const app_id = bench.sandbox.okta.oauth.nativeClientId;
  const { id: user_id } = await bench.ask('GET', `/api/v1/users/${helpDesk}`);
  const groups = (await bench.ask('GET', '/api/v1/groups?q=Everyone')) as unknown as { readonly id: string }[];
  const tries: [string, Record<string, unknown>][] = [
    ['deactivate_okta_application', { app_id }],
    ['update_okta_application', { app_id, config_updates: { label: 'Mine' } }],
    ['unassign_okta_application_group', { app_id, group_id: groups[0]?.id }],
    ['assign_okta_application_user', { app_id, user_id }],
  ];
  for (const [name, args] of tries) {
    const refused = await call(name, args);
    expect([name, refused.code, refused.text]).toEqual([
      name,
      'not_allowed',
      expect.stringContaining('the application that Castellan itself runs on'),
    ]);
  }
  expect(bench.seen.filter(({ method, path }) => method !== 'GET' && path.startsWith('/api/'))).toEqual([]);
});

describe('is told', () => {
  test('that the request was declined, which Okta answers with 403', async () => {
    const error = await failureOf(loginWithDevice(options(admin, 'deny')));
    expect(error).toMatchObject({ code: 'unauthorized', message: expect.stringContaining('access_denied') });
    expect(error.hint).toContain('declined');
    expect(bench.tokenRequests().at(-1)?.status).toBe(403);
  });

  test('that the code was not used in time', async () => {
    const slow = { ...options(admin), sleep: async () => vi.setSystemTime(Date.now() + 11 * minute) };
    expect((await failureOf(loginWithDevice(slow))).message).toBe('The code was not used in time.');
  });

  test('that the application was deactivated, or the account', async () => {
    await loginWithDevice(options(helpDesk));
    const { call } = await bench.open(env());
    const { id } = await bench.ask('GET', `/api/v1/users/${helpDesk}`);
    await bench.ask('POST', `/api/v1/users/${id}/lifecycle/suspend`);
    const suspended = await call('get_okta_user', { user_id: locked });
    expect(suspended).toMatchObject({ code: 'unauthorized', text: expect.stringContaining('castellan login okta') });
    await bench.ask('POST', `/api/v1/apps/${bench.sandbox.okta.oauth.nativeClientId}/lifecycle/deactivate`);
    const inactive = await call('get_okta_user', { user_id: locked });
    expect(inactive).toMatchObject({
      code: 'unauthorized',
      text: expect.stringMatching(/invalid_client.*\n.*app is active/),
    });
    expect(bench.leaked()).toEqual([]);
  });
});

test('a stolen refresh token is worth nothing without its key, and one that comes twice ends the sign-in', async () => {
  await loginWithDevice(options(admin));
  const { call } = await bench.open(env());
  pass(61 * minute);
  expect(await call('get_okta_user', { user_id: admin })).toMatchObject({ failed: false });
  const renewal = bench.tokenRequests().at(-1);
  if (!renewal) throw new Error('nothing was renewed');
  const { dpop: _, ...bare } = renewal.headers;
  const stolen = await bench.replay({ ...renewal, headers: bare });
  expect(await stolen.text()).toMatch(/invalid_(grant|dpop_proof)/);
  // Okta now takes the grant for stolen; the person signs in again.
  expect(await call('get_okta_user', { user_id: admin })).toMatchObject({
    code: 'unauthorized',
    text: expect.stringContaining('castellan login okta'),
  });
});

test('signs out: both tokens are revoked, each with a request that Okta publishes', async () => {
  const me = options(admin);
  await loginWithDevice(me);
  const { call } = await bench.open(env());
  await call('get_okta_user', { user_id: admin });
  expect(await logout(me)).toEqual({ was: 'revoked' });
  const used = bench.seen.findLast(({ path }) => path.startsWith('/api/'));
  if (!used) throw new Error('nothing was asked');
  expect((await bench.replay(used)).status).toBe(401);
  expect(bench.seen.filter(({ path }) => path === '/oauth2/v1/revoke').map(({ status }) => status)).toEqual([200, 200]);
  expect(bench.unpublished).toEqual([]);
  expect(bench.leaked()).toEqual([]);
});
