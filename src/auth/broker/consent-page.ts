// The page on which a person says what a client may do: who asks, for what, and where it sends them back to.

import { html } from 'hono/html';
import type { Reply } from '../../core/reply.ts';
import { renderPage } from '../../pages/frame.ts';
import type { Person } from '../people.ts';
import { isLoopback, isOwned } from './redirect-uris.ts';
import { describeScope, kindOf, type Platform } from './scopes.ts';

export interface ConsentQuestion {
  readonly person: Person;
  readonly client: {
    readonly id: string;
    readonly name: string | undefined;
    /** An operator of this server wrote it down. */
    readonly known: boolean;
  };
  readonly redirectUri: string;
  /** Nothing where this person can give nothing of what is asked for. */
  readonly scopes: readonly string[];
  /** Kinds of things that the client asked for as well, and of which this person can give nothing. */
  readonly beyond: readonly string[];
  /** What this person has let this client do before. */
  readonly allowed: readonly string[];
  readonly platforms: readonly Platform[];
}

const maxName = 80;

export function renderConsent(question: ConsentQuestion): Promise<Reply> {
  const { person, client, redirectUri, scopes, beyond, allowed, platforms } = question;
  const name = showName(client.name);
  const reading = scopes.filter((scope) => kindOf(scope) === 'read');
  const changing = scopes.filter((scope) => kindOf(scope) !== 'read');
  // What takes away is given knowingly: the box is set only where the client comes back for more.
  const isSet = (scope: string) => kindOf(scope) === 'write' || allowed.length > 0;
  const body = html`
<p class="lead">${
    client.known
      ? html`The application is <strong>${name}</strong>, which the operator of this server has registered.`
      : html`It calls itself <strong>${name === '' ? '(no name)' : name}</strong>. Nobody has checked that name.`
  }</p>
<dl class="card">
${placeOfClient(client.id)}
<dt>It returns to</dt><dd>${placeOf(redirectUri)}</dd>
<dt>You are</dt><dd>${person.name}</dd>
</dl>
<form method="post">
<input type="hidden" name="csrf" value="${person.csrf}">
${
  scopes.length === 0
    ? html`<p class="note bad" role="alert">You may do nothing of what it asks for. An administrator can give you more rights.</p>`
    : html`<fieldset><legend>It will be able to do this as you</legend>
${reading.map(
  (scope) =>
    html`<p class="choice"><input type="hidden" name="scope" value="${scope}"><span class="mark" aria-hidden="true">✓</span><span>${describeScope(scope, platforms)} <code>${scope}</code></span></p>`,
)}
${changing.map(
  (scope, place) =>
    html`<p class="choice"><input type="checkbox" id="scope-${place}" name="scope" value="${scope}"${isSet(scope) ? html` checked` : ''}><label for="scope-${place}">${describeScope(scope, platforms)} <code>${scope}</code>${kindOf(scope) === 'destroy' ? html` <span class="chip bad">Dangerous</span>` : ''}</label></p>`,
)}
</fieldset>
${
  beyond.length === 0
    ? ''
    : html`<p>It asks for more than you may do here: ${beyond.map((scope) => html`<code>${scope}</code> `)}. That is left out; an administrator can give you more rights.</p>`
}
<p>Did you just start this yourself, in that application? If not, refuse.</p>`
}
<div class="buttons">
${scopes.length === 0 ? '' : html`<button class="main-button" type="submit" name="decision" value="allow">Allow</button>`}
<button type="submit" name="decision" value="refuse">${scopes.length === 0 ? 'Back to the application' : 'Refuse'}</button>
<button class="plain-button" type="submit" name="decision" value="other">I am another person</button>
</div>
</form>`;
  return renderPage({
    title: 'Let this application use Castellan?',
    body,
    person: { name: person.name, csrf: person.csrf },
    formTargets: [targetOf(redirectUri)],
  });
}

/** What somebody calls themselves, so that it cannot pass for anything else on a page: one short line, read one way. */
export function showName(name: string | undefined): string {
  const plain = (name ?? '').replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '').replace(/\s+/g, ' ');
  const characters = [...plain.trim()];
  return characters.length > maxName ? `${characters.slice(0, maxName - 1).join('')}…` : characters.join('');
}

/** Where a client’s own word for it is an address, the host is what a person can judge it by. */
function placeOfClient(id: string) {
  if (!/^https:\/\//.test(id) || !URL.canParse(id)) return '';
  return html`<dt>It is described at</dt><dd><strong>${new URL(id).host}</strong></dd>`;
}

function placeOf(redirectUri: string) {
  const url = new URL(redirectUri);
  if (isLoopback(redirectUri)) return html`<strong>a program on this computer</strong> (${url.host})`;
  if (isOwned(redirectUri)) return html`<strong>${url.host}</strong>`;
  return html`<strong>an application on this computer</strong> that opens ${url.protocol} addresses`;
}

/** For the policy of the page: a source expression (CSP 3 §2.3.1), which knows no IPv6 addresses. */
function targetOf(redirectUri: string): string {
  const url = new URL(redirectUri);
  if (url.origin === 'null' || url.hostname.startsWith('[')) return url.protocol;
  return url.origin;
}
