// A real Redis for tests: Debian's redis-server on a free port, that can be stopped, halted and started again.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@redis/client';
import { expect } from 'vitest';
import { CastellanError } from '../../src/core/errors.ts';

export interface TestRedis {
  readonly port: number;
  /** Without user and password. */
  readonly url: string;
  /** Sends one command, as `['GET', 'k']`, by whatever way in the test gave. */
  readonly ask: <T = unknown>(command: readonly string[]) => Promise<T>;
  /** Where it runs already, nothing. */
  readonly start: () => Promise<void>;
  /** Ends it; what it holds is lost, as nothing is written to disk. */
  readonly stop: () => Promise<void>;
  /** Nothing is answered any more, though connections are taken: the way a machine hangs. */
  readonly halt: () => void;
  readonly goOn: () => void;
  readonly close: () => Promise<void>;
}

export interface TestRedisOptions {
  /** Further arguments of redis-server. */
  readonly args?: readonly string[];
  /** How `ask` gets in. */
  readonly login?: { readonly username?: string; readonly password: string };
}

let missing: boolean | undefined;

/** True, with one visible line, where there is no redis-server; with CI=true that is a failure. */
export function lacksRedis(): boolean {
  if (missing !== undefined) return missing;
  missing = spawnSync('redis-server', ['--version']).status !== 0;
  if (!missing) return false;
  if (process.env.CI === 'true') throw new Error('there is no redis-server; apt-get install redis-server');
  process.stderr.write('skipped: there is no redis-server (apt-get install redis-server)\n');
  return true;
}

export async function startRedis({ args = [], login }: TestRedisOptions = {}): Promise<TestRedis> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'castellan-redis-'));
  let child: ChildProcess | undefined;

  async function start(): Promise<void> {
    if (child) return;
    const own = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'no'];
    const started = spawn('redis-server', [...own, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    child = started;
    let said = '';
    await new Promise<void>((resolve, reject) => {
      const hear = (chunk: Buffer) => {
        said += chunk;
        if (/Ready to accept connections/.test(said)) resolve();
      };
      started.stdout?.on('data', hear);
      started.stderr?.on('data', hear);
      started.once('exit', () => reject(new Error(`redis-server ended: ${said}`)));
    });
  }

  async function stop(): Promise<void> {
    const running = child;
    child = undefined;
    if (!running || running.exitCode !== null) return;
    const ended = new Promise((resolve) => running.once('exit', resolve));
    running.kill('SIGKILL');
    await ended;
  }

  await start();
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    async ask<T>(command: readonly string[]) {
      const client = createClient({ ...login, RESP: 2, socket: { host: '127.0.0.1', port } });
      client.on('error', () => {});
      await client.connect();
      try {
        return (await client.sendCommand([...command])) as T;
      } finally {
        client.destroy();
      }
    },
    start,
    stop,
    halt: () => void child?.kill('SIGSTOP'),
    goOn: () => void child?.kill('SIGCONT'),
    async close() {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

export interface Line {
  readonly url: string;
  /** What is connected now hears nothing any more, and is not told; who connects from now on is served. */
  readonly cut: () => void;
  readonly close: () => void;
}

/** A network between a store and its Redis that takes some milliseconds, and may lose connections silently. */
export async function openLine(redis: TestRedis, delayMs = 0): Promise<Line> {
  const cuts: (() => void)[] = [];
  const sockets: Socket[] = [];
  const server = createServer((near) => {
    const far = connect(redis.port, '127.0.0.1');
    let open = true;
    const pass = (from: Socket, to: Socket) => {
      from.on('error', () => to.destroy());
      from.on('close', () => open && to.destroy());
      from.on('data', (chunk) => setTimeout(() => open && to.write(chunk), delayMs));
    };
    pass(near, far);
    pass(far, near);
    sockets.push(near, far);
    cuts.push(() => {
      open = false;
    });
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `redis://127.0.0.1:${port}`,
    cut: () => {
      for (const cut of cuts.splice(0)) cut();
    },
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

/** What an operation of a store fails with, and after how many milliseconds. */
export async function failureOf(promise: Promise<unknown>): Promise<{ error: CastellanError; ms: number }> {
  const started = performance.now();
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(CastellanError);
  return { error: error as CastellanError, ms: performance.now() - started };
}
