// npm run bench: what the README says about speed, measured side by side in one run. --json prints the same as JSON.

import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sandboxToken } from '../src/sandbox/index.ts';
import { ask } from './mcp.ts';
import { canPin, outsideCore, pinLoadGenerator, startServer } from './processes.ts';
import { measureAdded, measureList, readDirectly } from './reading.ts';
import { judge, type Row, writeTable } from './rows.ts';
import { measureStart } from './start.ts';
import { measureThroughput } from './throughput.ts';
import { average, countText, countTokens } from './tokens.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const people = 10_500;

/** Castellan as npm installs it: built, without its source. */
function install(folder: string): string {
  mkdirSync(folder);
  execFileSync(process.execPath, [join(root, 'node_modules/rolldown/bin/cli.mjs'), '-c', '-d', join(folder, 'dist')], {
    cwd: root,
  });
  for (const name of ['bin', 'package.json']) cpSync(join(root, name), join(folder, name), { recursive: true });
  return join(folder, 'bin/castellan.js');
}

async function measureAll(folder: string): Promise<Row[]> {
  const program = install(join(folder, 'installed'));
  const sandbox = await startServer([join(root, 'bench/sandbox.ts'), String(people)], {}, outsideCore);
  const upstream = { origin: sandbox.url.origin, token: sandboxToken };
  const sealKeys = 'a seal key of the bench that has enough characters';
  const env = {
    HOME: folder,
    CASTELLAN_SEAL_KEYS: sealKeys,
    TMPDIR: folder,
    OKTA_CLIENT_ORGURL: upstream.origin,
    OKTA_API_TOKEN: upstream.token,
  };
  const start = await measureStart(program, env);
  const throughput = await measureThroughput(env);
  const users = (await readDirectly(upstream)).size;
  const flags = ['serve', '--http', '--port', '0', '--no-auth', '--iunderstandtherisks'];
  const castellan = await startServer([program, ...flags], env);
  try {
    const reading = [
      await measureAdded(castellan.url, upstream),
      ...(await measureList(castellan.url, upstream, users)),
    ];
    return [...throughput, ...start, ...reading, ...(await measureTokens(castellan.url))];
  } finally {
    await castellan.stop();
    await sandbox.stop();
  }
}

async function measureTokens(castellan: URL): Promise<Row[]> {
  const costs = countTokens();
  const { content } = await ask(castellan, 'tools/call', { name: 'list_okta_users', arguments: { max_results: 200 } });
  const row = (what: string, ours: number, most: number): Row => ({
    what,
    unit: 'tokens',
    ours,
    target: { of: 'ours', most },
  });
  return [
    row('a tool’s name, description and input, on average', average(costs.map(({ input }) => input)), 180),
    row('a tool’s output schema, on average', average(costs.map(({ output }) => output)), 150),
    row('the text of a list of 200 users', countText(content?.[0]?.text ?? ''), 3_500),
  ];
}

const folder = mkdtempSync(join(tmpdir(), 'castellan-bench-'));
try {
  pinLoadGenerator();
  const rows = await measureAll(folder);
  const machine = `${cpus()[0]?.model.trim()}, Node ${process.versions.node}, servers ${canPin ? 'on one core' : 'not pinned'}`;
  if (process.argv.includes('--json')) {
    console.log(JSON.stringify({ machine, rows: rows.map((row) => ({ ...row, pass: judge(row) })) }, null, 2));
  } else console.log(`${writeTable(rows)}\n\n${machine}`);
  if (rows.some((row) => judge(row) === false)) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
