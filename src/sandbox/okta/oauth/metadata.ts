// What an authorization server publishes about itself: its endpoints, what it can do, its public keys.

import { algorithmNames } from '../../oidc/jwt.ts';
import { json } from '../answer.ts';
import { invalid } from '../problems.ts';
import { deviceGrant, exchangeGrant } from './clients.ts';
import { publishedKeys } from './custom-keys.ts';
import { endpointsOf, OAuthProblem } from './problems.ts';
import { findClient, type OAuthRequest } from './request.ts';
import { grantableScopes, openidScopes } from './scopes.ts';

const standardClaims = [
  ...['ver', 'jti', 'iss', 'aud', 'iat', 'exp', 'cid', 'uid', 'scp', 'sub', 'auth_time', 'nonce', 'at_hash'],
  ...['name', 'given_name', 'family_name', 'preferred_username', 'updated_at', 'email', 'email_verified'],
];

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

export function answerKeys({ state, server }: OAuthRequest) {
  const keys = server
    ? publishedKeys(server).map(({ pair }) => pair().publicJwk)
    : [state.oauth.signingKey().publicJwk];
  return json({ keys }, kept);
}

/** The metadata of a custom server as RFC 8414 has them; registration is the organization's own endpoint, and not open. */
export function answerCustomMetadata(request: OAuthRequest) {
  return json(describeCustom(request), kept);
}

/** The same with what OpenID Connect Discovery adds. */
export function answerCustomOpenidMetadata(request: OAuthRequest) {
  const more = {
    userinfo_endpoint: `${endpointsOf(request.issuer)}/userinfo`,
    id_token_signing_alg_values_supported: ['RS256'],
  };
  return json({ ...describeCustom(request), ...more }, kept);
}

function describeCustom({ base, call, issuer, server, state }: OAuthRequest) {
  const clientId = call.url.searchParams.get('client_id');
  if (clientId !== null && !findClient(state, clientId)) throw invalid('client_id', 'Invalid client_id.');
  const endpoints = endpointsOf(issuer);
  const authMethods = ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'];
  const scopes = server?.scopes ?? [];
  const own = (server?.claims ?? []).filter(({ system }) => !system).map(({ name }) => name);
  return {
    issuer,
    authorization_endpoint: `${endpoints}/authorize`,
    token_endpoint: `${endpoints}/token`,
    registration_endpoint: `${base}/oauth2/v1/clients`,
    jwks_uri: `${endpoints}/keys`,
    introspection_endpoint: `${endpoints}/introspect`,
    revocation_endpoint: `${endpoints}/revoke`,
    end_session_endpoint: `${endpoints}/logout`,
    response_types_supported: ['code'],
    response_modes_supported: ['query', 'fragment'],
    grant_types_supported: ['authorization_code', 'refresh_token', 'client_credentials', exchangeGrant],
    subject_types_supported: ['public'],
    scopes_supported: scopes.filter((scope) => scope.metadataPublish === 'ALL_CLIENTS').map(({ name }) => name),
    claims_supported: [...standardClaims, ...own],
    token_endpoint_auth_methods_supported: authMethods,
    introspection_endpoint_auth_methods_supported: authMethods,
    revocation_endpoint_auth_methods_supported: authMethods,
    code_challenge_methods_supported: ['S256'],
    request_parameter_supported: false,
    dpop_signing_alg_values_supported: algorithmNames,
    authorization_response_iss_parameter_supported: true,
  };
}
