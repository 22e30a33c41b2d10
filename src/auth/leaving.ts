// The page after signing out, from which the browser goes on to where the provider ends its own session, or asks for another
// person: browsers hold the redirect after a form to the page's policy (CSP 3 §6.4.1), and ours lets forms lead nowhere but home.

import { html } from 'hono/html';
import type { Reply } from '../core/reply.ts';
import { renderPage } from '../pages/frame.ts';

/**
 * @param ended what ended the browser's session here; a redirect within the origin is left as it is
 * @param then what happens where it leads
 */
export async function leave(
  ended: Reply,
  origin: string,
  then: 'signed out' | 'another signs in' = 'signed out',
): Promise<Reply> {
  const { location } = ended.headers;
  if (typeof location !== 'string') return ended;
  const next = new URL(location, origin);
  if (next.origin === origin) return ended;
  const cookies = ended.headers['set-cookie'];
  const why = then === 'signed out' ? 'to be signed out there' : 'where another person can sign in';
  const body = html`<p>You are signed out here, and are taken to <code>${next.host}</code> ${why}.</p>
<p><a href="${next.href}">Go on</a></p>`;
  return renderPage({
    title: 'Signed out',
    body,
    next,
    headers: cookies === undefined ? {} : { 'set-cookie': cookies },
  });
}
