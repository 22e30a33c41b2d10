// The console: pages for people who are signed in, at addresses of its own. What only shows is asked with GET and changes
// nothing; what changes something comes from a form of ours, in the browser of the person whose it is.

import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Person } from '../../auth/people.ts';
import { CastellanError } from '../../core/errors.ts';
import type { Mounted, Reply } from '../../core/reply.ts';
import { csrfField } from '../../pages/frame.ts';
import { decideApproval, showApproval, showApprovals } from './approvals.ts';
import { showCall, showCalls } from './calls.ts';
import { askWithdrawal, showClients, withdraw } from './clients.ts';
import { showConnect } from './connect.ts';
import { readForm } from './form.ts';
import { showOverview, showWelcome } from './overview.ts';
import { badForm, brokenPage, isAway, notFromHere, notLikeThat } from './problems.ts';
import { signIn, signOut } from './sign-in.ts';
import { type ConsoleOptions, type Page, seeOther } from './visit.ts';

interface Route {
  /** One group at most: the name of what is shown. */
  readonly path: RegExp;
  readonly get?: Page;
  readonly post?: Page;
}

const routes: readonly Route[] = [
  { path: /^\/$/, get: showOverview },
  { path: /^\/calls$/, get: showCalls },
  { path: /^\/calls\/([^/]{1,200})$/, get: showCall },
  { path: /^\/approvals$/, get: showApprovals },
  { path: /^\/approvals\/([^/]{1,40})$/, get: showApproval, post: decideApproval },
  { path: /^\/clients$/, get: showClients },
  { path: /^\/clients\/([^/]{1,200})$/, get: askWithdrawal, post: withdraw },
  { path: /^\/connect$/, get: showConnect },
];
const signInPath = '/sign-in';
const signOutPath = '/sign-out';

export function openConsole(options: ConsoleOptions): Mounted {
  const { people, log, publicUrl } = options;
  const { origin } = new URL(publicUrl);

  async function answer(request: IncomingMessage): Promise<Reply> {
    const url = new URL(request.url ?? '/', origin);
    const route = routes.find(({ path }) => path.test(url.pathname));
    const method = request.method === 'HEAD' ? 'GET' : (request.method ?? '');
    if (url.pathname === signInPath) return method === 'GET' ? signIn(request, url, people) : notLikeThat('GET, HEAD');
    const [get, post] = [route?.get, url.pathname === signOutPath ? signOutOf(request) : route?.post];
    const page = method === 'GET' ? get : method === 'POST' ? post : undefined;
    if (!page) return notLikeThat([...(get ? ['GET, HEAD'] : []), ...(post ? ['POST'] : [])].join(', '));
    const person = await people.of(request);
    const form = method === 'POST' ? await readForm(request) : new URLSearchParams();
    if (typeof form === 'number') return badForm(form);
    if (!person) return answerStranger(url, method);
    if (method === 'POST' && !(isFromHere(request, origin) && hasToken(form, person))) return notFromHere(person);
    const name = nameOf(route?.path.exec(url.pathname)?.[1]);
    return page({ person, name, query: url.searchParams, form }, options);
  }

  /** A form of somebody who is signed out by now is not kept: its page is there again after signing in. */
  function answerStranger({ pathname, search }: URL, method: string): Promise<Reply> | Reply {
    if (pathname === '/' && method === 'GET') return showWelcome(options);
    if (pathname === signOutPath) return seeOther('/');
    const to = method === 'GET' ? `${pathname}${search}` : pathname;
    return seeOther(`${origin}${signInPath}?${new URLSearchParams({ to })}`);
  }

  function signOutOf(request: IncomingMessage): Page {
    return async () => signOut(await people.end(request), origin);
  }

  return {
    concerns: (path) => path === signInPath || path === signOutPath || routes.some((route) => route.path.test(path)),
    async handle(request, response) {
      let reply: Reply;
      try {
        reply = await answer(request);
      } catch (error) {
        const away = error instanceof CastellanError && isAway(error);
        const told = error instanceof CastellanError ? { code: error.code } : { error: (error as Error).stack };
        log[away ? 'warn' : 'error'](told, 'a page of the console could not be shown');
        reply = await brokenPage(error);
      }
      send(reply, request, response);
    },
  };
}

function send({ status, headers, body }: Reply, request: IncomingMessage, response: ServerResponse): void {
  const all: OutgoingHttpHeaders = { 'content-length': Buffer.byteLength(body) };
  for (const [name, value] of Object.entries(headers)) all[name] = typeof value === 'string' ? value : [...value];
  response.writeHead(status, all);
  response.end(request.method === 'HEAD' ? undefined : body);
}

/**
 * Whether the browser says that a page of ours sent this form: Fetch Metadata, which pages cannot forge, and the Origin.
 * One of them every browser sends with a form.
 */
function isFromHere({ headers }: IncomingMessage, origin: string): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin') return false;
  if (headers.origin !== undefined) return headers.origin === origin;
  return site === 'same-origin';
}

function hasToken(form: URLSearchParams, { csrf }: Person): boolean {
  const given = form.getAll(csrfField);
  const [token] = given;
  if (given.length !== 1 || token === undefined) return false;
  const [one, other] = [Buffer.from(token), Buffer.from(csrf)];
  return one.length === other.length && one.length > 0 && timingSafeEqual(one, other);
}

function nameOf(part: string | undefined): string {
  try {
    return decodeURIComponent(part ?? '');
  } catch {
    return '';
  }
}
