// The clients of the broker: what one that registers itself may say, and those that an operator wrote down.

import { type ClientMetadata, errors } from 'oidc-provider';
import { findRedirectProblem, isOurs } from './redirect-uris.ts';
import type { RegisteredClient } from './settings.ts';

const maxRedirects = 10;
const maxName = 200;
const grants = ['authorization_code', 'refresh_token'];
const methods = ['none', 'client_secret_basic', 'client_secret_post'];

/** All that a client's own words are heeded for. No address among them is ever fetched or shown as a picture. */
const heeded = [
  'client_id',
  'client_id_issued_at',
  'client_secret',
  'client_secret_expires_at',
  'client_name',
  'redirect_uris',
  'grant_types',
  'response_types',
  'token_endpoint_auth_method',
];

/** Of the whole: what else it says about itself is not kept. */
export function keepHeeded(metadata: Record<string, unknown>, also: readonly string[] = []): void {
  const kept = new Set([...heeded, ...also]);
  for (const name of Object.keys(metadata)) if (!kept.has(name)) delete metadata[name];
}

/**
 * @param origin ours
 * @throws what the client is answered with (RFC 7591 §3.2.2)
 */
export function checkRedirects(uris: unknown, origin: string): void {
  const list: readonly unknown[] = Array.isArray(uris) ? uris : [];
  if (list.length === 0) refuse('redirect_uris must name at least one address');
  if (list.length > maxRedirects) refuse(`redirect_uris may name ${maxRedirects} addresses`);
  for (const uri of list) {
    const problem = findRedirectProblem(uri);
    if (problem !== undefined) refuse(`redirect_uris: one of them ${problem}`);
    if (isOurs(uri, origin)) refuse('redirect_uris: one of them is an address of this server');
  }
}

/** RFC 7591 §2: what a stranger may register as. Whatever it asks for beyond that is left out, and it is told so. */
export function checkRegistration(metadata: Record<string, unknown>, origin: string): void {
  keepHeeded(metadata);
  checkRedirects(metadata.redirect_uris, origin);
  checkName(metadata.client_name);
  const method = metadata.token_endpoint_auth_method;
  if (typeof method !== 'string' || !methods.includes(method))
    refuse(`token_endpoint_auth_method must be one of ${methods.join(', ')}`);
  // A person's consent is the only way in for a client that nobody knows.
  metadata.grant_types = grantsOf(metadata.grant_types);
  metadata.response_types = ['code'];
}

/** @throws what the client is answered with (RFC 7591 §3.2.2) */
export function checkName(name: unknown): void {
  if (name !== undefined && (typeof name !== 'string' || name.length > maxName))
    refuse(`client_name may have ${maxName} characters`);
}

/** What is given of what a client asks for. */
export function grantsOf(asked: unknown, more: readonly string[] = []): readonly string[] {
  const list: readonly unknown[] = Array.isArray(asked) ? asked : [];
  return ['authorization_code', ...[...grants.slice(1), ...more].filter((grant) => list.includes(grant))];
}

/** For all: rules that no client is spared. Native ones may come back at any port of this machine (RFC 8252 §7.3). */
export function settleClient(metadata: Record<string, unknown>): void {
  metadata.application_type = 'native';
  metadata.response_modes = ['query'];
  metadata.id_token_signed_response_alg = 'ES256';
  // Clients register with the scope of the first challenge, and step up later.
  delete metadata.scope;
}

/** @param more grants beside those of people in a browser */
export function clientOf(
  { id, secret, name, redirectUris }: RegisteredClient,
  more: readonly string[],
): ClientMetadata {
  const browses = redirectUris.length > 0;
  return {
    client_id: id,
    ...(secret !== undefined && { client_secret: secret }),
    client_name: name,
    redirect_uris: [...redirectUris],
    grant_types: [...(browses ? grants : []), ...more],
    response_types: browses ? ['code'] : [],
    // One with a secret may send it either way.
    token_endpoint_auth_method: secret === undefined ? 'none' : 'client_secret_basic',
  };
}

function refuse(description: string): never {
  throw new errors.InvalidClientMetadata(description);
}
