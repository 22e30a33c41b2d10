// The authorization server at which a person signs in for Scalekit's central API: what it publishes (RFC 8414), requests with
// bounds, and errors that say what to do.

import type * as oauth from 'oauth4webapi';
import { CastellanError, type ErrorFacts } from '../../../core/errors.ts';
import { plain, shortened } from '../../../core/plain.ts';
import type { Secret } from '../../../core/secret.ts';
import type { UpstreamOptions } from '../../../core/upstream.ts';

export type Library = typeof oauth;

export interface ServerOptions {
  /** Its issuer identifier, such as `https://acme.scalekit.com/resources/res_123`. */
  readonly issuer: URL;
  readonly clientId: string;
  readonly clientSecret: Secret | undefined;
  /** The central API, as it is named there (RFC 8707). */
  readonly resource: string;
  /** How a person signs in, for advice. */
  readonly login: string;
  readonly fetch: UpstreamOptions['fetch'];
  readonly userAgent: string;
}

export interface Exchange {
  readonly library: Library;
  readonly server: oauth.AuthorizationServer;
  readonly client: oauth.Client;
  readonly authentication: oauth.ClientAuth;
  readonly options: oauth.HttpRequestOptions<'POST', URLSearchParams> & oauth.DiscoveryRequestOptions;
}

const timeoutMs = 10_000;
/** Metadata and token answers are a few kilobytes. */
const maxBytes = 256 * 1024;

/** Finds the server, then makes requests to it. @throws CastellanError only: the library's own errors hold the whole answer */
export async function exchange<T>(options: ServerOptions, run: (exchange: Exchange) => Promise<T>): Promise<T> {
  const { issuer, clientId, clientSecret, fetch, userAgent } = options;
  const library = await import('oauth4webapi');
  const local = issuer.protocol === 'http:';
  const send = async (url: string, init: { readonly headers: Record<string, string> }) => {
    // What it publishes may name other hosts; without TLS they are this machine at most, as the issuer itself.
    if (!local && !url.startsWith('https:')) throw unusable('names an address without TLS');
    const headers = { ...init.headers, 'user-agent': userAgent };
    return bounded(await fetch(url, { ...init, headers, redirect: 'manual' } as RequestInit));
  };
  const http = {
    [library.customFetch]: send,
    [library.allowInsecureRequests]: local,
    signal: AbortSignal.timeout(timeoutMs),
  };
  try {
    const found = await library.discoveryRequest(issuer, { ...http, algorithm: 'oauth2' });
    return await run({
      library,
      server: await library.processDiscoveryResponse(issuer, found),
      client: { client_id: clientId },
      authentication: clientSecret ? library.ClientSecretPost(clientSecret.reveal()) : library.None(),
      options: http,
    });
  } catch (thrown) {
    throw explain(thrown, library, options);
  }
}

async function bounded(response: Response): Promise<Response> {
  if (response.status >= 500 || response.status === 429) throw unreachable(`HTTP ${response.status}`);
  const text = await response.text();
  if (text.length > maxBytes) throw unusable(`answered with more than ${maxBytes} bytes`);
  return new Response(text === '' ? null : text, { status: response.status, headers: response.headers });
}

function explain(thrown: unknown, library: Library, options: ServerOptions): CastellanError {
  if (thrown instanceof CastellanError) return thrown;
  if (thrown instanceof library.ResponseBodyError || thrown instanceof library.AuthorizationResponseError)
    return new CastellanError(refusal(clean(thrown.error), clean(thrown.error_description ?? ''), options));
  // RFC 6749 §5.2: a client that is not known, or not like this, is told so by a challenge.
  if (thrown instanceof library.WWWAuthenticateChallengeError)
    return new CastellanError(refusal('invalid_client', '', options));
  if (thrown instanceof library.OperationProcessingError || thrown instanceof library.UnsupportedOperationError)
    return unusable(`gave an answer that cannot be trusted (${clean(thrown.message)})`);
  return unreachable(thrown instanceof Error ? thrown.name : 'no answer');
}

/** RFC 6749 §4.1.2.1 and §5.2, RFC 8707 §2. */
function refusal(name: string, said: string, { clientId, resource, login }: ServerOptions): ErrorFacts {
  const told = said === '' ? name : `${name}: ${said.replace(/\.$/, '')}`;
  const detail = { oauth: name };
  switch (name) {
    case 'invalid_grant':
      return { ...signInNeeded(`The sign-in is over: Scalekit no longer accepts it (${told})`, login), detail };
    case 'access_denied':
      return {
        code: 'unauthorized',
        message: `Scalekit refused access (${told}).`,
        hint: `The person declined, or is no member of the workspace. Otherwise run \`${login}\` again.`,
        detail,
      };
    case 'invalid_target':
      return {
        code: 'bad_configuration',
        message: `The authorization server does not know ${resource} as what a token is for (${told}).`,
        hint: 'Check workspaceUrl, authorizationServer and exchangeAudience (SCALEKIT_WORKSPACE_URL, SCALEKIT_AUTHORIZATION_SERVER, SCALEKIT_EXCHANGE_AUDIENCE): they belong together.',
        detail,
      };
    default:
      return {
        code: 'unauthorized',
        message: `Scalekit does not let the client ${clientId} sign people in like this (${told}).`,
        hint: 'Check clientId (SCALEKIT_CLIENT_ID): a public client with PKCE, the redirect URI http://127.0.0.1/callback at any port, and refresh tokens.',
        detail,
      };
  }
}

export function signInNeeded(what: string, login: string): ErrorFacts {
  return { code: 'unauthorized', message: `${what}.`, hint: `Run \`${login}\` in a terminal on this machine.` };
}

/** A stranger's text: on one line, short, without what looks like a secret. */
function clean(text: string): string {
  return shortened(plain(text.replace(/eyJ[\w.-]+|[\w~+/-]{40,}/g, '[removed]')), 300);
}

function unusable(what: string): CastellanError {
  return new CastellanError({
    code: 'platform_answer_invalid',
    message: `Scalekit’s authorization server ${what}.`,
    hint: 'Check authorizationServer (SCALEKIT_AUTHORIZATION_SERVER): it is the address below which /.well-known/oauth-authorization-server stands.',
  });
}

function unreachable(why: string): CastellanError {
  return new CastellanError({
    code: 'platform_unavailable',
    message: `Scalekit’s authorization server could not be asked (${clean(why)}).`,
    hint: 'Try again; check authorizationServer (SCALEKIT_AUTHORIZATION_SERVER) and the network.',
    retry: { again: true, afterMs: 0 },
  });
}
