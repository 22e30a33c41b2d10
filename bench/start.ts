// From the start of the process to the first answer over stdio, and what memory it holds then.

import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Era, messageOf, type RpcAnswer } from './mcp.ts';
import { end, spawnNode } from './processes.ts';
import { compare, type Row } from './rows.ts';

const turns = 15;
const settleMs = 150;

interface Started {
  readonly ms: number;
  /** MiB, a moment after the answer; `undefined` where there is no /proc. */
  readonly rss: number | undefined;
  readonly peak: number | undefined;
}

export async function measureStart(program: string, env: Readonly<Record<string, string>>): Promise<Row[]> {
  const ours = () => start([program, 'serve'], env);
  const hello = () => start([fileURLToPath(new URL('hello-stdio.mjs', import.meta.url))], {});
  // Twice: the compile cache is written at the end of the first run.
  for (let turn = 0; turn < 2; turn++) await Promise.all([await ours(), await hello()]);
  const pairs: [Started, Started][] = [];
  for (let turn = 0; turn < turns; turn++) pairs.push([await ours(), await hello()]);
  const turnsOf = (read: (started: Started) => number | undefined) =>
    pairs.map(([a, b]) => [read(a) ?? Number.NaN, read(b) ?? Number.NaN] as const);
  return [
    {
      ...compare(
        'stdio, start to first tools/list answer',
        'ms',
        turnsOf(({ ms }) => ms),
      ),
      target: { of: 'ratio', most: 0.8 },
    },
    {
      ...compare(
        'stdio, memory after that answer',
        'MiB',
        turnsOf(({ rss }) => rss),
      ),
      target: { of: 'ratio', most: 1.3 },
    },
    compare(
      'stdio, peak memory until then',
      'MiB',
      turnsOf(({ peak }) => peak),
    ),
  ];
}

async function start(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  era: Era = '2026-07-28',
): Promise<Started> {
  const started = performance.now();
  const child = spawnNode(args, env);
  child.stdin?.write(`${messageOf('tools/list', {}, era)}\n`);
  const answered = Promise.withResolvers<string>();
  let said = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    said += chunk.toString();
    if (said.endsWith('\n')) answered.resolve(said);
  });
  child.stderr?.on('data', (chunk: Buffer) => process.stderr.write(chunk));
  child.once('exit', (status) => answered.reject(new Error(`${args.join(' ')} ended with ${status}`)));
  const line = await answered.promise;
  const ms = performance.now() - started;
  const { result } = JSON.parse(line) as RpcAnswer;
  if (!result?.tools?.length) throw new Error(`no tools: ${line.slice(0, 400)}`);
  await wait(settleMs);
  const seen = { ms, rss: memoryOf(child.pid, 'VmRSS'), peak: memoryOf(child.pid, 'VmHWM') };
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.stdin?.end();
  await Promise.race([gone, wait(3_000, undefined, { ref: false }).then(() => end(child))]);
  return seen;
}

function memoryOf(pid: number | undefined, field: string): number | undefined {
  try {
    const kib = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kib === undefined ? undefined : Number(kib) / 1024;
  } catch {
    return undefined;
  }
}
