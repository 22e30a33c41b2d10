// /sign-in and /sign-out: the way to the identity provider and back.

import type { IncomingMessage } from 'node:http';
import { html } from 'hono/html';
import type { People } from '../../auth/people.ts';
import type { Reply } from '../../core/reply.ts';
import { renderPage } from '../../pages/frame.ts';

/** Where to after it is for `begin` to judge: only paths of ours are. */
export function signIn(request: IncomingMessage, url: URL, people: People): Promise<Reply> {
  return people.begin(request, url.searchParams.get('to') ?? '/');
}

/**
 * Browsers hold the redirect after a form to the page's policy, which lets forms lead nowhere but home. So the browser gets
 * a page, and goes on from there to where the provider ends its own session.
 */
export async function signOut(ended: Reply, origin: string): Promise<Reply> {
  const { location, ...headers } = ended.headers;
  const cookies = headers['set-cookie'] === undefined ? {} : { 'set-cookie': headers['set-cookie'] };
  if (typeof location !== 'string') return ended;
  const next = new URL(location, origin);
  if (next.origin === origin) return ended;
  const body = html`<p>You are signed out here, and are taken to <code>${next.host}</code> to be signed out there.</p>
<p><a href="${next.href}">Go on</a></p>`;
  return renderPage({ title: 'Signed out', body, next, headers: cookies });
}
