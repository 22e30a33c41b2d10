// /approvals: questions that wait for a person, and the decision. Only a person in a browser gets here: an assistant has a
// token and no cookie.

import { html } from 'hono/html';
import type { Person } from '../../auth/people.ts';
import { type Approval, readCode } from '../../mcp/approvals.ts';
import { csrfField, type Html, renderPage } from '../../pages/frame.ts';
import { visible, visibleLine } from '../../pages/visible.ts';
import { nothingHere } from './problems.ts';
import { type Page, seeOther } from './visit.ts';
import { callerName, relative, when } from './words.ts';

/** One's own questions; an operator decides everybody's. */
function concerns({ caller }: Approval, person: Person): boolean {
  return person.operator || caller === person.caller;
}

export async function openQuestions(
  person: Person,
  approvals: { readonly pending: () => Promise<readonly Approval[]> },
): Promise<readonly Approval[]> {
  return (await approvals.pending()).filter((approval) => concerns(approval, person));
}

export const showApprovals: Page = async ({ person }, { approvals, now }) => {
  const waiting = await openQuestions(person, approvals);
  const body = html`
<p class="lead">Some changes are made only when a person who has read them agrees. ${
    person.operator ? 'As an operator you decide everybody’s.' : 'These were asked for in your name.'
  }</p>
${
  waiting.length === 0
    ? html`<p class="card">Nothing waits for a decision.</p>`
    : waiting.map((approval) => waitingCard(approval, person, now()))
}`;
  return renderPage({ title: 'Approvals', body, person, section: '/approvals' });
};

function waitingCard({ code, question, tool, caller, expires }: Approval, person: Person, now: number): Html {
  return html`<article class="card">
<h2><a href="/approvals/${code}">${visibleLine(question.split('\n')[0] ?? '', 200)}</a></h2>
<p class="quiet small"><code>${code}</code> · ${visibleLine(tool, 80)} · asked by ${callerName(caller, person)} · open for another ${relative(expires, now).replace(/^in /, '')}</p>
</article>`;
}

export const showApproval: Page = async ({ person, name }, { approvals, now }) => {
  const approval = await approvals.get(readCode(name));
  // Another person's question looks like none.
  if (!approval || !concerns(approval, person) || approval.expires <= now()) return noQuestion(person);
  const { code, question, tool, tenant, caller, client, expires, status } = approval;
  const body = html`
<p><a href="/approvals">All questions</a></p>
${status === 'pending' ? html`<p class="lead">An assistant asks whether it may do this.</p>` : decidedNote(approval, person)}
<pre id="question" tabindex="0" role="region" aria-label="What would be done">${visible(question)}</pre>
<dl>
<dt>Code</dt><dd><code>${code}</code></dd>
<dt>Tool</dt><dd>${visibleLine(tool, 80)}</dd>
<dt>Tenant</dt><dd>${visibleLine(tenant ?? 'none', 60)}</dd>
<dt>Asked by</dt><dd>${callerName(caller, person)}</dd>
${client === undefined ? '' : html`<dt>Client id</dt><dd><code>${visibleLine(client, 200)}</code></dd>`}
<dt>Ends</dt><dd>${when(expires, now())}</dd>
</dl>
${status === 'pending' ? decisionForm(code, person) : ''}`;
  return renderPage({
    title: status === 'pending' ? 'Do you agree?' : `This was ${status}`,
    body,
    person,
    section: '/approvals',
  });
};

function decisionForm(code: string, person: Person): Html {
  return html`<p class="note warn">What you approve is exactly what stands above, once. If anything of it has changed when the assistant calls again, a new question is asked.</p>
<form method="post" action="/approvals/${code}">
<input type="hidden" name="${csrfField}" value="${person.csrf}">
<div class="buttons"><button class="main-button" name="decision" value="approved">Approve</button><button class="bad-button" name="decision" value="refused">Refuse</button></div>
</form>`;
}

function decidedNote({ status, by }: Approval, person: Person): Html {
  const who = by === undefined ? '' : ` by ${callerName(by, person)}`;
  return status === 'approved'
    ? html`<p class="note good" role="status"><strong>Approved${who}.</strong> It is not done yet: tell the assistant to go on. It must call again with the same arguments, before the question ends.</p>`
    : html`<p class="note bad" role="status"><strong>Refused${who}.</strong> Nothing will be changed; the assistant is told so when it calls again.</p>`;
}

export const decideApproval: Page = async ({ person, name, form }, { approvals }) => {
  const code = readCode(name);
  const decision = form.get('decision');
  const approval = await approvals.get(code);
  if (!approval || !concerns(approval, person)) return noQuestion(person);
  if (decision !== 'approved' && decision !== 'refused') return seeOther(`/approvals/${code}`);
  await approvals.decide(code, decision, person.caller);
  // Whoever decided: the page says what was decided, and by whom.
  return seeOther(`/approvals/${code}`);
};

function noQuestion(person: Person) {
  const says =
    'No question of yours waits under this code. Questions are open for 15 minutes; one that was decided is gone once the assistant has called again: the calls tell what became of it.';
  return nothingHere(person, '/approvals', says);
}
