// A person's sign-in for the central API as it is kept between processes.

import { z } from 'zod';
import { CastellanError } from '../../../core/errors.ts';
import type { Vault } from '../../../stores/vault.ts';
import type { ServerOptions } from './server.ts';

const signInShape = z.strictObject({
  version: z.literal(1),
  accessToken: z.string(),
  refreshToken: z.string().optional(),
  /** Epoch milliseconds. */
  issuedAt: z.number(),
  expiresAt: z.number(),
  scopes: z.array(z.string()),
});

export type SignIn = z.infer<typeof signInShape>;

/** Where the answer does not say how long a token lives, milliseconds. */
const shortLifeMs = 300_000;

/** Another server, client or API under the same tenant name must never get these tokens. */
export function signInName(
  tenant: string,
  { issuer, clientId, resource }: Pick<ServerOptions, 'issuer' | 'clientId' | 'resource'>,
): string {
  return `scalekit ${tenant} ${issuer.href} ${clientId} ${resource}`;
}

export async function readSignIn(vault: Vault, name: string, login: string): Promise<SignIn | undefined> {
  const text = await vault.read(name);
  if (text === undefined) return undefined;
  try {
    return signInShape.parse(JSON.parse(text));
  } catch {
    // Without a cause: it would quote what is kept.
    throw new CastellanError({
      code: 'unauthorized',
      message: 'The stored sign-in is damaged, or of another version of Castellan.',
      hint: `Run \`${login}\` again.`,
    });
  }
}

export function writeSignIn(vault: Vault, name: string, signIn: SignIn): Promise<void> {
  return vault.write(name, JSON.stringify(signIn));
}

interface TokenAnswer {
  readonly access_token: string;
  readonly refresh_token?: string | undefined;
  readonly expires_in?: number | undefined;
  readonly scope?: string | undefined;
}

/** What is left out is as it was before, or as it was asked for (RFC 6749 §5.1, §6). */
export function signInFrom(
  answer: TokenAnswer,
  before: { readonly refreshToken?: string | undefined; readonly scopes: readonly string[] },
  now: number,
): SignIn {
  const refreshToken = answer.refresh_token ?? before.refreshToken;
  return {
    version: 1,
    accessToken: answer.access_token,
    ...(refreshToken !== undefined && { refreshToken }),
    issuedAt: now,
    expiresAt: now + (answer.expires_in === undefined ? shortLifeMs : answer.expires_in * 1000),
    scopes: answer.scope?.split(' ').filter(Boolean) ?? [...before.scopes],
  };
}
