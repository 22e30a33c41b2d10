// How the simulated Okta behaves around its answers: tokens, rate limits, wrong methods, and trouble on demand.

import { afterEach, describe, expect, it } from 'vitest';
import { type FaultKind, openSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox/index.ts';
import { codeOf, createClient } from './kit.ts';

let sandbox: Sandbox;
const open = async (options: SandboxOptions = {}) => {
  sandbox = await openSandbox({ users: 20, ...options });
  return createClient(sandbox);
};
afterEach(() => sandbox.close());

describe('the token', () => {
  it.each([undefined, '', 'SSWS wrong', 'Bearer x', 'SSWS'])('%s is refused', async (authorization) => {
    await open();
    const response = await fetch(`${sandbox.okta.url}/api/v1/users`, {
      headers: authorization === undefined ? {} : { authorization },
    });
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({
      errorCode: 'E0000011',
      errorSummary: 'Invalid token provided',
      errorLink: 'E0000011',
      errorCauses: [],
    });
  });
});

describe('paths and methods', () => {
  it('answers 404 E0000008 for no path and 405 E0000022 for a wrong method', async () => {
    const client = await open();
    expect(codeOf(await client.get('/api/v1/nothing'))).toBe('E0000008');
    expect(codeOf(await client.get('/api/v1/users/a/b/c'))).toBe('E0000008');
    expect(codeOf(await client.get('/api/v1/users/%E0%A4%A'))).toBe('E0000008');
    for (const [method, path] of [
      ['PATCH', '/api/v1/users'],
      ['PUT', '/api/v1/zones'],
      ['DELETE', '/api/v1/logs'],
    ] as const) {
      const reply = await client.call(method, path);
      expect([reply.status, codeOf(reply)]).toEqual([405, 'E0000022']);
    }
    const head = await fetch(`${sandbox.okta.url}/api/v1/users`, {
      method: 'HEAD',
      headers: { authorization: `SSWS ${sandbox.okta.token}` },
    });
    expect(head.status).toBe(405);
  });

  it('refuses a body of more than a megabyte and one that is no JSON', async () => {
    const client = await open();
    const big = await fetch(`${sandbox.okta.url}/api/v1/users`, { method: 'POST', body: 'x'.repeat(1_100_000) }).then(
      (reply) => reply.status,
      () => 413,
    );
    expect(big).toBe(413);
    const headers = { authorization: `SSWS ${sandbox.okta.token}` };
    const response = await fetch(`${sandbox.okta.url}/api/v1/users`, { method: 'POST', body: '{', headers });
    expect(((await response.json()) as { errorCode: string }).errorCode).toBe('E0000003');
    expect((await client.get('/api/v1/org')).status).toBe(200);
  });
});

describe('rate limits', () => {
  it('stand on every response, with Date and a request id', async () => {
    const client = await open();
    const { headers } = await client.get('/api/v1/users');
    expect(headers.get('x-rate-limit-limit')).toBe('600');
    expect(headers.get('x-rate-limit-remaining')).toBe('599');
    const wait = Number(headers.get('x-rate-limit-reset')) - Date.parse(headers.get('date') ?? '') / 1000;
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(61);
    expect(headers.get('x-okta-request-id')).toMatch(/^\w{20,}$/);
    const other = await client.get('/api/v1/users/me');
    expect(other.headers.get('x-rate-limit-limit')).toBe('2000');
    expect((await client.get('/api/v1/logs')).headers.get('x-rate-limit-limit')).toBe('120');
    expect((await client.get('/api/v1/nothing')).headers.get('x-rate-limit-remaining')).toBe('1199');
  });

  it('give 429 E0000047 when a bucket is empty, and fill it again a minute later', async () => {
    let at = Date.UTC(2026, 0, 1);
    const client = await open({ rateLimits: 2, now: () => at });
    expect((await client.get('/api/v1/users')).status).toBe(200);
    expect((await client.get('/api/v1/users')).headers.get('x-rate-limit-remaining')).toBe('0');
    const refused = await client.get('/api/v1/users');
    expect([refused.status, codeOf(refused), refused.headers.get('x-rate-limit-remaining')]).toEqual([
      429,
      'E0000047',
      '0',
    ]);
    expect(refused.headers.get('retry-after')).toBeNull();
    expect((await client.get('/api/v1/groups')).status).toBe(200);
    at = Number(refused.headers.get('x-rate-limit-reset')) * 1000;
    expect((await client.get('/api/v1/users')).status).toBe(200);
  });
});

describe('faults', () => {
  const ask = (header: string) =>
    fetch(`${sandbox.okta.url}/api/v1/users`, {
      headers: { authorization: `SSWS ${sandbox.okta.token}`, 'x-sandbox-fault': header },
    });

  it('rate-limit and concurrency are told apart by their headers', async () => {
    await open();
    const limited = await ask('rate-limit');
    expect([
      limited.status,
      limited.headers.get('x-rate-limit-limit'),
      limited.headers.get('x-rate-limit-remaining'),
    ]).toEqual([429, '600', '0']);
    const crowded = await ask('concurrency');
    expect([
      crowded.status,
      crowded.headers.get('x-rate-limit-limit'),
      crowded.headers.get('x-rate-limit-remaining'),
    ]).toEqual([429, '0', '0']);
    expect(((await crowded.json()) as { errorCode: string }).errorCode).toBe('E0000047');
  });

  it('server-error answers 500, 502, 503 and 504, as JSON, HTML and nothing', async () => {
    await open();
    const seen = new Set<string>();
    for (let variant = 0; variant < 12; variant++) {
      const response = await ask(`server-error;variant=${variant}`);
      const text = await response.text();
      seen.add(`${response.status} ${text === '' ? 'empty' : text.startsWith('<') ? 'html' : 'json'}`);
    }
    expect(seen.size).toBe(12);
  });

  it('slow waits as long as it is told', async () => {
    await open();
    const before = performance.now();
    expect((await ask('slow;ms=120')).status).toBe(200);
    expect(performance.now() - before).toBeGreaterThanOrEqual(115);
  });

  it('reset breaks the connection before the answer or in the middle', async () => {
    await open();
    await expect(ask('reset;variant=0')).rejects.toThrow();
    await expect(ask('reset;variant=1').then((response) => response.text())).rejects.toThrow();
  });

  it('cut promises more than it sends, or sends half of the JSON', async () => {
    await open();
    await expect(ask('cut;variant=0').then((response) => response.text())).rejects.toThrow();
    const half = await (await ask('cut;variant=1')).text();
    expect(() => JSON.parse(half)).toThrow();
  });

  it('garbage says 200 and means nothing', async () => {
    await open();
    for (const variant of [0, 1, 2]) {
      const response = await ask(`garbage;variant=${variant}`);
      expect(response.status).toBe(200);
      expect(await response.text()).not.toMatch(/^\[/);
    }
  });

  it('unauthorized refuses a good token, and hang never answers', async () => {
    await open();
    expect((await ask('unauthorized')).status).toBe(401);
    const { okta } = sandbox;
    const headers = { authorization: `SSWS ${okta.token}`, 'x-sandbox-fault': 'hang' };
    await expect(fetch(`${okta.url}/api/v1/org`, { headers, signal: AbortSignal.timeout(60) })).rejects.toThrow(
      /timeout/i,
    );
    // Without a socket there is nothing to wait for.
    expect((await okta.fetch(new Request(`${okta.url}/api/v1/org`, { headers }))).status).toBe(200);
  });

  it('strike the share of requests they are set to, the same ones for the same seed', async () => {
    const client = await open({ rateLimits: 'off' });
    const kinds: FaultKind[] = ['rate-limit'];
    const run = async () => {
      sandbox.okta.setFaults({ rate: 0.3, kinds, seed: 5 });
      const statuses: number[] = [];
      for (let i = 0; i < 100; i++) statuses.push((await client.get('/api/v1/org')).status);
      return statuses;
    };
    const first = await run();
    expect(first.filter((status) => status === 429).length).toBeGreaterThan(15);
    expect(first.filter((status) => status === 429).length).toBeLessThan(45);
    expect(await run()).toEqual(first);
    sandbox.okta.setFaults(null);
    expect((await client.get('/api/v1/org')).status).toBe(200);
  });

  it('can be set from outside with the token', async () => {
    const client = await open();
    expect((await client.call('PUT', '/__sandbox/faults', { body: { rate: 1, kinds: ['rate-limit'] } })).status).toBe(
      200,
    );
    expect((await client.get('/api/v1/org')).status).toBe(429);
    expect((await client.call('PUT', '/__sandbox/faults', { body: { rate: 7 } })).status).toBe(400);
    expect((await fetch(`${sandbox.okta.url}/__sandbox/faults`, { method: 'PUT', body: '{}' })).status).toBe(401);
    await client.call('PUT', '/__sandbox/faults', { body: null });
    expect((await client.get('/api/v1/org')).status).toBe(200);
  });
});

describe('the door in-process', () => {
  it('behaves as the one over HTTP', async () => {
    await open();
    const request = () =>
      new Request('http://okta.example/api/v1/users?limit=2', {
        headers: { authorization: `SSWS ${sandbox.okta.token}` },
      });
    const response = await sandbox.okta.fetch(request());
    expect(response.headers.get('link')).toContain('<http://okta.example/api/v1/users?limit=2>; rel="self"');
    expect(await response.json()).toHaveLength(2);
    expect(sandbox.okta.requests).toBe(1);
    sandbox.okta.setFaults({ rate: 1, kinds: ['reset'] });
    expect((await sandbox.okta.fetch(request())).status).toBe(200);
  });
});
