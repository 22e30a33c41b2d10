// /clients: what this person has let which MCP clients do, and the way to end it.

import { html } from 'hono/html';
import type { Consent } from '../../auth/broker/broker.ts';
import { csrfField, type Html, renderPage } from '../../pages/frame.ts';
import { visibleLine } from '../../pages/visible.ts';
import { nothingHere } from './problems.ts';
import { type ConsoleOptions, type Page, seeOther } from './visit.ts';
import { exactTime, when } from './words.ts';

export const showClients: Page = async ({ person }, options) => {
  const { consents, now, clientsIssuer } = options;
  const given = (await consents?.list(person.id)) ?? [];
  const elsewhere = html`<p class="card">MCP clients sign in at <code>${clientsIssuer}</code>: what you let them do is shown, and ended, there.</p>`;
  const none = html`<p class="card">You have let no client act in your name. <a href="/connect">Connect one</a></p>`;
  const body = html`
<p class="lead">Programs that act here in your name, and what you let them do.</p>
${consents ? (given.length > 0 ? given.map((consent) => clientCard(consent, options, now())) : none) : elsewhere}
<h2>Your browsers</h2>
<p>If somebody else may have used a browser of yours, end your sign-in in all of them, this one too. Clients keep what you let them do until you withdraw it.</p>
<form method="post" action="/sign-out"><input type="hidden" name="${csrfField}" value="${person.csrf}"><button name="where" value="everywhere">Sign out everywhere</button></form>`;
  return renderPage({ title: 'Clients', body, person, section: '/clients' });
};

function clientCard(consent: Consent, options: ConsoleOptions, now: number): Html {
  return html`<article class="card">
<div class="row"><h2>${nameOf(consent)}</h2><a class="button slight" href="/clients/${encodeURIComponent(consent.id)}">Withdraw…<span class="unseen"> what ${nameOf(consent)} may do, since ${exactTime(consent.since)}</span></a></div>
${facts(consent, options, now)}</article>`;
}

function facts({ client, scopes, since }: Consent, { describeScope }: ConsoleOptions, now: number): Html {
  return html`<dl>
<dt>May</dt><dd><ul>${scopes.map((scope) => html`<li>${describeScope(scope)} <code>${visibleLine(scope, 80)}</code></li>`)}</ul></dd>
<dt>Since</dt><dd>${when(since, now)}</dd>
<dt>Returns to</dt><dd>${client.redirectUris.map((uri) => html`<code>${visibleLine(uri, 200)}</code> `)}</dd>
<dt>Client id</dt><dd><code>${visibleLine(client.id, 200)}</code></dd>
</dl>`;
}

/** What it calls itself, which anybody can call themselves. */
function nameOf({ client }: Consent): string {
  return client.name === undefined ? 'A client without a name' : `“${visibleLine(client.name, 80)}”`;
}

export const askWithdrawal: Page = async ({ person, name }, options) => {
  const consent = (await options.consents?.list(person.id))?.find(({ id }) => id === name);
  if (!consent) return noClient(person);
  const body = html`
<p><a href="/clients">All clients</a></p>
<p><strong>${nameOf(consent)}</strong> can then do nothing more in your name. What it has done stays done. When it needs something again, you are asked again.</p>
<div class="card">${facts(consent, options, options.now())}</div>
<form method="post" action="/clients/${encodeURIComponent(consent.id)}">
<input type="hidden" name="${csrfField}" value="${person.csrf}">
<div class="buttons"><button class="bad-button">Withdraw</button><a class="button" href="/clients">Keep it</a></div>
</form>`;
  return renderPage({ title: 'Withdraw what this client may do?', body, person, section: '/clients' });
};

export const withdraw: Page = async ({ person, name }, { consents }) => {
  const done = await consents?.withdraw(person.id, name);
  return done ? seeOther('/clients') : noClient(person);
};

function noClient(person: Parameters<typeof nothingHere>[0]) {
  return nothingHere(person, '/clients', 'You have given no such consent, or it is withdrawn already.');
}
