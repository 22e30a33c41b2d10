// People of the company at the simulated Scalekit environment, for its own application, with a certified client.

import * as openid from 'openid-client';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openSandbox, type Sandbox } from '../../src/sandbox/index.ts';
import { type SandboxSignIn, signInKinds, signInOf } from '../../src/sandbox/sign-in.ts';
import { admin, callback, createBrowser, errorOf, get, head, helpDesk, post, readClaims } from './oidc-kit.ts';

let sandbox: Sandbox;

beforeEach(async () => {
  sandbox = await openSandbox({ users: 30 });
});
afterEach(() => sandbox.close());

async function configure({ issuer, clientId, clientSecret }: SandboxSignIn): Promise<openid.Configuration> {
  const { body } = await get(`${issuer}/.well-known/openid-configuration`);
  const config = new openid.Configuration(body, clientId, clientSecret);
  openid.allowInsecureRequests(config);
  return config;
}

async function signIn(config: openid.Configuration, login: string, scope: string, browser = createBrowser()) {
  const pkceCodeVerifier = openid.randomPKCECodeVerifier();
  const expectedNonce = openid.randomNonce();
  const expectedState = openid.randomState();
  const url = openid.buildAuthorizationUrl(config, {
    redirect_uri: callback,
    scope,
    nonce: expectedNonce,
    state: expectedState,
    code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
  });
  const back = await browser.signIn(url, login);
  return openid.authorizationCodeGrant(config, back, { pkceCodeVerifier, expectedNonce, expectedState });
}

it.each(signInKinds)(
  '%s: an application learns where to sign people in, who they are, and their groups',
  async (kind) => {
    const at = await signInOf(sandbox, kind);
    at.setRedirectUris([callback]);
    const config = await configure(at);
    const groupsOf = async (login: string) => {
      const tokens = await signIn(config, login, 'openid profile email offline_access');
      const claims = tokens.claims();
      const info = await openid.fetchUserInfo(config, tokens.access_token, claims?.sub ?? '');
      expect(info.email).toBe(login);
      expect(tokens.refresh_token).toBeTruthy();
      return (claims?.groups ?? []) as string[];
    };
    expect(await groupsOf(admin)).toContain(at.groups.administrators);
    expect(await groupsOf(helpDesk)).toContain(at.groups.helpDesk);
    const others = await groupsOf(head);
    expect(others).not.toContain(at.groups.administrators);
    expect(others).not.toContain(at.groups.helpDesk);
  },
);

it.each(signInKinds)('%s: whoever signs out returns to the application, and is asked again', async (kind) => {
  const at = await signInOf(sandbox, kind);
  at.setRedirectUris(['http://127.0.0.1:1/x', callback], ['http://127.0.0.1:54321/bye']);
  const config = await configure(at);
  const browser = createBrowser();
  const { id_token } = await signIn(config, admin, 'openid', browser);
  const out = { id_token_hint: id_token ?? '', post_logout_redirect_uri: 'http://127.0.0.1:54321/bye' };
  expect(browser.cookies.size).toBe(1);
  const left = await browser.open(openid.buildEndSessionUrl(config, out));
  expect(left.headers.get('location')).toBe('http://127.0.0.1:54321/bye');
  expect(browser.cookies.size).toBe(0);
});

it('scalekit: tokens of the environment’s application are for itself; its client credentials are for a server', async () => {
  const scalekit = await sandbox.scalekit();
  scalekit.setRedirectUris([callback]);
  const config = await configure(await signInOf(sandbox, 'scalekit'));
  const tokens = await signIn(config, admin, 'openid profile');
  expect(tokens).not.toHaveProperty('refresh_token');
  expect(readClaims(tokens.access_token)).toMatchObject({
    iss: scalekit.url,
    aud: [scalekit.client.id],
    roles: ['admin', 'member'],
  });
  const server = scalekit.registerServer('https://mcp.larkspur.example/mcp');
  const machine = (more: Record<string, string>) =>
    post(`${scalekit.url}/oauth/token`, {
      grant_type: 'client_credentials',
      client_id: scalekit.client.id,
      client_secret: scalekit.client.secret,
      ...more,
    });
  const { body } = await machine({ resource: 'https://mcp.larkspur.example/mcp', scope: 'castellan:read' });
  expect(readClaims(body.access_token)).toMatchObject({ sub: scalekit.client.id, aud: server.audience });
  expect(errorOf(await machine({ scope: 'openid' }))).toBe('400 invalid_scope');
  expect(errorOf(await machine({ resource: 'res_1' }))).toBe('400 invalid_target');
});

it('scalekit: a new key signs after rotation, and the one before is still published', async () => {
  const scalekit = await sandbox.scalekit();
  const server = scalekit.registerServer('https://mcp.larkspur.example/mcp');
  const kidOf = () => {
    const [header = ''] = server.issueToken({ login: admin, scopes: ['wks:read'] }).split('.');
    return JSON.parse(Buffer.from(header, 'base64url').toString()).kid;
  };
  const first = kidOf();
  expect(scalekit.rotateKeys()).toBe(kidOf());
  const { body } = await get(`${scalekit.url}/keys`);
  expect(body.keys.map((key: { kid: string }) => key.kid)).toEqual([kidOf(), first]);
});
