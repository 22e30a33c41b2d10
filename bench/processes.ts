// Processes under measurement: what is measured on one core, whoever asks or is asked on another, where the machine lets
// us choose.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

export const canPin = availableParallelism() > 1 && spawnSync('taskset', ['-V']).status === 0;
export const outsideCore = 0;
const serverCore = 1;

export function pinLoadGenerator(): void {
  if (canPin) spawnSync('taskset', ['-acp', String(outsideCore), String(process.pid)]);
}

type Environment = Readonly<Record<string, string>>;

/** A Node process on a core. Its environment is what is given here and nothing else. */
export function spawnNode(args: readonly string[], env: Environment, core = serverCore): ChildProcess {
  const command = canPin ? ['taskset', '-c', String(core), process.execPath] : [process.execPath];
  const [file = process.execPath, ...rest] = [...command, ...args];
  return spawn(file, rest, { env: { PATH: process.env.PATH, ...env }, stdio: 'pipe' });
}

export interface Served {
  readonly url: URL;
  /** How long it has been on a core, milliseconds; `undefined` where there is no /proc. */
  readonly busyMs: () => number | undefined;
  readonly stop: () => Promise<void>;
}

/** Starts a server and waits for the address that it prints. */
export async function startServer(args: readonly string[], env: Environment = {}, core = serverCore): Promise<Served> {
  const child = spawnNode(args, env, core);
  const found = Promise.withResolvers<string>();
  let said = '';
  const read = (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-4_000);
    const address = /^(?:Serving MCP at )?(http:\/\/127\.0\.0\.1:\d+)(?:\/mcp)?$/m.exec(said)?.[1];
    if (address !== undefined) found.resolve(address);
  };
  child.stdout?.on('data', read);
  child.stderr?.on('data', read);
  child.once('exit', (status) => found.reject(new Error(`${args.join(' ')} ended with ${status}: ${said}`)));
  return { url: new URL('/mcp', await found.promise), busyMs: () => busyMsOf(child.pid), stop: () => end(child) };
}

function busyMsOf(pid: number | undefined): number | undefined {
  try {
    const threads = readdirSync(`/proc/${pid}/task`);
    const spent = threads.map((thread) => readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]);
    return spent.reduce((sum, nanoseconds) => sum + Number(nanoseconds), 0) / 1e6;
  } catch {
    return undefined;
  }
}

export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 3_000);
  await gone;
  clearTimeout(timer);
}
