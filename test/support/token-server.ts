// An authorization server and an API behind it, written from the RFCs: strict about every proof that it is given.

import { createHash, randomUUID, webcrypto } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  calculateJwkThumbprint,
  decodeProtectedHeader,
  EmbeddedJWK,
  exportJWK,
  importJWK,
  type JWK,
  jwtVerify,
  SignJWT,
} from 'jose';

export interface TokenServerOptions {
  /** Public keys by kid that the service app registered. */
  readonly keys?: Readonly<Record<string, JWK>>;
  readonly clientId?: string;
  /** Scopes that are granted to the app; any other is invalid_scope. */
  readonly grantable?: readonly string[];
}

export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly form: URLSearchParams;
}

export type Answer = (request: Seen, response: ServerResponse) => boolean | Promise<boolean>;

interface Issued {
  readonly jkt: string | undefined;
  readonly scope: string;
  live: boolean;
}

export interface TokenServer {
  readonly origin: string;
  readonly seen: Seen[];
  /** What the server minds, and a test may change while it runs. */
  readonly rules: {
    dpop: 'required' | 'possible' | 'unknown';
    /** The nonce that proofs must carry; undefined for none. */
    nonce: string | undefined;
    apiNonce: string | undefined;
    lifetime: number;
    refresh: 'rotate' | 'keep' | 'none';
    interval: number;
    deviceLifetime: number;
    /** What polling answers, in order; then a token. */
    device: string[];
    /** Parameters that replace those of the redirect back; undefined removes one. */
    callback: Record<string, string | undefined>;
    idToken: Record<string, unknown>;
  };
  /** Asked first at every request; true when it answered itself. */
  before: Answer | undefined;
  /** Every secret that was ever sent or given out. */
  readonly secrets: Set<string>;
  readonly tokenRequests: () => readonly Seen[];
  readonly apiRequests: () => readonly Seen[];
  /** Makes all access tokens bad at the API. */
  readonly revokeAccess: () => void;
  readonly close: () => Promise<void>;
}

const me = '00uperson';

export async function openTokenServer(options: TokenServerOptions = {}): Promise<TokenServer> {
  const { clientId = '0oaservice', keys = {}, grantable } = options;
  const idKeys = (await webcrypto.subtle.generateKey(
    { name: 'RSASSA-PKCS1-v1_5', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' },
    true,
    ['sign', 'verify'],
  )) as webcrypto.CryptoKeyPair;
  const access = new Map<string, Issued>();
  const refresh = new Map<string, Issued>();
  const codes = new Map<string, { challenge: string; redirect: string; scope: string; nonce: string | undefined }>();
  const devices = new Map<string, { scope: string }>();
  const usedIds = new Set<string>();

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', opened.origin);
    let text = '';
    for await (const chunk of request) text += chunk;
    const form = new URLSearchParams(text);
    const seen: Seen = { method: request.method ?? '', path: url.pathname, headers: request.headers, form };
    opened.seen.push(seen);
    for (const name of ['client_assertion', 'code', 'code_verifier', 'refresh_token', 'device_code', 'token']) {
      const value = form.get(name);
      if (value) opened.secrets.add(value);
    }
    if (await opened.before?.(seen, response)) return;
    if (url.pathname === '/oauth2/v1/authorize') return authorize(url, response);
    if (url.pathname.startsWith('/api/')) return api(seen, url, response);
    if (seen.method !== 'POST') return void response.writeHead(405).end();
    try {
      if (url.pathname === '/oauth2/v1/token') return json(response, 200, await token(seen, response));
      if (url.pathname === '/oauth2/v1/device/authorize') return json(response, 200, device(form));
      if (url.pathname === '/oauth2/v1/revoke') {
        client(form);
        for (const held of [access, refresh]) held.delete(form.get('token') ?? '');
        return void response.writeHead(200).end();
      }
      response.writeHead(404).end();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      json(response, error.status, { error: error.code, error_description: error.message });
    }
  }

  /** RFC 7523 §3 for a client with keys; RFC 6749 §2.3.1 none for a public one. */
  async function authenticate(form: URLSearchParams): Promise<void> {
    client(form);
    if (Object.keys(keys).length === 0) return;
    const assertion = form.get('client_assertion') ?? '';
    if (form.get('client_assertion_type') !== 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer') {
      throw new Refusal('invalid_client', 'The client_assertion_type is not supported.', 401);
    }
    try {
      const { kid = '', alg } = decodeProtectedHeader(assertion);
      const jwk = keys[kid];
      if (!jwk) throw new Error(`there is no key ${kid}`);
      const { payload } = await jwtVerify(assertion, await importJWK(jwk, alg), {
        issuer: clientId,
        subject: clientId,
        audience: `${opened.origin}/oauth2/v1/token`,
        requiredClaims: ['exp', 'jti', 'iat'],
      });
      if ((payload.exp ?? 0) - Date.now() / 1000 > 3600) throw new Error('it lives too long');
      if (usedIds.has(String(payload.jti))) throw new Error('jti was used');
      usedIds.add(String(payload.jti));
    } catch (error) {
      throw new Refusal('invalid_client', `The client assertion is not accepted: ${error}`, 401);
    }
  }

  function client(form: URLSearchParams): void {
    if (form.get('client_id') !== clientId) throw new Refusal('invalid_client', 'No such client.', 401);
  }

  /** RFC 9449 §4.3; the thumbprint of the key, undefined without a proof. */
  async function proofOf(
    { headers, method, path }: Seen,
    response: ServerResponse,
    nonce: string | undefined,
    accessToken?: string,
  ): Promise<string | undefined> {
    const proof = headers.dpop;
    if (proof === undefined || Array.isArray(proof)) return undefined;
    const { payload, protectedHeader } = await jwtVerify(proof, EmbeddedJWK, {
      typ: 'dpop+jwt',
      maxTokenAge: 300,
    }).catch((error: unknown) => {
      throw new Refusal('invalid_dpop_proof', String(error));
    });
    const jwk = protectedHeader.jwk as JWK;
    const wrong =
      'd' in jwk || payload.htm !== method || payload.htu !== `${opened.origin}${path}` || !payload.jti
        ? 'it does not fit the request'
        : usedIds.has(String(payload.jti))
          ? 'jti was used'
          : accessToken !== undefined && payload.ath !== createHash('sha256').update(accessToken).digest('base64url')
            ? 'ath does not fit'
            : undefined;
    if (wrong) throw new Refusal('invalid_dpop_proof', `The DPoP proof is not accepted: ${wrong}.`);
    usedIds.add(String(payload.jti));
    if (nonce !== undefined && payload.nonce !== nonce) {
      response.setHeader('dpop-nonce', nonce);
      throw new Refusal('use_dpop_nonce', 'Authorization server requires nonce in DPoP proof.');
    }
    return calculateJwkThumbprint(jwk);
  }

  async function token(seen: Seen, response: ServerResponse): Promise<Record<string, unknown>> {
    const { form } = seen;
    const { rules } = opened;
    const jkt = rules.dpop === 'unknown' ? undefined : await proofOf(seen, response, rules.nonce);
    if (rules.dpop === 'required' && !jkt) {
      throw new Refusal('invalid_dpop_proof', 'The DPoP proof JWT header is missing.');
    }
    await authenticate(form);
    const grant = (form.get('grant_type') ?? '').split(':').at(-1);
    switch (grant) {
      case 'client_credentials': {
        const scope = checkScope(form.get('scope') ?? '');
        return give(jkt, scope, false);
      }
      case 'authorization_code': {
        const code = codes.get(form.get('code') ?? '');
        codes.delete(form.get('code') ?? '');
        const challenge = createHash('sha256')
          .update(form.get('code_verifier') ?? '')
          .digest('base64url');
        if (!code || code.challenge !== challenge || code.redirect !== form.get('redirect_uri')) {
          throw new Refusal('invalid_grant', 'The authorization code is invalid or has expired.');
        }
        return give(jkt, code.scope, true, code.nonce);
      }
      case 'refresh_token': {
        const value = form.get('refresh_token') ?? '';
        const held = refresh.get(value);
        if (!held?.live || held.jkt !== jkt) {
          // RFC 9700 §4.14.2: a rotated one that comes again ends them all.
          if (held) for (const each of refresh.values()) each.live = false;
          throw new Refusal('invalid_grant', 'The refresh token is invalid or expired.');
        }
        if (rules.refresh === 'rotate') held.live = false;
        return give(jkt, held.scope, rules.refresh === 'rotate');
      }
      case 'device_code': {
        const asked = devices.get(form.get('device_code') ?? '');
        if (!asked) throw new Refusal('invalid_grant', 'The device code is invalid.');
        const next = rules.device.shift();
        if (next !== undefined) throw new Refusal(next, `Said ${next}.`);
        return give(jkt, asked.scope, true);
      }
      default:
        throw new Refusal('unsupported_grant_type', 'The grant type is not supported.');
    }
  }

  function checkScope(scope: string): string {
    if (scope === '') throw new Refusal('invalid_scope', 'The scope is missing.');
    const unknown = grantable && scope.split(' ').filter((each) => !grantable.includes(each));
    if (unknown && unknown.length > 0) throw new Refusal('invalid_scope', `Scopes not granted: ${unknown.join(' ')}`);
    return scope;
  }

  async function give(jkt: string | undefined, scope: string, withRefresh: boolean, nonce?: string) {
    const { rules, origin, secrets } = opened;
    const value = `at-${randomUUID()}`;
    access.set(value, { jkt, scope, live: true });
    secrets.add(value);
    const answer: Record<string, unknown> = {
      token_type: jkt ? 'DPoP' : 'Bearer',
      expires_in: rules.lifetime,
      access_token: value,
      scope,
    };
    if (withRefresh && rules.refresh !== 'none') {
      const next = `rt-${randomUUID()}`;
      refresh.set(next, { jkt, scope, live: true });
      secrets.add(next);
      answer.refresh_token = next;
    }
    if (scope.split(' ').includes('openid')) {
      const claims = { ...(nonce !== undefined && { nonce }), preferred_username: 'ada@example.com', ...rules.idToken };
      answer.id_token = await new SignJWT({ iss: origin, aud: clientId, sub: me, ...claims })
        .setProtectedHeader({ alg: 'RS256' })
        .setIssuedAt()
        .setExpirationTime('1h')
        .sign(idKeys.privateKey);
      secrets.add(String(answer.id_token));
    }
    return answer;
  }

  function authorize({ searchParams: asked }: URL, response: ServerResponse): void {
    const { rules, origin } = opened;
    const redirect = new URL(asked.get('redirect_uri') ?? '');
    const code = `code-${randomUUID()}`;
    opened.secrets.add(code);
    const challenge = asked.get('code_challenge_method') === 'S256' ? (asked.get('code_challenge') ?? '') : '';
    const scope = asked.get('scope') ?? '';
    codes.set(code, { challenge, redirect: redirect.href, scope, nonce: asked.get('nonce') ?? undefined });
    const back = { code, state: asked.get('state') ?? '', iss: origin, ...rules.callback };
    for (const [name, value] of Object.entries(back)) if (value !== undefined) redirect.searchParams.set(name, value);
    response.writeHead(302, { location: redirect.href }).end();
  }

  function device(form: URLSearchParams): Record<string, unknown> {
    client(form);
    const code = `dc-${randomUUID()}`;
    opened.secrets.add(code);
    devices.set(code, { scope: form.get('scope') ?? '' });
    const { deviceLifetime, interval } = opened.rules;
    const page = `${opened.origin}/activate`;
    return { device_code: code, user_code: 'ABCD-EFGH', verification_uri: page, expires_in: deviceLifetime, interval };
  }

  async function api(seen: Seen, url: URL, response: ServerResponse): Promise<void> {
    const [scheme = '', value = ''] = (seen.headers.authorization ?? '').split(' ');
    const held = access.get(value);
    const refuse = (error: string) => {
      response.setHeader('www-authenticate', `${scheme} error="${error}"`);
      json(response, 401, { errorCode: 'E0000011', errorSummary: 'Invalid token provided' });
    };
    try {
      const jkt = await proofOf(seen, response, opened.rules.apiNonce, value);
      const fits = held?.jkt ? scheme === 'DPoP' && held.jkt === jkt : scheme === 'Bearer' || scheme === 'SSWS';
      if (!fits || held?.live === false || (!held && scheme !== 'SSWS')) return refuse('invalid_token');
    } catch (error) {
      if (error instanceof Refusal) return refuse(error.code);
      throw error;
    }
    if (url.pathname === '/api/v1/org') return json(response, 200, { companyName: 'Acme' });
    json(response, 200, []);
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const opened: TokenServer = {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen: [],
    rules: {
      dpop: 'possible',
      nonce: 'nonce-1',
      apiNonce: undefined,
      lifetime: 3600,
      refresh: 'rotate',
      interval: 5,
      deviceLifetime: 600,
      device: [],
      callback: {},
      idToken: {},
    },
    before: undefined,
    secrets: new Set(),
    tokenRequests: () => opened.seen.filter(({ path }) => path === '/oauth2/v1/token'),
    apiRequests: () => opened.seen.filter(({ path }) => path.startsWith('/api/')),
    revokeAccess() {
      for (const held of access.values()) held.live = false;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return opened;
}

class Refusal extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, description: string, status = 400) {
    super(description);
    this.code = code;
    this.status = status;
  }
}

export function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** A key pair of a service app: the private half as text, the public one as it is registered. */
export async function makeAppKey(kind: 'RS256' | 'ES256' = 'RS256'): Promise<{ pem: string; jwk: JWK; public: JWK }> {
  const algorithm =
    kind === 'RS256'
      ? { name: 'RSASSA-PKCS1-v1_5', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' }
      : { name: 'ECDSA', namedCurve: 'P-256' };
  const pair = (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair;
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', pair.privateKey)).toString('base64');
  const pem = `-----BEGIN PRIVATE KEY-----\n${der.match(/.{1,64}/g)?.join('\n')}\n-----END PRIVATE KEY-----\n`;
  return { pem, jwk: await exportJWK(pair.privateKey), public: await exportJWK(pair.publicKey) };
}
