// For how long what a client's document says counts, and how often its server is asked, by a clock that a test moves.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type ClientDocuments, createClientDocuments } from '../../src/auth/broker/client-metadata.ts';
import { createSafeFetch } from '../../src/auth/safe-fetch.ts';
import { type Internet, openInternet, sendJson } from '../support/internet.ts';

const minute = 60_000;
const hour = 60 * minute;
let internet: Internet;
let documents: ClientDocuments;
let laterMs: number;
const id = 'https://client.acme.dev/client.json';
const ours = 'https://mcp.acme.dev';
const good = { client_id: id, redirect_uris: ['https://app.acme.dev/back'] };

beforeAll(async () => {
  internet = await openInternet();
});
afterAll(() => internet.close());
beforeEach(() => {
  laterMs = 0;
  internet.arrived.length = 0;
  internet.pages.clear();
  const now = () => 1_800_000_000_000 + laterMs;
  documents = createClientDocuments({ safeFetch: createSafeFetch(internet.ways), moreGrants: [], origin: ours, now });
});

const serve = (value: unknown, headers = {}) => internet.pages.set('/client.json', sendJson(value, headers));
const breakDown = (status: number) =>
  internet.pages.set('/client.json', (_request, response) => void response.writeHead(status).end());
const errorOf = (address = id) =>
  documents.prepare(address).then(
    () => undefined,
    (error: Error) => error.name,
  );
const read = async (address = id) => {
  await documents.prepare(address);
  return (await documents.fetch(address)).json();
};
const asked = () => internet.arrived.length;

test('only what is heeded goes on, and what is left out is filled in', async () => {
  serve({ ...good, client_name: 'A', logo_uri: 'https://x.acme.dev', jwks_uri: 'https://x.acme.dev', scope: 'x' });
  expect(await read()).toEqual({
    ...{ client_id: id, client_name: 'A', redirect_uris: good.redirect_uris },
    ...{ token_endpoint_auth_method: 'none', grant_types: ['authorization_code'], response_types: ['code'] },
  });
});

test('nobody returns to an address of this server', async () => {
  serve({ ...good, redirect_uris: [...good.redirect_uris, `${ours}/oauth/callback`] });
  expect(await errorOf()).toBe('InvalidClientMetadata');
});

describe('a document counts', () => {
  test.each([
    ['a minute where its server says less', 'max-age=1', minute],
    ['a minute where its server says nothing', '', minute],
    ['a minute where it must not be kept', 'no-store, max-age=3600', minute],
    ['as long as its server says', 'public, max-age=3600', hour],
    ['a day at most', 'max-age=99999999', 24 * hour],
  ])('%s', async (_what, control, forMs) => {
    serve(good, control === '' ? {} : { 'cache-control': control });
    await read();
    laterMs = forMs - 1;
    await read();
    expect(asked()).toBe(1);
    laterMs = forMs;
    await read();
    expect(asked()).toBe(2);
  });

  test('a day more while its server is away, and is asked for again each minute', async () => {
    serve(good);
    await read();
    breakDown(503);
    for (let n = 1; n <= 5; n++) {
      laterMs = n * minute;
      expect(await read()).toMatchObject(good);
      expect(asked()).toBe(1 + n);
    }
    laterMs = 24 * hour;
    expect(await errorOf()).toBe('CastellanError');
    serve(good);
    laterMs += minute;
    expect(await read()).toMatchObject(good);
  });

  test.each([404, 410, 401])('no longer when its server answers %i', async (status) => {
    serve(good);
    await read();
    breakDown(status);
    laterMs = minute;
    expect(await errorOf()).toBe('InvalidClient');
    await expect(documents.fetch(id)).rejects.toThrow();
  });

  test('no longer when it is about another client', async () => {
    serve(good);
    await read();
    serve({ ...good, client_id: 'https://client.acme.dev/other.json' });
    laterMs = minute;
    expect(await errorOf()).toBe('InvalidClient');
  });
});

test('a failure is remembered for half a minute', async () => {
  breakDown(404);
  for (let n = 0; n < 5; n++) expect(await errorOf()).toBe('InvalidClient');
  expect(asked()).toBe(1);
  serve(good);
  laterMs = 30_000;
  expect(await errorOf()).toBeUndefined();
});

test('nothing is asked that no document names', async () => {
  serve(good);
  await expect(documents.fetch(id)).rejects.toThrow();
  await expect(documents.fetch('https://client.acme.dev/keys')).rejects.toThrow();
  expect(asked()).toBe(0);
});

test('of many who ask at once, one does', async () => {
  serve(good);
  await Promise.all(Array.from({ length: 50 }, () => read()));
  expect(asked()).toBe(1);
});

test('a host is asked ten times a minute, and all strangers together sixty times', async () => {
  internet.resolved.length = 0;
  const at = (host: number, n: number) => `https://client-${host}.acme.dev/${n}.json`;
  await Promise.all(Array.from({ length: 20 }, (_, n) => errorOf(at(0, n))));
  expect(internet.resolved.filter((name) => name === 'client-0.acme.dev')).toHaveLength(10);
  internet.resolved.length = 0;
  await Promise.all(Array.from({ length: 100 }, (_, n) => errorOf(at(n + 1, 0))));
  expect(internet.resolved).toHaveLength(50);
});

test('a client that was read before is not held up by those who invent others', async () => {
  serve(good);
  await read();
  await Promise.all(Array.from({ length: 80 }, (_, n) => errorOf(`https://c-${n}.acme.dev/x.json`)));
  internet.arrived.length = 0;
  laterMs = minute;
  await Promise.all(Array.from({ length: 80 }, (_, n) => errorOf(`https://d-${n}.acme.dev/x.json`)));
  await read();
  expect(internet.arrived.map(({ url }) => url)).toContain('/client.json');
});
