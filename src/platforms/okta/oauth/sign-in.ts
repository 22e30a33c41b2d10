// A person's sign-in as it is kept between processes: tokens, what they allow, and the key that they are bound to.

import { z } from 'zod';
import { CastellanError } from '../../../core/errors.ts';
import type { Vault } from '../../../stores/vault.ts';

const signInShape = z.strictObject({
  version: z.literal(1),
  accessToken: z.string(),
  refreshToken: z.string().optional(),
  /** Epoch milliseconds. */
  issuedAt: z.number(),
  expiresAt: z.number(),
  scopes: z.array(z.string()),
  /** The key that was proved to the server; the refresh token of a public client is bound to it (RFC 9449 §5). */
  proofKey: z.string().optional(),
  /** Whether the access token is bound to it as well. */
  bound: z.boolean(),
});

export type SignIn = z.infer<typeof signInShape>;

export interface SignInPlace {
  readonly tenant: string;
  readonly origin: URL;
  readonly clientId: string;
}

/** Another organization or application under the same tenant name must never get these tokens. */
export function signInName({ tenant, origin, clientId }: SignInPlace): string {
  return `okta ${tenant} ${origin.origin} ${clientId}`;
}

export async function readSignIn(vault: Vault, name: string): Promise<SignIn | undefined> {
  const text = await vault.read(name);
  if (text === undefined) return undefined;
  try {
    return signInShape.parse(JSON.parse(text));
  } catch {
    // Without a cause: it would quote what is kept.
    throw new CastellanError({
      code: 'unauthorized',
      message: 'The stored sign-in is damaged, or of another version of Castellan.',
      hint: 'Run `castellan login okta` again.',
    });
  }
}

export function writeSignIn(vault: Vault, name: string, signIn: SignIn): Promise<void> {
  return vault.write(name, JSON.stringify(signIn));
}
