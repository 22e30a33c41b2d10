// Signing out at a custom authorization server (OpenID Connect RP-Initiated Logout): the session ends, and the way back.

import { isSignedBy, readJwt } from '../../oidc/jwt.ts';
import { answerPage, html } from '../../oidc/page.ts';
import type { OktaAnswer } from '../answer.ts';
import { isRegistered } from './authorize.ts';
import { publishedKeys } from './custom-keys.ts';
import { invalidRequest, OAuthProblem } from './problems.ts';
import { findClient, type KnownClient, type OAuthRequest, readOnce } from './request.ts';
import { endSession } from './sessions.ts';

/** What is wrong is told to the person, as at the authorize endpoint. */
export function answerLogout(request: OAuthRequest): OktaAnswer {
  try {
    const given = request.call.method === 'POST' ? request.form : readOnce(request.call.url.searchParams);
    const { client, userId } = readHint(request, given.get('id_token_hint'));
    const target = readTarget(client, given);
    const cookie = endSession(request, userId);
    const answer = target ? goTo(target) : answerPage('Signed out', html`<p>You are signed out.</p>`);
    return { ...answer, headers: { ...answer.headers, ...(cookie !== undefined && { 'set-cookie': cookie }) } };
  } catch (error) {
    if (!(error instanceof OAuthProblem)) throw error;
    const body = html`<p class="wrong">${error.error}</p><p>${error.message}</p>`;
    return answerPage('400 Bad Request', body, { status: 400 });
  }
}

/** An ID token of this server; it may have ended: whoever signs out late signs out all the same. */
function readHint({ state, server, issuer }: OAuthRequest, hint: string | undefined) {
  if (hint === undefined) throw invalidRequest("The required parameter 'id_token_hint' is missing.");
  const jwt = readJwt(hint);
  const key = server && publishedKeys(server).find(({ kid }) => kid === jwt?.header.kid);
  const isOurs = jwt && key && isSignedBy(jwt, key.pair().publicJwk as Record<string, unknown>);
  const client = typeof jwt?.claims.aud === 'string' ? findClient(state, jwt.claims.aud) : undefined;
  if (!isOurs || jwt.claims.iss !== issuer || !client) throw invalidRequest("The 'id_token_hint' is invalid.");
  return { client, userId: jwt.claims.sub };
}

function readTarget(client: KnownClient, given: ReadonlyMap<string, string>): URL | undefined {
  const uri = given.get('post_logout_redirect_uri');
  if (uri === undefined) return undefined;
  if (!isRegistered(client, client.logoutUris ?? [], uri))
    throw invalidRequest(
      "The 'post_logout_redirect_uri' parameter must be a Logout redirect URI in the client app settings.",
    );
  const url = new URL(uri);
  const state = given.get('state');
  if (state !== undefined) url.searchParams.append('state', state);
  return url;
}

function goTo(url: URL): OktaAnswer {
  const headers = { location: url.href, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' };
  return { status: 302, headers, body: '' };
}
