// Trial: anything at all, line by line over stdio, in both eras. Castellan lives, answers on, and gives nothing away.

import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSandbox, type Sandbox } from '../../src/sandbox/index.ts';
import { type Castellan, long, report, startCastellan, tenantOf } from './castellan.ts';
import { leakIn, message, modernMeta, sampleOf } from './messages.ts';

const seed = 77;
const count = long ? 100_000 : 1_500;
/** Inputs sent without waiting, before a valid call must be answered. */
const burst = 100;
const hangMs = 20_000;
const canary = 'canary-2b94e6c8a1-must-never-be-seen';

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await openSandbox({ users: 60, seed: 3, rateLimits: 'off', token: canary });
});

afterAll(() => sandbox?.close());

interface Connection {
  readonly castellan: Castellan;
  readonly send: (bytes: Buffer | string) => void;
  /** Sends a request and waits for the answer with its id. */
  readonly ask: (method: string, params: unknown) => Promise<string>;
  readonly problems: string[];
  lines: number;
  /** What was sent since the last answer to a valid call, for repeating what went wrong. */
  sent: Buffer[];
}

function connect(): Connection {
  const castellan = startCastellan(['serve', '--log-level', 'debug', '--timeout', '5'], {
    env: tenantOf(sandbox.okta),
  });
  const waiting = new Map<string, (line: string) => void>();
  let asked = 0;
  const connection: Connection = {
    castellan,
    send: (bytes) => void castellan.child.stdin.write(bytes),
    ask(method, params) {
      const id = `valid-${++asked}-of-the-trial`;
      const { promise, resolve } = Promise.withResolvers<string>();
      const timer = setTimeout(resolve, hangMs, 'no answer');
      waiting.set(id, (line) => {
        clearTimeout(timer);
        resolve(line);
      });
      castellan.child.stdin.write(`\n${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`);
      return promise;
    },
    problems: [],
    lines: 0,
    sent: [],
  };
  createInterface({ input: castellan.child.stdout }).on('line', (line) => {
    connection.lines++;
    const { id, problem } = judge(line);
    if (problem !== undefined) connection.problems.push(`${problem}: ${line.slice(0, 600)}`);
    if (typeof id === 'string') waiting.get(id)?.(line);
  });
  return connection;
}

/** Every line on stdout is a JSON-RPC message, or the stream is broken for its reader. */
function judge(line: string): { id?: unknown; problem?: string } {
  const leak = leakIn(line, canary);
  if (leak !== undefined) return { problem: `an answer holds ${leak}` };
  try {
    const { jsonrpc, id } = JSON.parse(line) as { jsonrpc?: unknown; id?: unknown };
    return jsonrpc === '2.0' ? { id } : { problem: 'no JSON-RPC message' };
  } catch {
    return { problem: 'no JSON' };
  }
}

const eras = {
  '2025-11-25': {
    params: {},
    async open({ ask, send }: Connection) {
      const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'trial', version: '1' } };
      await ask('initialize', params);
      send('{"jsonrpc":"2.0","method":"notifications/initialized"}\n');
    },
  },
  '2026-07-28': {
    params: { _meta: modernMeta },
    async open({ ask }: Connection) {
      await ask('server/discover', { _meta: modernMeta });
    },
  },
} as const;

describe('inputs that nobody should send', () => {
  for (const [era, { params, open }] of Object.entries(eras)) {
    test(`${count / 2} over stdio, era ${era}: no crash, no hang, nothing given away`, {
      timeout: 1_800_000,
    }, async () => {
      const connection = connect();
      const { castellan } = connection;
      await open(connection);
      const started = performance.now();
      let slowest = 0;
      let valid = 0;
      for (const { bytes } of sampleOf(message, count / 2, seed)) {
        connection.sent.push(bytes);
        connection.send(bytes);
        connection.send('\n');
        if (connection.sent.length < burst) continue;
        const asked = performance.now();
        const answer = await connection.ask('tools/call', { name: 'get_current_time', arguments: {}, ...params });
        slowest = Math.max(slowest, performance.now() - asked);
        valid++;
        if (!answer.includes('"epoch"'))
          connection.problems.push(`a valid call after ${describeSent(connection)}: ${answer.slice(0, 300)}`);
        connection.sent = [];
        if (connection.problems.length > 20 || !castellan.alive()) break;
      }
      const seconds = (performance.now() - started) / 1000;
      expect(connection.problems.slice(0, 5)).toEqual([]);
      expect(castellan.alive()).toBe(true);
      report(`${count / 2} inputs over stdio, era ${era}, seed ${seed}`, {
        seconds: Math.round(seconds),
        'lines answered': connection.lines,
        'valid calls in between': valid,
        'slowest valid call behind a burst, ms': Math.round(slowest),
      });

      castellan.child.stdin.end();
      expect(await castellan.ended).toBe(0);
      const log = castellan.stderr();
      expect(log.includes(canary)).toBe(false);
      expect(
        log
          .split('\n')
          .filter((line) => /"level":"error"|unhandled/i.test(line))
          .slice(0, 3),
      ).toEqual([]);
    });
  }
});

function describeSent({ sent }: Connection): string {
  return sent.map((bytes) => JSON.stringify(bytes.toString('latin1').slice(0, 200))).join('\n  ');
}
