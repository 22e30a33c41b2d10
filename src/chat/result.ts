// A tool's answer: whole for the person, in bounds and marked as data for the model, in one line for the screen.

import type { CallToolResult } from '@modelcontextprotocol/client';
import { isMarked, markData, unmarkData, withoutMarks } from '../core/mark.ts';
import { plain, shortened, withoutUnseen } from '../core/plain.ts';

export interface ReadResultOptions {
  /** Characters of it that the model is shown. */
  readonly most: number;
  /** Whether the server marks what comes from others, and the rest of its answers is its own words. */
  readonly marks: boolean;
}

export interface ReadResult {
  readonly ok: boolean;
  /** All of it, without marks. */
  readonly whole: string;
  /** What the model is shown. */
  readonly shown: string;
  /** How many characters the model is not shown. */
  readonly cut: number;
  /** What came of it, on one line. */
  readonly summary: string;
}

export function readResult(result: CallToolResult, { most, marks }: ReadResultOptions): ReadResult {
  const text = textOf(result);
  const marked = isMarked(text);
  const whole = withoutUnseen(marked ? unmarkData(text) : text);
  const ok = result.isError !== true;
  const cut = Math.max(0, whole.length - most);
  const kept = cut > 0 ? endAtLine(whole, most) : whole;
  // What a server of ours does not mark is its own words, and no mark of anybody's. Of another server all is data, in marks
  // of ours: whoever wrote its text may have written marks as well.
  const own = marks && (marked ? (cut === 0 ? text : markData(kept)) : withoutMarks(kept));
  const safe = own || markData(kept, 'the tool');
  const note = `\nCUT: ${kept.length} of ${whole.length} characters are above, and the person has all of them. Ask for less: a filter, a smaller limit, fewer fields.`;
  return {
    ok,
    whole,
    shown: cut > 0 ? safe + note : safe,
    cut: whole.length - kept.length,
    summary: summarize(whole, ok),
  };
}

function textOf({ content, structuredContent }: CallToolResult): string {
  const parts = content.map((part) => {
    if (part.type === 'text') return part.text;
    if (part.type === 'resource' && 'text' in part.resource) return `${part.resource.uri}\n${part.resource.text}`;
    if (part.type === 'resource_link') return `${part.name}: ${part.uri}`;
    return `[${part.type}${'mimeType' in part ? ` ${part.mimeType}` : ''}, not shown]`;
  });
  if (parts.length > 0) return parts.join('\n');
  return structuredContent === undefined ? '' : JSON.stringify(structuredContent);
}

/** Half a line of a table is read as a whole one. */
function endAtLine(text: string, most: number): string {
  const head = text.slice(0, most).replace(/[\uD800-\uDBFF]$/, '');
  const end = head.lastIndexOf('\n');
  return end > most / 2 ? head.slice(0, end) : head;
}

const longestSummary = 300;

function summarize(whole: string, ok: boolean): string {
  const lines = whole.split('\n').map(plain).filter(Boolean);
  const [first = ok ? 'an empty answer' : 'failed', second] = lines;
  // A change says first whether it was made, then what it is.
  const says = second !== undefined && /^(not )?done$/i.test(first) ? `${first}: ${second}` : first;
  return shortened(says, longestSummary);
}
