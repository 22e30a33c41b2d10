// The token endpoint for a service app: what it publishes, whom it believes, which scopes it gives.

import { createPublicKey, type JsonWebKey, randomUUID, verify } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSandbox, type Sandbox } from '../../src/sandbox/index.ts';
import { loadOktaContract } from '../contracts/okta-contract.ts';
import { createClient } from './kit.ts';
import {
  createOAuthClient,
  encode,
  errorOf,
  makeKey,
  type OAuthReply,
  type OAuthTestClient,
  readClaims,
  signJwt,
} from './oauth-kit.ts';

const contract = loadOktaContract('okta-oauth');
const key = makeKey('RS256');
key.jwk.kid = 'service-1';

let now = Date.parse('2026-03-02T09:00:00Z');
let sandbox: Sandbox;
let client: OAuthTestClient;

beforeAll(async () => {
  sandbox = await openSandbox({
    now: () => now,
    users: 30,
    rateLimits: 'off',
    oauth: { serviceKey: key.jwk, requireDpop: false, scopes: ['okta.users.read', 'okta.groups.manage'] },
  });
  client = createOAuthClient(sandbox, () => now);
});
afterAll(() => sandbox.close());

const seconds = () => Math.floor(now / 1000);

function asPublished(method: string, path: string, reply: OAuthReply): void {
  expect(contract?.checkResponse(method, path, reply.status, reply.body) ?? []).toEqual([]);
}

async function ask(assertion: string, more: Record<string, string> = {}): Promise<string> {
  const form = { grant_type: 'client_credentials', scope: 'okta.users.read', ...client.asService(assertion), ...more };
  const reply = await client.askToken(form);
  asPublished('POST', '/oauth2/v1/token', reply);
  return reply.status === 200 ? 'ok' : errorOf(reply);
}

describe('what the org authorization server publishes', () => {
  it('is its metadata, at the address that was asked, without a token and without counting', async () => {
    const reply = await client.send('/.well-known/openid-configuration');
    asPublished('GET', '/.well-known/openid-configuration', reply);
    expect(reply.body).toMatchObject({
      issuer: sandbox.okta.url,
      token_endpoint: client.tokenUrl,
      code_challenge_methods_supported: ['S256'],
    });
    expect(reply.body.token_endpoint_auth_methods_supported).not.toContain('client_secret_basic');
    expect(reply.headers.get('x-rate-limit-limit')).toBeNull();
    const other = await client.send(
      `${sandbox.okta.url.replace('127.0.0.1', 'localhost')}/.well-known/openid-configuration`,
    );
    expect(other.body.issuer).toBe(sandbox.okta.url.replace('127.0.0.1', 'localhost'));
  });

  it('are the keys that its tokens are signed with', async () => {
    const reply = await client.send('/oauth2/v1/keys');
    asPublished('GET', '/oauth2/v1/keys', reply);
    const [jwk] = reply.body.keys as JsonWebKey[];
    expect(Object.keys(jwk ?? {}).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
    const [header = '', claims = '', signature = ''] = String(
      (await client.serviceToken(key, 'okta.users.read')).body.access_token,
    ).split('.');
    expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toMatchObject({ kid: jwk?.kid, alg: 'RS256' });
    const publicKey = createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' });
    expect(verify('sha256', Buffer.from(`${header}.${claims}`), publicKey, Buffer.from(signature, 'base64url'))).toBe(
      true,
    );
  });

  it('answers a wrong method and an unknown path as the rest of Okta', async () => {
    expect((await client.send('/oauth2/v1/token')).body.errorCode).toBe('E0000022');
    expect((await client.send('/oauth2/v1/nothing')).body.errorCode).toBe('E0000011');
  });
});

describe('client credentials', () => {
  it('give an access token of an hour, as a JWT of the org server, and no refresh token', async () => {
    const reply = await client.serviceToken(key, 'okta.users.read okta.groups.manage');
    asPublished('POST', '/oauth2/v1/token', reply);
    expect(reply.status).toBe(200);
    expect(reply.body).toMatchObject({
      token_type: 'Bearer',
      expires_in: 3600,
      scope: 'okta.users.read okta.groups.manage',
    });
    expect(reply.body).not.toHaveProperty('refresh_token');
    expect(reply.headers.get('cache-control')).toContain('no-store');
    const id = client.serviceClientId;
    expect(readClaims(reply.body.access_token)).toMatchObject({
      iss: sandbox.okta.url,
      aud: sandbox.okta.url,
      sub: id,
      cid: id,
      scp: ['okta.users.read', 'okta.groups.manage'],
      iat: seconds(),
      exp: seconds() + 3600,
    });
    expect(readClaims(reply.body.access_token)).not.toHaveProperty('uid');
  });

  it.each(['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512'])('are taken signed by %s', async (alg) => {
    const own = makeKey(alg);
    own.jwk.kid = sandbox.okta.oauth.registerKey(own.jwk);
    expect(await ask(client.assertion(own))).toBe('ok');
  });

  const invalid = (sentence: string) => `401 invalid_client: ${sentence}`;
  const badAlgorithm = invalid('The client_assertion JWT signature algorithm is invalid.');

  it('are refused unsigned or signed by a secret', async () => {
    const standard = () => {
      const id = client.serviceClientId;
      return { iss: id, sub: id, aud: client.tokenUrl, exp: seconds() + 300, jti: randomUUID() };
    };
    expect(await ask(`${encode({ alg: 'none', kid: 'service-1' })}.${encode(standard())}.`)).toBe(badAlgorithm);
    expect(await ask(client.assertion(key, {}, { alg: 'HS256' }))).toBe(badAlgorithm);
    expect(await ask(client.assertion(key, {}, { alg: 'PS256' }))).toBe(badAlgorithm);
    expect(await ask('not.a.jwt')).toBe(invalid('The parsing of the client_assertion failed.'));
  });

  it('are refused signed by a key that is not registered, or by another than the one named', async () => {
    const stranger = makeKey('RS256');
    const badSignature = invalid('The client_assertion signature is invalid.');
    expect(await ask(client.assertion(stranger, {}, { kid: 'service-1' }))).toBe(badSignature);
    expect(await ask(client.assertion(stranger, {}, { kid: 'other' }))).toBe(
      invalid('The client_assertion JWT kid is invalid.'),
    );
    expect(await ask(client.assertion(makeKey('ES256'), {}, { kid: 'service-1' }))).toBe(badSignature);
    const [header, , signature] = client.assertion(key).split('.');
    const id = client.serviceClientId;
    const claims = encode({ iss: id, sub: id, aud: client.tokenUrl, exp: seconds() + 60 });
    expect(await ask(`${header}.${claims}.${signature}`)).toBe(badSignature);
  });

  it('are refused with a registered RSA key that is too short', async () => {
    const short = makeKey('RS256', 1024);
    short.jwk.kid = sandbox.okta.oauth.registerKey(short.jwk);
    expect(await ask(client.assertion(short))).toBe(invalid('The client_assertion signature is invalid.'));
  });

  it('are refused for another client, audience or time', async () => {
    const of = (claims: Record<string, unknown>) => ask(client.assertion(key, claims));
    const badAudience = invalid(
      'The audience claim for client_assertion must be the endpoint invoked for the request.',
    );
    expect(await of({ iss: '0oaNobody' })).toBe(
      invalid('The issuer claim for client_assertion is not a valid client_id.'),
    );
    expect(await of({ sub: '0oaNobody' })).toBe(
      invalid('The subject claim for client_assertion is not a valid client_id.'),
    );
    expect(await of({ aud: sandbox.okta.url })).toBe(badAudience);
    expect(await of({ aud: client.tokenUrl.replace('127.0.0.1', 'localhost') })).toBe(badAudience);
    expect(await of({ aud: [client.tokenUrl, 'https://elsewhere.example'] })).toBe(badAudience);
    expect(await of({ aud: [client.tokenUrl] })).toBe('ok');
    expect(await of({ exp: undefined })).toBe(
      invalid("The client_assertion must contain the 'exp' claim as seconds since epoch."),
    );
    expect(await of({ exp: seconds() })).toBe(invalid('The client_assertion token is expired.'));
    expect(await of({ exp: seconds() + 3600 })).toBe('ok');
    expect(await of({ exp: seconds() + 3601 })).toBe(
      invalid('The client_assertion token has an expiration too far into the future.'),
    );
    const early = invalid('The client_assertion token must be issued before the current time.');
    expect(await of({ iat: seconds() + 120 })).toBe(early);
    expect(await of({ nbf: seconds() + 120 })).toBe(early);
    expect(await of({ iat: undefined, jti: undefined })).toBe('ok');
  });

  it('are refused when the assertion was used before', async () => {
    const assertion = client.assertion(key);
    expect(await ask(assertion)).toBe('ok');
    expect(await ask(assertion)).toBe(invalid('The client_assertion token has already been used.'));
    // The same id in another assertion is a replay as well, until the first one has ended.
    const { jti } = readClaims(assertion);
    expect(await ask(client.assertion(key, { jti }))).toContain('already been used');
    now += 301_000;
    expect(await ask(client.assertion(key, { jti }))).toBe('ok');
  });

  it('are refused with a client_id that is not the signer’s, or another kind of assertion', async () => {
    expect(await ask(client.assertion(key), { client_id: client.nativeClientId })).toBe(
      invalid("Invalid value for 'client_id' parameter."),
    );
    expect(await ask(client.assertion(key), { client_assertion_type: 'urn:else' })).toBe(
      '400 invalid_request: The client_assertion_type is invalid.',
    );
  });

  it('are never taken by a secret (Okta: private_key_jwt only)', async () => {
    const keysOnly = invalid(
      'Client Credentials requests to the Org Authorization Server must use the private_key_jwt token_endpoint_auth_method.',
    );
    const id = client.serviceClientId;
    const form = { grant_type: 'client_credentials', scope: 'okta.users.read' };
    const basic = { authorization: `Basic ${Buffer.from(`${id}:secret`).toString('base64')}` };
    expect(errorOf(await client.post(client.tokenUrl, form, basic))).toBe(keysOnly);
    expect(errorOf(await client.askToken({ ...form, client_id: id, client_secret: 'secret' }))).toBe(keysOnly);
    expect(errorOf(await client.askToken({ ...form, client_id: id }))).toBe(keysOnly);
    expect(errorOf(await client.askToken(form))).toBe(invalid('No client credentials found.'));
    expect(errorOf(await client.askToken({ ...form, client_id: client.nativeClientId }))).toContain(
      "401 invalid_client: Only clients with 'application_type' of 'service'",
    );
    const both = await client.post(client.tokenUrl, { ...form, ...client.asService(client.assertion(key)) }, basic);
    expect(errorOf(both)).toContain('401 invalid_request: Cannot supply multiple client credentials.');
  });

  it('give only scopes that were granted to the app, as Okta: known ones are left out, unknown ones refused', async () => {
    const scope = async (text: string) => {
      const reply = await client.askToken({ ...client.credentials(key, text) });
      return reply.status === 200 ? reply.body.scope : errorOf(reply);
    };
    expect(await scope('okta.users.read okta.logs.read')).toBe('okta.users.read');
    expect(await scope('okta.logs.read')).toBe(
      '400 consent_required: You are not allowed any of the requested scopes.',
    );
    expect(await scope('okta.users.read okta.nonsense')).toBe(
      '400 invalid_scope: One or more scopes are not configured for the authorization server resource.',
    );
    expect(await scope('openid')).toBe("400 invalid_scope: Cannot request 'openid' scopes using client credentials.");
    expect(await scope('')).toBe('400 invalid_scope: No scopes were requested.');
  });

  it('are refused while the app is deactivated', async () => {
    const api = createClient(sandbox);
    const app = `/api/v1/apps/${client.serviceClientId}`;
    await api.call('POST', `${app}/lifecycle/deactivate`);
    expect(await ask(client.assertion(key))).toContain('401 invalid_client');
    await api.call('POST', `${app}/lifecycle/activate`);
    expect(await ask(client.assertion(key))).toBe('ok');
  });
});

describe('a token request', () => {
  it('is refused without a grant type, with an unknown one, or one the app does not have', async () => {
    expect(errorOf(await client.askToken({}))).toContain(
      "400 invalid_request: The token request must specify a 'grant_type'.",
    );
    expect(errorOf(await client.askToken({ grant_type: 'password' }))).toContain('400 unsupported_grant_type');
    const refused = await client.askToken({ grant_type: 'refresh_token', ...client.asService(client.assertion(key)) });
    expect(errorOf(refused)).toBe(
      '400 unauthorized_client: The client is not authorized to use the provided grant type. Configured grant types: [client_credentials].',
    );
  });

  it('is refused with a parameter twice, a credential in the address, or a body that is no form', async () => {
    const init = { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' } };
    const twice = await client.send(client.tokenUrl, { ...init, body: 'grant_type=a&grant_type=b' });
    expect(errorOf(twice)).toBe('400 invalid_request: The request contained multiple parameters with the same name.');
    const inQuery = await client.post(`${client.tokenUrl}?client_secret=x`, { grant_type: 'client_credentials' });
    expect(errorOf(inQuery)).toBe('400 invalid_request: Client credentials cannot be supplied via query parameters.');
    const inJson = await client.send(client.tokenUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(client.credentials(key, 'okta.users.read')),
    });
    expect(errorOf(inJson)).toContain("must specify a 'grant_type'");
  });

  it('meets rate limits and faults like any other', async () => {
    const narrow = await openSandbox({ rateLimits: 1, users: 10, oauth: { serviceKey: key.jwk, requireDpop: false } });
    const other = createOAuthClient(narrow);
    const first = await other.serviceToken(key, 'okta.users.read');
    expect([first.status, first.headers.get('x-rate-limit-remaining')]).toEqual([200, '0']);
    const second = await other.serviceToken(key, 'okta.users.read');
    expect([second.status, second.body.errorCode]).toEqual([429, 'E0000047']);
    asPublished('POST', '/oauth2/v1/token', second);
    narrow.okta.setFaults({ rate: 1, kinds: ['server-error'] });
    expect((await other.serviceToken(key, 'okta.users.read')).status).toBeGreaterThanOrEqual(500);
    await narrow.close();
  });
});

it('a forged token opens nothing, whoever signed it', async () => {
  const forged = signJwt({ alg: 'RS256', kid: 'x' }, { iss: sandbox.okta.url, scp: ['okta.users.read'] }, key);
  const reply = await client.callApi(forged, '/api/v1/users');
  expect([reply.status, reply.body.errorCode]).toEqual([401, 'E0000011']);
});
