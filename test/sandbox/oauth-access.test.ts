// The API with access tokens: the scope of each operation, admin roles, bad tokens, and who the System Log says it was.

import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSandbox, type Sandbox } from '../../src/sandbox/index.ts';
import { scopesOf } from '../../src/sandbox/okta/oauth/scopes.ts';
import { oktaRoutes } from '../../src/sandbox/okta/routes.ts';
import { createClient, type Item } from './kit.ts';
import { challengeOf, createOAuthClient, errorOf, makeKey, type OAuthTestClient } from './oauth-kit.ts';

const key = makeKey('ES256');
let now = Date.parse('2026-03-02T09:00:00Z');
let sandbox: Sandbox;
let client: OAuthTestClient;

beforeAll(async () => {
  sandbox = await openSandbox({
    now: () => now,
    users: 60,
    rateLimits: 'off',
    oauth: { serviceKey: key.jwk, requireDpop: false },
  });
  client = createOAuthClient(sandbox, () => now);
});
afterAll(() => sandbox.close());

async function tokenOf(scope: string): Promise<string> {
  const reply = await client.serviceToken(key, scope);
  if (reply.status !== 200) throw new Error(errorOf(reply));
  return String(reply.body.access_token);
}

describe('scopes', () => {
  const folder =
    process.env.CASTELLAN_CONTRACTS ?? fileURLToPath(new URL('../../../shared/contracts', import.meta.url));

  it.skipIf(!existsSync(folder))(
    'of every operation are the ones that Okta publishes, where the table knows it',
    () => {
      type Operation = { operationId?: string; security?: Record<string, string[]>[] };
      const wrong: string[] = [];
      let known = 0;
      for (const file of ['okta-management', 'okta-oauth']) {
        const { paths } = JSON.parse(readFileSync(`${folder}/${file}.openapi.json`, 'utf8')) as {
          paths: Record<string, Record<string, Operation>>;
        };
        for (const [path, operations] of Object.entries(paths)) {
          for (const [method, { operationId, security }] of Object.entries(operations)) {
            const ours = scopesOf(method.toUpperCase(), path);
            if (operationId === undefined || ours.length === 0) continue;
            known++;
            const published = security?.flatMap((way) => way.oauth2 ?? []) ?? [];
            if (ours.toSorted().join() !== published.toSorted().join())
              wrong.push(`${method} ${path}: ${ours} ≠ ${published}`);
          }
        }
      }
      expect(wrong).toEqual([]);
      expect(known).toBeGreaterThan(580);
    },
  );

  it('are known for every operation of the sandbox but those that want an API token', () => {
    const without = oktaRoutes.filter(({ method, path }) => scopesOf(method, path).length === 0);
    expect(without.map(({ method, path }) => `${method} ${path}`)).toEqual([]);
  });

  it.each([
    ['okta.users.read', 'GET', '/api/v1/users', 200],
    ['okta.users.manage', 'GET', '/api/v1/users', 200],
    ['okta.users.read', 'POST', '/api/v1/users', 403],
    ['okta.groups.read', 'GET', '/api/v1/users', 403],
    ['okta.users.read', 'GET', '/api/v1/users/00u/roles', 403],
    ['okta.users.manage', 'GET', '/api/v1/users/00u/roles', 403],
    ['okta.roles.read', 'GET', '/api/v1/users/00u/roles', 404],
    ['okta.policies.read', 'GET', '/api/v1/zones', 403],
    ['okta.networkZones.read', 'GET', '/api/v1/zones', 200],
    ['okta.apps.manage', 'GET', '/api/v1/apps/0oa/grants', 403],
    ['okta.logs.read', 'GET', '/api/v1/logs', 200],
  ])('%s for %s %s: %i', async (scope, method, path, status) => {
    const reply = await client.callApi(await tokenOf(scope), path, { method });
    expect(reply.status).toBe(status);
    if (status === 403) expect(challengeOf(reply).error).toBe('insufficient_scope');
  });

  it('are none for what only an API token opens', () => {
    expect(scopesOf('GET', '/api/v1/users/{userId}/factors/questions')).toEqual([]);
    expect(scopesOf('DELETE', '/api/v1/api-tokens/current')).toEqual([]);
  });

  it('that are lacking are named in WWW-Authenticate, and the answer has no body (okta-sdk-golang issue 145)', async () => {
    const reply = await client.callApi(await tokenOf('okta.users.read'), '/api/v1/groups/00g');
    expect(reply.status).toBe(403);
    expect(reply.text).toBe('');
    expect(challengeOf(reply)).toEqual({
      scheme: 'Bearer',
      error: 'insufficient_scope',
      description: 'The access token provided does not contain the required scopes.',
      scope: 'okta.groups.read',
    });
  });

  it('change for new tokens when an administrator changes what is granted', async () => {
    const one = await openSandbox({ users: 10, oauth: { serviceKey: key.jwk, requireDpop: false } });
    const own = createOAuthClient(one);
    one.okta.oauth.setScopes(['okta.logs.read']);
    expect((await own.serviceToken(key, 'okta.logs.read okta.users.read')).body.scope).toBe('okta.logs.read');
    expect(() => one.okta.oauth.setScopes([], '0oaNobody')).toThrow('no OAuth client');
    await one.close();
  });
});

describe('an access token', () => {
  it('is refused when it is none, has expired, was revoked, or was given at another address', async () => {
    const token = await tokenOf('okta.users.read');
    const refused = async (text: string, url = '/api/v1/users') => {
      const reply = await client.send(url, { headers: { authorization: `Bearer ${text}` } });
      return [reply.status, reply.body.errorCode, challengeOf(reply).error, challengeOf(reply).description];
    };
    const bad = (sentence: string) => [401, 'E0000011', 'invalid_token', sentence];
    expect(await refused('nonsense')).toEqual(bad('The access token is invalid.'));
    expect(await refused(`${token}x`)).toEqual(bad('The access token is invalid.'));
    const elsewhere = sandbox.okta.url.replace('127.0.0.1', 'localhost');
    expect(await refused(token, `${elsewhere}/api/v1/users`)).toEqual(
      bad('The access token provided has an invalid issuer.'),
    );
    now += 3_599_000;
    expect((await client.callApi(token, '/api/v1/users')).status).toBe(200);
    now += 2000;
    expect(await refused(token)).toEqual(bad('The token has expired.'));
    const other = await tokenOf('okta.users.read');
    await client.post('/oauth2/v1/revoke', {
      token: other,
      ...client.asService(client.assertion(key, { aud: `${sandbox.okta.url}/oauth2/v1/revoke` })),
    });
    expect(await refused(other)).toEqual(bad('The access token has been revoked.'));
  });

  it('is forgotten long after its end', async () => {
    const token = await tokenOf('okta.users.read');
    now += 3 * 3_600_000;
    await tokenOf('okta.users.read');
    expect(challengeOf(await client.callApi(token, '/api/v1/users')).description).toBe('The access token is invalid.');
  });

  it('of an app that was deactivated opens nothing', async () => {
    const token = await tokenOf('okta.users.read');
    const api = createClient(sandbox);
    await api.call('POST', `/api/v1/apps/${client.serviceClientId}/lifecycle/deactivate`);
    expect((await client.callApi(token, '/api/v1/users')).status).toBe(401);
    await api.call('POST', `/api/v1/apps/${client.serviceClientId}/lifecycle/activate`);
    expect((await client.callApi(token, '/api/v1/users')).status).toBe(200);
  });

  it('of a service app is nobody: there is no user "me"', async () => {
    const reply = await client.callApi(await tokenOf('okta.users.read'), '/api/v1/users/me');
    expect([reply.status, reply.body.errorCode]).toEqual([404, 'E0000007']);
  });

  it('does not set faults, and an unknown path or method is told as ever', async () => {
    const token = await tokenOf('okta.users.manage');
    expect((await client.callApi(token, '/__sandbox/faults', { method: 'PUT' })).status).toBe(401);
    expect((await client.callApi(token, '/api/v1/nothing')).body.errorCode).toBe('E0000008');
    expect((await client.callApi(token, '/api/v1/users', { method: 'DELETE' })).body.errorCode).toBe('E0000022');
  });

  it('counts in the rate limits, and meets 429', async () => {
    const narrow = await openSandbox({ users: 10, rateLimits: 2, oauth: { serviceKey: key.jwk, requireDpop: false } });
    const own = createOAuthClient(narrow);
    const token = (await own.serviceToken(key, 'okta.users.read')).body.access_token;
    const states = [];
    for (let i = 0; i < 3; i++) states.push((await own.callApi(token, '/api/v1/users')).status);
    expect(states).toEqual([200, 200, 429]);
    await narrow.close();
  });
});

describe('the admin role of the service app', () => {
  const status = async (scope: string, method: string, path: string) => {
    const reply = await client.callApi(await tokenOf(scope), path, { method });
    return reply.status === 403 ? `403 ${reply.body.errorCode}` : reply.status;
  };

  it('bounds what its scopes give', async () => {
    const { setServiceRoles } = sandbox.okta.oauth;
    const api = createClient(sandbox);
    const [maya] = (await api.get('/api/v1/users?q=Maya')).body as Item[];
    const unlock = `/api/v1/users/${maya?.id}/lifecycle/unlock`;
    setServiceRoles([]);
    expect(await status('okta.users.manage', 'GET', '/api/v1/users')).toBe('403 E0000006');
    setServiceRoles(['READ_ONLY_ADMIN']);
    expect(await status('okta.users.manage', 'GET', '/api/v1/users')).toBe(200);
    expect(await status('okta.users.manage', 'POST', unlock)).toBe('403 E0000006');
    setServiceRoles(['HELP_DESK_ADMIN']);
    expect(await status('okta.logs.read', 'GET', '/api/v1/logs')).toBe('403 E0000006');
    expect(await status('okta.users.manage', 'DELETE', `/api/v1/users/${maya?.id}`)).toBe('403 E0000006');
    expect(await status('okta.users.manage', 'POST', unlock)).toBe(200);
    setServiceRoles(['ORG_ADMIN']);
    expect(await status('okta.roles.manage', 'POST', `/api/v1/users/${maya?.id}/roles`)).toBe('403 E0000006');
    expect(await status('okta.roles.manage', 'GET', `/api/v1/users/${maya?.id}/roles`)).toBe(200);
    setServiceRoles(['SUPER_ADMIN']);
    expect(await status('okta.roles.manage', 'POST', `/api/v1/users/${maya?.id}/roles`)).toBe(400);
    const roles = (await api.get(`/oauth2/v1/clients/${client.serviceClientId}/roles`)).body as Item[];
    expect(roles.map(({ type, assignmentType }) => [type, assignmentType])).toEqual([['SUPER_ADMIN', 'CLIENT']]);
  });
});

it('the System Log names the app that did it', async () => {
  const api = createClient(sandbox);
  const [someone] = (await api.get('/api/v1/users?filter=status%20eq%20%22ACTIVE%22&limit=1')).body as Item[];
  await client.callApi(await tokenOf('okta.users.manage'), `/api/v1/users/${someone?.id}/lifecycle/suspend`, {
    method: 'POST',
  });
  const [event] = (await api.get('/api/v1/logs?sortOrder=DESCENDING&limit=1')).body as Item[];
  expect(event).toMatchObject({
    eventType: 'user.lifecycle.suspend',
    actor: { id: client.serviceClientId, type: 'PublicClientApp', displayName: 'Castellan' },
  });
});
