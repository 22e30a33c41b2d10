// The authorization code of the sandbox, with PKCE: the sign-in, the way back, and the exchange.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSandbox, sandboxPassword as password, type Sandbox } from '../../src/sandbox/index.ts';
import { errorOf, type OAuthReply, readClaims, sha256 } from './oauth-kit.ts';
import {
  admin,
  asPublished,
  createPersonClient,
  helpDesk,
  lockedOut,
  type PersonClient,
  scopes,
} from './oauth-person-kit.ts';

let now: number;
let sandbox: Sandbox;
let client: PersonClient;

beforeEach(async () => {
  now = Date.parse('2026-03-02T09:00:00Z');
  sandbox = await openSandbox({ now: () => now, users: 30, rateLimits: 'off' });
  client = createPersonClient(sandbox, () => now);
});
afterEach(() => sandbox.close());

describe('the authorization code with PKCE', () => {
  const verifier = 'a-verifier-of-more-than-forty-three-characters-0123456789';
  const redirectUri = 'http://127.0.0.1:54321/callback';

  const authorize = (change: Record<string, string | undefined> = {}) => {
    const parameters: Record<string, string | undefined> = {
      client_id: client.nativeClientId,
      response_type: 'code',
      redirect_uri: redirectUri,
      scope: scopes,
      state: 'a state & more',
      code_challenge: sha256(verifier),
      code_challenge_method: 'S256',
      ...change,
    };
    const given = Object.entries(parameters).filter((pair): pair is [string, string] => pair[1] !== undefined);
    return client.send(`/oauth2/v1/authorize?${new URLSearchParams(given)}`);
  };

  async function answerForm(page: OAuthReply, login: string, decision = 'allow'): Promise<OAuthReply> {
    const request = /name="request" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
    return client.post('/signin', { request, login, password, decision });
  }

  const locationOf = (reply: OAuthReply) => new URL(reply.headers.get('location') ?? '');

  async function codeFor(login: string, change: Record<string, string> = {}): Promise<string> {
    return locationOf(await answerForm(await authorize(change), login)).searchParams.get('code') ?? '';
  }

  const exchange = (code: string, change: Record<string, string> = {}) =>
    client.askToken({
      grant_type: 'authorization_code',
      client_id: client.nativeClientId,
      code,
      redirect_uri: redirectUri,
      code_verifier: verifier,
      ...change,
    });

  it('comes back to the client with code, state and issuer, and gives tokens', async () => {
    const page = await authorize({ nonce: 'n-1', login_hint: helpDesk });
    expect(page.status).toBe(200);
    expect(page.text).toContain(`name="login" list="people" value="${helpDesk}"`);
    expect(page.headers.get('content-security-policy')).toContain("form-action 'self' http://127.0.0.1:54321;");
    const back = await answerForm(page, admin);
    expect(back.status).toBe(302);
    const location = locationOf(back);
    expect(location.origin + location.pathname).toBe(redirectUri);
    expect(location.searchParams.get('state')).toBe('a state & more');
    expect(location.searchParams.get('iss')).toBe(sandbox.okta.url);
    const reply = asPublished('POST', '/oauth2/v1/token', await exchange(location.searchParams.get('code') ?? ''));
    expect(reply.body).toMatchObject({ token_type: 'Bearer', scope: scopes });
    expect(readClaims(reply.body.id_token)).toMatchObject({ nonce: 'n-1', preferred_username: admin });
    expect((await client.callApi(reply.body.access_token, '/api/v1/users/me')).body.profile).toMatchObject({
      login: admin,
    });
  });

  it('can come back in the fragment, and with what the person refused', async () => {
    const denied = locationOf(await answerForm(await authorize({ response_mode: 'fragment' }), admin, 'deny'));
    expect(denied.search).toBe('');
    const answer = new URLSearchParams(denied.hash.slice(1));
    expect([answer.get('error'), answer.get('state'), answer.get('code')]).toEqual([
      'access_denied',
      'a state & more',
      null,
    ]);
  });

  it('tells the person, not the address, when client or address are wrong', async () => {
    const refused = async (change: Record<string, string | undefined>) => {
      const reply = await authorize(change);
      expect(reply.headers.get('location')).toBeNull();
      return reply.status;
    };
    expect(await refused({ client_id: '0oaNobody' })).toBe(400);
    for (const uri of [
      undefined,
      'https://evil.example/callback',
      'http://127.0.0.1.evil.example/callback',
      'http://127.0.0.1:54321@evil.example/callback',
      'http://localhost:54321/callback',
      'http://127.0.0.1:54321/other',
      'http://127.0.0.1:54321/callback?a=1',
      'http://127.0.0.1:99999/callback',
      'https://127.0.0.1:54321/callback',
    ])
      expect(await refused({ redirect_uri: uri }), uri).toBe(400);
    expect(await refused({ client_id: client.serviceClientId })).toBe(400);
    expect((await authorize({ redirect_uri: 'http://127.0.0.1:8' })).status).toBe(200);
  });

  it.each([
    [{ response_type: 'token' }, 'unsupported_response_type'],
    [{ response_mode: 'form_post' }, 'unsupported_response_mode'],
    [{ code_challenge: undefined }, 'invalid_request'],
    [{ code_challenge_method: 'plain' }, 'invalid_request'],
    [{ code_challenge_method: undefined }, 'invalid_request'],
    [{ code_challenge: 'too-short' }, 'invalid_request'],
    [{ scope: undefined }, 'invalid_scope'],
    [{ scope: 'profile' }, 'invalid_scope'],
    [{ scope: 'okta.nonsense' }, 'invalid_scope'],
    [{ prompt: 'none' }, 'login_required'],
  ])('sends other mistakes back to the client: %o → %s', async (change, error) => {
    const location = locationOf(await authorize(change));
    expect(location.searchParams.get('error')).toBe(error);
    expect(location.searchParams.get('state')).toBe('a state & more');
    expect(location.searchParams.get('iss')).toBe(sandbox.okta.url);
  });

  it('needs a state (Okta), and each parameter once', async () => {
    expect(locationOf(await authorize({ state: undefined })).searchParams.get('error')).toBe('invalid_request');
    expect((await client.send(`/oauth2/v1/authorize?client_id=a&client_id=b`)).status).toBe(400);
  });

  it('gives tokens for the right verifier and address only, within a minute', async () => {
    expect(errorOf(await exchange(await codeFor(admin), { code_verifier: `${verifier}x` }))).toBe(
      '400 invalid_grant: PKCE verification failed.',
    );
    expect(errorOf(await exchange(await codeFor(admin), { code_verifier: '' }))).toBe(
      '400 invalid_request: PKCE code verifier is required by the application.',
    );
    expect(errorOf(await exchange(await codeFor(admin), { redirect_uri: 'http://127.0.0.1:1/callback' }))).toContain(
      "400 invalid_grant: The 'redirect_uri' does not match",
    );
    const code = await codeFor(admin);
    now += 60_000;
    expect(errorOf(await exchange(code))).toBe('400 invalid_grant: The authorization code is invalid or has expired.');
    expect(errorOf(await exchange('made-up'))).toContain('400 invalid_grant');
    expect(errorOf(await exchange(''))).toContain('400 invalid_request');
  });

  it('takes a code once; when it comes again, what it gave ends (RFC 6749 §4.1.2)', async () => {
    const code = await codeFor(admin);
    const { body } = await exchange(code);
    expect((await client.callApi(body.access_token, '/api/v1/users')).status).toBe(200);
    now += 90_000;
    expect(errorOf(await exchange(code))).toContain('400 invalid_grant');
    expect((await client.callApi(body.access_token, '/api/v1/users')).status).toBe(401);
    expect(errorOf(await client.refresh(String(body.refresh_token)))).toContain('400 invalid_grant');
  });

  it('takes each sign-in once, within ten minutes', async () => {
    const page = await authorize();
    expect((await answerForm(page, lockedOut)).text).toContain('Your account is locked');
    expect((await answerForm(page, admin)).status).toBe(302);
    expect((await answerForm(page, admin)).text).toContain('Request expired');
    const late = await authorize();
    now += 600_000;
    expect((await answerForm(late, admin)).text).toContain('Request expired');
  });
});
