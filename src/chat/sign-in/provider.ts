// What one sign-in brings to the SDK's OAuth and what comes of it, in memory alone: who we are, PKCE, what was discovered.

import { randomBytes } from 'node:crypto';
import type {
  OAuthClientMetadata,
  OAuthClientProvider,
  OAuthDiscoveryState,
  StoredOAuthClientInformation,
  StoredOAuthTokens,
} from '@modelcontextprotocol/client';
import { CastellanError } from '../../core/errors.ts';
import type { KeptClient, KeptSignIn } from './kept.ts';

/** A client that somebody registered beforehand. */
export interface GivenClient {
  readonly clientId: string | undefined;
  readonly clientSecret: string | undefined;
  /** The one authorization server that it belongs to. */
  readonly issuer: string | undefined;
  readonly metadataUrl: string | undefined;
}

export interface AttemptOptions {
  readonly redirectUri: string;
  readonly given: GivenClient;
  /** Of the last sign-in to this server. */
  readonly before: KeptSignIn | undefined;
  readonly grantTypes: readonly string[];
  readonly now: () => number;
}

export interface Attempt {
  readonly provider: OAuthClientProvider;
  readonly state: string;
  /** Where the person goes; made by the SDK. */
  readonly target: () => URL;
  readonly discovered: () => OAuthDiscoveryState;
  readonly client: () => KeptClient;
  readonly tokens: () => StoredOAuthTokens | undefined;
}

export function createAttempt({ redirectUri, given, before, grantTypes, now }: AttemptOptions): Attempt {
  const state = randomBytes(32).toString('base64url');
  let target: URL | undefined;
  let verifier = '';
  let tokens: StoredOAuthTokens | undefined;
  let discovered: OAuthDiscoveryState | undefined;
  let client = firstClient({ redirectUri, given, before, now });

  /** A client id means nothing, and a secret is none, to any server but its own (RFC 6749 §2.2). */
  function clientAt(issuer: string | undefined): StoredOAuthClientInformation | undefined {
    if (given.issuer !== undefined && issuer !== undefined && !sameIssuer(given.issuer, issuer))
      throw otherIssuer(issuer, given.issuer);
    if (!client) return undefined;
    const { registered: _registered, of, ...known } = client;
    if (of !== undefined && issuer !== undefined && !sameIssuer(of, issuer)) return undefined;
    const stamp = of ?? issuer;
    return { ...known, ...(stamp !== undefined && { issuer: stamp }) };
  }

  const provider: OAuthClientProvider = {
    redirectUrl: redirectUri,
    ...(given.metadataUrl !== undefined && { clientMetadataUrl: given.metadataUrl }),
    clientMetadata: clientMetadata(redirectUri, grantTypes),
    state: () => state,
    clientInformation: (context) => clientAt(context?.issuer),
    saveClientInformation: ({ issuer, ...information }, context) => {
      const { client_id, client_secret } = information;
      const { client_secret_expires_at, token_endpoint_auth_method } = information as Partial<KeptClient>;
      client = {
        client_id,
        ...(client_secret !== undefined && { client_secret }),
        ...(client_secret_expires_at !== undefined && { client_secret_expires_at }),
        ...(token_endpoint_auth_method !== undefined && { token_endpoint_auth_method }),
        registered: client_id !== given.clientId && client_id !== given.metadataUrl,
        of: issuer ?? context?.issuer,
      };
    },
    // Kept tokens are renewed elsewhere, under a lock; here somebody signs in anew.
    tokens: () => undefined,
    saveTokens: (given) => {
      tokens = given;
    },
    redirectToAuthorization: (url) => {
      target = url;
    },
    saveCodeVerifier: (given) => {
      verifier = given;
    },
    codeVerifier: () => verifier,
    saveDiscoveryState: (given) => {
      discovered = given;
    },
    discoveryState: () => discovered,
  };
  return {
    provider,
    state,
    target: () => present(target),
    discovered: () => present(discovered),
    client() {
      const { of: _of, ...kept } = present(client);
      return kept;
    },
    tokens: () => tokens,
  };
}

type Client = KeptClient & { readonly of: string | undefined };

function firstClient({ given, before, redirectUri, now }: Omit<AttemptOptions, 'grantTypes'>): Client | undefined {
  const { clientId, clientSecret, issuer, metadataUrl } = given;
  if (clientId !== undefined)
    return {
      client_id: clientId,
      ...(clientSecret !== undefined && { client_secret: clientSecret }),
      registered: false,
      of: issuer,
    };
  if (!before?.client.registered || metadataUrl !== undefined || before.redirectUri !== redirectUri) return undefined;
  const { client_secret_expires_at: ends = 0 } = before.client;
  // RFC 7591 §3.2.1
  if (ends !== 0 && ends * 1000 <= now()) return undefined;
  return { ...before.client, of: before.issuer };
}

function clientMetadata(redirectUri: string, grantTypes: readonly string[]): OAuthClientMetadata {
  return {
    client_name: 'Castellan',
    software_id: 'castellan',
    redirect_uris: [redirectUri],
    grant_types: [...grantTypes],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
    application_type: 'native',
  };
}

/** With or without a slash at its end it is the same, as in the SDK's own comparison. */
export function sameIssuer(one: string, other: string): boolean {
  return one.replace(/\/$/, '') === other.replace(/\/$/, '');
}

function otherIssuer(actual: string, wanted: string): CastellanError {
  return new CastellanError({
    code: 'not_allowed',
    message: `The server sends its clients to ${actual} to sign in, and this client belongs to ${wanted}.`,
    hint: 'Check the address of the server. If it is right, set the issuer and client of that authorization server.',
  });
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new TypeError('the sign-in did not come that far');
  return value;
}
