// Proof of possession as Okta asks for it (RFC 9449): the proof's own checks, and the nonces of the token endpoint.

import {
  type Claims,
  digest,
  isAllowedAlgorithm,
  isPrivateJwk,
  isSignedBy,
  readJwt,
  thumbprint,
} from '../../oidc/jwt.ts';
import type { OktaCall } from '../answer.ts';
import { invalidProof, OAuthProblem } from './problems.ts';
import { type OAuthState, randomText } from './state.ts';

const day = 86_400_000;
/** Okta: a new nonce every 24 hours, and the old ones are good for three days more. */
const nonceLife = 4 * day;
const oldestProof = 300;
const skew = 60;

export interface Proof {
  jkt: string;
  claims: Claims;
}

/** The proof of a call; undefined where it has none. @throws OAuthProblem invalid_dpop_proof */
export function readProof(call: OktaCall, base: string, now: number): Proof | undefined {
  const text = call.headers.dpop;
  if (text === undefined) return undefined;
  if (text.includes(',')) throw invalidProof('Multiple DPoP proof JWT headers are not allowed.');
  const jwt = readJwt(text.trim());
  if (!jwt) throw invalidProof('The DPoP proof JWT cannot be parsed.');
  const { header, claims } = jwt;
  if (header.typ !== 'dpop+jwt') throw invalidProof("'typ' must be 'dpop+jwt' in the DPoP proof JWT.");
  if (!isAllowedAlgorithm(header.alg)) throw invalidProof('The DPoP proof JWT signature algorithm is invalid.');
  const jwk = header.jwk;
  if (typeof jwk !== 'object' || jwk === null || isPrivateJwk(jwk as Claims))
    throw invalidProof('The DPoP proof JWT is invalid.');
  if (!isSignedBy(jwt, jwk as Claims)) throw invalidProof('The DPoP proof JWT signature is invalid.');
  if (claims.htm !== call.method) throw invalidProof("'htm' claim in the DPoP proof JWT is invalid.");
  if (claims.htu !== base + readablePath(call.url.pathname))
    throw invalidProof("'htu' claim in the DPoP proof JWT is invalid.");
  checkAge(claims, now / 1000);
  return { jkt: thumbprint(jwk as Claims), claims };
}

function checkAge({ iat, exp }: Claims, now: number): void {
  if (typeof iat !== 'number') throw invalidProof("'iat' claim in the DPoP proof JWT is invalid.");
  if (iat > now + skew) throw invalidProof('The DPoP proof JWT is issued in the future.');
  if (iat < now - oldestProof) throw invalidProof('The DPoP proof JWT is issued more than five minutes in the past.');
  if (exp !== undefined && (typeof exp !== 'number' || exp <= now))
    throw invalidProof('The DPoP proof JWT is expired.');
}

/** Each proof once (RFC 9449 §11.1). */
export function useProof({ claims, jkt }: Proof, oauth: OAuthState): void {
  if (typeof claims.jti !== 'string' || claims.jti === '')
    throw invalidProof("'jti' claim in the DPoP proof JWT is invalid.");
  const until = (Number(claims.iat) + oldestProof + 1) * 1000;
  if (!oauth.useOnce(`proof ${jkt} ${claims.jti}`, until))
    throw invalidProof('The DPoP proof JWT has already been used.');
}

/**
 * Okta compares `htu` with the path decoded, UTF-8 too: for a request to /users/ann%40example.com the proof must say
 * /users/ann@example.com (github.com/okta/okta-sdk-python/issues/541, github.com/okta/okta-sdk-nodejs/issues/521). Only a
 * percent sign, a space, a double quote and a hash stay encoded (github.com/okta/okta-sdk-java/pull/1526, tried on a live
 * organization).
 */
function readablePath(pathname: string): string {
  return pathname.replace(/(?:%[0-9a-f]{2})+/gi, (encoded) => {
    const text = Buffer.from(encoded.replaceAll('%', ''), 'hex').toString('utf8');
    return text.replace(/[% "#]/g, (kept) => `%${kept.charCodeAt(0).toString(16)}`);
  });
}

/** The nonce that new proofs at the token endpoint must carry. */
export function currentNonce(oauth: OAuthState, now: number): string {
  const newest = oauth.nonces.at(-1);
  if (newest && now < newest.since + day) return newest.value;
  const value = randomText();
  oauth.nonces = [...oauth.nonces.filter(({ since }) => now < since + nonceLife), { value, since: now }];
  return value;
}

/** @throws OAuthProblem use_dpop_nonce, with a nonce to use, where the proof has none or one that is not known any more */
export function checkNonce({ claims }: Proof, oauth: OAuthState, now: number): void {
  const known = oauth.nonces.some(({ value, since }) => value === claims.nonce && now < since + nonceLife);
  if (known) return;
  throw new OAuthProblem('use_dpop_nonce', 'Authorization server requires nonce in DPoP proof.', 400, {
    'dpop-nonce': currentNonce(oauth, now),
  });
}

/** RFC 9449 §4.2: the hash of the access token that the proof goes with. */
export function checkTokenHash({ claims }: Proof, accessToken: string): void {
  if (claims.ath !== digest(accessToken))
    throw invalidProof("'ath' claim in the DPoP proof does not match the presented access_token.");
}
