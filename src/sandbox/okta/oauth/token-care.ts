// What becomes of tokens: asking what one is (RFC 7662), ending one (RFC 7009), and whose it is (OpenID Connect userinfo).

import { json, type OktaAnswer } from '../answer.ts';
import { checkToken, lacksScope } from './access.ts';
import { authenticateClient } from './client-auth.ts';
import { invalidRequest, noStore } from './problems.ts';
import type { OAuthRequest } from './request.ts';
import type { AccessToken, RefreshToken } from './state.ts';
import { describePerson, isLive, stands, userOf } from './tokens.ts';

export function answerIntrospect(request: OAuthRequest): OktaAnswer {
  const { state, now } = request;
  authenticateClient(request);
  const text = readToken(request);
  const access = state.oauth.accessTokens.get(text);
  if (access && isLive(state, access, now)) return json(viewAccess(request, access), noStore);
  const refresh = state.oauth.refreshTokens.get(text);
  if (refresh && !refresh.used && now < refresh.expires && stands(state, refresh.grant))
    return json(viewRefresh(request, refresh), noStore);
  return json({ active: false }, noStore);
}

function readToken({ form }: OAuthRequest): string {
  const token = form.get('token');
  if (token === undefined) throw invalidRequest("The 'token' parameter is required.");
  return token;
}

function viewAccess({ state }: OAuthRequest, token: AccessToken): Record<string, unknown> {
  const user = userOf(state, token.grant);
  return {
    active: true,
    scope: token.scopes.join(' '),
    username: user?.person.login ?? token.grant.clientId,
    exp: token.expires / 1000,
    iat: token.issued / 1000,
    sub: user?.person.login ?? token.grant.clientId,
    aud: token.issuer,
    iss: token.issuer,
    jti: token.jti,
    token_type: token.jkt === undefined ? 'Bearer' : 'DPoP',
    client_id: token.grant.clientId,
    ...(user && { uid: user.id }),
    ...(token.jkt !== undefined && { cnf: { jkt: token.jkt } }),
  };
}

function viewRefresh({ state, base }: OAuthRequest, { grant, expires }: RefreshToken): Record<string, unknown> {
  const user = userOf(state, grant);
  return {
    active: true,
    scope: grant.scopes.join(' '),
    username: user?.person.login,
    sub: user?.id,
    exp: Math.floor(expires / 1000),
    iss: base,
    client_id: grant.clientId,
    uid: user?.id,
  };
}

/** A refresh token takes all that was issued on its grant along; what is not known or another's is passed over in silence. */
export function answerRevoke(request: OAuthRequest): OktaAnswer {
  const { oauth } = request.state;
  const client = authenticateClient(request);
  const text = readToken(request);
  const access = oauth.accessTokens.get(text);
  if (access?.grant.clientId === client.id) access.revoked = true;
  const refresh = oauth.refreshTokens.get(text);
  if (refresh?.grant.clientId === client.id) refresh.grant.revoked = true;
  return { status: 200, headers: noStore, body: '' };
}

export function answerUserInfo({ state, call, now }: OAuthRequest): OktaAnswer {
  const token = checkToken(state, call, now, ['openid']);
  const user = userOf(state, token.grant);
  if (!user || !token.scopes.includes('openid')) throw lacksScope(call, token, ['openid']);
  return json(describePerson(state, user, token.scopes), noStore);
}
