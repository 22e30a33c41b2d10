// An API gateway before a simulated organization, as companies put one before theirs: it takes exchanged tokens of an
// authorization server of its own (RFC 8693), asks about each, wants proofs for those that are bound to a key (RFC 9449), and
// lets people see what they may. It writes down everything that is sent.

import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { calculateJwkThumbprint, EmbeddedJWK, jwtVerify } from 'jose';
import type { CustomServerHandle, Sandbox } from '../../src/sandbox/index.ts';

export interface GatewayRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly form: Readonly<Record<string, string>>;
  readonly status: number;
}

export interface ApiGateway {
  readonly url: string;
  readonly server: CustomServerHandle;
  /** Where tokens are exchanged. */
  readonly tokenUrl: string;
  readonly seen: GatewayRequest[];
  readonly exchanges: () => GatewayRequest[];
  readonly api: () => GatewayRequest[];
  /** Tokens that it takes no more. */
  readonly revoked: Set<string>;
  /** The nonce that proofs must carry, where it wants one. */
  nonce: string | undefined;
  /** Answers in the place of the authorization server. */
  exchangeAnswer: ((form: Readonly<Record<string, string>>) => Response | undefined) | undefined;
  readonly close: () => Promise<void>;
}

interface Told {
  readonly active?: boolean;
  readonly sub?: string;
  readonly uid?: string;
  readonly cnf?: { readonly jkt: string };
}

/** @param administrators logins of those who may see everything; others see themselves */
export async function openApiGateway(
  sandbox: Sandbox,
  serverName: string,
  administrators: readonly string[],
): Promise<ApiGateway> {
  const server = sandbox.okta.oauth.customServer(serverName);
  const seen: GatewayRequest[] = [];
  const listener = createServer((request, response) => {
    pass(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(listener.address() as AddressInfo).port}`;
  const { pathname: tokenPath } = new URL(server.tokenUrl);
  const { pathname: introspectPath } = new URL(server.introspectUrl);

  async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url: path = '/' } = request;
    const body = await text(request);
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    const form = path === tokenPath ? Object.fromEntries(new URLSearchParams(body)) : {};
    const own = path === tokenPath ? gateway.exchangeAnswer?.(form) : undefined;
    const answer = own ?? (await answerFor({ method, path, headers, body }));
    seen.push({ method, path, headers, form, status: answer.status });
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    response.end(Buffer.from(await answer.arrayBuffer()));
  }

  interface Asked {
    readonly method: string;
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  }

  function forward({ method, path, headers, body }: Asked): Promise<Response> {
    const sent = new Headers(headers);
    sent.delete('connection');
    return sandbox.okta.fetch(new Request(url + path, { method, headers: sent, ...(body !== '' && { body }) }));
  }

  async function answerFor(asked: Asked): Promise<Response> {
    if (!asked.path.startsWith('/api/')) return forward(asked);
    const [, scheme = '', token = ''] = /^(Bearer|DPoP) (\S+)$/.exec(asked.headers.authorization ?? '') ?? [];
    const told = await introspect(token);
    const refused = (error: string) => {
      const headers = new Headers({ 'www-authenticate': `${scheme || 'Bearer'} error="${error}"` });
      if (error === 'use_dpop_nonce') headers.set('dpop-nonce', gateway.nonce ?? '');
      return Response.json({ errorCode: 'E0000011', errorSummary: 'Invalid token provided' }, { status: 401, headers });
    };
    if (!told.active || gateway.revoked.has(token)) return refused('invalid_token');
    if (told.cnf || scheme === 'DPoP') {
      const problem = await checkProof(asked, token, told.cnf?.jkt);
      if (problem !== undefined) return refused(problem);
    }
    const path = asked.path.replace(/^\/api\/v1\/users\/me(?=\/|\?|$)/, `/api/v1/users/${told.uid}`);
    const isOwn = path.startsWith(`/api/v1/users/${told.uid}`);
    if (!administrators.includes(told.sub ?? '') && !isOwn)
      return Response.json({ errorCode: 'E0000006', errorSummary: 'You may not do that' }, { status: 403 });
    const headers = { accept: 'application/json', authorization: `SSWS ${sandbox.okta.token}` };
    return forward({ ...asked, path, headers: { ...headers, 'content-type': 'application/json' } });
  }

  async function introspect(token: string): Promise<Told> {
    const { id, secret } = server.clients.api;
    const authorization = `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
    const headers = { authorization, 'content-type': 'application/x-www-form-urlencoded' };
    const body = new URLSearchParams({ token }).toString();
    return (await (await forward({ method: 'POST', path: introspectPath, headers, body })).json()) as Told;
  }

  /** RFC 9449 §4.3. */
  async function checkProof({ method, path, headers }: Asked, token: string, jkt: string | undefined) {
    try {
      const { payload, protectedHeader } = await jwtVerify(headers.dpop ?? '', EmbeddedJWK, { typ: 'dpop+jwt' });
      if (gateway.nonce !== undefined && payload.nonce !== gateway.nonce) return 'use_dpop_nonce';
      const ath = createHash('sha256').update(token).digest('base64url');
      const fits =
        payload.ath === ath &&
        payload.htm === method &&
        payload.htu === url + decodeURIComponent(new URL(path, url).pathname) &&
        (await calculateJwkThumbprint(protectedHeader.jwk ?? {})) === jkt;
      return fits ? undefined : 'invalid_dpop_proof';
    } catch {
      return 'invalid_dpop_proof';
    }
  }

  const gateway: ApiGateway = {
    url,
    server,
    tokenUrl: url + tokenPath,
    seen,
    exchanges: () => seen.filter(({ path }) => path === tokenPath),
    api: () => seen.filter(({ path }) => path.startsWith('/api/')),
    revoked: new Set(),
    nonce: undefined,
    exchangeAnswer: undefined,
    async close() {
      listener.closeAllConnections();
      await new Promise((resolve) => listener.close(resolve));
    },
  };
  return gateway;
}
