// On-behalf-of token exchange (RFC 8693) as Okta does it: a service that was called exchanges the caller's token for one of its own.

import type { OktaState } from '../state.ts';
import { exchangeGrant } from './clients.ts';
import { readScopes } from './custom-policy.ts';
import { invalidGrant, invalidRequest, OAuthProblem } from './problems.ts';
import type { KnownClient, OAuthRequest } from './request.ts';
import type { AccessToken, Grant } from './state.ts';
import { isLive, type TokenResponse } from './tokens.ts';

const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token';

export interface ExchangeResponse extends TokenResponse {
  issued_token_type: string;
}

/** @throws OAuthProblem invalid_request, invalid_target, invalid_scope, or invalid_grant for the subject's token */
export function answerExchange(
  request: OAuthRequest,
  issue: (grant: Grant, scopes: readonly string[]) => TokenResponse,
  client: KnownClient,
): ExchangeResponse {
  const { form, server } = request;
  if (!server) throw new OAuthProblem('unsupported_grant_type', `${exchangeGrant} is for custom servers only.`);
  const text = form.get('subject_token');
  if (text === undefined) throw invalidRequest("The required parameter 'subject_token' is missing.");
  if (form.get('subject_token_type') !== accessTokenType)
    throw invalidRequest(`The 'subject_token_type' is invalid. Valid values: [${accessTokenType}]`);
  if ((form.get('requested_token_type') ?? accessTokenType) !== accessTokenType)
    throw invalidRequest(`The 'requested_token_type' is invalid. Valid values: [${accessTokenType}]`);
  if (form.has('actor_token') || form.has('actor_token_type'))
    throw invalidRequest("An 'actor_token' is not supported for this subject token.");
  const audience = form.get('audience');
  if (audience === undefined) throw invalidRequest("The required parameter 'audience' is missing.");
  if (!server.audiences.includes(audience))
    throw new OAuthProblem('invalid_target', "The 'audience' is not one of this authorization server.");
  const subject = findSubject(request.state, [server.id, ...server.trusted], text, request.now);
  const scopes = readScopes(server, 'token exchange', form.get('scope'));
  const { userId, authTime } = subject.grant;
  const grant: Grant = {
    clientId: client.id,
    userId,
    scopes,
    jkt: undefined,
    authTime,
    nonce: undefined,
    serverId: server.id,
    revoked: false,
  };
  return { ...issue(grant, scopes), issued_token_type: accessTokenType };
}

/** A live access token of a person, issued here or by a server that is trusted here. */
function findSubject(state: OktaState, servers: readonly string[], text: string, now: number): AccessToken {
  const token = state.oauth.accessTokens.get(text);
  const isOurs = token?.grant.serverId !== undefined && servers.includes(token.grant.serverId);
  if (!token || !isOurs || token.grant.userId === undefined || !isLive(state, token, now))
    throw invalidGrant('subject token is invalid');
  return token;
}
