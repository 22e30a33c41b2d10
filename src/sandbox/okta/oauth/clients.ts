// The clients that the company has for this product: a service app, a native app for people at a terminal, and three around MCP.

import type { JsonWebKey } from 'node:crypto';
import { isPrivateJwk, thumbprint } from '../../oidc/jwt.ts';
import { grantableScopes } from './scopes.ts';

export const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code';
export const exchangeGrant = 'urn:ietf:params:oauth:grant-type:token-exchange';

export interface OAuthClient {
  kind: 'service' | 'native' | 'web';
  /** Of a confidential client that shows a secret, by HTTP Basic or in the body. */
  secret?: string;
  grants: readonly string[];
  /** Public keys by kid, for private_key_jwt. */
  keys: Map<string, JsonWebKey>;
  /** "Require Demonstrating Proof of Possession (DPoP) header in token requests". */
  requireDpop: boolean;
  /** okta.* scopes that an administrator granted to the app. */
  scopes: ReadonlySet<string>;
  redirectUris: readonly string[];
  /** Where signing out may lead to. */
  logoutUris?: readonly string[];
  /** Standard admin roles assigned to the app itself; without one its tokens open nothing. */
  roles: readonly string[];
}

export interface OAuthOptions {
  /** Public key of the service app. */
  serviceKey?: JsonWebKey;
  /** Whether the service app must prove possession of a key; default true, as for new service apps at Okta. */
  requireDpop?: boolean;
  /** okta.* scopes granted to both apps; default: all that the sandbox knows. */
  scopes?: readonly string[];
  /** Where the web app "MCP Gateway" may be returned to; default: /oauth/callback at port 3000 of this machine. */
  gatewayRedirectUris?: readonly string[];
}

export function makeServiceClient({
  serviceKey,
  requireDpop = true,
  scopes = grantableScopes,
}: OAuthOptions): OAuthClient {
  const client: OAuthClient = {
    kind: 'service',
    grants: ['client_credentials'],
    keys: new Map(),
    requireDpop,
    scopes: new Set(scopes),
    redirectUris: [],
    roles: ['SUPER_ADMIN'],
  };
  if (serviceKey) addKey(client, serviceKey);
  return client;
}

export function makeNativeClient({ scopes = grantableScopes }: OAuthOptions): OAuthClient {
  return {
    kind: 'native',
    grants: ['authorization_code', 'refresh_token', deviceGrant],
    keys: new Map(),
    requireDpop: false,
    scopes: new Set(scopes),
    redirectUris: ['http://127.0.0.1', 'http://127.0.0.1/callback'],
    roles: [],
  };
}

const localNames = ['127.0.0.1', 'localhost'] as const;

/** None of the three has rights at the organization's own API: there is nothing of okta.* for them. */
const plain = { requireDpop: false, scopes: new Set<string>(), roles: [] } as const;

/** A confidential web app: what signs people in for a server that issues tokens of its own. */
export function makeGatewayClient(secret: string, { gatewayRedirectUris }: OAuthOptions): OAuthClient {
  const callbacks = localNames.map((name) => `http://${name}:3000/oauth/callback`);
  const redirectUris = gatewayRedirectUris ?? callbacks;
  return {
    ...plain,
    keys: new Map(),
    kind: 'web',
    secret,
    grants: ['authorization_code', 'refresh_token'],
    redirectUris,
    logoutUris: redirectUris.map((uri) => `${new URL(uri).origin}/`),
  };
}

/** A public client, registered beforehand for MCP clients on people's own machines. */
export function makeMcpClient(): OAuthClient {
  const redirectUris = localNames.flatMap((name) =>
    ['', '/callback', '/oauth/callback'].map((path) => `http://${name}${path}`),
  );
  return { ...plain, keys: new Map(), kind: 'native', grants: ['authorization_code', 'refresh_token'], redirectUris };
}

/** A service app: what a resource server asks about tokens with, and exchanges them. */
export function makeApiClient(secret: string): OAuthClient {
  return {
    ...plain,
    keys: new Map(),
    kind: 'service',
    secret,
    grants: ['client_credentials', exchangeGrant],
    redirectUris: [],
  };
}

/**
 * Registers a public key and returns its kid: the one it has, or else its thumbprint.
 * @throws TypeError for a key that is private or of no use for signing
 */
export function addKey(client: OAuthClient, jwk: JsonWebKey): string {
  if (isPrivateJwk(jwk)) throw new TypeError('sandbox: register the public part of the key only');
  if (jwk.kty !== 'RSA' && jwk.kty !== 'EC') throw new TypeError('sandbox: the key must be of type RSA or EC');
  if (jwk.use !== undefined && jwk.use !== 'sig') throw new TypeError("sandbox: the key's use must be 'sig'");
  const kid = typeof jwk.kid === 'string' ? jwk.kid : thumbprint(jwk);
  client.keys.set(kid, { ...jwk, kid, use: 'sig' });
  return kid;
}
