// Signing in at the simulated OCI identity domain with a certified client, and what its tokens say.

import { createLocalJWKSet, jwtVerify } from 'jose';
import * as openid from 'openid-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSandbox, type Sandbox, type SandboxOci, sandboxPassword } from '../../src/sandbox/index.ts';
import {
  admin,
  type Browser,
  basic,
  callback,
  createBrowser,
  get,
  head,
  helpDesk,
  lockedOut,
  post,
  readClaims,
} from './oidc-kit.ts';

let sandbox: Sandbox;
let oci: SandboxOci;
let browser: Browser;
let config: openid.Configuration;

beforeEach(async () => {
  sandbox = await openSandbox({ users: 30 });
  oci = await sandbox.oci();
  oci.setRedirectUris([callback]);
  oci.setPublicKeysOpen(true);
  browser = createBrowser();
  const { body } = await get(`${oci.url}/.well-known/openid-configuration`);
  config = new openid.Configuration(body, oci.client.id, {}, openid.ClientSecretBasic(oci.client.secret));
  openid.allowInsecureRequests(config);
});
afterEach(() => sandbox.close());

const scopes = 'openid profile email offline_access groups';

interface Start {
  scope?: string;
  verifier?: string;
}

async function startAt(more: Record<string, string> = {}, { scope = scopes, verifier }: Start = {}) {
  const pkceCodeVerifier = verifier ?? openid.randomPKCECodeVerifier();
  const expectedNonce = openid.randomNonce();
  const expectedState = openid.randomState();
  const url = openid.buildAuthorizationUrl(config, {
    redirect_uri: callback,
    scope,
    nonce: expectedNonce,
    state: expectedState,
    code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    ...more,
  });
  return { url, checks: { pkceCodeVerifier, expectedNonce, expectedState } };
}

async function signIn(login = admin, start: Start = {}) {
  const { url, checks } = await startAt({}, start);
  return openid.authorizationCodeGrant(config, await browser.signIn(url, login), checks);
}

describe('a person of the company', () => {
  it('signs in with openid-client, which takes the constant issuer from the metadata and checks the token by the keys', async () => {
    openid.enableNonRepudiationChecks(config);
    const tokens = await signIn();
    const claims = tokens.claims();
    // `sub` is the user name in OCI; the id that lasts is user_id.
    expect(claims).toMatchObject({
      iss: 'https://identity.oraclecloud.com/',
      sub: admin,
      sub_mappingattr: 'userName',
      user_id: expect.stringMatching(/^[0-9a-f]{32}$/),
      user_tenantname: expect.stringMatching(/^idcs-[0-9a-f]{32}$/),
      user_displayname: 'Helena Brandt',
      aud: ['https://identity.oraclecloud.com/', oci.client.id],
      azp: oci.client.id,
      tok_type: 'IT',
      idp_type: 'LOCAL',
      groups: ['IT', 'Identity Administrators'],
    });
    const info = await openid.fetchUserInfo(config, tokens.access_token, admin);
    expect(info).toMatchObject({ email: admin, name: 'Helena Brandt', preferred_username: admin });
    expect(info.groups).toContainEqual({
      name: 'Identity Administrators',
      id: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
  });

  it('has the same ids for good, and the groups that can be mapped', async () => {
    const ids = [];
    for (const login of [admin, admin, helpDesk, head]) {
      browser = createBrowser();
      ids.push((await signIn(login)).claims());
    }
    expect(ids[0]?.user_id).toBe(ids[1]?.user_id);
    expect(new Set(ids.map((claims) => claims?.user_id)).size).toBe(3);
    expect(ids[2]?.groups).toEqual(['IT', 'Service Desk']);
    expect(ids[3]?.groups).toEqual(['Finance']);
  });

  it('gets an access token that the domain signed by RS256, with the names of OCI’s claims', async () => {
    const scope = `openid ${oci.resource.audience}castellan:read ${oci.resource.audience}oci:read`;
    const tokens = await signIn(helpDesk, { scope });
    const { body } = await get(`${oci.url}/admin/v1/SigningCert/jwk`);
    const verified = await jwtVerify(tokens.access_token, createLocalJWKSet(body), { algorithms: ['RS256'] });
    expect(verified.protectedHeader.kid).toBe('SIGNING_KEY');
    expect(verified.payload).toMatchObject({
      iss: 'https://identity.oraclecloud.com/',
      aud: oci.resource.audience,
      scope: 'openid castellan:read oci:read',
      sub: helpDesk,
      sub_type: 'user',
      tok_type: 'AT',
      client_id: oci.client.id,
      client_name: 'Castellan',
      domain: 'Larkspur',
      domain_id: expect.stringMatching(/^ocid1\.domain\.oc1\.\.[a-z0-9]{60}$/),
      user_ocid: expect.stringMatching(/^ocid1\.user\.oc1\.\.[a-z0-9]{60}$/),
    });
    // Without a scope of an application the audience is the domain.
    const own = readClaims((await signIn(helpDesk)).access_token);
    expect(own.aud).toEqual([expect.stringContaining('.identity.oraclecloud.com'), expect.stringMatching(/^urn:opc:/)]);
    // Answers to token requests say no scope.
    expect(tokens).not.toHaveProperty('scope');
  });

  it('is refused with a wrong password and when locked, and can say no', async () => {
    const { url } = await startAt();
    const page = await browser.open(url);
    expect(page.text).toContain(sandboxPassword);
    expect(page.text).toContain('This is a sandbox.');
    const said = async (login: string, password: string) => {
      const reply = await browser.send(page, { login, password });
      expect(reply.status).toBe(400);
      return /role="alert"[^>]*>([^<]+)/.exec(reply.text)?.[1];
    };
    expect(await said(admin, 'guessed')).toBe('You entered an incorrect username or password.');
    expect(await said('nobody', sandboxPassword)).toBe('You entered an incorrect username or password.');
    expect(await said(lockedOut, 'guessed')).toBe('You entered an incorrect username or password.');
    expect(await said(lockedOut, sandboxPassword)).toContain('locked');
    expect(await said('', '')).toBe('Enter your user name and password.');
    const back = await browser.send(page, { decision: 'deny' });
    expect(new URL(back.headers.get('location') ?? '').searchParams.get('error')).toBe('access_denied');
    expect((await browser.send(page, { login: admin, password: sandboxPassword })).text).toContain('Request expired');
  });

  it('is asked once per browser, until signing out (OpenID Connect RP-Initiated Logout)', async () => {
    const tokens = await signIn();
    expect((await browser.open((await startAt()).url)).status).toBe(302);
    expect((await browser.open((await startAt({ prompt: 'login' })).url)).status).toBe(200);
    const away = openid.buildEndSessionUrl(config, { post_logout_redirect_uri: 'https://evil.example/' });
    expect((await browser.open(away)).status).toBe(400);
    const out = openid.buildEndSessionUrl(config, {
      id_token_hint: tokens.id_token ?? '',
      post_logout_redirect_uri: `${new URL(callback).origin}/`,
      state: 's',
    });
    expect(out.pathname).toBe('/oauth2/v1/userlogout');
    const left = await browser.open(out);
    expect(left.headers.get('location')).toBe(`${new URL(callback).origin}/?state=s`);
    expect((await browser.open((await startAt()).url)).status).toBe(200);
    const silent = await browser.open((await startAt({ prompt: 'none' })).url);
    expect(silent.headers.get('location')).toContain('error=login_required');
  });
});

describe('the refresh token', () => {
  it('comes with offline_access only, is replaced at each use, and a second use ends everything', async () => {
    expect(await signIn(admin, { scope: 'openid' })).not.toHaveProperty('refresh_token');
    const first = await signIn();
    const second = await openid.refreshTokenGrant(config, first.refresh_token ?? '');
    expect(second.refresh_token).not.toBe(first.refresh_token);
    expect(readClaims(second.access_token)).toMatchObject({ sub: admin });
    const headers = basic(oci.client);
    const refresh = (token = '') =>
      post(`${oci.url}/oauth2/v1/token`, { grant_type: 'refresh_token', refresh_token: token }, headers);
    const again = await refresh(first.refresh_token);
    expect([again.status, again.body.error]).toEqual([400, 'invalid_grant']);
    expect(again.body.ecid).toBeTruthy();
    expect((await refresh(second.refresh_token)).body.error).toBe('invalid_grant');
    await expect(openid.fetchUserInfo(config, second.access_token, admin)).rejects.toThrow();
  });

  it('gives nothing to somebody who was locked since, whose session ends too', async () => {
    const tokens = await signIn(head);
    oci.setLocked(head, true);
    await expect(openid.refreshTokenGrant(config, tokens.refresh_token ?? '')).rejects.toThrow();
    expect((await browser.open((await startAt()).url)).status).toBe(200);
    oci.setLocked(head, false);
    expect((await openid.refreshTokenGrant(config, tokens.refresh_token ?? '')).access_token).toBeTruthy();
    expect(() => oci.setLocked('nobody', true)).toThrow('nobody');
  });

  it('and the access token can be asked about and revoked by the application alone', async () => {
    const tokens = await signIn();
    const introspect = (token = '', headers: Record<string, string> = basic(oci.client)) =>
      post(`${oci.url}/oauth2/v1/introspect`, { token }, headers);
    expect((await introspect(tokens.access_token)).body).toMatchObject({ active: true, sub: admin, tok_type: 'AT' });
    expect((await introspect('nonsense')).body).toEqual({ active: false });
    expect((await introspect(tokens.access_token, {})).status).toBe(401);
    expect((await introspect(tokens.access_token, basic({ id: oci.client.id, secret: 'guessed' }))).status).toBe(401);
    await openid.tokenRevocation(config, tokens.refresh_token ?? '');
    expect((await introspect(tokens.access_token)).body).toEqual({ active: false });
  });
});
