// TOML text in pieces that put together are the text again: table headers, keys with their values, and what is between them.

export interface Statement {
  readonly kind: 'table' | 'pair' | 'blank';
  /** With its comment and the end of its line. */
  readonly text: string;
  /** The table in which it stands, or which it begins. */
  readonly table: readonly string[];
  /** First part of its key. */
  readonly field?: string;
}

/** @param text valid TOML */
export function splitToml(text: string): readonly Statement[] {
  const statements: Statement[] = [];
  let table: readonly string[] = [];
  let start = 0;
  while (start < text.length) {
    const end = endOfStatement(text, start);
    const piece = text.slice(start, end);
    const header = /^[ \t]*\[\[?([^\n]*)/.exec(piece);
    if (/^\s*(#|$)/.test(piece)) statements.push({ kind: 'blank', text: piece, table });
    else if (header) {
      table = keyParts(header[1] ?? '');
      statements.push({ kind: 'table', text: piece, table });
    } else statements.push({ kind: 'pair', text: piece, table, field: keyParts(piece)[0] ?? '' });
    start = end;
  }
  return ofNextTable(statements);
}

/** Comments and blank lines right before a header are about that table. */
function ofNextTable(statements: readonly Statement[]): readonly Statement[] {
  const result: Statement[] = [];
  let next: readonly string[] | undefined;
  for (const each of [...statements].reverse()) {
    if (each.kind === 'blank' && next) result.push({ ...each, table: next });
    else {
      next = each.kind === 'table' ? each.table : undefined;
      result.push(each);
    }
  }
  return result.reverse();
}

/** Behind the line end that ends it: one outside of strings and brackets. */
function endOfStatement(text: string, start: number): number {
  let depth = 0;
  let at = start;
  // A header's brackets are closed on its own line.
  while (at < text.length) {
    const quote = /^("""|'''|"|')/.exec(text.slice(at, at + 3))?.[0];
    if (quote) at = endOfString(text, at, quote);
    else if (text[at] === '#') at = endOfLine(text, at);
    else if (text[at] === '\n' && depth === 0) return at + 1;
    else {
      if (text[at] === '[' || text[at] === '{') depth++;
      if (text[at] === ']' || text[at] === '}') depth--;
      at++;
    }
  }
  return at;
}

function endOfLine(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}

function endOfString(text: string, start: number, quote: string): number {
  let at = start + quote.length;
  while (at < text.length) {
    if (text[at] === '\\' && quote.startsWith('"')) at += 2;
    else if (text.startsWith(quote, at)) {
      at += quote.length;
      // Up to two quotes may stand before the three that end a string of several lines.
      while (quote.length === 3 && text[at] === quote[0]) at++;
      return at;
    } else at++;
  }
  return at;
}

/** The parts of a dotted key, bare or in quotes, up to what ends it. */
function keyParts(text: string): readonly string[] {
  const parts: string[] = [];
  const part = /\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([\w-]+))\s*(\.)?/y;
  for (let found = part.exec(text); found; found = part.exec(text)) {
    parts.push(found[1] ?? found[2] ?? found[3] ?? '');
    if (found[4] === undefined) break;
  }
  return parts;
}
