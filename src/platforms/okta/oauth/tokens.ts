// An access token of Okta, and what must be true of the answer that brings one.

import type { TokenEndpointResponse } from 'oauth4webapi';
import { CastellanError } from '../../../core/errors.ts';
import type { AccessToken, Tokens as AnyTokens } from '../../../core/tokens.ts';
import type { Prover } from './proof.ts';

export interface Token extends AccessToken {
  /** Undefined for a bearer token. */
  readonly prover: Prover | undefined;
  readonly scopes: ReadonlySet<string>;
}

export type Tokens = AnyTokens<Token>;

export type DpopChoice = boolean | 'auto';

/** What must be true of a token answer beyond what the library checks (RFC 6749 §5.1, RFC 9449 §5). */
export function tokenFrom(
  answer: TokenEndpointResponse,
  facts: {
    readonly prover: Prover | undefined;
    readonly dpop: DpopChoice;
    readonly asked: Iterable<string>;
    readonly now: number;
  },
): Token {
  const { prover, dpop, asked, now } = facts;
  const bound = answer.token_type === 'dpop';
  if (bound && !prover) throw mismatch('a token that is bound to a key, though none was sent', 'auto');
  if (!bound && dpop === true) throw mismatch('an ordinary bearer token, though DPoP was demanded', 'auto');
  if (answer.expires_in === undefined || answer.expires_in <= 0) {
    throw mismatch('a token without a lifetime', undefined);
  }
  return {
    accessToken: answer.access_token,
    prover: bound ? prover : undefined,
    issuedAt: now,
    expiresAt: now + answer.expires_in * 1000,
    // Left out, the scope is what was asked for (RFC 6749 §5.1).
    scopes: new Set(answer.scope?.split(' ').filter(Boolean) ?? asked),
  };
}

function mismatch(what: string, dpop: string | undefined): CastellanError {
  return new CastellanError({
    code: 'platform_answer_invalid',
    message: `Okta gave ${what}.`,
    hint: dpop
      ? `Set dpop (OKTA_DPOP) to ${dpop}, or change “Require DPoP header in token requests” at the app.`
      : 'Check that the organization’s address is its own and nothing stands between.',
  });
}
