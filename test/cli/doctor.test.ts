// castellan doctor: this machine, each platform's tenants, MCP clients; as text for people and as JSON for programs.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openSandbox, type Sandbox } from '../../src/sandbox/index.ts';
import { type Home, makeHome } from '../support/mcp-clients.ts';
import { tenantOf } from '../trials/castellan.ts';

vi.setConfig({ testTimeout: 60_000 });

let sandbox: Sandbox;
const homes: Home[] = [];
beforeAll(async () => {
  sandbox = await openSandbox({ users: 20, rateLimits: 'off' });
});
afterAll(async () => {
  for (const home of homes) home.remove();
  await sandbox.close();
});
function newHome(): Home {
  const home = makeHome();
  homes.push(home);
  return home;
}

interface Report {
  readonly ok: boolean;
  readonly version: string;
  readonly faults: readonly { readonly where: string }[];
  readonly checks: readonly {
    readonly group: string;
    readonly name: string;
    readonly ok: boolean;
    readonly says: string;
  }[];
  readonly settings: readonly { readonly name: string; readonly value: string; readonly origin: string }[];
}

async function environmentOf(): Promise<Record<string, string>> {
  const { url, client } = await sandbox.scalekit();
  const scalekit = {
    SCALEKIT_ENVIRONMENT_URL: url,
    SCALEKIT_CLIENT_ID: client.id,
    SCALEKIT_CLIENT_SECRET: client.secret,
  };
  return { ...tenantOf(sandbox.okta), ...scalekit };
}

test('--json is one object with everything that the text says, without secrets; the exit status is the same', async () => {
  const env = await environmentOf();
  const home = newHome();
  const { status, stdout, stderr } = await home.doctor(['--json'], env);
  expect(stderr).toBe('');
  const report = JSON.parse(stdout) as Report;
  expect(report).toMatchObject({ ok: true, faults: [] });
  expect(status).toBe(0);
  const names = report.checks.map(({ group, name }) => `${group}: ${name}`);
  for (const name of ['versions', 'store', 'seal keys', 'audit log']) expect(names).toContain(`This machine: ${name}`);
  expect(names).toContain('Okta: okta clock');
  expect(names).toContain('Scalekit: scalekit clock');
  expect(report.checks.find(({ name }) => name === 'scalekit clock')?.says).toContain('agrees with Scalekit’s');
  for (const secret of [env.OKTA_API_TOKEN, env.SCALEKIT_CLIENT_SECRET]) expect(stdout).not.toContain(secret);
  const wrong = await home.doctor(['--json'], { ...env, OKTA_API_TOKEN: 'canary-of-another' });
  expect(wrong.status).toBe(1);
  expect((JSON.parse(wrong.stdout) as Report).ok).toBe(false);
  expect(wrong.stdout).not.toContain('canary');
  const faulty = await home.doctor(['--json'], { OKTA_API_TOKEN: 'canary' });
  expect(faulty.status).toBe(2);
  expect((JSON.parse(faulty.stdout) as Report).faults.map(({ where }) => where)).toContain('OKTA_CLIENT_ORGURL');
});

test('settings are those that somebody set; --all shows the others', async () => {
  const home = newHome();
  const env = tenantOf(sandbox.okta);
  const { stdout } = await home.doctor([], env);
  expect(stdout).toContain('tenants.okta.orgUrl');
  expect(stdout).not.toContain('http.port');
  expect((await home.doctor(['--all'], env)).stdout).toContain('http.port');
});

test('a clock that is off the tenant’s is told, by the Date header (RFC 9110 §6.6.1)', async () => {
  const { url, client } = await sandbox.scalekit();
  // Everything as it is, an hour later.
  const later = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)] as [string, string]);
    const answer = await fetch(url + request.url, {
      method: request.method ?? 'GET',
      headers: headers.filter(([name]) => !['host', 'connection', 'content-length'].includes(name)),
      ...(chunks.length > 0 && { body: Buffer.concat(chunks) }),
    });
    const type = answer.headers.get('content-type') ?? 'application/json';
    response.writeHead(answer.status, { 'content-type': type, date: new Date(Date.now() + 3_600_000).toUTCString() });
    response.end(await answer.text());
  });
  await new Promise<void>((resolve) => later.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(later.address() as AddressInfo).port}`;
  const env = {
    SCALEKIT_ENVIRONMENT_URL: address,
    SCALEKIT_CLIENT_ID: client.id,
    SCALEKIT_CLIENT_SECRET: client.secret,
  };
  const { status, stdout } = await newHome().doctor([], env);
  expect(stdout).toMatch(/✗ scalekit clock: .*60 min behind Scalekit.*\n.*NTP/);
  expect(status).toBe(1);
  await new Promise((resolve) => later.close(resolve));
});

test('an audit log that cannot be written is told: nothing would be done', async () => {
  const home = newHome();
  home.write('not-a-folder', '');
  const env = { ...tenantOf(sandbox.okta), CASTELLAN_AUDIT: home.path('not-a-folder') };
  const { status, stdout } = await home.doctor([], env);
  expect(stdout).toMatch(/✗ audit log: cannot be written .*\n.*CASTELLAN_AUDIT/);
  expect(status).toBe(1);
});

test('an address at which nobody is, or somebody else, is told once, with the setting and the cause', async () => {
  const absent = {
    OKTA_CLIENT_ORGURL: 'http://127.0.0.1:9',
    OKTA_API_TOKEN: 'canary',
    SCALEKIT_ENVIRONMENT_URL: 'https://acme.castellan.invalid',
    SCALEKIT_CLIENT_ID: 'skc_1',
    SCALEKIT_CLIENT_SECRET: 'canary',
  };
  const { status, stdout } = await newHome().doctor([], absent);
  expect(status).toBe(1);
  expect(stdout).toMatch(/✗ okta address: .*127\.0\.0\.1:9.*\n.*OKTA_CLIENT_ORGURL/);
  expect(stdout).toMatch(/• okta credential: not asked; see address\n/);
  expect(stdout).toMatch(/• okta clock: not asked; see address\n/);
  expect(stdout).toMatch(/✗ scalekit credential: acme\.castellan\.invalid .*\n.*SCALEKIT_ENVIRONMENT_URL/);
  expect(stdout).toMatch(/2 of these need your attention/);
  expect(stdout).not.toContain('castellan doctor');
  const page = createServer((_request, response) => void response.end('<html>Welcome</html>'));
  await new Promise<void>((resolve) => page.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(page.address() as AddressInfo).port}`;
  const other = await newHome().doctor([], { OKTA_CLIENT_ORGURL: url, OKTA_API_TOKEN: 'canary' });
  expect(other.stdout).toMatch(/✗ okta address: .* answers, but not as Okta does\n.*OKTA_CLIENT_ORGURL/);
  expect(other.stdout).toMatch(/1 of these needs your attention/);
  await new Promise((resolve) => page.close(resolve));
});

test('MCP clients: servers of others are not looked at, and an entry that starts nothing is told', async () => {
  const home = newHome();
  const others = {
    issues: { url: 'https://mcp.issues.example/mcp', headers: { Authorization: 'Bearer of-somebody-else' } },
    bridged: { command: 'npx', args: ['-y', 'mcp-remote', 'https://mcp.issues.example/sse'] },
  };
  home.write('.cursor/mcp.json', JSON.stringify({ mcpServers: others }));
  const wrapped = { command: 'env', args: ['A=1', 'node', '/gone/bin/castellan.js', 'serve'] };
  home.write('.gemini/settings.json', JSON.stringify({ mcpServers: { castellan: wrapped } }));
  home.write('.codeium/windsurf/mcp_config.json', '{"mcpServers":{"castellan":{"command":5}}}');
  const { stdout, status } = await home.doctor([], tenantOf(sandbox.okta));
  expect(stdout).toMatch(/• Cursor: does not know Castellan/);
  expect(stdout).not.toContain('issues');
  expect(stdout).toMatch(/✗ Gemini CLI: castellan starts \/gone\/bin\/castellan\.js, which is not there/);
  expect(stdout).toMatch(/✗ Windsurf: castellan in .* has neither a command nor an address/);
  expect(status).toBe(1);
});

test('MCP clients: which know this Castellan, which start what is gone, which hold a secret or a broken file', async () => {
  const home = newHome();
  const env = tenantOf(sandbox.okta);
  for (const client of ['cursor', 'codex', 'claude-code']) await home.init([client], env);
  await home.init(['gemini', '--remote', 'https://mcp.example.com/mcp']);
  home.write('.codeium/windsurf/mcp_config.json', '{}');
  const well = await home.doctor([], env);
  expect(well.stdout).toMatch(/✓ Cursor: castellan starts this Castellan/);
  expect(well.stdout).toMatch(/✓ Codex: castellan starts this Castellan/);
  expect(well.stdout).toMatch(/✓ Gemini CLI: castellan reaches https:\/\/mcp\.example\.com\/mcp/);
  expect(well.stdout).toMatch(/• Windsurf: does not know Castellan; castellan init windsurf tells it/);
  expect(well.stdout).not.toContain('VS Code');
  expect(well.status).toBe(0);

  const gone = home.read('.codex/config.toml').replace(/"[^"]*castellan\.js"/, '"/gone/bin/castellan.js"');
  home.write('.codex/config.toml', gone);
  home.write('.claude.json', '{ // no\n}');
  const literal = home.read('.cursor/mcp.json').replace(/\$\{env:OKTA_API_TOKEN\}/, 'canary-in-a-file');
  home.write('.cursor/mcp.json', literal);
  const ill = await home.doctor([], env);
  expect(ill.status).toBe(1);
  expect(ill.stdout).toMatch(
    /✗ Codex: castellan starts \/gone\/bin\/castellan\.js, which is not there\n.*castellan init codex/,
  );
  expect(ill.stdout).toMatch(/✗ Claude Code: .*\.claude\.json.*line 1, column 3\n.*Mend the file/);
  expect(ill.stdout).toMatch(/✗ Cursor: .*holds OKTA_API_TOKEN itself\n.*castellan init cursor.*replace the secret/);
  expect(ill.stdout).not.toContain('canary-in-a-file');
});
