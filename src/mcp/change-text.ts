// A change in words: what a person is asked before it is made, and what is answered once it is made or not.

import type { ChangeAnswer, FieldChange, Plan } from '../core/change.ts';
import { plain, shortened } from '../core/plain.ts';

/** Longer lists help nobody to decide. */
const maxLines = 30;
const maxValue = 200;

/** Several lines of plain text. Names in it were written by strangers, so each stands on one line and is cut. */
export function writeQuestion(plan: Plan, tenant: string | undefined, why: string): string {
  const changes = plan.changes.map(describeChange);
  const shown = changes.slice(0, maxLines);
  const more = changes.length - shown.length;
  const touches = describeTouches(plan.touches ?? {});
  const undo = 'none' in plan.undo ? `Cannot be taken back: ${cut(plan.undo.none, 400)}` : describeUndo(plan.undo);
  return [
    `${cut(plan.summary, 400)}${tenant === undefined ? '' : ` (in ${tenant})`}`,
    ...shown,
    ...(more > 0 ? [`- and ${more} more fields`] : []),
    ...(touches === '' ? [] : [`Touches: ${touches}.`]),
    ...(plan.warnings ?? []).map((warning) => `Note: ${cut(warning, 400)}`),
    undo,
    `You are asked because ${cut(why, 400)}.`,
  ].join('\n');
}

/** The answer as text: as much as the structured form says, in fewer words. */
export function writeChange(answer: ChangeAnswer, tenant: string | undefined): string {
  const { undo, no_undo } = answer;
  const ids = answer.targets.filter(({ id }) => id !== '').map(({ type, id }) => `${type} ${id}`);
  return [
    answer.done ? 'done' : 'NOT done',
    `${plain(answer.summary)}${tenant === undefined ? '' : ` (in ${tenant})`}`,
    ...answer.changes.map(describeChange),
    ...(ids.length > 0 ? [`ids: ${ids.join(', ')}`] : []),
    ...(answer.touches ? [`touches: ${describeTouches(answer.touches)}`] : []),
    ...(answer.warnings ?? []).map((warning) => `warning: ${plain(warning)}`),
    ...(undo ? [`undo: ${undo.tool} ${plain(JSON.stringify(undo.arguments))}`] : []),
    ...(undo?.but === undefined ? [] : [`undone like that, but ${plain(undo.but)}`]),
    ...(no_undo === undefined ? [] : [`no undo: ${plain(no_undo)}`]),
    ...(answer.approve === undefined ? [] : [plain(answer.approve)]),
    ...(answer.note === undefined ? [] : [plain(answer.note)]),
  ].join('\n');
}

function describeTouches(touches: Readonly<Record<string, number>>): string {
  return Object.entries(touches)
    .map(([what, count]) => `${count} ${what.replaceAll('_', ' ')}`)
    .join(', ');
}

function describeUndo({ tool, but }: { readonly tool: string; readonly but?: string | undefined }): string {
  return `Can be taken back with ${tool}${but === undefined ? '.' : `, but ${cut(but, 300)}`}`;
}

function describeChange({ field, before, after }: FieldChange): string {
  // A field's name is a caller's or an operator's to choose, too.
  const name = cut(field, maxValue);
  if (before === undefined) return `- ${name}: ${show(after)}`;
  return `- ${name}: ${show(before)} → ${after === undefined ? 'removed' : show(after)}`;
}

function show(value: unknown): string {
  return cut(typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing'), maxValue);
}

function cut(text: string, most: number): string {
  return shortened(plain(text), most);
}
