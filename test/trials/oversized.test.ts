// Trial: too much of everything at each endpoint of the broker and the console: it is refused quickly, by what it is, and
// nothing of it stays.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Visitor } from '../../src/cli/visitor.ts';
import { openRaw, writeRequest } from '../http/raw.ts';
import { newClient, obtain } from '../support/broker.ts';
import { actAs, openBrowser } from '../support/sign-in.ts';
import { type HttpCastellan, long, report, serveHttp } from './castellan.ts';
import { inParallel, weigh, weighable } from './crowd.ts';

const times = long ? 60 : 2;
const quickMs = 3_000;
const mayGrowBytes = 10 * 2 ** 20;
/** A little more than any of them reads. */
const large = 70 * 1024;

let castellan: HttpCastellan;
let browser: Visitor;
let clientId: string;

beforeAll(async () => {
  castellan = await serveHttp(['--sandbox', '--users', '20', '--log-level', 'warn'], { door: [], node: weighable });
  browser = openBrowser();
  ({ clientId } = await obtain(castellan.url, browser, actAs()));
}, 60_000);

afterAll(() => castellan?.stop());

const form = 'application/x-www-form-urlencoded';
const json = 'application/json';
const pairs = (count: number) => Array.from({ length: count }, (_, place) => `p${place}=1`).join('&');

interface Endpoint {
  readonly path: string;
  readonly type: string;
  /** As somebody who is signed in in a browser. */
  readonly signedIn?: boolean;
  /** What it makes of a form that is none of ours: it asks the person. */
  readonly asks?: boolean;
}

const endpoints: readonly Endpoint[] = [
  { path: '/oauth/token', type: form },
  { path: '/oauth/revoke', type: form },
  { path: '/oauth/register', type: json },
  { path: '/oauth/authorize', type: form },
  { path: '/oauth/interaction/abcdefghijklmnopqrstu', type: form, signedIn: true },
  { path: '/oauth/logout', type: form, signedIn: true, asks: true },
  { path: '/approvals/ABCD-EFGH', type: form, signedIn: true },
  { path: '/clients/abcdefgh', type: form, signedIn: true },
  { path: '/sign-out', type: form, signedIn: true },
];

const bodies: readonly { readonly what: string; readonly of: (type: string) => string }[] = [
  {
    what: 'a value of 70 KB',
    of: (type) =>
      type === json
        ? JSON.stringify({ client_name: 'x'.repeat(large) })
        : `client_id=${clientId}&a=${'x'.repeat(large)}`,
  },
  {
    what: 'a value of 8 MB',
    of: (type) =>
      type === json ? JSON.stringify({ client_name: 'x'.repeat(8 * 2 ** 20) }) : `a=${'x'.repeat(8 * 2 ** 20)}`,
  },
  {
    what: '10,000 parameters',
    of: (type) =>
      type === json
        ? JSON.stringify(
            Object.fromEntries(
              pairs(10_000)
                .split('&')
                .map((pair) => pair.split('=')),
            ),
          )
        : pairs(10_000),
  },
  {
    what: '5,000 of the same parameter',
    of: (type) =>
      type === json
        ? JSON.stringify({ redirect_uris: Array(2_000).fill('http://127.0.0.1/') })
        : 'scope=a&'.repeat(5_000),
  },
  {
    what: 'nesting, 20,000 levels',
    of: (type) =>
      type === json ? `{"redirect_uris":${'['.repeat(20_000)}${']'.repeat(20_000)}}` : `a${'[b]'.repeat(10_000)}=1`,
  },
  {
    what: 'a name of a parameter of 60 KB',
    of: (type) => (type === json ? `{"${'x'.repeat(60_000)}":1}` : `${'x'.repeat(60_000)}=1`),
  },
];

interface Answer {
  readonly status: number | 'closed';
  readonly ms: number;
}

async function send(
  method: string,
  path: string,
  headers: readonly (readonly [string, string])[],
  body?: Buffer | string,
): Promise<Answer> {
  const raw = await openRaw(castellan.port);
  const started = performance.now();
  try {
    const given = [['Host', `127.0.0.1:${castellan.port}`], ...headers] as const;
    const reply = await raw.exchange(
      writeRequest({ method, path, headers: given, ...(body !== undefined && { body }) }),
      { timeoutMs: 20_000 },
    );
    return { status: reply === 'closed' ? 'closed' : reply.answer.status, ms: performance.now() - started };
  } finally {
    raw.close();
  }
}

const headersOf = ({ type, signedIn, path }: Endpoint): [string, string][] => [
  ['Content-Type', type],
  ...(signedIn
    ? ([
        ['Cookie', browser.cookies(new URL(path, castellan.url))],
        ['Origin', castellan.url],
      ] as [string, string][])
    : []),
];

/** Each kind at once with the others, and again. */
async function sendAll(what: readonly (() => Promise<Answer>)[]): Promise<Map<number | 'closed', number>> {
  const statuses = new Map<number | 'closed', number>();
  const late: number[] = [];
  await inParallel(what.length * times, 8, async (place) => {
    const { status, ms } = (await what[place % what.length]?.()) ?? { status: 'closed', ms: 0 };
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    if (ms > quickMs) late.push(ms);
  });
  expect(late).toEqual([]);
  return statuses;
}

/** Or cut off: who still sends megabytes when the answer comes may miss it. */
const isRefused = (status: number | 'closed', { asks = false }: Endpoint) =>
  status === 'closed' || (status >= 400 && status < 500) || (asks && status === 200);

/** Made once: eight megabytes take a while. */
const made = new Map<string, Buffer>();
function bodyOf(place: number, type: string): Buffer {
  const kind = bodies[place % bodies.length];
  const name = `${kind?.what} ${type}`;
  const body = made.get(name) ?? Buffer.from(kind?.of(type) ?? '');
  made.set(name, body);
  return body;
}

describe('too much', () => {
  test.each(endpoints)('of a body at $path', { timeout: 300_000 }, async (endpoint) => {
    const headers = headersOf(endpoint);
    const statuses = await sendAll(
      bodies.map((_kind, place) => () => {
        const body = bodyOf(place, endpoint.type);
        return send('POST', endpoint.path, [...headers, ['Content-Length', String(body.length)]], body);
      }),
    );
    for (const status of statuses.keys()) expect(isRefused(status, endpoint), String([...statuses])).toBe(true);
    expect(statuses.get('closed') ?? 0).toBeLessThanOrEqual(times);
  });

  test.each(endpoints)('of a body of unknown length at $path', { timeout: 300_000 }, async (endpoint) => {
    const chunk = `${(0x8000).toString(16)}\r\n${'x'.repeat(0x8000)}\r\n`;
    const body = `${chunk.repeat(40)}0\r\n\r\n`;
    const headers: [string, string][] = [...headersOf(endpoint), ['Transfer-Encoding', 'chunked']];
    const statuses = await sendAll([() => send('POST', endpoint.path, headers, body)]);
    for (const status of statuses.keys()) expect(isRefused(status, endpoint), String([...statuses])).toBe(true);
  });

  test.each([
    ...endpoints.map(({ path }) => path),
    '/oauth/callback',
    '/',
    '/calls',
    '/sign-in',
    '/.well-known/oauth-authorization-server',
  ])('of an address at %s', { timeout: 300_000 }, async (path) => {
    const cookie: [string, string] = ['Cookie', browser.cookies(new URL(path, castellan.url))];
    const [tooLong, many, odd] = await Promise.all([
      sendAll([
        () => send('GET', `${path}?${pairs(10_000)}`, [cookie]),
        () => send('GET', `${path}?a=${'x'.repeat(100 * 1024)}`, [cookie]),
      ]),
      // Within what a request may be long: whatever it says, it breaks nothing.
      sendAll([
        () => send('GET', `${path}?${pairs(1_500)}`, [cookie]),
        () => send('GET', `${path}?${'scope=a&'.repeat(1_500)}`, [cookie]),
      ]),
      sendAll([
        () => send('GET', `${path}?a${'[b]'.repeat(3_000)}=1`, [cookie]),
        () => send('GET', `${path}?${'%00'.repeat(3_000)}`, [cookie]),
      ]),
    ]);
    expect(
      [...tooLong.keys()].every((status) => status === 431),
      String([...tooLong]),
    ).toBe(true);
    for (const status of [...many.keys(), ...odd.keys()]) expect(Number(status)).toBeLessThan(500);
  });

  test('leaves nothing behind, and everybody else is served', { timeout: 120_000 }, async () => {
    const round = async () => {
      for (const endpoint of endpoints) {
        const headers = headersOf(endpoint);
        await inParallel(bodies.length * times, 8, async (place) => {
          const body = bodyOf(place, endpoint.type);
          await send('POST', endpoint.path, [...headers, ['Content-Length', String(body.length)]], body);
        });
      }
    };
    await round();
    const before = await weigh(castellan);
    await round();
    await round();
    const after = await weigh(castellan);
    report('oversized requests', {
      requests: endpoints.length * bodies.length * times * 2,
      'held before, MiB': (before.held / 2 ** 20).toFixed(1),
      'held after, MiB': (after.held / 2 ** 20).toFixed(1),
    });
    expect(after.held - before.held).toBeLessThan(mayGrowBytes);
    expect((await newClient(castellan.url)).client_id).not.toBe('');
    await obtain(castellan.url, browser, actAs());
    expect(castellan.stderr()).not.toMatch(/"level":"error"|unhandled/i);
  });
});
