// What a credential with some scopes may do: the tools that it leaves out, and how that is told.

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
import { ask, call, rowsOf } from '../support/answers.ts';

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const held = ['okta.groups.manage', 'okta.users.read'];
let sandbox: Sandbox;
let home: string;
let app: App;
let client: Client;

beforeAll(async () => {
  const serviceKey = publicKey.export({ format: 'jwk' });
  sandbox = await openSandbox({ users: 30, rateLimits: 'off', oauth: { serviceKey } });
  home = mkdtempSync(join(tmpdir(), 'castellan-e2e-'));
  const env = {
    OKTA_CLIENT_ORGURL: sandbox.okta.url,
    OKTA_CLIENT_ID: sandbox.okta.oauth.serviceClientId,
    OKTA_PRIVATE_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    OKTA_SCOPES: held.join(' '),
    CASTELLAN_DATA: home,
  };
  const { config, faults } = loadConfig({ store: 'memory' }, { env, folder: home });
  expect(faults).toEqual([]);
  app = await openApp({ config, writeLog: () => {} });
  client = await connectInProcess(app.factory);
});

afterAll(async () => {
  await client.close();
  await app.close();
  await sandbox.close();
  rmSync(home, { recursive: true, force: true });
});

describe('a service app that may read users and manage groups', () => {
  it('is told what it has, what it lacks, and for which tools', async () => {
    const { value, text } = await ask(client, 'get_okta_scope_status');
    expect(value).toMatchObject({
      credential: 'service app',
      client_id: sandbox.okta.oauth.serviceClientId,
      dpop: true,
      scopes: held,
      refused_scopes: [],
    });
    expect(value).not.toHaveProperty('owner');
    const missing = new Map(
      rowsOf({ value } as Parameters<typeof rowsOf>[0], 'missing_scopes').map(({ scope, tools }) => [scope, tools]),
    );
    expect(missing.get('okta.logs.read')).toEqual(['get_okta_event_logs']);
    expect(missing.get('okta.users.manage')).toContain('suspend_okta_user');
    // What may be managed may be read.
    expect([...missing.keys()]).not.toContain('okta.groups.read');
    expect(text).toContain('okta.logs.read | get_okta_event_logs');
  });

  it('the tools that are listed are all but those', async () => {
    const { tools } = await client.listTools();
    const names = tools.map(({ name }) => name);
    const { value } = await ask(client, 'get_okta_scope_status');
    const missing = rowsOf({ value } as Parameters<typeof rowsOf>[0], 'missing_scopes').flatMap(
      ({ tools: each }) => each as string[],
    );
    const connected = app.connected.filter(({ tenants }) => tenants.size > 0);
    const all = connected.flatMap(({ platform }) =>
      Object.values(platform.toolsets)
        .flat()
        .map(({ name }) => name),
    );
    expect(names.toSorted()).toEqual(all.filter((name) => !missing.includes(name)).toSorted());
    expect(names).toEqual(expect.arrayContaining(['list_okta_groups', 'get_okta_user', 'get_okta_scope_status']));
    const refused = await call(client, 'get_okta_event_logs');
    expect(refused).toMatchObject({ isError: true, text: expect.stringContaining('okta.logs.read') });
  });

  it('resources, completions and prompts know it too', async () => {
    const { resourceTemplates } = await client.listResourceTemplates();
    expect(resourceTemplates.map(({ uriTemplate }) => uriTemplate)).toEqual([
      'okta://users/{id}',
      'okta://groups/{id}',
    ]);
    await expect(client.readResource({ uri: 'okta://org/info' })).rejects.toThrow(/okta\.orgs\.read/);
    const complete = (name: string, argument: string) =>
      client.complete({ ref: { type: 'ref/prompt', name }, argument: { name: argument, value: '' } });
    expect((await complete('okta-access-review', 'app')).completion.values).toEqual([]);
    expect((await complete('okta-access-review', 'group')).completion.values).toContain('Everyone');
    const { messages } = await client.getPrompt({ name: 'okta-offboarding', arguments: { user: 'maya' } });
    expect(JSON.stringify(messages)).toContain('- suspend_okta_user: The credential of okta lacks okta.users.manage');
  });
});
