// Signing out of an MCP server: its tokens are revoked where they came from (RFC 7009) and forgotten here.

import { type FetchLike, OAuthError } from '@modelcontextprotocol/client';
import * as oauth from 'oauth4webapi';
import { CastellanError } from '../../core/errors.ts';
import type { Vault } from '../../stores/vault.ts';
import { guardFetch } from './guarded-fetch.ts';
import { type KeptSignIn, readSignIn, removeSignIn, removeUnreadable, signInName } from './kept.ts';
import { cleanText, describeSignInFailure } from './problems.ts';
import { exchange } from './requests.ts';

export interface SignOutOptions {
  readonly server: URL;
  readonly vault: Vault;
  readonly fetch: FetchLike;
}

/** Nobody was signed in; forgotten here and revoked there; or forgotten here only, and why. */
export type SignedOut =
  | { readonly was: 'nobody' }
  | { readonly was: 'revoked' }
  | { readonly was: 'forgotten'; readonly because: string };

/** Forgets the sign-in whatever the authorization server says: a token that nobody has cannot be used. */
export async function signOut(options: SignOutOptions): Promise<SignedOut> {
  const { server, vault } = options;
  let found: KeptSignIn | undefined;
  try {
    found = await readSignIn(vault, server);
  } catch (error) {
    if (!(error instanceof CastellanError)) throw error;
    await removeUnreadable(vault, server);
    return { was: 'forgotten', because: error.message };
  }
  if (!found) return { was: 'nobody' };
  const name = signInName(found);
  return vault.alone(name, async () => {
    const kept = (await readSignIn(vault, server)) ?? found;
    const because = await revoke(options, kept);
    await removeSignIn(vault, server, kept);
    return because === undefined ? { was: 'revoked' } : { was: 'forgotten', because };
  });
}

/** @returns why not */
async function revoke({ server, fetch }: SignOutOptions, kept: KeptSignIn): Promise<string | undefined> {
  const { refreshToken, accessToken } = kept;
  // The refresh token first: with it goes what was made from it (RFC 7009 §2.1).
  const tokens = [refreshToken, accessToken].filter((token) => token !== undefined);
  if (tokens.length === 0) return undefined;
  if (kept.server.revocation_endpoint === undefined) return 'its authorization server has no way to do so.';
  try {
    for (const token of tokens) {
      const asked = {
        server: kept.server as oauth.AuthorizationServer,
        client: kept.client,
        send: guardFetch(fetch, server),
      };
      await exchange(asked, async ({ server: at, client, authentication, options }) => {
        const hint = token === refreshToken ? 'refresh_token' : 'access_token';
        const more = { ...options, additionalParameters: { token_type_hint: hint } };
        const response = await oauth.revocationRequest(at, client, authentication, token, more);
        await oauth.processRevocationResponse(response);
      }).catch((error: unknown) => {
        // One that is read, not looked up, cannot be taken back (RFC 7009 §2.2.1); nothing renews it any more, so it ends soon.
        if (token !== accessToken || refreshToken === undefined || !isUnsupported(error)) throw error;
      });
    }
    return undefined;
  } catch (thrown) {
    if (kept.client.client_secret === undefined && thrown instanceof OAuthError && thrown.code === 'invalid_client')
      return 'there only clients with a secret can revoke.';
    const error = describeSignInFailure(thrown, server);
    return error instanceof CastellanError ? error.message : cleanText(String(error));
  }
}

function isUnsupported(error: unknown): boolean {
  return error instanceof OAuthError && error.code === 'unsupported_token_type';
}
