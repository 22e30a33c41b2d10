// A service app against the simulated organization's own authorization server: what works, what is worth nothing to a thief,
// and what a person is told when something is wrong.

import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Bench, openBench } from '../support/credential-door.ts';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const admin = 'helena.brandt@larkspur.example';
const hour = 3_600_000;
let bench: Bench;
let skew = 0;

beforeEach(async () => {
  skew = 0;
  // Before anybody takes the clock.
  vi.useFakeTimers({ toFake: ['Date'] });
  bench = await openBench({
    now: () => Date.now() + skew,
    oauth: { serviceKey: { ...rsa.publicKey.export({ format: 'jwk' }), kid: 'rsa-1' } },
  });
});

afterEach(async () => {
  vi.useRealTimers();
  await bench.close();
});

const pem = (key: KeyObject) => key.export({ type: 'pkcs8', format: 'pem' }).toString();

function env(scopes: string, more: Record<string, string> = {}) {
  const { serviceClientId } = bench.sandbox.okta.oauth;
  return { OKTA_CLIENT_ID: serviceClientId, OKTA_PRIVATE_KEY: pem(rsa.privateKey), OKTA_SCOPES: scopes, ...more };
}

/** As if all of time passed: Castellan’s clock and the organization’s. */
function pass(ms: number): void {
  vi.setSystemTime(Date.now() + ms);
}

describe.each([
  ['RS256', rsa, true],
  ['RS256', rsa, false],
  ['ES256', ec, true],
] as const)('a key that signs by %s', (_alg, pair, bound) => {
  test(`reads by login, DPoP ${bound ? 'required' : 'not wanted'}; every request is as published and no secret is told`, async () => {
    bench.sandbox.okta.oauth.registerKey({ ...ec.publicKey.export({ format: 'jwk' }), kid: 'ec-1' });
    bench.sandbox.okta.oauth.setRequireDpop(bound);
    const own = {
      OKTA_PRIVATE_KEY: pem(pair.privateKey),
      OKTA_KEY_ID: pair === rsa ? 'rsa-1' : 'ec-1',
      ...(!bound && { OKTA_DPOP: 'false' }),
    };
    const { call } = await bench.open(env('okta.users.read okta.groups.read', own));
    for (const user of [admin, 'nobody+here@larkspur.example', 'jürgen o’neil@larkspur.example'])
      expect(await call('get_okta_user', { user_id: user })).toMatchObject(
        user === admin ? { failed: false, text: expect.stringContaining('Helena') } : { code: 'not_found' },
      );
    expect(await call('list_okta_users', { max_results: 30 })).toMatchObject({ failed: false });
    const api = bench.seen.filter(({ path }) => path.startsWith('/api/'));
    expect(api.map(({ status }) => status)).not.toContain(400);
    expect(api.every(({ headers }) => headers.authorization?.startsWith(bound ? 'DPoP ' : 'Bearer '))).toBe(true);
    const proofs = bench.seen.flatMap(({ headers }) => headers.dpop ?? []);
    expect(proofs).toHaveLength(bound ? bench.seen.length : 0);
    expect(new Set(proofs).size).toBe(proofs.length);
    expect(bench.tokenRequests().map(({ status }) => status)).toEqual(bound ? [400, 200] : [200]);
    expect(bench.unpublished).toEqual([]);
    expect(bench.leaked()).toEqual([]);
  });
});

test('what a thief overhears is worth nothing: requests again, elsewhere, with another proof, later', async () => {
  const { call } = await bench.open(env('okta.users.read'));
  await call('get_okta_user', { user_id: admin });
  const [first, second] = bench.tokenRequests();
  const [api] = bench.seen.filter(({ path }) => path.startsWith('/api/'));
  if (!first || !second || !api) throw new Error('the door saw too little');

  const refusal = async (answer: Promise<Response>) => {
    const { status, headers } = await answer;
    return `${status} ${/error_description="([^"]*)"/.exec(headers.get('www-authenticate') ?? '')?.[1]}`;
  };
  const said = async (answer: Promise<Response>) => `${await (await answer).text()}`;
  expect(await said(bench.replay(second))).toMatch(/invalid_client.*already been used/);
  // The assertion of the request that only wanted a nonce is used up too.
  expect(await said(bench.replay(first, { dpop: second.headers.dpop ?? '' }))).toMatch(
    /invalid_client.*already been used/,
  );
  expect(await said(bench.replay({ ...second, path: '/oauth2/v1/introspect' }))).toMatch(/audience|already been used/);
  expect(await refusal(bench.replay(api))).toBe('400 The DPoP proof JWT has already been used.');
  expect(await refusal(bench.replay({ ...api, path: '/api/v1/users' }))).toMatch(/^400 'htu'/);
  expect(await refusal(bench.replay({ ...api, method: 'DELETE' }))).toMatch(/^400 'htm'/);
  const bearer = { authorization: String(api.headers.authorization).replace('DPoP', 'Bearer') };
  expect(await refusal(bench.replay(api, bearer))).toMatch(/^400 The resource request must use the DPoP/);
  expect(await refusal(bench.replay(api, { dpop: second.headers.dpop ?? '' }))).toMatch(/^400 'ht[um]'/);
  pass(6 * 60_000);
  expect(await refusal(bench.replay(api))).toMatch(/^400 .*more than five minutes in the past/);
  expect(await said(bench.replay(second))).toMatch(/invalid_client.*expired/);
});

describe('goes on by itself', () => {
  test('after its token was revoked, and after it expired', async () => {
    const { call } = await bench.open(env('okta.users.read'));
    await call('get_okta_user', { user_id: admin });
    bench.sandbox.okta.reset();
    bench.sandbox.okta.oauth.registerKey({ ...rsa.publicKey.export({ format: 'jwk' }), kid: 'rsa-1' });
    expect(await call('get_okta_user', { user_id: admin })).toMatchObject({ failed: false });
    const before = bench.tokenRequests().length;
    pass(hour + 60_000);
    expect(await call('get_okta_user', { user_id: admin })).toMatchObject({ failed: false });
    expect(
      bench
        .tokenRequests()
        .slice(before)
        .map(({ status }) => status),
    ).toEqual([200]);
  });

  test('after the nonce of the token endpoint went stale', async () => {
    const { call } = await bench.open(env('okta.users.read'));
    await call('get_okta_user', { user_id: admin });
    const before = bench.tokenRequests().length;
    pass(5 * 24 * hour);
    expect(await call('get_okta_user', { user_id: admin })).toMatchObject({ failed: false });
    expect(
      bench
        .tokenRequests()
        .slice(before)
        .map(({ status }) => status),
    ).toEqual([400, 200]);
  });

  test('where a proof is refused once: the request is sent again with another, a change as well', async () => {
    const { call } = await bench.open(env('okta.users.read okta.users.manage okta.roles.read'));
    await call('get_okta_user', { user_id: admin });
    const challenge =
      'DPoP algs="ES256", error="invalid_dpop_proof", error_description="The DPoP proof JWT has already been used."';
    let refusals = 1;
    bench.before = ({ method, path }) =>
      method === 'POST' && path.endsWith('/lifecycle/unlock') && refusals-- > 0
        ? new Response(null, { status: 400, headers: { 'www-authenticate': challenge } })
        : undefined;
    const tokens = bench.tokenRequests().length;
    const done = await call('unlock_okta_user', { user_id: 'maya.lindqvist@larkspur.example' });
    expect(done).toMatchObject({ failed: false });
    const sent = bench.seen.filter(({ path }) => path.endsWith('/lifecycle/unlock'));
    expect(sent.map(({ status }) => status)).toEqual([400, 200]);
    expect(sent[0]?.headers.dpop).not.toBe(sent[1]?.headers.dpop);
    expect(bench.tokenRequests()).toHaveLength(tokens);
  });
});

describe('says what is wrong and what to do', () => {
  test('a key that is no longer registered, and one that signs under the name of another', async () => {
    const { call } = await bench.open(env('okta.users.read', { OKTA_KEY_ID: 'rsa-1' }));
    await call('get_okta_user', { user_id: admin });
    bench.sandbox.okta.reset();
    bench.sandbox.okta.oauth.registerKey({ ...ec.publicKey.export({ format: 'jwk' }), kid: 'rsa-1' });
    const rotated = await call('get_okta_user', { user_id: admin });
    expect(rotated).toMatchObject({ failed: true, code: 'unauthorized' });
    expect(rotated.text).toMatch(/invalid_client: .*signature.*\n.*public half of this private key is registered/);
    expect(rotated.text).toContain('rsa-1');
    expect(rotated.text).not.toMatch(/clock is \d/);
    expect(bench.leaked()).toEqual([]);
  });

  test.each([
    [2 * hour, /clock is 120 min behind Okta’s/],
    [-10 * 60_000, /clock is 10 min ahead of Okta’s/],
  ])('a clock that is off by %i ms, before there is a token', async (off, says) => {
    skew = off;
    const { call } = await bench.open(env('okta.users.read'));
    expect(await call('get_okta_user', { user_id: admin })).toMatchObject({
      code: 'unauthorized',
      text: expect.stringMatching(says),
    });
  });

  test('a clock that goes wrong afterwards', async () => {
    const { call } = await bench.open(env('okta.users.read'));
    await call('get_okta_user', { user_id: admin });
    skew = 20 * 60_000;
    const late = await call('get_okta_user', { user_id: admin });
    expect(late).toMatchObject({ code: 'unauthorized', text: expect.stringMatching(/proof.*five minutes/) });
    expect(late.text).toContain('clock is 20 min behind Okta’s');
  });

  test('scopes that the app was not granted: tools are hidden, a call and doctor tell which', async () => {
    bench.sandbox.okta.oauth.setScopes(['okta.users.read', 'okta.groups.manage']);
    const { call, tools, tenant } = await bench.open(env('okta.users.read okta.groups.manage okta.apps.read'));
    const shown = await tools();
    expect(shown).toEqual(expect.arrayContaining(['get_okta_user', 'list_okta_groups', 'create_okta_group']));
    expect(
      shown.filter((name) => /application|policy|suspend/.test(name) && !/user_applications|group/.test(name)),
    ).toEqual([]);
    const hidden = await call('list_okta_applications');
    expect(hidden).toMatchObject({
      failed: true,
      code: 'missing_scope',
      text: expect.stringContaining('okta.apps.read'),
    });
    expect(hidden.text).toMatch(/grant it to the application 0oa\w+ \(.*Okta API Scopes\) and start Castellan again/);
    const check = await tenant.checks.find(({ name }) => name === 'credential')?.run(AbortSignal.timeout(5_000));
    expect(check).toMatchObject({
      ok: false,
      says: expect.stringMatching(/2 of 3 scopes; not granted: okta\.apps\.read/),
    });
    const status = await call('get_okta_scope_status');
    expect(status).toMatchObject({ failed: false, text: expect.stringContaining('okta.apps.read') });
  });

  test('none of the scopes granted', async () => {
    bench.sandbox.okta.oauth.setScopes(['okta.groups.read']);
    const { call, tenant } = await bench.open(env('okta.users.read'));
    const none = await call('get_okta_user', { user_id: admin });
    expect(none).toMatchObject({
      code: 'missing_scope',
      text: expect.stringMatching(/none of the scopes.*\n.*okta\.users\.read/),
    });
    const check = await tenant.checks.find(({ name }) => name === 'credential')?.run(AbortSignal.timeout(5_000));
    expect(check).toMatchObject({ ok: false, todo: expect.stringContaining('Okta API Scopes') });
  });

  test('a scope that only the API asks for, in a header, without a body', async () => {
    const { call } = await bench.open(env('okta.users.read'));
    // The gate knows no scopes before the first token, so this one goes out.
    const apps = await call('list_okta_applications');
    expect(apps).toMatchObject({
      failed: true,
      code: 'missing_scope',
      text: expect.stringContaining('lacks okta.apps.read'),
    });
    expect(apps.text).toMatch(/Okta API Scopes.*OKTA_SCOPES/);
    expect(apps.text).not.toMatch(/firewall|in between/);
    const [refused] = bench.seen.filter(({ path }) => path.startsWith('/api/'));
    expect(refused).toMatchObject({ status: 403 });
  });

  test('no admin role for the app', async () => {
    bench.sandbox.okta.oauth.setServiceRoles([]);
    const { call } = await bench.open(env('okta.users.read'));
    const bare = await call('get_okta_user', { user_id: admin });
    expect(bare).toMatchObject({
      code: 'missing_scope',
      text: expect.stringMatching(/E0000006.*\n.*Assign the application .* an admin role/),
    });
  });
});

test('the application that Castellan runs on is not changed through it', async () => {
  const scopes = 'okta.users.read okta.groups.read okta.apps.manage okta.roles.read okta.policies.read okta.logs.read';
  const { call } = await bench.open(env(scopes));
  const app = bench.sandbox.okta.oauth.serviceClientId;
  const before = await bench.ask('GET', `/api/v1/apps/${app}`);
  const tries: [string, Record<string, unknown>][] = [
    ['deactivate_okta_application', { app_id: app }],
    ['update_okta_application', { app_id: app, config_updates: { label: 'Mine' } }],
    ['assign_okta_application_user', { app_id: app, user_id: admin }],
  ];
  for (const [name, args] of tries) {
    const refused = await call(name, args);
    expect([name, refused]).toEqual([name, expect.objectContaining({ failed: true, code: 'not_allowed' })]);
    expect(refused.text).toContain('the application that Castellan itself runs on');
  }
  expect(await bench.ask('GET', `/api/v1/apps/${app}`)).toEqual(before);
  expect(bench.seen.filter(({ method, path }) => method !== 'GET' && path.startsWith('/api/'))).toEqual([]);
});
