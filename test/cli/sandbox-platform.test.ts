// castellan sandbox --platform scalekit: what it prints is what a person types next, and it works.

import { type ChildProcess, spawn } from 'node:child_process';
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
  [['--platform', 'azure'], /--platform.*azure[\s\S]*okta, scalekit/],
  [['--platform', 'scalekit', '--sign-in', 'oci'], /--sign-in/],
])('%s is refused', async (args, says) => {
  const { status, stderr } = await runCastellan(['sandbox', ...args]);
  expect(status).not.toBe(0);
  expect(stderr).toMatch(says);
});
