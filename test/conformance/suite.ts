// What runs the official conformance suite, and the server that it is run against: the factory of mcp/server.ts behind the
// listener of http/listen.ts, with tools by the names that the scenarios call.

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { createRequestStateCodec } from '@modelcontextprotocol/server';
import type { Door } from '../../src/auth/door.ts';
import { type Listener, listen } from '../../src/http/listen.ts';
import { createMcp } from '../../src/mcp/server.ts';
import { createLog } from '../../src/observe/log.ts';
import { noMetrics } from '../../src/observe/metrics.ts';
import { askFirst, logOnTheWay, type State } from './asking.ts';
import { fixture } from './fixture.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const cli = here('../../node_modules/@modelcontextprotocol/conformance/dist/index.js');

export const revisions = ['2025-11-25', '2026-07-28'] as const;

export function openFixture(door?: Door): Promise<Listener> {
  const log = createLog({ level: 'silent', format: 'json', write: () => {} });
  const codec = createRequestStateCodec<State>({ key: randomBytes(32) });
  const { factory, gate, screen } = createMcp({
    connected: [{ platform: fixture, tenants: new Map() }],
    version: '0.0.0-conformance',
    log,
    observe: noMetrics.observeCall,
    now: Date.now,
    callTimeoutMs: 30_000,
    concurrency: 64,
    steps: [logOnTheWay, askFirst(codec)],
    requestState: { verify: codec.verify },
    capabilities: { logging: {} },
  });
  return listen({ host: '127.0.0.1', port: 0 }, () => ({
    factory,
    gate,
    signIn: door && { door, screen },
    version: '0.0.0-conformance',
    log,
    metrics: noMetrics,
    ready: async () => true,
    allowedHosts: [],
    allowedOrigins: [],
  }));
}

export interface Ran {
  readonly status: number | null;
  readonly output: string;
}

/** All that a revision requires of a server at this address. */
export function judgeServer(url: string, revision: string): Promise<Ran> {
  const expected = here('expected-failures.yml');
  return runSuite(['server', '--url', url, '--requirements', revision, '--expected-failures', expected]);
}

/** @param hear is told what the suite says while it runs */
export function runSuite(args: readonly string[], hear: (said: string) => void = () => {}): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [cli, ...args], { env: { ...process.env, NO_COLOR: '1' } });
    let output = '';
    const read = (chunk: Buffer) => {
      output += chunk;
      hear(output);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, output }));
  });
}

/** From the suite's own summary on; all of it where there is none. */
export function summaryOf(output: string): string {
  const start = output.search(/=== (SUITE )?SUMMARY/);
  return output.slice(Math.max(start, 0));
}
