// Wrong use: one page on stderr that names every fault and how to mend it, exit status 2, nothing on stdout, nothing started.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { long, runCastellan, type StartOptions, serveHttp } from '../trials/castellan.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-cli-'));
let made = 0;

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function fileWith(content: unknown): string {
  const path = join(folder, `${++made}.json`);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

const signIn = ['--auth-issuer', 'https://login.example.com', '--public-url', 'https://mcp.example.com/mcp'];
const httpOpen = ['serve', '--http', '--no-auth', '--iunderstandtherisks', '--port', '0'];
const secret = 'canary-5d1f-token-that-no-page-may-show';

/** Each case starts a process of its own: the short form takes every third. */
function some<T>(cases: readonly T[]): readonly T[] {
  return long ? cases : cases.filter((_, place) => place % 3 === 0);
}

async function expectPage(args: readonly string[], said: readonly (string | RegExp)[], options: StartOptions = {}) {
  const { status, stdout, stderr } = await runCastellan(args, options);
  expect(stdout).toBe('');
  for (const part of said) expect(stderr).toMatch(part);
  expect(status).toBe(2);
  expect(stderr).toContain('nothing was started');
  expect(stderr).not.toMatch(/\n {4}at |\/src\/|node_modules|file:\/\//);
  expect(stderr).not.toContain(secret);
  expect(stderr).not.toContain('Serving');
  const count = /(One thing is|(\d+) things are) wrong/.exec(stderr);
  return count?.[2] === undefined ? 1 : Number(count[2]);
}

describe.concurrent('flags', () => {
  test.each(
    some([
      [
        ['serve', '--sandbox', '--prot', '1'],
        ['--prot', '--port'],
      ],
      [
        ['serve', '--sandbox', '--port'],
        ['--port', 'needs a value'],
      ],
      [
        ['serve', '--sandbox', '--port', 'many'],
        ['--port', '0 to 65535'],
      ],
      [['serve', '--sandbox', '--port', '65536'], ['--port']],
      [['serve', '--sandbox', '--port='], ['--port']],
      [
        ['serve', '--sandbox', '--timeout', '0'],
        ['--timeout', '1 to 600'],
      ],
      [
        ['serve', '--sandbox', '--log-level', 'loud'],
        ['--log-level', 'debug, info'],
      ],
      [
        ['serve', '--sandbox', '--users', '0'],
        ['--users', '1 to 100000'],
      ],
      [['serve', '--sandbox', '--users', '1.5'], ['--users']],
      [
        ['serve', '--users', '5'],
        ['--users', '--sandbox'],
      ],
      [['serve', '--sandbox', '-p', '1'], ['-p']],
      [['serve', '--sandbox', 'stray'], ['stray|arguments']],
      [
        ['serve', '--sandbox', '--allowed-origins', 'no-origin', '--http', '--no-auth', '--iunderstandtherisks'],
        ['--allowed-origins'],
      ],
      [
        ['serve', '--config', '/nonexistent/castellan.json', '--sandbox'],
        ['/nonexistent/castellan.json', 'cannot be read'],
      ],
      [
        ['serve', '--http'],
        [
          '--iunderstandtherisks',
          'sign-in',
          'CASTELLAN_AUTH_ISSUER',
          'CASTELLAN_SIGN_IN_ISSUER',
          'CASTELLAN_PUBLIC_URL',
        ],
      ],
      [
        ['serve', '--http', '--sandbox', '--auth-issuer', 'https://login.example.com'],
        ['auth-issuer|publicUrl|PUBLIC_URL', 'is missing'],
      ],
      [
        [...httpOpen, '--sandbox', ...signIn],
        ['--no-auth', 'an issuer is configured'],
      ],
      [
        ['serve', '--http', '--sandbox', ...signIn, '--iunderstandtherisks'],
        ['--iunderstandtherisks', 'an issuer'],
      ],
      [
        ['serve', '--sandbox', ...signIn],
        ['--auth-issuer', '--public-url', 'goes with --http'],
      ],
      [['serve', '--http', '--no-auth', '--sandbox'], ['--iunderstandtherisks']],
      [['serve', '--http', '--iunderstandtherisks', '--sandbox'], ['--no-auth']],
      [['serve'], ['OKTA_CLIENT_ORGURL', 'OKTA_API_TOKEN', '--sandbox']],
      [
        ['serve', '--http', '--sandbox', '--sandbox-sign-in', 'azure'],
        ['--sandbox-sign-in', 'okta, oci, scalekit'],
      ],
      [
        ['serve', '--sandbox', '--sandbox-sign-in', 'oci'],
        ['--sandbox-sign-in', 'goes with --http'],
      ],
      [
        ['serve', '--http', '--sandbox', '--sandbox-sign-in', 'oci', ...signIn],
        ['--sandbox-sign-in', 'an issuer'],
      ],
      [
        ['sandbox', '--sign-in', 'azure'],
        ['--sign-in', 'okta, oci, scalekit'],
      ],
      [
        ['sandbox', '--faults', '2'],
        ['--faults', '0 to 1'],
      ],
      [['sandbox', '--port', '-1'], ['--port']],
      [['sandbox', '--seed', 'x'], ['--seed']],
      [
        ['call', 'get_current_time', 'novalue'],
        ['novalue', 'key=value'],
      ],
      [
        ['call', 'get_current_time', '--input', '[1]'],
        ['--input', 'JSON object'],
      ],
      [
        ['call', 'get_current_tme', '--sandbox'],
        ['get_current_tme', 'get_current_time'],
      ],
      [['call'], ['tool|TOOL']],
      [['call', 'list_okta_users'], ['--sandbox']],
      [['srve'], ['srve', 'serve']],
      [['--port'], ['--port']],
      [['constructor'], ['constructor', 'no command']],
      [['__proto__'], ['__proto__']],
      [['doctor', '--colour'], ['--colour']],
      [
        ['tools', '--jsn'],
        ['--jsn', '--json'],
      ],
    ] as [string[], string[]][]),
  )('%j', async (args, said) => {
    await expectPage(
      args,
      said.map((part) => new RegExp(part.replaceAll('.', '\\.'))),
    );
  });
});

describe.concurrent('settings in the environment', () => {
  test.each(
    some([
      [{ CASTELLAN_HTTP_PORT: 'x' }, ['CASTELLAN_HTTP_PORT']],
      [{ CASTELLAN_CALL_TIMEOUT: '1e9' }, ['CASTELLAN_CALL_TIMEOUT']],
      [{ CASTELLAN_LOG_LEVEL: 'all' }, ['CASTELLAN_LOG_LEVEL']],
      [{ CASTELLAN_CONFIG: '/nonexistent.json' }, ['/nonexistent.json']],
      [{ OKTA_CLIENT_ORGURL: 'https://acme.okta.com' }, ['OKTA_API_TOKEN', 'missing']],
      [{ OKTA_API_TOKEN: secret }, ['OKTA_CLIENT_ORGURL', 'missing']],
      [{ OKTA_CLIENT_ORGURL: 'acme.okta.com', OKTA_API_TOKEN: secret }, ['OKTA_CLIENT_ORGURL']],
      [{ OKTA_CLIENT_ORGURL: 'http://acme.okta.com', OKTA_API_TOKEN: secret }, ['OKTA_CLIENT_ORGURL', 'https']],
      [{ OKTA_CLIENT_ORGURL: 'https://acme-admin.okta.com', OKTA_API_TOKEN: secret }, ['OKTA_CLIENT_ORGURL', 'admin']],
      [{ OKTA_CLIENT_ORGURL: 'https://acme.okta.com/api/v1', OKTA_API_TOKEN: secret }, ['OKTA_CLIENT_ORGURL', 'path']],
      [{ OKTA_CLIENT_ORGURL: `https://u:${secret}@acme.okta.com`, OKTA_API_TOKEN: 'x' }, ['OKTA_CLIENT_ORGURL']],
      [{ OKTA_CLIENT_ORGURL: 'https://acme.okta.com', OKTA_API_TOKEN: `${secret} and more` }, ['OKTA_API_TOKEN']],
    ] as [Record<string, string>, string[]][]),
  )('%j', async (env, said) => {
    await expectPage(
      ['serve'],
      said.map((part) => new RegExp(part)),
      { env },
    );
  });
});

describe.concurrent('the configuration file', () => {
  test.each(
    some([
      ['{', ['not JSON']],
      ['[]', ['not a JSON object']],
      [{ tenents: {} }, ['tenents', 'no such part']],
      [{ http: { prot: 1 } }, ['http.prot', 'no such setting']],
      [{ http: 5 }, ['http', 'not an object']],
      [{ http: { port: '3000' } }, ['http.port']],
      [{ tenants: { 'Acme Inc': { platform: 'okta' } } }, ['Acme Inc', 'no name for a tenant']],
      [{ tenants: { acme: { platform: 'oktta' } } }, ['tenants.acme.platform', 'okta']],
      [{ tenants: { acme: { platform: '__proto__' } } }, ['tenants.acme.platform']],
      [{ tenants: { acme: { platform: 'okta' } } }, ['tenants.acme.orgUrl', 'tenants.acme.apiToken', 'missing']],
      [{ tenants: { acme: 5 } }, ['tenants.acme']],
      [{ tenants: [] }, ['tenants']],
      [
        { tenants: { acme: { platform: 'okta', orgUrl: 'https://a.okta.com', apiToken: { env: 'NOT_SET_HERE' } } } },
        ['NOT_SET_HERE'],
      ],
      [
        { tenants: { acme: { platform: 'okta', orgUrl: 'https://a.okta.com', apiToken: { file: '/nonexistent' } } } },
        ['/nonexistent'],
      ],
      [
        { tenants: { acme: { platform: 'okta', orgUrl: 'https://a.okta.com', apiToken: { x: 1 } } } },
        ['tenants.acme.apiToken'],
      ],
      [
        { tenants: { acme: { platform: 'okta', orgUrl: 'https://a.okta.com', apiToken: 5 } } },
        ['tenants.acme.apiToken'],
      ],
    ] as [unknown, string[]][]),
  )('%j', async (content, said) => {
    await expectPage(
      ['serve', '--config', fileWith(content)],
      said.map((part) => new RegExp(part)),
    );
  });
});

test('what a file says cannot draw on the terminal', async () => {
  const config = fileWith({ 'x\u001b[2J\u202ey': 1, tenants: { 'a\nb\u200b': { platform: 'ok\u0007ta' } } });
  const { status, stderr } = await runCastellan(['serve', '--config', config]);
  expect(status).toBe(2);
  expect(stderr).toContain('x[2Jy');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  expect(stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u200b\u202e]/);
  expect(stderr).not.toContain('a\nb');
});

test('everything that is wrong is on one page', async () => {
  const config = fileWith({ htp: {}, http: { prot: 1 }, tenants: { acme: { platform: 'okta', orgUrl: 'x' } } });
  const env = { CASTELLAN_CALL_TIMEOUT: 'soon', OKTA_API_TOKEN: secret };
  const args = [...httpOpen.slice(0, 2), '--prot', '1', '--log-level', 'loud', '--users', '7', '--config', config];
  const said = [
    '--prot',
    '--log-level',
    '--users',
    'htp',
    'http\\.prot',
    'acme\\.orgUrl',
    'acme\\.apiToken',
    'CASTELLAN_CALL_TIMEOUT',
  ];
  const more = ['--iunderstandtherisks'];
  const count = await expectPage(
    args,
    [...said, ...more].map((part) => new RegExp(part)),
    { env },
  );
  expect(count).toBeGreaterThanOrEqual(9);
});

test('a variable that is nearly one of ours, and a value that is neither true nor false, are refused', async () => {
  const env = {
    ...{
      CASTELLAN_AUTH_ISUER: secret,
      CASTELLAN_SIGNIN_ISSUER: secret,
      OKTA_API_TOKN: secret,
      CASTELLAN_SIGN_IN_SCOPE: '',
    },
    // What Kubernetes sets for a service of this name, other programs' own, and what is near to nothing.
    ...{ CASTELLAN_PORT: 'tcp://10.0.0.2:80', CASTELLAN_SERVICE_HOST: '10.0.0.2', CASTELLAN_LONG: '1' },
    ...{ OKTA_API_CLIENT_ID: 'x', OKTA_BASE_URL: 'x', OKTA_ORG_NAME: 'x' },
  };
  const said = [
    /CASTELLAN_AUTH_ISUER .*\n.*CASTELLAN_AUTH_ISSUER\?/,
    /CASTELLAN_SIGNIN_ISSUER .*\n.*CASTELLAN_SIGN_IN_ISSUER\?/,
    /OKTA_API_TOKN .*\n.*OKTA_API_TOKEN\?/,
  ];
  const config = fileWith({
    tenants: { acme: { platform: 'okta', orgUrl: 'http://127.0.0.1:9', apiToken: { env: 'OKTA_API_TOKEM' } } },
  });
  const args = ['serve', '--config', config, '--read-only=perhaps', '--dangerously=true'];
  const page = await expectPage(args, [...said, /--read-only is "perhaps"/], {
    env: { ...env, OKTA_API_TOKEM: secret },
  });
  // Three variables and two flags.
  expect(page).toBe(5);
});

test('an address that is wrong is not said to be missing as well', async () => {
  const env = { CASTELLAN_PUBLIC_URL: 'not an address', CASTELLAN_SIGN_IN_ISSUER: 'https://login.example.com' };
  const { status, stderr } = await runCastellan([...httpOpen.slice(0, 2), '--sandbox'], { env });
  expect(status).toBe(2);
  expect(stderr).toContain('CASTELLAN_PUBLIC_URL');
  expect(stderr).not.toMatch(/CASTELLAN_PUBLIC_URL is missing/);
});

test('a store that is no store is said before anything is served; doctor ends with 1', async () => {
  const store = fileWith('this is a letter, not a database');
  const doctor = await runCastellan(['doctor', '--sandbox'], { env: { CASTELLAN_STORE: store } });
  expect(doctor.status).toBe(1);
  expect(doctor.stdout).toContain(store);
  expect(doctor.stdout + doctor.stderr).not.toMatch(/\n {4}at /);
  for (const args of [['serve'], httpOpen])
    await expectPage([...args, '--sandbox', '--store', store], [/store/, /not an SQLite database/]);
});

test('flags of HTTP without --http, and an address of another machine, are wrong', async () => {
  const flags = ['--host', 'a', '--port', '1', '--allowed-hosts', 'a', '--allowed-origins', 'http://a'];
  const count = await expectPage(
    ['serve', '--sandbox', ...flags, '--no-auth', '--iunderstandtherisks'],
    [/--host goes/, /--port goes/, /--allowed-hosts goes/, /--allowed-origins goes/, /--no-auth goes/, /risks goes/],
  );
  expect(count).toBe(6);
  await expectPage([...httpOpen, '--sandbox', '--host', '192.0.2.1'], [/--host/, /no address of this machine/]);
});

test('in a container a server over HTTP is given its keys: one that is made there is gone with it', async () => {
  const env = {
    KUBERNETES_SERVICE_HOST: '10.0.0.1',
    CASTELLAN_SEAL_KEYS: '',
    OKTA_CLIENT_ORGURL: 'http://127.0.0.1:9',
  };
  await expectPage(httpOpen, [/CASTELLAN_SEAL_KEYS is missing.*container/, /openssl rand -base64 32/], {
    env: { ...env, OKTA_API_TOKEN: secret },
  });
  const sandbox = await serveHttp(['--sandbox', '--users', '5'], { env });
  expect(await sandbox.stop()).toBe(0);
}, 30_000);
