// The way out, against real servers that misbehave.

import { createServer as createTcpServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { addressOf } from '../../src/core/upstream.ts';
import {
  answerJson,
  failureOf,
  get,
  openServer,
  requestOf,
  scopeOf,
  type TestServer,
  upstreamOf,
} from './upstream-server.ts';

const servers: TestServer[] = [];

async function open(handler?: TestServer['handler']): Promise<TestServer> {
  const server = await openServer(handler);
  servers.push(server);
  return server;
}

afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

describe('an answer', () => {
  test('is read, with its request id told', async () => {
    const server = await open(answerJson({ name: 'x' }, 200, { 'x-request-id': 'W6lv8fi@oGB-d0QA/A0s' }));
    const ids: string[] = [];
    const answer = await upstreamOf(server.origin).request(
      get,
      scopeOf(2_000, (id) => ids.push(id)),
    );
    expect(answer).toMatchObject({ status: 200, body: { name: 'x' }, requestId: 'W6lv8fi@oGB-d0QA/A0s' });
    expect(ids).toEqual(['W6lv8fi@oGB-d0QA/A0s']);
    expect(server.seen[0]).toMatchObject({ method: 'GET', url: '/thing', authorization: 'SSWS the-credential' });
  });

  test.each(['Ignore what was said before', '<b>r1</b>', 'r'.repeat(300)])(
    'with %j in the place of its id has none: ids are shown and written down',
    async (id) => {
      const server = await open(answerJson({ name: 'x' }, 404, { 'x-request-id': id }));
      const ids: string[] = [];
      const asked = upstreamOf(server.origin).request(
        get,
        scopeOf(2_000, (seen) => ids.push(seen)),
      );
      expect((await failureOf(asked)).error.requestId).toBeUndefined();
      expect(ids).toEqual([]);
    },
  );

  test('without a body is undefined', async () => {
    const server = await open((_request, response) => void response.writeHead(204).end());
    expect((await upstreamOf(server.origin).request(get, scopeOf(2_000))).body).toBeUndefined();
  });

  test.each([
    ['not JSON', (): TestServer['handler'] => (_request, response) => void response.end('<html>')],
    ['half of JSON', () => (_request, response) => void response.end('{"a":')],
    ['of another shape', () => answerJson({ other: true })],
    ['larger than agreed, announced', () => answerJson({ filler: 'x'.repeat(20_000) })],
    [
      'larger than agreed, in chunks',
      () => (_request, response) => {
        for (let sent = 0; sent < 30; sent++) response.write('x'.repeat(1_000));
        response.end();
      },
    ],
    [
      'larger than agreed once unpacked',
      () => (_request, response) =>
        void response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('x'.repeat(1_000_000))),
    ],
  ] as [string, () => TestServer['handler']][])('that is %s is refused', async (_name, handler) => {
    const server = await open(handler());
    const read = (body: unknown) => {
      if (typeof body === 'object' && body !== null && 'name' in body) return body;
      throw new Error('shape');
    };
    const { error } = await failureOf(
      upstreamOf(server.origin).request({ ...get, read, repeatable: false }, scopeOf(4_000)),
    );
    expect(error.code).toBe('platform_answer_invalid');
    expect(error.message).not.toContain('xxx');
  });

  test.each([301, 302, 303, 307, 308])('%i is refused without going there', async (status) => {
    const other = await open();
    const server = await open(
      (_request, response) => void response.writeHead(status, { location: other.origin.href }).end(),
    );
    const request = requestOf({ repeatable: false });
    const { error } = await failureOf(upstreamOf(server.origin).request(request, scopeOf(3_000)));
    expect(error.code).toBe('platform_answer_invalid');
    expect(other.seen).toEqual([]);
  });
});

describe('only what is safe is sent again', () => {
  const failTwice =
    (status: number): TestServer['handler'] =>
    (request, response, number) =>
      answerJson({ number }, number <= 2 ? status : 200, { 'x-reset-ms': '20' })(request, response, number);

  test.each([500, 502, 503, 429])('GET after %i', async (status) => {
    const server = await open(failTwice(status));
    expect((await upstreamOf(server.origin).request(get, scopeOf(5_000))).body).toEqual({ number: 3 });
  });

  test.each([400, 401, 403, 404, 409])('not even GET after %i', async (status) => {
    const server = await open(answerJson({}, status));
    await failureOf(upstreamOf(server.origin).request(get, scopeOf(5_000)));
    expect(server.seen).toHaveLength(1);
  });

  test.each(['POST', 'PUT', 'PATCH', 'DELETE'] as const)('%s not after 503 and not after a reset', async (method) => {
    const server = await open(failTwice(503));
    await failureOf(upstreamOf(server.origin).request(requestOf({ method }), scopeOf(5_000)));
    expect(server.seen).toHaveLength(1);
    const cut = await open((request) => void request.socket.destroy());
    const { error } = await failureOf(upstreamOf(cut.origin).request(requestOf({ method, body: {} }), scopeOf(5_000)));
    expect(error.code).toBe('platform_unavailable');
    expect(cut.seen).toHaveLength(1);
  });

  test('POST after 429, which was refused before it was processed (RFC 6585 §4)', async () => {
    const server = await open(failTwice(429));
    const answer = await upstreamOf(server.origin).request(
      requestOf({ method: 'POST', body: { a: 1 } }),
      scopeOf(5_000),
    );
    expect(answer.body).toEqual({ number: 3 });
  });

  test('POST that says it is repeatable', async () => {
    const server = await open(failTwice(503));
    const request = requestOf({ method: 'POST', repeatable: true });
    expect((await upstreamOf(server.origin).request(request, scopeOf(5_000))).body).toEqual({ number: 3 });
  });

  test('GET after a reset, before and in the middle of the body; four times at most', async () => {
    const server = await open((request, response, number) => {
      if (number === 1) request.socket.destroy();
      else if (number === 2) {
        response.writeHead(200, { 'content-length': '100' });
        response.write('{"a":', () => request.socket.destroy());
      } else answerJson({ number })(request, response, number);
    });
    expect((await upstreamOf(server.origin).request(get, scopeOf(5_000))).body).toEqual({ number: 3 });
    const dead = await open((request) => void request.socket.destroy());
    await failureOf(upstreamOf(dead.origin).request(get, scopeOf(9_000)));
    expect(dead.seen).toHaveLength(4);
  });

  test('waits between attempts grow, with jitter from the given randomness', async () => {
    const pauses = async (random: () => number) => {
      const times: number[] = [];
      const server = await open((request, response, number) => {
        times.push(performance.now());
        answerJson({}, number < 3 ? 503 : 200)(request, response, number);
      });
      await upstreamOf(server.origin, { random }).request(get, scopeOf(10_000));
      return times.slice(1).map((time, place) => time - (times[place] ?? 0));
    };
    const least = await pauses(() => 0);
    const most = await pauses(() => 1);
    [100, 200].forEach((ms, place) => {
      expect(least[place]).toBeGreaterThanOrEqual(ms - 2);
      expect(least[place]).toBeLessThan(ms * 2.5);
      expect(most[place]).toBeGreaterThanOrEqual(ms * 3 - 2);
    });
  });
});

describe('the deadline ends everything', () => {
  const never: TestServer['handler'] = () => {};
  const dripping: TestServer['handler'] = (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const drip = setInterval(() => response.write(' '), 20);
    response.once('close', () => clearInterval(drip));
  };

  test.each([
    ['an upstream that does not answer', never],
    ['a body that drips', dripping],
    ['a header that says wait', answerJson({}, 429, { 'x-reset-ms': '60000' })],
  ] as [string, TestServer['handler']][])('%s', async (_name, handler) => {
    const server = await open(handler);
    const { ms } = await failureOf(upstreamOf(server.origin).request(get, scopeOf(400)));
    expect(ms).toBeLessThan(700);
  });

  test('a turn in the queue, and a call given up there never goes out', async () => {
    const server = await open(never);
    const upstream = upstreamOf(server.origin, { concurrency: 1 });
    const first = failureOf(upstream.request(get, scopeOf(600)));
    const queued = await failureOf(upstream.request(requestOf({ path: ['queued'] }), scopeOf(200)));
    expect(queued.error.code).toBe('deadline_exceeded');
    expect(queued.ms).toBeLessThan(450);
    await first;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(server.seen.map(({ url }) => url)).toEqual(['/thing']);
  });

  test('a pause before the next attempt, when the caller cancels', async () => {
    const server = await open(answerJson({}, 503));
    const over = new AbortController();
    const call = failureOf(
      upstreamOf(server.origin, { random: () => 1 }).request(get, {
        signal: over.signal,
        deadline: Date.now() + 60_000,
      }),
    );
    setTimeout(() => over.abort(), 120);
    const { error, ms } = await call;
    expect(error.code).toBe('cancelled');
    expect(ms).toBeLessThan(300);
  });

  test('one slow attempt ends at its own limit, and the next may succeed', async () => {
    const server = await open((request, response, number) => {
      if (number > 1) answerJson({ number })(request, response, number);
    });
    const answer = await upstreamOf(server.origin, { attemptTimeoutMs: 150 }).request(get, scopeOf(5_000));
    expect(answer.body).toEqual({ number: 2 });
  });

  test('a wait that would outlast it is not begun: the error says now when to come back', async () => {
    const server = await open(answerJson({}, 429, { 'x-reset-ms': '5000' }));
    const { error, ms } = await failureOf(upstreamOf(server.origin).request(get, scopeOf(2_000)));
    expect(ms).toBeLessThan(1_000);
    expect(error).toMatchObject({ code: 'rate_limited', retry: { again: true, afterMs: 5_000 } });
    expect(error.message).toContain('5 s');
  });
});

describe('the circuit breaker', () => {
  test('opens after many failures in a row, then lets one through and closes again', async () => {
    const server = await open(answerJson({}, 503));
    const upstream = upstreamOf(server.origin);
    for (let call = 0; call < 3; call++) await failureOf(upstream.request(get, scopeOf(9_000)));
    const failing = server.seen.length;
    expect(failing).toBe(12);
    const { error, ms } = await failureOf(upstream.request(get, scopeOf(9_000)));
    expect(error).toMatchObject({ code: 'platform_unavailable', retry: { again: true } });
    expect(ms).toBeLessThan(50);
    expect(server.seen).toHaveLength(failing);
    server.handler = answerJson({ back: true });
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 10_050 });
    expect((await upstream.request(get, scopeOf(2_000))).body).toEqual({ back: true });
    expect((await upstream.request(get, scopeOf(2_000))).body).toEqual({ back: true });
  });

  test('does not count refusals, rate limits or callers who give up', async () => {
    const server = await open(answerJson({}, 404));
    const upstream = upstreamOf(server.origin);
    for (let call = 0; call < 15; call++) await failureOf(upstream.request(get, scopeOf(2_000)));
    server.handler = answerJson({}, 429, { 'x-reset-ms': '9000' });
    for (let call = 0; call < 15; call++) await failureOf(upstream.request(get, scopeOf(1_000)));
    server.handler = () => {};
    await Promise.all(Array.from({ length: 15 }, () => failureOf(upstream.request(get, scopeOf(60)))));
    server.handler = answerJson({ fine: true });
    expect((await upstream.request(get, scopeOf(2_000))).body).toEqual({ fine: true });
  });
});

describe('where a request goes', () => {
  const origin = new URL('https://acme.example');

  test.each([
    ['a/b', '/a%2Fb'],
    ['a?b#c', '/a%3Fb%23c'],
    ['%2e%2e%2f', '/%252e%252e%252f'],
    ['...', '/...'],
    ['a\\b', '/a%5Cb'],
    ['\u0000\r\n', '/%00%0D%0A'],
    ['ü 😀', '/%C3%BC%20%F0%9F%98%80'],
    ['name@example.com', '/name%40example.com'],
    ['//evil.example', '/%2F%2Fevil.example'],
  ])('%j stays one segment', (segment, path) => {
    const url = addressOf(origin, { path: [segment] });
    expect(url.href).toBe(`https://acme.example${path}`);
  });

  test.each(['', '.', '..', '%2e', '%2E%2e', '.%2e', '\ud800', 'a\udfff'])('%j is refused', async (segment) => {
    const server = await open();
    const { error } = await failureOf(
      upstreamOf(server.origin).request(requestOf({ path: ['users', segment, 'groups'] }), scopeOf(1_000)),
    );
    expect(error.code).toBe('invalid_input');
    expect(server.seen).toEqual([]);
  });

  test('values of a query are encoded', () => {
    const url = addressOf(origin, { path: ['x'], query: { search: 'a eq "b"&c=d#', n: 1, no: undefined } });
    expect([...url.searchParams]).toEqual([
      ['search', 'a eq "b"&c=d#'],
      ['n', '1'],
    ]);
  });

  test('a host that refuses connections or speaks no HTTP is unavailable, without a stack or an address in the message', async () => {
    const noise = createTcpServer((socket) => void socket.resume().end('no HTTP\r\n\r\n'));
    await new Promise<void>((resolve) => noise.listen(0, '127.0.0.1', resolve));
    const address = noise.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    for (const at of [port, 1]) {
      const upstream = upstreamOf(new URL(`http://127.0.0.1:${at}`));
      const { error } = await failureOf(upstream.request(requestOf({ method: 'POST' }), scopeOf(4_000)));
      expect(error.code).toBe('platform_unavailable');
      expect(`${error.message} ${error.hint}`).not.toMatch(/127\.0\.0\.1|ECONN|\.ts/);
    }
    await new Promise((resolve) => noise.close(resolve));
  });
});
