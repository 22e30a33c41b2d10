// TOML (1.0) with one table of servers: read with a parser, changed as text, since no parser gives back what it read.

import { isDeepStrictEqual } from 'node:util';
import { parse, TomlError } from 'smol-toml';
import { unusable } from './fault.ts';
import { isTable, type Table } from './table.ts';
import { type Statement, splitToml } from './toml-statements.ts';

/** @throws CastellanError bad_configuration with line and column */
export function readToml(text: string): Table {
  try {
    return parse(text, { integersAsBigInt: true });
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const what = error.message.split('\n')[0]?.replace(/^Invalid TOML document: /, '') ?? '';
    throw unusable(`the file is no TOML: ${what} at line ${error.line}, column ${error.column}`);
  }
}

export interface TomlChange {
  readonly key: string;
  readonly name: string;
  readonly before: Table | undefined;
  readonly after: Table | undefined;
}

/** Tables in the usual form, `[mcp_servers.NAME]`; others are left as they are, which whoever compares will find. */
export function editToml(text: string, { key, name, before, after }: TomlChange): string {
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  if (before === undefined) return after ? append(text, write([key, name], after, eol), eol) : text;
  const statements = splitToml(text);
  const isOurs = ({ table }: Statement) => table[0] === key && table[1] === name;
  const header = statements.findIndex((each) => isOurs(each) && each.kind === 'table' && each.table.length === 2);
  if (after === undefined) {
    // Remarks before the header may be about more than it.
    const kept = statements.findLastIndex((each, place) => place < header && isOurs(each) && each.text.includes('#'));
    return join(statements.filter((each, place) => !isOurs(each) || place <= kept));
  }
  const isStale = (field: string) => !same(before[field], after[field]);
  const line = (field: string) => `${field} = ${toToml(after[field])}${eol}`;
  const written = new Set<string>();
  const changed = statements.flatMap((each, place) => {
    const field = each.table[2] ?? each.field;
    if (!isOurs(each) || field === undefined || !isStale(field)) return [each];
    // A value in its own table (`[mcp_servers.NAME.env]`) is written anew under the header.
    if (each.kind !== 'pair' || each.table.length > 2 || place < header || !(field in after)) return [];
    if (written.has(field)) return [];
    written.add(field);
    return [{ ...each, text: line(field) }];
  });
  const added = Object.keys(after).filter((field) => isStale(field) && !written.has(field));
  return join(
    changed.flatMap((each) => {
      if (each !== statements[header] || added.length === 0) return [each];
      const head = each.text.endsWith('\n') ? each.text : each.text + eol;
      return [{ ...each, text: head + added.map(line).join('') }];
    }),
  );
}

function join(statements: readonly Statement[]): string {
  return statements.map((each) => each.text).join('');
}

function same(one: unknown, other: unknown): boolean {
  return isDeepStrictEqual(structuredClone(one), structuredClone(other));
}

function write(path: readonly string[], table: Table, eol: string): string {
  const lines = Object.entries(table).map(([field, value]) => `${field} = ${toToml(value)}`);
  return [`[${path.join('.')}]`, ...lines, ''].join(eol);
}

function append(text: string, block: string, eol: string): string {
  if (text === '') return block;
  return `${text}${/[\r\n]$/.test(text) ? '' : eol}${eol}${block}`;
}

/** A JSON string is a basic string of TOML, but for one character. */
function toToml(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(toToml).join(', ')}]`;
  if (isTable(value)) {
    const pairs = Object.entries(value).map(
      ([key, inner]) => `${/^[\w-]+$/.test(key) ? key : JSON.stringify(key)} = ${toToml(inner)}`,
    );
    return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`;
  }
  return typeof value === 'string' ? JSON.stringify(value).replaceAll('\u007f', '\\u007f') : String(value);
}
