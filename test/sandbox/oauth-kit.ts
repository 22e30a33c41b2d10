// What the tests of the sandbox's authorization server share: an app and a person's client, written with node:crypto alone.

import { createHash, generateKeyPairSync, type JsonWebKey, type KeyObject, randomUUID, sign } from 'node:crypto';
import type { Sandbox } from '../../src/sandbox/index.ts';

export interface Key {
  privateKey: KeyObject;
  jwk: JsonWebKey;
  alg: string;
}

type Claims = Record<string, unknown>;

export interface OAuthReply {
  status: number;
  headers: Headers;
  body: Record<string, unknown>;
  text: string;
}

const curves: Record<string, string> = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' };

export function makeKey(alg = 'ES256', modulusLength = 2048): Key {
  const curve = curves[alg];
  const { publicKey, privateKey } = curve
    ? generateKeyPairSync('ec', { namedCurve: curve })
    : generateKeyPairSync('rsa', { modulusLength });
  return { privateKey, jwk: publicKey.export({ format: 'jwk' }), alg };
}

export const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
export const sha256 = (text: string) => createHash('sha256').update(text).digest('base64url');

export function signJwt(header: Claims, claims: Claims, key: Key): string {
  const input = `${encode(header)}.${encode(claims)}`;
  const hash = `sha${key.alg.slice(2)}`;
  const signature = sign(hash, Buffer.from(input), { key: key.privateKey, dsaEncoding: 'ieee-p1363' });
  return `${input}.${signature.toString('base64url')}`;
}

export function readClaims(jwt: unknown): Claims {
  return JSON.parse(Buffer.from(String(jwt).split('.')[1] ?? '', 'base64url').toString()) as Claims;
}

/** RFC 7638, for keys of type EC. */
export function thumbprint({ crv, kty, x, y }: JsonWebKey): string {
  return sha256(JSON.stringify({ crv, kty, x, y }));
}

export function createOAuthClient({ okta }: Sandbox, now: () => number = Date.now) {
  const seconds = () => Math.floor(now() / 1000);
  const { tokenUrl, serviceClientId, nativeClientId } = okta.oauth;

  async function send(url: string, init: RequestInit = {}): Promise<OAuthReply> {
    const response = await fetch(url.startsWith('http') ? url : okta.url + url, { redirect: 'manual', ...init });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.startsWith('application/json');
    return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : {} };
  }

  const post = (url: string, form: Record<string, string>, headers: Record<string, string> = {}) =>
    send(url, { method: 'POST', body: new URLSearchParams(form), headers });

  function assertion(key: Key, claims: Claims = {}, header: Claims = {}): string {
    const id = serviceClientId;
    const standard = { iss: id, sub: id, aud: tokenUrl, iat: seconds(), exp: seconds() + 300, jti: randomUUID() };
    return signJwt({ alg: key.alg, kid: key.jwk.kid, ...header }, { ...standard, ...claims }, key);
  }

  function proof(key: Key, method: string, url: string, claims: Claims = {}, header: Claims = {}): string {
    const standard = { htm: method, htu: url.replace(/[?#].*$/, ''), iat: seconds(), jti: randomUUID() };
    return signJwt({ typ: 'dpop+jwt', alg: key.alg, jwk: key.jwk, ...header }, { ...standard, ...claims }, key);
  }

  const asService = (clientAssertion: string): Record<string, string> => ({
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: clientAssertion,
  });

  const askToken = (form: Record<string, string>, dpop?: string) =>
    post(tokenUrl, form, dpop === undefined ? {} : { dpop });

  const credentials = (key: Key, scope: string, claims: Claims = {}) => ({
    grant_type: 'client_credentials',
    scope,
    ...asService(assertion(key, claims)),
  });

  /** The dance of a service app: once without a nonce, once with. */
  async function serviceToken(key: Key, scope: string, dpopKey?: Key): Promise<OAuthReply> {
    if (!dpopKey) return askToken(credentials(key, scope));
    const first = await askToken(credentials(key, scope), proof(dpopKey, 'POST', tokenUrl));
    const nonce = first.headers.get('dpop-nonce');
    return askToken(credentials(key, scope), proof(dpopKey, 'POST', tokenUrl, { nonce }));
  }

  /** Calls the API with a token, bound to a key where one is given. */
  function callApi(
    token: unknown,
    path: string,
    init: { method?: string; key?: Key; claims?: Claims; dpop?: string } = {},
  ) {
    const { method = 'GET', key, claims } = init;
    const url = okta.url + path;
    const dpop = init.dpop ?? (key && proof(key, method, url, { ath: sha256(String(token)), ...claims }));
    const headers =
      dpop === undefined ? { authorization: `Bearer ${token}` } : { authorization: `DPoP ${token}`, dpop };
    return send(url, { method, headers });
  }

  return {
    send,
    post,
    assertion,
    proof,
    asService,
    askToken,
    credentials,
    serviceToken,
    callApi,
    tokenUrl,
    serviceClientId,
    nativeClientId,
  };
}

export type OAuthTestClient = ReturnType<typeof createOAuthClient>;

/** `error` of a refusal, with its sentence. */
export function errorOf(reply: OAuthReply): string {
  return `${reply.status} ${reply.body.error}: ${reply.body.error_description}`;
}

/** `error` of a refusal by the API, which stands in WWW-Authenticate. */
export function challengeOf(reply: OAuthReply): { scheme: string; error: string; description: string; scope: string } {
  const text = reply.headers.get('www-authenticate') ?? '';
  const read = (name: string) => new RegExp(`(?:^|[ ,])${name}="([^"]*)"`).exec(text)?.[1] ?? '';
  return {
    scheme: text.split(' ')[0] ?? '',
    error: read('error'),
    description: read('error_description'),
    scope: read('scope'),
  };
}
