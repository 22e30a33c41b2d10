// castellan sandbox with OAuth: what it prints is what a person types next, and it works.

import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { sandboxPerson } from '../../src/cli/sandbox-person.ts';
import { loadConfig } from '../../src/config.ts';
import { signInKinds } from '../../src/sandbox/sign-in.ts';
import { ask } from '../support/answers.ts';
import { createSigningClient, openBrowser } from '../support/sign-in.ts';
import { runCastellan, startCastellan } from '../trials/castellan.ts';

const castellan = fileURLToPath(new URL('../../bin/castellan.js', import.meta.url));
const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const running: ChildProcess[] = [];
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'castellan-sandbox-'));
  writeFileSync(join(folder, 'key.pub.pem'), publicKey.export({ type: 'spki', format: 'pem' }));
  writeFileSync(join(folder, 'key.pub.json'), JSON.stringify({ ...publicKey.export({ format: 'jwk' }), kid: 'mine' }));
  writeFileSync(join(folder, 'key.pem'), pem);
  writeFileSync(join(folder, 'key.json'), JSON.stringify(privateKey.export({ format: 'jwk' })));
  writeFileSync(join(folder, 'note.txt'), 'no key');
  const odd = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' });
  writeFileSync(join(folder, 'odd.pem'), odd);
});

afterEach(() => {
  for (const child of running.splice(0)) child.kill();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What it has printed when it says how to end it. */
async function start(...args: string[]): Promise<string> {
  const child = spawn(process.execPath, [castellan, 'sandbox', '--port', '0', '--users', '30', ...args]);
  running.push(child);
  let shown = '';
  for await (const chunk of child.stdout) {
    shown += String(chunk);
    if (shown.includes('Ctrl-C')) return shown;
  }
  throw new Error(`it ended: ${shown}`);
}

test.each([
  ['key.pub.pem', {}],
  ['key.pub.json', { OKTA_KEY_ID: 'mine' }],
])('with the public key in %s, the service app that it names works', async (file, more) => {
  const shown = await start('--service-key', join(folder, file));
  const orgUrl = /OKTA_CLIENT_ORGURL=(\S+)/.exec(shown)?.[1] ?? '';
  const clientId = /OKTA_CLIENT_ID=(\S+)\n.*OKTA_PRIVATE_KEY/.exec(shown)?.[1] ?? '';
  const env = {
    OKTA_CLIENT_ORGURL: orgUrl,
    OKTA_CLIENT_ID: clientId,
    OKTA_PRIVATE_KEY: pem,
    CASTELLAN_DATA: join(folder, 'data'),
    CASTELLAN_STORE: 'memory',
    ...more,
  };
  const doctor = await runCastellan(['doctor'], { folder, env });
  expect(doctor).toMatchObject({ status: 0, stdout: expect.stringContaining(`service app ${clientId}, DPoP on`) });
});

test('without a key it says how to bring one, and names the app that people sign in to', async () => {
  const shown = await start();
  expect(shown).toMatch(/OKTA_CLIENT_ID=0oa\w+\n\s+castellan login okta/);
  expect(shown).toContain('--service-key');
  expect(shown).not.toContain('OKTA_PRIVATE_KEY');
});

test.each([
  ['key.pem', /is a private key[\s\S]*openssl pkey/],
  ['key.json', /is a private key[\s\S]*member d/],
  ['note.txt', /is neither a public key in PEM nor a JSON Web Key/],
  ['odd.pem', /is of a kind that Okta does not take \(ed25519\)/],
  ['nothing.pem', /cannot be read \(ENOENT\)/],
])('%s is refused, and nothing of it is shown', async (file, says) => {
  const run = await runCastellan(['sandbox', '--port', '0', '--service-key', join(folder, file)], { folder, env: {} });
  expect(run).toMatchObject({ status: 2, stdout: '', stderr: expect.stringMatching(says) });
  expect(run.stderr).not.toMatch(/BEGIN|"d"/);
});

/** As a shell reads them. */
function settingsIn(shown: string): Record<string, string> {
  const found = shown.matchAll(/export ((?:CASTELLAN|IAM|OCI)_\w+)=(?:'([^']*)'|(\S+))/g);
  return Object.fromEntries([...found].map(([, name, quoted, plain]) => [name, quoted ?? plain ?? '']));
}

test('with --sign-in okta the client that it names for introspection knows the server’s tokens', async () => {
  const settings = settingsIn(await start('--sign-in', 'okta'));
  expect(settings).toMatchObject({ CASTELLAN_AUTH_PROVIDER: 'okta', CASTELLAN_AUTH_AUDIENCE: 'api://default' });
  const {
    CASTELLAN_AUTH_ISSUER: issuer,
    CASTELLAN_AUTH_CLIENT_ID: id,
    CASTELLAN_AUTH_CLIENT_SECRET: secret,
  } = settings;
  const answer = await fetch(`${issuer}/v1/introspect`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${id}:${secret}`)}` },
    body: new URLSearchParams({ token: 'none' }),
  });
  expect(await answer.json()).toEqual({ active: false });
});

test('with --mcp-server and --callback the server is registered, and people are returned where it says', async () => {
  const mcpServer = 'http://127.0.0.1:4100/mcp';
  const back = 'http://127.0.0.1:4100/oauth/callback';
  const shown = await start('--sign-in', 'scalekit', '--mcp-server', mcpServer, '--callback', back);
  const settings = settingsIn(shown);
  expect(settings).toMatchObject({ CASTELLAN_PUBLIC_URL: mcpServer, CASTELLAN_AUTH_PROVIDER: 'scalekit' });
  expect(shown).toContain('castellan serve --http --port 4100');
  const { faults } = loadConfig({}, { env: { ...settings, CASTELLAN_DATA: folder }, folder, tenants: false });
  expect(faults).toEqual([]);
  const issuer = new URL(settings.CASTELLAN_AUTH_ISSUER ?? '');
  const metadata = await fetch(`${issuer.origin}/.well-known/oauth-authorization-server${issuer.pathname}`);
  expect(await metadata.json()).toHaveProperty('registration_endpoint');
  const authorize = (redirectUri: string) =>
    fetch(
      `${settings.CASTELLAN_SIGN_IN_ISSUER}/oauth/authorize?${new URLSearchParams({
        client_id: settings.CASTELLAN_SIGN_IN_CLIENT_ID ?? '',
        redirect_uri: redirectUri,
        response_type: 'code',
        scope: 'openid',
      })}`,
    );
  expect((await authorize(back)).status).toBe(200);
  expect((await authorize('http://127.0.0.1:3000/oauth/callback')).status).toBe(400);
});

test.each([
  [['--callback', 'http://127.0.0.1:1/cb'], /--callback.*goes with --sign-in/],
  [['--sign-in', 'okta', '--mcp-server', 'http://127.0.0.1:1/mcp'], /--mcp-server.*scalekit/],
  [['--sign-in', 'okta', '--callback', 'here'], /--callback.*"here"/],
])('%j is refused', async (args, says) => {
  const run = await runCastellan(['sandbox', '--port', '0', ...args], { folder, env: {} });
  expect(run).toMatchObject({ status: 2, stdout: '', stderr: expect.stringMatching(says) });
});

test.each(signInKinds)('with --sign-in %s it says how its people sign in at Castellan', async (kind) => {
  const shown = await start('--sign-in', kind);
  const settings = settingsIn(shown);
  expect(settings).toMatchObject({
    CASTELLAN_SIGN_IN_PROVIDER: kind,
    CASTELLAN_PUBLIC_URL: 'http://127.0.0.1:3000/mcp',
  });
  const { config, faults } = loadConfig({}, { env: { ...settings, CASTELLAN_DATA: folder }, folder, tenants: false });
  expect(faults).toEqual([]);
  // Its administrators may do everything, and decide everybody's questions.
  const [operator = ''] = config.signIn.operators;
  expect(config.auth.groupMap?.[operator.replace('group:', '')]).toContain('castellan:destroy');
  const found = await fetch(`${config.signIn.issuer}/.well-known/openid-configuration`);
  const metadata = (await found.json()) as { authorization_endpoint: string };
  const request = new URLSearchParams({
    client_id: config.signIn.clientId ?? '',
    redirect_uri: 'http://127.0.0.1:3000/oauth/callback',
    response_type: 'code',
    scope: 'openid profile email',
    state: 's',
    code_challenge: 'c'.repeat(43),
    code_challenge_method: 'S256',
  });
  const page = await (await fetch(`${metadata.authorization_endpoint}?${request}`)).text();
  expect(page).toContain('This is a sandbox.');
  expect(shown).toContain(/<kbd>([^<]+)<\/kbd><\/p>/.exec(page)?.[1] ?? 'a password');
});

test('with --sign-in oci a server with the variables that it prints acts at OCI as whoever signed in', async () => {
  const port = 30_000 + (process.pid % 20_000);
  const origin = `http://127.0.0.1:${port}`;
  const shown = await start('--sign-in', 'oci', '--callback', `${origin}/oauth/callback`);
  const env = { ...settingsIn(shown), CASTELLAN_PUBLIC_URL: `${origin}/mcp`, CASTELLAN_STORE: 'memory' };
  const server = startCastellan(['serve', '--http', '--port', String(port)], { env });
  await vi.waitFor(() => expect(server.stderr()).toContain('Serving MCP at'), { timeout: 20_000 });
  const client = await createSigningClient({
    url: `${origin}/mcp`,
    era: '2026-07-28',
    browser: openBrowser(),
  }).connect();
  expect((await ask(client, 'whoami')).value).toMatchObject({ login: sandboxPerson, credential: 'caller' });
  await client.close();
  await server.stop();
}, 40_000);
