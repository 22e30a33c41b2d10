// What `doctor` says of the front door: who vouches for callers, where people sign in, keys, and the public address.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { issuerChecks, publicAddressChecks, signInChecks } from '../../src/auth/checks.ts';
import { authSettings } from '../../src/auth/settings.ts';
import { signInSettings } from '../../src/auth/sign-in-settings.ts';
import { Secret } from '../../src/core/secret.ts';
import { loadDefaults } from '../../src/core/settings.ts';
import type { Check } from '../../src/core/tool.ts';
import { type CustomServerHandle, openSandbox, type Sandbox } from '../../src/sandbox/index.ts';
import { runCastellan, serveHttp } from '../trials/castellan.ts';

const publicUrl = 'https://mcp.example.com/mcp';
let sandbox: Sandbox;
let server: CustomServerHandle;

beforeAll(async () => {
  sandbox = await openSandbox({ users: 20, rateLimits: 'off' });
  server = sandbox.okta.oauth.customServer('default');
  server.setGatewayRedirectUris(['https://mcp.example.com/oauth/callback', 'http://localhost:3000/oauth/callback']);
});
afterAll(() => sandbox.close());

const deps = (later = 0) => ({ fetch, now: () => Date.now() + later, resolve: async () => {} });
const auth = (over = {}) => ({
  ...loadDefaults(authSettings),
  issuer: server.issuer,
  provider: 'okta' as const,
  publicUrl,
  ...over,
});
const signIn = (over = {}) => ({
  ...loadDefaults(signInSettings),
  issuer: server.issuer,
  provider: 'okta' as const,
  clientId: server.clients.gateway.id,
  clientSecret: new Secret(server.clients.gateway.secret),
  ...over,
});

async function run(checks: readonly Check[]): Promise<string[]> {
  const lines: string[] = [];
  for (const { name, run } of checks) {
    const { ok, says, todo, unchecked } = await run(AbortSignal.timeout(5_000));
    expect(unchecked ?? false).toBe(false);
    lines.push(`${ok ? 'ok' : 'NOT'} ${name}: ${says} ${ok ? '' : todo}`.trim());
    if (!ok) expect(todo).toBeTruthy();
  }
  return lines;
}

/** Only the line of one check. */
const one = async (checks: readonly Check[], name: string) =>
  (await run(checks.filter((check) => check.name === name))).join();

test('all is well at an issuer and a provider that answer', async () => {
  const introspecting = auth({
    verify: 'introspection',
    clientId: server.clients.api.id,
    clientSecret: new Secret(server.clients.api.secret),
  });
  const all = [
    ...(await run(issuerChecks(auth(), deps()))),
    ...(await run(issuerChecks(introspecting, deps()))),
    ...(await run(signInChecks(signIn(), publicUrl, deps()))),
    ...(await run(publicAddressChecks(publicUrl, deps()))),
  ];
  expect(all.filter((line) => !line.startsWith('ok '))).toEqual([]);
  expect(all.join('\n')).toContain('https://mcp.example.com/oauth/callback');
  expect(all.join('\n')).toContain('keys fit');
});

describe('what is wrong is told with what to do', () => {
  test('an issuer that is not there', async () => {
    const lines = await run(issuerChecks(auth({ issuer: 'http://127.0.0.1:9/oauth2/x' }), deps()));
    expect(lines[0]).toMatch(/^NOT issuer: .*cannot be reached.*CASTELLAN_AUTH_ISSUER/);
    expect(lines[1]).toMatch(/^NOT issuer keys/);
  });

  test('metadata of another issuer (RFC 8414 §3.3)', async () => {
    const other = createServer((_request, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ issuer: 'https://other.example.com' }));
    });
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const issuer = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
    expect(await one(issuerChecks(auth({ issuer, provider: 'generic' }), deps()), 'issuer')).toMatch(/another issuer/);
    await new Promise((resolve) => other.close(resolve));
  });

  test('keys of no algorithm that is taken', async () => {
    const line = await one(issuerChecks(auth({ algorithms: ['ES256'] }), deps()), 'issuer keys');
    expect(line).toMatch(/^NOT .*fits ES256.*CASTELLAN_AUTH_ALGORITHMS/);
  });

  test('a client that may not introspect', async () => {
    const own = { verify: 'introspection', clientId: server.clients.api.id, clientSecret: new Secret('wrong') };
    expect(await one(issuerChecks(auth(own), deps()), 'issuer introspection')).toMatch(
      /^NOT .*answered 401.*clientSecret/,
    );
  });

  test('a clock that is off', async () => {
    expect(await one(issuerChecks(auth(), deps(600_000)), 'issuer clock')).toMatch(/^NOT .*10 min ahead/);
  });

  test('a client that the provider does not know, without its secret in what is said', async () => {
    const line = await one(
      signInChecks(signIn({ clientSecret: new Secret('canary-wrong') }), publicUrl, deps()),
      'sign-in client',
    );
    expect(line).toMatch(/^NOT .*does not take the client.*oauth\/callback/);
    expect(line).not.toContain('canary');
  });

  test('a redirect URI that is not registered at the provider, with the one that must be (RFC 6749 §4.1.2.1)', async () => {
    const line = await one(signInChecks(signIn(), 'https://other.example.com/mcp', deps()), 'sign-in redirect');
    expect(line).toMatch(
      /^NOT .*returns nobody to .*exactly this redirect URI: https:\/\/other\.example\.com\/oauth\/callback/,
    );
  });

  test('a public address that clients cannot use', async () => {
    expect((await run(publicAddressChecks('http://mcp.example.com/mcp', deps()))).join()).toMatch(/not https.*TLS/);
    const unknown = { ...deps(), resolve: () => Promise.reject(new Error('ENOTFOUND')) };
    expect((await run(publicAddressChecks(publicUrl, unknown))).join()).toMatch(/nobody knows the name.*DNS/);
  });
});

test('doctor itself says all of it', async () => {
  const env = {
    CASTELLAN_PUBLIC_URL: 'http://localhost:3000/mcp',
    CASTELLAN_SIGN_IN_ISSUER: server.issuer,
    CASTELLAN_SIGN_IN_PROVIDER: 'okta',
    CASTELLAN_SIGN_IN_CLIENT_ID: server.clients.gateway.id,
    CASTELLAN_SIGN_IN_CLIENT_SECRET: server.clients.gateway.secret,
  };
  const { stdout, status } = await runCastellan(['doctor', '--sandbox', '--users', '5'], { env });
  expect(stdout).toMatch(/✓ seal keys/);
  expect(stdout).toMatch(/✓ sign-in client: the provider takes/);
  expect(stdout).toContain('✓ sign-in redirect: the provider returns people to http://localhost:3000/oauth/callback');
  expect(status).toBe(0);
  const keyless = { ...env, CASTELLAN_SEAL_KEYS: '', KUBERNETES_SERVICE_HOST: '10.0.0.1' };
  const told = await runCastellan(['doctor', '--sandbox', '--users', '5'], { env: keyless });
  expect(told.stdout).toMatch(/✗ seal keys.*container.*\n\s+Set CASTELLAN_SEAL_KEYS/);
  expect(told.status).toBe(1);
}, 30_000);

test('serve says at once, in one line, that the provider cannot be reached, and that it does not take the client', async () => {
  const door = ['--public-url', 'http://127.0.0.1:4444/mcp', '--port', '0'];
  const client = { CASTELLAN_SIGN_IN_CLIENT_ID: server.clients.gateway.id, CASTELLAN_SIGN_IN_PROVIDER: 'okta' };
  const said = async (issuer: string) => {
    const env = { ...client, CASTELLAN_SIGN_IN_ISSUER: issuer, CASTELLAN_SIGN_IN_CLIENT_SECRET: 'canary-wrong' };
    const castellan = await serveHttp(['--sandbox', '--users', '5'], { door, env });
    try {
      await expect.poll(castellan.stderr, { timeout: 8_000 }).toMatch(/castellan doctor tells more/);
      expect(castellan.stderr()).not.toContain('canary-wrong');
      return castellan
        .stderr()
        .split('\n')
        .filter((line) => line.includes('doctor'));
    } finally {
      await castellan.stop();
    }
  };
  expect(await said('http://127.0.0.1:9/oauth2/x')).toEqual([expect.stringMatching(/sign-in: .*cannot be reached/)]);
  expect(await said(server.issuer)).toEqual([expect.stringMatching(/sign-in client: .*does not take the client/)]);
}, 30_000);
