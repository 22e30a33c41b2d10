// The access token of a kept sign-in to an MCP server: renewed before it ends, by one process at a time.

import { type FetchLike, refreshAuthorization } from '@modelcontextprotocol/client';
import { CastellanError } from '../../core/errors.ts';
import { type AccessToken, createTokens, isFresh, type Tokens } from '../../core/tokens.ts';
import type { Vault } from '../../stores/vault.ts';
import { showUrl } from '../connect-failure.ts';
import { guardFetch } from './guarded-fetch.ts';
import { type KeptSignIn, readSignIn, rereadSignIn, rewriteSignIn, signInName } from './kept.ts';
import { describeSignInFailure, signInNeeded } from './problems.ts';

export interface TokenOptions {
  readonly server: URL;
  readonly vault: Vault;
  readonly fetch: FetchLike;
  readonly now: () => number;
}

export interface ServerToken extends AccessToken {
  readonly resource: string;
  readonly scopes: readonly string[];
}

/** Like those of a tenant: one for all who wait. @throws CastellanError that says how to sign in */
export function createServerTokens(options: TokenOptions): Tokens<ServerToken> {
  const { server, vault, now } = options;

  async function kept(): Promise<KeptSignIn> {
    const signIn = await readSignIn(vault, server);
    if (!signIn) throw signInNeeded(server, `Nobody has signed in to ${showUrl(server)} on this machine.`);
    return signIn;
  }

  const usable = (signIn: KeptSignIn, refused: string | undefined) => {
    const token = tokenOf(signIn);
    return token && token.accessToken !== refused && isFresh(token, now()) ? token : undefined;
  };

  return createTokens(async (refused) => {
    const before = await kept();
    const good = usable(before, refused);
    if (good) return good;
    const name = signInName(before);
    return vault.alone(name, async () => {
      // Another process may have renewed it while this one waited.
      const signIn = (await rereadSignIn(vault, server, name)) ?? before;
      const token = usable(signIn, refused);
      if (token) return token;
      try {
        const renewed = await renew(options, signIn);
        // Before it is used: the refresh token before this one may count no more (RFC 6749 §6).
        await rewriteSignIn(vault, renewed);
        return required(tokenOf(renewed));
      } catch (thrown) {
        const error = describeSignInFailure(thrown, server);
        const last = tokenOf(signIn);
        const outage = error instanceof CastellanError && error.retry.again;
        if (outage && last && last.accessToken !== refused && now() < last.expiresAt) return last;
        // What the authorization server refused once is not brought to it again.
        if (isOver(error)) await rewriteSignIn(vault, withoutTokens(signIn));
        throw error;
      }
    });
  }, now);
}

async function renew({ server, fetch, now }: TokenOptions, signIn: KeptSignIn): Promise<KeptSignIn> {
  const { refreshToken, resource, named, issuer, client } = signIn;
  if (refreshToken === undefined)
    throw signInNeeded(server, `The sign-in to ${showUrl(server)} is over, and nothing is left to renew it with.`);
  const { registered: _registered, ...clientInformation } = client;
  const answer = await refreshAuthorization(issuer, {
    metadata: signIn.server,
    clientInformation,
    refreshToken,
    fetchFn: guardFetch(fetch, server),
    ...(named && { resource }),
  });
  const { expiresAt: _expiresAt, ...rest } = signIn;
  return {
    ...rest,
    accessToken: answer.access_token,
    refreshToken: answer.refresh_token ?? refreshToken,
    issuedAt: now(),
    ...(answer.expires_in !== undefined && { expiresAt: now() + answer.expires_in * 1000 }),
    scopes: answer.scope?.split(' ').filter(Boolean) ?? signIn.scopes,
  };
}

function tokenOf({ accessToken, issuedAt, expiresAt, resource, scopes }: KeptSignIn): ServerToken | undefined {
  if (accessToken === undefined) return undefined;
  return { accessToken, issuedAt, expiresAt: expiresAt ?? Number.POSITIVE_INFINITY, resource, scopes };
}

function withoutTokens({ accessToken: _access, refreshToken: _refresh, ...rest }: KeptSignIn): KeptSignIn {
  return rest;
}

function isOver(error: unknown): boolean {
  if (!(error instanceof CastellanError)) return false;
  const { oauth } = (error.detail ?? {}) as { readonly oauth?: unknown };
  return oauth === 'invalid_grant';
}

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new TypeError('a renewed sign-in has a token');
  return value;
}
