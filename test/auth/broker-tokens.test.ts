// Codes and tokens of the broker: PKCE (RFC 7636), one use (RFC 6749 §4.1.2), one resource (RFC 8707), rotation with reuse
// detection (RFC 9700 §4.14.2), revocation (RFC 7009), on one replica and on two that share a store.

import { join } from 'node:path';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createVisitor, type Visitor } from '../../src/cli/visitor.ts';
import {
  authorizeUrl,
  brokerParts,
  exchange,
  newClient,
  obtain,
  openTestBroker,
  refresh,
  type TestBroker,
} from '../support/broker.ts';
import { ask } from '../support/messages.ts';
import { openTestServer, type TestServer } from '../support/server.ts';
import { actAs, callback, openBrowser } from '../support/sign-in.ts';

let server: TestBroker;
let origin: string;
/** Somebody is signed in there. */
let browser: Visitor;
let clientId: string;

beforeAll(async () => {
  server = await openTestBroker();
  origin = server.origin;
  browser = openBrowser();
  clientId = (await newClient(origin)).client_id;
});
afterAll(() => server?.close());

async function newCode(over: Readonly<Record<string, string | undefined>> = {}) {
  const { url, verifier } = authorizeUrl(origin, clientId, over);
  const back = await browser.walk(url, actAs());
  return { back, verifier, code: back.searchParams.get('code') ?? '' };
}

async function statusWith(token: string, at = server.url): Promise<number> {
  return (await ask(at, 'tools/list', {}, { token })).status;
}

describe('an authorization code', () => {
  test('comes back with state and issuer (RFC 9207), and is good for a token that says what it is for (RFC 9068)', async () => {
    const { back, code, verifier } = await newCode();
    expect(Object.fromEntries(back.searchParams)).toMatchObject({ state: 'state-1', iss: origin });
    const { status, body } = await exchange(origin, clientId, code, verifier);
    expect([status, body.token_type, body.scope, body.expires_in]).toEqual([200, 'Bearer', 'castellan:read', 600]);
    const token = String(body.access_token);
    expect(decodeProtectedHeader(token)).toMatchObject({ typ: 'at+jwt', alg: 'ES256' });
    const claims = decodeJwt(token);
    expect(claims).toMatchObject({ iss: origin, aud: server.url, client_id: clientId, scope: 'castellan:read' });
    expect(claims.sub).toMatch(/^00u/);
    expect(await statusWith(token)).toBe(200);
  });

  test.each<[string, Record<string, string>]>([
    ['another verifier', { code_verifier: 'x'.repeat(43) }],
    ['no verifier', { code_verifier: '' }],
    ['the challenge for a verifier', { code_verifier: 'y'.repeat(128) }],
    ['another address', { redirect_uri: 'http://127.0.0.1:1/callback' }],
    ['no address', { redirect_uri: '' }],
    ['another client', { client_id: 'other' }],
    ['another resource', { resource: 'https://other.example/mcp' }],
  ])('with %s gives nothing', async (_name, over) => {
    const { code, verifier } = await newCode();
    const { status, body } = await exchange(origin, clientId, code, verifier, over);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(body).not.toHaveProperty('access_token');
  });

  test('of another client is worth nothing in the hands of one that has its own', async () => {
    const { code, verifier } = await newCode();
    const thief = await newClient(origin);
    const { body } = await exchange(origin, thief.client_id, code, verifier);
    expect(body.error).toBe('invalid_grant');
  });

  test('is used once; a second use ends what the first one gave', async () => {
    const { code, verifier } = await newCode();
    const first = await exchange(origin, clientId, code, verifier);
    expect((await exchange(origin, clientId, code, verifier)).body.error).toBe('invalid_grant');
    expect(await statusWith(String(first.body.access_token))).toBe(401);
    expect((await refresh(origin, clientId, String(first.body.refresh_token))).body.error).toBe('invalid_grant');
  });

  test.each<[string, Record<string, string | undefined>, string]>([
    ['no challenge', { code_challenge: undefined, code_challenge_method: undefined }, 'invalid_request'],
    ['the method plain', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['no method', { code_challenge_method: undefined }, 'invalid_request'],
    ['the implicit flow', { response_type: 'token' }, 'invalid_request'],
    ['the hybrid flow', { response_type: 'code id_token', nonce: 'n', scope: 'openid' }, 'invalid_request'],
    ['a request object', { request: 'eyJhbGciOiJub25lIn0.e30.' }, 'request_not_supported'],
    ['a request by reference', { request_uri: 'http://127.0.0.1:1/r' }, 'request_uri_not_supported'],
    ['another resource', { resource: 'https://other.example/mcp' }, 'invalid_target'],
    ['a resource that is only like ours', { resource: 'http://127.0.0.1:1/mcp' }, 'invalid_target'],
    ['a sign-in without a page', { prompt: 'none' }, 'login_required'],
  ])('is not given for a request with %s', async (_name, over, expected) => {
    const { url } = authorizeUrl(origin, clientId, over);
    const answer = await fetch(url, { redirect: 'manual', headers: { cookie: browser.cookies(url) } });
    const location = answer.headers.get('location');
    // Errors of flows that answer in the fragment come back there.
    const said = location === null ? await answer.text() : new URL(location, url).href;
    expect(said).toContain(`error=${expected}`);
    expect(said).not.toContain('code=');
  });

  test('is not given by any other response mode than a query', async () => {
    for (const mode of ['form_post', 'fragment', 'web_message']) {
      const { url } = authorizeUrl(origin, clientId, { response_mode: mode });
      const answer = await fetch(url, { redirect: 'manual' });
      expect([answer.status, answer.headers.get('location')]).toEqual([400, null]);
      expect(await answer.text()).not.toContain('<script');
    }
  });

  test('without a resource is for the one there is; with a slash more, too', async () => {
    for (const resource of [undefined, `${server.url}/`]) {
      const { code, verifier } = await newCode({ resource });
      const { body } = await exchange(origin, clientId, code, verifier, { resource: resource ?? server.url });
      expect(decodeJwt(String(body.access_token)).aud).toBe(server.url);
    }
  });
});

describe('a refresh token', () => {
  test('is changed at each use; the old one ends everything', async () => {
    const first = await obtain(origin, browser, actAs(), {}, clientId);
    const second = await refresh(origin, clientId, first.refresh_token);
    expect(second.status).toBe(200);
    expect(second.body.refresh_token).not.toBe(first.refresh_token);
    expect((await refresh(origin, clientId, first.refresh_token)).body.error).toBe('invalid_grant');
    expect((await refresh(origin, clientId, String(second.body.refresh_token))).body.error).toBe('invalid_grant');
    expect(await statusWith(String(second.body.access_token))).toBe(401);
  });

  test('gives no more than was allowed, and less when less is asked for', async () => {
    const scope = 'castellan:read castellan:write';
    const { refresh_token, scope: given } = await obtain(origin, browser, actAs(), { scope }, clientId);
    expect(given).toBe(scope);
    const more = await refresh(origin, clientId, refresh_token, { scope: `${scope} castellan:destroy` });
    expect(more.body.error).toBe('invalid_scope');
    const less = await refresh(origin, clientId, refresh_token, { scope: 'castellan:read' });
    expect(less.body.scope).toBe('castellan:read');
  });

  test('of another client, or for another resource, gives nothing', async () => {
    const { refresh_token } = await obtain(origin, browser, actAs(), {}, clientId);
    const other = await newClient(origin);
    expect((await refresh(origin, other.client_id, refresh_token)).body.error).toBe('invalid_grant');
    const target = await refresh(origin, clientId, refresh_token, { resource: 'https://other.example/' });
    expect(target.body.error).toBe('invalid_target');
  });

  test('that its client gives back takes all that rests on it along (RFC 7009 §2.1)', async () => {
    const { refresh_token, access_token } = await obtain(origin, browser, actAs(), {}, clientId);
    const revoke = (id: string) =>
      fetch(`${origin}/oauth/revoke`, {
        method: 'POST',
        body: new URLSearchParams({ client_id: id, token: refresh_token }),
      });
    const other = await newClient(origin);
    await revoke(other.client_id);
    expect((await revoke(clientId)).status).toBe(200);
    expect(await statusWith(access_token)).toBe(401);
    expect((await refresh(origin, clientId, refresh_token)).body.error).toBe('invalid_grant');
  });

  test('of somebody who is not known any more gives nothing', async () => {
    const own = openBrowser();
    const { refresh_token, clientId: id } = await obtain(origin, own, actAs('tomas.okafor@larkspur.example'));
    const { store } = server.app;
    const people = await store.keys('person:');
    expect(people).toHaveLength(2);
    const kept = await Promise.all(people.map(async (place) => [place, (await store.take(place)) ?? ''] as const));
    const { body } = await refresh(origin, id, refresh_token);
    expect(body).toMatchObject({ error: 'invalid_grant' });
    for (const [place, value] of kept) await store.set(place, value);
  });
});

describe('what a person withdraws', () => {
  test('ends the client’s access within seconds, and the other clients’ not', async () => {
    const one = await obtain(origin, browser, actAs(), {}, clientId);
    const other = await obtain(origin, browser, actAs());
    const person = String(decodeJwt(one.access_token).sub);
    const broker = server.front?.broker;
    const consents = (await broker?.consents.list(person)) ?? [];
    const consent = consents.find(({ client }) => client.id === clientId);
    expect(await broker?.consents.withdraw(person, 'no-such-consent')).toBe(false);
    expect(await broker?.consents.withdraw('somebody-else', consent?.id ?? '')).toBe(false);
    expect(await broker?.consents.withdraw(person, consent?.id ?? '')).toBe(true);
    expect(await statusWith(one.access_token)).toBe(401);
    expect((await refresh(origin, clientId, one.refresh_token)).body.error).toBe('invalid_grant');
    expect(await statusWith(other.access_token)).toBe(200);
  });
});

describe('two replicas on one store', () => {
  let home: TestServer;
  let away: TestServer;
  let at: readonly string[];

  beforeAll(async () => {
    const state = { store: join(server.home, 'shared.db'), sealKeys: 'a key of this test that is long enough' };
    home = await openTestBroker({ state });
    const { organization } = home;
    away = await openTestServer({
      parts: () => {
        const parts = brokerParts(organization, { state });
        return { ...parts, auth: { ...parts.auth, publicUrl: home.url } };
      },
    });
    at = [new URL(home.url).origin, new URL(away.url).origin];
  });
  afterAll(async () => {
    await away?.close();
    await home?.close();
  });

  test('a sign-in that begins at one ends at the other, whose token both take', async () => {
    const [one = '', two = ''] = at;
    const { client_id: id } = await newClient(one);
    const walker = createVisitor((url) => url.href.startsWith(callback));
    const { url, verifier } = authorizeUrl(one, id);
    const back = await walker.walk(url, actAs());
    const code = back.searchParams.get('code') ?? '';
    const { status, body } = await exchange(two, id, code, verifier, { resource: home.url });
    expect(status).toBe(200);
    for (const each of [home, away]) expect(await statusWith(String(body.access_token), each.url)).toBe(200);
  });

  test('one code, or one refresh token, at both in the same moment: at most one succeeds, and then nothing is left', async () => {
    const [one = '', two = ''] = at;
    const { client_id: id } = await newClient(one);
    const walker = openBrowser();
    for (let round = 0; round < 5; round++) {
      const { url, verifier } = authorizeUrl(one, id);
      const code = (await walker.walk(url, actAs())).searchParams.get('code') ?? '';
      const both = await Promise.all(at.map((each) => exchange(each, id, code, verifier, { resource: home.url })));
      const good = both.filter(({ status }) => status === 200);
      expect(good.length).toBeLessThanOrEqual(1);
      for (const { body } of good)
        expect((await refresh(two, id, String(body.refresh_token))).body.error).toBe('invalid_grant');
    }
    for (let round = 0; round < 5; round++) {
      const { refresh_token } = await obtain(one, walker, actAs(), { resource: home.url }, id);
      const both = await Promise.all(at.map((each) => refresh(each, id, refresh_token)));
      const good = both.filter(({ status }) => status === 200);
      expect(good.length).toBeLessThanOrEqual(1);
      for (const { body } of good)
        expect((await refresh(two, id, String(body.refresh_token))).body.error).toBe('invalid_grant');
    }
  });
});
