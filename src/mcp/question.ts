// What a person is asked before a change is made: what it is, what becomes different, whom it touches, how it is undone.

import type { FieldChange, Plan } from '../core/change.ts';
import { plain } from '../core/plain.ts';

/** Longer lists help nobody to decide. */
const maxLines = 30;
const maxValue = 200;

/** Several lines of plain text. Names in it were written by strangers, so each stands on one line and is cut. */
export function writeQuestion(plan: Plan, tenant: string | undefined, why: string): string {
  const changes = plan.changes.map(describeChange);
  const shown = changes.slice(0, maxLines);
  const more = changes.length - shown.length;
  const touches = Object.entries(plan.touches ?? {}).map(([what, count]) => `${count} ${what.replaceAll('_', ' ')}`);
  const undo = 'none' in plan.undo ? `Cannot be taken back: ${plan.undo.none}` : describeUndo(plan.undo);
  return [
    `${cut(plan.summary, 400)}${tenant === undefined ? '' : ` (in ${tenant})`}`,
    ...shown,
    ...(more > 0 ? [`- and ${more} more fields`] : []),
    ...(touches.length > 0 ? [`Touches: ${touches.join(', ')}.`] : []),
    ...(plan.warnings ?? []).map((warning) => `Note: ${cut(warning, 400)}`),
    undo,
    `You are asked because ${why}.`,
  ].join('\n');
}

function describeUndo({ tool, but }: { readonly tool: string; readonly but?: string | undefined }): string {
  return `Can be taken back with ${tool}${but === undefined ? '.' : `, but ${cut(but, 300)}`}`;
}

function describeChange({ field, before, after }: FieldChange): string {
  if (before === undefined) return `- ${field}: ${show(after)}`;
  return `- ${field}: ${show(before)} → ${after === undefined ? 'removed' : show(after)}`;
}

function show(value: unknown): string {
  return cut(typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing'), maxValue);
}

function cut(text: string, most: number): string {
  const line = plain(text);
  return line.length > most ? `${line.slice(0, most)}… (${line.length} characters)` : line;
}
