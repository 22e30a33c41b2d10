// What goes wrong at the authorization server, and what is said of it: to people a page, to clients JSON, to the log no more
// than is needed. Nothing tells of internals.

import type { ServerResponse } from 'node:http';
import { html } from 'hono/html';
import type { KoaContextWithOIDC, default as Provider } from 'oidc-provider';
import { CastellanError } from '../../core/errors.ts';
import { type Reply, writeReply } from '../../core/reply.ts';
import type { Log } from '../../observe/log.ts';
import { renderPage } from '../../pages/frame.ts';
import { IssuerUnavailable } from '../addresses.ts';
import { logoutPath } from './logout.ts';
import { isLoopback, isOurs } from './redirect-uris.ts';

type Logs = Pick<Log, 'debug' | 'warn' | 'error'>;

const retryAfter = '5';
const away = 'something that this server needs cannot be reached; try again in a moment';
const broke = 'this server failed to handle the request; its log has the details';

/** Something that comes back by itself. */
export function isOutage(error: unknown): boolean {
  if (error instanceof IssuerUnavailable) return true;
  return error instanceof CastellanError && (error.code === 'store_unavailable' || error.retry.again);
}

export function say(log: Logs, error: unknown): void {
  if (isOutage(error)) log.warn({ detail: error instanceof Error ? error.message : '' }, 'sign-in waits');
  else log.error({ error: error instanceof Error ? error.stack : String(error) }, 'sign-in broke');
}

export function refuseJson(response: ServerResponse, status: number, error: string, error_description: string): void {
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    ...((status === 503 || status === 429) && { 'retry-after': retryAfter }),
    // What is left of the request is not waited for.
    ...(status === 413 && { connection: 'close' }),
  };
  writeReply(response, { status, headers, body: JSON.stringify({ error, error_description }) });
}

export async function writeFailure(response: ServerResponse, error: unknown, forClients: boolean): Promise<void> {
  if (response.headersSent) return void response.destroy();
  const outage = isOutage(error);
  if (!forClients) return writeReply(response, await renderFailure(outage));
  if (outage) refuseJson(response, 503, 'temporarily_unavailable', away);
  else refuseJson(response, 500, 'server_error', broke);
}

async function renderFailure(outage: boolean): Promise<Reply> {
  const page = await renderPage({
    title: outage ? 'Not now' : 'This failed',
    status: outage ? 503 : 500,
    body: outage
      ? html`<p>Something that Castellan needs cannot be reached at the moment. Try again in a moment.</p>`
      : html`<p>Castellan could not handle this; its log has the details.</p>`,
  });
  return outage ? { ...page, headers: { ...page.headers, 'retry-after': retryAfter } } : page;
}

/** More begin to sign in than this server keeps in mind. */
export async function renderBusy(): Promise<Reply> {
  const page = await renderPage({
    title: 'Too many at once',
    status: 429,
    body: html`<p>Too many people sign in at this moment. Try again in a moment.</p>`,
  });
  return { ...page, headers: { ...page.headers, 'retry-after': retryAfter } };
}

const explanations: Readonly<Record<string, string>> = {
  invalid_client: 'The application is not known here (any more). Remove the connection there, and connect it anew.',
  invalid_redirect_uri: 'The application wants you back at an address that it did not register.',
};

/** A request for authorization that cannot be sent back to the client: nobody knows where that is. */
export function renderProblem(error: string, description: string | undefined): Promise<Reply> {
  return renderPage({
    title: 'This request cannot be handled',
    status: 400,
    body: html`<p>${explanations[error] ?? 'The application asked in a way that is not understood here.'}</p>
<p>It is told: <code>${error}</code>${description === undefined ? '' : html`, ${description}`}</p>`,
  });
}

export async function renderNowhere(): Promise<Reply> {
  return { ...(await renderProblem('not_found', 'there is nothing at this address')), status: 404 };
}

export async function renderTooLong(): Promise<Reply> {
  return { ...(await renderProblem('invalid_request', 'the address is too long')), status: 414 };
}

/** An error that the client may hear of when the person wants it to. */
function renderUnsent(target: URL): Promise<Reply> {
  const [error, description] = ['error', 'error_description'].map((name) => target.searchParams.get(name));
  return renderPage({
    title: 'This request cannot be handled',
    status: 400,
    body: html`<p>An application asked in a way that is not understood here: <code>${error}</code>${description === null ? '' : html`, ${description}`}</p>
<p>Nothing was given to it. If you were using it just now, you can <a href="${target.href}">go back to ${target.host || target.protocol}</a>.</p>`,
  });
}

/** Where an error is to be sent: anywhere but to our own pages. */
function errorTargetOf(ctx: Context): URL | undefined {
  const location = ctx.response.get('location');
  const target = URL.canParse(location) ? new URL(location) : undefined;
  if (!target || ctx.status < 300 || ctx.status > 399) return undefined;
  return target.searchParams.has('error') || target.hash.includes('error=') ? target : undefined;
}

interface WatchOptions {
  readonly log: Logs;
  readonly issuer: string;
  readonly scopes: readonly string[];
  /** Clients that an operator wrote down. */
  readonly known: ReadonlySet<string>;
}

/** Puts right what the server says by itself, and tells the log of what went wrong. */
export function watch(provider: Provider, { log, issuer, scopes, known }: WatchOptions): void {
  const failures = new WeakMap<object, unknown>();
  provider.on('server_error', (ctx: KoaContextWithOIDC, error) => void failures.set(ctx.req, error));
  // What escapes everything else: Koa would write it to the console.
  const events: NodeJS.EventEmitter = provider;
  events.on('error', (error: unknown) => say(log, error));
  for (const name of ['authorization.error', 'grant.error', 'registration_create.error', 'revocation.error'])
    events.on(name, (_ctx: unknown, error: Error) => log.debug({ error: error.message }, name));

  provider.use(async (ctx, next) => {
    const mode = ctx.path === '/oauth/authorize' ? ctx.query.response_mode : undefined;
    if (mode !== undefined && mode !== 'query')
      return setReply(ctx, await renderProblem('unsupported_response_mode', 'the only response mode is query'));
    // A client of this machine may name any port in a request (RFC 8252 §7.3), ours too.
    if (ctx.path === '/oauth/authorize' && [ctx.query.redirect_uri].flat().some((uri) => isOurs(uri, issuer)))
      return setReply(ctx, await renderProblem('invalid_redirect_uri', 'redirect_uri is an address of this server'));
    try {
      await next();
    } catch (error) {
      failures.set(ctx.req, error);
    }
    // The server's own browser session holds nothing: it is not given to browsers.
    const session = provider.cookieName('session');
    const cookies = [ctx.res.getHeader('set-cookie') ?? []].flat().map(String);
    const kept = cookies.filter((line) => !line.startsWith(session));
    if (kept.length < cookies.length) setCookies(ctx, kept);
    if (failures.has(ctx.req)) return failWith(ctx, failures.get(ctx.req));
    const refused = ctx.path === '/oauth/authorize' ? errorTargetOf(ctx) : undefined;
    // Nobody has looked at this client yet, and anybody can register one: a link to us must not lead to its site by itself
    // (RFC 9700 §4.11.2).
    if (refused && !known.has(String(ctx.query.client_id)) && !isLoopback(refused.href))
      setReply(ctx, await renderUnsent(refused));
    else if (ctx.path.startsWith('/.well-known/') && ctx.status === 200) ctx.body = describe(ctx.body, issuer, scopes);
    else if (ctx.status === 404 && ctx.body === undefined) setReply(ctx, await renderNowhere());
  });

  async function failWith(ctx: Context, error: unknown): Promise<void> {
    say(log, error);
    const outage = isOutage(error);
    ctx.remove('location');
    if (ctx.path.startsWith('/oauth/authorize')) return setReply(ctx, await renderFailure(outage));
    ctx.status = outage ? 503 : 500;
    if (outage) ctx.set('retry-after', retryAfter);
    ctx.set('cache-control', 'no-store');
    ctx.body = outage
      ? { error: 'temporarily_unavailable', error_description: away }
      : { error: 'server_error', error_description: broke };
  }
}

type Context = Parameters<Parameters<Provider['use']>[0]>[0];

function setCookies(ctx: Context, lines: readonly string[]): void {
  ctx.remove('set-cookie');
  if (lines.length > 0) ctx.set('set-cookie', [...lines]);
}

function setReply(ctx: Context, { status, headers, body }: Reply): void {
  ctx.remove('location');
  ctx.status = status;
  ctx.set(headers as Record<string, string | string[]>);
  ctx.body = body;
}

/** RFC 8414 §2: what is here and no more. */
function describe(document: unknown, issuer: string, scopes: readonly string[]): Record<string, unknown> {
  const said = document as Record<string, unknown>;
  return {
    ...said,
    scopes_supported: ['openid', 'offline_access', ...scopes],
    response_modes_supported: ['query'],
    end_session_endpoint: issuer + logoutPath,
    revocation_endpoint_auth_methods_supported: said.token_endpoint_auth_methods_supported,
  };
}
