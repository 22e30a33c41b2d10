// Requests to one MCP server with the token of whoever signed in to it; what is refused for want of a token or of scopes is
// sent once more after the person agreed, or ends in what to do.

import { computeScopeUnion, extractWWWAuthenticateParams, type FetchLike } from '@modelcontextprotocol/client';
import { CastellanError } from '../../core/errors.ts';
import { untilAborted } from '../../core/tokens.ts';
import { showUrl } from '../connect-failure.ts';
import type { Challenge } from './authorize.ts';
import { isPrivateAddress } from './guarded-fetch.ts';
import { type KeptSignIn, readSignIn } from './kept.ts';
import { cleanText, loginCommand, signInNeeded } from './problems.ts';
import { createServerTokens, type ServerToken, type TokenOptions } from './tokens.ts';

export interface SignedFetchOptions extends TokenOptions {
  /**
   * Has the person sign in, while the request that needs it waits; without it, such requests fail with what to run.
   */
  readonly signIn?: ((challenge: Challenge) => Promise<KeptSignIn>) | undefined;
  /** Begins without what is kept, so that the person is asked anew. */
  readonly anew?: boolean;
}

/** More scopes than these are asked for in no one request. */
const maxStepUps = 2;
const patience = new AbortController().signal;

export function createSignedFetch(options: SignedFetchOptions): FetchLike {
  const { server, vault, fetch, signIn } = options;
  let tokens = createServerTokens(options);
  let signedIn: boolean | undefined = options.anew ? false : undefined;
  let asking: Promise<void> | undefined;

  async function current(signal: AbortSignal): Promise<ServerToken | undefined> {
    signedIn ??= (await readSignIn(vault, server)) !== undefined;
    return signedIn ? tokens.get(signal) : undefined;
  }

  /** One person, one page: whoever else waits for it gets what came of it. */
  async function ask(challenge: Challenge, signal: AbortSignal): Promise<void> {
    if (!signIn) throw signInNeeded(server, `${showUrl(server)} asks for a sign-in.`);
    asking ??= signIn(challenge)
      .then(() => {
        tokens = createServerTokens(options);
        signedIn = true;
      })
      .finally(() => {
        asking = undefined;
      });
    await untilAborted(asking, signal);
  }

  return async (input, init) => {
    const url = new URL(input);
    // A server may name addresses of others; what is for it alone goes to it alone (RFC 9700 §4.10).
    if (url.origin !== server.origin) return fetch(url, withToken(init, undefined));
    const signal = init?.signal ?? patience;
    let token = await current(signal).catch((error: unknown) => forgetOrThrow(error));
    let response = await send(url, init, token);
    if (response.status === 401 && token) {
      tokens.drop(token.accessToken);
      token = await tokens.get(signal).catch((error: unknown) => forgetOrThrow(error));
      if (token) {
        await response.body?.cancel();
        response = await send(url, init, token);
      }
    }
    if (response.status === 401) {
      const challenge = challengeOf(response);
      await response.body?.cancel();
      await ask(challenge, signal);
      token = await current(signal);
      response = await send(url, init, token);
      if (response.status === 401) throw stillRefused();
    }
    for (let step = 0; isShortOfScope(response); step++) {
      const { scope, ...challenge } = challengeOf(response);
      await response.body?.cancel();
      if (step === maxStepUps) throw notEnough(scope);
      // What was granted stays asked for, or the new token would lack it.
      const wanted = computeScopeUnion(token?.scopes.join(' '), scope);
      if (!signIn) throw shortOfScope(scope, wanted);
      await ask({ ...challenge, scope: wanted }, signal);
      token = await current(signal);
      response = await send(url, init, token);
    }
    return response;
  };

  function send(url: URL, init: RequestInit | undefined, token: ServerToken | undefined): Promise<Response> {
    // A server of the older transport has several paths; what the token is for is one host.
    if (token && new URL(token.resource).origin !== url.origin) throw outside(token.resource);
    if (token && !isPrivateAddress(url)) throw new TypeError('a token was kept for an address without TLS');
    return fetch(url, withToken(init, token?.accessToken));
  }

  /** A sign-in that is over is begun anew where a person can; an outage is not. */
  function forgetOrThrow(error: unknown): undefined {
    if (signIn && error instanceof CastellanError && error.code === 'unauthorized') return undefined;
    throw error;
  }

  function stillRefused(): CastellanError {
    return new CastellanError({
      code: 'unauthorized',
      message: `${showUrl(server)} refuses the token that its own authorization server gave just now.`,
      hint: 'Look at what the server says, or tell whoever runs it: it may expect another audience.',
    });
  }

  function shortOfScope(scope: string | undefined, wanted: string | undefined): CastellanError {
    const flag = wanted === undefined ? '' : ` --scope '${wanted.replace(/[^\x21\x23-\x5b\x5d-\x7e ]|'/g, '')}'`;
    return new CastellanError({
      code: 'missing_scope',
      message: `${showUrl(server)} wants more rights for this than the sign-in has${scope === undefined ? '' : ` (${cleanText(scope)})`}.`,
      hint: `Run \`${loginCommand(server)}${flag}\`.`,
    });
  }

  /** Asked for and agreed to, and still not enough: asking again would not end. */
  function notEnough(scope: string | undefined): CastellanError {
    return new CastellanError({
      code: 'missing_scope',
      message: `${showUrl(server)} wants more rights for this than its authorization server gave${scope === undefined ? '' : ` (${cleanText(scope)})`}.`,
      hint: 'Whoever signed in may not have them. An administrator of the server can give them.',
    });
  }

  function outside(resource: string): CastellanError {
    return signInNeeded(server, `The kept sign-in is for ${showUrl(new URL(resource))}, not for this address.`);
  }
}

function withToken(init: RequestInit | undefined, accessToken: string | undefined): RequestInit {
  const headers = new Headers(init?.headers);
  headers.delete('authorization');
  if (accessToken !== undefined) headers.set('authorization', `Bearer ${accessToken}`);
  return { ...init, headers };
}

function challengeOf(response: Response): Challenge {
  const { resourceMetadataUrl, scope } = extractWWWAuthenticateParams(response);
  return { resourceMetadataUrl, scope };
}

/** RFC 6750 §3.1 */
function isShortOfScope(response: Response): boolean {
  return response.status === 403 && extractWWWAuthenticateParams(response).error === 'insufficient_scope';
}
