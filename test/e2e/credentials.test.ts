// The credentials against the simulated organization's own authorization server: two readings of the same rules.

import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type App, openApp } from '../../src/app.ts';
import { connectInProcess } from '../../src/cli/connect.ts';
import { loadConfig } from '../../src/config.ts';
import { type LoginOptions, loginWithBrowser, loginWithDevice, logout } from '../../src/platforms/okta/oauth/login.ts';
import { openSandbox, sandboxPassword as password, type Sandbox } from '../../src/sandbox/index.ts';
import { createVault } from '../../src/stores/vault.ts';

const admin = 'helena.brandt@larkspur.example';
const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
let sandbox: Sandbox;
let home: string;
let log: string[];
const apps: App[] = [];

beforeEach(async () => {
  sandbox = await openSandbox({
    users: 30,
    rateLimits: 'off',
    oauth: { serviceKey: publicKey.export({ format: 'jwk' }) },
  });
  home = mkdtempSync(join(tmpdir(), 'castellan-e2e-'));
  log = [];
});

afterEach(async () => {
  await Promise.all(apps.splice(0).map((app) => app.close()));
  await sandbox.close();
  rmSync(home, { recursive: true, force: true });
});

async function connect(env: Record<string, string>) {
  const all = { OKTA_CLIENT_ORGURL: sandbox.okta.url, CASTELLAN_DATA: home, ...env };
  const { config, faults } = loadConfig({ store: 'memory', 'log-level': 'debug' }, { env: all, folder: home });
  expect(faults).toEqual([]);
  const app = await openApp({ config, writeLog: (line) => log.push(line) });
  apps.push(app);
  const client = await connectInProcess(app.factory);
  const tenant = app.connected[0]?.tenants.get('okta');
  const list = async () => {
    const { content, isError } = await client.callTool({ name: 'list_okta_users', arguments: { max_results: 3 } });
    return { failed: isError === true, text: content[0]?.type === 'text' ? content[0].text : '' };
  };
  return { list, tenant };
}

describe('a service app', () => {
  const env = () => ({
    OKTA_CLIENT_ID: sandbox.okta.oauth.serviceClientId,
    OKTA_PRIVATE_KEY: pem,
    OKTA_SCOPES: 'okta.users.read okta.groups.read',
  });

  test.each([
    [true, {}],
    [false, {}],
    [false, { OKTA_DPOP: 'false' }],
  ])('works where DPoP is required (%s) with %j', async (required, more) => {
    sandbox.okta.oauth.setRequireDpop(required);
    const { list, tenant } = await connect({ ...env(), ...more });
    expect(await list()).toMatchObject({ failed: false });
    expect(tenant?.knownScopes?.()).toEqual(new Set(['okta.users.read', 'okta.groups.read']));
  });

  test('goes on after its tokens were forgotten there', async () => {
    const { list } = await connect(env());
    await list();
    sandbox.okta.reset();
    sandbox.okta.oauth.registerKey(publicKey.export({ format: 'jwk' }));
    expect(await list()).toMatchObject({ failed: false });
  });

  test('without DPoP where it is required, with another key, for a scope that is not granted: what to do', async () => {
    const without = await (await connect({ ...env(), OKTA_DPOP: 'false' })).list();
    expect(without).toMatchObject({ failed: true, text: expect.stringContaining('OKTA_DPOP') });
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    const stranger = { ...env(), OKTA_PRIVATE_KEY: other.export({ type: 'pkcs8', format: 'pem' }).toString() };
    const refused = await (await connect(stranger)).list();
    expect(refused).toMatchObject({ failed: true, text: expect.stringContaining('invalid_client') });
    sandbox.okta.oauth.setScopes(['okta.groups.read']);
    const scope = await (await connect(env())).list();
    expect(scope).toMatchObject({ failed: true, text: expect.stringMatching(/Okta API Scopes/) });
    expect(log.join('')).not.toMatch(/eyJ|PRIVATE KEY/);
  });
});

describe('a person', () => {
  function options(): LoginOptions {
    const clientId = sandbox.okta.oauth.nativeClientId;
    const openKeyring = () => Promise.reject(new Error('none'));
    return {
      origin: new URL(sandbox.okta.url),
      fetch,
      userAgent: 'castellan-test',
      asking: { clientId, keyId: undefined, scopes: ['okta.users.read'], login: 'castellan login okta' },
      tenant: 'okta',
      vault: createVault({ folder: join(home, 'credentials'), say: () => {}, openKeyring }),
      dpop: 'auto',
      now: Date.now,
      sleep: async () => {},
      say: () => {},
    };
  }

  const env = () => ({ OKTA_CLIENT_ID: sandbox.okta.oauth.nativeClientId, OKTA_SCOPES: 'okta.users.read' });
  const post = (path: string, form: Record<string, string>) =>
    fetch(new URL(path, sandbox.okta.url), { method: 'POST', body: new URLSearchParams(form) });

  test('with a code on another device', async () => {
    let shown = '';
    const done = await loginWithDevice({
      ...options(),
      say: (text) => {
        shown += text;
      },
      sleep: async (ms) => {
        const user_code = /\n {2}([A-Z0-9-]{6,})\n/.exec(shown)?.[1] ?? '';
        await post('/activate', { user_code, login: admin, password, decision: 'allow' });
        await new Promise((resolve) => setTimeout(resolve, ms));
      },
    });
    expect(done).toMatchObject({ who: admin, missing: [], lasting: true });
    expect(await (await connect(env())).list()).toMatchObject({ failed: false });
  });

  test('in the browser, by the page that a person answers; logout ends it', async () => {
    const openBrowser = async (url: string) => {
      const page = await (await fetch(url)).text();
      const request = /name="request"[^>]*value="([^"]*)"/.exec(page)?.[1] ?? '';
      await post('/signin', { request, login: admin, password, decision: 'allow' });
    };
    const done = await loginWithBrowser({ ...options(), port: 0, waitMs: 10_000, openBrowser });
    expect(done).toMatchObject({ who: admin, missing: [], lasting: true });
    const { list } = await connect(env());
    expect(await list()).toMatchObject({ failed: false });
    expect(await logout(options())).toEqual({ was: 'revoked' });
    expect(await list()).toMatchObject({ failed: true, text: expect.stringContaining('castellan login okta') });
  });
});
