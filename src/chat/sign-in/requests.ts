// Requests to an authorization server that the MCP SDK does not make (RFC 7009, RFC 8628), with its client's authentication.

import { type FetchLike, OAuthError, selectClientAuthMethod } from '@modelcontextprotocol/client';
import * as oauth from 'oauth4webapi';
import type { KeptClient } from './kept.ts';

export interface RequestOptions {
  readonly server: oauth.AuthorizationServer;
  readonly client: Omit<KeptClient, 'registered'>;
  /** Guarded: it is what refuses addresses without TLS. */
  readonly send: FetchLike;
}

export interface Exchange {
  readonly server: oauth.AuthorizationServer;
  readonly client: oauth.Client;
  readonly authentication: oauth.ClientAuth;
  readonly options: oauth.HttpRequestOptions<'POST', URLSearchParams>;
}

/** @throws OAuthError where the server refuses */
export async function exchange<T>(
  { server, client, send }: RequestOptions,
  run: (exchange: Exchange) => Promise<T>,
): Promise<T> {
  try {
    return await run({
      server,
      client: { client_id: client.client_id },
      authentication: authenticationOf(client, server.token_endpoint_auth_methods_supported ?? []),
      options: {
        [oauth.customFetch]: (url, init) => send(url, init),
        // Addresses were looked at by what sends.
        [oauth.allowInsecureRequests]: true,
      },
    });
  } catch (error) {
    if (error instanceof oauth.ResponseBodyError)
      throw new OAuthError(error.error, error.error_description ?? error.error);
    // RFC 6749 §5.2: a client that is not known is told so by a challenge.
    if (error instanceof oauth.WWWAuthenticateChallengeError) throw new OAuthError('invalid_client', 'invalid_client');
    throw error;
  }
}

function authenticationOf(client: RequestOptions['client'], supported: readonly string[]): oauth.ClientAuth {
  const { client_secret: secret } = client;
  if (secret === undefined) return oauth.None();
  const method = selectClientAuthMethod(client, [...supported]);
  if (method === 'none') return oauth.None();
  return method === 'client_secret_post' ? oauth.ClientSecretPost(secret) : oauth.ClientSecretBasic(secret);
}
