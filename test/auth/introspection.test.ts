// Tokens that the issuer is asked about (RFC 7662): what is believed, for how long, and what happens when it is silent.

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openTestDoor, type TestDoor } from '../support/door.ts';
import { type Issuer, openIssuer } from '../support/issuer.ts';

let issuer: Issuer;
let door: TestDoor;
const secret = 'canary+secret:%/~';

beforeEach(async () => {
  issuer = await openIssuer();
  door = openTestDoor({ issuer: issuer.url, verify: 'introspection', clientId: 'castellan:1', clientSecret: secret });
});
afterEach(() => issuer.close());

function good(more: Record<string, unknown> = {}) {
  const exp = Math.floor(Date.now() / 1000) + 3_600;
  const aud = 'https://mcp.example.com/mcp';
  return {
    ...{ active: true, iss: issuer.url, aud, sub: 'person-1', client_id: 'assistant', scope: 'castellan:read' },
    ...{ exp, token_type: 'Bearer', ...more },
  };
}
const know = (token: string, claims: Record<string, unknown>) => issuer.tokens.set(token, claims);

test('an opaque token is taken for what the issuer says it is, and asked about as a client of our own', async () => {
  know('opaque', good());
  const { caller } = await door.enter('opaque');
  expect(caller.id).toBe(`${issuer.url}|person-1`);
  expect(caller.allowance?.key).toBe('castellan:read');
  const [asked] = issuer.introspected;
  expect(Object.fromEntries(asked?.form ?? [])).toEqual({ token: 'opaque', token_type_hint: 'access_token' });
  const basic = Buffer.from(asked?.authorization?.replace('Basic ', '') ?? '', 'base64').toString();
  const [id, password] = basic.split(':').map((part) => decodeURIComponent(part.replaceAll('+', ' ')));
  expect([id, password]).toEqual(['castellan:1', secret]);
});

describe('is not believed', () => {
  test.each<[string, Record<string, unknown>]>([
    ['active: false', { active: false }],
    ['active in words', { active: 'true' }],
    ['active as a number', { active: 1 }],
    ['active left out', { active: undefined }],
    ['another issuer', { iss: 'https://evil.example' }],
    ['no issuer', { iss: undefined }],
    ['another audience', { aud: 'https://other.example.com' }],
    ['no audience', { aud: undefined }],
    ['no subject', { sub: undefined }],
    ['no expiry', { exp: undefined }],
    ['expired', { exp: 1_000 }],
    ['not valid yet', { nbf: 4_000_000_000 }],
    ['another resource', { resource: 'https://other.example.com' }],
    ['a refresh token', { token_type: 'refresh_token' }],
    ['a token that is bound to a key', { token_type: 'DPoP', cnf: { jkt: 'x' } }],
    ['bound to a key, and called a bearer token', { cnf: { jkt: 'x' } }],
  ])('%s', async (_what, claims) => {
    know('token', good(claims));
    expect(await door.statusOf('token')).toBe(401);
  });

  test('an answer that is no JSON object, or of another type', async () => {
    issuer.behave = 'lie';
    door = openTestDoor({
      ...{ issuer: issuer.url, verify: 'introspection', clientId: 'c', clientSecret: 's', introspectionCache: 0 },
      introspectionEndpoint: `${issuer.url}/introspect`,
    });
    const body = JSON.stringify(good());
    for (const [text, type] of [
      ['true', 'application/json'],
      [`[${body}]`, 'application/json'],
      [`"${Buffer.from(body).toString('base64')}"`, 'application/json'],
      [body, 'text/html'],
      [body, 'application/token-introspection+jwt'],
      ['', 'application/json'],
    ] as const) {
      issuer.lie = { body: text, type };
      expect(await door.statusOf('token')).toBe(503);
    }
    issuer.lie = { body, type: 'application/json;charset=utf-8' };
    expect(await door.statusOf('token')).toBe(200);
  });
});

describe('remembering', () => {
  test('an answer holds for the configured time, and never beyond the token', async () => {
    know('a', good());
    know('b', good({ exp: Math.floor(Date.now() / 1000) + 5 }));
    for (let n = 0; n < 20; n++) await Promise.all([door.enter('a'), door.enter('b')]);
    expect(issuer.introspected.length).toBe(2);
    // Withdrawn at the issuer.
    issuer.tokens.clear();
    door.wait(6_000);
    expect([await door.statusOf('a'), await door.statusOf('b')]).toEqual([200, 401]);
    door.wait(9_001);
    expect(await door.statusOf('a')).toBe(401);
  });

  test('100 calls at once with a new token ask once', async () => {
    know('a', good());
    await Promise.all(Array.from({ length: 100 }, () => door.enter('a')));
    expect(issuer.introspected.length).toBe(1);
  });

  test('a refused token is not asked about again for 5 s', async () => {
    for (let n = 0; n < 20; n++) expect(await door.statusOf('bad')).toBe(401);
    expect(issuer.introspected.length).toBe(1);
    know('bad', good());
    door.wait(5_001);
    expect(await door.statusOf('bad')).toBe(200);
  });

  test('tokens are kept apart', async () => {
    for (let n = 0; n < 300; n++) know(`t${n}`, good({ sub: `person-${n}` }));
    for (let round = 0; round < 2; round++) {
      const visitors = await Promise.all(Array.from({ length: 300 }, (_, n) => door.enter(`t${n}`)));
      expect(visitors.map(({ caller }) => caller.id)).toEqual(visitors.map((_, n) => `${issuer.url}|person-${n}`));
    }
    expect(issuer.introspected.length).toBe(300);
  });
});

describe('an issuer out of order', () => {
  test.each(['fail', 'redirect', 'flood'] as const)('%s: 503, and the answers are not remembered', async (how) => {
    know('a', good());
    await door.enter('a');
    know('b', good());
    issuer.behave = how;
    expect(await door.admit('b')).toMatchObject({ status: 503, headers: { 'retry-after': '5' } });
    // Known a moment ago.
    expect(await door.statusOf('a')).toBe(200);
    door.wait(15_001);
    expect(await door.statusOf('a')).toBe(503);
    issuer.behave = 'well';
    expect([await door.statusOf('a'), await door.statusOf('b')]).toEqual([200, 200]);
  });

  test('neither the token nor the secret is told or logged', async () => {
    await door.statusOf('canary-token-1');
    issuer.behave = 'fail';
    const told = JSON.stringify(await door.admit('canary-token-2'));
    await expect.poll(door.log).toMatch(/authorization server is no help/);
    expect(told + door.log()).not.toMatch(/canary/);
  });
});
