// castellan audit: what was asked for, what was answered and what came of it; and whether the record of it is whole.

import { defineCommand } from 'citty';
import { auditFolderOf } from '../app.ts';
import { plain } from '../core/plain.ts';
import type { Fault } from '../core/settings.ts';
import { nearest } from '../core/words.ts';
import { type AuditRecord, type ReadOptions, type ReadRecord, readAuditLog } from '../observe/audit-read.ts';
import { auditSettings } from '../observe/audit-settings.ts';
import { verifyAuditLog } from '../observe/audit-verify.ts';
import { describeFault, describeRecord, describeTrouble, endsOf, writeTail, writeTailHead } from './audit-page.ts';
import { flagsOf, loadFor, numberFlag } from './flags.ts';
import { paint, print, tell } from './output.ts';

const args = {
  action: {
    type: 'positional',
    description: 'tail (the newest records), show (all records of one call) or verify (is the log whole?).',
    required: true,
  },
  which: {
    type: 'positional',
    description: 'With show: the id of a call, or the number of one of its records.',
    required: false,
  },
  lines: { type: 'string', description: 'With tail: how many records, 1 to 100000. Default: 20.' },
  follow: { type: 'boolean', description: 'With tail: go on with what is recorded from now on.', default: false },
  tenant: { type: 'string', description: 'With tail: only records of this tenant.' },
  tool: { type: 'string', description: 'With tail: only records of this tool.' },
  json: { type: 'boolean', description: 'Print JSON: one record a line, or the verdict.', default: false },
  ...flagsOf(auditSettings),
} as const;

const actions = ['tail', 'show', 'verify'] as const;
type Action = (typeof actions)[number];
const flagsOfTail = ['lines', 'follow', 'tenant', 'tool'] as const;

export default defineCommand({
  args,
  async run({ args: given, rawArgs }) {
    const lines = numberFlag('lines', given.lines ?? '20', 1, 100_000);
    const faults = [...checkUse(given), ...(lines.fault ? [lines.fault] : [])];
    // No organization is asked here, so none need be configured.
    const { config } = loadFor(rawArgs, { ...given, sandbox: true }, args, () => faults);
    const folder = auditFolderOf(config);
    const json = given.json === true;
    const action = given.action as Action;
    if (action === 'verify') return verify(folder, json);
    if (action === 'show') return show(folder, String(given.which), json);
    const { tenant, tool } = given;
    const matches = (record: AuditRecord) =>
      (tenant === undefined || record.tenant === tenant) && (tool === undefined || record.tool === tool);
    await tail(folder, { matches, last: lines.value }, given.follow === true, json);
  },
});

function checkUse(given: Readonly<Record<string, unknown>>): Fault[] {
  const faults: Fault[] = [];
  const action = String(given.action);
  if (!actions.includes(action as Action)) {
    const near = nearest(action, actions);
    const todo = near ? `Did you mean ${near}?` : `Use one of: ${actions.join(', ')}.`;
    return [{ where: action, problem: 'is no action of audit', todo }];
  }
  if (action === 'show' && given.which === undefined) {
    const todo = 'Name a call, or the number of a record as castellan audit tail shows it.';
    faults.push({ where: 'show', problem: 'needs to know which', todo });
  }
  if (action !== 'show' && given.which !== undefined)
    faults.push({ where: String(given.which), problem: `is nothing that ${action} takes`, todo: 'Leave it out.' });
  for (const flag of flagsOfTail) {
    if (action === 'tail' || given[flag] === undefined || given[flag] === false) continue;
    faults.push({ where: `--${flag}`, problem: 'goes with tail', todo: 'Leave it out.' });
  }
  return faults;
}

async function tail(folder: string, which: ReadOptions, follow: boolean, json: boolean): Promise<void> {
  if (follow) {
    const stop = new AbortController();
    process.once('SIGINT', () => stop.abort()).once('SIGTERM', () => stop.abort());
    if (!json) print(writeTailHead());
    for await (const read of readAuditLog(folder, { ...which, follow: stop.signal }))
      print(json ? asJson(read) : writeTail(read));
    return;
  }
  const found: ReadRecord[] = [];
  for await (const read of readAuditLog(folder, which)) found.push(read);
  if (json) {
    for (const read of found) print(asJson(read));
    return;
  }
  if (found.length === 0) return tell(`Nothing that fits is recorded in ${folder}.`);
  print(writeTailHead());
  // What ends a call stands after its beginning and fits the same question: it would be among these.
  const ends = endsOf(found);
  for (const read of found) print(writeTail(read, ends));
}

async function show(folder: string, which: string, json: boolean): Promise<void> {
  const number = /^\d+$/.test(which) ? Number(which) : undefined;
  let call = which;
  let alone = false;
  for await (const { record } of number === undefined
    ? []
    : readAuditLog(folder, { matches: ({ seq }) => seq === number })) {
    if (!record) continue;
    call = record.call;
    // What the log says of itself belongs to no call.
    alone = record.event === 'lost';
  }
  const found: ReadRecord[] = [];
  const matches = (record: AuditRecord) => record.call === call && (!alone || record.seq === number);
  for await (const read of readAuditLog(folder, { matches })) if (read.record) found.push(read);
  if (found.length === 0) {
    tell(`There is no call ${plain(which)}, and no record of that number, in the audit log (${folder}).`);
    process.exitCode = 1;
    return;
  }
  if (json) {
    for (const read of found) print(asJson(read));
    return;
  }
  const ends = endsOf(found);
  print(found.map((read) => describeRecord(read)).join('\n\n'));
  const trouble = found.flatMap((read) => describeTrouble(read, ends) ?? []);
  if (trouble.length > 0) print(`\n${trouble.join('\n')}`);
}

async function verify(folder: string, json: boolean): Promise<void> {
  const verdict = await verifyAuditLog(folder);
  process.exitCode = verdict.ok ? 0 : 1;
  if (json) return print(JSON.stringify(verdict, null, 2));
  const { count, first, last, faults, notes } = verdict;
  const records = count === 1 ? '1 record' : `${count} records`;
  print(`${folder}\n${records}${first === undefined ? '' : `, ${first} to ${last}`}`);
  for (const note of notes) print(`  note: ${plain(note)}`);
  for (const fault of faults) print(`  ${paint('red', '✗')} ${describeFault(fault)}`);
  if (verdict.ok) print(`${paint('green', '✓')} Every record is what was written, in its place, and none is missing.`);
  else print('The log is not what was written. Keep its folder as it is, and find out who could write to it.');
}

function asJson({ record, file, line, sound }: ReadRecord): string {
  return JSON.stringify({ ...record, file, line, sound });
}
