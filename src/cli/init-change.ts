// One client's file, before and after: found out, shown, written.

import { basename, join } from 'node:path';
import type { Entry, Input, Machine, McpClient, ScopeName } from '../clients/client.ts';
import { diffLines } from '../clients/diff.ts';
import { edit, readContents } from '../clients/edit.ts';
import { unusable } from '../clients/fault.ts';
import { addressOf, isBridge, isOurs } from '../clients/look.ts';
import { leadsOut, readText, replaceFile } from '../clients/replace.ts';
import { isTable, type Table } from '../clients/table.ts';
import { plain } from '../core/plain.ts';
import { paint, print } from './output.ts';
import { wrap } from './table.ts';

export interface Change {
  readonly client: McpClient;
  readonly name: string;
  readonly file: string;
  /** Undefined where there is no file. */
  readonly before: string | undefined;
  readonly after: string | undefined;
  readonly isRemoval: boolean;
  readonly scope: ScopeName;
  readonly todo: readonly string[];
}

export interface Aim {
  readonly machine: Machine;
  readonly scope: ScopeName;
  readonly name: string;
  /** Undefined takes it out. */
  readonly entry: Entry | undefined;
  readonly inputs: readonly Input[];
  readonly todo: readonly string[];
}

/** @throws CastellanError for a file that cannot be read or changed, and for an entry of that name that is somebody else's */
export async function findChange(
  client: McpClient,
  { machine, scope, name, entry, inputs, todo }: Aim,
): Promise<Change> {
  const place = client.places[scope];
  if (!place) throw unusable('it has no file for a project', 'Leave out --scope project for it.');
  const file = place(machine);
  if (scope === 'project' && (await leadsOut(file, machine.folder)))
    throw unusable(
      `${file} leads out of this folder by a link`,
      'It may have come with somebody’s repository: see where it leads, and put a file there instead.',
    );
  const before = await readText(file);
  const change = { client, scope, name, file, before, isRemoval: entry === undefined, todo };
  if (before === undefined && entry === undefined) return { ...change, after: undefined };
  try {
    const { servers } = readContents(client, before ?? '');
    const old = Object.hasOwn(servers, name) ? servers[name] : undefined;
    if (isTable(old)) refuseOthers(client, name, old, entry);
    return { ...change, after: edit(client, before ?? '', { name, entry, inputs }) };
  } catch (error) {
    throw inFile(file, error);
  }
}

/** @throws CastellanError where what is there under the name is not, or may not be, Castellan */
function refuseOthers({ id, key }: McpClient, name: string, old: Table, entry: Entry | undefined): void {
  if (isOurs(name, old, entry && addressOf(entry))) return;
  if (!isBridge(old))
    throw unusable(`${key}.${name} is another server, not Castellan`, 'Give another name with --name.');
  // Taken out by its name it can be: who put it in says so.
  if (entry === undefined) return;
  throw unusable(
    `${key}.${name} leads to ${addressOf(old) ?? 'no address'}, which may be another server`,
    `Give another name with --name; or, if it is Castellan, take it out first: castellan init ${id} --remove --name ${name}`,
  );
}

export function showChange({ client, file, before, after }: Change): void {
  print(`${paint('bold', client.title)}: ${file}${before === undefined ? ' (new)' : ''}`);
  if (after === before) print(`  ${paint('dim', 'nothing changes')}`);
  for (const { line, sign, text } of diffLines(before ?? '', after ?? '')) {
    const shown = `${String(line).padStart(5)} ${sign} ${indentOf(text)}${plain(text.trim())}`;
    print(paint(sign === '+' ? 'green' : 'red', shown));
  }
}

function indentOf(line: string): string {
  return (/^[ \t]*/.exec(line)?.[0] ?? '').replaceAll('\t', '  ');
}

/** @throws CastellanError where the file cannot be written */
export async function writeChange(change: Change, dataFolder: string): Promise<void> {
  const { client, scope, name, file, before, after, isRemoval, todo } = change;
  const done = paint('green', '✓');
  if (after === before || after === undefined) {
    print(`${done} ${client.title}: ${name} is ${isRemoval ? 'not' : 'already'} in ${file}; nothing was changed.`);
  } else {
    const time = new Date().toISOString().replace(/[:.]/g, '').replace('T', '-');
    const backup = {
      folder: join(dataFolder, 'backups'),
      name: `${client.id}-${time}-${basename(file).replace(/^\./, '')}`,
    };
    const copy = await replaceFile({ file, before, after, backup, newMode: scope === 'user' ? 0o600 : 0o644 });
    print(
      `${done} ${client.title}: ${name} is ${isRemoval ? 'gone from' : 'in'} ${file}${before === undefined ? ' (new)' : ''}`,
    );
    if (copy !== undefined) print(`    ${paint('dim', `as it was: ${copy}`)}`);
  }
  for (const line of todo) print(wrap(line, 4));
}

function inFile(file: string, error: unknown): unknown {
  if (!(error instanceof Error) || !('hint' in error)) return error;
  return unusable(`${file}: ${error.message}`, String(error.hint));
}
