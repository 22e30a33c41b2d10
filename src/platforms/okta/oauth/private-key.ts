// The private key of a service app, as people have it: PEM (PKCS #8, PKCS #1, SEC 1) or a JSON Web Key.

import { createPrivateKey, type JsonWebKey, type KeyObject, type webcrypto } from 'node:crypto';

export interface PrivateKey {
  readonly key: KeyObject;
  /** How it signs (RFC 7518 §3.1): what Okta takes for private_key_jwt. */
  readonly alg: 'RS256' | 'RS384' | 'RS512' | 'ES256' | 'ES384' | 'ES512';
  /** The name that a JSON Web Key gives itself. */
  readonly kid: string | undefined;
}

/** https://developer.okta.com/docs/api/openapi/okta-oauth/guides/client-auth/#jwt-with-private-key */
const minRsaBits = 2048;
const curves: Readonly<Record<string, PrivateKey['alg']>> = {
  prime256v1: 'ES256',
  secp384r1: 'ES384',
  secp521r1: 'ES512',
};

/** @throws Error whose message continues a sentence about the key ("is …") and holds nothing of it. */
export function readPrivateKey(text: string): PrivateKey {
  const trimmed = text.trim();
  return trimmed.startsWith('{') ? fromJwk(trimmed) : fromPem(trimmed);
}

function fromPem(text: string): PrivateKey {
  // Many ways of setting a variable turn line breaks into the two characters.
  const pem = text.replaceAll('\\n', '\n');
  const label = /-----BEGIN ([A-Z0-9 ]+)-----/.exec(pem)?.[1];
  if (label === undefined) throw new Error('is neither a PEM text (-----BEGIN PRIVATE KEY-----) nor a JSON Web Key');
  if (!label.endsWith('PRIVATE KEY')) throw new Error(`is a ${label.toLowerCase()}, not a private key`);
  if (label.startsWith('ENCRYPTED') || pem.includes('Proc-Type: 4,ENCRYPTED')) {
    throw new Error('is encrypted with a passphrase, which Castellan cannot ask for');
  }
  return { ...usable(open(() => createPrivateKey(pem))), kid: undefined };
}

function fromJwk(text: string): PrivateKey {
  const jwk = parseObject(text);
  if (Array.isArray(jwk.keys)) throw new Error('is a set of keys: pass one of them');
  if (typeof jwk.kty !== 'string') throw new Error('is no JSON Web Key: it has no kty');
  if (typeof jwk.d !== 'string') throw new Error('is only the public half of a key (it has no d)');
  const { key, alg } = usable(open(() => createPrivateKey({ key: jwk as JsonWebKey, format: 'jwk' })));
  const kid = typeof jwk.kid === 'string' && jwk.kid !== '' ? jwk.kid : undefined;
  if (jwk.alg === undefined) return { key, alg, kid };
  const named = alg.startsWith('RS') ? ['RS256', 'RS384', 'RS512'] : [alg];
  if (!named.includes(String(jwk.alg)))
    throw new Error(`says an alg that does not go with it (${named.join(', ')} does)`);
  return { key, alg: jwk.alg as PrivateKey['alg'], kid };
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // What the parser says would quote the key.
  }
  throw new Error('is neither a PEM text nor the JSON of a key');
}

function open(read: () => KeyObject): KeyObject {
  try {
    return read();
  } catch {
    throw new Error('is damaged: it cannot be read as a private key');
  }
}

function usable(key: KeyObject): Pick<PrivateKey, 'key' | 'alg'> {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  if (type === 'rsa') {
    const bits = details?.modulusLength ?? 0;
    if (bits < minRsaBits) throw new Error(`is an RSA key of ${bits} bits; ${minRsaBits} is the least`);
    return { key, alg: 'RS256' };
  }
  const alg = type === 'ec' ? curves[details?.namedCurve ?? ''] : undefined;
  if (!alg)
    throw new Error(`is of a kind that Okta does not take (${type ?? 'unknown'}); make an RSA or an EC P-256 key`);
  return { key, alg };
}

/** For the Web Cryptography API, not to be exported again. */
export function toSigningKey({ key, alg }: PrivateKey): webcrypto.CryptoKey {
  const hash = `SHA-${alg.slice(2)}`;
  const algorithm = alg.startsWith('RS')
    ? { name: 'RSASSA-PKCS1-v1_5', hash }
    : { name: 'ECDSA', namedCurve: alg === 'ES512' ? 'P-521' : `P-${alg.slice(2)}` };
  return key.toCryptoKey(algorithm, false, ['sign']);
}
