// castellan demo and serve --http --sandbox, as their users start them: signed in, without any setting.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sandboxPassword } from '../../src/sandbox/index.ts';
import { ask } from '../support/messages.ts';
import { createSigningClient, openBrowser } from '../support/sign-in.ts';
import { type HttpCastellan, runCastellan, serveHttp } from '../trials/castellan.ts';

test('demo --once signs in by itself, as a person of the simulated organization, and ends', async () => {
  const { status, stdout, stderr } = await runCastellan(['demo', '--once', '--users', '40']);
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toContain('signed in     helena.brandt@larkspur.example');
  expect(stdout).toContain('Okta says: ACTIVE.');
  expect(stdout).toContain('A person must decide at http://127.0.0.1:');
  // Access tokens are JSON Web Tokens.
  expect(stdout).not.toMatch(/eyJ[\w-]{10}/);
});

describe('serve --http --sandbox', () => {
  let castellan: HttpCastellan;

  beforeAll(async () => {
    castellan = await serveHttp(['--sandbox', '--users', '20', '--log-level', 'debug'], { door: [] });
  });
  afterAll(() => castellan?.stop());

  test('is signed in: it says where and as whom, and lets in nobody else', async () => {
    expect(castellan.stderr()).toContain('Callers sign in at');
    expect(castellan.stderr()).toContain('helena.brandt@larkspur.example');
    expect(castellan.stderr()).not.toContain('Nobody signs in');
    const { status, challenge } = await ask(`${castellan.url}/mcp`, 'tools/list');
    expect(status).toBe(401);
    expect(challenge).toContain(`${castellan.url}/.well-known/oauth-protected-resource/mcp`);
  });

  test('a client is let in when its person signs in and consents; no token, code or password is in the log', async () => {
    const browser = openBrowser();
    const signing = createSigningClient({ url: `${castellan.url}/mcp`, era: '2026-07-28', browser });
    const client = await signing.connect();
    const users = await client.callTool({ name: 'list_okta_users', arguments: { max_results: 2 } });
    expect(users.isError).toBeFalsy();
    await client.close();
    // The library that the broker stands on speaks to the console by itself where something is left open.
    expect(castellan.stdout()).toBe('');
    const log = castellan.stderr();
    expect(log).not.toContain('oidc-provider');
    const cookies = browser.cookies(new URL(castellan.url)).split('; ');
    const secrets = cookies.map((line) => line.split('=')[1] ?? '').filter((value) => value.length > 20);
    for (const secret of [signing.accessToken(), signing.refreshToken(), sandboxPassword, ...secrets])
      expect(log).not.toContain(secret);
  });
});
