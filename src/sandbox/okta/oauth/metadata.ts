// What the org authorization server publishes about itself: its endpoints, what it can do, its public keys.

import { json } from '../answer.ts';
import { deviceGrant } from './clients.ts';
import { algorithmNames } from './jwt.ts';
import { OAuthProblem } from './problems.ts';
import { findClient, type OAuthRequest } from './request.ts';
import { grantableScopes, openidScopes } from './scopes.ts';

const kept = { 'cache-control': 'max-age=86400, must-revalidate' } as const;

export function answerMetadata({ base, call, state }: OAuthRequest) {
  const clientId = call.url.searchParams.get('client_id');
  if (clientId !== null && !findClient(state, clientId))
    throw new OAuthProblem('invalid_client', "Invalid value for 'client_id' parameter.", 400);
  const server = `${base}/oauth2/v1`;
  const authMethods = ['private_key_jwt', 'none'];
  return json(
    {
      issuer: base,
      authorization_endpoint: `${server}/authorize`,
      token_endpoint: `${server}/token`,
      userinfo_endpoint: `${server}/userinfo`,
      registration_endpoint: `${server}/clients`,
      jwks_uri: `${server}/keys`,
      introspection_endpoint: `${server}/introspect`,
      revocation_endpoint: `${server}/revoke`,
      device_authorization_endpoint: `${server}/device/authorize`,
      response_types_supported: ['code'],
      response_modes_supported: ['query', 'fragment'],
      grant_types_supported: ['authorization_code', 'refresh_token', 'client_credentials', deviceGrant],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
      scopes_supported: [...openidScopes, ...grantableScopes],
      token_endpoint_auth_methods_supported: authMethods,
      introspection_endpoint_auth_methods_supported: authMethods,
      revocation_endpoint_auth_methods_supported: authMethods,
      code_challenge_methods_supported: ['S256'],
      dpop_signing_alg_values_supported: algorithmNames,
      authorization_response_iss_parameter_supported: true,
    },
    kept,
  );
}

export function answerKeys({ state }: OAuthRequest) {
  return json({ keys: [state.oauth.signingKey().publicJwk] }, kept);
}
