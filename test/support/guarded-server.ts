// An MCP server that asks for a sign-in, and its authorization server on another port, written from the RFCs: strict about
// what a client must send, and with rules that a test may change while it runs.

import { createHash, randomUUID } from 'node:crypto';
import { createServer, type Server as HttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { createMcpHandler, Server } from '@modelcontextprotocol/server';

export interface Asked {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  readonly form: URLSearchParams;
}

export interface GuardedServer {
  /** The MCP endpoint. */
  readonly url: URL;
  readonly issuer: string;
  readonly rules: Rules;
  /** Requests to the authorization server, and those to the MCP server. */
  readonly asked: Asked[];
  readonly called: Asked[];
  /** Everything that opens something and was ever given out or sent. */
  readonly secrets: Set<string>;
  /** Ends whatever was given out. */
  readonly revokeAll: () => void;
  readonly close: () => Promise<void>;
}

export interface Rules {
  /** Seconds; undefined where the answer does not say. */
  lifetime: number | undefined;
  refresh: 'rotate' | 'keep' | 'none';
  /** Of the token endpoint, in the place of a token. */
  tokenFailure: { readonly status: number; readonly error: string } | undefined;
  /** Milliseconds until the token endpoint answers. */
  slowness: number;
  /** Parameters that replace those of the redirect back; undefined removes one. */
  callback: Record<string, string | undefined>;
  /** What its metadata say in the place of the truth; undefined removes one. */
  metadata: Record<string, unknown>;
  resourceMetadata: Record<string, unknown>;
  /** Path at which the challenge says that they are. */
  resourceMetadataAt: string;
  /** Scopes that a call needs beyond those that connecting takes. */
  scopeOfCalls: string | undefined;
  /** Whatever is asked for, these are granted. */
  granted: string | undefined;
  registration: { readonly status: number; readonly more?: Readonly<Record<string, unknown>> };
  revocation: { readonly status: number; readonly error?: string };
  /** What polling answers, in order; then a token. */
  device: string[];
  /** Where the code is to be typed, in the place of a page of its own. */
  devicePage: string | undefined;
  /** Whether what is given out is good for nothing. */
  stillborn: boolean;
  /** Whether it speaks HTTP with SSE alone (MCP 2024-11-05), messages at a path of their own. */
  older: boolean;
  /** Whether the server lets in who brings no token. */
  open: boolean;
}

interface Grant {
  readonly scope: string;
  readonly clientId: string;
  readonly resource: string | null;
  live: boolean;
}

export async function openGuardedServer(): Promise<GuardedServer> {
  const rules: Rules = {
    lifetime: 3_600,
    refresh: 'rotate',
    tokenFailure: undefined,
    slowness: 0,
    callback: {},
    metadata: {},
    resourceMetadata: {},
    resourceMetadataAt: '/.well-known/oauth-protected-resource/mcp',
    scopeOfCalls: undefined,
    granted: undefined,
    registration: { status: 201 },
    revocation: { status: 200 },
    device: [],
    devicePage: undefined,
    stillborn: false,
    older: false,
    open: false,
  };
  const asked: Asked[] = [];
  const called: Asked[] = [];
  const secrets = new Set<string>();
  const clients = new Map<string, { readonly redirectUris: readonly string[]; readonly secret?: string }>();
  const codes = new Map<string, { readonly grant: Grant; readonly challenge: string; readonly redirectUri: string }>();
  const access = new Map<string, Grant>();
  const refresh = new Map<string, { readonly grant: Grant; used: boolean }>();
  const devices = new Map<string, Grant>();

  const keep = (text: string) => {
    secrets.add(text);
    return text;
  };
  const secret = (kind: string) => keep(`${kind}-${randomUUID()}${randomUUID()}`);
  const authorization = await listen((request, response) => answerAuthorization(request, response));
  const resourceServer = await listen((request, response) => answerResource(request, response));
  const issuer = authorization.url;
  const endpoint = new URL(`${resourceServer.url}/mcp`);

  const handler = createMcpHandler(() => {
    const server = new Server({ name: 'guarded', version: '1' }, { capabilities: { tools: {} } });
    const tool = { name: 'whisper', description: 'Says who may hear it.', inputSchema: { type: 'object' as const } };
    server.setRequestHandler('tools/list', () => ({ tools: [tool] }));
    server.setRequestHandler('tools/call', () => ({ content: [{ type: 'text' as const, text: 'hush' }] }));
    return server;
  });

  const metadata = () =>
    withRules(rules.metadata, {
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      registration_endpoint: `${issuer}/register`,
      revocation_endpoint: `${issuer}/revoke`,
      response_types_supported: ['code'],
      grant_types_supported: ['authorization_code', 'refresh_token'],
      code_challenge_methods_supported: ['S256'],
      token_endpoint_auth_methods_supported: ['none', 'client_secret_basic'],
      authorization_response_iss_parameter_supported: true,
      client_id_metadata_document_supported: true,
    });

  async function answerAuthorization(request: IncomingMessage, response: ServerResponse): Promise<ServerResponse> {
    const body = await text(request);
    const { method = '', url = '', headers } = request;
    const form = new URLSearchParams(body);
    asked.push({ method, url, headers, body, form });
    for (const name of ['code', 'code_verifier', 'refresh_token', 'token', 'device_code', 'client_secret'])
      if (form.get(name)) keep(form.get(name) ?? '');
    const { pathname, searchParams } = new URL(url, issuer);
    if (pathname === '/.well-known/oauth-authorization-server') return json(response, 200, metadata());
    if (pathname === '/register') return register(body, response);
    if (pathname === '/authorize') return authorize(searchParams, response);
    if (pathname === '/device') return device(form, response);
    if (pathname === '/token') {
      if (rules.slowness > 0) await new Promise((resolve) => setTimeout(resolve, rules.slowness));
      return token(form, headers.authorization, response);
    }
    if (pathname === '/revoke') {
      const { status, error } = rules.revocation;
      return status === 200 ? response.writeHead(200).end() : json(response, status, { error });
    }
    return json(response, 404, {});
  }

  function register(body: string, response: ServerResponse): ServerResponse {
    const { status, more } = rules.registration;
    if (status !== 201) return json(response, status, { error: 'invalid_redirect_uri' });
    const given = JSON.parse(body) as { readonly redirect_uris: readonly string[] };
    const id = `client-${clients.size + 1}`;
    const answer = { client_id: id, token_endpoint_auth_method: 'none', ...given, ...more } as Record<string, unknown>;
    const own = answer.client_secret === undefined ? {} : { secret: keep(String(answer.client_secret)) };
    clients.set(id, { redirectUris: given.redirect_uris, ...own });
    return json(response, 201, answer);
  }

  function authorize(query: URLSearchParams, response: ServerResponse): ServerResponse {
    const redirectUri = query.get('redirect_uri') ?? '';
    const known = clients.get(query.get('client_id') ?? '');
    if (query.get('code_challenge_method') !== 'S256' || !query.get('code_challenge'))
      return json(response, 400, { error: 'invalid_request' });
    if (known && !known.redirectUris.includes(redirectUri)) return json(response, 400, { error: 'redirect_uri' });
    const grant = {
      scope: rules.granted ?? query.get('scope') ?? '',
      clientId: query.get('client_id') ?? '',
      resource: query.get('resource'),
      live: !rules.stillborn,
    };
    const code = secret('code');
    codes.set(code, { grant, challenge: query.get('code_challenge') ?? '', redirectUri });
    const back = new URL(redirectUri);
    const truth = { code, state: query.get('state') ?? '', iss: issuer };
    for (const [name, value] of Object.entries(withRules(rules.callback, truth)))
      back.searchParams.set(name, String(value));
    return response.writeHead(302, { location: back.href }).end();
  }

  function device(form: URLSearchParams, response: ServerResponse): ServerResponse {
    const code = secret('device');
    const { scope, resource } = Object.fromEntries(form);
    const clientId = form.get('client_id') ?? '';
    devices.set(code, { scope: scope ?? '', clientId, resource: resource ?? null, live: true });
    const page = rules.devicePage ?? `${issuer}/activate`;
    const answer = { device_code: code, user_code: 'ABCD-EFGH', verification_uri: page };
    return json(response, 200, { ...answer, expires_in: 600, interval: 0.01 });
  }

  function token(form: URLSearchParams, basic: string | undefined, response: ServerResponse): ServerResponse {
    const refuse = (error: string, status = 400) =>
      json(response, status, { error, error_description: `no: ${error}` });
    const { tokenFailure } = rules;
    if (tokenFailure) return refuse(tokenFailure.error, tokenFailure.status);
    const [id = '', password] =
      basic === undefined ? [form.get('client_id') ?? ''] : Buffer.from(basic.slice(6), 'base64').toString().split(':');
    const client = clients.get(id);
    if (client?.secret !== undefined && client.secret !== (password ?? form.get('client_secret')))
      return refuse('invalid_client', 401);
    const give = (grant: Grant) => {
      if (grant.clientId !== id) return refuse('invalid_grant');
      if (grant.resource !== null && form.get('resource') !== grant.resource) return refuse('invalid_target');
      const accessToken = secret('access');
      access.set(accessToken, grant);
      const next = rules.refresh === 'none' ? undefined : secret('refresh');
      if (next !== undefined) refresh.set(next, { grant, used: false });
      return json(response, 200, {
        access_token: accessToken,
        token_type: 'Bearer',
        expires_in: rules.lifetime,
        refresh_token: next,
        scope: grant.scope,
      });
    };
    switch (form.get('grant_type')) {
      case 'authorization_code': {
        const code = codes.get(form.get('code') ?? '');
        codes.delete(form.get('code') ?? '');
        const challenge = createHash('sha256')
          .update(form.get('code_verifier') ?? '')
          .digest('base64url');
        if (!code || code.challenge !== challenge || code.redirectUri !== form.get('redirect_uri'))
          return refuse('invalid_grant');
        return give(code.grant);
      }
      case 'refresh_token': {
        const known = refresh.get(form.get('refresh_token') ?? '');
        // RFC 9700 §4.14.2: who brings a used one may have stolen it, so everything of the grant ends.
        if (known?.used) known.grant.live = false;
        if (!known?.grant.live) return refuse('invalid_grant');
        if (rules.refresh === 'rotate') known.used = true;
        return give(known.grant);
      }
      case 'urn:ietf:params:oauth:grant-type:device_code': {
        const next = rules.device.shift();
        if (next !== undefined) return refuse(next);
        const grant = devices.get(form.get('device_code') ?? '');
        return grant ? give(grant) : refuse('invalid_grant');
      }
      default:
        return refuse('unsupported_grant_type');
    }
  }

  async function answerResource(request: IncomingMessage, response: ServerResponse): Promise<ServerResponse> {
    const body = await text(request);
    const { method = '', url = '', headers } = request;
    called.push({ method, url, headers, body, form: new URLSearchParams() });
    const { pathname } = new URL(url, endpoint);
    if (pathname.startsWith('/.well-known/oauth-protected-resource') || pathname === rules.resourceMetadataAt)
      return json(
        response,
        200,
        withRules(rules.resourceMetadata, { resource: endpoint.href, authorization_servers: [issuer] }),
      );
    if (pathname !== '/mcp' && !(rules.older && pathname === '/messages')) return json(response, 404, {});
    const grant = access.get(headers.authorization?.replace('Bearer ', '') ?? '');
    const challenge = `resource_metadata="${endpoint.origin}${rules.resourceMetadataAt}"`;
    if (!grant?.live && !rules.open) {
      response.setHeader('www-authenticate', `Bearer ${challenge}, scope="read"`);
      return json(response, 401, {});
    }
    if (rules.older) return answerOlder(method, pathname, body, response);
    const wanted = body.includes('"tools/call"') ? rules.scopeOfCalls : undefined;
    if (wanted !== undefined && !grant?.scope.split(' ').includes(wanted)) {
      response.setHeader('www-authenticate', `Bearer error="insufficient_scope", scope="${wanted}", ${challenge}`);
      return json(response, 403, {});
    }
    const passed = new Headers();
    for (const [name, value] of Object.entries(headers)) if (typeof value === 'string') passed.set(name, value);
    const init = { method, headers: passed, ...(method === 'POST' && { body }) };
    const answer = await handler.fetch(new Request(endpoint, init));
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    return response.end(Buffer.from(await answer.arrayBuffer()));
  }

  let stream: ServerResponse | undefined;

  function answerOlder(method: string, pathname: string, body: string, response: ServerResponse): ServerResponse {
    if (pathname === '/messages') {
      const { id, method: asked } = JSON.parse(body) as { readonly id?: number; readonly method: string };
      const serverInfo = { name: 'older', version: '1' };
      const hello = { protocolVersion: '2024-11-05', capabilities: { tools: {} }, serverInfo };
      const result = asked === 'initialize' ? hello : { tools: [{ name: 'whisper', inputSchema: { type: 'object' } }] };
      if (id !== undefined) stream?.write(`data: ${JSON.stringify({ jsonrpc: '2.0', id, result })}\n\n`);
      return response.writeHead(202).end();
    }
    if (method !== 'GET') return json(response, 405, {});
    stream = response.writeHead(200, { 'content-type': 'text/event-stream' });
    stream.write('event: endpoint\ndata: /messages\n\n');
    return stream;
  }

  return {
    url: endpoint,
    issuer,
    rules,
    asked,
    called,
    secrets,
    revokeAll() {
      for (const { grant } of refresh.values()) grant.live = false;
    },
    async close() {
      await Promise.all([authorization, resourceServer].map(({ server }) => end(server)));
      await handler.close();
    },
  };
}

function withRules(rules: Readonly<Record<string, unknown>>, truth: Readonly<Record<string, unknown>>) {
  return Object.fromEntries(Object.entries({ ...truth, ...rules }).filter(([, value]) => value !== undefined));
}

function json(response: ServerResponse, status: number, body: unknown): ServerResponse {
  return response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function listen(answer: (request: IncomingMessage, response: ServerResponse) => Promise<unknown>) {
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

function end(server: HttpServer): Promise<unknown> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(resolve));
}
