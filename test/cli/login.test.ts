// castellan login and logout as processes: with a browser that is a script, with a code, and used wrongly.

import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { makeAppKey, openTokenServer, type TokenServer } from '../support/token-server.ts';
import { runCastellan } from '../trials/castellan.ts';

let server: TokenServer;
let folder: string;
let env: Record<string, string>;

beforeEach(async () => {
  server = await openTokenServer({ clientId: '0oanative' });
  folder = mkdtempSync(join(tmpdir(), 'castellan-login-'));
  // The browser: goes where it is sent, which ends at the page of the waiting castellan.
  writeFileSync(
    join(folder, 'xdg-open'),
    `#!${process.execPath}\nfetch(process.argv[2]).then((page) => page.text()).then((text) => require('node:fs').writeFileSync(${JSON.stringify(join(folder, 'page.html'))}, text));\n`,
  );
  chmodSync(join(folder, 'xdg-open'), 0o755);
  env = {
    OKTA_CLIENT_ORGURL: server.origin,
    OKTA_CLIENT_ID: '0oanative',
    OKTA_SCOPES: 'okta.users.read okta.logs.read',
    CASTELLAN_DATA: join(folder, 'data'),
    CASTELLAN_STORE: 'memory',
    PATH: `${folder}${delimiter}${process.env.PATH}`,
  };
});

afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

const run = (args: readonly string[], more: Record<string, string> = {}) =>
  runCastellan([...args], { folder, env: { ...env, ...more } });
const credentials = () => readdirSync(join(folder, 'data', 'credentials'));

/** The browser may write what it saw when castellan has already ended. */
const expectPage = (text: string) =>
  vi.waitFor(() => expect(readFileSync(join(folder, 'page.html'), 'utf8')).toContain(text), 5_000);

function expectNoSecret(text: string): void {
  expect(server.secrets.size).toBeGreaterThan(0);
  for (const canary of server.secrets) expect(text).not.toContain(canary);
}

// The opener of other systems is not one that a test may replace.
describe.skipIf(process.platform !== 'linux')('castellan login okta', () => {
  test('in a browser; then a call, doctor and logout, with no secret in anything that is written', async () => {
    server.rules.interval = 0.05;
    const login = await run(['login', 'okta', '--port', '0']);
    expect(login).toMatchObject({ status: 0, stdout: expect.stringContaining('✓ Signed in to 127.0.0.1') });
    expect(login.stdout).toMatch(/as ada@example\.com \(DPoP token\)/);
    expect(login.stdout).toMatch(/Scopes: .*okta\.logs\.read.*okta\.users\.read/);
    expect(login.stderr).toContain('No keyring could be used');
    await expectPage('You are signed in');
    expect(statSync(join(folder, 'data', 'credentials', credentials()[0] ?? '')).mode & 0o777).toBe(0o600);

    const call = await run(['call', 'list_okta_users', '--json', '--log-level', 'debug']);
    expect(call).toMatchObject({ status: 0, stdout: expect.stringContaining('"users": []') });
    const doctor = await run(['doctor']);
    expect(doctor.stdout).toContain('person signed in through app 0oanative, DPoP on, 2 of 2 scopes');

    const logout = await run(['logout', 'okta']);
    expect(logout).toMatchObject({ status: 0, stdout: expect.stringContaining('revoked there, forgotten here') });
    expect(credentials()).toEqual([]);
    const after = await run(['call', 'list_okta_users']);
    expect(after).toMatchObject({ status: 1, stderr: expect.stringContaining('castellan login okta') });
    expect((await run(['logout', 'okta'])).stdout).toContain('Nobody was signed in');
    for (const { stdout, stderr } of [login, call, doctor, logout, after]) expectNoSecret(stdout + stderr);
  });

  test('without a screen shows a code; --device does so anywhere', async () => {
    server.rules.interval = 0.05;
    server.rules.device = ['authorization_pending'];
    const without = await run(['login', 'okta']);
    expect(without.stdout).toContain('ABCD-EFGH');
    expect(without.status).toBe(0);
    const device = await run(['login', 'okta', '--device'], { DISPLAY: ':0' });
    expect(device.stdout).toContain(`${server.origin}/activate`);
    expect(device.status).toBe(0);
    server.rules.device = ['access_denied'];
    const denied = await run(['login', 'okta', '--device']);
    expect(denied).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('✗ Okta refused access (access_denied'),
    });
    for (const { stdout, stderr } of [without, device, denied]) expectNoSecret(stdout + stderr);
  });

  test('an answer with another state ends with 1 and keeps nothing', async () => {
    server.rules.callback = { state: 'x'.repeat(43) };
    const { status, stderr, stdout } = await run(['login', 'okta', '--port', '0']);
    expect(status).toBe(1);
    expect(stderr).toMatch(/state/);
    await expectPage('The sign-in failed');
    expectNoSecret(stdout + stderr);
    expect((await run(['doctor'])).stdout).toContain('✗ okta credential: Nobody has signed in');
  });
});

describe('used wrongly', () => {
  test.each<[readonly string[], Record<string, string>, RegExp]>([
    [['login'], {}, /PLATFORM|platform/],
    [['login', 'entra'], {}, /entra is no platform to sign in to/],
    [['login', 'okta', '--tenant', 'acme'], {}, /--tenant acme is no tenant[\s\S]*okta/],
    [['login', 'okta', '--port', '70000'], {}, /--port/],
    [['login', 'okta', '--device', '--port', '80'], {}, /--port goes with a browser/],
    [['login', 'okta'], { OKTA_CLIENT_ID: '' }, /OKTA_API_TOKEN is missing/],
    [['login', 'okta'], { OKTA_CLIENT_ORGURL: '' }, /OKTA_CLIENT_ORGURL is missing/],
    [['login', 'okta'], { OKTA_CLIENT_ID: '', OKTA_API_TOKEN: 'x' }, /none is configured for a person/],
    [['login', 'okta', '--tenant', 'okta'], { OKTA_CLIENT_ID: '', OKTA_API_TOKEN: 'x' }, /has an API token/],
    [['logout', 'okta', '--device'], {}, /--device is no flag/],
  ])('%j with %j', async (args, more, says) => {
    const { status, stdout, stderr } = await run(args, more);
    expect(status).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(says);
    expect(server.seen).toEqual([]);
  });

  test('several tenants to sign in to: which one must be said', async () => {
    const tenant = { platform: 'okta', orgUrl: server.origin, clientId: '0oanative' };
    const file = join(folder, 'mine.json');
    writeFileSync(file, JSON.stringify({ tenants: { acme: tenant, larkspur: tenant } }));
    const bare = { OKTA_CLIENT_ORGURL: '', OKTA_CLIENT_ID: '' };
    const which = await run(['login', 'okta', '--config', file], bare);
    expect(which).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/--tenant is missing[\s\S]*acme, larkspur/),
    });
    const own = { ...tenant, clientId: '0oaother' };
    writeFileSync(join(folder, 'castellan.json'), JSON.stringify({ tenants: { acme: own } }));
    server.rules.interval = 0.05;
    const first = await run(['login', 'okta', '--device']);
    expect(first.status, first.stderr).toBe(0);
    expect(credentials()).toEqual([expect.stringMatching(/^okta-okta-/)]);
    await run(['logout', 'okta']);
    const acme = await run(['login', 'okta', '--config', file, '--tenant', 'acme', '--device'], bare);
    expect(acme.status).toBe(0);
    expect(credentials()).toEqual([expect.stringMatching(/^okta-acme-/)]);
  });
});

describe('a service app', () => {
  test('calls, and doctor says what it may and what is missing; no key or token is ever written', async () => {
    const key = await makeAppKey();
    const service = await openTokenServer({ clientId: '0oaservice', keys: { k1: key.public } });
    const app = {
      OKTA_CLIENT_ORGURL: service.origin,
      OKTA_CLIENT_ID: '0oaservice',
      OKTA_PRIVATE_KEY: key.pem,
      OKTA_KEY_ID: 'k1',
    };
    const call = await run(['call', 'list_okta_users', '--json', '--log-level', 'debug'], app);
    expect(call).toMatchObject({ status: 0, stdout: expect.stringContaining('"users": []') });
    const doctor = await run(['doctor'], app);
    expect(doctor.stdout).toContain('service app 0oaservice, DPoP on, 2 of 2 scopes');
    const wrong = await run(['doctor'], { ...app, OKTA_KEY_ID: 'k2' });
    expect(wrong.stdout).toMatch(/✗ okta credential: .*invalid_client[\s\S]*key id k2/);
    expect(wrong.status).toBe(1);
    const written = [call, doctor, wrong].map(({ stdout, stderr }) => stdout + stderr).join('');
    for (const canary of [...service.secrets, key.jwk.d ?? '-', 'BEGIN PRIVATE']) expect(written).not.toContain(canary);
    await service.close();
  });
});
