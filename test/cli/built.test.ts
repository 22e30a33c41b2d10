// Castellan as it is released: bundled and minified. What a bundler takes away, such as names of classes that a library goes
// by, must not be missed.

import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { askToken, authorizeUrl, exchange, newClient, refresh } from '../support/broker.ts';
import { actAs, openBrowser } from '../support/sign-in.ts';
import { type HttpCastellan, runCastellan, serveHttp } from '../trials/castellan.ts';

const root = resolve(import.meta.dirname, '../..');
let folder: string;
let castellan: HttpCastellan;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'castellan-built-'));
  const args = [join(root, 'node_modules/rolldown/bin/cli.mjs'), '-c', '--dir', join(folder, 'dist')];
  const built = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8', timeout: 60_000 });
  expect([built.status, built.status === 0 ? '' : built.stderr]).toEqual([0, '']);
  for (const name of ['package.json', 'bin']) cpSync(join(root, name), join(folder, name), { recursive: true });
  const start = join(folder, 'bin/castellan.js');
  castellan = await serveHttp(['--sandbox', '--users', '20'], { door: [], start });
}, 90_000);

afterAll(async () => {
  await castellan?.stop();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

test('codes and refresh tokens of a built broker are good once', async () => {
  const { url: origin } = castellan;
  const { client_id: id } = await newClient(origin);
  const { url, verifier } = authorizeUrl(origin, id);
  const back = await openBrowser().walk(url, actAs());
  const code = back.searchParams.get('code') ?? '';
  const first = await exchange(origin, id, code, verifier);
  expect(first.status).toBe(200);
  const token = String(first.body.refresh_token);
  const second = await refresh(origin, id, token);
  expect(second.status).toBe(200);
  expect((await refresh(origin, id, token)).body.error).toBe('invalid_grant');
  expect((await refresh(origin, id, String(second.body.refresh_token))).body.error).toBe('invalid_grant');
  expect((await exchange(origin, id, code, verifier)).body.error).toBe('invalid_grant');
  expect((await askToken(origin, { grant_type: 'password' })).status).toBe(400);
});

test('init of a built Castellan reads and writes JSON with comments and TOML', async () => {
  const home = mkdtempSync(join(tmpdir(), 'castellan-built-home-'));
  try {
    const start = join(folder, 'bin/castellan.js');
    for (const [client, file, text] of [
      ['vscode', '.config/Code/User/mcp.json', '{ // mine\n  "servers": {}\n}\n'],
      ['codex', '.codex/config.toml', 'model = "x" # mine\n'],
    ] as const) {
      mkdirSync(dirname(join(home, file)), { recursive: true });
      writeFileSync(join(home, file), text);
      const env = { HOME: home, XDG_CONFIG_HOME: join(home, '.config') };
      const { status, stderr } = await runCastellan(['init', client, '--sandbox'], { env, start });
      expect([status, stderr]).toEqual([0, '']);
      const written = readFileSync(join(home, file), 'utf8');
      expect(written).toContain('mine');
      expect(written).toContain(start);
    }
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
});
