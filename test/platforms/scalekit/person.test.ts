// castellan login scalekit: a person's own token for the central API, used on this machine, never the one of a call.

import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { loadConfig } from '../../../src/config.ts';
import { createPersonTokens } from '../../../src/platforms/scalekit/oauth/person.ts';
import { personServerOf } from '../../../src/platforms/scalekit/person-server.ts';
import { openSandbox, type SandboxScalekit } from '../../../src/sandbox/index.ts';
import { openMemoryVault } from '../../../src/stores/memory-vault.ts';
import { runCastellan } from '../../trials/castellan.ts';

const browser = fileURLToPath(new URL('../../support/person-browser.ts', import.meta.url));
let sandbox: Awaited<ReturnType<typeof openSandbox>>;
let scalekit: SandboxScalekit;
let folder: string;
let env: Record<string, string>;

beforeAll(async () => {
  sandbox = await openSandbox({ users: 30 });
  scalekit = await sandbox.scalekit();
});

afterAll(() => sandbox.close());

const workspace = () => ({
  SCALEKIT_WORKSPACE_URL: scalekit.apiUrl,
  SCALEKIT_AUTHORIZATION_SERVER: scalekit.login.metadataUrl.replace('/.well-known/oauth-authorization-server', ''),
  SCALEKIT_CLIENT_ID: scalekit.login.clientId,
});

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'castellan-scalekit-'));
  writeFileSync(join(folder, 'xdg-open'), `#!/bin/sh\nexec '${process.execPath}' '${browser}' "$1"\n`);
  chmodSync(join(folder, 'xdg-open'), 0o755);
  env = {
    ...workspace(),
    CASTELLAN_DATA: join(folder, 'data'),
    CASTELLAN_STORE: 'memory',
    DISPLAY: ':0',
    PATH: `${folder}${delimiter}${process.env.PATH}`,
  };
});

afterEach(() => {
  scalekit.setLocked('helena.brandt@larkspur.example', false);
  rmSync(folder, { recursive: true, force: true });
});

const run = (args: readonly string[], more: Record<string, string> = {}) =>
  runCastellan([...args], { folder, env: { ...env, ...more } });
const kept = () =>
  readdirSync(join(folder, 'data', 'credentials')).map((file) => join(folder, 'data', 'credentials', file));

describe.skipIf(process.platform !== 'linux')('castellan login scalekit', () => {
  test('in the browser; then a call in the workspace, doctor, logout', async () => {
    const before = await run(['call', 'list_environments']);
    expect(before).toMatchObject({ status: 1, stderr: expect.stringContaining('castellan login scalekit') });

    const login = await run(['login', 'scalekit']);
    expect(login).toMatchObject({ status: 0, stdout: expect.stringContaining('✓ Signed in to 127.0.0.1') });
    const asked = new URL(/http:\S+authorize\S+/.exec(login.stdout)?.[0] ?? '').searchParams;
    expect(Object.fromEntries(asked)).toMatchObject({
      resource: scalekit.apiUrl,
      code_challenge_method: 'S256',
      scope: expect.stringContaining('wks:read'),
    });
    const call = await run(['call', 'list_environments', '--json']);
    expect(JSON.parse(call.stdout).environments).toHaveLength(2);
    expect((await run(['doctor'])).stdout).toContain('your sign-in is accepted');

    const text = readFileSync(kept()[0] ?? '', 'utf8');
    const tokens = [...text.matchAll(/Token\\":\\"([^\\]+)\\"/g)].map(([, token = '']) => token);
    expect(tokens).toHaveLength(2);
    const logout = await run(['logout', 'scalekit']);
    expect(logout.stderr).toContain('Forgotten on this machine');
    expect(kept()).toEqual([]);
    for (const { stdout, stderr } of [before, login, call, logout])
      for (const token of tokens) expect(stdout + stderr).not.toContain(token);
  });

  test('a tenant of a file, by its own name', async () => {
    const { SCALEKIT_WORKSPACE_URL, SCALEKIT_AUTHORIZATION_SERVER, SCALEKIT_CLIENT_ID } = workspace();
    const tenant = {
      platform: 'scalekit',
      workspaceUrl: SCALEKIT_WORKSPACE_URL,
      authorizationServer: SCALEKIT_AUTHORIZATION_SERVER,
      clientId: SCALEKIT_CLIENT_ID,
    };
    const file = join(folder, 'mine.json');
    writeFileSync(file, JSON.stringify({ tenants: { larkspur: tenant } }));
    const bare = { SCALEKIT_WORKSPACE_URL: '', SCALEKIT_AUTHORIZATION_SERVER: '', SCALEKIT_CLIENT_ID: '' };
    expect((await run(['login', 'larkspur', '--config', file], bare)).status).toBe(0);
    expect(kept()).toEqual([expect.stringContaining('scalekit-larkspur-')]);
    const both = await run(['login', 'larkspur', '--tenant', 'larkspur', '--config', file], bare);
    expect(both).toMatchObject({ status: 2, stderr: expect.stringContaining('--tenant goes with a platform') });
  });

  test('an authorization server that is none', async () => {
    const { status, stderr } = await run(['login', 'scalekit'], { SCALEKIT_AUTHORIZATION_SERVER: scalekit.apiUrl });
    expect(status).toBe(1);
    expect(stderr).toContain('SCALEKIT_AUTHORIZATION_SERVER');
  });
});

describe('the kept sign-in', () => {
  const opened = () => {
    const { config } = loadConfig(
      {},
      { env: { CASTELLAN_DATA: '/nonexistent', ...workspace() }, folder: '/nonexistent' },
    );
    const [tenant] = config.tenants;
    const server = tenant?.platform === 'scalekit' ? personServerOf(tenant.name, tenant.settings) : undefined;
    if (!server) throw new Error('the workspace is no tenant of a person');
    return server;
  };
  const nameOf = (vault: Map<string, string>) => [...vault.keys()][0] ?? '';

  async function signIn(vault: Map<string, string>): Promise<void> {
    const { loginWithBrowser } = await import('../../../src/platforms/scalekit/oauth/login.ts');
    const { visitAsPerson } = await import('../../support/person-browser.ts');
    const openBrowser = (url: string) => void visitAsPerson(url).catch(() => {});
    const more = { tenant: 'scalekit', vault: openMemoryVault(vault), now: Date.now, fetch, userAgent: 'test' };
    await loginWithBrowser({ ...opened(), ...more, port: 0, openBrowser, say: () => {}, waitMs: 10_000 });
  }

  const tokensOf = (vault: Map<string, string>, now: () => number, send: typeof fetch = fetch) =>
    createPersonTokens({
      ...opened(),
      tenant: 'scalekit',
      vault: openMemoryVault(vault),
      now,
      fetch: send,
      userAgent: 'test',
    });

  test('is renewed before it ends, by one request for all, and what is rotated is kept', async () => {
    const vault = new Map<string, string>();
    await signIn(vault);
    const first = JSON.parse(vault.get(nameOf(vault)) ?? '') as Record<string, unknown>;
    let asked = 0;
    const counting: typeof fetch = (input, init) => {
      if (init?.method === 'POST') asked++;
      return fetch(input, init);
    };
    const later = tokensOf(vault, () => Date.now() + 280_000, counting);
    const { signal } = new AbortController();
    const given = await Promise.all([later.get(signal), later.get(signal), later.get(signal)]);
    expect(new Set(given.map(({ accessToken }) => accessToken)).size).toBe(1);
    expect(asked).toBe(1);
    const second = JSON.parse(vault.get(nameOf(vault)) ?? '') as Record<string, unknown>;
    expect(second.accessToken).toBe(given[0]?.accessToken);
    expect(second.accessToken).not.toBe(first.accessToken);
  });

  test('that Scalekit no longer accepts ends in what to run', async () => {
    const vault = new Map<string, string>();
    await signIn(vault);
    scalekit.setLocked('helena.brandt@larkspur.example', true);
    const later = tokensOf(vault, () => Date.now() + 280_000);
    await expect(later.get(new AbortController().signal)).rejects.toMatchObject({
      code: 'unauthorized',
      hint: expect.stringContaining('castellan login scalekit'),
    });
  });

  test('is for one server, client and API: under another name nobody has signed in', async () => {
    const vault = new Map<string, string>();
    await signIn(vault);
    const name = nameOf(vault);
    for (const part of [scalekit.apiUrl, scalekit.login.clientId]) expect(name).toContain(part);
    const elsewhere = createPersonTokens({
      ...opened(),
      clientId: 'another',
      tenant: 'scalekit',
      vault: openMemoryVault(vault),
      now: Date.now,
      fetch,
      userAgent: 'test',
    });
    await expect(elsewhere.get(new AbortController().signal)).rejects.toMatchObject({
      message: expect.stringContaining('Nobody has signed in'),
    });
  });

  test.each<[string, Record<string, unknown>, RegExp]>([
    ['another issuer than itself (RFC 8414 §3.3)', { issuer: 'https://evil.example' }, /cannot be trusted/],
    ['no PKCE', { code_challenge_methods_supported: undefined }, /PKCE/],
    ['a page that is no page', { authorization_endpoint: 'file:///etc/passwd' }, /no page/],
  ])('a server that publishes %s: no browser is opened', async (_name, over, message) => {
    const { loginWithBrowser } = await import('../../../src/platforms/scalekit/oauth/login.ts');
    const lying: typeof fetch = async (input, init) => {
      const answer = await fetch(input, init);
      return String(input).includes('.well-known')
        ? Response.json({ ...Object(await answer.json()), ...over })
        : answer;
    };
    const visited: string[] = [];
    const more = { tenant: 'scalekit', vault: openMemoryVault(), now: Date.now, fetch: lying, userAgent: 'test' };
    const login = loginWithBrowser({
      ...opened(),
      ...more,
      port: 0,
      openBrowser: (url) => void visited.push(url),
      say: () => {},
      waitMs: 500,
    });
    await expect(login).rejects.toMatchObject({ message: expect.stringMatching(message) });
    expect(visited).toEqual([]);
  });
});
