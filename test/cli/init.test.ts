// castellan init: what it writes into the files of MCP clients works, and nothing else in them changes.

import { chmodSync, lstatSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { entryOf, type Home, type KnownClient, knownClients, makeHome, toolsOf } from '../support/mcp-clients.ts';

// Each test starts several processes, beside those of others.
vi.setConfig({ testTimeout: 60_000 });

const homes: Home[] = [];
afterAll(() => {
  for (const home of homes) home.remove();
});
function newHome(): Home {
  const home = makeHome();
  homes.push(home);
  return home;
}
const by = (id: string) => knownClients.find((client) => client.id === id) as KnownClient;
const secret = 'canary-secret-of-a-tenant';
const okta = { OKTA_CLIENT_ORGURL: 'https://acme.okta.com', OKTA_API_TOKEN: secret };

describe.concurrent.each(knownClients)('$id', (client) => {
  test('the entry starts Castellan from any folder and with hardly a search path, and is there once', async () => {
    const home = newHome();
    const first = await home.init([client.id, '--sandbox', '--read-only', '--tools', 'list_okta_users,get_okta_user']);
    expect(first).toMatchObject({ status: 0, stderr: '' });
    const text = home.read(client.file);
    const entry = entryOf(client, text);
    expect(await toolsOf(client, entry ?? {}, home)).toEqual(['list_okta_users', 'get_okta_user']);
    expect(statSync(home.path(client.file)).mode & 0o777).toBe(0o600);
    const again = await home.init([client.id, '--sandbox', '--read-only', '--tools', 'list_okta_users,get_okta_user']);
    expect(again.stdout).toContain('nothing was changed');
    expect(home.read(client.file)).toBe(text);
  });

  test('a secret is only referred to, or the client is refused; the entry works with what it refers to', async () => {
    const home = newHome();
    const { status, stdout, stderr } = await home.init([client.id], okta);
    expect(stdout + stderr).not.toContain(secret);
    if (client.id === 'claude-desktop') {
      expect(status).toBe(2);
      expect(stderr).toMatch(
        /OKTA_API_TOKEN, and a secret is not written there[\s\S]*castellan login[\s\S]*castellan\.json/,
      );
      expect(() => home.read(client.file)).toThrow();
      return;
    }
    expect(status).toBe(0);
    const text = home.read(client.file);
    expect(text).not.toContain(secret);
    expect(text).toContain('https://acme.okta.com');
    expect(stdout).toContain('OKTA_API_TOKEN');
    const tools = await toolsOf(client, entryOf(client, text) ?? {}, home, { OKTA_API_TOKEN: secret });
    expect(tools).toContain('list_okta_users');
    expect(tools).not.toContain('list_organizations');
  });

  test('--remote is an entry of its own kind, with the limits as headers', async () => {
    const home = newHome();
    const url = 'https://mcp.example.com/mcp';
    const { status, stderr } = await home.init([
      client.id,
      '--remote',
      url,
      '--read-only',
      '--tools',
      'list_okta_users',
    ]);
    expect(stderr).toBe('');
    expect(status).toBe(0);
    const headers = { 'X-MCP-Tools': 'list_okta_users', 'X-MCP-Readonly': 'true' };
    const flat = ['--header', 'X-MCP-Tools:list_okta_users', '--header', 'X-MCP-Readonly:true'];
    const expected = {
      'claude-desktop': { command: 'npx', args: ['-y', 'mcp-remote', url, ...flat] },
      'claude-code': { type: 'http', url, headers },
      vscode: { type: 'http', url, headers },
      cursor: { url, headers },
      windsurf: { serverUrl: url, headers },
      gemini: { httpUrl: url, headers },
      codex: { url, http_headers: headers },
    }[client.id];
    expect(entryOf(client, home.read(client.file))).toEqual(expected);
  });
});

describe.concurrent('a file that is there', () => {
  test.each(['cursor', 'codex'])('%s: --remove takes the entry out, and nothing else', async (id) => {
    const client = by(id);
    const home = newHome();
    await home.init([client.id, '--sandbox', '--name', 'other']);
    const before = home.read(client.file);
    await home.init([client.id, '--sandbox']);
    expect(home.read(client.file)).not.toBe(before);
    const { status } = await home.init([client.id, '--remove']);
    expect(status).toBe(0);
    expect(home.read(client.file)).toBe(before);
    const none = await home.init([client.id, '--remove']);
    expect(none).toMatchObject({ status: 0 });
    expect(none.stdout).toContain('is not in');
  });

  test('keeps its mode and what else is in it, and a copy is kept that only its owner can read', async () => {
    const home = newHome();
    const text =
      '{\n  "theme": "dark",\n  "mcpServers": {\n    "github": { "env": { "GITHUB_TOKEN": "canary-of-others" } }\n  }\n}';
    home.write('.gemini/settings.json', text);
    chmodSync(home.path('.gemini/settings.json'), 0o640);
    const { status, stdout } = await home.init(['gemini', '--sandbox']);
    expect(status).toBe(0);
    expect(stdout).not.toContain('canary-of-others');
    expect(home.read('.gemini/settings.json')).toContain(text.slice(0, text.indexOf(' }\n  }')));
    expect(statSync(home.path('.gemini/settings.json')).mode & 0o777).toBe(0o640);
    const [copy = ''] = readdirSync(home.path('data/backups'));
    expect(home.read(`data/backups/${copy}`)).toBe(text);
    expect(statSync(home.path(`data/backups/${copy}`)).mode & 0o777).toBe(0o600);
    expect(statSync(home.path('data/backups')).mode & 0o777).toBe(0o700);
    expect(stdout).toContain(`data/backups/${copy}`);
    expect(readdirSync(home.path('.gemini'))).toEqual(['settings.json']);
  });

  test.each([
    ['claude-desktop', '{\n  "mcpServers": {\n    "a": {},\n  }\n}', 'line 4, column 3'],
    ['codex', 'a = 1\n[mcp_servers\n', 'line 2'],
  ])('%s: broken, it is refused with the place, and stays as it is', async (id, text, says) => {
    const home = newHome();
    home.write(by(id).file, text);
    const { status, stderr, stdout } = await home.init([id, '--sandbox']);
    expect(status).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(says);
    expect(stderr).toContain('nothing was changed');
    expect(stderr).toContain(home.path(by(id).file));
    expect(home.read(by(id).file)).toBe(text);
    expect(() => readdirSync(home.path('data/backups'))).toThrow();
  });

  test('an entry that is there keeps what its owner added, and loses a secret', async () => {
    const home = newHome();
    const env = { OKTA_API_TOKEN: secret, HTTPS_PROXY: 'http://proxy' };
    home.write(
      '.cursor/mcp.json',
      JSON.stringify({ mcpServers: { castellan: { command: 'castellan', env, disabled: true }, b: {} } }, null, 4),
    );
    await home.init(['cursor'], okta);
    const text = home.read('.cursor/mcp.json');
    expect(text).not.toContain(secret);
    expect(entryOf(by('cursor'), text)).toMatchObject({
      disabled: true,
      env: { HTTPS_PROXY: 'http://proxy', OKTA_API_TOKEN: `\${env:OKTA_API_TOKEN}` },
    });
    await home.init(['cursor', '--remote', 'https://mcp.example.com/mcp']);
    expect(entryOf(by('cursor'), home.read('.cursor/mcp.json'))).toEqual({
      disabled: true,
      url: 'https://mcp.example.com/mcp',
    });
  });

  test('a link is followed, also to a file that is not there yet', async () => {
    const home = newHome();
    home.write('dotfiles/mcp.json', '{}');
    home.write('.cursor/keep', '');
    symlinkSync('../dotfiles/mcp.json', home.path('.cursor/mcp.json'));
    await home.init(['cursor', '--sandbox']);
    expect(lstatSync(home.path('.cursor/mcp.json')).isSymbolicLink()).toBe(true);
    expect(home.read('dotfiles/mcp.json')).toContain('castellan');
    home.write('.gemini/keep', '');
    symlinkSync('../dotfiles/gemini.json', home.path('.gemini/settings.json'));
    await home.init(['gemini', '--sandbox']);
    expect(lstatSync(home.path('.gemini/settings.json')).isSymbolicLink()).toBe(true);
    expect(home.read('dotfiles/gemini.json')).toContain('castellan');
    expect(readdirSync(home.path('dotfiles')).toSorted()).toEqual(['gemini.json', 'mcp.json']);
  });

  test('of a project, a link that leads out of its folder is refused: it may have come with the repository (CWE-59)', async () => {
    const home = newHome();
    const links: readonly [string, string, string][] = [
      ['claude-code', '.mcp.json', '../outside.json'],
      ['cursor', '.cursor', '../outside'],
      ['vscode', '.vscode', '..'],
    ];
    for (const [client, link, target] of links) {
      symlinkSync(target, home.path(link));
      const { status, stderr } = await home.init([client, '--scope', 'project', '--sandbox']);
      expect(status, client).toBe(2);
      expect(stderr, client).toContain('leads out of this folder');
    }
    expect(readdirSync(home.path('..')).filter((name) => /^outside|^mcp\.json$/.test(name))).toEqual([]);
    home.write('shared/mcp.json', '{}');
    symlinkSync('shared', home.path('.gemini'));
    expect((await home.init(['gemini', '--scope', 'project', '--sandbox'])).status).toBe(0);
    expect(home.read('shared/settings.json')).toContain('castellan');
  });

  test('read-only, or not UTF-8, it is refused', async () => {
    const home = newHome();
    home.write('.cursor/mcp.json', '{}');
    chmodSync(home.path('.cursor/mcp.json'), 0o444);
    const { status, stderr } = await home.init(['cursor', '--sandbox']);
    expect(status).toBe(2);
    expect(stderr).toMatch(/is read-only[\s\S]*chmod u\+w/);
    expect(home.read('.cursor/mcp.json')).toBe('{}');
    home.write('.gemini/keep', '');
    writeFileSync(home.path('.gemini/settings.json'), Buffer.from([0x7b, 0xff, 0x7d]));
    expect((await home.init(['gemini', '--sandbox'])).stderr).toContain('is not UTF-8');
  });

  test('somebody else’s server of that name is neither replaced nor removed', async () => {
    const home = newHome();
    const text = '{"mcpServers":{"castellan":{"command":"python","args":["-m","castle"]}}}';
    home.write('.cursor/mcp.json', text);
    for (const args of [['--sandbox'], ['--remove']]) {
      const { status, stderr } = await home.init(['cursor', ...args]);
      expect(status).toBe(2);
      expect(stderr).toMatch(/is another server[\s\S]*--name/);
    }
    expect(home.read('.cursor/mcp.json')).toBe(text);
  });

  test('an address of that name is replaced only where it is the one that is meant, and removed by its name', async () => {
    const home = newHome();
    const theirs = 'https://mcp.issues.example/mcp';
    const bridge = { command: 'npx', args: ['-y', 'mcp-remote', theirs] };
    const text = JSON.stringify({ mcpServers: { issues: { url: theirs }, bridged: bridge } });
    home.write('.cursor/mcp.json', text);
    const ours = ['--remote', 'https://mcp.example.com/mcp'];
    for (const [name, args] of [
      ['issues', ['--sandbox']],
      ['issues', ours],
      ['bridged', ['--sandbox']],
    ] as const) {
      const { status, stderr } = await home.init(['cursor', '--name', name, ...args]);
      expect(status).toBe(2);
      expect(stderr).toMatch(/leads to https:\/\/mcp\.issues\.example\/mcp, which may be another server[\s\S]*--name/);
    }
    expect(home.read('.cursor/mcp.json')).toBe(text);
    await home.init(['cursor', '--name', 'directory', ...ours]);
    const limited = await home.init(['cursor', '--name', 'directory', ...ours, '--read-only']);
    expect(limited.status).toBe(0);
    expect(home.read('.cursor/mcp.json')).toContain('X-MCP-Readonly');
    expect((await home.init(['cursor', '--name', 'directory', '--remove'])).status).toBe(0);
    expect(JSON.parse(home.read('.cursor/mcp.json'))).toEqual(JSON.parse(text));
  });
});

describe.concurrent('init', () => {
  test('--dry-run shows what would change, writes nothing, and tells no secret of the file', async () => {
    const home = newHome();
    const text = `{\n  "mcpServers": {\n    "castellan": {\n      "command": "castellan",\n      "env": { "OKTA_API_TOKEN": "${secret}" }\n    }\n  }\n}\n`;
    home.write('.cursor/mcp.json', text);
    const { status, stdout } = await home.init(['cursor', '--dry-run'], okta);
    expect(status).toBe(0);
    expect(stdout).toMatch(/- {7}"env": \{ "OKTA_API_TOKEN": "\[secret\]"/);
    expect(stdout).toMatch(/\+ +"OKTA_API_TOKEN": "\$\{env:OKTA_API_TOKEN\}"/);
    expect(stdout).not.toContain(secret);
    expect(stdout).toContain('Nothing was written');
    expect(home.read('.cursor/mcp.json')).toBe(text);
    expect(readdirSync(home.folder).toSorted()).not.toContain('backups');
  });

  test('--scope project writes into the folder, with a file that others can read', async () => {
    for (const client of knownClients.filter(({ project }) => project)) {
      const home = newHome();
      const { status } = await home.init([client.id, '--scope', 'project', '--remote', 'https://mcp.example.com/mcp']);
      expect(status).toBe(0);
      expect(entryOf(client, home.read(client.project ?? ''))).toBeDefined();
      expect(statSync(home.path(client.project ?? '')).mode & 0o777).toBe(0o644);
    }
    const { status, stderr } = await newHome().init(['windsurf', '--scope', 'project', '--sandbox']);
    expect(status).toBe(2);
    expect(stderr).toContain('Windsurf has no file for a project');
  });

  test('without a terminal it says what is here and what to run, and ends with 2', async () => {
    const home = newHome();
    home.write('.cursor/mcp.json', '{}');
    home.write('.codex/config.toml', '');
    const { status, stdout } = await home.init([]);
    expect(status).toBe(2);
    expect(stdout).toContain('castellan init cursor');
    expect(stdout).toContain('castellan init codex');
    expect(stdout).not.toContain('castellan init windsurf');
    expect(home.read('.cursor/mcp.json')).toBe('{}');
  });

  test.each([
    [['cursr', '--sandbox'], /Did you mean cursor/],
    [['cursor'], /OKTA_CLIENT_ORGURL/],
    [['cursor', '--sandbox', '--name', '__proto__'], /--name/],
    [['cursor', '--sandbox', '--scope', 'global'], /--scope/],
    [['cursor', '--sandbox', '--tools', 'nonsense'], /nonsense/],
    [['cursor', '--remote', 'http://mcp.example.com/mcp'], /http is for this machine only/],
    [['cursor', '--remote', 'https://u:p@mcp.example.com/mcp'], /holds a password/],
    [['cursor', '--remote', 'https://mcp.example.com/mcp?api_key=abc'], /holds a secret in its query/],
    [['cursor', '--remote', 'https://mcp.example.com/mcp', '--sandbox'], /--sandbox/],
    [['cursor', '--remote', 'https://mcp.example.com/mcp', '--confirm', 'write'], /--confirm/],
  ])('%j is refused', async (args, says) => {
    const home = newHome();
    const { status, stderr } = await home.init(args);
    expect(status).toBe(2);
    expect(stderr).toMatch(says);
    expect(stderr).toContain('nothing was changed');
    expect(readdirSync(home.folder)).not.toContain('.cursor');
  });

  test('a configuration file is named by its full path; what it points to must be found from anywhere', async () => {
    const home = newHome();
    const tenants = (apiToken: unknown) =>
      JSON.stringify({ tenants: { acme: { platform: 'okta', orgUrl: 'https://acme.okta.com', apiToken } } });
    home.write('token', secret);
    home.write('castellan.json', tenants({ file: 'token' }));
    const found = await home.init(['claude-desktop']);
    expect(found).toMatchObject({ status: 2 });
    expect(found.stderr).toContain('--config castellan.json');
    const relative = await home.init(['claude-desktop', '--config', 'castellan.json']);
    expect(relative).toMatchObject({ status: 2 });
    expect(relative.stderr).toContain(home.path('token'));
    home.write('castellan.json', tenants({ file: home.path('token') }));
    expect(await home.init(['claude-desktop', '--config', 'castellan.json'])).toMatchObject({ status: 0, stderr: '' });
    const desktop = by('claude-desktop');
    const entry = entryOf(desktop, home.read(desktop.file));
    expect(entry?.args).toContain(home.path('castellan.json'));
    expect(await toolsOf(desktop, entry ?? {}, home)).toContain('list_okta_users');
    home.write('castellan.json', tenants({ env: 'ACME_TOKEN' }));
    await home.init(['codex', '--config', 'castellan.json'], { ACME_TOKEN: secret });
    expect(entryOf(by('codex'), home.read('.codex/config.toml'))?.env_vars).toEqual(['ACME_TOKEN']);
  });
});

test('what stands in variables of places is found from anywhere, and kept out of a file that others share', async () => {
  const home = newHome();
  const env = { CASTELLAN_AUDIT: 'logs/audit', CASTELLAN_STORE: 'memory', CASTELLAN_LOG_LEVEL: 'warn', ...okta };
  await home.init(['cursor'], env);
  const { env: own } = entryOf(by('cursor'), home.read('.cursor/mcp.json')) ?? {};
  expect(own).toMatchObject({ CASTELLAN_AUDIT: home.path('logs/audit'), CASTELLAN_STORE: 'memory' });
  await home.init(['claude-code', '--scope', 'project'], env);
  const shared = entryOf(by('claude-code'), home.read('.mcp.json'))?.env ?? {};
  expect(Object.keys(shared).toSorted()).toEqual(['CASTELLAN_LOG_LEVEL', 'OKTA_API_TOKEN', 'OKTA_CLIENT_ORGURL']);
});

test('a variable that a client did not fill in is told as that, not taken for a secret', async () => {
  const home = newHome();
  for (const text of [`\${OKTA_API_TOKEN}`, `\${env:OKTA_API_TOKEN}`, `\${input:okta-api-token}`, '$OKTA_API_TOKEN']) {
    const { status, stdout, stderr } = await home.doctor([], { ...okta, OKTA_API_TOKEN: text });
    expect(status).toBe(2);
    expect(stdout + stderr).toMatch(/OKTA_API_TOKEN is still a reference[\s\S]*Set OKTA_API_TOKEN where the program/);
  }
});
