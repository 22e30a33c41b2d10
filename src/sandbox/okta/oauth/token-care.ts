// What becomes of tokens: asking what one is (RFC 7662), ending one (RFC 7009), and whose it is (OpenID Connect userinfo).

import { json, type OktaAnswer } from '../answer.ts';
import { checkToken, lacksScope } from './access.ts';
import { authenticateClient } from './client-auth.ts';
import { readClaims } from './custom-claims.ts';
import { invalidRequest, noStore } from './problems.ts';
import type { OAuthRequest } from './request.ts';
import type { AccessToken, Grant, RefreshToken } from './state.ts';
import { describePerson, isLive, stands, userOf } from './tokens.ts';

export function answerIntrospect(request: OAuthRequest): OktaAnswer {
  const { state, now, server } = request;
  authenticateClient(request);
  const text = readToken(request);
  const access = state.oauth.accessTokens.get(text);
  // RFC 7662 §4: what another server has issued is not active here.
  if (access && access.grant.serverId === server?.id && isLive(state, access, now))
    return json(viewAccess(request, access), noStore);
  const refresh = state.oauth.refreshTokens.get(text);
  const isHere = refresh?.grant.serverId === server?.id;
  if (refresh && isHere && !refresh.used && now < refresh.expires && stands(state, refresh.grant))
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
  const { ver: _ver, cid: _cid, scp: _scp, auth_time: _time, ...own } = token.claims;
  return {
    ...own,
    active: true,
    scope: token.scopes.join(' '),
    username: user?.person.login ?? token.grant.clientId,
    exp: token.expires / 1000,
    iat: token.issued / 1000,
    sub: user?.person.login ?? token.grant.clientId,
    aud: token.claims.aud,
    iss: token.issuer,
    jti: token.jti,
    token_type: token.jkt === undefined ? 'Bearer' : 'DPoP',
    client_id: token.grant.clientId,
    ...(user && { uid: user.id }),
    ...(token.jkt !== undefined && { cnf: { jkt: token.jkt } }),
  };
}

function viewRefresh({ state, issuer }: OAuthRequest, { grant, expires }: RefreshToken): Record<string, unknown> {
  const user = userOf(state, grant);
  return {
    active: true,
    scope: grant.scopes.join(' '),
    username: user?.person.login,
    sub: user?.id,
    exp: Math.floor(expires / 1000),
    iss: issuer,
    client_id: grant.clientId,
    uid: user?.id,
  };
}

/** A refresh token takes all that was issued on its grant along; what is not known or another's is passed over in silence. */
export function answerRevoke(request: OAuthRequest): OktaAnswer {
  const { server, state } = request;
  const { oauth } = state;
  const client = authenticateClient(request);
  const text = readToken(request);
  const access = oauth.accessTokens.get(text);
  const isTheirs = (grant: Grant) => grant.clientId === client.id && grant.serverId === server?.id;
  if (access && isTheirs(access.grant)) access.revoked = true;
  const refresh = oauth.refreshTokens.get(text);
  if (refresh && isTheirs(refresh.grant)) refresh.grant.revoked = true;
  return { status: 200, headers: noStore, body: '' };
}

export function answerUserInfo({ state, call, now, issuer, server }: OAuthRequest): OktaAnswer {
  const token = checkToken(state, call, now, ['openid'], issuer);
  const user = userOf(state, token.grant);
  if (!user || !token.scopes.includes('openid')) throw lacksScope(call, token, ['openid']);
  const own = server && readClaims(state, server, user, token.scopes, ({ claimType }) => claimType === 'IDENTITY');
  return json({ ...describePerson(state, user, token.scopes), ...own }, noStore);
}
