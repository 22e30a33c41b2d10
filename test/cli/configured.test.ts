// Configurations that are right: several tenants, secrets that a file only points to, and files that merely lie about.

import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { openSandbox, type Sandbox } from '../../src/sandbox/index.ts';
import { runCastellan, serveHttp, startCastellan, tenantOf } from '../trials/castellan.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-cli-'));
const secret = 'canary-c04b-token-that-nobody-may-show';
let acme: Sandbox;
let larkspur: Sandbox;

beforeAll(async () => {
  acme = await openSandbox({ users: 20, seed: 1, token: secret });
  larkspur = await openSandbox({ users: 30, seed: 2 });
});

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await acme?.close();
  await larkspur?.close();
});

/** A folder with a castellan.json in it, and a token in a file beside it. */
function folderWith(name: string, content: unknown): string {
  const path = join(folder, name);
  mkdirSync(path);
  writeFileSync(join(path, 'castellan.json'), JSON.stringify(content));
  writeFileSync(join(path, 'token'), `${larkspur.okta.token}\n`);
  return path;
}

const two = (name: string) =>
  folderWith(name, {
    tenants: {
      acme: { platform: 'okta', orgUrl: acme.okta.url, apiToken: { env: 'ACME_TOKEN' } },
      larkspur: { platform: 'okta', orgUrl: larkspur.okta.url, apiToken: { file: 'token' } },
    },
  });

describe.concurrent('several tenants in castellan.json', () => {
  test('are asked by name, with secrets from a variable and a file', async () => {
    const options = { folder: two('two'), env: { ACME_TOKEN: secret } };
    for (const tenant of ['acme', 'larkspur']) {
      const args = [
        'call',
        'list_okta_users',
        `tenant=${tenant}`,
        'max_results=2',
        '--json',
        '--config',
        'castellan.json',
      ];
      const { status, stdout } = await runCastellan(args, options);
      expect(status).toBe(0);
      const answer = JSON.parse(stdout) as { tenant: string; users: unknown[] };
      expect(answer.tenant).toBe(tenant);
      expect(answer.users).toHaveLength(2);
    }
    const none = await runCastellan(['call', 'list_okta_users', '--config', 'castellan.json'], options);
    expect(none.status).toBe(1);
    expect(none.stderr).toMatch(/tenant is missing/);
    expect(none.stderr + none.stdout).not.toContain(secret);
  });

  test('a file that only lies in the working folder borrows no variable and no file', async () => {
    const evil = createServer((request, response) => {
      seen.push(String(request.headers.authorization));
      response.end('[]');
    });
    const seen: string[] = [];
    await new Promise<void>((resolve) => evil.listen(0, '127.0.0.1', resolve));
    const address = evil.address();
    const orgUrl = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
    for (const [name, apiToken] of Object.entries({ env: { env: 'ACME_TOKEN' }, file: { file: 'token' } })) {
      const path = folderWith(`evil-${name}`, { tenants: { x: { platform: 'okta', orgUrl, apiToken } } });
      const { status, stderr, stdout } = await runCastellan(['call', 'list_okta_users'], {
        folder: path,
        env: { ACME_TOKEN: secret },
      });
      expect(status).toBe(2);
      expect(stdout).toBe('');
      expect(stderr).toMatch(/refers to something outside[\s\S]*--config castellan\.json/);
    }
    const path = folderWith('evil-borrow', { tenants: { x: { platform: 'okta', orgUrl } } });
    const env = { OKTA_API_TOKEN: secret, OKTA_CLIENT_ORGURL: acme.okta.url };
    const borrow = await runCastellan(['call', 'list_okta_users', 'tenant=x'], { folder: path, env });
    expect(borrow.status).toBe(2);
    expect(seen).toEqual([]);
    await new Promise((resolve) => evil.close(resolve));
  });

  test('nor a credential of another program: no profile of OCI is signed with for an address of a stranger’s file', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const home = folderWith('home', {});
    writeFileSync(join(home, 'key.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
    const profile = [
      '[DEFAULT]',
      'user=ocid1.user.oc1..aaaavictim',
      'tenancy=ocid1.tenancy.oc1..aaaavictim',
      'region=eu-frankfurt-1',
      'fingerprint=12:34:56:78:90:ab:cd:ef:12:34:56:78:90:ab:cd:ef',
      `key_file=${join(home, 'key.pem')}`,
    ];
    mkdirSync(join(home, '.oci'));
    writeFileSync(join(home, '.oci', 'config'), profile.join('\n'));
    const seen: string[] = [];
    const evil = createServer((request, response) => {
      seen.push(String(request.headers.authorization));
      response.writeHead(401).end('{}');
    });
    await new Promise<void>((resolve) => evil.listen(0, '127.0.0.1', resolve));
    const { port } = evil.address() as AddressInfo;
    const domainUrl = `http://127.0.0.1:${port}`;
    const folder = folderWith('evil-profile', { tenants: { x: { platform: 'oci', profile: 'DEFAULT', domainUrl } } });
    const found = await runCastellan(['call', 'list_oci_users'], { folder, env: { HOME: home } });
    expect(found.status).toBe(2);
    expect(found.stderr).toMatch(/castellan\.json: tenants\.x\.profile[\s\S]*--config castellan\.json/);
    expect(seen).toEqual([]);
    const named = ['call', 'list_oci_users', '--config', 'castellan.json'];
    await runCastellan(named, { folder, env: { HOME: home } });
    expect(seen[0]).toMatch(/^Signature version="1",keyId="ocid1\.tenancy\.oc1\.\.aaaavictim\//);
    await new Promise((resolve) => evil.close(resolve));
  });
});

describe.concurrent('castellan.json', () => {
  test.each<[string, Record<string, unknown>]>([
    ['profile', { platform: 'oci', profile: 'DEFAULT' }],
    ['configFile', { platform: 'oci', configFile: 'config' }],
    ['exchangeClientId', { platform: 'oci', exchangeClientId: 'x' }],
    ['exchangeUrl', { platform: 'okta', actAs: 'caller', exchangeUrl: 'https://evil.example/token' }],
    ['exchangeUrl', { platform: 'scalekit', exchangeUrl: 'https://evil.example/token' }],
    ['authorizationServer', { platform: 'scalekit', authorizationServer: 'https://acme.scalekit.com/resources/res_1' }],
  ])('that was only found uses nobody’s sign-in, token or key: %s', (name, tenant) => {
    const folder = folderWith(`found-${name}-${tenant.platform}`, { tenants: { x: tenant } });
    const about = (flags: Record<string, string>) =>
      loadConfig(flags, { env: {}, folder }).faults.filter(
        ({ where, problem }) => where.endsWith(`.x.${name}`) && /refers to something outside/.test(problem),
      );
    expect(about({})).toHaveLength(1);
    expect(about({ config: 'castellan.json' })).toEqual([]);
  });

  test('that was only found may set tenants and nothing else', () => {
    const parts = {
      http: { port: 1, host: '0.0.0.0' },
      state: { store: '/x' },
      log: { logLevel: 'silent' },
      calls: {},
    };
    const path = folderWith('found', { $schema: 'x', tenants: {}, ...parts });
    const { config, faults } = loadConfig({}, { env: {}, folder: path });
    expect(faults.map(({ where }) => where)).toEqual(Object.keys(parts).map((name) => `castellan.json: ${name}`));
    for (const { problem, todo } of faults) {
      expect(problem).toBe('may not be set by a file that was only found in this folder');
      expect(todo).toContain('--config castellan.json');
    }
    expect(config).toMatchObject({ http: { port: 3000, host: '127.0.0.1' }, log: { logLevel: 'info' } });
    expect(config.state.store).toBeUndefined();
    expect(loadConfig({ config: 'castellan.json' }, { env: {}, folder: path }).config.http.port).toBe(1);
  });

  test('a prohibition in the environment that holds for no tenant of the file is a fault', () => {
    const tenants = { acme: { platform: 'okta', orgUrl: 'https://acme.okta.com', apiToken: 'x' } };
    const path = folderWith('unheeded', { tenants });
    const load = (env: Record<string, string>) =>
      loadConfig({ config: 'castellan.json' }, { env, folder: path }).faults;
    expect(load({})).toEqual([]);
    for (const name of [
      'OKTA_READ_ONLY',
      'OKTA_PRODUCTION',
      'OKTA_PROTECT_USERS',
      'OKTA_MASK_FIELDS',
      'OKTA_DROP_FIELDS',
    ]) {
      expect(load({ [name]: 'true' })).toMatchObject([{ where: name, problem: expect.stringContaining('no tenant') }]);
    }
  });

  test('may point to a variable of the environment’s tenant; all variables together make a tenant beside it', () => {
    const orgUrl = 'https://acme.okta.com';
    const tenants = { acme: { platform: 'okta', orgUrl, apiToken: { env: 'OKTA_API_TOKEN' } } };
    const path = folderWith('points', { tenants });
    const load = (env: Record<string, string>) => loadConfig({ config: 'castellan.json' }, { env, folder: path });
    const alone = load({ OKTA_API_TOKEN: secret });
    expect(alone.faults).toEqual([]);
    expect(alone.config.tenants.map(({ name }) => name)).toEqual(['acme']);
    const both = load({ OKTA_API_TOKEN: secret, OKTA_CLIENT_ORGURL: 'https://other.okta.com' });
    expect(both.faults).toEqual([]);
    expect(both.config.tenants.map(({ name }) => name)).toEqual(['acme', 'okta']);
  });

  test('may begin with a byte order mark, must be readable, and lists tenants by name', () => {
    const path = folderWith('odd', {});
    const load = () => loadConfig({}, { env: {}, folder: path }).faults;
    writeFileSync(join(path, 'castellan.json'), '\uFEFF{"tenants":{}}');
    expect(load()).toEqual([]);
    for (const tenants of [[], 'x', 5, null]) {
      writeFileSync(join(path, 'castellan.json'), JSON.stringify({ tenants }));
      expect(load()).toMatchObject([{ where: 'castellan.json: tenants', problem: 'is not an object' }]);
    }
    rmSync(join(path, 'castellan.json'));
    expect(load()).toEqual([]);
    mkdirSync(join(path, 'castellan.json'));
    expect(load()).toMatchObject([{ where: join(path, 'castellan.json'), problem: 'cannot be read' }]);
  });

  test('an address is told without its query', () => {
    const env = { OKTA_CLIENT_ORGURL: `https://acme.okta.com/?token=${secret}`, OKTA_API_TOKEN: 'x' };
    const { faults, shown } = loadConfig({}, { env, folder });
    expect(faults).toHaveLength(1);
    expect(JSON.stringify([faults, shown])).not.toContain(secret);
  });
});

describe.concurrent('call', () => {
  test('prints the answer and ends with 0; a failed tool ends with 1, its text on stderr', async () => {
    const env = tenantOf(acme.okta);
    const good = await runCastellan(['call', 'list_okta_users', 'max_results=3'], { env });
    expect(good).toMatchObject({ status: 0 });
    expect(good.stdout).toMatch(/^3 users/);
    const bad = await runCastellan(['call', 'get_okta_user', 'user_id=nobody'], { env });
    expect(bad).toMatchObject({ status: 1, stdout: '' });
    expect(bad.stderr).toMatch(/Okta knows no such thing/);
    const wrong = await runCastellan(['call', 'list_okta_users', 'max_results=many'], { env });
    expect(wrong).toMatchObject({ status: 1, stdout: '' });
    expect(wrong.stderr).toMatch(/max_results/);
  });

  test('takes the other names of tools and parameters, and tells what is given twice', async () => {
    const env = tenantOf(acme.okta);
    const headers = { authorization: `SSWS ${acme.okta.token}` };
    const answer = await fetch(`${acme.okta.url}/api/v1/groups?q=Everyone`, { headers });
    const [everyone] = (await answer.json()) as { id: string }[];
    for (const args of [
      ['list_okta_users', 'limit=5', '--json'],
      ['list_okta_group_users', `group_id=${everyone?.id}`, 'limit=5', '--json'],
    ]) {
      const { status, stdout, stderr } = await runCastellan(['call', ...args], { env });
      expect(stderr).toBe('');
      expect(status).toBe(0);
      expect((JSON.parse(stdout) as { users: unknown[] }).users).toHaveLength(5);
    }
    const pair = 'time_expression=now';
    for (const twice of [
      [pair, pair],
      [pair, '--input', '{"time_expression":"now"}'],
    ]) {
      const { status, stderr } = await runCastellan(['call', 'parse_relative_time', ...twice]);
      expect(status).toBe(2);
      expect(stderr).toContain('time_expression is given twice');
    }
  });

  test('--input and key=value go together; a local tool needs no tenant', async () => {
    const args = [
      'call',
      'parse_relative_time',
      '--input',
      '{"time_zone":"Europe/Berlin"}',
      'time_expression=2026-01-01 12:00',
      '--json',
    ];
    const { status, stdout } = await runCastellan(args);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ time: '2026-01-01T11:00:00.000Z' });
  });
});

test('tools --json is the answer to tools/list, and nothing else', async () => {
  const { status, stdout, stderr } = await runCastellan(['tools', '--json']);
  expect(status).toBe(0);
  expect(stderr).toBe('');
  const { tools } = JSON.parse(stdout) as { tools: { name: string; inputSchema: { type: string } }[] };
  expect(tools.map(({ name }) => name)).toContain('list_okta_users');
  expect(tools.every(({ inputSchema }) => inputSchema.type === 'object')).toBe(true);
});

test('tools are those of the platforms that are configured, and what is of use with any of them', async () => {
  const env = {
    SCALEKIT_ENVIRONMENT_URL: 'https://acme.scalekit.cloud',
    SCALEKIT_CLIENT_ID: 'skc_1',
    SCALEKIT_CLIENT_SECRET: secret,
  };
  const { stdout } = await runCastellan(['tools', '--json'], { env });
  const names = (JSON.parse(stdout) as { tools: { name: string }[] }).tools.map(({ name }) => name);
  expect(names).toContain('list_organizations');
  expect(names).toContain('parse_relative_time');
  expect(names.filter((name) => name.includes('okta'))).toEqual([]);
});

test('tools takes the flags of a simulated organization, and fits the terminal', async () => {
  const { status, stdout } = await runCastellan(['tools', '--sandbox', '--users', '5']);
  expect(status).toBe(0);
  expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
});

describe.concurrent('doctor', () => {
  test('0 when all is well, with every secret masked', async () => {
    const { status, stdout, stderr } = await runCastellan(['doctor'], { env: tenantOf(acme.okta) });
    expect(stdout).toContain('All is well');
    expect(status).toBe(0);
    expect(stdout).toContain('[secret]');
    expect(stdout).toContain('OKTA_API_TOKEN');
    expect(stdout + stderr).not.toContain(secret);
  });

  test('1 when a check fails, with what to do', async () => {
    const env = { OKTA_CLIENT_ORGURL: acme.okta.url, OKTA_API_TOKEN: 'another-canary-value' };
    const { status, stdout, stderr } = await runCastellan(['doctor'], { env });
    expect(status).toBe(1);
    expect(stdout).toMatch(/✗/);
    expect(stdout + stderr).not.toContain('another-canary-value');
    const gone = await runCastellan(['doctor'], { env: { ...env, OKTA_CLIENT_ORGURL: 'http://127.0.0.1:1' } });
    expect(gone.status).toBe(1);
  });

  test('2 when the configuration is wrong', async () => {
    const { status, stderr } = await runCastellan(['doctor'], { env: { OKTA_API_TOKEN: secret } });
    expect(status).toBe(2);
    expect(stderr).toContain('OKTA_CLIENT_ORGURL');
    expect(stderr).not.toContain(secret);
  });
});

describe.concurrent('serve', () => {
  test('writes nothing but protocol lines to stdout, and ends with 0 when its input does', async () => {
    const lines = [
      '{"jsonrpc":"2.0","id":1,"method":"ping"}',
      'nonsense',
      '{"jsonrpc":"2.0","id":2,"method":"tools/list"}',
    ];
    const castellan = startCastellan(['serve', '--sandbox', '--users', '5', '--log-level', 'debug']);
    castellan.child.stdin.write(`${lines.join('\n')}\n`);
    await expect.poll(() => castellan.stdout().split('\n').length, { timeout: 8_000 }).toBeGreaterThan(3);
    castellan.child.stdin.end();
    expect(await castellan.ended).toBe(0);
    for (const line of castellan.stdout().trim().split('\n'))
      expect(JSON.parse(line)).toMatchObject({ jsonrpc: '2.0' });
  });

  test.each(['SIGTERM', 'SIGINT'] as const)('%s ends it with 0, on stdio and on HTTP', async (signal) => {
    const stdio = startCastellan(['serve', '--sandbox', '--users', '5']);
    stdio.child.stdin.write('{"jsonrpc":"2.0","id":1,"method":"ping"}\n');
    await expect.poll(() => stdio.stdout(), { timeout: 8_000 }).toContain('jsonrpc');
    stdio.child.kill(signal);
    expect(await stdio.ended).toBe(0);
    const http = await serveHttp(['--sandbox', '--users', '5']);
    http.child.kill(signal);
    expect(await http.ended).toBe(0);
    expect(http.stdout()).toBe('');
    expect(http.stderr()).toContain('Nobody signs in here');
  });

  test('a port that is taken is one thing that is wrong', async () => {
    const http = await serveHttp(['--sandbox', '--users', '5']);
    const args = ['serve', '--http', '--no-auth', '--iunderstandtherisks', '--sandbox', '--port', String(http.port)];
    const { status, stderr, stdout } = await runCastellan(args);
    expect(status).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/nothing was started[\s\S]*--port/);
    expect(stderr).toContain(String(http.port));
    expect(stderr).not.toMatch(/\n {4}at /);
    await http.stop();
  });

  test('on every address, it names one that can be used', async () => {
    const http = await serveHttp(['--sandbox', '--users', '5', '--host', '0.0.0.0']);
    expect(http.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    await http.stop();
  });
});
