// Times, callers and outcomes as people read them.

import { html } from 'hono/html';
import type { Person } from '../../auth/people.ts';
import type { RecordedCall } from '../../observe/audit-calls.ts';
import { nothingToDo } from '../../observe/audit-entry.ts';
import type { Html } from '../../pages/frame.ts';
import { visibleLine } from '../../pages/visible.ts';

const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const;

/** Such as “5 minutes ago” and “in 3 hours”. */
export function relative(at: number, now: number): string {
  const format = new Intl.RelativeTimeFormat('en', { numeric: 'always' });
  const away = at - now;
  for (const [unit, ms] of units) if (Math.abs(away) >= ms) return format.format(Math.trunc(away / ms), unit);
  return away > 0 ? 'in less than a minute' : 'just now';
}

/** Both ways: how long ago, and exactly when. */
export function when(at: number, now: number): Html {
  if (Number.isNaN(at)) return html`<span class="quiet">unknown</span>`;
  const iso = new Date(at).toISOString();
  return html`<span>${relative(at, now)}<br><time class="quiet small" datetime="${iso}">${exactTime(at)}</time></span>`;
}

/** Such as “2026-11-21 14:05:00 UTC”. */
export function exactTime(at: number): string {
  return Number.isNaN(at) ? 'unknown' : `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** Without what all callers of one issuer have in common. */
export function callerName(caller: string, person: Person): string {
  if (caller === person.caller) return 'you';
  const common = prefixOf(person);
  return visibleLine(caller.startsWith(common) ? caller.slice(common.length) : caller, 80);
}

/** What callers of the issuer at which this person signed in have in common. Ids may hold a `|` of their own. */
export function prefixOf({ caller, id }: Person): string {
  return caller.slice(0, caller.length - id.length);
}

const outcomes: Readonly<Record<RecordedCall['event'], readonly [words: string, look: string]>> = {
  done: ['Done', 'good'],
  failed: ['Failed', 'bad'],
  refused: ['Refused', 'warn'],
  asked: ['Asked a person', ''],
  approved: ['Approved', 'good'],
  started: ['No outcome yet', 'warn'],
  unknown: ['Outcome unknown', 'bad'],
  lost: ['Records lost', 'bad'],
};

type Ended = Pick<RecordedCall, 'event' | 'dryRun' | 'sound'> & { readonly code?: string | undefined };

export function outcome({ event, code, dryRun, sound }: Ended): Html {
  // The call ended well, and nothing was done.
  const idle = event === 'done' && code === nothingToDo;
  const [words, look] = idle
    ? ['Nothing to do', '']
    : Object.hasOwn(outcomes, event)
      ? outcomes[event]
      : [visibleLine(event, 20), 'bad'];
  const dry = dryRun ? html` <span class="chip">Dry run</span>` : '';
  const changed = sound ? '' : html` <span class="chip bad">Record changed</span>`;
  return html`<span><span class="chip ${look}">${words}</span>${dry}${changed}</span>`;
}
