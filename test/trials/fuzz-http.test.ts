// Trial: anything at all, over HTTP. Castellan lives, answers everybody else, and gives nothing away.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSandbox, type Sandbox } from '../../src/sandbox/index.ts';
import { NoAnswer, openRaw, type RawConnection, type Reply } from '../http/raw.ts';
import { type HttpCastellan, long, report, serveHttp, tenantOf } from './castellan.ts';
import { leakIn, sampleOf } from './messages.ts';
import { type HttpInput, httpInput } from './requests.ts';

const seed = 4_242;
const count = long ? 100_000 : 1_200;
const workers = 24;
/** How long an answer to nonsense may take on a busy machine. */
const hangMs = 8_000;
const canary = 'canary-7f3a91d05c-must-never-be-seen';

let sandbox: Sandbox;
let castellan: HttpCastellan;

beforeAll(async () => {
  sandbox = await openSandbox({ users: 60, seed: 3, rateLimits: 'off', token: canary });
  castellan = await serveHttp(['--log-level', 'debug', '--timeout', '5'], { env: tenantOf(sandbox.okta) });
});

afterAll(async () => {
  await castellan?.stop();
  await sandbox?.close();
});

interface Tally {
  readonly statuses: Map<string, number>;
  readonly problems: string[];
  valid: number;
  slowestMs: number;
  slowestValidMs: number;
}

describe('inputs that nobody should send', () => {
  test(`${count} over HTTP: no crash, no hang, no 5xx, nothing given away`, { timeout: 1_800_000 }, async () => {
    const tally: Tally = { statuses: new Map(), problems: [], valid: 0, slowestMs: 0, slowestValidMs: 0 };
    const inputs = sampleOf(httpInput, count, seed);
    const started = performance.now();
    await Promise.all(Array.from({ length: workers }, () => work(inputs, tally)));
    const seconds = (performance.now() - started) / 1000;
    await checkValid(tally);

    const status = await fetch(new URL('/metrics', castellan.url)).then((response) => response.text());
    report(`${count} inputs over HTTP, seed ${seed}`, {
      seconds: Math.round(seconds),
      ...Object.fromEntries([...tally.statuses].sort()),
      'slowest answer, ms': Math.round(tally.slowestMs),
      'valid calls in between': tally.valid,
      'slowest valid call, ms': Math.round(tally.slowestValidMs),
      'memory at the end, MB': Math.round(
        Number(/^\w*process_resident_memory_bytes (\S+)/m.exec(status)?.[1] ?? 0) / 2 ** 20,
      ),
      'log, MB': Math.round(castellan.stderr().length / 2 ** 20),
    });
    expect(tally.problems.slice(0, 5)).toEqual([]);
    expect(castellan.alive()).toBe(true);
    expect(tally.valid).toBeGreaterThan(count / 200);
    expect(sandbox.okta.requests).toBeGreaterThan(0);
    const log = castellan.stderr() + castellan.stdout();
    expect(log.includes(canary)).toBe(false);
    expect(
      log
        .split('\n')
        .filter((line) => /"level":"error"|unhandled/i.test(line))
        .slice(0, 3),
    ).toEqual([]);
  });
});

async function work(inputs: Generator<HttpInput>, tally: Tally): Promise<void> {
  let kept: RawConnection | undefined;
  let done = 0;
  for (const input of inputs) {
    if (tally.problems.length >= 20 || !castellan.alive()) break;
    try {
      const started = performance.now();
      if (input.framed) {
        if (!kept?.isOpen()) kept = await openRaw(castellan.port);
        const reply = await kept.exchange(input.bytes, { head: input.head, timeoutMs: hangMs });
        judge(input, reply, tally);
        if (reply === 'closed' || reply.closes) {
          kept.close();
          kept = undefined;
        }
      } else await sendUnframed(input, tally);
      tally.slowestMs = Math.max(tally.slowestMs, performance.now() - started);
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      tally.problems.push(describeInput(input, error.message));
      kept?.close();
      kept = undefined;
    }
    if (++done % 10 === 0) await checkValid(tally);
  }
  kept?.close();
}

/** A request that never ends properly may wait for its rest; once we close our side, the server must close too. */
async function sendUnframed(input: HttpInput, tally: Tally): Promise<void> {
  const raw = await openRaw(castellan.port);
  try {
    const reply = await raw.exchange(input.bytes, { timeoutMs: 150 }).catch((error: unknown) => {
      if (error instanceof NoAnswer) return undefined;
      throw error;
    });
    if (reply !== undefined) judge(input, reply, tally);
    raw.socket.end();
    const late = new Promise<'late'>((resolve) => setTimeout(resolve, hangMs, 'late').unref());
    if ((await Promise.race([raw.closed, late])) === 'late') throw new NoAnswer('still open after our side was closed');
    const rest = raw.rest().toString('utf8');
    if (/HTTP\/1\.1 5\d\d/.test(rest) || leakIn(rest, canary)) tally.problems.push(describeInput(input, rest));
  } finally {
    raw.close();
  }
}

function judge(input: HttpInput, reply: Reply, tally: Tally): void {
  const status = reply === 'closed' ? 'closed' : `${reply.answer.status}`;
  tally.statuses.set(status, (tally.statuses.get(status) ?? 0) + 1);
  if (reply === 'closed') {
    if (input.framed) tally.problems.push(describeInput(input, 'closed without an answer'));
    return;
  }
  const { answer } = reply;
  const all = `${JSON.stringify(answer.headers)}\n${answer.body}`;
  const leak = leakIn(all, canary);
  if (leak !== undefined)
    tally.problems.push(describeInput(input, `an answer holds ${leak}: ${answer.body.slice(0, 600)}`));
  if (answer.status >= 500) tally.problems.push(describeInput(input, `${answer.status} ${answer.body.slice(0, 300)}`));
}

function describeInput({ kind, bytes }: HttpInput, what: string): string {
  return `${kind}: ${what}\n  sent ${JSON.stringify(bytes.toString('latin1').slice(0, 1_500))}`;
}

/** Somebody else's proper call. */
async function checkValid(tally: Tally): Promise<void> {
  const started = performance.now();
  const response = await fetch(new URL('/mcp', castellan.url), {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
    body: '{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"get_current_time","arguments":{}}}',
    signal: AbortSignal.timeout(hangMs),
  }).catch((error: unknown) => String(error));
  const text = typeof response === 'string' ? response : await response.text();
  if (!text.includes('"epoch"')) tally.problems.push(`a valid call was answered ${text.slice(0, 300)}`);
  tally.valid++;
  tally.slowestValidMs = Math.max(tally.slowestValidMs, performance.now() - started);
}
