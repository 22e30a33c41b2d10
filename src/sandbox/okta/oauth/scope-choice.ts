// Which of the scopes that a client asks for it gets.

import { OAuthProblem } from './problems.ts';
import type { KnownClient } from './request.ts';
import { grantableScopes, openidScopes } from './scopes.ts';

/**
 * As Okta: a name it does not know is refused; an okta.* scope that was not granted to the app is left out
 * (github.com/okta/okta-sdk-golang/issues/145); where nothing is left the request is refused.
 * @throws OAuthProblem invalid_scope or consent_required
 */
export function decideScopes(client: KnownClient, asked: string | undefined): readonly string[] {
  const names = [...new Set((asked ?? '').split(' ').filter((name) => name !== ''))];
  if (names.length === 0) throw refuse('No scopes were requested.');
  if (names.some((name) => !openidScopes.includes(name) && !grantableScopes.includes(name)))
    throw refuse('One or more scopes are not configured for the authorization server resource.');
  const ofPeople = names.filter((name) => openidScopes.includes(name));
  if (client.kind === 'service' && ofPeople.length > 0)
    throw refuse("Cannot request 'openid' scopes using client credentials.");
  if (ofPeople.some((name) => name !== 'offline_access') && !names.includes('openid'))
    throw refuse("Requests for ID tokens or access tokens with OpenID scopes require the 'openid' scope.");
  const given = names.filter((name) => openidScopes.includes(name) || client.scopes.has(name));
  if (given.every((name) => name === 'offline_access'))
    throw new OAuthProblem('consent_required', 'You are not allowed any of the requested scopes.');
  return given;
}

function refuse(description: string): OAuthProblem {
  return new OAuthProblem('invalid_scope', description);
}
