// Castellan as its users start it, a process of its own, for trials that must see it live or die.

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const start = fileURLToPath(new URL('../../bin/castellan.js', import.meta.url));

/** The long form of a trial, which is the one whose figures count. */
export const long = process.env.CASTELLAN_LONG === '1';

export interface Castellan {
  readonly child: ChildProcessWithoutNullStreams;
  /** All that it wrote to stderr, and to stdout, so far. */
  readonly stderr: () => string;
  readonly stdout: () => string;
  /** Its exit status, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
  readonly alive: () => boolean;
  /** Asks it to stop and waits until it has. */
  readonly stop: () => Promise<number | NodeJS.Signals>;
}

export interface StartOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly folder?: string;
  /** Another Castellan than that of this checkout: what is run. */
  readonly start?: string;
  /** Flags of who is let in, in the place of those that let everybody in. */
  readonly door?: readonly string[];
  /** Node's own arguments. */
  readonly node?: readonly string[];
}

/** Starts `castellan` with these arguments, with nothing of this user's configuration. */
export function startCastellan(args: readonly string[], options: StartOptions = {}): Castellan {
  const home = mkdtempSync(join(tmpdir(), 'castellan-trial-'));
  const child = spawn(process.execPath, [...(options.node ?? []), options.start ?? start, ...args], {
    cwd: options.folder ?? home,
    env: {
      PATH: process.env.PATH,
      HOME: home,
      CASTELLAN_DATA: join(home, 'data'),
      NO_COLOR: '1',
      ...ownKeys,
      ...options.env,
    },
  });
  const heard = { out: [] as Buffer[], err: [] as Buffer[] };
  child.stdout.on('data', (chunk: Buffer) => heard.out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => heard.err.push(chunk));
  // Writing to one that has ended is told by `ended`, not by a broken pipe.
  child.stdin.on('error', () => {});
  const ended = new Promise<number | NodeJS.Signals>((resolve) => {
    child.once('close', (code, signal) => {
      rmSync(home, { recursive: true, force: true });
      resolve(code ?? signal ?? 'SIGKILL');
    });
  });
  return {
    child,
    stderr: () => Buffer.concat(heard.err).toString('utf8'),
    stdout: () => Buffer.concat(heard.out).toString('utf8'),
    ended,
    alive: () => child.exitCode === null && child.signalCode === null,
    async stop() {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), 15_000);
      const status = await ended;
      clearTimeout(timer);
      return status;
    },
  };
}

/** Runs a command to its end. */
export async function runCastellan(args: readonly string[], options: StartOptions & { readonly input?: string } = {}) {
  const castellan = startCastellan(args, options);
  castellan.child.stdin.end(options.input ?? '');
  const status = await castellan.ended;
  return { status, stdout: castellan.stdout(), stderr: castellan.stderr() };
}

export interface HttpCastellan extends Castellan {
  readonly url: string;
  readonly port: number;
}

/** Tests may run in a container, where a server has to be given its keys. */
const ownKeys = { CASTELLAN_SEAL_KEYS: 'a seal key of thirty-two characters or more' };
const openDoor = ['--no-auth', '--iunderstandtherisks'];

/** `castellan serve --http`, from when it says where it listens. */
export async function serveHttp(args: readonly string[], options: StartOptions = {}): Promise<HttpCastellan> {
  const castellan = startCastellan(['serve', '--http', '--port', '0', ...(options.door ?? openDoor), ...args], options);
  const listening = new Promise<string>((resolve) => {
    castellan.child.stderr.on('data', () => {
      const url = /Serving MCP at (http:\S+)\/mcp/.exec(castellan.stderr())?.[1];
      if (url !== undefined) resolve(url);
    });
  });
  const url = await Promise.race([listening, castellan.ended]);
  if (typeof url !== 'string' || !url.startsWith('http')) throw new Error(`not started: ${castellan.stderr()}`);
  return { ...castellan, url, port: Number(new URL(url).port) };
}

/** Variables that make a simulated organization the configured, real one. */
export function tenantOf(okta: { readonly url: string; readonly token: string }): Record<string, string> {
  return { OKTA_CLIENT_ORGURL: okta.url, OKTA_API_TOKEN: okta.token };
}

/** The figures of a long run, for the person who started it. */
export function report(title: string, figures: Readonly<Record<string, string | number>>): void {
  if (!long) return;
  const lines = Object.entries(figures).map(([name, value]) => `  ${name.padEnd(36)} ${value}`);
  process.stdout.write(`\n${title}\n${lines.join('\n')}\n`);
}
