// Text of a model on its way to a terminal: as it comes, broken between words at the width of the moment, with the little
// markup that models write.

import type { styleText } from 'node:util';
import { withoutUnseen } from '../core/plain.ts';

export type Style = Parameters<typeof styleText>[0];

export interface TextWriterOptions {
  readonly write: (text: string) => void;
  /** Columns now, which may change; undefined where there is no terminal: nothing is broken then. */
  readonly width: () => number | undefined;
  readonly paint: (style: Style, text: string) => string;
}

export interface TextWriter {
  readonly add: (text: string) => void;
  /** Writes what is held back, and ends the line. */
  readonly end: () => void;
}

/** Wider than that nobody reads prose. */
const widest = 100;

export function createTextWriter({ write, width, paint }: TextWriterOptions): TextWriter {
  let held = '';
  let column = 0;
  let hanging = 0;
  let space = '';
  let atStart = true;
  let verbatim = false;
  let fence = false;
  /** A line that is a mark and nothing else. */
  let unshown = false;
  let heading = false;
  let bold = false;
  let code = false;

  function beginLine(word: string): string | undefined {
    atStart = false;
    if (/^```/.test(word)) {
      fence = !fence;
      verbatim = true;
      unshown = true;
      return undefined;
    }
    // Tables and what is fenced keep their columns.
    verbatim = fence || word.startsWith('|');
    heading = !fence && /^#{1,6}$/.test(word);
    const item = !verbatim && /^([-*+•]|\d{1,3}[.)])$/.test(word);
    hanging = space.length + (item ? word.length + 1 : 0);
    return heading ? undefined : item && /^[*+]$/.test(word) ? '-' : word;
  }

  function writeWord(given: string): void {
    const started = atStart;
    const word = started ? beginLine(given) : given;
    if (word === undefined || unshown) {
      space = '';
      return;
    }
    const pieces = verbatim ? [{ text: word, style: fence ? ('cyan' as const) : undefined }] : markup(word);
    const length = widthOf(pieces.map(({ text }) => text).join(''));
    const columns = width();
    const room = columns === undefined || verbatim ? Number.POSITIVE_INFINITY : Math.min(columns - 1, widest);
    const indent = Math.min(hanging, Math.floor(room / 2));
    if (heading && column === 0) space = '';
    if (!started && column + space.length + length > room && column > indent) {
      write(`\n${' '.repeat(indent)}`);
      column = indent;
    } else {
      write(space);
      column += space.length;
    }
    space = '';
    for (const { text, style } of pieces) write(style ? paint(style, text) : text);
    column += length;
  }

  function markup(word: string) {
    return word.split(/(\*\*|`)/).flatMap((text): { text: string; style: Style | undefined }[] => {
      if (text === '**' && !code) bold = !bold;
      else if (text === '`') code = !code;
      else if (text !== '') return [{ text, style: code ? 'cyan' : bold || heading ? 'bold' : undefined }];
      return [];
    });
  }

  function endLine(): void {
    if (!unshown) write('\n');
    unshown = false;
    column = 0;
    hanging = 0;
    space = '';
    atStart = true;
    heading = false;
    // Marks that were never closed hold for their line alone.
    bold = false;
    code = false;
  }

  function take(text: string): void {
    for (const [token] of text.matchAll(/\n|[ \t]+|[^\s]+/g)) {
      if (token === '\n') endLine();
      else if (/^[ \t]/.test(token)) space += token.replaceAll('\t', '    ');
      else writeWord(token);
    }
  }

  return {
    add(text) {
      held += withoutUnseen(text);
      // The last word may go on in the next piece.
      const end = Math.max(held.lastIndexOf(' '), held.lastIndexOf('\n')) + 1;
      take(held.slice(0, end));
      held = held.slice(end);
    },
    end() {
      take(held);
      held = '';
      if (column > 0 || !atStart) endLine();
      fence = false;
    },
  };
}

const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;

/** Columns that a text takes in a terminal. */
export function widthOf(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length;
  let width = 0;
  for (const character of text) if (!/^\p{M}$/u.test(character)) width += wide.test(character) ? 2 : 1;
  return width;
}

/** Prose, broken between words, each line of it behind the same indent. */
export function wrapText(text: string, columns: number | undefined, indent = ''): string {
  const room = Math.max(10, Math.min((columns ?? widest) - 1, widest) - widthOf(indent));
  return text
    .split('\n')
    .flatMap((line) => wrapLine(line, room))
    .map((line) => (line === '' ? '' : indent + line))
    .join('\n');
}

function wrapLine(line: string, room: number): string[] {
  const [lead = ''] = /^ */.exec(line) ?? [];
  // What is no prose shows where its line goes on.
  const hanging = /^( |[-–•] )/.test(line) ? `${lead}  ` : '';
  const lines: string[] = [];
  let current = '';
  for (const word of line
    .trim()
    .split(/ +/)
    .flatMap((each) => pieces(each, room - lead.length - 2))) {
    if (current !== '' && widthOf(`${current} ${word}`) > room) {
      lines.push(current);
      current = hanging + word;
    } else current = current === '' ? lead + word : `${current} ${word}`;
  }
  return [...lines, current];
}

/** A word that is longer than a line, such as an id, is shown whole all the same. */
function pieces(word: string, room: number): string[] {
  const most = Math.max(8, room);
  if (word.length <= most) return [word];
  return [word.slice(0, most), ...pieces(word.slice(most), room)];
}

/** On one line of so many columns. */
export function fitLine(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  let kept = '';
  let width = 0;
  for (const character of text) {
    width += widthOf(character);
    if (width > columns - 1) break;
    kept += character;
  }
  return `${kept}…`;
}
