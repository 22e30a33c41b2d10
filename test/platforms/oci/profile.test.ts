// Profiles of the OCI configuration file, as Castellan on stdio is used with them: API keys, sessions, and what is wrong with one.

import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { CastellanError } from '../../../src/core/errors.ts';
import { loadDefaults } from '../../../src/core/settings.ts';
import { openOciTenant } from '../../../src/platforms/oci/index.ts';
import { ociSettings } from '../../../src/platforms/oci/settings.ts';
import { openSandbox, type Sandbox, type SandboxOci } from '../../../src/sandbox/index.ts';
import { runCastellan } from '../../trials/castellan.ts';

const admin = 'helena.brandt@larkspur.example';
const other = 'declan.kinsella@larkspur.example';
let sandbox: Sandbox;
let oci: SandboxOci;
let folder: string;
let later = 0;
const now = () => Date.now() + later;

beforeAll(async () => {
  sandbox = await openSandbox({ users: 60 });
  oci = await sandbox.oci();
});
afterAll(() => sandbox.close());
beforeEach(() => {
  later = 0;
  folder = mkdtempSync(join(tmpdir(), 'castellan-oci-'));
  return () => rmSync(folder, { recursive: true });
});

const put = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

/** A section with an API key, whose file lies beside. */
function apiKeySection(name: string, login = admin, more = ''): string {
  const { privateKey, ...facts } = oci.apiKeyOf(login);
  put(`${name}.pem`, `${privateKey}\nOCI_API_KEY\n`);
  const lines = Object.entries(facts).map(([key, value]) => `${key}=${value}`);
  return [`[${name}]`, ...lines, `key_file=${join(folder, `${name}.pem`)}`, more].join('\n');
}

function sessionSection(name: string, login = admin): string {
  const { privateKey, token, tenancy, region, fingerprint } = oci.sessionOf(login);
  put(`${name}.pem`, privateKey);
  put(`${name}.token`, token);
  const files = [`key_file=${name}.pem`, `security_token_file=${name}.token`];
  return [`[${name}]`, `tenancy=${tenancy}`, `region = ${region}`, `fingerprint=${fingerprint}`, ...files].join('\n');
}

function openProfile(
  profile: string,
  more: Partial<Parameters<typeof openOciTenant>[1]> = {},
  fetching: (url: string, init: RequestInit) => Promise<Response> = fetch,
) {
  const settings = {
    ...loadDefaults(ociSettings),
    domainUrl: oci.url,
    endpoints: oci.services,
    configFile: join(folder, 'config'),
    profile,
    ...more,
  };
  const tenant = openOciTenant('oci', settings, {
    fetch: fetching,
    now,
    random: () => 0.5,
    userAgent: 'castellan/test',
  });
  return tenant.connect({ signal: new AbortController().signal, deadline: now() + 30_000 });
}

type Client = ReturnType<typeof openProfile>;
const { z } = await import('zod');
const readNamespace = (client: Client) => client.service('objectstorage').get({ path: ['n'], entity: z.string() });

async function refusal(promise: Promise<unknown>): Promise<CastellanError> {
  const thrown: unknown = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(thrown instanceof CastellanError)) throw new Error(`not refused: ${String(thrown)}`);
  return thrown;
}

describe('an API key', () => {
  test('signs as its user; comments, blanks and a label after the key are no hindrance', async () => {
    put('config', `# made by hand\r\n${apiKeySection('DEFAULT').replace(/\n/g, '\r\n')}\r\n; the end\r\n`);
    const client = openProfile('DEFAULT');
    expect(await client.identity()).toEqual({
      tenancy: oci.tenancyId,
      user: oci.apiKeyOf(admin).user,
      region: oci.homeRegion,
      kind: 'api_key',
    });
    expect(await readNamespace(client)).toMatch(/^\w+$/);
    expect(await client.claims()).toEqual({});
  });

  test('of a profile counts more than DEFAULT’s, and what it does not say is DEFAULT’s', async () => {
    const own = apiKeySection('OTHER', other).replace(/^(tenancy|region)=.*\n/gm, '');
    put('config', `${apiKeySection('DEFAULT')}\n${own}`);
    const identity = await openProfile('OTHER').identity();
    expect(identity).toMatchObject({ user: oci.apiKeyOf(other).user, tenancy: oci.tenancyId, region: oci.homeRegion });
    expect(await readNamespace(openProfile('OTHER'))).toMatch(/^\w+$/);
  });

  test('does not become a session because DEFAULT is one', async () => {
    put('config', `${sessionSection('DEFAULT')}\n${apiKeySection('OTHER', other)}`);
    expect((await openProfile('OTHER').identity()).kind).toBe('api_key');
    expect((await openProfile('DEFAULT').identity()).kind).toBe('session');
  });

  test('with a passphrase is opened with the profile’s, or with the setting’s', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'open sesame' });
    const write = (line: string) => {
      put('config', apiKeySection('DEFAULT', admin, line));
      put('DEFAULT.pem', pem.toString());
    };
    write('pass_phrase=open sesame');
    // The key is another one than the domain knows: what opens it is what is tried.
    expect(await refusal(readNamespace(openProfile('DEFAULT')))).toMatchObject({ code: 'unauthorized' });
    write('');
    const error = await refusal(readNamespace(openProfile('DEFAULT')));
    expect(error).toMatchObject({ code: 'bad_configuration', message: expect.stringMatching(/passphrase/) });
    const { Secret } = await import('../../../src/core/secret.ts');
    const opened = openProfile('DEFAULT', { passphrase: new Secret('open sesame') });
    expect(await refusal(readNamespace(opened))).toMatchObject({ code: 'unauthorized' });
    expect(JSON.stringify(error)).not.toContain('sesame');
  });
});

describe('a session', () => {
  test('signs with its token, and tells who and until when', async () => {
    put('config', sessionSection('SESSION'));
    const client = openProfile('SESSION');
    expect(await client.identity()).toMatchObject({ user: oci.apiKeyOf(admin).user, kind: 'session' });
    expect(await readNamespace(client)).toMatch(/^\w+$/);
    expect((await client.claims()).session).toMatchObject({ exp: expect.any(Number) });
  });

  test('that has ended is told with the command that begins another, without asking OCI', async () => {
    put('config', sessionSection('SESSION'));
    const client = openProfile('SESSION');
    await readNamespace(client);
    later = 61 * 60_000;
    const before = oci.requests;
    const error = await refusal(readNamespace(client));
    expect(error.code).toBe('unauthorized');
    expect(error.hint).toContain(`oci session authenticate --profile-name SESSION --region ${oci.homeRegion}`);
    expect(error.hint).toContain('oci session refresh --profile SESSION');
    expect(oci.requests).toBe(before);
  });

  test('that was refreshed counts at once, without a restart', async () => {
    put('config', sessionSection('SESSION'));
    const client = openProfile('SESSION');
    const user = (await client.identity()).user;
    sessionSection('SESSION', other);
    const soon = new Date(Date.now() + 10_000);
    for (const name of ['SESSION.pem', 'SESSION.token']) utimesSync(join(folder, name), soon, soon);
    later = 2_000;
    const renewed = await client.identity();
    expect(renewed.user).not.toBe(user);
    expect(renewed.user).toBe(oci.apiKeyOf(other).user);
    expect(await readNamespace(client)).toMatch(/^\w+$/);
  });
});

describe('what is wrong with a profile is told with where and what to do', () => {
  test.each([
    ['no file', () => rmSync(join(folder, 'config'), { force: true }), /configuration file .*config cannot be read/],
    ['no such profile', () => put('config', '[A]\n[B]\n'), /has no profile DEFAULT; it has: A, B/],
    ['a line is missing', () => put('config', '[DEFAULT]\nregion=eu-amsterdam-1\n'), /lacks tenancy/],
    [
      'no key file',
      () => put('config', apiKeySection('DEFAULT').replace('DEFAULT.pem', 'none.pem')),
      /key file .*none\.pem cannot/,
    ],
    [
      'the key is none',
      () => {
        put('config', apiKeySection('DEFAULT'));
        put('DEFAULT.pem', 'not a key');
      },
      /no RSA key in PEM/,
    ],
    [
      'the session token is none',
      () => {
        put('config', sessionSection('DEFAULT'));
        put('DEFAULT.token', 'nothing');
      },
      /session token of the profile DEFAULT is none/,
    ],
  ])('%s', async (_what, prepare, says) => {
    prepare();
    const error = await refusal(openProfile('DEFAULT').identity());
    expect(error).toMatchObject({ code: 'bad_configuration', message: expect.stringMatching(says) });
    expect(error.hint).toBeTruthy();
  });

  test('and is read anew once it is put right', async () => {
    const client = openProfile('DEFAULT');
    await refusal(client.identity());
    put('config', apiKeySection('DEFAULT'));
    expect((await client.identity()).kind).toBe('api_key');
  });
});

test('paths begin with ~ as the OCI tools have it', async () => {
  const name = `.castellan-test-${process.pid}`;
  const place = join(homedir(), name);
  mkdirSync(place);
  try {
    const { privateKey } = oci.apiKeyOf(admin);
    writeFileSync(join(place, 'key.pem'), privateKey);
    writeFileSync(join(place, 'config'), apiKeySection('DEFAULT').replace(/key_file=.*/, `key_file=~/${name}/key.pem`));
    const client = openProfile('DEFAULT', { configFile: `~/${name}/config` });
    expect(await readNamespace(client)).toMatch(/^\w+$/);
  } finally {
    rmSync(place, { recursive: true });
  }
});

test('where no domain is named, the tenancy’s Default one is asked, found once', async () => {
  put('config', apiKeySection('DEFAULT'));
  const asked: string[] = [];
  const client = openProfile('DEFAULT', { domainUrl: undefined }, async (url, init) => {
    asked.push(url);
    return url.startsWith('https://') ? Response.json({ id: '1' }) : fetch(url, init);
  });
  const me = { path: ['Me'], entity: z.looseObject({ id: z.string() }) };
  for (const _ of [1, 2]) expect((await client.domain.get(me)).id).toBe('1');
  const home = oci.services[oci.homeRegion];
  expect(asked).toEqual([
    expect.stringMatching(`^${home}/20160918/domains\\?compartmentId=${oci.tenancyId}`),
    `https://${oci.tenant}.identity.oraclecloud.com/admin/v1/Me`,
    `https://${oci.tenant}.identity.oraclecloud.com/admin/v1/Me`,
  ]);
});

describe('on the command line', () => {
  const endpoints = () =>
    Object.entries(oci.services)
      .map(([region, url]) => `${region}=${url}`)
      .join(',');

  test('the variables of OCI’s own tools name file and profile', async () => {
    put('config', apiKeySection('WORK'));
    const files = { OCI_CLI_CONFIG_FILE: join(folder, 'config'), OCI_CLI_PROFILE: 'WORK' };
    const env = { ...files, OCI_ENDPOINTS: endpoints(), OCI_DOMAIN_URL: oci.url };
    const { stdout, status, stderr } = await runCastellan(['call', 'whoami', '--json'], { env });
    expect([status, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toMatchObject({ login: admin, credential: 'api_key', region: oci.homeRegion });
  }, 30_000);

  test('a profile beside an exchange is a fault, and so is half a way in', async () => {
    const both = {
      OCI_CLI_PROFILE: 'WORK',
      IAM_DOMAIN: oci.url,
      IAM_TOKENEXCHANGE_CLIENT_ID: 'x',
      IAM_TOKENEXCHANGE_CLIENT_SECRET: 'y',
    };
    const two = await runCastellan(['call', 'whoami'], { env: both });
    expect(two.status).toBe(2);
    expect(two.stderr).toMatch(/OCI_CLI_PROFILE\s+does not go with IAM_TOKENEXCHANGE_CLIENT_ID/);
    const half = await runCastellan(['call', 'whoami'], { env: { IAM_DOMAIN: 'larkspur.identity.oraclecloud.com' } });
    expect(half.status).toBe(2);
    expect(half.stderr).toMatch(/IAM_TOKENEXCHANGE_CLIENT_ID\s+is missing/);
  }, 30_000);
});
