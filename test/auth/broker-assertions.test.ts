// Identity assertions at the broker (ID-JAG, enterprise-managed authorization): the SDK's own client without a browser, and
// assertions that must not let anybody in.

import { hash } from 'node:crypto';
import { Client, CrossAppAccessProvider, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { decodeJwt, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type BrokerServer, openBrokerServer, readBroker } from '../support/broker-server.ts';
import { type Issuer, openIssuer } from '../support/issuer.ts';
import { ask, call } from '../support/messages.ts';
import { postForm } from '../support/oauth.ts';
import type { Era } from '../support/server.ts';

type Claims = Readonly<Record<string, unknown>>;

const jwtBearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const secret = 'a-secret-of-a-client-that-is-long-enough';
let server: BrokerServer;
let company: Issuer;
let partner: Issuer;
let stranger: Issuer;
let laterMs = 0;

beforeAll(async () => {
  [company, partner, stranger] = await Promise.all([openIssuer(), openIssuer(), openIssuer()]);
  server = await openBrokerServer({
    signInAt: { issuer: company.url, subjectClaims: ['sub'], tenant: undefined },
    people: { 'person-1': ['castellan:read', 'okta:write'] },
    broker: {
      clients: [
        { id: 'assistant', secret, name: 'Assistant' },
        { id: 'other', secret, name: 'Other' },
        { id: 'public', name: 'Public', redirectUris: ['https://app.acme.dev/back'] },
      ],
      assertionIssuers: [
        { issuer: company.url, scopes: ['castellan:read'] },
        {
          issuer: partner.url,
          jwksUri: `${partner.url}/jwks`,
          clients: ['assistant', 'public'],
          claims: { tenant: 'acme' },
          scopes: ['okta:read'],
          groupMap: { helpdesk: ['okta:write'] },
        },
      ],
    },
    now: () => Date.now() + laterMs,
  });
});
afterEach(() => {
  laterMs = 0;
  company.behave = 'well';
});
afterAll(async () => {
  await server.close();
  await Promise.all([company, partner, stranger].map((issuer) => issuer.close()));
});

const seconds = () => Math.floor((Date.now() + laterMs) / 1000);
const typ = 'oauth-id-jag+jwt';

/** An assertion that is good; `undefined` leaves a claim out. */
function assertion(claims: Claims = {}, header: Claims = {}, issuer = company): Promise<string> {
  const good = { aud: server.issuer, resource: server.url, iat: seconds(), exp: seconds() + 300 };
  const shared = issuer === partner ? { tenant: 'acme' } : {};
  return issuer.mint({ ...good, ...shared, ...claims }, { typ, ...header });
}

const basic = (id: string) => ({ authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` });
const present = (text: string, more: Readonly<Record<string, string>> = {}, id = 'assistant', at = server.issuer) =>
  postForm(`${at}/oauth/token`, { grant_type: jwtBearer, assertion: text, ...more }, basic(id));
const claimsOf = ({ body }: { readonly body: Claims }) => decodeJwt(String(body.access_token));

describe.each(['2026-07-28', '2025-11-25'] as const)('an SDK client of %s', (era: Era) => {
  test('calls a tool, and nobody has seen a browser', async () => {
    const authProvider = new CrossAppAccessProvider({
      clientId: 'assistant',
      clientSecret: secret,
      expectedIssuer: server.issuer,
      assertion: ({ authorizationServerUrl, resourceUrl, scope }) =>
        assertion({ aud: authorizationServerUrl, resource: resourceUrl, scope }),
    });
    const mode = era === '2025-11-25' ? 'legacy' : { pin: era };
    const client = new Client({ name: 'assistant', version: '0' }, { versionNegotiation: { mode } });
    await client.connect(new StreamableHTTPClientTransport(new URL(server.url), { authProvider }));
    const { isError } = await client.callTool({ name: 'list_okta_groups', arguments: {} });
    expect(isError).toBeFalsy();
    expect(server.audit()).toContain(`${server.issuer}|person-1`);
    await client.close();
  });
});

describe('what an assertion gives', () => {
  test('is an access token for a while, and nothing to refresh it with', async () => {
    const answer = await present(await assertion());
    expect(answer).toMatchObject({
      status: 200,
      body: { token_type: 'Bearer', expires_in: 600, scope: 'castellan:read' },
    });
    expect(answer.body).not.toHaveProperty('refresh_token');
    expect(claimsOf(answer)).toMatchObject({ aud: server.url, iss: server.issuer, client_id: 'assistant' });
  });

  test('is for the person who signs in at the same provider, under the same name', async () => {
    expect(claimsOf(await present(await assertion())).sub).toBe('person-1');
  });

  test('an address that names them is digested, as where they sign in', async () => {
    const answer = await present(await assertion({ sub: 'Ana@acme.dev' }));
    expect(claimsOf(answer).sub).toBe(`sha256-${hash('sha256', 'ana@acme.dev', 'base64url')}`);
  });

  test('another provider’s person of that name is somebody else', async () => {
    const answer = await present(await assertion({ scope: undefined }, {}, partner), { scope: 'okta:read' });
    expect(claimsOf(answer).sub).toBe(`${partner.url}#person-1`);
  });

  test('is what was asked for, what the assertion says and what the operator lets them do, all three', async () => {
    const scopeOf = async (scope: string | undefined, more: Readonly<Record<string, string>>, claims: Claims = {}) =>
      (await present(await assertion({ scope, ...claims }), more)).body.scope;
    expect(await scopeOf('castellan:read', {})).toBe('castellan:read');
    expect(await scopeOf('castellan:read okta:write', { scope: 'okta:write' })).toBe('okta:write');
    expect(await scopeOf('castellan:read', { scope: 'castellan:read okta:write' })).toBe('castellan:read');
    expect(await scopeOf('okta:read', { scope: 'castellan:read' })).toBe('okta:read');
    expect(await scopeOf(undefined, {})).toBe('castellan:read');
    expect(await scopeOf('castellan:destroy castellan:read', {})).toBe('castellan:read');
  });

  test('what they may do when they sign in, it gives as far as it names it', async () => {
    expect(await present(await assertion({ scope: undefined }), { scope: 'okta:write' })).toMatchObject({
      status: 400,
      body: { error: 'invalid_scope' },
    });
    const named = await present(await assertion({ scope: 'okta:write' }), { scope: 'okta:write' });
    expect(named.body.scope).toBe('okta:write');
  });

  test.each([
    ['by another claim than where they sign in', { subjectClaims: ['user_id'], tenant: undefined }],
    ['in another tenant of the same issuer', { subjectClaims: ['sub'], tenant: 'acme' }],
  ])('a name %s is somebody else’s', async (_what, place) => {
    const other = await openBrokerServer({
      signInAt: { issuer: company.url, ...place },
      people: { 'person-1': ['castellan:read', 'okta:write'] },
      broker: {
        clients: [{ id: 'assistant', secret, name: 'Assistant' }],
        assertionIssuers: [{ issuer: company.url, claims: { tenant: 'evil' }, scopes: ['castellan:read'] }],
      },
    });
    try {
      const text = await assertion({ aud: other.issuer, resource: other.url, tenant: 'evil' });
      expect(claimsOf(await present(text, {}, 'assistant', other.issuer)).sub).toBe(`${company.url}#person-1`);
    } finally {
      await other.close();
    }
  });

  test.each([
    ['beyond the assertion', { scope: 'castellan:read' }, 'okta:write'],
    ['beyond what they may do', { scope: 'castellan:destroy' }, 'castellan:destroy'],
    ['of none of ours', { scope: 'chat.read' }, 'castellan:read'],
  ])('nothing is given of a scope %s', async (_what, claims, scope) => {
    expect(await present(await assertion(claims), { scope })).toMatchObject({
      status: 400,
      body: { error: 'invalid_scope' },
    });
  });

  test('groups in the assertion are heeded', async () => {
    const scope = 'okta:read okta:write';
    const plain = await present(await assertion({ scope }, {}, partner));
    expect(plain.body.scope).toBe('okta:read');
    const helper = await present(await assertion({ scope, groups: ['helpdesk'] }, {}, partner));
    expect(helper.body.scope).toBe('okta:read okta:write');
    const inherited = await present(await assertion({ scope, groups: ['constructor', '__proto__'] }, {}, partner));
    expect(inherited.body.scope).toBe('okta:read');
  });

  test('a tool beyond it is not called', async () => {
    const { body } = await present(await assertion({ scope: 'castellan:read' }));
    const token = String(body.access_token);
    const refused = await ask(server.url, 'tools/call', call('suspend_okta_user', { user: 'x' }), { token });
    expect(refused.status).toBe(403);
  });
});

describe('an assertion is taken once', () => {
  test('whichever replica is asked', async () => {
    const replica = await server.replica();
    const text = await assertion();
    const answers = await Promise.all([present(text), present(text, {}, 'assistant', replica), present(text)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400, 400]);
    expect(await present(text, {}, 'assistant', replica)).toMatchObject({ body: { error: 'invalid_grant' } });
  });

  test('and what was refused was not taken', async () => {
    const text = await assertion();
    expect((await present(text, {}, 'other')).status).toBe(400);
    expect((await present(text)).status).toBe(200);
  });
});

describe('an assertion is not taken', () => {
  const key = () => exportJWK(company.key().pair.publicKey);
  const unsigned = async () => {
    const claims = decodeJwt(await assertion());
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    return `${part({ alg: 'none', typ })}.${part(claims)}.`;
  };
  const signedBy = async (claims: Claims, alg: string, by: Parameters<SignJWT['sign']>[0]) =>
    new SignJWT({ ...decodeJwt(await assertion()), ...claims }).setProtectedHeader({ alg, typ }).sign(by);
  const signedByItself = async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256');
    const header = { alg: 'ES256', typ, jwk: await exportJWK(publicKey) };
    return new SignJWT(decodeJwt(await assertion())).setProtectedHeader(header).sign(privateKey);
  };
  const criticallySigned = async () => {
    const header = { alg: 'RS256', typ, kid: company.key().kid, crit: ['x'], x: true };
    const signing = new SignJWT(decodeJwt(await assertion())).setProtectedHeader(header);
    return signing.sign(company.key().pair.privateKey, { crit: { x: true } });
  };
  const day = 86_400;

  test.each([
    ['of the type JWT', () => assertion({}, { typ: 'JWT' })],
    ['of no type', () => assertion({}, { typ: undefined })],
    ['that is an access token', () => assertion({}, { typ: 'at+jwt' })],
    ['without a signature', unsigned],
    [
      'signed with the public key as a secret',
      async () => signedBy({}, 'HS256', Buffer.from(JSON.stringify(await key()))),
    ],
    ['signed with another key', async () => signedBy({}, 'RS256', (await generateKeyPair('RS256')).privateKey)],
    ['under a key that is not there', () => assertion({}, { kid: 'none' })],
    ['with a key of its own', signedByItself],
    ['with a critical header that is not understood', criticallySigned],
    ['of an issuer that is not trusted', () => assertion({}, {}, stranger)],
    ['of one issuer in the name of another', () => assertion({ iss: partner.url })],
    ['of a trusted issuer, signed by a stranger', () => assertion({ iss: company.url }, {}, stranger)],
    ['for another audience', () => assertion({ aud: 'https://other.acme.dev' })],
    ['for the token endpoint', () => assertion({ aud: `${server.issuer}/oauth/token` })],
    ['for two audiences', () => assertion({ aud: [server.issuer, 'https://other.acme.dev'] })],
    ['for no audience', () => assertion({ aud: undefined })],
    ['of another tenant of the same issuer', () => assertion({ tenant: 'other' }, {}, partner)],
    ['of no tenant of the same issuer', () => assertion({ tenant: undefined }, {}, partner)],
    ['for another client', () => assertion({ client_id: 'other' })],
    ['for no client', () => assertion({ client_id: undefined })],
    ['for another resource', () => assertion({ resource: 'https://other.acme.dev/mcp' })],
    ['for several resources', () => assertion({ resource: [server.url, 'https://other.acme.dev/mcp'] })],
    ['for no resource', () => assertion({ resource: undefined })],
    ['about nobody', () => assertion({ sub: undefined })],
    ['about something that is no text', () => assertion({ sub: 7 })],
    ['about something with a blank', () => assertion({ sub: 'a b' })],
    ['about a machine', () => assertion({ sub: 'machine:ci' })],
    ['about another provider’s person', () => assertion({ sub: `${partner.url}#person-1` })],
    ['that has expired', () => assertion({ iat: seconds() - 300, exp: seconds() - 60 })],
    ['without an end', () => assertion({ exp: undefined })],
    ['that lives for a day', () => assertion({ exp: seconds() + day })],
    ['of yesterday that lives until tomorrow', () => assertion({ iat: seconds() - day, exp: seconds() + day })],
    ['of tomorrow', () => assertion({ iat: seconds() + day, exp: seconds() + day + 300 })],
    ['without its time', () => assertion({ iat: undefined })],
    ['that is not valid yet', () => assertion({ nbf: seconds() + 120 })],
    ['without an id of its own', () => assertion({ jti: undefined })],
    ['that is bound to a key', () => assertion({ cnf: { jkt: 'x' } })],
    ['whose scope is a list', () => assertion({ scope: ['castellan:read'] })],
    ['that is no token', async () => 'a.b.c'],
    ['that is encrypted', async () => 'eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..a.b.c'],
  ])('%s', async (_what, make) => {
    expect(await present(await make())).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  });

  test('that is very long, or missing', async () => {
    for (const text of ['x'.repeat(20_000), ''])
      expect(await present(text)).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
  });

  test('nor is the answer more than what is wrong', async () => {
    const { body } = await present(await assertion({ sub: 'somebody@acme.dev', aud: 'https://other.acme.dev' }));
    expect(JSON.stringify(body)).not.toContain('somebody');
    expect(server.log.join('')).not.toContain('eyJ');
  });
});

describe('who brings it', () => {
  const bring = (text: string, form: Readonly<Record<string, string>>, headers = {}) =>
    postForm(`${server.issuer}/oauth/token`, { grant_type: jwtBearer, assertion: text, ...form }, headers);

  test('must prove to be the client', async () => {
    expect(await bring(await assertion(), { client_id: 'assistant' })).toMatchObject({
      status: 401,
      body: { error: 'invalid_client' },
    });
  });

  test('a client without a secret may where the operator has named it, nowhere else', async () => {
    const ours = await assertion({ client_id: 'public' });
    expect(await bring(ours, { client_id: 'public' })).toMatchObject({ body: { error: 'unauthorized_client' } });
    const theirs = await assertion({ client_id: 'public', scope: 'okta:read' }, {}, partner);
    expect(await bring(theirs, { client_id: 'public' })).toMatchObject({ status: 200 });
  });

  test('a client that the operator has not named may not', async () => {
    const theirs = await assertion({ client_id: 'other', scope: 'okta:read' }, {}, partner);
    expect(await present(theirs, {}, 'other')).toMatchObject({ body: { error: 'unauthorized_client' } });
  });

  test('a client that registered itself may not', async () => {
    const registered = await fetch(`${server.issuer}/oauth/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        redirect_uris: ['https://app.acme.dev/back'],
        grant_types: ['authorization_code', jwtBearer],
        token_endpoint_auth_method: 'client_secret_post',
      }),
    });
    const client = (await registered.json()) as Record<string, string> & { grant_types: string[] };
    expect(client.grant_types).toEqual(['authorization_code']);
    const id = client.client_id ?? '';
    const form = { client_id: id, client_secret: client.client_secret ?? '' };
    expect(await bring(await assertion({ client_id: id }), form)).toMatchObject({
      status: 400,
      body: { error: 'invalid_request' },
    });
  });
});

describe('the issuer’s keys', () => {
  test('a new one is taken at its first assertion, and half a minute later at the latest', async () => {
    expect((await present(await assertion())).status).toBe(200);
    await company.rotate();
    laterMs = 60_000;
    expect((await present(await assertion())).status).toBe(200);
  });

  test('while they cannot be had, the client is told to come back', async () => {
    laterMs = 2 * 3_600_000;
    company.behave = 'fail';
    expect(await present(await assertion())).toMatchObject({ status: 503, body: { error: 'temporarily_unavailable' } });
  });
});

test('metadata says what is on', async () => {
  const answer = await fetch(`${server.issuer}/.well-known/oauth-authorization-server`);
  const metadata = (await answer.json()) as Readonly<Record<string, unknown>>;
  expect(metadata.grant_types_supported).toContain(jwtBearer);
  expect(metadata.authorization_grant_profiles_supported).toEqual(['urn:ietf:params:oauth:grant-profile:id-jag']);
});

test.each([
  ['an address that is not safe', { issuer: 'http://login.acme.dev' }],
  ['keys at an address that is not safe', { issuer: 'https://login.acme.dev', jwksUri: 'http://login.acme.dev/keys' }],
  ['a scope that is none of ours', { issuer: 'https://login.acme.dev', scopes: ['openid'] }],
  ['no clients at all', { issuer: 'https://login.acme.dev', clients: [] }],
])('settings refuse %s', (_what, issuer) => {
  expect(() => readBroker({ assertionIssuers: [issuer] })).toThrow();
});
