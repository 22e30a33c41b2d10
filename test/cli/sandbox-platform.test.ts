// castellan sandbox --platform: what it prints is what a person types next, and it works.

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { runCastellan } from '../trials/castellan.ts';

const castellan = fileURLToPath(new URL('../../bin/castellan.js', import.meta.url));
let running: ChildProcess | undefined;
afterEach(() => running?.kill());

/** What it has printed when it says how to end it. */
async function start(...args: string[]): Promise<string> {
  const child = spawn(process.execPath, [castellan, 'sandbox', '--port', '0', '--users', '30', ...args]);
  running = child;
  let shown = '';
  for await (const chunk of child.stdout) {
    shown += String(chunk);
    if (shown.includes('Ctrl-C')) return shown;
  }
  throw new Error(`it ended: ${shown}`);
}

test('the client that it names gets a token, and the API takes it', async () => {
  const shown = await start('--platform', 'scalekit');
  const named = (name: string) => new RegExp(`export SCALEKIT_${name}=(\\S+)`).exec(shown)?.[1] ?? '';
  const url = named('ENVIRONMENT_URL');
  const authorization = `Basic ${btoa(`${named('CLIENT_ID')}:${named('CLIENT_SECRET')}`)}`;
  const body = new URLSearchParams({ grant_type: 'client_credentials' });
  const tokens = await (await fetch(`${url}/oauth/token`, { method: 'POST', headers: { authorization }, body })).json();
  const { access_token } = tokens as { access_token: string };
  const found = await fetch(`${url}/api/v1/organizations`, { headers: { authorization: `Bearer ${access_token}` } });
  expect(await found.json()).toMatchObject({ total_size: 65 });
});

test.each([
  [['--platform', 'azure'], /--platform.*azure[\s\S]*okta, scalekit, oci/],
  [['--platform', 'scalekit', '--sign-in', 'oci'], /--sign-in/],
  [['--platform', 'okta', '--oci-config', 'somewhere'], /--oci-config.*--platform oci/],
])('%s is refused', async (args, says) => {
  const { status, stderr } = await runCastellan(['sandbox', ...args]);
  expect(status).not.toBe(0);
  expect(stderr).toMatch(says);
});

test('--oci-config writes what Oracle’s SDK needs, readable to its owner alone, and nothing over somebody else’s file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'oci-config-'));
  const shown = await start('--platform', 'oci', '--oci-config', folder);
  const home = /eu-amsterdam-1 +(\S+) \(home\)/.exec(shown)?.[1] ?? '';
  for (const name of await readdir(folder)) expect((await stat(join(folder, name))).mode & 0o777, name).toBe(0o600);
  const require = createRequire(import.meta.url);
  const { ConfigFileAuthenticationDetailsProvider, SessionAuthDetailProvider } = require('oci-common');
  for (const provider of [
    new ConfigFileAuthenticationDetailsProvider(join(folder, 'config'), 'DEFAULT'),
    new SessionAuthDetailProvider(join(folder, 'config'), 'SESSION'),
  ]) {
    const client = new (require('oci-objectstorage').ObjectStorageClient)({ authenticationDetailsProvider: provider });
    client.endpoint = home;
    expect((await client.getNamespace({})).value).toMatch(/^\w{12}$/);
  }
  const tenant = /^ *(\{"tenants".*\})$/m.exec(shown)?.[1] ?? '';
  const file = join(folder, 'castellan.json');
  await writeFile(file, tenant.replace('FOLDER', folder));
  const called = await runCastellan(['call', 'get_oci_tenancy', '--config', file]);
  expect([called.status, called.stdout]).toEqual([0, expect.stringContaining('name: larkspur')]);
  running?.kill();
  // Its own it writes anew; what somebody else wrote stays.
  expect(await start('--platform', 'oci', '--oci-config', folder)).toContain(`${folder}/config`);
  const own = '[DEFAULT]\nuser=ocid1.user.oc1..somebody\n';
  await writeFile(join(folder, 'config'), own);
  const { status, stderr } = await runCastellan(['sandbox', '--platform', 'oci', '--oci-config', folder]);
  expect([status === 0, stderr]).toEqual([false, expect.stringContaining('--oci-config')]);
  expect(await readFile(join(folder, 'config'), 'utf8')).toBe(own);
  await rm(folder, { recursive: true });
});
