// The simulated OCI identity domain where it is unlike others: one issuer for all domains, keys that are not public, PKCE that is
// not published, no registration, and scopes written behind an audience.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSandbox, type Sandbox, type SandboxOci } from '../../src/sandbox/index.ts';
import { sha256 } from './oauth-kit.ts';
import { admin, basic, callback, createBrowser, errorOf, get, post, readClaims } from './oidc-kit.ts';

let now: number;
let sandbox: Sandbox;
let oci: SandboxOci;

beforeEach(async () => {
  now = Date.parse('2026-03-02T09:00:00Z');
  sandbox = await openSandbox({ users: 30, now: () => now });
  oci = await sandbox.oci();
  oci.setRedirectUris([callback]);
});
afterEach(() => sandbox.close());

const verifier = 'a-verifier-of-more-than-forty-three-characters-0123456789';

const authorizeUrl = (change: Record<string, string> = {}) =>
  `${oci.url}/oauth2/v1/authorize?${new URLSearchParams({
    client_id: oci.client.id,
    response_type: 'code',
    redirect_uri: callback,
    scope: 'openid offline_access',
    state: 's & t',
    ...change,
  })}`;

const askToken = (form: Record<string, string>, headers: Record<string, string> = basic(oci.client)) =>
  post(`${oci.url}/oauth2/v1/token`, form, headers);

const codeFor = async (change: Record<string, string> = {}) =>
  (await createBrowser().signIn(authorizeUrl(change))).searchParams.get('code') ?? '';

const redeem = (code: string, more: Record<string, string> = {}, headers?: Record<string, string>) =>
  askToken({ grant_type: 'authorization_code', code, ...more }, headers);

describe('the metadata', () => {
  it('name the constant issuer, and endpoints at the address of the domain with its port', async () => {
    const { body } = await get(`${oci.url}/.well-known/openid-configuration`);
    expect(body).toMatchObject({
      issuer: 'https://identity.oraclecloud.com/',
      jwks_uri: `${oci.url}/admin/v1/SigningCert/jwk`,
      introspection_endpoint: `${oci.url}/oauth2/v1/introspect`,
      secure_token_endpoint: expect.any(String),
      id_token_signing_alg_values_supported: ['RS256'],
    });
    const { port } = new URL(oci.url);
    for (const [name, value] of Object.entries(body))
      if (name.endsWith('_endpoint') || name === 'jwks_uri') expect(new URL(String(value)).port, name).toBe(port);
    const other = await get(`${oci.url}/.well-known/idcs-configuration`);
    expect(other.body['openid-configuration']).toEqual(body);
  });

  it('say nothing of PKCE, registration or iss in answers; newer domains tell of PKCE and have those of RFC 8414', async () => {
    const read = async () => (await get(`${oci.url}/.well-known/openid-configuration`)).body;
    const older = await read();
    for (const name of [
      'code_challenge_methods_supported',
      'registration_endpoint',
      'authorization_response_iss_parameter_supported',
    ])
      expect(older).not.toHaveProperty(name);
    const rfc8414 = `${oci.url}/.well-known/oauth-authorization-server`;
    expect((await get(rfc8414)).status).toBe(404);
    oci.setNewerMetadata(true);
    expect((await get(rfc8414)).body).toMatchObject({
      issuer: 'https://identity.oraclecloud.com/',
      code_challenge_methods_supported: ['S256'],
    });
    expect(await read()).not.toHaveProperty('registration_endpoint');
  });

  it('have keys that are for a client with a token alone, until an administrator opens them', async () => {
    const url = `${oci.url}/admin/v1/SigningCert/jwk`;
    const refused = await get(url);
    expect(refused.status).toBe(401);
    expect(refused.body).toMatchObject({
      status: '401',
      schemas: expect.arrayContaining([expect.stringContaining('Error')]),
    });
    const { body } = await askToken({ grant_type: 'client_credentials', scope: 'urn:opc:idm:__myscopes__' });
    const bearer = (token: unknown) => ({ authorization: `Bearer ${token}` });
    expect((await get(url, bearer(body.access_token))).body.keys).toHaveLength(1);
    expect((await get(url, bearer(oci.issueToken({ login: admin, scopes: ['openid'] })))).status).toBe(401);
    expect((await get(url, bearer('nonsense'))).status).toBe(401);
    now += 3_600_000;
    expect((await get(url, bearer(body.access_token))).status).toBe(401);
    oci.setPublicKeysOpen(true);
    expect((await get(url)).body.keys[0]).toMatchObject({ kid: 'SIGNING_KEY', alg: 'RS256' });
    oci.rotateKeys();
    expect((await get(url)).body.keys).toHaveLength(2);
    oci.setPublicKeysOpen(false);
    expect((await get(url)).status).toBe(401);
  });
});

describe('the authorize endpoint', () => {
  it('returns code and state without iss (no RFC 9207)', async () => {
    const back = await createBrowser().signIn(authorizeUrl());
    expect([...back.searchParams.keys()].sort()).toEqual(['code', 'state']);
    expect(back.searchParams.get('state')).toBe('s & t');
  });

  it('tells the person, not the address, when client or address are wrong', async () => {
    const near = [
      'https://evil.example/',
      `${callback}/`,
      `${callback}?x=1`,
      callback.replace('54321', '54322'),
      callback.replace('127.0.0.1', 'localhost'),
      callback.replace('http:', 'https:'),
      callback.replace('//', '//user@'),
    ];
    const changes = [{ client_id: 'nobody' }, { client_id: '' }, ...near.map((uri) => ({ redirect_uri: uri }))];
    for (const change of changes) {
      const page = await createBrowser().open(authorizeUrl(change));
      expect([page.status, page.headers.get('location')], JSON.stringify(change)).toEqual([400, null]);
    }
    expect((await createBrowser().open(`${authorizeUrl()}&client_id=x`)).status).toBe(400);
  });

  it('sends other mistakes back to the application', async () => {
    const errorFor = async (change: Record<string, string>) => {
      const page = await createBrowser().open(authorizeUrl(change));
      return new URL(page.headers.get('location') ?? '').searchParams.get('error');
    };
    expect(await errorFor({ response_type: 'token' })).toBe('unsupported_response_type');
    expect(await errorFor({ scope: '' })).toBe('invalid_scope');
    expect(await errorFor({ scope: 'castellan:read' })).toBe('invalid_scope');
    expect(await errorFor({ scope: `${oci.resource.audience}nonsense` })).toBe('invalid_scope');
    expect(await errorFor({ code_challenge: 'short', code_challenge_method: 'S256' })).toBe('invalid_request');
    oci.addResource('https://other.larkspur.example/', ['all']);
    const two = `${oci.resource.audience}castellan:read https://other.larkspur.example/all`;
    expect(await errorFor({ scope: two })).toBe('invalid_scope');
    const code = await codeFor({ scope: 'openid https://other.larkspur.example/all' });
    expect(readClaims((await redeem(code)).body.access_token).aud).toBe('https://other.larkspur.example/');
  });
});

describe('the token endpoint', () => {
  it('takes PKCE although it is not published, and holds the verifier against it', async () => {
    const challenge = { code_challenge: sha256(verifier), code_challenge_method: 'S256' };
    expect(errorOf(await redeem(await codeFor(challenge)))).toBe('400 invalid_grant');
    expect(errorOf(await redeem(await codeFor(challenge), { code_verifier: `${verifier}x` }))).toBe(
      '400 invalid_grant',
    );
    expect((await redeem(await codeFor(challenge), { code_verifier: verifier })).status).toBe(200);
    const plain = { code_challenge: verifier };
    expect((await redeem(await codeFor(plain), { code_verifier: verifier })).status).toBe(200);
    expect((await redeem(await codeFor())).status).toBe(200);
    expect(errorOf(await redeem(await codeFor(), { code_verifier: verifier }))).toBe('400 invalid_grant');
  });

  it('takes each code once, within a minute, for its application and address; a second use ends the tokens', async () => {
    const code = await codeFor();
    const { body } = await redeem(code);
    const info = () => get(`${oci.url}/oauth2/v1/userinfo`, { authorization: `Bearer ${body.access_token}` });
    expect((await info()).status).toBe(200);
    expect(errorOf(await redeem(code))).toBe('400 invalid_grant');
    expect((await info()).status).toBe(401);
    expect(errorOf(await redeem(await codeFor(), { redirect_uri: 'https://evil.example/' }))).toBe('400 invalid_grant');
    const late = await codeFor();
    now += 61_000;
    expect(errorOf(await redeem(late))).toBe('400 invalid_grant');
  });

  it('knows the application by HTTP Basic or in the body, in one way', async () => {
    const form = { grant_type: 'client_credentials', scope: 'urn:opc:idm:__myscopes__' };
    const inBody = { ...form, client_id: oci.client.id, client_secret: oci.client.secret };
    expect((await askToken(inBody, {})).status).toBe(200);
    expect(errorOf(await askToken(inBody))).toBe('400 invalid_request');
    expect(errorOf(await askToken({ ...inBody, client_secret: 'guessed' }, {}))).toBe('401 invalid_client');
    expect(errorOf(await askToken({ ...form, client_id: oci.client.id }, {}))).toBe('401 invalid_client');
    expect(errorOf(await askToken(form, {}))).toBe('401 invalid_client');
  });

  it('gives the application its own token, for the domain or for a resource, and to no person’s scopes', async () => {
    const own = async (scope: string) => askToken({ grant_type: 'client_credentials', scope });
    const admin = readClaims((await own('urn:opc:idm:__myscopes__')).body.access_token);
    expect(admin).toMatchObject({
      sub: oci.client.id,
      sub_type: 'client',
      scope: expect.stringContaining('urn:opc:idm:t.'),
    });
    expect(admin).not.toHaveProperty('user_id');
    const mcp = readClaims((await own(`${oci.resource.audience}oci:read`)).body.access_token);
    expect(mcp).toMatchObject({ aud: oci.resource.audience, scope: 'oci:read' });
    expect(errorOf(await own('openid'))).toBe('400 invalid_scope');
    expect(errorOf(await askToken({ grant_type: 'password', scope: 'openid' }))).toBe('400 unsupported_grant_type');
  });
});

it('is opened when it is asked for, once, beside Okta, and closed with it', async () => {
  expect(await sandbox.oci()).toBe(oci);
  expect(oci.url).not.toBe(sandbox.okta.url);
  const other = await openSandbox({ users: 5 });
  const closing = await other.oci();
  await other.close();
  await expect(fetch(closing.url)).rejects.toThrow();
});

it('can issue a token at will, for tests of whoever verifies it', () => {
  const token = oci.issueToken({
    login: admin,
    scopes: [`${oci.resource.audience}oci:read`],
    expiresIn: 60,
    over: { iss: 'https://evil.example/' },
  });
  expect(readClaims(token)).toMatchObject({ iss: 'https://evil.example/', exp: now / 1000 + 60, sub: admin });
  expect(() => oci.issueToken({ login: 'nobody', scopes: [] })).toThrow('nobody');
});
