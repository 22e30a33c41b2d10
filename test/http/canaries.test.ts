// No token, code, secret or cookie stands in a log line or in an error, at debug level: whole sign-ins and what goes wrong in
// them, over every store, with everything collected that must not be told.

import { afterEach, describe, expect, test, vi } from 'vitest';
import { createVisitor } from '../../src/cli/visitor.ts';
import { sandboxPassword } from '../../src/sandbox/index.ts';
import { askToken, authorizeUrl, exchange, newClient, obtain, openTestBroker, refresh } from '../support/broker.ts';
import { type Canaries, createCanaries } from '../support/canaries.ts';
import { type Issuer, openIssuer } from '../support/issuer.ts';
import { ask, call, post } from '../support/messages.ts';
import { lacksRedis, startRedis } from '../support/redis.ts';
import { openTestServer } from '../support/server.ts';
import { actAs, callback } from '../support/sign-in.ts';

const sealKeys = 'canary: keys that seal what lies in the store';
const ending: (() => Promise<unknown> | unknown)[] = [];

afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
  vi.unstubAllGlobals();
});

/** From here on everything that is asked in this process is seen: by clients, browsers and the server itself. */
function watch(): Canaries {
  const canaries = createCanaries(globalThis.fetch, [sandboxPassword]);
  vi.stubGlobal('fetch', canaries.fetch);
  return canaries;
}

function expectSilence(canaries: Canaries, log: string, kinds: readonly string[]): void {
  for (const kind of kinds) expect(canaries.kinds().join('\n')).toContain(kind);
  expect(log.length).toBeGreaterThan(500);
  expect(canaries.findIn(log)).toEqual([]);
  expect(canaries.errors.length).toBeGreaterThan(3);
  expect(canaries.errors.flatMap(({ leaks }) => leaks())).toEqual([]);
}

describe('through the broker', () => {
  const stores = ['memory', 'sqlite', 'redis'] as const;

  test.each(stores.filter((store) => store !== 'redis' || !lacksRedis()))('%s', { timeout: 60_000 }, async (kind) => {
    const canaries = watch();
    canaries.add('seal key', sealKeys);
    let store: string | undefined = kind;
    if (kind === 'redis') {
      const redis = await startRedis();
      ending.push(() => redis.close());
      store = redis.url;
    }
    const state = { sealKeys, ...(kind !== 'sqlite' && { store }) };
    const server = await openTestBroker({ state });
    ending.push(() => server.close());
    const { origin, url } = server;
    canaries.add(
      'client secret',
      server.organization.sandbox.okta.oauth.customServer('default').clients.gateway.secret,
    );

    const open = () => createVisitor((at) => at.href.startsWith(callback), canaries.fetch);
    const browser = open();
    const got = await obtain(origin, browser, actAs());
    canaries.add('code', got.code);
    canaries.add('code_verifier', got.verifier);
    expect(
      (await ask(url, 'tools/call', call('list_okta_users', { max_results: 2 }), { token: got.access_token })).status,
    ).toBe(200);
    // What is refused: too little, nothing, nonsense, and what was used before.
    const id = { user_id: 'tomas.okafor@larkspur.example' };
    expect((await ask(url, 'tools/call', call('suspend_okta_user', id), { token: got.access_token })).status).toBe(403);
    expect((await ask(url, 'tools/list', {}, { token: `${got.access_token}x` })).status).toBe(401);
    expect((await ask(url, 'tools/list', {}, { token: got.refresh_token })).status).toBe(401);
    const next = await refresh(origin, got.clientId, got.refresh_token);
    expect(next.status).toBe(200);
    expect((await refresh(origin, got.clientId, got.refresh_token)).status).toBe(400);
    expect((await exchange(origin, got.clientId, got.code, got.verifier)).status).toBe(400);
    expect((await askToken(origin, { grant_type: 'nonsense', client_id: got.clientId, code: got.code })).status).toBe(
      400,
    );
    // Of a client with a secret, given rightly and wrongly.
    const secret = await newClient(origin, { token_endpoint_auth_method: 'client_secret_post' });
    for (const given of [secret.client_secret ?? '', 'a-wrong-secret-of-a-client'])
      await askToken(origin, {
        grant_type: 'authorization_code',
        client_id: secret.client_id,
        client_secret: given,
        code: got.code,
        redirect_uri: callback,
        code_verifier: got.verifier,
      });
    // A callback with a code that nobody waits for; a person who does not know the password; a console without a session.
    await fetch(`${origin}/oauth/callback?code=canary-of-a-code-nobody-knows&state=canary-of-a-state`);
    const wrong = open();
    let tried = 0;
    await wrong
      .walk(authorizeUrl(origin, got.clientId).url, (page) => {
        const deed = actAs()(page);
        if (tried++ > 0) throw new Error('enough');
        return { ...deed, values: { ...deed.values, password: 'canary-a-wrong-password' } };
      })
      .catch(() => {});
    for (const path of ['/', '/calls', '/approvals', '/clients', '/connect']) await browser.open(new URL(path, origin));
    await fetch(`${origin}/sign-out`, {
      method: 'POST',
      headers: { cookie: browser.cookies(new URL(origin)), origin },
    });
    await fetch(`${origin}/oauth/revoke`, {
      method: 'POST',
      body: new URLSearchParams({ token: String(next.body.refresh_token), client_id: got.clientId }),
    });

    const log = server.log();
    expectSilence(canaries, log, [
      'access_token (signature)',
      'refresh_token',
      'id_token',
      'code',
      'client_secret',
      'cookie',
      'csrf',
      'seal key',
      'code_verifier',
    ]);
  });
});

test('where another is the authorization server, by keys and by introspection', { timeout: 60_000 }, async () => {
  const canaries = watch();
  const issuer: Issuer = await openIssuer();
  ending.push(() => issuer.close());
  const publicUrl = 'https://mcp.example.com/mcp';
  for (const verify of ['jwt', 'introspection']) {
    const clientSecret = `canary-secret-for-${verify}`;
    canaries.add('client secret', clientSecret);
    const own = verify === 'introspection' ? { verify, clientId: 'castellan', clientSecret } : { verify };
    const server = await openTestServer({ parts: { auth: { issuer: issuer.url, publicUrl, ...own } } });
    ending.push(() => server.close());
    const tokens = [
      await issuer.mint(),
      await issuer.mint({ aud: 'elsewhere' }),
      await issuer.mint({ exp: 1 }),
      'an-opaque-token-nobody-knows',
    ];
    const now = Math.floor(Date.now() / 1000);
    issuer.tokens.set(tokens[0] ?? '', {
      active: true,
      iss: issuer.url,
      aud: publicUrl,
      sub: 'person-1',
      client_id: 'assistant',
      scope: 'castellan:read',
      iat: now,
      exp: now + 600,
    });
    for (const token of tokens) await ask(server.url, 'tools/call', call('get_current_time'), { token });
    issuer.behave = 'fail';
    await issuer.rotate();
    await ask(server.url, 'tools/list', {}, { token: await issuer.mint() });
    issuer.behave = 'well';
    await post(
      server.url,
      { jsonrpc: '2.0' },
      { headers: { authorization: 'Bearer two-tokens-in-one, Bearer header-of-a-request' } },
    );
    expectSilence(canaries, server.log(), ['authorization', 'client secret']);
  }
});
