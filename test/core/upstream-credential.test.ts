// A credential that the upstream refuses: renewed once and the request sent again, where the credential can be renewed.

import { afterEach, describe, expect, test } from 'vitest';
import type { Credential } from '../../src/core/upstream.ts';
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

/** Lets in whoever brings the newest of the credentials. */
async function openGuarded(newest: string): Promise<TestServer> {
  const server = await openServer((request, response, number) => {
    const known = request.headers.authorization === `Bearer ${newest}`;
    answerJson(known ? { ok: true } : { no: true }, known ? 200 : 401, { 'x-limit': '5' })(request, response, number);
  });
  servers.push(server);
  return server;
}

/** Counts up: one, two, three … after each refusal. */
function counting(renews: boolean): { readonly credential: Credential; readonly refused: string[] } {
  let serial = 1;
  const refused: string[] = [];
  const prove = async () => ({ authorization: `Bearer ${serial}` });
  const rejected = (sent: Readonly<Record<string, string>>) => {
    refused.push(sent.authorization ?? '');
    serial++;
    return renews;
  };
  return { credential: Object.assign(prove, { rejected }), refused };
}

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

describe('a 401', () => {
  test.each(['GET', 'POST', 'DELETE'] as const)('%s is sent once more with a new credential', async (method) => {
    const server = await openGuarded('2');
    const { credential, refused } = counting(true);
    const request = requestOf({ method, ...(method === 'POST' && { body: { a: 1 } }) });
    const answer = await upstreamOf(server.origin, { credential }).request(request, scopeOf(2_000));
    expect(answer.body).toEqual({ ok: true });
    expect(refused).toEqual(['Bearer 1']);
    expect(server.seen.map(({ authorization }) => authorization)).toEqual(['Bearer 1', 'Bearer 2']);
  });

  test('is final when the new credential is refused as well', async () => {
    const server = await openGuarded('9');
    const { credential, refused } = counting(true);
    const { error } = await failureOf(upstreamOf(server.origin, { credential }).request(get, scopeOf(2_000)));
    expect(error.message).toBe('status 401');
    expect(refused).toEqual(['Bearer 1']);
    expect(server.seen).toHaveLength(2);
  });

  test.each([
    ['says that there is no other one', counting(false).credential],
    ['cannot be renewed', async () => ({ authorization: 'SSWS x' })],
  ])('is final when the credential %s', async (_name, credential) => {
    const server = await openGuarded('2');
    const { error } = await failureOf(upstreamOf(server.origin, { credential }).request(get, scopeOf(2_000)));
    expect(error.message).toBe('status 401');
    expect(server.seen).toHaveLength(1);
  });

  test('is renewed before the retries that a request has anyway, not out of their number', async () => {
    const server = await openServer((request, response, number) => {
      const answers = [401, 500, 500, 500, 200];
      answerJson({ number }, answers[number - 1] ?? 200)(request, response, number);
    });
    servers.push(server);
    const { credential } = counting(true);
    const answer = await upstreamOf(server.origin, { credential }).request(get, scopeOf(5_000));
    expect(answer.status).toBe(200);
    expect(server.seen).toHaveLength(5);
  });

  test('holds no place in the rate budget when it is over', async () => {
    const server = await openGuarded('2');
    const upstream = upstreamOf(server.origin, { credential: counting(true).credential, concurrency: 1 });
    await upstream.request(get, scopeOf(2_000));
    expect((await upstream.request(get, scopeOf(2_000))).status).toBe(200);
  });
});

describe('a 400', () => {
  test.each([
    [{ 'www-authenticate': 'DPoP error="invalid_dpop_proof"' }, 2],
    [{}, 1],
  ])('with %j is sent %i times', async (headers, times) => {
    const server = await openServer((request, response, number) => {
      answerJson({ number }, number === 1 ? 400 : 200, headers)(request, response, number);
    });
    servers.push(server);
    const { credential, refused } = counting(true);
    const asked = upstreamOf(server.origin, { credential }).request(
      requestOf({ method: 'POST', body: {} }),
      scopeOf(2_000),
    );
    if (times === 2) expect((await asked).status).toBe(200);
    else expect((await failureOf(asked)).error.message).toBe('status 400');
    expect(refused).toHaveLength(times - 1);
    expect(server.seen).toHaveLength(times);
  });
});

test('the credential is told when the attempt must be over, and nothing is sent when it fails', async () => {
  const server = await openGuarded('1');
  const credential: Credential = ({ signal }) =>
    new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));
  const upstream = upstreamOf(server.origin, { credential, attemptTimeoutMs: 50 });
  const { error } = await failureOf(upstream.request(requestOf({ method: 'POST' }), scopeOf(2_000)));
  expect(error.code).toBe('platform_unavailable');
  expect(server.seen).toHaveLength(0);
});
