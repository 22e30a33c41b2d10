// The authorize endpoint with PKCE (RFC 6749 §4.1, RFC 7636), the sign-in that follows, and the way back to the client.

import { answerPage, html } from '../../oidc/page.ts';
import type { OktaAnswer } from '../answer.ts';
import { issuerOf } from '../authorization-servers.ts';
import type { UserRecord } from '../user-record.ts';
import { readScopes, requireRule } from './custom-policy.ts';
import { consentForm, grantOf, readPerson } from './people.ts';
import { invalidRequest, OAuthProblem } from './problems.ts';
import { findClient, type KnownClient, type OAuthRequest, readOnce } from './request.ts';
import { decideScopes } from './scope-choice.ts';
import { findSession, type SignedIn, startSession } from './sessions.ts';
import { type Authorization, dropEnded, randomText } from './state.ts';

const signInLife = 600_000;
/** Okta's codes live for a minute. */
const codeLife = 60_000;

/** What is wrong with the client or its address is told to the person: a redirect would go to who knows whom. */
export function answerAuthorize(request: OAuthRequest): OktaAnswer {
  const { call, state } = request;
  try {
    const given = call.method === 'POST' ? request.form : readOnce(call.url.searchParams);
    const client = findClient(state, given.get('client_id'));
    if (!client) throw new OAuthProblem('invalid_client', "Invalid value for 'client_id' parameter.");
    const redirectUri = given.get('redirect_uri');
    if (redirectUri === undefined || !isRegistered(client, client.redirectUris, redirectUri))
      throw invalidRequest("The 'redirect_uri' parameter must be a Login redirect URI in the client app settings.");
    return askOrSendBack(request, client, given, redirectUri);
  } catch (error) {
    if (!(error instanceof OAuthProblem)) throw error;
    const body = html`<p class="wrong">${error.error}</p><p>${error.message}</p>`;
    return answerPage('400 Bad Request', body, { status: 400 });
  }
}

/**
 * Okta wants the address exactly as registered, its port too. The sandbox lets its own native app come back to any port
 * of the loopback address that it registered without one, as RFC 8252 §7.3 asks of authorization servers.
 */
export function isRegistered(client: KnownClient, uris: readonly string[], uri: string): boolean {
  if (uris.includes(uri)) return true;
  const parts = /^(http:\/\/(?:127\.0\.0\.1|localhost)):([1-9]\d{0,4})(\/[^?#]*)?$/.exec(uri);
  if (client.kind !== 'native' || !parts || Number(parts[2]) > 65_535) return false;
  const path = parts[3] === '/' ? '' : (parts[3] ?? '');
  return uris.includes(`${parts[1]}${path}`);
}

function askOrSendBack(
  request: OAuthRequest,
  client: KnownClient,
  given: ReadonlyMap<string, string>,
  redirectUri: string,
): OktaAnswer {
  const { issuer, state, now, server } = request;
  const inFragment = given.get('response_mode') === 'fragment';
  const back = { redirectUri, state: given.get('state') ?? '', inFragment };
  try {
    const authorization: Authorization = {
      ...readAuthorization(request, client, given),
      ...back,
      clientId: client.id,
      serverId: server?.id,
      expires: now + signInLife,
    };
    const session = findUsableSession(request, given);
    if (session) return giveCode(request, authorization, session.user, session.authTime);
    if (given.get('prompt') === 'none')
      throw new OAuthProblem('login_required', 'The client specified not to prompt, but the user is not logged in.');
    const id = randomText();
    dropEnded(state.oauth.waiting, now);
    state.oauth.waiting.set(id, authorization);
    return askPerson(request, id, authorization, given.get('login_hint'), undefined);
  } catch (error) {
    if (!(error instanceof OAuthProblem)) throw error;
    return sendBack(issuer, back, { error: error.error, error_description: error.message });
  }
}

function readAuthorization({ server }: OAuthRequest, client: KnownClient, given: ReadonlyMap<string, string>) {
  const type = given.get('response_type');
  if (type !== 'code') {
    throw new OAuthProblem(
      'unsupported_response_type',
      'The response type is not supported by the authorization server. Configured response types: [code].',
    );
  }
  if (!['query', 'fragment'].includes(given.get('response_mode') ?? 'query')) {
    throw new OAuthProblem(
      'unsupported_response_mode',
      'The response mode is not supported by the authorization server. Valid response modes: [query, fragment].',
    );
  }
  if (!given.has('state')) throw invalidRequest("The authentication request has an invalid 'state' parameter.");
  const challenge = given.get('code_challenge');
  if (challenge === undefined) throw invalidRequest('PKCE code challenge is required by the application.');
  // RFC 7636 §4.3: without a method it would be 'plain', which proves nothing to whoever reads the request.
  if (given.get('code_challenge_method') !== 'S256')
    throw invalidRequest('PKCE code challenge method is not supported. Valid values: [S256]');
  if (!/^[\w-]{43}$/.test(challenge)) throw invalidRequest('PKCE code challenge contains illegal characters.');
  const prompt = given.get('prompt');
  if (prompt !== undefined && !prompts.includes(prompt))
    throw invalidRequest("The authentication request has an invalid 'prompt' parameter.");
  const asked = given.get('scope');
  const scopes = server ? readScopes(server, 'sign-in', asked) : decideScopes(client, asked);
  return { scopes, challenge, nonce: given.get('nonce') };
}

const prompts: readonly string[] = ['consent', 'enroll_authenticator', 'login', 'login consent', 'none'];

/**
 * The session of the browser, unless the client wants the person asked. The org's own server always asks, for its page is
 * where rights at the organization are given.
 */
function findUsableSession(request: OAuthRequest, given: ReadonlyMap<string, string>): SignedIn | undefined {
  const session = request.server && findSession(request);
  if (!session || (given.get('prompt') ?? 'none') !== 'none') return undefined;
  const age = given.get('max_age');
  if (age !== undefined && !(request.now / 1000 - session.authTime <= Number(age))) return undefined;
  const hint = given.get('login_hint')?.toLowerCase();
  return hint === undefined || hint === session.user.person.login ? session : undefined;
}

function askPerson(
  { state }: OAuthRequest,
  id: string,
  { clientId, scopes, redirectUri, serverId }: Authorization,
  login: string | undefined,
  wrong: string | undefined,
): OktaAnswer {
  const at = state.authServers.find((server) => server.id === serverId)?.name;
  const form = consentForm({ state, clientId, at, scopes, action: '/signin', hidden: { request: id }, login, wrong });
  const formTarget = new URL(redirectUri).origin;
  return answerPage('Sign in', form, { status: wrong === undefined ? 200 : 400, formTarget });
}

export function answerSignIn(request: OAuthRequest): OktaAnswer {
  const { form, state, base, now } = request;
  const id = form.get('request') ?? '';
  const authorization = state.oauth.waiting.get(id);
  if (!authorization || authorization.expires <= now) {
    const body = html`<p>This sign-in is over. Start again from the application.</p>`;
    return answerPage('Request expired', body, { status: 400 });
  }
  const decision = form.get('decision');
  const user = decision === 'deny' ? undefined : readPerson(state, form);
  if (typeof user === 'string') return askPerson(request, id, authorization, form.get('login'), user);
  if (user && decision !== 'allow')
    return askPerson(request, id, authorization, form.get('login'), 'Say whether you allow it.');
  state.oauth.waiting.delete(id);
  if (!user) {
    const description = 'The resource owner or authorization server denied the request.';
    const issuer = issuerOf(base, authorization.serverId);
    return sendBack(issuer, authorization, { error: 'access_denied', error_description: description });
  }
  return finish(request, authorization, user);
}

/** At a custom server the person is signed in, whatever becomes of the request: its rules are asked only then. */
function finish(request: OAuthRequest, authorization: Authorization, user: UserRecord): OktaAnswer {
  const { state, base, now } = request;
  const server = state.authServers.find(({ id }) => id === authorization.serverId);
  const issuer = issuerOf(base, authorization.serverId);
  const headers = server && { 'set-cookie': startSession(request, user) };
  const answer = tryCode({ ...request, server, issuer }, authorization, user, Math.floor(now / 1000));
  return { ...answer, headers: { ...answer.headers, ...headers } };
}

function tryCode(request: OAuthRequest, authorization: Authorization, user: UserRecord, authTime: number): OktaAnswer {
  try {
    return giveCode(request, authorization, user, authTime);
  } catch (error) {
    if (!(error instanceof OAuthProblem)) throw error;
    return sendBack(request.issuer, authorization, { error: error.error, error_description: error.message });
  }
}

/** @throws OAuthProblem access_denied where a custom server's rules do not let the person have what is asked */
function giveCode(
  { state, now, server, issuer }: OAuthRequest,
  authorization: Authorization,
  user: UserRecord,
  authTime: number,
): OktaAnswer {
  const { clientId, scopes } = authorization;
  const client = findClient(state, clientId);
  if (!client) throw new OAuthProblem('access_denied', 'The client is not active any more.');
  if (server) requireRule(state, server, { client, grantType: 'authorization_code', user, scopes });
  const code = randomText();
  dropEnded(state.oauth.codes, now);
  const grant = { ...grantOf(user, authorization, now), authTime };
  state.oauth.codes.set(code, { ...authorization, expires: now + codeLife, grant });
  return sendBack(issuer, authorization, { code });
}

/** RFC 9207: `iss` says which server it was. */
function sendBack(
  issuer: string,
  { redirectUri, state, inFragment }: Pick<Authorization, 'redirectUri' | 'state' | 'inFragment'>,
  result: Readonly<Record<string, string>>,
): OktaAnswer {
  const url = new URL(redirectUri);
  const parameters = new URLSearchParams({ ...result, ...(state === '' ? {} : { state }), iss: issuer });
  if (inFragment) url.hash = parameters.toString();
  else for (const [name, value] of parameters) url.searchParams.append(name, value);
  const headers = { location: url.href, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' };
  return { status: 302, headers, body: '' };
}
