// One sign-in of a person to an MCP server, up to where the person comes in (MCP Authorization, RFC 9728, 8414, 7591, 8707)
// and from there to tokens that are kept. In between stands a way: the browser here, or a code on another device.

import {
  type AuthorizationServerMetadata,
  auth,
  type FetchLike,
  type OAuthDiscoveryState,
  OAuthError,
  type OAuthTokens,
  StreamableHTTPClientTransport,
} from '@modelcontextprotocol/client';
import { CastellanError } from '../../core/errors.ts';
import type { Vault } from '../../stores/vault.ts';
import { showUrl } from '../connect-failure.ts';
import { guardFetch, isOnThisMachine, isPrivateAddress, mayName } from './guarded-fetch.ts';
import { type KeptSignIn, readSignIn, signInName, writeSignIn } from './kept.ts';
import { describeSignInFailure } from './problems.ts';
import { type Attempt, createAttempt, type GivenClient } from './provider.ts';

/** What a refusal of the server says (RFC 6750 §3, RFC 9728 §5.1). */
export interface Challenge {
  readonly resourceMetadataUrl?: URL | undefined;
  readonly scope?: string | undefined;
}

export interface AuthorizeOptions {
  readonly server: URL;
  readonly vault: Vault;
  readonly client: GivenClient;
  readonly fetch: FetchLike;
  readonly now: () => number;
  readonly signal?: AbortSignal | undefined;
}

/** Where a person agrees; made ready by `prepare`. */
export interface Prepared {
  /** Checked: https, or this machine. */
  readonly url: URL;
  readonly state: string;
  readonly metadata: AuthorizationServerMetadata | undefined;
  /** The authorization server by its host, for the person. */
  readonly at: string;
  readonly attempt: Attempt;
  readonly send: FetchLike;
  /** From the query with which the browser came back; `iss` and errors are looked at first (RFC 9207 §2.4). */
  readonly finish: (parameters: URLSearchParams) => Promise<KeptSignIn>;
  /** From tokens that came another way. */
  readonly keep: (tokens: OAuthTokens) => Promise<KeptSignIn>;
}

export interface Way {
  readonly redirectUri: string;
  readonly grantTypes: readonly string[];
}

/** @throws CastellanError */
export async function prepare(options: AuthorizeOptions, challenge: Challenge, way: Way): Promise<Prepared> {
  const { server, vault, client, now, fetch, signal } = options;
  if (!isPrivateAddress(server)) throw notPrivate(server);
  const before = await readSignIn(vault, server).catch(() => undefined);
  const attempt = createAttempt({ ...way, given: client, before, now });
  const send = guardFetch(fetch, server, signal);
  const fetchFn = throwRefusals(send);
  const { provider } = attempt;
  const told = async <T>(run: () => Promise<T>): Promise<T> => {
    try {
      return await run();
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      throw describeSignInFailure(error, server);
    }
  };
  await told(async () => {
    const { resourceMetadataUrl, scope } = challenge;
    await auth(provider, {
      serverUrl: server,
      fetchFn,
      forceReauthorization: true,
      ...(resourceMetadataUrl && { resourceMetadataUrl }),
      ...(scope !== undefined && { scope }),
    });
  });
  const url = attempt.target();
  if (!mayName(server, url)) throw badAddress(server, url);
  requireOwnResource(attempt.discovered(), server);
  const metadata = attempt.discovered().authorizationServerMetadata;
  requirePkce(metadata, server);

  async function keep(tokens: OAuthTokens): Promise<KeptSignIn> {
    const signIn = signInFrom(options, attempt, way, tokens, url.searchParams.get('scope'));
    await vault.alone(signInName(signIn), () => writeSignIn(vault, server, signIn));
    return signIn;
  }

  return {
    url,
    state: attempt.state,
    metadata,
    at: url.host,
    attempt,
    send,
    keep,
    finish: (parameters) =>
      told(async () => {
        // It looks at the whole answer, and again at who gave it.
        const transport = new StreamableHTTPClientTransport(server, { authProvider: provider, fetch: fetchFn });
        await transport.finishAuth(parameters);
        const tokens = attempt.tokens();
        if (!tokens) throw new TypeError('no tokens were saved');
        return keep(tokens);
      }),
  };
}

/**
 * That a server lies under a larger resource is for the site to say: of a site that many share, whoever has one path would
 * else be given tokens for the paths of others (RFC 9728 §3.3 takes no larger resource at all).
 */
function requireOwnResource({ resourceMetadata, resourceMetadataUrl }: OAuthDiscoveryState, server: URL): void {
  const whole = (text: string) => new URL(text).href.replace(/[/]?(#.*)?$/, '');
  if (!resourceMetadata || whole(resourceMetadata.resource) === whole(server.href)) return;
  const said = resourceMetadataUrl === undefined ? undefined : new URL(resourceMetadataUrl);
  if (!said) return;
  if (said.origin === server.origin && /^\/\.well-known\/oauth-protected-resource(\/|$)/.test(said.pathname)) return;
  throw new CastellanError({
    code: 'platform_answer_invalid',
    message: `${showUrl(server)} says that it is another resource than the one at this address.`,
    hint: 'No sign-in was begun. Check the address; if it is right, tell whoever runs the server.',
  });
}

function signInFrom(
  { server, now }: AuthorizeOptions,
  attempt: Attempt,
  { redirectUri }: Way,
  tokens: OAuthTokens,
  asked: string | null,
): KeptSignIn {
  const { authorizationServerUrl, authorizationServerMetadata: metadata, resourceMetadata } = attempt.discovered();
  if (tokens.token_type.toLowerCase() !== 'bearer') throw notBearer(server, tokens.token_type);
  const at = (path: string) => new URL(path, authorizationServerUrl).href;
  const methods = metadata?.token_endpoint_auth_methods_supported;
  const revocation = (metadata as { readonly revocation_endpoint?: unknown } | undefined)?.revocation_endpoint;
  return {
    version: 1,
    resource: resourceMetadata?.resource ?? server.href,
    named: resourceMetadata !== undefined,
    issuer: metadata?.issuer ?? String(authorizationServerUrl),
    server: {
      issuer: metadata?.issuer ?? String(authorizationServerUrl),
      authorization_endpoint: metadata?.authorization_endpoint ?? at('/authorize'),
      token_endpoint: metadata?.token_endpoint ?? at('/token'),
      ...(typeof revocation === 'string' && { revocation_endpoint: revocation }),
      response_types_supported: ['code'],
      ...(methods && { token_endpoint_auth_methods_supported: methods }),
    },
    client: attempt.client(),
    redirectUri,
    accessToken: tokens.access_token,
    ...(tokens.refresh_token !== undefined && { refreshToken: tokens.refresh_token }),
    issuedAt: now(),
    ...(tokens.expires_in !== undefined && { expiresAt: now() + tokens.expires_in * 1000 }),
    scopes: (tokens.scope ?? asked ?? '').split(' ').filter(Boolean),
  };
}

/** The SDK would send a code that was refused once more, and write about it; codes are for one use (RFC 6749 §4.1.2). */
function throwRefusals(send: FetchLike): FetchLike {
  return async (input, init) => {
    const response = await send(input, init);
    if (response.status < 400 || response.status >= 500 || !(init?.body instanceof URLSearchParams)) return response;
    const answer: unknown = await response
      .clone()
      .json()
      .catch(() => undefined);
    const { error, error_description: said } = Object(answer) as { error?: unknown; error_description?: unknown };
    if (typeof error !== 'string') return response;
    throw new Error('refused', { cause: new OAuthError(error, typeof said === 'string' ? said : error) });
  };
}

/** MCP Authorization, Authorization Code Protection: without it a client refuses to go on. */
function requirePkce(metadata: AuthorizationServerMetadata | undefined, server: URL): void {
  if (!metadata || metadata.code_challenge_methods_supported?.includes('S256')) return;
  throw new CastellanError({
    code: 'not_allowed',
    message: `The authorization server of ${showUrl(server)} does not say that it knows PKCE with S256.`,
    hint: 'Without it somebody else could use the code of a sign-in. Tell whoever runs the server.',
  });
}

function notPrivate(server: URL): CastellanError {
  return new CastellanError({
    code: 'not_allowed',
    message: `${showUrl(server)} is without TLS: a token that is sent there can be read on the way.`,
    hint: 'Use its https address; http is for servers on this machine.',
  });
}

function badAddress(server: URL, url: URL): CastellanError {
  const where =
    url.protocol === 'http:' ? (isOnThisMachine(url) ? url.origin : `${url.origin}, without TLS`) : url.protocol;
  return new CastellanError({
    code: 'not_allowed',
    message: `${showUrl(server)} would send you to an address that is no page to sign in at (${where}).`,
    hint: 'Nothing was opened. Do not use this server before you know why.',
  });
}

function notBearer(server: URL, type: string): CastellanError {
  return new CastellanError({
    code: 'platform_answer_invalid',
    message: `${showUrl(server)} is given a token of a kind that this client does not use (${type.slice(0, 20)}).`,
    hint: 'Tell whoever runs the server: clients of MCP use bearer tokens.',
  });
}
