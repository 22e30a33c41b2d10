// What an OCI identity domain publishes about itself. Nothing of registration; PKCE works, and older domains do not say so.

import { type Answer, type Call, json } from '../answer.ts';
import type { Provider } from '../oidc/provider.ts';
import { findLive, readBearer } from '../oidc/token-care.ts';
import { type OciDomain, ociIssuer } from './domain.ts';
import { openidScopes } from './rights.ts';

const paths = {
  authorization_endpoint: '/oauth2/v1/authorize',
  token_endpoint: '/oauth2/v1/token',
  userinfo_endpoint: '/oauth2/v1/userinfo',
  revocation_endpoint: '/oauth2/v1/revoke',
  introspection_endpoint: '/oauth2/v1/introspect',
  end_session_endpoint: '/oauth2/v1/userlogout',
  jwks_uri: '/admin/v1/SigningCert/jwk',
} as const;

/**
 * As documented, with what the domain takes besides: certificates, assertions and passwords, which the simulated one does not.
 */
export function describeOci(domain: OciDomain, base: string): Record<string, unknown> {
  const endpoints = Object.entries(paths).map(([name, path]) => [name, base + path] as const);
  const isNewer = domain.hasNewerMetadata;
  return {
    issuer: ociIssuer,
    ...Object.fromEntries(endpoints),
    // The same once more, for clients that show a certificate.
    ...Object.fromEntries(endpoints.map(([name, address]) => [`secure_${name}`, address])),
    scopes_supported: openidScopes,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    token_endpoint_auth_methods_supported: [
      ...['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
      ...(isNewer ? ['none'] : []),
    ],
    token_endpoint_auth_signing_alg_values_supported: ['RS256'],
    grant_types_supported: [
      ...['client_credentials', 'password', 'refresh_token', 'authorization_code'],
      ...['urn:ietf:params:oauth:grant-type:jwt-bearer', 'tls_cert_auth'],
    ],
    ui_locales_supported: ['en'],
    ...(isNewer && { code_challenge_methods_supported: ['S256'] }),
  };
}

/** The signing certificate is for everybody only where an administrator says so; a client's own token opens it always. */
export function answerOciKeys(domain: OciDomain, provider: Provider, call: Call): Answer {
  const token = findLive(provider, readBearer(call) ?? '');
  const isClients = token !== undefined && token.grant.personId === undefined;
  if (!domain.publishesKeys && !isClients) return refuse();
  return json({ keys: provider.keys.published() });
}

const scimError = 'urn:ietf:params:scim:api:messages:2.0:Error';
const ociError = 'urn:ietf:params:scim:api:oracle:idcs:extension:messages:Error';

function refuse(): Answer {
  const body = {
    schemas: [scimError, ociError],
    detail: 'You are not authorized to access this resource.',
    status: '401',
    [ociError]: { messageId: 'error.common.common.unauthorized' },
  };
  return json(body, { 'content-type': 'application/scim+json', 'www-authenticate': 'Bearer' }, 401);
}
