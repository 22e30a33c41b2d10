// /calls: what was called, from the audit log: one's own calls, and everybody's for an operator.

import { html } from 'hono/html';
import type { Person } from '../../auth/people.ts';
import type { AuditPlace, PlacedRecord } from '../../observe/audit-back.ts';
import type { RecordedCall } from '../../observe/audit-calls.ts';
import { type Html, renderPage } from '../../pages/frame.ts';
import { visibleLine } from '../../pages/visible.ts';
import { nothingHere } from './problems.ts';
import type { Page } from './visit.ts';
import { callerName, exactTime, outcome, prefixOf, when } from './words.ts';

const perPage = 25;

export const showCalls: Page = async ({ person, query }, { calls, now }) => {
  const asked = query.get('caller')?.trim() ?? '';
  const filter = person.operator ? callerOf(asked, person) : person.caller;
  const before = readPlace(query.get('before'));
  const page = await calls.list({ caller: filter, before, most: perPage });
  const older = page.older && olderLink(page.older, person.operator ? asked : '');
  const body = html`
${person.operator ? searchForm(asked, person) : html`<p class="lead">What was called in your name, the newest first.</p>`}
${
  page.calls.length > 0
    ? callsTable(page.calls, person, now())
    : html`<p class="card">${before || page.older ? 'Nothing that fits in this part of the log.' : 'Nothing is recorded yet.'}</p>`
}
<nav class="pager" aria-label="Pages">
<span>${before ? html`<a href="${listLink(person.operator ? asked : '')}">Newest</a>` : ''}</span>
<span>${older && html`<a rel="next" href="${older}">Older</a>`}</span>
</nav>`;
  return renderPage({ title: 'Calls', body, person, section: '/calls' });
};

/** As records name them; of people it is enough to say their id. */
function callerOf(asked: string, person: Person): string | undefined {
  if (asked === '' || asked === 'local' || /^https?:\/\/[^|]*\|/.test(asked)) return asked || undefined;
  return prefixOf(person) + asked;
}

function searchForm(asked: string, person: Person): Html {
  return html`<form class="search" method="get" action="/calls">
<div><label for="caller">Only the calls of</label>
<input id="caller" type="search" name="caller" value="${asked}" autocomplete="off" spellcheck="false" aria-describedby="caller-help"></div>
<button>Show</button></form>
<p class="quiet small" id="caller-help">A person’s id, or a caller as records name them. <a href="${listLink(person.caller)}">Only mine</a> · <a href="/calls">Everybody’s</a></p>`;
}

export function callsTable(calls: readonly RecordedCall[], person: Person, now: number): Html {
  const rows = calls.map(
    (call) => html`<tr role="row">
<th role="rowheader" scope="row"><a href="${callLink(call)}">${visibleLine(call.tool, 80)}<span class="unseen"> at ${exactTime(Date.parse(call.at))}, ${visibleLine(call.call.slice(0, 8), 20)}</span></a></th>
<td role="cell" data-label="Outcome">${outcome(call)}</td>
<td role="cell" data-label="Tenant">${call.tenant === undefined ? html`<span class="quiet">none</span>` : visibleLine(call.tenant, 60)}</td>
${person.operator ? html`<td role="cell" data-label="Caller"><a href="${listLink(call.caller)}">${callerName(call.caller, person)}</a></td>` : ''}
<td role="cell" data-label="When">${when(Date.parse(call.at), now)}</td>
</tr>`,
  );
  return html`<div class="scroll"><table role="table"><caption class="unseen">Calls, the newest first</caption>
<thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Tool</th><th role="columnheader" scope="col">Outcome</th><th role="columnheader" scope="col">Tenant</th>${
    person.operator ? html`<th role="columnheader" scope="col">Caller</th>` : ''
  }<th role="columnheader" scope="col">When</th></tr></thead>
<tbody role="rowgroup">${rows}</tbody></table></div>`;
}

export const showCall: Page = async ({ person, name, query }, { calls, now }) => {
  const records = await calls.show(name, readPlace(query.get('at')));
  const mine = records.filter(({ record }) => person.operator || record.caller === person.caller);
  const [first] = mine;
  // Of another person's call, nothing is said, not even that there is one.
  if (!first || mine.length < records.length)
    return nothingHere(person, '/calls', 'There is no such call in this part of the audit log.');
  const { record } = first;
  const body = html`
<p><a href="/calls">All calls</a></p>
<dl class="card">
<dt>Call</dt><dd><code>${visibleLine(record.call, 100)}</code></dd>
<dt>Caller</dt><dd>${callerName(record.caller, person)} <code>${visibleLine(record.caller, 400)}</code></dd>
<dt>Tenant</dt><dd>${visibleLine(record.tenant ?? 'none', 60)}</dd>
<dt>Access</dt><dd>${visibleLine(record.access, 20)}</dd>
</dl>
<h2>Records</h2>
<ol class="records">${mine.map((read) => html`<li class="card">${describeRecord(read, person, now())}</li>`)}</ol>
<p class="quiet small">Records hold ids and digests, no names and no values. <code>castellan audit verify</code> says whether the whole log is what was written.</p>`;
  return renderPage({ title: visibleLine(record.tool, 80), body, person, section: '/calls' });
};

function describeRecord({ record, sound }: PlacedRecord, person: Person, now: number): Html {
  const { event, dryRun, by, code, confirmation, targets = [], requestIds = [], input, plan, seq } = record;
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['Why', code],
    ['By', by === undefined ? undefined : callerName(by, person)],
    ['Confirmation', confirmation],
    ['Targets', targets.join(', ') || undefined],
    ['Request ids', requestIds.join(', ') || undefined],
    ['Input digest', input],
    ['Plan digest', plan],
    ['Record', String(seq)],
  ];
  const shown = facts.filter(([, value]) => value !== undefined);
  return html`<div class="row">${outcome({ event, code, dryRun, sound })}<span>${when(Date.parse(record.at), now)}</span></div>
<dl class="small">${shown.map(([term, value]) => html`<dt>${term}</dt><dd>${visibleLine(value ?? '', 1_000)}</dd>`)}</dl>`;
}

function callLink({ call, place }: RecordedCall): string {
  return `/calls/${encodeURIComponent(call)}?at=${writePlace(place)}`;
}

function listLink(caller: string): string {
  return caller === '' ? '/calls' : `/calls?${new URLSearchParams({ caller })}`;
}

function olderLink(place: AuditPlace, caller: string): string {
  return `/calls?${new URLSearchParams({ before: writePlace(place), ...(caller !== '' && { caller }) })}`;
}

function writePlace({ segment, offset }: AuditPlace): string {
  return `${segment}.${offset}`;
}

function readPlace(text: string | null): AuditPlace | undefined {
  const [, segment, offset] = /^(\d{1,9})\.(\d{1,12})$/.exec(text ?? '') ?? [];
  return segment === undefined || offset === undefined
    ? undefined
    : { segment: Number(segment), offset: Number(offset) };
}
