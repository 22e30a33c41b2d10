// Tokens that must open nothing, over the real HTTP door: whoever made them, and however they were altered.

import { createHmac, createPublicKey, randomUUID } from 'node:crypto';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Issuer, openIssuer } from '../support/issuer.ts';
import { ask, call } from '../support/messages.ts';
import { openTestServer, type TestServer } from '../support/server.ts';

const publicUrl = 'https://mcp.example.com/mcp';
let issuer: Issuer;
let evil: Issuer;
let server: TestServer;

beforeAll(async () => {
  issuer = await openIssuer();
  evil = await openIssuer();
  server = await openTestServer({
    parts: { auth: { issuer: issuer.url, publicUrl, requiredScopes: [], groupMap: { admins: ['castellan:destroy'] } } },
  });
});

afterAll(async () => {
  await server?.close();
  await issuer?.close();
  await evil?.close();
});

const now = () => Math.floor(Date.now() / 1000);
const send = (token: string) => ask(server.url, 'tools/call', call('get_current_time'), { token });
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const good = () => ({
  ...{ iss: issuer.url, aud: publicUrl, sub: 'person-1', client_id: 'assistant', scope: 'castellan:read' },
  ...{ iat: now(), exp: now() + 600 },
});

async function expectRefused(token: string): Promise<void> {
  const answer = await send(token);
  expect(answer.status).toBe(401);
  expect(answer.challenge).toMatch(
    /^Bearer error="invalid_token", error_description="[^"]+", resource_metadata="https:/,
  );
  expect(answer.body.result).toBeUndefined();
}

test('a good one is taken', async () => {
  expect((await send(await issuer.mint())).status).toBe(200);
});

describe('signed by the issuer, for something else', () => {
  test.each<[string, Record<string, unknown>]>([
    ['another audience', { aud: 'https://other.example.com/mcp' }],
    ['an audience that begins like ours', { aud: `${publicUrl}/evil` }],
    ['our origin only', { aud: 'https://mcp.example.com' }],
    ['an audience in other letters', { aud: publicUrl.toUpperCase() }],
    ['several audiences, none of them ours', { aud: ['a', 'b'] }],
    ['an audience that is an object', { aud: { 0: publicUrl } }],
    ['audiences of which one is no text', { aud: [publicUrl, 5] }],
    ['no audience', { aud: undefined }],
    ['an empty audience', { aud: [] }],
    ['another issuer', { iss: 'https://evil.example' }],
    ['an issuer with a slash more', { iss: 'slash' }],
    ['no issuer', { iss: undefined }],
    ['several issuers', { iss: ['x'] }],
    ['another resource (RFC 8707)', { resource: 'https://other.example.com/mcp' }],
    ['several resources, none of them ours', { resource: ['https://a.example', 'https://b.example'] }],
    ['a resource that is no text', { resource: {} }],
    ['expired', { exp: now() - 120, iat: now() - 3_600 }],
    ['no expiry', { exp: undefined }],
    ['an expiry in words', { exp: '2099-01-01' }],
    ['an expiry of null', { exp: null }],
    ['not valid yet', { nbf: now() + 600 }],
    ['valid from some word', { nbf: 'now' }],
    ['issued in the future', { iat: now() + 600 }],
    ['issued after it expired', { iat: now() + 25, exp: now() + 10 }],
    ['issued at some word', { iat: 'now' }],
    ['no subject', { sub: undefined }],
    ['an empty subject', { sub: '' }],
    ['a subject that is no text', { sub: ['person-1'] }],
    ['a subject with a line break', { sub: 'person-1\n{"event":"done"}' }],
    ['a subject of 300 characters', { sub: 'x'.repeat(300) }],
    ['bound to a key (RFC 9449)', { cnf: { jkt: 'x' } }],
    ['bound to a certificate (RFC 8705)', { cnf: { 'x5t#S256': 'x' } }],
    ['two lists of scopes that differ', { scp: ['castellan:destroy'] }],
    ['an ID token by its nonce', { nonce: 'n' }],
    ['an ID token by its at_hash', { at_hash: 'h' }],
    ['a logout token', { events: { 'http://schemas.openid.net/event/backchannel-logout': {} } }],
    ['an ID token by what it says (Keycloak)', { typ: 'ID' }],
    ['a refresh token (Keycloak)', { typ: 'Refresh' }],
    ['an ID token by its use (Cognito)', { token_use: 'id' }],
    ['an ID token by its kind (Oracle)', { tok_type: 'IT' }],
  ])('%s', async (_what, claims) => {
    const more = claims.iss === 'slash' ? { iss: `${issuer.url}/` } : claims;
    await expectRefused(await issuer.mint(more));
  });

  test.each(['JWT', 'id+jwt', 'logout+jwt', 'dpop+jwt', 'refresh+jwt', 'entity-statement+jwt', 'application/jwt', ''])(
    'an ID token, whatever type it claims (%s)',
    async (typ) => {
      const claims = { scope: undefined, client_id: undefined, aud: publicUrl, azp: 'assistant' };
      await expectRefused(await issuer.mint(claims, { typ }));
    },
  );

  test.each(['logout+jwt', 'dpop+jwt', 'secevent+jwt', 'kb+jwt', 'oauth-id-jag+jwt', 'token-introspection+jwt'])(
    'another kind of token with all the right claims (%s)',
    async (typ) => expectRefused(await issuer.mint({}, { typ })),
  );
});

describe('not signed by the issuer', () => {
  test('not signed at all (alg none)', async () => {
    await expectRefused(new UnsecuredJWT(good()).encode());
    for (const alg of ['none', 'None', 'NONE', 'nOnE', ''])
      await expectRefused(`${encode({ alg, typ: 'at+jwt', kid: issuer.key().kid })}.${encode(good())}.`);
  });

  test('its signature left out, cut, or of another token', async () => {
    const [header, payload, signature = ''] = (await issuer.mint()).split('.');
    const other = (await issuer.mint({ sub: 'person-2' })).split('.')[2];
    for (const last of ['', signature.slice(0, -4), 'AAAA', other, `${signature}AAAA`, '\u00e4'.repeat(9)].filter(
      (s) => !/\u00e4/.test(s ?? ''),
    ))
      await expectRefused(`${header}.${payload}.${last}`);
  });

  test('changed after it was signed', async () => {
    const [header, , signature] = (await issuer.mint()).split('.');
    await expectRefused(`${header}.${encode({ ...good(), scope: 'castellan:destroy' })}.${signature}`);
    const [, payload] = (await issuer.mint()).split('.');
    await expectRefused(
      `${encode({ alg: 'RS256', typ: 'at+jwt', kid: issuer.key().kid, x: 1 })}.${payload}.${signature}`,
    );
  });

  test('signed with the public key as a secret (RFC 8725 §3.1)', async () => {
    const { pair, kid } = issuer.key();
    const pem = await exportSPKI(pair.publicKey);
    const der = createPublicKey(pem).export({ type: 'spki', format: 'der' });
    const jwk = JSON.stringify(await exportJWK(pair.publicKey));
    for (const secret of [pem, pem.trim(), der, jwk]) {
      const signed = `${encode({ alg: 'HS256', typ: 'at+jwt', kid })}.${encode(good())}`;
      await expectRefused(`${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`);
    }
  });

  test('signed by another issuer under our issuer’s name and key id', async () => {
    await expectRefused(await evil.mint({ iss: issuer.url }, { kid: issuer.key().kid }));
    await expectRefused(await evil.mint({}));
  });

  test('brings its own key along (jwk, jku, x5u, x5c)', async () => {
    const pair = await generateKeyPair('RS256', { extractable: true });
    const jwk = await exportJWK(pair.publicKey);
    const asked = evil.asked.length;
    const kid = issuer.key().kid;
    for (const header of [
      { jwk },
      { jku: `${evil.url}/jwks` },
      { x5u: `${evil.url}/x5u` },
      { x5c: ['MIIB'] },
      { jwk, kid: undefined },
    ]) {
      const sign = new SignJWT(good()).setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', kid, ...header } as never);
      await expectRefused(await sign.sign(pair.privateKey));
    }
    expect(evil.asked.length).toBe(asked);
  });

  test('an algorithm that is not among those configured, with a key of the issuer', async () => {
    const { pair, kid } = issuer.key();
    const key = await crypto.subtle.importKey(
      'pkcs8',
      await crypto.subtle.exportKey('pkcs8', pair.privateKey),
      { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-512' },
      false,
      ['sign'],
    );
    await expectRefused(await new SignJWT(good()).setProtectedHeader({ alg: 'RS512', typ: 'at+jwt', kid }).sign(key));
  });

  test('names a critical header that nobody knows (RFC 7515 §4.1.11)', async () => {
    const { pair, kid } = issuer.key();
    const sign = new SignJWT(good()).setProtectedHeader({
      alg: 'RS256',
      typ: 'at+jwt',
      kid,
      crit: ['exp2'],
      exp2: 1,
    } as never);
    await expectRefused(await sign.sign(pair.privateKey, { crit: { exp2: true } }));
  });

  test.each([
    ['no JSON Web Token', 'opaque-token'],
    ['two parts', 'a.b'],
    ['five parts (encrypted)', 'eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..a.b.c'],
    ['no JSON in it', 'AAAA.BBBB.CCCC'],
    ['dots', '..'],
    ['a key id that is a path', `${encode({ alg: 'RS256', kid: '../../etc/passwd' })}.${encode({})}.AA`],
    ['a key id that is an object', `${encode({ alg: 'RS256', kid: { $ne: 1 } })}.${encode({})}.AA`],
    ['a payload that is an array', `${encode({ alg: 'RS256' })}.${encode([1])}.AA`],
    [
      'a prototype in its header',
      `${Buffer.from('{"__proto__":{"alg":"none"}}').toString('base64url')}.${encode({})}.`,
    ],
  ])('%s', async (_what, token) => expectRefused(token));
});

describe('rights that nobody gave', () => {
  const listed = async (claims: Record<string, unknown>) => {
    const { status, body } = await ask(server.url, 'tools/list', {}, { token: await issuer.mint(claims) });
    return { status, names: body.result?.tools?.map(({ name }) => name) ?? [] };
  };

  test('a group that is called like a scope is none, nor is a scope that is called like a group', async () => {
    expect((await listed({ groups: ['castellan:destroy'] })).names).not.toContain('suspend_okta_user');
    expect((await listed({ scope: 'castellan:read admins' })).names).not.toContain('suspend_okta_user');
    expect((await listed({ groups: ['Admins', 'admins ', '__proto__', 'constructor'] })).names).not.toContain(
      'suspend_okta_user',
    );
    expect((await listed({ groups: ['admins'] })).names).toContain('suspend_okta_user');
  });

  test('scopes that are no text or nested are none', async () => {
    for (const scope of [
      { 'castellan:read': true },
      [['castellan:read']],
      7,
      ['castellan:read', 7],
      'castellan:read\tcastellan:destroy',
    ])
      expect((await listed({ scope })).status).toBe(403);
  });

  test('two callers never share a name, whatever their subjects are', async () => {
    for (const sub of [`x|${randomUUID()}`, 'local', 'castellan', 'terminal:root']) {
      const answer = await send(await issuer.mint({ sub }));
      expect(answer.status).toBe(200);
    }
    expect(server.log()).not.toMatch(/"caller":"(local|castellan|terminal:root)"/);
  });

  test('an e-mail address as subject does not get into records', async () => {
    await send(await issuer.mint({ sub: 'maya.canary@larkspur.example' }));
    expect(server.log()).toContain('|sha256-');
    expect(server.log()).not.toContain('maya.canary');
  });
});
