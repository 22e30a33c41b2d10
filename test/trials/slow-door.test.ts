// Trial: a thousand connections that send or read as slowly as they can do not stop the others, and are not kept for ever.

import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Issuer, openIssuer } from '../support/issuer.ts';
import { type HttpCastellan, long, report, serveHttp } from './castellan.ts';
import { type Crowd, createCrowd, type Member } from './crowd.ts';

const publicUrl = 'https://mcp.example.com/mcp';
const slow = long ? 1_000 : 300;
const calls = long ? 2_000 : 400;

let issuer: Issuer;
let castellan: HttpCastellan;
let crowd: Crowd;
let member: Member;

beforeAll(async () => {
  issuer = await openIssuer();
  castellan = await serveHttp(['--sandbox', '--users', '50', '--log-level', 'warn'], {
    door: ['--auth-issuer', issuer.url, '--public-url', publicUrl],
  });
  crowd = createCrowd(castellan.url, 4);
  member = { id: 'person-1', writes: false, token: await issuer.mint() };
});

afterAll(async () => {
  crowd?.close();
  await castellan?.stop();
  await issuer?.close();
});

/** How long a caller waits who is not slow, milliseconds: half of the calls, and nearly all. */
async function timeCalls(): Promise<{ median: number; p99: number; most: number }> {
  const times: number[] = [];
  for (let done = 0; done < calls; done++) {
    const started = performance.now();
    const { problem } = await crowd.ask(member, done % 20 === 0 ? 'tools' : 'time');
    times.push(performance.now() - started);
    expect(problem).toBeUndefined();
  }
  times.sort((a, b) => a - b);
  return { median: times[calls >> 1] ?? 0, p99: times[Math.floor(calls * 0.99)] ?? 0, most: times.at(-1) ?? 0 };
}

const head = (more: readonly string[]) =>
  ['POST /mcp HTTP/1.1', 'Host: 127.0.0.1', 'Content-Type: application/json', ...more].join('\r\n');
const signed = () => [`Authorization: Bearer ${member.token}`, 'Accept: application/json, text/event-stream'];
const list = '{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{}}';
const asking = () => `${head([...signed(), `Content-Length: ${list.length}`])}\r\n\r\n${list}`;

interface Slow {
  readonly what: string;
  /** Sent at once. */
  readonly start: () => string;
  /** Sent again and again. */
  readonly drip?: string;
  readonly reads: boolean;
  /** By then it is closed, milliseconds. */
  readonly within: number;
}

const kinds: readonly Slow[] = [
  { what: 'nothing at all', start: () => '', reads: true, within: 15_000 },
  { what: 'half of the headers', start: () => head([]), drip: '\r\nX-More: a', reads: true, within: 15_000 },
  {
    what: 'half of the body, signed in',
    start: () => `${head([...signed(), 'Content-Length: 60000'])}\r\n\r\n{"jsonrpc":`,
    drip: ' ',
    reads: true,
    within: 20_000,
  },
  // So many answers that no buffer on the way holds them.
  { what: 'questions, and reads no answer', start: () => asking().repeat(100), reads: false, within: 40_000 },
];

function open(kind: Slow, closed: () => void): { readonly socket: Socket; readonly ready: Promise<void> } {
  const socket = connect({ port: castellan.port, host: '127.0.0.1' });
  socket.on('error', () => {});
  socket.once('close', closed);
  if (kind.reads) socket.resume();
  else socket.pause();
  const ready = new Promise<void>((resolve) => {
    socket.once('connect', () => {
      socket.write(kind.start());
      resolve();
    });
  });
  if (kind.drip !== undefined) {
    const timer = setInterval(() => socket.write(kind.drip ?? ''), 500);
    socket.once('close', () => clearInterval(timer));
  }
  return { socket, ready };
}

/** Connections that the server holds, of all that were made to it; `undefined` where there is no /proc. */
function countOpen(): number | undefined {
  const port = castellan.port.toString(16).toUpperCase().padStart(4, '0');
  try {
    const rows = readFileSync('/proc/net/tcp', 'utf8').split('\n').slice(1);
    const columns = rows.map((row) => row.trim().split(/\s+/));
    // What listens (0A), and what the process has let go of (no inode), does not count.
    return columns.filter(
      ([, local, , state, , , , , , inode]) => local?.endsWith(`:${port}`) && state !== '0A' && inode !== '0',
    ).length;
  } catch {
    return undefined;
  }
}

describe(`${slow} slow connections`, () => {
  // Those that do not read are found out later than a short run lasts.
  const tried = kinds.filter(({ reads }) => reads || long);
  const sending = kinds.filter(({ reads }) => reads);
  // Their many questions are work, and how slow much work is is not asked here.
  const kindOf = (place: number) => (place % 20 === 0 ? tried.at(-1) : sending[place % sending.length]) as Slow;

  test('do not stop the others, and are closed', { timeout: 200_000 }, async () => {
    await timeCalls();
    const alone = await timeCalls();
    const left = new Map(tried.map((kind) => [kind.what, 0]));
    const lasted = new Map<string, number>();
    const started = performance.now();
    const opened = Array.from({ length: slow }, (_, place) => {
      const kind = kindOf(place);
      left.set(kind.what, (left.get(kind.what) ?? 0) + 1);
      return open(kind, () => {
        left.set(kind.what, (left.get(kind.what) ?? 0) - 1);
        lasted.set(kind.what, performance.now() - started);
      });
    });
    await Promise.all(opened.map(({ ready }) => ready));
    const beside = await timeCalls();

    crowd.close();
    const patience = Math.max(...tried.map(({ within }) => within));
    const total = () => [...left.values()].reduce((sum, each) => sum + each);
    await expect.poll(() => (countOpen() ?? total()) === 0, { timeout: patience + 5_000, interval: 200 }).toBe(true);
    const seconds = (performance.now() - started) / 1_000;
    for (const { socket } of opened) socket.resume();
    await expect.poll(total, { timeout: 10_000 }).toBe(0);
    report(`${slow} slow connections`, {
      'a call alone, ms': `${alone.median.toFixed(2)} (99 %: ${alone.p99.toFixed(1)}, most: ${alone.most.toFixed(0)})`,
      'a call beside them, ms': `${beside.median.toFixed(2)} (99 %: ${beside.p99.toFixed(1)}, most: ${beside.most.toFixed(0)})`,
      ...Object.fromEntries([...lasted].map(([what, ms]) => [`${what}: closed after, s`, (ms / 1_000).toFixed(1)])),
      'all closed after, s': seconds.toFixed(1),
    });
    for (const { what, within, reads } of tried) if (reads) expect(lasted.get(what), what).toBeLessThan(within);
    // A busy machine adds a little to what is otherwise a fraction of a millisecond.
    expect(beside.median).toBeLessThan(alone.median * 3 + 2);
    expect(beside.p99).toBeLessThan(alone.p99 * 5 + 50);
    expect(castellan.alive()).toBe(true);
  });
});
