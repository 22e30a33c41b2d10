// The credential of a person who signed in for the central API at the terminal: the kept tokens, refreshed by one process at
// a time. Never the token that came with a call.

import { CastellanError, toCastellanError } from '../../../core/errors.ts';
import { type AccessToken, createTokens, isFresh, type Tokens } from '../../../core/tokens.ts';
import type { Vault } from '../../../stores/vault.ts';
import { exchange, type ServerOptions, signInNeeded } from './server.ts';
import { readSignIn, type SignIn, signInFrom, signInName, writeSignIn } from './sign-in.ts';

export interface PersonOptions extends ServerOptions {
  readonly tenant: string;
  readonly vault: Vault;
  readonly now: () => number;
}

export function createPersonTokens(options: PersonOptions): Tokens<AccessToken> {
  const { vault, tenant, login, now } = options;
  const name = signInName(tenant, options);

  async function kept(): Promise<SignIn> {
    const signIn = await readSignIn(vault, name, login);
    if (!signIn) throw new CastellanError(signInNeeded('Nobody has signed in to this workspace', login));
    return signIn;
  }

  return createTokens(async (refused) => {
    const isGood = (signIn: SignIn) => signIn.accessToken !== refused && isFresh(signIn, now());
    const before = await kept();
    if (isGood(before)) return before;
    return vault.alone(name, async () => {
      // Another process may have refreshed it while this one waited.
      const signIn = await kept();
      if (isGood(signIn)) return signIn;
      try {
        const renewed = await renew(options, signIn);
        await writeSignIn(vault, name, renewed);
        return renewed;
      } catch (thrown) {
        const { retry } = toCastellanError(thrown);
        // An outage in its last minute: the kept token still counts.
        if (retry.again && signIn.accessToken !== refused && now() < signIn.expiresAt) return signIn;
        throw thrown;
      }
    });
  }, now);
}

function renew(options: PersonOptions, signIn: SignIn): Promise<SignIn> {
  const { login, resource, now } = options;
  const { refreshToken } = signIn;
  if (refreshToken === undefined)
    throw new CastellanError(signInNeeded('The sign-in is over, and it came without a refresh token', login));
  return exchange(options, async ({ library, server, client, authentication, options: http }) => {
    const more = { ...http, additionalParameters: { resource } };
    const response = await library.refreshTokenGrantRequest(server, client, authentication, refreshToken, more);
    const answer = await library.processRefreshTokenResponse(server, client, response);
    return signInFrom(answer, signIn, now());
  });
}
