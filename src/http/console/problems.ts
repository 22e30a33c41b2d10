// Pages of the console for what cannot be shown or done.

import { html } from 'hono/html';
import type { Person } from '../../auth/people.ts';
import type { Reply } from '../../core/reply.ts';
import { renderPage } from '../../pages/frame.ts';

export function nothingHere(person: Person | undefined, section: string, says: string): Promise<Reply> {
  const body = html`<p>${says}</p><p><a href="${section}">Back</a></p>`;
  return renderPage({ title: 'Nothing here', body, status: 404, person, section: person && section });
}

export function notFromHere(person: Person | undefined): Promise<Reply> {
  const body = html`<p>This form did not come from a page of this server that belongs to your sign-in, so nothing was done.</p>
<p>If you sent it yourself, your sign-in may have ended in between: <a href="/">go back to the overview</a> and try again.</p>`;
  return renderPage({ title: 'Not done', body, status: 403, person, section: person && '/' });
}

export function notLikeThat(route: { readonly get?: unknown; readonly post?: unknown } | undefined): Promise<Reply> {
  const allow = [...(route?.get ? ['GET', 'HEAD'] : []), ...(route?.post ? ['POST'] : [])].join(', ');
  const body = html`<p>This address is not asked in that way.</p><p><a href="/">To the overview</a></p>`;
  return renderPage({ title: 'Method not allowed', body, status: 405, headers: { allow } });
}

/** What broke outside of us may be there again soon; what broke in us stands in the log. */
export function brokenPage(outage: boolean): Promise<Reply> {
  if (outage) {
    const body = html`<p>Something that Castellan needs cannot be reached. Nothing was changed; try again in a moment.</p>`;
    return renderPage({ title: 'Not available just now', body, status: 503, headers: { 'retry-after': '5' } });
  }
  const body = html`<p>Castellan failed to show this page; the operator’s log has the details.</p><p><a href="/">To the overview</a></p>`;
  return renderPage({ title: 'Something broke', body, status: 500 });
}
