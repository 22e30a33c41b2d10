// How records of the audit log look on a terminal.

import { plain } from '../core/plain.ts';
import { nothingToDo } from '../observe/audit-entry.ts';
import type { ReadRecord } from '../observe/audit-read.ts';
import type { AuditFault } from '../observe/audit-verify.ts';
import { paint } from './output.ts';
import { wrap } from './table.ts';

/** Columns before the last two have widths of their own, so that lines which come later stand under the first. */
const widths = { seq: 7, at: 19, event: 8 } as const;
const indent = ' '.repeat(widths.seq + 2);
const events = { refused: 'yellow', failed: 'red', unknown: 'red', lost: 'red', done: 'green' } as const;
const outcomes = new Set(['refused', 'done', 'failed', 'unknown']);

/** As wide as the terminal, up to where the eye loses the line; 80 where there is none. */
function pageWidth(): number {
  return Math.max(60, Math.min(process.stdout.columns ?? 80, 110));
}

function columns(cells: readonly [seq: string, at: string, event: string, tool: string, tenant: string]): string[] {
  const room = pageWidth() - widths.seq - widths.at - widths.event - 4 * 2;
  const tenant = Math.max(6, Math.floor(room / 3));
  const [seq, at, event, tool, named] = cells;
  return [
    seq.padStart(widths.seq),
    at.padEnd(widths.at),
    event.padEnd(widths.event),
    fit(tool, room - tenant),
    fit(named, tenant).trimEnd(),
  ];
}

function fit(text: string, width: number): string {
  return text.length <= width ? text.padEnd(width) : `${text.slice(0, Math.max(0, width - 1))}…`;
}

export function writeTailHead(): string {
  return paint('dim', columns(['record', 'time (UTC)', 'event', 'tool', 'tenant']).join('  ').trimEnd());
}

/** Calls whose end is among these records. */
export function endsOf(records: readonly ReadRecord[]): ReadonlySet<string> {
  return new Set(records.flatMap(({ record }) => (record && outcomes.has(record.event) ? [record.call] : [])));
}

/** One record in one line, and below it what must not be overlooked. Without `ends`, a call may still come to its end. */
export function writeTail(read: ReadRecord, ends?: ReadonlySet<string>): string {
  const { record } = read;
  if (!record) return `${indent}${describeTrouble(read)}`;
  const at = record.at.slice(0, 19).replace('T', ' ');
  const idle = record.event === 'done' && record.code === nothingToDo;
  const dry = record.dryRun ? ' (dry run)' : '';
  const cells = columns([
    String(record.seq),
    plain(at),
    idle ? 'not done' : plain(record.event),
    plain(record.tool) + dry,
    plain(record.tenant ?? ''),
  ]);
  const colour = !idle && Object.hasOwn(events, record.event) ? events[record.event as keyof typeof events] : undefined;
  if (colour) cells[2] = paint(colour, cells[2] ?? '');
  const below = [record.code === undefined ? undefined : plain(record.code), describeTrouble(read, ends)];
  const lines = below.flatMap((text) => (text === undefined ? [] : [wrap(`└ ${text}`, indent.length, pageWidth())]));
  return [cells.join('  ').trimEnd(), ...lines].join('\n');
}

/** What is wrong with a record or with the end of its call. */
export function describeTrouble(
  { record, sound, file, line }: ReadRecord,
  ends?: ReadonlySet<string>,
): string | undefined {
  if (!record) return paint('red', `${file} line ${line} is no record: run castellan audit verify`);
  if (!sound) return paint('red', `record ${record.seq} is not what was written: run castellan audit verify`);
  if (record.event !== 'started' || ends === undefined || ends.has(record.call)) return undefined;
  return paint('yellow', 'no outcome recorded: it still runs, or its process has ended');
}

const names = {
  ...{ seq: 'record', at: 'time', event: 'event', call: 'call', tool: 'tool', access: 'access', caller: 'caller' },
  ...{ tenant: 'tenant', input: 'input digest', plan: 'plan digest', targets: 'targets', requestIds: 'request ids' },
  ...{ confirmation: 'confirmation', by: 'by', code: 'code', dryRun: 'dry run', hash: 'hash', prev: 'hash before' },
} as const;

/** All that one record says, a field a line. */
export function describeRecord({ record, file, line }: ReadRecord): string {
  const shown = Object.entries(names).flatMap(([field, name]) => {
    const value: unknown = record?.[field as keyof typeof names];
    return value === undefined ? [] : [{ name, value: plain(Array.isArray(value) ? value.join(', ') : String(value)) }];
  });
  const width = Math.max(...Object.values(names).map((name) => name.length));
  const rows = [...shown, { name: 'file', value: `${file} line ${line}` }];
  return rows.map(({ name, value }) => `${paint('dim', name.padEnd(width))}  ${hang(value, width + 2)}`).join('\n');
}

/** Long values go on below, in their column; a digest, which has no spaces, stays whole to be copied. */
function hang(value: string, column: number): string {
  return wrap(value, column, pageWidth()).trimStart();
}

export function describeFault({ file, line, record, kind, says }: AuditFault): string {
  const where = [file, line === undefined ? '' : `line ${line}`, record === undefined ? '' : `record ${record}`];
  return `${where.filter((part) => part !== '').join(', ')}: ${kind}: ${plain(says)}`;
}
