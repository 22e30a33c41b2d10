// A person's tokens: kept between processes, refreshed by one of them at a time, over when Okta says so.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodeProtectedHeader } from 'jose';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loginWithDevice, logout } from '../../../src/platforms/okta/oauth/login.ts';
import { createVault } from '../../../src/stores/vault.ts';
import { json, type TokenServer } from '../../support/token-server.ts';
import { type Bench, everythingOf, failureOf, openBench, send, soon } from './credential.ts';

const clientId = '0oanative';
const login = 'castellan login okta --tenant acme';
let bench: Bench;
let server: TokenServer;

beforeEach(async () => {
  bench = await openBench({ clientId });
  server = bench.server;
  server.rules.nonce = undefined;
});

afterEach(() => bench.close());

const person = (deps: Parameters<Bench['open']>[1] = {}) => bench.open({ clientId }, deps);

function loginOptions(dpop: boolean | 'auto' = 'auto', tenant = 'acme', agoMs = 0) {
  const asking = { clientId, keyId: undefined, scopes: ['okta.users.read'], login };
  const { fetch, userAgent, vault } = bench.deps;
  const now = () => Date.now() - agoMs;
  const origin = new URL(server.origin);
  return { origin, fetch, userAgent, asking, tenant, vault, dpop, now, sleep: async () => {}, say: () => {} };
}

const signIn = (dpop: boolean | 'auto' = 'auto') => loginWithDevice(loginOptions(dpop));
/** So long ago that its token is nearly over. */
const signInEarlier = () => loginWithDevice(loginOptions('auto', 'acme', 3590_000));
const refreshes = () => server.tokenRequests().filter(({ form }) => form.get('grant_type') === 'refresh_token');

describe('before anybody signed in', () => {
  test('every call says what to run, and asks nobody', async () => {
    const error = await failureOf(person().scopes(soon()));
    expect(error).toMatchObject({ code: 'unauthorized', hint: expect.stringContaining(`\`${login}\``) });
    expect(server.seen).toEqual([]);
  });

  test('a sign-in serves without a restart', async () => {
    const credential = person();
    await failureOf(credential.scopes(soon()));
    await signIn();
    expect((await send(credential, `${server.origin}/api/v1/users`)).status).toBe(200);
  });
});

describe('signed in', () => {
  test.each([
    ['auto', 'DPoP'],
    [false, 'Bearer'],
  ] as const)('dpop %s: the kept token is sent as %s, by another process too', async (dpop, scheme) => {
    await signIn(dpop);
    expect((await send(person(), `${server.origin}/api/v1/users`)).status).toBe(200);
    const [request] = server.apiRequests();
    expect(request?.headers.authorization).toMatch(new RegExp(`^${scheme} at-`));
    expect(refreshes()).toEqual([]);
    expect(person().kind).toBe('person');
  });

  test('the file is its owner’s alone', async () => {
    await signIn();
    const [file = ''] = readdirSync(bench.folder);
    expect(file).toMatch(/^okta-acme-[0-9a-f]{16}\.json$/);
    expect(statSync(join(bench.folder, file)).mode & 0o777).toBe(0o600);
    expect(bench.said).toHaveLength(1);
  });

  test('tokens of one organization or application never reach another under the same tenant name', async () => {
    await signIn();
    const other = await openBench({ clientId });
    const elsewhere = bench.open({ clientId, orgUrl: other.server.origin });
    expect((await failureOf(elsewhere.scopes(soon()))).hint).toContain(login);
    expect((await failureOf(bench.open({ clientId: '0oaother' }).scopes(soon()))).hint).toContain(login);
    expect(other.server.seen).toEqual([]);
    await other.close();
  });
});

describe('refreshing', () => {
  test('fifty calls at once refresh once; the rotated refresh token is kept; the key stays the same', async () => {
    await signInEarlier();
    const credential = person();
    await Promise.all(Array.from({ length: 50 }, () => credential.scopes(soon())));
    expect(refreshes()).toHaveLength(1);
    server.revokeAccess();
    expect((await send(credential, `${server.origin}/api/v1/users`)).status).toBe(200);
    expect(refreshes()).toHaveLength(2);
    const [first, second] = refreshes().map(({ form }) => form.get('refresh_token'));
    expect(first).not.toBe(second);
    const keys = server.tokenRequests().map(({ headers }) => decodeProtectedHeader(String(headers.dpop)).jwk?.x);
    expect(new Set(keys).size).toBe(1);
  });

  test('a server that does not rotate: the first refresh token serves on', async () => {
    await signInEarlier();
    server.rules.refresh = 'keep';
    const credential = person();
    await credential.scopes(soon());
    server.revokeAccess();
    expect((await send(credential, `${server.origin}/api/v1/users`)).status).toBe(200);
    expect(new Set(refreshes().map(({ form }) => form.get('refresh_token'))).size).toBe(1);
  });

  test('RFC 9449 §8: a nonce is demanded for it too; the refresh token is not used up by that', async () => {
    await signInEarlier();
    server.rules.nonce = 'nonce-1';
    expect((await send(person(), `${server.origin}/api/v1/users`)).status).toBe(200);
    expect(refreshes()).toHaveLength(2);
  });

  test('several that share the sign-in use one refresh token once', async () => {
    await signInEarlier();
    const vault = () =>
      createVault({ folder: bench.folder, say: () => {}, openKeyring: () => Promise.reject(new Error('no')) });
    const all = Array.from({ length: 8 }, () => person({ vault: vault() }));
    const sets = await Promise.all(all.map((credential) => credential.scopes(soon())));
    expect(sets.every((scopes) => scopes?.has('okta.users.read'))).toBe(true);
    expect(refreshes()).toHaveLength(1);
  });

  test('real processes too', async () => {
    await signInEarlier();
    const script = fileURLToPath(new URL('../../support/ask-as-person.ts', import.meta.url));
    const children = [1, 2, 3].map(() => {
      const child = fork(script, [bench.folder, server.origin, clientId], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
      return once(child, 'message').then(([message]) => message as unknown);
    });
    expect(await Promise.all(children)).toEqual([200, 200, 200]);
    expect(refreshes()).toHaveLength(1);
  });

  test('a refresh token that is over: which command to run, and the old token is not sent', async () => {
    await signInEarlier();
    server.before = (seen, response) => {
      if (seen.form.get('grant_type') !== 'refresh_token') return false;
      response.writeHead(400, { 'content-type': 'application/json' });
      response.end('{"error":"invalid_grant","error_description":"The refresh token is invalid or expired."}');
      return true;
    };
    const error = await failureOf(person().scopes(soon()));
    expect(error).toMatchObject({ code: 'unauthorized', hint: expect.stringContaining(`\`${login}\``) });
    expect(error.retry.again).toBe(false);
    expect(server.apiRequests()).toEqual([]);
    for (const canary of server.secrets) expect(everythingOf(error)).not.toContain(canary);
  });

  test('a server that repeats the refresh token in its refusal: it is in no error', async () => {
    await signInEarlier();
    server.before = ({ form }, response) => {
      json(response, 400, { error: 'invalid_grant', error_description: `${form.get('refresh_token')} is not known` });
      return true;
    };
    const error = await failureOf(person().scopes(soon()));
    expect(error.message).toContain('[removed] is not known');
    for (const canary of server.secrets) expect(everythingOf(error)).not.toContain(canary);
  });

  test('without a refresh token the end of the access token is the end', async () => {
    server.rules.refresh = 'none';
    expect((await signInEarlier()).lasting).toBe(false);
    const error = await failureOf(person().scopes(soon()));
    expect(error.message).toMatch(/without a refresh token/);
    expect(error.hint).toContain(login);
  });

  test('an outage keeps the sign-in: what is left of the token serves, then an error, then all is well again', async () => {
    const down: TokenServer['before'] = (seen, response) => {
      if (seen.path.startsWith('/api/')) return false;
      response.writeHead(502).end();
      return true;
    };
    await signInEarlier();
    server.before = down;
    expect((await send(person(), `${server.origin}/api/v1/users`)).status).toBe(200);
    server.revokeAccess();
    const refused: unknown = await send(person(), `${server.origin}/api/v1/users`).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'platform_unavailable', retry: { again: true } });
    const credential = person({ now: () => Date.now() + 20_000 });
    expect((await failureOf(credential.scopes(soon()))).code).toBe('platform_unavailable');
    server.before = undefined;
    expect(await credential.scopes(soon())).toContain('okta.users.read');
  });
});

describe('logout', () => {
  test('revokes both tokens, forgets them, and ends running processes', async () => {
    await signIn();
    const credential = person();
    await send(credential, `${server.origin}/api/v1/users`);
    expect(await logout(loginOptions())).toEqual({ was: 'revoked' });
    const revoked = server.seen.filter(({ path }) => path === '/oauth2/v1/revoke');
    expect(revoked.map(({ form }) => form.get('token')?.slice(0, 3))).toEqual(['rt-', 'at-']);
    expect(readdirSync(bench.folder)).toEqual([]);
    const ended: unknown = await send(credential, `${server.origin}/api/v1/users`).catch((error: unknown) => error);
    expect(ended).toMatchObject({ code: 'unauthorized', hint: expect.stringContaining(login) });
    expect(await logout(loginOptions())).toEqual({ was: 'nobody' });
  });

  test('forgets also when Okta cannot be asked, or the file is damaged, and says so', async () => {
    await signIn();
    server.before = (_seen, response) => {
      response.writeHead(500).end();
      return true;
    };
    expect(await logout(loginOptions())).toMatchObject({ was: 'forgotten', because: { code: 'platform_unavailable' } });
    expect(readdirSync(bench.folder)).toEqual([]);
  });

  test('of one tenant leaves another', async () => {
    await signIn();
    await loginWithDevice(loginOptions('auto', 'other'));
    await logout(loginOptions());
    const [left = ''] = readdirSync(bench.folder);
    expect(left).toMatch(/^okta-other-/);
    expect(readFileSync(join(bench.folder, left), 'utf8')).toContain('at-');
  });
});
