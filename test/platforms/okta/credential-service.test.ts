// A service app's tokens: private_key_jwt (RFC 7523), DPoP (RFC 9449) and everything that can go wrong on the way.

import { decodeJwt, decodeProtectedHeader, type JWK } from 'jose';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { dialectFor } from '../../../src/platforms/okta/credential.ts';
import { createMemoryStore } from '../../../src/stores/memory.ts';
import { json, makeAppKey, type TokenServer } from '../../support/token-server.ts';
import { type Bench, everythingOf, failureOf, openBench, secret, send, soon } from './credential.ts';

const clientId = '0oaservice';
let rsa: { pem: string; jwk: JWK; public: JWK };
let ec: { pem: string; jwk: JWK; public: JWK };
let bench: Bench;
let server: TokenServer;

beforeAll(async () => {
  rsa = await makeAppKey('RS256');
  ec = await makeAppKey('ES256');
});

beforeEach(async () => {
  bench = await openBench({
    clientId,
    keys: { one: rsa.public, two: ec.public },
    grantable: ['okta.users.read', 'okta.groups.read'],
  });
  server = bench.server;
});

afterEach(() => bench.close());

const service = (changes: Parameters<Bench['open']>[0] = {}, deps: Parameters<Bench['open']>[1] = {}) =>
  bench.open({ clientId, privateKey: secret(rsa.pem), keyId: 'one', ...changes }, deps);

describe('the assertion', () => {
  test.each([
    ['RSA as PEM', () => ({}), 'RS256', 'one'],
    ['RSA as a JSON Web Key with its own kid', () => jwkSetting({ ...rsa.jwk, kid: 'one' }), 'RS256', 'one'],
    ['RSA whose JSON Web Key wants RS512', () => jwkSetting({ ...rsa.jwk, kid: 'one', alg: 'RS512' }), 'RS512', 'one'],
    ['EC as PEM with line breaks written as \\n', () => pemSetting(ec.pem.replaceAll('\n', '\\n')), 'ES256', 'two'],
  ])('RFC 7523 §3: %s', async (_name, settings, alg, kid) => {
    const credential = service(settings());
    expect(await credential.scopes(soon())).toEqual(new Set(['okta.users.read']));
    const assertion = server.tokenRequests().at(-1)?.form.get('client_assertion') ?? '';
    expect(decodeProtectedHeader(assertion)).toMatchObject({ alg, kid });
    const claims = decodeJwt(assertion);
    expect(claims).toMatchObject({ iss: clientId, sub: clientId, aud: `${server.origin}/oauth2/v1/token` });
    expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBeLessThanOrEqual(300);
  });

  const jwkSetting = (jwk: object) => ({ privateKey: secret(JSON.stringify(jwk)), keyId: undefined });
  const pemSetting = (pem: string) => ({ privateKey: secret(pem), keyId: 'two' });
});

describe('DPoP', () => {
  test('RFC 9449 §8: the nonce that is demanded is used, remembered, and taken anew when it changes', async () => {
    const credential = service();
    expect((await send(credential, `${server.origin}/api/v1/users?limit=1#x`)).status).toBe(200);
    expect(server.tokenRequests()).toHaveLength(2);
    server.revokeAccess();
    expect((await send(credential, `${server.origin}/api/v1/users`)).status).toBe(200);
    expect(server.tokenRequests()).toHaveLength(3);
    server.rules.nonce = 'nonce-2';
    server.revokeAccess();
    expect((await send(credential, `${server.origin}/api/v1/users`)).status).toBe(200);
    expect(server.tokenRequests()).toHaveLength(5);
    const assertions = server.tokenRequests().map(({ form }) => decodeJwt(form.get('client_assertion') ?? '').jti);
    expect(new Set(assertions).size).toBe(5);
  });

  test('RFC 9449 §4.2: each request has a proof of its own, with ath and the address without its query', async () => {
    const credential = service();
    for (let n = 0; n < 3; n++) await send(credential, `${server.origin}/api/v1/users?limit=${n}`);
    const proofs = server.apiRequests().map(({ headers }) => decodeJwt(String(headers.dpop)));
    expect(new Set(proofs.map(({ jti }) => jti)).size).toBe(3);
    for (const proof of proofs) {
      expect(proof).toMatchObject({ htm: 'GET', htu: `${server.origin}/api/v1/users` });
      expect(proof.ath).toMatch(/^[\w-]{43}$/);
    }
    expect(server.apiRequests().every(({ headers }) => headers.authorization?.startsWith('DPoP at-'))).toBe(true);
    expect(server.tokenRequests()).toHaveLength(2);
    expect(credential.bound()).toBe(true);
  });

  test('RFC 9449 §9: a nonce that the API wants is given without another token', async () => {
    const credential = service();
    server.rules.apiNonce = 'api-nonce';
    expect((await send(credential, `${server.origin}/api/v1/users`)).status).toBe(200);
    expect((await send(credential, `${server.origin}/api/v1/users`)).status).toBe(200);
    expect(server.apiRequests()).toHaveLength(3);
    expect(server.tokenRequests()).toHaveLength(2);
  });

  test('a server that knows nothing of it answers Bearer, and Bearer is sent', async () => {
    server.rules.dpop = 'unknown';
    const credential = service();
    expect((await send(credential, `${server.origin}/api/v1/users`)).status).toBe(200);
    expect(server.apiRequests()[0]?.headers).toMatchObject({ authorization: expect.stringMatching(/^Bearer at-/) });
    expect(server.apiRequests()[0]?.headers.dpop).toBeUndefined();
    expect(credential.bound()).toBe(false);
  });

  test('false sends no proof, and says what to set where the app requires one; true takes no bearer token', async () => {
    const off = service({ dpop: 'false' });
    expect((await send(off, `${server.origin}/api/v1/users`)).status).toBe(200);
    expect(server.tokenRequests()[0]?.headers.dpop).toBeUndefined();
    server.rules.dpop = 'required';
    const refused = await failureOf(service({ dpop: false }).scopes(soon()));
    expect(refused).toMatchObject({ code: 'unauthorized', hint: expect.stringContaining('OKTA_DPOP') });
    server.rules.dpop = 'unknown';
    const bearer = await failureOf(service({ dpop: true }).scopes(soon()));
    expect(bearer.message).toMatch(/bearer token, though DPoP was demanded/);
  });

  test('the key is made once and kept in the store, for all processes; without a store it serves this one', async () => {
    const store = createMemoryStore(Date.now);
    const [a, b] = [service({}, { store }), service({}, { store })];
    await Promise.all([send(a, `${server.origin}/api/v1/org`), send(b, `${server.origin}/api/v1/org`)]);
    const jwks = server.apiRequests().map(({ headers }) => decodeProtectedHeader(String(headers.dpop)).jwk);
    expect(jwks[0]).toEqual(jwks[1]);
    expect(Object.keys(jwks[0] ?? {}).sort()).toEqual(['crv', 'kty', 'x', 'y']);
    const broken = { add: () => Promise.reject(new Error('full')), get: () => Promise.reject(new Error('full')) };
    expect((await send(service({}, { store: broken }), `${server.origin}/api/v1/org`)).status).toBe(200);
  });
});

describe('the token', () => {
  test('is fetched once for fifty calls at once, and again when it is nearly over', async () => {
    let time = Date.now();
    const credential = service({ dpop: false }, { now: () => time });
    const all = () => Promise.all(Array.from({ length: 50 }, () => credential.scopes(soon())));
    await all();
    expect(server.tokenRequests()).toHaveLength(1);
    time += 3600_000 - 61_000;
    await all();
    expect(server.tokenRequests()).toHaveLength(1);
    time += 2_000;
    await all();
    expect(server.tokenRequests()).toHaveLength(2);
  });

  test('that ends soon serves on while the server is down, and not a moment longer', async () => {
    let time = Date.now();
    const credential = service({ dpop: false }, { now: () => time });
    await credential.scopes(soon());
    server.before = (_seen, response) => {
      response.writeHead(503).end();
      return true;
    };
    time += 3600_000 - 30_000;
    expect(await credential.scopes(soon())).toEqual(new Set(['okta.users.read']));
    time += 30_000;
    expect((await failureOf(credential.scopes(soon()))).code).toBe('platform_unavailable');
  });

  test('that the API refuses is dropped; fifty calls that it was refused for get one new one', async () => {
    const credential = service({ dpop: false });
    await credential.scopes(soon());
    server.revokeAccess();
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => send(credential, `${server.origin}/api/v1/users`)),
    );
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(server.tokenRequests()).toHaveLength(2);
  });

  test('says which scopes it really has; nothing is known before there is one', async () => {
    const credential = service({ scopes: ['okta.users.read', 'okta.groups.read'] });
    expect(credential.knownScopes()).toBeUndefined();
    server.before = (seen, response) => {
      if (seen.path !== '/oauth2/v1/token') return false;
      json(response, 200, { token_type: 'Bearer', expires_in: 60, access_token: 'x', scope: 'okta.users.read' });
      return true;
    };
    expect(await credential.scopes(soon())).toEqual(new Set(['okta.users.read']));
    expect(credential.knownScopes()).toEqual(new Set(['okta.users.read']));
    expect(credential.askedScopes).toEqual(['okta.users.read', 'okta.groups.read']);
  });

  test('a caller that gives up waits no longer, and the others get their token', async () => {
    const gate = Promise.withResolvers<boolean>();
    server.before = () => gate.promise;
    const credential = service({ dpop: false });
    const over = new AbortController();
    const one = failing(credential.scopes(over.signal));
    const other = credential.scopes(soon());
    over.abort(new Error('given up'));
    expect(await one).toMatchObject({ message: 'given up' });
    gate.resolve(false);
    expect(await other).toEqual(new Set(['okta.users.read']));
  });

  const failing = (promise: Promise<unknown>) =>
    promise.then(
      () => undefined,
      (error: unknown) => error,
    );
});

describe('refusals say what to do', () => {
  test.each([
    ['a key that is not registered', { keyId: 'three' }, 'unauthorized', /public half.*key id three/],
    ['another client', { clientId: '0oaother' }, 'unauthorized', /Check the client id/],
    [
      'a scope that is not granted',
      { scopes: ['okta.apps.read'] },
      'missing_scope',
      /Okta API Scopes.*okta\.apps\.read/,
    ],
  ])('%s', async (_name, settings, code, hint) => {
    const error = await failureOf(service(settings).scopes(soon()));
    expect(error.code).toBe(code);
    expect(error.hint).toMatch(hint);
    expect(error.retry.again).toBe(false);
  });

  test.each(['access_denied', 'unauthorized_client', 'invalid_grant', 'invalid_request', 'server_error', 'zzz'])(
    '%s, with what Okta said about it',
    async (code) => {
      server.before = (_seen, response) => {
        json(response, 400, { error: code, error_description: 'because of a policy' });
        return true;
      };
      const error = await failureOf(service().scopes(soon()));
      expect(error.message).toContain(`${code}: because of a policy`);
      expect(error.hint).toMatch(/\w/);
    },
  );
});

describe('an answer that is none', () => {
  const token = { access_token: 'at-x', token_type: 'Bearer', expires_in: 3600, scope: 'okta.users.read' };
  test.each<[string, number, string, string]>([
    ['a page', 200, '<html>hello</html>', 'platform_answer_invalid'],
    ['a page that refuses', 403, '<html>blocked</html>', 'platform_answer_invalid'],
    ['500', 500, '{}', 'platform_unavailable'],
    ['an error of Okta’s API', 404, '{"errorCode":"E0000022","errorSummary":"no"}', 'platform_answer_invalid'],
    ['429', 429, '{"errorCode":"E0000047"}', 'rate_limited'],
    ['nothing', 200, '', 'platform_answer_invalid'],
    ['no access token', 200, JSON.stringify({ ...token, access_token: undefined }), 'platform_answer_invalid'],
    ['an access token that is no text', 200, JSON.stringify({ ...token, access_token: 5 }), 'platform_answer_invalid'],
    ['no type', 200, JSON.stringify({ ...token, token_type: undefined }), 'platform_answer_invalid'],
    ['another type', 200, JSON.stringify({ ...token, token_type: 'mac' }), 'platform_answer_invalid'],
    ['no lifetime', 200, JSON.stringify({ ...token, expires_in: undefined }), 'platform_answer_invalid'],
    ['a lifetime that is over', 200, JSON.stringify({ ...token, expires_in: 0 }), 'platform_answer_invalid'],
    ['a scope that is no text', 200, JSON.stringify({ ...token, scope: ['x'] }), 'platform_answer_invalid'],
    ['a 401 as a token', 401, JSON.stringify(token), 'platform_answer_invalid'],
    ['more than is read', 200, JSON.stringify({ ...token, filler: 'x'.repeat(300_000) }), 'platform_answer_invalid'],
    ['an error with status 200', 200, '{"error":"invalid_client"}', 'platform_answer_invalid'],
  ])('%s is refused, and never kept as a token', async (_name, status, body, code) => {
    const credential = service({ dpop: false });
    server.before = (_seen, response) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(body);
      return true;
    };
    expect((await failureOf(credential.scopes(soon()))).code).toBe(code);
    expect(credential.knownScopes()).toBeUndefined();
    server.before = undefined;
    expect(await credential.scopes(soon())).toEqual(new Set(['okta.users.read']));
  });

  test('a token bound to a key that was not sent is refused', async () => {
    server.before = (_seen, response) => {
      json(response, 200, { ...token, token_type: 'DPoP' });
      return true;
    };
    expect((await failureOf(service({ dpop: false }).scopes(soon()))).code).toBe('platform_answer_invalid');
  });

  test('a redirect is not followed; a cut connection and an unreachable address are outages', async () => {
    let followed = false;
    server.before = (seen, response) => {
      if (seen.path === '/elsewhere') followed = true;
      response.writeHead(307, { location: `${server.origin}/elsewhere` }).end();
      return true;
    };
    const redirected = await failureOf(service().scopes(soon()));
    expect(redirected).toMatchObject({ code: 'platform_answer_invalid', message: expect.stringContaining('redirect') });
    expect(followed).toBe(false);
    server.before = (_seen, response) => {
      response.destroy();
      return true;
    };
    const cut = await failureOf(service().scopes(soon()));
    expect(cut).toMatchObject({ code: 'platform_unavailable', retry: { again: true } });
    const nowhere = service({ orgUrl: 'http://127.0.0.1:1' });
    expect((await failureOf(nowhere.scopes(soon()))).code).toBe('platform_unavailable');
  });
});

test('no assertion, token or key is in any error, also where the server repeats what it was sent', async () => {
  server.before = async (seen, response) => {
    const said = `your ${seen.form.get('client_assertion')} and ${seen.headers.dpop} and at-${'y'.repeat(50)}`;
    json(response, 401, { error: 'invalid_client', error_description: said, access_token: 'canary-in-error' });
    return true;
  };
  const error = await failureOf(service().scopes(soon()));
  const text = everythingOf(error);
  for (const canary of [...server.secrets, 'canary-in-error', 'eyJ', 'yyyyyyyyyy', rsa.jwk.d ?? '-']) {
    expect(text).not.toContain(canary);
  }
  server.before = (_seen, response) => {
    json(response, 200, { access_token: 'canary-token', token_type: 5 });
    return true;
  };
  expect(everythingOf(await failureOf(service().scopes(soon())))).not.toContain('canary');
});

describe('what the API refuses', () => {
  const answer = (status: number, errorCode: string, challenge?: string) => ({
    status,
    headers: new Headers(challenge ? { 'www-authenticate': challenge } : {}),
    body: { errorCode, errorSummary: 'No.' },
    requestId: 'r1',
  });
  const explain = (credential: ReturnType<typeof service>, ...about: Parameters<typeof answer>) =>
    dialectFor(credential, 'acme').toError(answer(...about), Date.now());

  test('is explained by the credential that was used', () => {
    const app = service();
    expect(explain(app, 401, 'E0000011').hint).toContain('the application 0oaservice is active');
    expect(explain(app, 403, 'E0000006').hint).toMatch(
      /Assign the application 0oaservice an admin role.*scopes.*suffice/,
    );
    const challenge = 'Bearer error="insufficient_scope", scope="okta.groups.read okta.groups.manage"';
    expect(explain(app, 403, 'E0000038', challenge)).toMatchObject({
      code: 'missing_scope',
      requestId: 'r1',
      message: 'The access token lacks okta.groups.read, okta.groups.manage.',
      hint: expect.stringMatching(/grant them to the application 0oaservice.*Okta API Scopes.*OKTA_SCOPES/),
    });
    const asked = 'Bearer scope="okta.users.read", error="insufficient_scope"';
    expect(explain(app, 403, 'E0000006', asked).hint).not.toContain('OKTA_SCOPES');
    const unnamed = explain(app, 403, 'E0000006', 'Bearer error="insufficient_scope", scope="<script>"');
    expect(unnamed).toMatchObject({ code: 'missing_scope', message: expect.stringContaining('does not name') });
    expect(explain(app, 404, 'E0000007').code).toBe('not_found');
    const human = bench.open({ clientId });
    expect(explain(human, 401, 'E0000011').hint).toContain('castellan login okta --tenant acme');
    expect(explain(human, 403, 'E0000006').hint).toMatch(/The person who signed in needs an admin role/);
    expect(explain(human, 403, 'E0000006', challenge).hint).toMatch(
      /sign in again with `castellan login okta --tenant acme`/,
    );
    const token = bench.open({ apiToken: secret('x') });
    expect(explain(token, 401, 'E0000011').hint).toContain('OKTA_API_TOKEN');
    expect(token).toMatchObject({ kind: 'ssws', clientId: undefined, askedScopes: [] });
  });

  test('of a proof or a bound token is told apart from other refusals; a clock that is off is named', () => {
    const app = service();
    const proof = 'DPoP algs="ES256", error="invalid_dpop_proof", error_description="The DPoP proof JWT is too old."';
    expect(explain(app, 400, 'none', proof)).toMatchObject({
      code: 'unauthorized',
      message: expect.stringContaining('“The DPoP proof JWT is too old.”'),
      hint: expect.stringMatching(/proxy/),
    });
    const late = answer(400, 'none', proof);
    late.headers.set('date', new Date(Date.now() + 600_000).toUTCString());
    const { hint } = dialectFor(app, 'acme').toError(late, Date.now());
    expect(hint).toBe('This machine’s clock is 10 min behind Okta’s: let the system synchronise it (NTP).');
    const scheme = 'DPoP error="invalid_request", error_description="Use the DPoP scheme."';
    expect(explain(app, 400, 'none', scheme)).toMatchObject({
      code: 'unauthorized',
      message: 'Okta does not accept the access token (“Use the DPoP scheme.”).',
    });
    // A proxy’s own challenge is none of Okta’s, and a wrong request none of the token’s.
    expect(explain(app, 400, 'none', 'Basic realm="proxy", error="invalid_dpop_proof"').code).toBe(
      'refused_by_platform',
    );
    expect(explain(app, 400, 'E0000001').code).toBe('refused_by_platform');
  });
});
