// Documents that strangers name are read without being led anywhere else (server-side request forgery).

import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { findAddressProblem, isPublicAddress } from '../../src/auth/public-address.ts';
import { createSafeFetch, type NotFetched, type SafeFetchOptions } from '../../src/auth/safe-fetch.ts';
import { type Internet, openInternet, publicAddress, sendJson } from '../support/internet.ts';

let internet: Internet;

beforeAll(async () => {
  internet = await openInternet();
});
afterAll(() => internet.close());
beforeEach(() => {
  for (const list of [internet.resolved, internet.connected, internet.arrived]) list.length = 0;
  internet.names.clear();
  internet.pages.clear();
});

const at = (path: string) => `https://${internet.host}${path}`;
const fetchSafely = (address: string, maxBytes = 5_000, options: Partial<SafeFetchOptions> = {}) =>
  createSafeFetch({ ...internet.ways, ...options })(address, maxBytes);
const problemOf = (address: string, maxBytes?: number, options?: Partial<SafeFetchOptions>) =>
  fetchSafely(address, maxBytes, options).then(
    () => undefined,
    ({ kind, message }: NotFetched) => ({ kind, message }),
  );

test('a JSON object at a public address is read, with its freshness', async () => {
  internet.pages.set('/a', sendJson({ a: 1 }, { 'cache-control': 'public, max-age=300' }));
  expect(await fetchSafely(at('/a'))).toEqual({ value: { a: 1 }, freshSeconds: 300 });
  expect(internet.connected).toEqual([publicAddress]);
});

test('nothing of ours is sent along', async () => {
  internet.pages.set('/a', sendJson({}));
  await fetchSafely(at('/a'));
  const [{ headers, method } = {}] = internet.arrived;
  expect(method).toBe('GET');
  expect(Object.keys(headers ?? {}).sort()).toEqual(['accept', 'accept-encoding', 'connection', 'host', 'user-agent']);
  expect(headers?.['accept-encoding']).toBe('identity');
});

describe('addresses that are not public (IANA special-purpose registries)', () => {
  test.each([
    ...['0.0.0.0', '0.1.2.3', '10.0.0.1', '10.255.255.255', '100.64.0.1', '100.127.255.255', '127.0.0.1', '127.9.9.9'],
    ...['169.254.169.254', '169.254.0.1', '172.16.0.1', '172.31.255.255', '192.0.0.1', '192.0.2.1', '192.88.99.1'],
    ...['192.168.1.1', '198.18.0.1', '198.19.255.255', '198.51.100.7', '203.0.113.9', '224.0.0.1', '239.255.255.250'],
    ...['240.0.0.1', '255.255.255.255', '168.63.129.16'],
    ...['::', '::1', '::7f00:1', '::ffff:127.0.0.1', '::ffff:8.8.8.8', '::ffff:a9fe:a9fe', '64:ff9b::7f00:1'],
    ...[
      '64:ff9b:1::a00:1',
      '100::1',
      '2001::1',
      '2001:0:4136:e378:8000:63bf:3fff:fdd2',
      '2001:db8::1',
      '2002:7f00:1::',
    ],
    ...['2002:808:808::1', '3fff::1', '5f00::1', 'fc00::1', 'fd12:3456:789a::1', 'fe80::1', 'fe80::1%eth0', 'fec0::1'],
    ...['ff02::1', 'not an address', ''],
  ])('%s', async (address) => {
    expect(isPublicAddress(address)).toBe(false);
    if (address === '') return;
    internet.names.set(internet.host, [[publicAddress, address]]);
    expect(await problemOf(at('/a'))).toEqual({
      kind: 'refused',
      message: 'the name does not lead to a public address',
    });
    expect(internet.connected).toEqual([]);
  });

  test.each(['8.8.8.8', '172.32.0.1', '100.128.0.1', '192.0.1.1', '2606:4700::1111', '2a00:1450::1', '2001:200::1'])(
    'and %s is',
    (address) => expect(isPublicAddress(address)).toBe(true),
  );
});

describe('addresses that are not asked at all', () => {
  test.each([
    'http://client.acme.dev/a',
    'ftp://client.acme.dev/a',
    'file:///etc/passwd',
    'data:application/json,{}',
    'https://127.0.0.1/a',
    'https://93.184.215.14/a',
    'https://2130706433/a',
    'https://0x7f.1/a',
    'https://0177.0.0.1/a',
    'https://127.1/a',
    'https://[::1]/a',
    'https://[::ffff:7f00:1]/a',
    'https://localhost/a',
    'https://printer.local/a',
    'https://db.internal/a',
    'https://intranet/a',
    'https://a.localhost/a',
    'https://client.acme.dev./a',
    'https://CLIENT.acme.dev/a',
    'HTTPS://client.acme.dev/a',
    'https://clïent.acme.dev/a',
    'https://client.acme.dev:8443/a',
    'https://client.acme.dev:22/a',
    'https://client.acme.dev:443/a',
    'https://user@client.acme.dev/a',
    'https://user:password@client.acme.dev/a',
    'https://127.0.0.1\\@client.acme.dev/a',
    'https://client.acme.dev/a#b',
    'https://client.acme.dev/../a',
    'https://client.acme.dev/%2e%2e/a',
    'https://client.acme.dev/a\n',
    ' https://client.acme.dev/a',
    'https://client..acme.dev/a',
    'https://-client.acme.dev/a',
    'https:client.acme.dev/a',
    'client.acme.dev/a',
    `https://client.acme.dev/${'a'.repeat(2_000)}`,
    '',
  ])('%j', async (address) => {
    expect(await problemOf(address)).toMatchObject({ kind: 'refused' });
    expect(internet.resolved).toEqual([]);
  });

  test('a name in punycode is one', () => {
    expect(findAddressProblem('https://xn--clent-mta.acme.dev/a')).toBeUndefined();
  });
});

test('the connection goes to the address that was checked, whatever the name leads to a moment later', async () => {
  internet.names.set(internet.host, [[publicAddress], ['127.0.0.1']]);
  internet.pages.set('/a', sendJson({}));
  await fetchSafely(at('/a'));
  expect(internet.connected).toEqual([publicAddress]);
  expect(internet.resolved).toEqual([internet.host]);
  expect(await problemOf(at('/a'))).toMatchObject({ kind: 'refused' });
});

test.each([301, 302, 303, 307, 308])('a redirect with %i is not followed', async (status) => {
  const to = 'http://169.254.169.254/latest/meta-data';
  internet.pages.set('/a', (_request, response) => void response.writeHead(status, { location: to }).end());
  expect(await problemOf(at('/a'))).toEqual({ kind: 'unfit', message: `the server answered ${status}` });
  expect(internet.arrived).toHaveLength(1);
});

test('a certificate for another name is not taken', async () => {
  expect(await problemOf('https://other.acme.dev/a')).toEqual({
    kind: 'away',
    message: 'the server cannot be reached',
  });
});

describe('bounds', () => {
  test('a document is read up to the limit and no further', async () => {
    internet.pages.set('/a', sendJson({ a: 'x'.repeat(990) }));
    expect(await problemOf(at('/a'), 1_000)).toBeUndefined();
    expect(await problemOf(at('/a'), 997)).toMatchObject({ kind: 'unfit' });
  });

  test('one without an end is left', async () => {
    let sent = 0;
    let ended: () => void = () => {};
    const left = new Promise<void>((resolve) => {
      ended = resolve;
    });
    internet.pages.set('/a', (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const more = () => {
        if (response.destroyed) return;
        sent += 16_384;
        response.write(' '.repeat(16_384), more);
      };
      response.on('close', ended);
      more();
    });
    expect(await problemOf(at('/a'))).toMatchObject({ kind: 'unfit' });
    await left;
    expect(sent).toBeLessThan(20_000_000);
  });

  test.each(['headers', 'body'])('slow %s do not keep it', async (part) => {
    internet.pages.set('/a', (_request, response) => {
      if (part === 'body') response.writeHead(200, { 'content-type': 'application/json' }).write('{');
    });
    expect(await problemOf(at('/a'), 5_000, { timeoutMs: 100 })).toEqual({
      kind: 'away',
      message: 'the server did not answer in time',
    });
  });

  test('nor does a name server', async () => {
    const resolve = () => new Promise<never>(() => {});
    expect(await problemOf(at('/a'), 5_000, { timeoutMs: 50, resolve })).toMatchObject({ kind: 'away' });
  });

  test('what is compressed is not unpacked', async () => {
    const bomb = gzipSync(Buffer.alloc(10_000_000, ' '));
    internet.pages.set(
      '/a',
      (_request, response) =>
        void response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(bomb),
    );
    expect(await problemOf(at('/a'))).toEqual({ kind: 'unfit', message: 'the document is compressed' });
  });
});

test.each(['text/html', 'text/plain; x=application/json', 'application/javascript', ''])(
  'a document of the type %j is none',
  async (type) => {
    internet.pages.set('/a', (_request, response) => {
      if (type !== '') response.setHeader('content-type', type);
      response.end('{}');
    });
    expect(await problemOf(at('/a'))).toMatchObject({ kind: 'unfit' });
  },
);

test.each(['[]', '"text"', 'null', '{', ''])('%j is no JSON object', async (body) => {
  internet.pages.set(
    '/a',
    (_request, response) => void response.writeHead(200, { 'content-type': 'application/json' }).end(body),
  );
  expect(await problemOf(at('/a'))).toEqual({ kind: 'unfit', message: 'the document is no JSON object' });
});

test.each([
  [200, 'application/cimd+json', undefined],
  [404, 'application/json', 'unfit'],
  [500, 'application/json', 'away'],
  [429, 'application/json', 'away'],
])('%i with %s', async (status, type, kind) => {
  internet.pages.set('/a', (_request, response) => void response.writeHead(status, { 'content-type': type }).end('{}'));
  expect((await problemOf(at('/a')))?.kind).toBe(kind);
});

test('this machine is asked only where that is allowed', async () => {
  const here = `https://localhost:${1}/a`;
  expect(await problemOf(here)).toMatchObject({ kind: 'refused' });
  const allowFor = ({ hostname }: URL) => hostname === 'localhost';
  internet.pages.set('/a', sendJson({ a: 1 }));
  expect((await fetchSafely(here, 5_000, { allowFor })).value).toEqual({ a: 1 });
  expect(await problemOf('https://127.0.0.1/a', 5_000, { allowFor })).toMatchObject({ kind: 'refused' });
});
