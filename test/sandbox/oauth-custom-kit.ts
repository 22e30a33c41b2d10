// Signing in and asking for tokens at a custom authorization server of the sandbox, for its tests.

import { expect } from 'vitest';
import { type CustomServerHandle, sandboxPassword as password, type Sandbox } from '../../src/sandbox/index.ts';
import { loadOktaContract } from '../contracts/okta-contract.ts';
import { type OAuthReply, sha256 } from './oauth-kit.ts';

const contract = loadOktaContract('okta-oauth');

export const verifier = 'a-verifier-of-more-than-forty-three-characters-0123456789';
export const redirectUri = 'http://127.0.0.1:54321/callback';
export const reading = 'openid profile offline_access okta:read castellan:read';
export const exchangeGrant = 'urn:ietf:params:oauth:grant-type:token-exchange';
export const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token';

/** Not an administrator. */
export const traveller = 'solveig.halvorsen@larkspur.example';

type Form = Record<string, string | undefined>;

const only = (form: Form) => Object.entries(form).filter((pair): pair is [string, string] => pair[1] !== undefined);

export function basic({ id, secret }: { id: string; secret: string }): Record<string, string> {
  return { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` };
}

export function createCustomClient(sandbox: Sandbox, server: CustomServerHandle) {
  const native = server.clients.native.id;

  async function send(url: string, init: RequestInit = {}): Promise<OAuthReply> {
    const response = await fetch(url, { redirect: 'manual', ...init });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.startsWith('application/json');
    const reply = { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : {} };
    const { pathname } = new URL(url);
    if (isJson)
      expect(contract?.checkResponse(init.method ?? 'GET', pathname, reply.status, reply.body) ?? []).toEqual([]);
    return reply;
  }

  const get = (path: string, headers: Record<string, string> = {}) => send(server.issuer + path, { headers });
  const post = (path: string, form: Form, headers: Record<string, string> = {}) =>
    send(server.issuer + path, { method: 'POST', body: new URLSearchParams(only(form)), headers });

  const authorize = (change: Form = {}, headers: Record<string, string> = {}) => {
    const standard = {
      client_id: native,
      response_type: 'code',
      redirect_uri: redirectUri,
      scope: reading,
      state: 'a state & more',
      code_challenge: sha256(verifier),
      code_challenge_method: 'S256',
    };
    return get(`/v1/authorize?${new URLSearchParams(only({ ...standard, ...change }))}`, headers);
  };

  /** Sends the form of a sign-in page, which belongs to no single server. */
  const answerPage = (page: OAuthReply, login: string, decision = 'allow') => {
    const request = /name="request" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
    const body = new URLSearchParams({ request, login, password, decision });
    return send(`${sandbox.okta.url}/signin`, { method: 'POST', body });
  };

  /** Where a person is sent back to after the sign-in. */
  const signIn = async (login: string, change: Form = {}) =>
    backOf(await answerPage(await authorize(change), login)).searchParams;

  const askToken = (form: Form, headers: Record<string, string> = {}) => post('/v1/token', form, headers);

  const exchangeCode = (code: string | null, change: Form = {}, headers: Record<string, string> = {}) =>
    askToken(
      {
        grant_type: 'authorization_code',
        client_id: native,
        code: code ?? '',
        redirect_uri: redirectUri,
        code_verifier: verifier,
        ...change,
      },
      headers,
    );

  async function tokensOf(login: string, scope = reading): Promise<Record<string, string>> {
    const reply = await exchangeCode((await signIn(login, { scope })).get('code'));
    expect(reply.status, reply.text).toBe(200);
    return reply.body as Record<string, string>;
  }

  const refresh = (token: string | undefined, change: Form = {}) =>
    askToken({ grant_type: 'refresh_token', refresh_token: token, client_id: native, ...change });

  const introspect = (token: string | undefined, headers = basic(server.clients.api)) =>
    post('/v1/introspect', { token }, headers);

  return { send, get, post, authorize, answerPage, signIn, askToken, exchangeCode, tokensOf, refresh, introspect };
}

export type CustomClient = ReturnType<typeof createCustomClient>;

export function backOf(reply: OAuthReply): URL {
  return new URL(reply.headers.get('location') ?? '');
}

/** The value of the cookie that an answer sets, as a browser sends it back. */
export function cookieOf(reply: OAuthReply): Record<string, string> {
  return { cookie: (reply.headers.get('set-cookie') ?? '').split(';')[0] ?? '' };
}
