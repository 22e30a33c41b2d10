// Changes of access by an application that may do little else: what it cannot see is said, never passed over, and the
// application that Castellan itself runs on is left alone.

import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type App, openApp } from '../../src/app.ts';
import { connectInProcess } from '../../src/cli/connect.ts';
import { loadConfig } from '../../src/config.ts';
import { openSandbox, type Sandbox } from '../../src/sandbox/index.ts';
import { ask, call } from '../support/answers.ts';
import type { Entity } from '../support/organization.ts';

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
let sandbox: Sandbox;
let home: string;
const apps: App[] = [];

beforeAll(async () => {
  const oauth = { serviceKey: publicKey.export({ format: 'jwk' }) };
  sandbox = await openSandbox({ users: 60, rateLimits: 'off', oauth });
  home = mkdtempSync(join(tmpdir(), 'castellan-e2e-'));
});
afterAll(async () => {
  await Promise.all(apps.map((app) => app.close()));
  await sandbox.close();
  rmSync(home, { recursive: true, force: true });
});

async function connect(scopes: string): Promise<Client> {
  const env = {
    OKTA_CLIENT_ORGURL: sandbox.okta.url,
    OKTA_CLIENT_ID: sandbox.okta.oauth.serviceClientId,
    OKTA_PRIVATE_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    OKTA_SCOPES: scopes,
    CASTELLAN_DATA: home,
  };
  sandbox.okta.oauth.setScopes(scopes.split(' '));
  const { config, faults } = loadConfig({ store: 'memory', 'log-level': 'silent' }, { env, folder: home });
  expect(faults).toEqual([]);
  const app = await openApp({ config, writeLog: () => {} });
  apps.push(app);
  return connectInProcess(app.factory);
}

async function read(path: string): Promise<readonly Entity[]> {
  const headers = { authorization: `SSWS ${sandbox.okta.token}`, accept: 'application/json' };
  return (await (await fetch(new URL(path, sandbox.okta.url), { headers })).json()) as Entity[];
}

describe('a service app', () => {
  it('that may not read policies is told that the uses of a zone are not known', async () => {
    const client = await connect('okta.networkZones.manage');
    const zone = (await read('/api/v1/zones')).find(({ name }) => name === 'Offices');
    const answer = await ask(client, 'deactivate_okta_network_zone', { zone_id: zone?.id, dryRun: true });
    expect(String(answer.value.warnings)).toMatch(/Whether rules of OKTA_SIGN_ON, .* could not be read/);
    expect(answer.value.touches).toBeUndefined();
  });

  it('that may not read groups is told that their sizes are not known', async () => {
    const client = await connect('okta.policies.manage');
    const policy = (await read('/api/v1/policies?type=OKTA_SIGN_ON')).find(({ name }) => name === 'Administrators');
    const answer = await ask(client, 'deactivate_okta_policy', { policy_id: policy?.id, dryRun: true });
    expect(answer.value.touches).toEqual({ groups: 1 });
    expect(String(answer.value.warnings)).toContain('needs okta.groups.read');
  });

  it.each([
    ['deactivate_okta_application', {}],
    ['update_okta_application', { config_updates: { label: 'Mine' } }],
  ])('does not %s itself', async (tool, more) => {
    const client = await connect('okta.apps.manage');
    const answer = await call(client, tool, { app_id: sandbox.okta.oauth.serviceClientId, ...more });
    expect(answer.isError).toBe(true);
    expect(answer.text).toContain('the application that Castellan itself runs on');
  });
});
