// Signed tokens with node:crypto alone: compact JWS read, checked and made, and the thumbprint of a key (RFC 7515, 7517, 7638).

import {
  createHash,
  createPublicKey,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';

export type Claims = Readonly<Record<string, unknown>>;

export interface Jwt {
  header: Claims;
  claims: Claims;
  /** What the signature is over: header and payload as they were sent. */
  signed: string;
  signature: Buffer;
}

export interface SigningKey {
  kid: string;
  privateKey: KeyObject;
  publicJwk: JsonWebKey;
}

interface Algorithm {
  hash: string;
  kty: 'RSA' | 'EC';
  crv?: string;
}

/** RFC 7518 §3.1. No 'none' and no HMAC: a key that everybody may know proves nothing. */
const algorithms: ReadonlyMap<string, Algorithm> = new Map([
  ['RS256', { hash: 'sha256', kty: 'RSA' }],
  ['RS384', { hash: 'sha384', kty: 'RSA' }],
  ['RS512', { hash: 'sha512', kty: 'RSA' }],
  ['ES256', { hash: 'sha256', kty: 'EC', crv: 'P-256' }],
  ['ES384', { hash: 'sha384', kty: 'EC', crv: 'P-384' }],
  ['ES512', { hash: 'sha512', kty: 'EC', crv: 'P-521' }],
]);

export const algorithmNames: readonly string[] = [...algorithms.keys()];

export function isAllowedAlgorithm(alg: unknown): boolean {
  return typeof alg === 'string' && algorithms.has(alg);
}

/** The parts of a compact JWS, not yet checked; undefined where it is none. */
export function readJwt(text: string): Jwt | undefined {
  const [header, claims, signature, ...rest] = text.split('.');
  if (!header || !claims || signature === undefined || rest.length > 0) return undefined;
  if (![header, claims, signature].every((part) => /^[\w-]*$/.test(part))) return undefined;
  const headerObject = readObject(header);
  const claimsObject = readObject(claims);
  if (!headerObject || !claimsObject) return undefined;
  return {
    header: headerObject,
    claims: claimsObject,
    signed: `${header}.${claims}`,
    signature: Buffer.from(signature, 'base64url'),
  };
}

function readObject(part: string): Claims | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Claims) : undefined;
  } catch {
    return undefined;
  }
}

/** Members of a JWK that only its owner may have (RFC 7518 §6.2.2, §6.3.2, §6.4.1). */
const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'] as const;

export function isPrivateJwk(jwk: Claims): boolean {
  return privateMembers.some((member) => member in jwk);
}

/** Whether the key made this signature by the algorithm that the header names; false for anything out of order. */
export function isSignedBy(jwt: Jwt, jwk: Claims): boolean {
  const algorithm = algorithms.get(String(jwt.header.alg));
  if (!algorithm || jwk.kty !== algorithm.kty || (algorithm.crv !== undefined && jwk.crv !== algorithm.crv))
    return false;
  if (jwk.alg !== undefined && jwk.alg !== jwt.header.alg) return false;
  try {
    const key = createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' });
    // RFC 7518 §3.3: a shorter RSA key must not be used.
    if (algorithm.kty === 'RSA' && (key.asymmetricKeyDetails?.modulusLength ?? 0) < 2048) return false;
    return verify(algorithm.hash, Buffer.from(jwt.signed), { key, dsaEncoding: 'ieee-p1363' }, jwt.signature);
  } catch {
    return false;
  }
}

/** RFC 7638: the required members alone, in order of their names. */
export function thumbprint(jwk: Claims): string {
  const { kty, n, e, crv, x, y } = jwk;
  const required = kty === 'RSA' ? { e, kty, n } : { crv, kty, x, y };
  return digest(JSON.stringify(required));
}

/** SHA-256, base64url: for `ath`, S256 and thumbprints. */
export function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

/** Okta signs by RS256. Making such a key takes a while, so it is made when the first token is. */
export function makeSigningKey(name?: string): SigningKey {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const jwk = publicKey.export({ format: 'jwk' });
  const kid = name ?? thumbprint(jwk);
  return { kid, privateKey, publicJwk: { ...jwk, kid, alg: 'RS256', use: 'sig' } };
}

export function signJwt(claims: Claims, key: SigningKey): string {
  const encode = (value: Claims) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${encode({ kid: key.kid, alg: 'RS256' })}.${encode(claims)}`;
  return `${signed}.${sign('sha256', Buffer.from(signed), key.privateKey).toString('base64url')}`;
}
