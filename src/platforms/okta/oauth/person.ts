// The credential of a person who signed in at the terminal: the kept tokens, refreshed by one process at a time.

import { CastellanError, toCastellanError } from '../../../core/errors.ts';
import { createTokens, isFresh } from '../../../core/tokens.ts';
import type { Vault } from '../../../stores/vault.ts';
import { signInNeeded } from './problems.ts';
import { openProver, type Prover } from './proof.ts';
import { exchange, type ServerOptions } from './server.ts';
import { readSignIn, type SignIn, signInName, writeSignIn } from './sign-in.ts';
import { type DpopChoice, type Token, type Tokens, tokenFrom } from './tokens.ts';

export interface PersonOptions extends ServerOptions {
  readonly tenant: string;
  readonly login: string;
  readonly vault: Vault;
  readonly dpop: DpopChoice;
  readonly now: () => number;
}

export function createPersonTokens(options: PersonOptions): Tokens {
  const { vault, origin, tenant, asking, now, dpop, login } = options;
  const name = signInName({ tenant, origin, clientId: asking.clientId });
  let opened: { readonly key: string; readonly prover: Prover } | undefined;

  /** The same key keeps its prover, which knows the server's nonce. */
  async function proverOf(key: string | undefined): Promise<Prover | undefined> {
    if (key === undefined) return undefined;
    if (opened?.key !== key) opened = { key, prover: await openProver(key, now) };
    return opened.prover;
  }

  async function asToken(kept: SignIn): Promise<Token> {
    const prover = kept.bound ? await proverOf(kept.proofKey) : undefined;
    const { accessToken, issuedAt, expiresAt } = kept;
    return { accessToken, prover, issuedAt, expiresAt, scopes: new Set(kept.scopes) };
  }

  async function stillGood(refused: string | undefined): Promise<{ readonly kept: SignIn; readonly good: boolean }> {
    const kept = await readSignIn(vault, name);
    if (!kept) throw new CastellanError(signInNeeded('Nobody has signed in to this organization', undefined, login));
    return { kept, good: kept.accessToken !== refused && isFresh(kept, now()) };
  }

  async function refresh(kept: SignIn): Promise<SignIn> {
    const { refreshToken } = kept;
    if (refreshToken === undefined) {
      throw new CastellanError(
        signInNeeded('The sign-in is over, and it came without a refresh token', undefined, login),
      );
    }
    const prover = await proverOf(kept.proofKey);
    const answer = await exchange(options, undefined, prover?.handle, async ({ library, server, client, options }) => {
      const response = await library.refreshTokenGrantRequest(server, client, library.None(), refreshToken, options);
      return library.processRefreshTokenResponse(server, client, response);
    });
    const token = tokenFrom(answer, { prover, dpop, asked: kept.scopes, now: now() });
    return {
      ...kept,
      accessToken: token.accessToken,
      // Okta may rotate it: the old one then counts no more (RFC 6749 §6).
      refreshToken: answer.refresh_token ?? refreshToken,
      issuedAt: token.issuedAt,
      expiresAt: token.expiresAt,
      scopes: [...token.scopes],
      bound: token.prover !== undefined,
    };
  }

  return createTokens(async (refused) => {
    const before = await stillGood(refused);
    if (before.good) return asToken(before.kept);
    return vault.alone(name, async () => {
      // Another process may have refreshed it while this one waited.
      const { kept, good } = await stillGood(refused);
      if (good) return asToken(kept);
      try {
        const renewed = await refresh(kept);
        await writeSignIn(vault, name, renewed);
        return await asToken(renewed);
      } catch (thrown) {
        const { retry } = toCastellanError(thrown);
        // An outage in its last minute: the kept token still counts.
        if (retry.again && kept.accessToken !== refused && now() < kept.expiresAt) return asToken(kept);
        throw thrown;
      }
    });
  }, now);
}
