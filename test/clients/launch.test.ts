// How an entry starts Castellan: by what is there when another program starts it, from a folder and with a path of its own.

import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { planFor } from '../../src/cli/init-wanted.ts';
import { claudeCode } from '../../src/clients/claude-code.ts';
import { claudeDesktop } from '../../src/clients/claude-desktop.ts';
import type { Machine } from '../../src/clients/client.ts';
import { cursor } from '../../src/clients/cursor.ts';
import { bridgeTo, commandFor } from '../../src/clients/launch.ts';
import { vsCode } from '../../src/clients/vs-code.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-launch-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(path: string, text: string): string {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

const machine = (more: Partial<Machine> = {}): Machine => ({
  platform: 'linux',
  home: folder,
  env: { PATH: '/usr/bin' },
  folder,
  ...more,
});
const node = '/opt/node/bin/node';
const running = (start: string) => ({ node, start, version: '1.2.3' });

test('installed, or a checkout: this Node and this Castellan, by their full paths', () => {
  for (const start of ['/usr/lib/node_modules/castellan/bin/castellan.js', '/home/me/castellan/bin/castellan.js']) {
    expect(commandFor(running(start), machine(), 'user')).toEqual({ command: node, args: [start] });
  }
});

test.each([
  ['castellan', ['-y', 'castellan@1.2.3']],
  ['castellan@latest', ['-y', 'castellan@1.2.3']],
  ['@acme/castellan@^1', ['-y', '@acme/castellan@1.2.3']],
  ['github:acme/castellan', ['-y', '--package', 'github:acme/castellan', 'castellan']],
  ['/downloads/castellan-1.2.3.tgz', ['-y', '--package', '/downloads/castellan-1.2.3.tgz', 'castellan']],
])('from npx, whose folders are cleared away: npx again, for %s', (asked, args) => {
  const here = `cache/_npx/${Buffer.from(asked).toString('hex')}`;
  write(`${here}/package.json`, JSON.stringify({ dependencies: {}, _npx: { packages: [asked] } }));
  const start = join(folder, here, 'node_modules/castellan/bin/castellan.js');
  expect(commandFor(running(start), machine(), 'user')).toEqual({ command: 'npx', args });
  const windows = commandFor(running(start), machine({ platform: 'win32' }), 'user');
  expect(windows).toEqual({ command: 'cmd', args: ['/c', 'npx', ...args] });
});

test('in a file that others share: castellan where it is installed, else a path with a word about it', () => {
  const start = '/home/me/castellan/bin/castellan.js';
  chmodSync(write('bin/castellan', ''), 0o755);
  const installed = machine({ env: { PATH: `/usr/bin:${join(folder, 'bin')}` } });
  expect(commandFor(running(start), installed, 'project')).toEqual({ command: 'castellan', args: [] });
  write('project/node_modules/.bin/castellan', '');
  const ownScripts = machine({ env: { PATH: join(folder, 'project/node_modules/.bin') } });
  const { command, note } = commandFor(running(start), ownScripts, 'project');
  expect(command).toBe(node);
  expect(note).toContain('path of this machine');
});

test('a bridge has no space in its arguments, which some clients on Windows do not quote', () => {
  const { command, args } = bridgeTo(
    'https://mcp.example.com/mcp',
    { 'X-MCP-Tools': 'a,b' },
    machine({ platform: 'win32' }),
  );
  expect([command, ...args]).toEqual([
    'cmd',
    '/c',
    'npx',
    '-y',
    'mcp-remote',
    'https://mcp.example.com/mcp',
    '--header',
    'X-MCP-Tools:a,b',
  ]);
});

test.each([
  ['win32', 'https://evil.example/mcp?a=1&calc.exe', /shell of Windows/],
  ['win32', 'https://evil.example/mcp?a=%PATH%', /shell of Windows/],
  ['linux', 'https://mcp.example.com/mcp?a=1&b=2', undefined],
  ['win32', 'https://mcp.example.com/mcp?a=1', undefined],
] as const)('on %s an address is an argument and no command (CWE-78): %s', (platform, url, refused) => {
  const remote = { kind: 'remote', remote: { url, headers: {} } } as const;
  const here = machine({ platform });
  const plan = planFor(claudeDesktop, remote, here, 'user', 'castellan');
  if (refused) expect(plan).toMatchObject({ problem: expect.stringMatching(refused) });
  else expect(JSON.stringify(plan)).toContain(url);
  // Who takes addresses has no shell to fear.
  expect(JSON.stringify(planFor(cursor, remote, here, 'user', 'castellan'))).toContain(url);
});

test.each([claudeCode, cursor, vsCode])(
  'an address carries away none of the variables that $title fills in',
  (client) => {
    for (const name of ['env:GITHUB_TOKEN', 'GITHUB_TOKEN']) {
      const url = `https://evil.example/mcp?t=\${${name}}`;
      const remote = { kind: 'remote', remote: { url, headers: {} } } as const;
      const plan = planFor(client, remote, machine(), 'user', 'castellan');
      expect(plan).toMatchObject({ problem: expect.stringMatching(/for a reference to a variable/) });
    }
  },
);
