// The console: pages for people who are signed in, at addresses of its own. What only shows is asked with GET and changes
// nothing; what changes something comes from a form of ours, in the browser of the person whose it is.

import type { IncomingMessage } from 'node:http';
import { readOurForm } from '../../auth/broker/form.ts';
import { isOutage } from '../../auth/broker/troubles.ts';
import { leave } from '../../auth/leaving.ts';
import { type Mounted, type Reply, writeReply } from '../../core/reply.ts';
import { decideApproval, showApproval, showApprovals } from './approvals.ts';
import { showCall, showCalls } from './calls.ts';
import { askWithdrawal, showClients, withdraw } from './clients.ts';
import { showConnect } from './connect.ts';
import { showOverview, showWelcome } from './overview.ts';
import { brokenPage, notFromHere, notLikeThat } from './problems.ts';
import { type ConsoleOptions, type Page, seeOther } from './visit.ts';

interface Route {
  /** One group at most: the name of what is shown. */
  readonly path: RegExp;
  readonly get?: Page;
  readonly post?: Page;
}

const signInPath = '/sign-in';
const signOutPath = '/sign-out';

const signOut: Page = async ({ person, form, end }, { people }) => {
  if (form.get('where') === 'everywhere') await people.endAll(person.id);
  return end();
};

const routes: readonly Route[] = [
  { path: /^\/$/, get: showOverview },
  { path: /^\/calls$/, get: showCalls },
  { path: /^\/calls\/([^/]{1,200})$/, get: showCall },
  { path: /^\/approvals$/, get: showApprovals },
  { path: /^\/approvals\/([^/]{1,40})$/, get: showApproval, post: decideApproval },
  { path: /^\/clients$/, get: showClients },
  { path: /^\/clients\/([^/]{1,200})$/, get: askWithdrawal, post: withdraw },
  { path: /^\/connect$/, get: showConnect },
  { path: new RegExp(`^${signOutPath}$`), post: signOut },
];

export function openConsole(options: ConsoleOptions): Mounted {
  const { people, log, publicUrl } = options;
  const { origin } = new URL(publicUrl);

  async function answer(request: IncomingMessage): Promise<Reply> {
    const url = new URL(request.url ?? '/', origin);
    const route = routes.find(({ path }) => path.test(url.pathname));
    const method = request.method === 'HEAD' ? 'GET' : (request.method ?? '');
    // Where to after it is for `begin` to judge: only paths of ours are.
    if (url.pathname === signInPath && method === 'GET')
      return people.begin(request, url.searchParams.get('to') ?? '/');
    const page = method === 'GET' ? route?.get : method === 'POST' ? route?.post : undefined;
    if (!route || !page) return notLikeThat(route ?? { get: signInPath });
    const person = await people.of(request);
    if (!person) return answerStranger(url, method);
    const form = method === 'POST' ? await readOurForm(request, person, origin) : new URLSearchParams();
    if (!form) return notFromHere(person);
    const name = nameOf(route.path.exec(url.pathname)?.[1]);
    const end = async () => leave(await people.end(request), origin);
    return page({ person, name, query: url.searchParams, form, end }, options);
  }

  /** A form of somebody who is signed out by now is not kept: its page is there again after signing in. */
  function answerStranger({ pathname, search }: URL, method: string): Promise<Reply> | Reply {
    if (pathname === '/' && method === 'GET') return showWelcome(options);
    if (pathname === signOutPath) return seeOther('/');
    const to = method === 'GET' ? `${pathname}${search}` : pathname;
    return seeOther(`${origin}${signInPath}?${new URLSearchParams({ to })}`);
  }

  return {
    concerns: (path) => path === signInPath || routes.some((route) => route.path.test(path)),
    async handle(request, response) {
      let reply: Reply;
      try {
        reply = await answer(request);
      } catch (error) {
        const outage = isOutage(error);
        const told = error instanceof Error ? (outage ? error.message : error.stack) : String(error);
        log[outage ? 'warn' : 'error']({ error: told }, 'a page of the console could not be shown');
        reply = await brokenPage(outage);
      }
      writeReply(response, reply);
    },
  };
}

function nameOf(part: string | undefined): string {
  try {
    return decodeURIComponent(part ?? '');
  } catch {
    return '';
  }
}
