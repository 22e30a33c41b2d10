// The official conformance suite against the real assembly: the factory of mcp/server.ts behind the listener of http/listen.ts.

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { createRequestStateCodec } from '@modelcontextprotocol/server';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Listener, listen } from '../../src/http/listen.ts';
import { createMcp } from '../../src/mcp/server.ts';
import { createLog } from '../../src/observe/log.ts';
import { noMetrics } from '../../src/observe/metrics.ts';
import { askFirst, logOnTheWay, type State } from './asking.ts';
import { fixture } from './fixture.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const cli = here('../../node_modules/@modelcontextprotocol/conformance/dist/index.js');

let listener: Listener;

beforeAll(async () => {
  const log = createLog({ level: 'silent', format: 'json', write: () => {} });
  const codec = createRequestStateCodec<State>({ key: randomBytes(32) });
  const { factory, gate } = createMcp({
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
  listener = await listen({ host: '127.0.0.1', port: 0 }, () => ({
    factory,
    gate,
    version: '0.0.0-conformance',
    log,
    metrics: noMetrics,
    ready: async () => true,
    allowedHosts: [],
    allowedOrigins: [],
  }));
});

afterAll(() => listener.close());

it.each(['2025-11-25', '2026-07-28'])(
  'conformance: what MCP %s requires of a server',
  { timeout: 240_000 },
  async (revision) => {
    const flags = [
      '--url',
      `${listener.url}/mcp`,
      '--requirements',
      revision,
      '--expected-failures',
      here('expected-failures.yml'),
    ];
    const run = await runSuite(['server', ...flags]);
    expect(run.status, summaryOf(run.output)).toBe(0);
  },
);

function runSuite(args: readonly string[]): Promise<{ status: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [cli, ...args], { env: { ...process.env, NO_COLOR: '1' } });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk));
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, output }));
  });
}

/** From the suite's own summary on; all of it where there is none. */
function summaryOf(output: string): string {
  const start = output.indexOf('=== SUMMARY');
  return output.slice(Math.max(start, 0));
}
