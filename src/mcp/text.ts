// Answers as text that a model reads cheaply: a list is a table, an object is lines. What stands in a directory was
// written by anybody, so it can neither break a row nor hide characters.

import { plain } from '../core/plain.ts';
import type { Cell, Table } from '../core/tool.ts';

const separator = ' | ';

export function writeText(value: Record<string, unknown>, table: Table | undefined): string {
  const list = table === undefined ? undefined : value[table.list];
  if (!table || !Array.isArray(list)) return writeLines(value, 0);
  const { [table.list]: _list, complete, next_cursor, ...rest } = value;
  const count = `${list.length} ${table.list}${complete === false ? ' (not all)' : ''}`;
  const tail = typeof next_cursor === 'string' ? `More: call again with ${table.cursor} ${next_cursor}` : undefined;
  const others = Object.keys(rest).length > 0 ? writeLines(rest, 0) : undefined;
  const full = list.some(hasFull) ? list.map((row) => writeLines(row as object, 0)).join('\n\n') : undefined;
  return [count, full ?? writeTable(list, table), others, tail]
    .filter((part) => part !== undefined && part !== '')
    .join('\n');
}

function hasFull(row: unknown): boolean {
  return typeof row === 'object' && row !== null && 'full' in row;
}

function writeTable(rows: readonly unknown[], table: Table): string {
  if (rows.length === 0) return '';
  const columns = [...table.columns].map(([name, read]) => ({ name, cells: rows.map((row) => cellText(read(row))) }));
  const shown = columns.filter(({ cells }) => cells.some((cell) => cell !== ''));
  const heads: string[] = [];
  for (const column of shown) {
    const usual = usualOf(column.cells);
    heads.push(usual === undefined ? column.name : `${column.name} (empty: ${usual})`);
    if (usual !== undefined) column.cells = column.cells.map((cell) => (cell === usual ? '' : cell));
  }
  const lines = rows.map((_, place) =>
    shown
      .map(({ cells }) => cells[place] ?? '')
      .join(separator)
      .replace(/( \| ?)+$/, ''),
  );
  return [heads.join(separator), ...lines].join('\n');
}

/** A value that most of many rows share is said once. Only where no row is empty, so that empty means just one thing. */
function usualOf(cells: readonly string[]): string | undefined {
  if (cells.length < 5 || cells.includes('')) return undefined;
  const counts = new Map<string, number>();
  for (const cell of cells) counts.set(cell, (counts.get(cell) ?? 0) + 1);
  for (const [cell, count] of counts) if (count * 2 > cells.length) return cell;
  return undefined;
}

function cellText(value: Cell): string {
  return value === undefined ? '' : plain(String(value)).replaceAll('|', '/');
}

function writeLines(value: object, depth: number): string {
  const indent = '  '.repeat(depth);
  const lines: string[] = [];
  for (const [name, inner] of Object.entries(value)) {
    if (inner === undefined || inner === null) continue;
    if (typeof inner !== 'object') lines.push(`${indent}${plain(name)}: ${plain(String(inner))}`);
    else if (Array.isArray(inner) && inner.every((item) => typeof item !== 'object')) {
      lines.push(`${indent}${plain(name)}: ${inner.map((item) => plain(String(item))).join(', ')}`);
    } else if (depth >= 6) lines.push(`${indent}${plain(name)}: ${plain(JSON.stringify(inner))}`);
    else lines.push(`${indent}${plain(name)}:`, writeInner(inner, depth + 1));
  }
  return lines.filter((line) => line !== '').join('\n');
}

function writeInner(inner: object, depth: number): string {
  if (!Array.isArray(inner)) return writeLines(inner, depth);
  const items = inner.map((item) => (typeof item === 'object' && item !== null ? item : { value: item }));
  return items.map((item) => `${'  '.repeat(depth)}-\n${writeLines(item, depth + 1)}`).join('\n');
}
