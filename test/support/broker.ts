// Castellan as the authorization server in front of the sandbox's identity provider: the parts of its configuration, and
// requests as a client of one's own makes them.

import { createHash, randomBytes } from 'node:crypto';
import type { Seen, Visitor } from '../../src/cli/visitor.ts';
import type { Organization } from './organization.ts';
import { anyPort, openTestServer, type TestServer, type TestServerOptions } from './server.ts';
import { callback } from './sign-in.ts';

export interface TestBroker extends TestServer {
  /** Origin of its pages and endpoints. */
  readonly origin: string;
}

export async function openTestBroker(
  more: Readonly<Record<string, unknown>> = {},
  options: TestServerOptions = {},
): Promise<TestBroker> {
  const server = await openTestServer({ ...options, parts: (organization) => brokerParts(organization, more) });
  const origin = new URL(server.url).origin;
  gatewayOf(server.organization).setGatewayRedirectUris([`${origin}/oauth/callback`]);
  return { ...server, origin };
}

export function gatewayOf({ sandbox }: Organization) {
  return sandbox.okta.oauth.customServer('default');
}

export function brokerParts(organization: Organization, more: Readonly<Record<string, unknown>> = {}) {
  const { issuer, clients } = gatewayOf(organization);
  return {
    auth: {
      publicUrl: `${anyPort}/mcp`,
      groupMap: { 'Okta Administrators': ['castellan:read', 'castellan:write', 'castellan:destroy'] },
    },
    signIn: {
      issuer,
      provider: 'okta',
      clientId: clients.gateway.id,
      clientSecret: clients.gateway.secret,
      operators: ['group:Okta Administrators'],
    },
    ...more,
  };
}

export interface Registered {
  readonly client_id: string;
  readonly client_secret?: string;
}

export function register(origin: string, metadata: Record<string, unknown> = {}): Promise<Response> {
  return fetch(`${origin}/oauth/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      client_name: 'A client',
      redirect_uris: [callback],
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
      ...metadata,
    }),
  });
}

export async function newClient(origin: string, metadata: Record<string, unknown> = {}): Promise<Registered> {
  const response = await register(origin, metadata);
  if (response.status !== 201) throw new Error(`${response.status} ${await response.text()}`);
  return (await response.json()) as Registered;
}

export interface Request {
  readonly url: URL;
  readonly verifier: string;
}

/** A request for authorization as it should be; a value of undefined leaves a parameter out. */
export function authorizeUrl(
  origin: string,
  clientId: string,
  over: Readonly<Record<string, string | undefined>> = {},
): Request {
  const verifier = randomBytes(32).toString('base64url');
  const params: Record<string, string | undefined> = {
    client_id: clientId,
    redirect_uri: callback,
    response_type: 'code',
    scope: 'castellan:read',
    state: 'state-1',
    resource: `${origin}/mcp`,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...over,
  };
  const url = new URL(`${origin}/oauth/authorize`);
  for (const [name, value] of Object.entries(params)) if (value !== undefined) url.searchParams.set(name, value);
  return { url, verifier };
}

export interface TokenAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

export async function askToken(origin: string, form: Readonly<Record<string, string>>): Promise<TokenAnswer> {
  const response = await fetch(`${origin}/oauth/token`, { method: 'POST', body: new URLSearchParams(form) });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

export function exchange(origin: string, clientId: string, code: string, verifier: string, over = {}) {
  return askToken(origin, {
    grant_type: 'authorization_code',
    client_id: clientId,
    redirect_uri: callback,
    resource: `${origin}/mcp`,
    code,
    code_verifier: verifier,
    ...over,
  });
}

export function refresh(origin: string, clientId: string, token: string, over = {}) {
  return askToken(origin, { grant_type: 'refresh_token', client_id: clientId, refresh_token: token, ...over });
}

/** The whole way of one client and one person, with plain requests. */
export async function obtain(
  origin: string,
  browser: Visitor,
  act: (page: Seen) => Parameters<Visitor['send']>[0],
  over: Readonly<Record<string, string | undefined>> = {},
  clientId?: string,
) {
  const id = clientId ?? (await newClient(origin)).client_id;
  const { url, verifier } = authorizeUrl(origin, id, over);
  const back = await browser.walk(url, act);
  const code = back.searchParams.get('code');
  if (code === null) throw new Error(`no code: ${back.searchParams.get('error')}`);
  const { status, body } = await exchange(origin, id, code, verifier);
  return { clientId: id, code, verifier, status, ...body } as {
    clientId: string;
    code: string;
    verifier: string;
    status: number;
    access_token: string;
    refresh_token: string;
    scope: string;
  };
}
