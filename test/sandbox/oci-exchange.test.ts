// Token exchange at the simulated identity domain (docs.oracle.com "Exchanging a JSON Web Token for a UPST"), and the sessions that
// come of it.

import { generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSandbox, type Sandbox, type SandboxOci } from '../../src/sandbox/index.ts';
import { exchange, keyOf, makeKey, send, signRequest } from './oci-kit.ts';
import { admin, errorOf, head, readClaims } from './oidc-kit.ts';

let now: number;
let sandbox: Sandbox;
let oci: SandboxOci;
const { privateKey, publicKey } = makeKey();

beforeEach(async () => {
  now = Date.parse('2026-03-02T09:00:00Z');
  sandbox = await openSandbox({ users: 30, now: () => now });
  oci = await sandbox.oci();
});
afterEach(() => sandbox.close());

const scope = 'https://castellan.larkspur.example/mcp/castellan:read';
const subject = (over: Record<string, unknown> = {}, login = head) => oci.issueToken({ login, scopes: [scope], over });

const namespace = (token: string, key = privateKey) =>
  send(signRequest(`${oci.services[oci.homeRegion]}/n`, { keyId: `ST$${token}`, privateKey: key }, { now }));

describe('the exchange', () => {
  it('gives one thing, a session token that is bound to the key, and the services take it', async () => {
    const { status, body, headers } = await exchange(oci, subject(), publicKey);
    expect(status).toBe(200);
    expect(Object.keys(body)).toEqual(['token']);
    expect(headers.get('cache-control')).toBe('no-store');
    const claims = readClaims(body.token);
    expect(claims).toMatchObject({ tenant: oci.tenancyId, sub: expect.stringMatching(/^ocid1\.user\.oc1\.\.\w{60}$/) });
    expect(JSON.parse(String(claims.jwk))).toMatchObject({ kty: 'RSA', n: expect.any(String), e: 'AQAB' });
    expect(Number(claims.exp) - Number(claims.iat)).toBe(3600);
    const reply = await namespace(body.token);
    expect([reply.status, reply.body]).toEqual([200, expect.stringMatching(/^\w{12}$/)]);
    expect((await namespace(body.token, makeKey().privateKey)).status).toBe(401);
  });

  it('gives a token that lives an hour, or shorter where a test says so', async () => {
    expect(() => oci.setSessionLife(3601)).toThrow(TypeError);
    oci.setSessionLife(120);
    const { body } = await exchange(oci, subject(), publicKey);
    now += 119_000;
    expect((await namespace(body.token)).status).toBe(200);
    now += 1000;
    expect((await namespace(body.token)).status).toBe(401);
  });

  it.each([
    ['PEM armour', `-----BEGIN PUBLIC KEY-----\n${publicKey}\n-----END PUBLIC KEY-----`],
    ['line ends', publicKey.replace(/.{64}/g, '$&\n')],
    ['no key', Buffer.from('key').toString('base64')],
    ['a short key', makeKey(1024).publicKey],
    [
      'a key of another kind',
      generateKeyPairSync('ec', { namedCurve: 'P-256' })
        .publicKey.export({ format: 'der', type: 'spki' })
        .toString('base64'),
    ],
  ])('refuses a public key that is %s', async (_, key) => {
    expect(errorOf(await exchange(oci, subject(), key))).toBe('400 invalid_request');
  });

  it('refuses what is not said as it must be', async () => {
    const ask = async (change: Record<string, string>) => errorOf(await exchange(oci, subject(), publicKey, change));
    expect(await ask({ requested_token_type: 'urn:ietf:params:oauth:token-type:access_token' })).toMatch(/^400/);
    expect(await ask({ subject_token_type: 'urn:ietf:params:oauth:token-type:jwt' })).toBe('400 invalid_request');
    expect(await ask({ subject_token: '' })).toBe('400 invalid_request');
    expect(await ask({ public_key: '' })).toBe('400 invalid_request');
  });

  it('refuses tokens that are altered, have ended, or are nobody’s', async () => {
    const ask = async (token: string) => errorOf(await exchange(oci, token, publicKey));
    const [header, , signature] = subject().split('.');
    const [, other] = subject({ sub: 'helena.brandt@larkspur.example' }).split('.');
    expect(await ask(`${header}.${other}.${signature}`)).toBe('400 invalid_grant');
    expect(await ask(subject({ sub: 'nobody@larkspur.example' }))).toBe('400 invalid_grant');
    const token = subject();
    oci.setLocked(head, true);
    expect(await ask(token)).toBe('400 invalid_grant');
    oci.setLocked(head, false);
    expect((await exchange(oci, token, publicKey)).status).toBe(200);
    now += 3_600_000;
    expect(await ask(token)).toBe('400 invalid_grant');
  });

  it('heeds client and trust: its secret, its grant types, whether it is named, whether the trust is active', async () => {
    const wrong = { id: oci.exchange.clientId, secret: 'wrong' };
    expect(errorOf(await exchange(oci, subject(), publicKey, {}, wrong))).toBe('401 invalid_client');
    // The application for signing in has not the grant type.
    expect(errorOf(await exchange(oci, subject(), publicKey, {}, oci.client))).toBe('400 unauthorized_client');
    const foreign = subject({ iss: 'https://idp.example/' });
    expect(errorOf(await exchange(oci, foreign, publicKey))).toBe('400 invalid_request');
    oci.setTrust(false);
    const refused = await exchange(oci, subject(), publicKey);
    expect(errorOf(refused)).toBe('400 invalid_request');
    expect(refused.body).toMatchObject({
      error_description: expect.stringContaining('trust'),
      ecid: expect.any(String),
    });
    oci.setTrust(true);
    expect((await exchange(oci, subject(), publicKey)).status).toBe(200);
  });
});

describe('a trust', () => {
  const trusts = () => `${oci.url}/admin/v1/IdentityPropagationTrusts`;
  const ask = (method: string, url: string, body?: unknown) =>
    send(
      signRequest(url, keyOf(oci, admin), { method, now, ...(body !== undefined && { body: JSON.stringify(body) }) }),
    );
  async function change(path: string, value: unknown): Promise<void> {
    const { body } = await ask('GET', trusts());
    const patch = {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
      Operations: [{ op: 'replace', path, value }],
    };
    const reply = await ask('PATCH', `${trusts()}/${body.Resources[0].id}`, patch);
    expect(reply.status, JSON.stringify(reply.body)).toBe(200);
  }
  const exchanged = async (client?: { id: string; secret: string }) => {
    const reply = await exchange(oci, subject(), publicKey, {}, client);
    return reply.status === 200 ? 'given' : errorOf(reply);
  };

  it('is heeded as the domain’s own interface has it', async () => {
    await change('oauthClients', [oci.client.id]);
    expect(await exchanged()).toBe('400 unauthorized_client');
    // Named in the trust, and still without the grant type.
    expect(await exchanged(oci.client)).toBe('400 unauthorized_client');
    await change('oauthClients', [oci.exchange.clientId, oci.client.id]);
    expect(await exchanged()).toBe('given');
    expect(await exchanged(oci.client)).toBe('400 unauthorized_client');
    await change('clientClaimValues', ['https://other.example/']);
    expect(await exchanged()).toBe('400 unauthorized_client');
    await change('clientClaimName', 'user_id');
    await change('clientClaimValues', [readClaims(subject()).user_id]);
    expect(await exchanged()).toBe('given');
    await change('subjectClaimName', 'user_id');
    expect(await exchanged()).toBe('400 invalid_grant');
    await change('subjectMappingAttribute', 'id');
    expect(await exchanged()).toBe('given');
    await change('active', false);
    expect(await exchanged()).toBe('400 invalid_request');
  });
});

describe('a session of the command line', () => {
  const refresh = (token: string, key: string, currentToken = token) =>
    send(
      signRequest(
        `${oci.services[oci.homeRegion]}/v1/authentication/refresh`,
        { keyId: `ST$${token}`, privateKey: key },
        { method: 'POST', body: JSON.stringify({ currentToken }), now },
      ),
    );

  it('is refreshed with the token that signs, before it ends, until the session does', async () => {
    const session = oci.sessionOf(head);
    now += 3_000_000;
    const { status, body } = await refresh(session.token, session.privateKey);
    expect(status).toBe(200);
    now += 3_000_000;
    expect((await refresh(session.token, session.privateKey)).status).toBe(401);
    let { token } = body;
    expect((await refresh(token, session.privateKey, session.token)).status).toBe(401);
    for (let hours = 0; hours < 26; hours++) {
      const reply = await refresh(token, session.privateKey);
      if (reply.status === 401) break;
      token = reply.body.token;
      expect(Number(readClaims(token).exp) - Number(readClaims(session.token).iat)).toBeLessThanOrEqual(86_400);
      now += 3_599_000;
      expect(hours).toBeLessThan(25);
    }
  });

  it('is not refreshed by a body that names no token, or is none', async () => {
    const { token, privateKey: key } = oci.sessionOf(head);
    const ask = async (body: string) => {
      const url = `${oci.services[oci.homeRegion]}/v1/authentication/refresh`;
      const signed = signRequest(url, { keyId: `ST$${token}`, privateKey: key }, { method: 'POST', body, now });
      return (await send(signed)).status;
    };
    expect(await ask('null')).toBe(401);
    expect(await ask('{}')).toBe(401);
    expect(await ask('{')).toBe(400);
  });

  it('that came of an exchange is not refreshed', async () => {
    const { body } = await exchange(oci, subject(), publicKey);
    now += 1_000_000;
    const key = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
    const { body: again } = await refresh(body.token, key);
    expect(readClaims(again.token).exp).toBe(readClaims(body.token).exp);
  });
});
