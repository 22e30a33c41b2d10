// GET /oauth2/v1/authorize with PKCE (RFC 6749 §4.1, RFC 7636), the sign-in that follows, and the way back to the client.

import type { OktaAnswer } from '../answer.ts';
import { answerPage, html } from './page.ts';
import { consentForm, grantOf, readPerson } from './people.ts';
import { invalidRequest, OAuthProblem } from './problems.ts';
import { findClient, type KnownClient, type OAuthRequest, readOnce } from './request.ts';
import { decideScopes } from './scope-choice.ts';
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
    if (redirectUri === undefined || !isRegistered(client, redirectUri))
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
function isRegistered(client: KnownClient, uri: string): boolean {
  if (client.redirectUris.includes(uri)) return true;
  const parts = /^(http:\/\/127\.0\.0\.1):([1-9]\d{0,4})(\/[^?#]*)?$/.exec(uri);
  if (client.kind !== 'native' || !parts || Number(parts[2]) > 65_535) return false;
  const path = parts[3] === '/' ? '' : (parts[3] ?? '');
  return client.redirectUris.includes(`${parts[1]}${path}`);
}

function askOrSendBack(
  request: OAuthRequest,
  client: KnownClient,
  given: ReadonlyMap<string, string>,
  redirectUri: string,
): OktaAnswer {
  const { base, state, now } = request;
  const inFragment = given.get('response_mode') === 'fragment';
  const back = { redirectUri, state: given.get('state') ?? '', inFragment };
  try {
    const authorization: Authorization = {
      ...readAuthorization(client, given),
      ...back,
      clientId: client.id,
      expires: now + signInLife,
    };
    const id = randomText();
    dropEnded(state.oauth.waiting, now);
    state.oauth.waiting.set(id, authorization);
    return askPerson(request, id, authorization, given.get('login_hint'), undefined);
  } catch (error) {
    if (!(error instanceof OAuthProblem)) throw error;
    return sendBack(base, back, { error: error.error, error_description: error.message });
  }
}

function readAuthorization(client: KnownClient, given: ReadonlyMap<string, string>) {
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
  const scopes = decideScopes(client, given.get('scope'));
  if (given.get('prompt') === 'none')
    throw new OAuthProblem('login_required', 'The client specified not to prompt, but the user is not logged in.');
  return { scopes, challenge, nonce: given.get('nonce') };
}

function askPerson(
  { state }: OAuthRequest,
  id: string,
  { clientId, scopes, redirectUri }: Authorization,
  hint: string | undefined,
  wrong: string | undefined,
): OktaAnswer {
  const form = consentForm({ state, clientId, scopes, action: '/signin', hidden: { request: id }, hint, wrong });
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
  if (typeof user === 'string') return askPerson(request, id, authorization, undefined, user);
  if (user && decision !== 'allow')
    return askPerson(request, id, authorization, undefined, 'Say whether you allow it.');
  state.oauth.waiting.delete(id);
  if (!user) {
    const description = 'The resource owner or authorization server denied the request.';
    return sendBack(base, authorization, { error: 'access_denied', error_description: description });
  }
  const code = randomText();
  dropEnded(state.oauth.codes, now);
  state.oauth.codes.set(code, { ...authorization, expires: now + codeLife, grant: grantOf(user, authorization, now) });
  return sendBack(base, authorization, { code });
}

/** RFC 9207: `iss` says which server it was. */
function sendBack(
  base: string,
  { redirectUri, state, inFragment }: Pick<Authorization, 'redirectUri' | 'state' | 'inFragment'>,
  result: Readonly<Record<string, string>>,
): OktaAnswer {
  const url = new URL(redirectUri);
  const parameters = new URLSearchParams({ ...result, ...(state === '' ? {} : { state }), iss: base });
  if (inFragment) url.hash = parameters.toString();
  else for (const [name, value] of parameters) url.searchParams.append(name, value);
  const headers = { location: url.href, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' };
  return { status: 302, headers, body: '' };
}
