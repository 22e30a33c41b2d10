// Proofs that whoever sends a token holds the key it is bound to (DPoP, RFC 9449): one per request.

import { createHash, randomUUID, webcrypto } from 'node:crypto';
import type { DPoPHandle } from 'oauth4webapi';
import { loadLibrary } from './server.ts';

export interface Prover {
  /** For the token endpoint; it remembers that server's nonce. */
  readonly handle: DPoPHandle;
  /** The value of the DPoP header for a request with this token. */
  readonly prove: (method: string, url: URL, accessToken: string) => Promise<string>;
  /** A nonce that the API wants in every proof from now on (RFC 9449 §9). */
  readonly useNonce: (nonce: string) => void;
}

interface ProofKey {
  readonly kty: string;
  readonly crv: string;
  readonly x: string;
  readonly y: string;
  readonly d: string;
}

const curve = { name: 'ECDSA', namedCurve: 'P-256' } as const;

/** A new key, as text to be kept: the private half as a JSON Web Key. */
export async function makeProofKey(): Promise<string> {
  const { privateKey } = await webcrypto.subtle.generateKey(curve, true, ['sign', 'verify']);
  const { kty, crv, x, y, d } = await webcrypto.subtle.exportKey('jwk', privateKey);
  return JSON.stringify({ kty, crv, x, y, d });
}

/** @throws when the text is no key that `makeProofKey` made. */
export async function openProver(key: string, now: () => number): Promise<Prover> {
  const { kty, crv, x, y, d } = JSON.parse(key) as ProofKey;
  const publicJwk = { kty, crv, x, y };
  const privateKey = await importKey({ ...publicJwk, d }, 'sign');
  const publicKey = await importKey(publicJwk, 'verify');
  const [library, { SignJWT }] = await Promise.all([loadLibrary(), import('jose/jwt/sign')]);
  const header = { alg: 'ES256', typ: 'dpop+jwt', jwk: publicJwk };
  let nonce: string | undefined;
  return {
    handle: library.DPoP({}, { privateKey, publicKey }),
    prove: (method, url, accessToken) =>
      new SignJWT({
        htm: method,
        htu: `${url.origin}${asOktaReads(url.pathname)}`,
        ath: createHash('sha256').update(accessToken).digest('base64url'),
        ...(nonce !== undefined && { nonce }),
      })
        .setProtectedHeader(header)
        .setIssuedAt(Math.floor(now() / 1000))
        .setJti(randomUUID())
        .sign(privateKey),
    useNonce: (value) => {
      nonce = value;
    },
  };
}

/**
 * A path as Okta holds it against `htu`: decoded, but for what no address can hold. RFC 9449 §4.3 would leave it as it was
 * sent, yet a user named by login, `/users/ann%40example.com`, is refused then (github.com/okta/okta-sdk-python/issues/541,
 * okta-sdk-nodejs/issues/521); the rule was found on a live organization (github.com/okta/okta-sdk-java/pull/1526).
 */
function asOktaReads(pathname: string): string {
  return decodeURIComponent(pathname).replace(/[% "#]/g, encodeURIComponent);
}

function importKey(jwk: webcrypto.JsonWebKey, use: 'sign' | 'verify'): Promise<webcrypto.CryptoKey> {
  // The library wants to read the public half; the private one stays inside.
  return webcrypto.subtle.importKey('jwk', jwk, curve, use === 'verify', [use]);
}
