// What a Scalekit environment publishes about itself, and about the authorization server of each MCP server.

import type { ScalekitServer } from './environment.ts';
import { openidScopes } from './rights.ts';

const authMethods = ['client_secret_basic', 'client_secret_post'];

function describe(base: string): Record<string, unknown> {
  return {
    authorization_endpoint: `${base}/oauth/authorize`,
    token_endpoint: `${base}/oauth/token`,
    jwks_uri: `${base}/keys`,
    revocation_endpoint: `${base}/oauth/revoke`,
    revocation_endpoint_auth_methods_supported: authMethods,
    response_types_supported: ['code'],
    grant_types_supported: ['authorization_code', 'refresh_token', 'client_credentials'],
    token_endpoint_auth_methods_supported: [...authMethods, 'none'],
    code_challenge_methods_supported: ['S256'],
  };
}

/** OpenID Connect Discovery, of the environment: nothing of registration. */
export function describeEnvironment(base: string): Record<string, unknown> {
  return {
    issuer: base,
    ...describe(base),
    userinfo_endpoint: `${base}/userinfo`,
    end_session_endpoint: `${base}/oidc/logout`,
    scopes_supported: openidScopes,
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
  };
}

/** RFC 8414, of one server: its identifier is not what the tokens have as their issuer. */
export function describeServer(base: string, server: ScalekitServer): Record<string, unknown> {
  const issuer = `${base}/resources/${server.id}`;
  return {
    issuer,
    ...describe(base),
    scopes_supported: [...openidScopes, ...server.scopes],
    ...(server.registersClients && { registration_endpoint: `${issuer}/oauth/register` }),
    client_id_metadata_document_supported: server.readsDocuments,
  };
}
