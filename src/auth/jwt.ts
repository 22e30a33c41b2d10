// Access tokens that are JSON Web Tokens (RFC 9068, and vendors' own forms of it), verified by the issuer's keys.

import { errors, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { IssuerUnavailable, type Json } from './addresses.ts';
import { type Rules, readClaims, refuse, type SignedIn, TokenRefused } from './claims.ts';

export interface JwtOptions {
  readonly rules: Rules;
  readonly algorithms: readonly string[];
  readonly keys: JWTVerifyGetKey;
  readonly now: () => number;
  /** What else must hold; it throws where it does not. */
  readonly check?: (claims: Json) => Promise<void>;
}

/** @throws {TokenRefused | IssuerUnavailable} */
export type Verify = (token: string) => Promise<SignedIn>;

export function verifyJwt({ rules, algorithms, keys, now, check }: JwtOptions): Verify {
  return async (token) => {
    try {
      const { payload, protectedHeader } = await jwtVerify(token, keys, {
        algorithms: [...algorithms],
        clockTolerance: rules.clockSkew,
        currentDate: new Date(now()),
      });
      checkType(protectedHeader.typ, payload);
      const signedIn = readClaims(payload, rules, now());
      await check?.(payload);
      return signedIn;
    } catch (error) {
      if (error instanceof TokenRefused || error instanceof IssuerUnavailable) throw error;
      throw refusalOf(error);
    }
  };
}

/**
 * A token of another kind that the same issuer signed must not pass (RFC 8725 §3.11). `at+jwt` says that it is one for
 * access; where vendors say `JWT`, or nothing, it must look like one: an ID token names neither client nor scope.
 */
function checkType(type: unknown, claims: Json): void {
  const kind = typeof type === 'string' ? type.toLowerCase().replace(/^application\//, '') : type;
  if (kind === 'at+jwt') return;
  const looks = ['scope', 'scp', 'client_id', 'cid'].some((name) => claims[name] !== undefined);
  if ((kind !== undefined && kind !== 'jwt') || !looks) refuse('no access token', 'The token is no access token.');
}

function refusalOf(error: unknown): unknown {
  if (error instanceof errors.JWTExpired) return new TokenRefused('expired', 'The token has expired.');
  if (error instanceof errors.JWTClaimValidationFailed)
    return error.claim === 'nbf'
      ? new TokenRefused('not yet valid', 'The token is not valid yet.')
      : new TokenRefused(`claim ${error.claim}`, 'The token’s times make no sense.');
  // Which of them it was helps nobody who has a token of ours.
  if (error instanceof errors.JOSEError) return new TokenRefused(error.code, 'The token is not valid.');
  return error;
}
