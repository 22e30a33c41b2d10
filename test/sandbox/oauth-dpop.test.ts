// Proof of possession (RFC 9449) as Okta asks for it: at the token endpoint with a nonce, at the API with the token's hash.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSandbox, type Sandbox } from '../../src/sandbox/index.ts';
import { loadOktaContract } from '../contracts/okta-contract.ts';
import {
  challengeOf,
  createOAuthClient,
  encode,
  errorOf,
  makeKey,
  type OAuthReply,
  type OAuthTestClient,
  readClaims,
  sha256,
  thumbprint,
} from './oauth-kit.ts';

const contract = loadOktaContract('okta-oauth');
const key = makeKey('ES256');
key.jwk.kid = 'service-1';
const bound = makeKey('ES256');
const day = 86_400_000;

let now = Date.parse('2026-03-02T09:00:00Z');
let sandbox: Sandbox;
let client: OAuthTestClient;

beforeAll(async () => {
  sandbox = await openSandbox({ now: () => now, users: 30, rateLimits: 'off', oauth: { serviceKey: key.jwk } });
  client = createOAuthClient(sandbox, () => now);
});
afterAll(() => sandbox.close());

const scope = 'okta.users.read okta.users.manage';

async function ask(proof?: string): Promise<OAuthReply> {
  const reply = await client.askToken(client.credentials(key, scope), proof);
  expect(contract?.checkResponse('POST', '/oauth2/v1/token', reply.status, reply.body) ?? []).toEqual([]);
  return reply;
}

const prove = (claims: Record<string, unknown> = {}, header: Record<string, unknown> = {}, by = bound) =>
  client.proof(by, 'POST', client.tokenUrl, claims, header);

async function nonceOf(): Promise<string> {
  return String((await ask(prove())).headers.get('dpop-nonce'));
}

const invalid = (sentence: string) => `400 invalid_dpop_proof: ${sentence}`;

describe('at the token endpoint', () => {
  it('a service app needs a proof, and its first one brings a nonce', async () => {
    expect(errorOf(await ask())).toBe(invalid('The DPoP proof JWT header is missing.'));
    const first = await ask(prove({ jti: undefined }));
    expect(errorOf(first)).toBe('400 use_dpop_nonce: Authorization server requires nonce in DPoP proof.');
    const nonce = first.headers.get('dpop-nonce');
    const second = await ask(prove({ nonce }));
    expect(second.body).toMatchObject({ token_type: 'DPoP', expires_in: 3600 });
    expect(readClaims(second.body.access_token).cnf).toEqual({ jkt: thumbprint(bound.jwk) });
    expect(second.headers.get('dpop-nonce')).toBeNull();
  });

  it('needs none where the app does not require it, and then gives a token for bearers; a proof still binds', async () => {
    sandbox.okta.oauth.setRequireDpop(false);
    expect((await ask()).body.token_type).toBe('Bearer');
    expect((await ask(prove({ nonce: await nonceOf() }))).body.token_type).toBe('DPoP');
    expect(errorOf(await ask(prove()))).toContain('use_dpop_nonce');
    sandbox.okta.oauth.setRequireDpop(true);
  });

  it('refuses a nonce that it never gave, or gave too long ago (a new one each day, good for three days more)', async () => {
    expect(errorOf(await ask(prove({ nonce: 'made-up' })))).toContain('400 use_dpop_nonce');
    const nonce = await nonceOf();
    now += day - 60_000;
    expect(await nonceOf()).toBe(nonce);
    now += 2 * 60_000;
    const news = await ask(prove({ nonce }));
    expect(news.status).toBe(200);
    const next = news.headers.get('dpop-nonce');
    expect(next).not.toBe(nonce);
    expect((await ask(prove({ nonce: next }))).headers.get('dpop-nonce')).toBeNull();
    now += 3 * day - 5 * 60_000;
    expect((await ask(prove({ nonce }))).status).toBe(200);
    now += 10 * 60_000;
    const stale = await ask(prove({ nonce }));
    expect(errorOf(stale)).toContain('400 use_dpop_nonce');
    expect((await ask(prove({ nonce: stale.headers.get('dpop-nonce') }))).status).toBe(200);
  });

  it('takes each proof once, and only with a name', async () => {
    const nonce = await nonceOf();
    const proof = prove({ nonce });
    expect((await ask(proof)).status).toBe(200);
    expect(errorOf(await ask(proof))).toBe(invalid('The DPoP proof JWT has already been used.'));
    expect(errorOf(await ask(prove({ nonce, jti: readClaims(proof).jti })))).toContain('already been used');
    expect(errorOf(await ask(prove({ nonce, jti: undefined })))).toBe(
      invalid("'jti' claim in the DPoP proof JWT is invalid."),
    );
  });

  it.each([
    ['another method', { htm: 'GET' }, {}, "'htm' claim in the DPoP proof JWT is invalid."],
    [
      'another address',
      { htu: 'https://elsewhere.example/oauth2/v1/token' },
      {},
      "'htu' claim in the DPoP proof JWT is invalid.",
    ],
    ['no time', { iat: undefined }, {}, "'iat' claim in the DPoP proof JWT is invalid."],
    ['a time in words', { iat: 'now' }, {}, "'iat' claim in the DPoP proof JWT is invalid."],
    ['an end in the past', { exp: 1 }, {}, 'The DPoP proof JWT is expired.'],
    ['another type', {}, { typ: 'JWT' }, "'typ' must be 'dpop+jwt' in the DPoP proof JWT."],
    ['an algorithm with a secret', {}, { alg: 'HS256' }, 'The DPoP proof JWT signature algorithm is invalid.'],
    ['no algorithm', {}, { alg: 'none' }, 'The DPoP proof JWT signature algorithm is invalid.'],
    ['an algorithm that is not the key’s', {}, { alg: 'ES384' }, 'The DPoP proof JWT signature is invalid.'],
    ['no key', {}, { jwk: undefined }, 'The DPoP proof JWT is invalid.'],
    ['a private key', {}, { jwk: { ...bound.jwk, d: 'secret' } }, 'The DPoP proof JWT is invalid.'],
    ['a key that is another’s', {}, { jwk: makeKey('ES256').jwk }, 'The DPoP proof JWT signature is invalid.'],
  ])('refuses a proof with %s', async (_, claims, header, sentence) => {
    const nonce = await nonceOf();
    expect(errorOf(await ask(prove({ nonce, ...claims }, header)))).toBe(invalid(sentence));
  });

  it('refuses a proof with a query in its address, of another port, too old, or of the future', async () => {
    const nonce = await nonceOf();
    const htu = client.tokenUrl;
    const wrong = invalid("'htu' claim in the DPoP proof JWT is invalid.");
    expect(errorOf(await ask(prove({ nonce, htu: `${htu}?a=1` })))).toBe(wrong);
    expect(errorOf(await ask(prove({ nonce, htu: `${htu}#a` })))).toBe(wrong);
    expect(errorOf(await ask(prove({ nonce, htu: htu.replace(/:\d+/, ':1') })))).toBe(wrong);
    const seconds = Math.floor(now / 1000);
    expect((await ask(prove({ nonce, iat: seconds - 299 }))).status).toBe(200);
    expect(errorOf(await ask(prove({ nonce, iat: seconds - 302 })))).toBe(
      invalid('The DPoP proof JWT is issued more than five minutes in the past.'),
    );
    expect(errorOf(await ask(prove({ nonce, iat: seconds + 120 })))).toBe(
      invalid('The DPoP proof JWT is issued in the future.'),
    );
  });

  it('refuses two proofs, a broken one, and one whose claims were changed', async () => {
    const nonce = await nonceOf();
    expect(errorOf(await ask(`${prove({ nonce })}, ${prove({ nonce })}`))).toBe(
      invalid('Multiple DPoP proof JWT headers are not allowed.'),
    );
    expect(errorOf(await ask('nonsense'))).toBe(invalid('The DPoP proof JWT cannot be parsed.'));
    const [header, claims, signature] = prove({ nonce }).split('.');
    const changed = encode({ ...readClaims(`.${claims}`), jti: 'other' });
    expect(errorOf(await ask(`${header}.${changed}.${signature}`))).toBe(
      invalid('The DPoP proof JWT signature is invalid.'),
    );
  });

  it.each(['RS256', 'RS384', 'RS512', 'ES384', 'ES512'])('takes proofs signed by %s', async (alg) => {
    const own = makeKey(alg);
    expect((await ask(prove({ nonce: await nonceOf() }, {}, own))).status).toBe(200);
  });
});

describe('at the API', () => {
  let token: string;
  const path = '/api/v1/users?limit=1';

  beforeAll(async () => {
    token = String((await ask(prove({ nonce: await nonceOf() }))).body.access_token);
  });

  const refusal = (reply: OAuthReply) => {
    const { scheme, error, description } = challengeOf(reply);
    return `${reply.status} ${scheme} ${error}: ${description}`;
  };
  const invalidHere = (sentence: string) => `400 DPoP invalid_dpop_proof: ${sentence}`;
  const call = (claims: Record<string, unknown> = {}, by = bound) => client.callApi(token, path, { key: by, claims });

  it('a bound token needs a proof of its key for each call, and no nonce', async () => {
    expect((await call()).status).toBe(200);
    expect((await call()).status).toBe(200);
    const url = `${sandbox.okta.url}/api/v1/users?activate=false`;
    const dpop = client.proof(bound, 'POST', url, { ath: sha256(token) });
    const body = JSON.stringify({
      profile: { firstName: 'A', lastName: 'B', email: 'ab@larkspur.example', login: 'ab@larkspur.example' },
    });
    const made = await client.send(url, { method: 'POST', body, headers: { authorization: `DPoP ${token}`, dpop } });
    expect(made.status).toBe(200);
  });

  it('a bound token is refused as Bearer and without a proof, as Okta refuses: 400, the reason in WWW-Authenticate, no body', async () => {
    const bearer = await client.callApi(token, path);
    expect(refusal(bearer)).toBe(
      '400 DPoP invalid_request: The resource request must use the DPoP authentication scheme when using a DPoP bound token.',
    );
    expect(bearer.text).toBe('');
    expect(bearer.headers.get('www-authenticate')).toBe(
      `DPoP algs="RS256 RS384 RS512 ES256 ES384 ES512", authorization_uri="${sandbox.okta.url}/oauth2/v1/authorize", realm="${sandbox.okta.url}", scope="okta.users.read", error="invalid_request", error_description="The resource request must use the DPoP authentication scheme when using a DPoP bound token.", resource="/api/v1/users"`,
    );
    const bare = await client.send(path, { headers: { authorization: `DPoP ${token}` } });
    expect(refusal(bare)).toBe('400 DPoP invalid_request: The resource request requires a DPoP proof.');
  });

  it('refuses a proof of another key, token, method, address or time', async () => {
    expect(refusal(await call({}, makeKey('ES256')))).toBe(
      invalidHere('The access_token is not bound to the provided DPoP proof.'),
    );
    const wrongHash = invalidHere("'ath' claim in the DPoP proof does not match the presented access_token.");
    expect(refusal(await call({ ath: sha256('another') }))).toBe(wrongHash);
    expect(refusal(await call({ ath: undefined }))).toBe(wrongHash);
    expect(refusal(await call({ htm: 'POST' }))).toBe(invalidHere("'htm' claim in the DPoP proof JWT is invalid."));
    const wrongPlace = invalidHere("'htu' claim in the DPoP proof JWT is invalid.");
    expect(refusal(await call({ htu: `${sandbox.okta.url}/api/v1/groups` }))).toBe(wrongPlace);
    expect(refusal(await call({ htu: `${sandbox.okta.url}${path}` }))).toBe(wrongPlace);
    expect(refusal(await call({ iat: Math.floor(now / 1000) - 302 }))).toBe(
      invalidHere('The DPoP proof JWT is issued more than five minutes in the past.'),
    );
    expect((await call()).status).toBe(200);
  });

  it('takes each proof once; another key’s proof of the same name is another proof', async () => {
    const claims = { jti: 'once' };
    expect((await call(claims)).status).toBe(200);
    expect(refusal(await call(claims))).toBe(invalidHere('The DPoP proof JWT has already been used.'));
    expect(refusal(await call({ jti: undefined }))).toBe(invalidHere("'jti' claim in the DPoP proof JWT is invalid."));
  });

  it('wants the address as Okta reads it: decoded where a path may be (okta-sdk-nodejs issue 521)', async () => {
    const login = '/api/v1/users/helena.brandt%40larkspur.example';
    const encoded = await client.callApi(token, login, { key: bound });
    expect(refusal(encoded)).toBe(invalidHere("'htu' claim in the DPoP proof JWT is invalid."));
    const htu = sandbox.okta.url + decodeURIComponent(login);
    expect((await client.callApi(token, login, { key: bound, claims: { htu } })).status).toBe(200);
    // Percent sign, space, quote and hash stay encoded; whatever else does not, UTF-8 too (okta-sdk-java pull request 1526).
    const odd = '/api/v1/users/%25%20%22%23%2B%C3%BC';
    expect(refusal(await client.callApi(token, odd, { key: bound }))).toBe(
      invalidHere("'htu' claim in the DPoP proof JWT is invalid."),
    );
    const read = `${sandbox.okta.url}/api/v1/users/%25%20%22%23+ü`;
    expect((await client.callApi(token, odd, { key: bound, claims: { htu: read } })).status).toBe(404);
  });

  it('refuses a token that is not bound where a proof comes with it', async () => {
    sandbox.okta.oauth.setRequireDpop(false);
    const free = (await ask()).body.access_token;
    sandbox.okta.oauth.setRequireDpop(true);
    const reply = await client.callApi(free, path, { key: bound });
    expect(refusal(reply)).toBe('401 DPoP invalid_token: The presented access_token is not DPoP bound.');
    expect(reply.body.errorCode).toBe('E0000011');
  });
});
