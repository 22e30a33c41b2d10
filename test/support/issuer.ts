// An authorization server as a resource server sees it: metadata, keys that rotate, introspection, and whatever tokens a
// test wants it to have signed. It counts what it is asked, and can be out of order.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { exportJWK, generateKeyPair, type JWK, type JWTHeaderParameters, SignJWT } from 'jose';

type Claims = Readonly<Record<string, unknown>>;
type Pair = Awaited<ReturnType<typeof generateKeyPair>>;

export interface Issuer {
  /** `iss` of its tokens, where nothing else is said. */
  readonly url: string;
  /** Paths that were asked, in order. */
  readonly asked: string[];
  /** Bodies and authorizations of introspections, in order. */
  readonly introspected: { readonly form: URLSearchParams; readonly authorization: string | undefined }[];
  /** A token with these claims on top of good ones; `undefined` leaves one out. */
  readonly mint: (claims?: Claims, header?: Readonly<Record<string, unknown>>) => Promise<string>;
  /** A new key signs from now on; the old one is still published, unless it was compromised. */
  readonly rotate: (options?: { keepOld?: boolean }) => Promise<void>;
  /** What introspection answers for a token; `active: false` for every other. */
  readonly tokens: Map<string, Claims>;
  /** The key that signs now. */
  readonly key: () => { readonly kid: string; readonly pair: Pair };
  /** What it does in place of answering. */
  behave: 'well' | 'fail' | 'hang' | 'redirect' | 'flood' | 'lie' | 'closed';
  /** What `lie` answers. */
  lie: { readonly body: string; readonly type: string };
  readonly close: () => Promise<void>;
}

export interface IssuerOptions {
  readonly path?: string;
  readonly audience?: string;
}

export async function openIssuer({ path = '', audience = 'https://mcp.example.com/mcp' }: IssuerOptions = {}) {
  const published: JWK[] = [];
  let current: { kid: string; pair: Pair };
  let count = 0;
  async function rotate({ keepOld = true } = {}): Promise<void> {
    const pair = await generateKeyPair('RS256', { extractable: true });
    count++;
    current = { kid: `key-${count}`, pair };
    if (!keepOld) published.length = 0;
    published.push({ ...(await exportJWK(pair.publicKey)), kid: current.kid, alg: 'RS256', use: 'sig' });
  }
  await rotate();

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const place = request.url ?? '/';
    issuer.asked.push(place);
    const send = (value: unknown, status = 200) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    if (issuer.behave === 'hang') return;
    if (issuer.behave === 'fail') return void send({ error: 'server_error' }, 500);
    if (issuer.behave === 'redirect')
      return void response.writeHead(302, { location: `${issuer.url}/elsewhere` }).end();
    if (issuer.behave === 'flood') {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.on('error', () => {});
      for (let n = 0; n < 40 && !response.destroyed; n++) response.write(' '.repeat(16_384));
      return void response.end('{"keys":[]}');
    }
    if (issuer.behave === 'lie')
      return void response.writeHead(200, { 'content-type': issuer.lie.type }).end(issuer.lie.body);
    if (place.includes('/.well-known/')) {
      return void send({
        issuer: issuer.url,
        jwks_uri: `${issuer.url}/jwks`,
        introspection_endpoint: `${issuer.url}/introspect`,
        authorization_endpoint: `${issuer.url}/authorize`,
        token_endpoint: `${issuer.url}/token`,
        response_types_supported: ['code'],
      });
    }
    if (place.endsWith('/token')) return void send({ access_token: 'reads-keys', token_type: 'Bearer' });
    if (place.endsWith('/introspect')) {
      const form = new URLSearchParams(body);
      issuer.introspected.push({ form, authorization: request.headers.authorization });
      return void send(issuer.tokens.get(form.get('token') ?? '') ?? { active: false });
    }
    if (/(jwks|keys|jwk)$/.test(place)) {
      if (issuer.behave === 'closed' && request.headers.authorization !== 'Bearer reads-keys')
        return void send({}, 401);
      return void send({ keys: published });
    }
    send({}, 404);
  }

  const server = createServer((request, response) => void answer(request, response).catch(() => response.destroy()));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
  const issuer: Issuer = {
    url,
    asked: [],
    introspected: [],
    tokens: new Map(),
    rotate,
    key: () => current,
    behave: 'well',
    lie: { body: '{}', type: 'application/json' },
    async mint(claims = {}, header = {}) {
      const now = Math.floor(Date.now() / 1000);
      const good = {
        ...{ iss: url, aud: audience, sub: 'person-1', client_id: 'assistant', scope: 'castellan:read' },
        ...{ iat: now, exp: now + 3_600, jti: `${now}-${Math.random()}` },
      };
      return new SignJWT({ ...good, ...claims })
        .setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', kid: current.kid, ...header } as JWTHeaderParameters)
        .sign(current.pair.privateKey);
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return issuer;
}
