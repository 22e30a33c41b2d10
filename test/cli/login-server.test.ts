// castellan login, logout, tools and call with the address of an MCP server: as processes, at simulated identity providers
// and at a server that a test holds in its hands.

import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { signInKinds } from '../../src/sandbox/sign-in.ts';
import { type GuardedServer, openGuardedServer } from '../support/guarded-server.ts';
import { type HttpCastellan, long, runCastellan, serveHttp } from '../trials/castellan.ts';

const browser = fileURLToPath(new URL('../support/person-browser.ts', import.meta.url));
let folder: string;
let env: Record<string, string>;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'castellan-login-'));
  env = {
    CASTELLAN_DATA: join(folder, 'data'),
    CASTELLAN_STORE: 'memory',
    DISPLAY: ':0',
    PATH: `${folder}${delimiter}${process.env.PATH}`,
  };
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What the system opens addresses with, in the place of its own. */
function setBrowser(script: string): void {
  writeFileSync(join(folder, 'xdg-open'), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, 'xdg-open'), 0o755);
}

const run = (args: readonly string[], more: Record<string, string> = {}) =>
  runCastellan([...args], { folder, env: { ...env, ...more } });
const credentials = () => readdirSync(join(folder, 'data', 'credentials'));
const contents = () =>
  credentials()
    .map((file) => readFileSync(join(folder, 'data', 'credentials', file), 'utf8'))
    .join('\n');

/** Every token that is kept, as it stands in the files of a machine without a keyring. */
function keptTokens(): string[] {
  return [...contents().matchAll(/\\"(?:accessToken|refreshToken)\\":\\"([^\\]+)\\"/g)].map(([, token = '']) => token);
}

// The opener of other systems is not one that a test may replace.
describe.skipIf(process.platform !== 'linux')('at a Castellan whose people sign in at', () => {
  let castellan: HttpCastellan | undefined;

  afterEach(async () => {
    await castellan?.stop();
    castellan = undefined;
  });

  test.each(signInKinds)('%s: login, tools, call, logout; no token in anything that is written', async (kind) => {
    castellan = await serveHttp(['--sandbox', '--users', '20'], { door: ['--sandbox-sign-in', kind] });
    setBrowser(`exec '${process.execPath}' '${browser}' "$1"`);
    const url = `${castellan.url}/mcp`;
    const before = await run(['tools', url]);
    expect(before).toMatchObject({ status: 1, stderr: expect.stringContaining(`castellan login ${url}`) });

    const login = await run(['login', url]);
    expect(login).toMatchObject({ status: 0, stdout: expect.stringContaining(`✓ Signed in to ${url} (Castellan)`) });
    expect(login.stderr.match(/No keyring could be used/g)).toHaveLength(1);
    const tokens = keptTokens();
    expect(tokens.length).toBeGreaterThan(0);
    for (const file of credentials())
      expect(statSync(join(folder, 'data', 'credentials', file)).mode & 0o777, file).toBe(0o600);

    const tools = await run(['tools', url]);
    expect(tools).toMatchObject({ status: 0, stdout: expect.stringContaining('list_okta_users') });
    const call = await run(['call', url, 'list_okta_users', 'max_results=2', '--json']);
    expect(call.status, call.stderr).toBe(0);
    expect(JSON.parse(call.stdout).users).toHaveLength(2);
    const wrong = await run(['call', url, 'no_such_tool']);
    expect(wrong.status).toBe(2);

    const logout = await run(['logout', url]);
    expect(logout.stdout + logout.stderr).toMatch(/forgotten here|Forgotten on this machine/i);
    expect(credentials()).toEqual([]);
    expect((await run(['logout', url])).stdout).toContain('Nobody was signed in');
    const after = await run(['call', url, 'list_okta_users']);
    expect(after).toMatchObject({ status: 1, stderr: expect.stringContaining(`castellan login ${url}`) });
    for (const { stdout, stderr } of [before, login, tools, call, wrong, logout, after])
      for (const token of tokens) expect(stdout + stderr).not.toContain(token);
  });
});

describe.skipIf(process.platform !== 'linux')('at a server', () => {
  let server: GuardedServer;

  beforeEach(async () => {
    server = await openGuardedServer();
    setBrowser(`exec '${process.execPath}' -e 'fetch(process.argv[1])' "$1"`);
  });

  afterEach(() => server.close());

  test('several processes at once renew once, and none of them loses what was rotated', async () => {
    server.rules.lifetime = 2;
    expect((await run(['login', server.url.href])).status).toBe(0);
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    server.rules.lifetime = 3_600;
    server.rules.slowness = 300;
    const asked = () => server.asked.filter(({ form }) => form.get('grant_type') === 'refresh_token').length;
    const before = asked();
    const ran = await Promise.all([1, 2, 3].map(() => run(['call', server.url.href, 'whisper'])));
    for (const { status, stdout, stderr } of ran)
      expect({ status, stdout, stderr }).toMatchObject({ status: 0, stdout: 'hush\n' });
    expect(asked() - before).toBe(1);
    expect((await run(['call', server.url.href, 'whisper'])).stdout).toBe('hush\n');
  });

  test.runIf(long)('a person may take longer than a server may', { timeout: 120_000 }, async () => {
    setBrowser(`sleep 40; exec '${process.execPath}' -e 'fetch(process.argv[1])' "$1"`);
    expect(await run(['login', server.url.href])).toMatchObject({ status: 0 });
  });

  test('without a screen: a code, where the authorization server offers that', async () => {
    server.rules.metadata = { device_authorization_endpoint: `${server.issuer}/device` };
    server.rules.device = ['authorization_pending'];
    const { status, stdout } = await run(['login', server.url.href], { DISPLAY: '' });
    expect(status).toBe(0);
    expect(stdout).toContain('ABCD-EFGH');
    expect(stdout).toContain(`${server.issuer}/activate`);
    expect(stdout).not.toContain('was given by');
    expect(server.asked.find(({ url }) => url === '/device')?.form.get('resource')).toBe(server.url.href);
    expect((await run(['call', server.url.href, 'whisper'])).stdout).toBe('hush\n');

    // RFC 8628 §5.4: somebody else's code, for somebody else's page.
    server.rules.devicePage = 'https://login.elsewhere.example/device';
    const elsewhere = await run(['login', server.url.href, '--device']);
    expect(elsewhere.stdout.replace(/\s+/g, ' ')).toContain(
      `That page is at login.elsewhere.example, and the code was given by ${new URL(server.issuer).host}`,
    );
    server.rules.devicePage = undefined;

    server.rules.device = ['access_denied'];
    const denied = await run(['login', server.url.href, '--device']);
    expect(denied).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/✗ Access .* was refused \(access_denied/),
    });
    server.rules.metadata = {};
    const without = await run(['login', server.url.href, '--device']);
    expect(without).toMatchObject({ status: 1, stderr: expect.stringContaining('offers no codes') });
  });

  test('a server that asks nobody, and one that asks only where it matters', async () => {
    server.rules.open = true;
    server.rules.resourceMetadata = { authorization_servers: undefined };
    const open = await run(['login', server.url.href]);
    expect(open).toMatchObject({ status: 0, stdout: expect.stringContaining('asks for no sign-in: 1 tools') });
    expect(server.asked).toEqual([]);
    server.rules.resourceMetadata = {};
    const signedIn = await run(['login', server.url.href]);
    expect(signedIn).toMatchObject({ status: 0, stdout: expect.stringContaining('✓ Signed in') });
  });

  test('more scopes by --scope; a call that lacks some says how to get them', async () => {
    await run(['login', server.url.href]);
    server.rules.scopeOfCalls = 'write';
    const lacking = await run(['call', server.url.href, 'whisper']);
    expect(lacking.status).toBe(1);
    expect(lacking.stderr).toContain(`castellan login ${server.url.href} --scope 'read write'`);
    const again = await run(['login', server.url.href, '--scope', 'read write']);
    expect(again.stdout).toMatch(/Scopes: read write/);
    expect((await run(['call', server.url.href, 'whisper'])).stdout).toBe('hush\n');
  });

  test('a client by its id, with a secret from the environment that no file or output shows', async () => {
    const secret = 'canary-secret-of-the-client';
    const given = { CASTELLAN_LOGIN_CLIENT_SECRET: secret, CASTELLAN_LOGIN_ISSUER: server.issuer };
    const login = await run(['login', server.url.href, '--client-id', 'given-1'], given);
    expect(login.status, login.stderr).toBe(0);
    expect(server.asked.some(({ url }) => url === '/register')).toBe(false);
    expect(login.stdout + login.stderr).not.toContain(secret);
    const doctor = await run(['doctor', '--sandbox'], given);
    expect(doctor.stdout).toContain('client.clientSecret');
    expect(doctor.stdout + doctor.stderr).not.toContain(secret);
    // Kept with the sign-in, since renewing needs it.
    expect((await run(['call', server.url.href, 'whisper'])).stdout).toBe('hush\n');
    const loose = await run(['login', server.url.href, '--client-id', 'given-1'], {
      CASTELLAN_LOGIN_CLIENT_SECRET: secret,
    });
    expect(loose).toMatchObject({ status: 2, stderr: expect.stringMatching(/CASTELLAN_LOGIN_ISSUER.*is missing/) });
  });

  test('what a server says is shown without what hides in it', async () => {
    server.rules.tokenFailure = { status: 400, error: 'invalid_scope\u001b[2J\u202e' };
    const { stderr, status } = await run(['login', server.url.href]);
    expect(status).toBe(1);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
    expect(stderr).not.toMatch(/[\u001b\u202e]/);
  });
});

describe('used wrongly', () => {
  test.each<[readonly string[], RegExp]>([
    [['login', 'https://user:canary@mcp.example/mcp'], /holds a user or password/],
    [['login', 'https://'], /no address/],
    [['login', 'https://mcp.example/mcp', '--tenant', 'acme'], /--tenant is a setting of Castellan itself/],
    [['login', 'https://mcp.example/mcp', '--device', '--port', '80'], /--port goes with a browser/],
    [['login', 'https://mcp.example/mcp', '--port', 'x'], /--port/],
    [['login', 'https://mcp.example/mcp', '--client-metadata-url', 'http://acme.example/c.json'], /https/],
    [['login', 'okta', '--scope', 'read'], /--scope goes with the address/],
    [['login'], /place is missing[\s\S]*scalekit/],
    [['logout'], /place is missing/],
    [['login', 'scalekit'], /SCALEKIT_AUTHORIZATION_SERVER/],
    [['tools', 'mcp.example/mcp'], /no address/],
    [['tools', 'https://mcp.example/mcp', '--read-only'], /--read-only is a setting of Castellan itself/],
    [['call', 'https://mcp.example/mcp'], /tool is missing/],
    [['call', 'https://mcp.example/mcp', 'x', 'nonsense'], /is not key=value/],
    [['call', 'https://mcp.example/mcp', 'x', '--sandbox'], /--sandbox is a setting of Castellan itself/],
  ])('%j', async (args, says) => {
    const { status, stdout, stderr } = await run(args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(says);
    expect(stderr).not.toContain('canary');
  });
});

test('what a server says it fails with moves and hides nothing on the terminal (ECMA-48)', async () => {
  const said = 'no\u001b]52;c;Y2FuYXJ5\u0007\u001b[2J\u009b31m\u202e tools';
  const server = createServer(async (request, response) => {
    const body = await text(request);
    if (body === '') return response.writeHead(405).end();
    const { id, method, params } = JSON.parse(body);
    if (id === undefined) return response.writeHead(202).end();
    const { protocolVersion } = params ?? {};
    const result = { protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 'loud', version: '1' } };
    const answer = method === 'initialize' ? { result } : { error: { code: -32000, message: said } };
    response.writeHead(200, { 'content-type': 'application/json' });
    return response.end(JSON.stringify({ jsonrpc: '2.0', id, ...answer }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  for (const command of [['tools'], ['login'], ['call', 'TOOL']]) {
    const [name = '', ...rest] = command;
    const { status, stdout, stderr } = await run([name, `http://127.0.0.1:${port}/mcp`, ...rest]);
    expect(status, name).not.toBe(0);
    expect(stderr, name).toContain('tools');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    expect(stdout + stderr, name).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  }
  server.close();
});
