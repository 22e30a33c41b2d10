// /: what this is, for everybody; what is configured and healthy, for people who are signed in.

import { html } from 'hono/html';
import type { Reply } from '../../core/reply.ts';
import type { Health, TenantHealth } from '../../mcp/health.ts';
import type { RecordedCall } from '../../observe/audit-calls.ts';
import { type Html, renderPage } from '../../pages/frame.ts';
import { visibleLine } from '../../pages/visible.ts';
import { openQuestions } from './approvals.ts';
import { callsTable } from './calls.ts';
import { copied } from './connect.ts';
import type { ConsoleOptions, Page } from './visit.ts';
import { relative } from './words.ts';

/** For a browser in which nobody is signed in: nothing of what is configured. */
export function showWelcome({ publicUrl, issuer }: ConsoleOptions): Promise<Reply> {
  const signIn = new URL('/sign-in', publicUrl).href;
  const body = html`
<p class="lead">Through this server an AI assistant sees and administers identity platforms, in the name of the person who uses it and within what that person may do.</p>
<p><a class="button main-button" href="${signIn}">Sign in</a></p>
<p class="quiet small">You sign in at <code>${new URL(issuer).host}</code>. Here you then see what was done in your name, decide what waits for you, and end what you let clients do.</p>
<h2>For your MCP client</h2>
<p>Give it this address; it opens a browser for you to sign in.</p>
${copied('address', 'the address', publicUrl)}`;
  return renderPage({ title: 'Castellan', body, copies: true });
}

export const showOverview: Page = async ({ person }, options) => {
  const { health, approvals, calls, now, describeScope, version } = options;
  const [state, waiting, mine, newest] = await Promise.all([
    health(),
    openQuestions(person, approvals),
    calls.list({ caller: person.caller, most: 5 }),
    calls.list({ most: 1 }),
  ]);
  const at = now();
  const body = html`
${waitingNote(waiting.length)}
<h2>Organizations</h2>
<div class="cards">${state.tenants.map(tenantCard)}</div>
<h2>This server</h2>
<div class="cards">
${state.parts.map(({ name, ok }) => partCard(name, ok))}
${auditCard(newest.calls[0], at)}
</div>
<p class="quiet small">Castellan ${version}. Looked at ${relative(Date.parse(state.checked), at)}; <code>castellan doctor</code> looks closer.</p>
<h2>Your latest calls</h2>
${
  mine.calls.length > 0
    ? html`${callsTable(mine.calls, { ...person, operator: false }, at)}<p><a href="/calls">All calls</a></p>`
    : html`<p class="card">Nothing was called in your name lately. <a href="/connect">Connect a client</a></p>`
}
<h2>What you may let a client do</h2>
${
  person.allowance.scopes.size > 0
    ? html`<ul>${inOrder(person.allowance.scopes).map((scope) => html`<li>${describeScope(scope)} <code>${scope}</code></li>`)}</ul>`
    : html`<p class="card">Nothing: an administrator of this server must allow you something first.</p>`
}
${person.operator ? html`<p>You are an operator: you see everybody’s calls and decide everybody’s questions.</p>` : ''}`;
  return renderPage({ title: titleOf(state), body, person, section: '/' });
};

const kinds = ['read', 'write', 'destroy'];

/** What can do more comes later. */
function inOrder(scopes: Iterable<string>): readonly string[] {
  const rank = (scope: string) => kinds.indexOf(scope.slice(scope.indexOf(':') + 1));
  return [...scopes].sort((one, other) => rank(one) - rank(other));
}

function titleOf({ status }: Health): string {
  return status === 'ok' ? 'All is well' : 'Something needs attention';
}

function waitingNote(count: number): Html {
  if (count === 0) return html`<p class="quiet">Nothing waits for your decision.</p>`;
  const words = count === 1 ? 'One question waits' : `${count} questions wait`;
  return html`<p class="note warn"><strong>${words} for your decision.</strong> <a href="/approvals">Read and decide</a></p>`;
}

function tenantCard({ name, platform, ok, ms, problems = [] }: TenantHealth): Html {
  return html`<div class="card"><div class="row"><h3>${visibleLine(name, 60)}</h3>${chip(ok)}</div>
<p class="quiet small">${platform} · answered in ${ms} ms</p>
${
  problems.length > 0
    ? html`<ul class="small">${problems.map(({ says, todo }) => html`<li>${visibleLine(says, 300)}${todo === undefined ? '' : html`<br><span class="quiet">${visibleLine(todo, 300)}</span>`}</li>`)}</ul>`
    : ''
}</div>`;
}

const partNames: Readonly<Record<string, string>> = { store: 'Store', approvals: 'Approvals’ store' };

function partCard(name: string, ok: boolean): Html {
  return html`<div class="card"><div class="row"><h3>${partNames[name] ?? name}</h3>${chip(ok)}</div><p class="quiet small">${ok ? 'Can be reached' : 'Cannot be reached'}</p></div>`;
}

function auditCard(newest: RecordedCall | undefined, now: number): Html {
  const sound = newest?.sound !== false;
  const says = newest
    ? `${sound ? 'Last record' : 'The last record is not what was written;'} ${relative(Date.parse(newest.at), now)}`
    : 'Nothing is recorded yet';
  return html`<div class="card"><div class="row"><h3>Audit log</h3>${chip(sound)}</div><p class="quiet small">${says}</p></div>`;
}

function chip(ok: boolean): Html {
  return ok ? html`<span class="chip good">Healthy</span>` : html`<span class="chip bad">Trouble</span>`;
}
