// Where applications send people to sign out (OpenID Connect RP-Initiated Logout): they are asked first, since anybody can
// send them here.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { html } from 'hono/html';
import { writeReply } from '../../core/reply.ts';
import { renderPage } from '../../pages/frame.ts';
import { leave } from '../leaving.ts';
import type { People } from '../people.ts';
import { isOurForm } from './form.ts';

export const logoutPath = '/oauth/logout';

export function createLogout(people: People, origin: string) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const person = await people.of(request);
    if (!person) {
      const body = html`<p>Nobody is signed in to Castellan in this browser.</p>`;
      return writeReply(response, await renderPage({ title: 'You are signed out', body }));
    }
    if (request.method === 'POST' && (await isOurForm(request, person, origin)))
      return writeReply(response, await leave(await people.end(request), origin));
    const body = html`
<p>Applications that you have connected keep their access until you withdraw it.</p>
<form method="post"><input type="hidden" name="csrf" value="${person.csrf}"><div class="buttons"><button class="main-button" type="submit">Sign out</button></div></form>`;
    writeReply(response, await renderPage({ title: 'Sign out of Castellan?', body, person }));
  };
}
