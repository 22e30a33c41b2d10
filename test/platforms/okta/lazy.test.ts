// What is loaded for an API token: none of the libraries that only OAuth and the keyring need.

import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { makeAppKey, openTokenServer } from '../../support/token-server.ts';

const run = promisify(execFile);
const script = fileURLToPath(new URL('../../support/list-loaded.ts', import.meta.url));
const libraries = ['oauth4webapi', 'jose', '@napi-rs/keyring'];

async function loadedFor(env: Record<string, string>): Promise<string[]> {
  const server = await openTokenServer({ clientId: '0oa1' });
  const folder = mkdtempSync(join(tmpdir(), 'castellan-loaded-'));
  const { stdout } = await run(process.execPath, [script], {
    env: { PATH: process.env.PATH, CASTELLAN_DATA: folder, OKTA_CLIENT_ORGURL: server.origin, ...env },
  });
  rmSync(folder, { recursive: true, force: true });
  await server.close();
  const modules = JSON.parse(stdout) as string[];
  return libraries.filter((library) => modules.some((url) => url.includes(`/node_modules/${library}/`)));
}

test('a call with an API token loads none of them; signing with a key loads what signs, and no keyring', async () => {
  expect(await loadedFor({ OKTA_API_TOKEN: 'x' })).toEqual([]);
  const { pem } = await makeAppKey();
  const service = { OKTA_CLIENT_ID: '0oa1', OKTA_PRIVATE_KEY: pem };
  expect(await loadedFor(service)).toEqual(['oauth4webapi', 'jose']);
});
