// Rows for people: columns in line, as wide as the terminal and no wider.

import { plain } from '../core/plain.ts';
import { paint } from './output.ts';

export type Row = readonly (string | undefined)[];

const legible = 14;

/** Width of the terminal, or of a page where there is none. */
export function terminalWidth(): number {
  return Math.max(40, process.stdout.columns ?? 100);
}

export function writeRows(head: readonly string[], rows: readonly Row[], indent = 2, width = terminalWidth()): string {
  const gap = 2;
  const cells = rows.map((row) => head.map((_, place) => row[place] ?? ''));
  const natural = head.map((name, place) => Math.max(name.length, ...cells.map((row) => (row[place] ?? '').length)));
  let room = width - indent - gap * (head.length - 1);
  // Narrow columns get what they need; what is left is shared by the wide ones.
  const widths = new Array<number>(head.length).fill(0);
  const order = natural.map((size, place) => ({ size, place })).sort((a, b) => a.size - b.size);
  order.forEach(({ size, place }, rank) => {
    const given = Math.max(4, Math.min(size, Math.floor(room / (order.length - rank))));
    widths[place] = given;
    room -= given;
  });
  const pad = ' '.repeat(indent);
  // Columns too narrow to be read say more below one another.
  if (widths.some((given, place) => given < Math.min(natural[place] ?? 0, legible))) {
    const block = (row: readonly string[]) =>
      row.flatMap((cell, place) => (cell === '' ? [] : [wrap(`${head[place]}: ${cell}`, indent, width)])).join('\n');
    return cells.map(block).join(`\n${pad}${paint('dim', '–')}\n`);
  }
  const line = (row: readonly string[]) =>
    row
      .map((cell, place) => fit(cell, widths[place] ?? 0))
      .join(' '.repeat(gap))
      .trimEnd();
  return [paint('dim', pad + line(head)), ...cells.map((row) => pad + line(row))].join('\n');
}

function fit(text: string, width: number): string {
  return text.length <= width ? text.padEnd(width) : `${text.slice(0, Math.max(0, width - 1))}…`;
}

/** Prose, broken at spaces. */
export function wrap(text: string, indent = 0, width = Math.min(terminalWidth(), 100)): string {
  const pad = ' '.repeat(indent);
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && indent + line.length + 1 + word.length > width) {
      lines.push(pad + line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, pad + line].join('\n');
}

/** Names after a heading, none of them broken by the edge of the screen. */
export function inLines(heading: string, names: readonly string[]): string {
  const width = process.stdout.columns ?? Number.POSITIVE_INFINITY;
  let lines = '';
  let line = `  ${heading}`;
  for (const name of names.map(plain)) {
    if (line.length + 1 + name.length <= width) line += ` ${name}`;
    else {
      lines += `${line}\n`;
      line = `    ${name}`;
    }
  }
  return lines + line;
}

/** Paragraphs for the terminal; what is indented, such as an address, stays whole so that it can be copied. */
export function paragraphs(text: string): string {
  return text
    .split('\n')
    .map((line) => (line === '' || line.startsWith(' ') ? line : wrap(line)))
    .join('\n');
}
