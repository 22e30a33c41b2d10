// A change in words: what a person is asked before it is made, and what is answered once it is made or not.

import type { ChangeAnswer, FieldChange, Plan } from '../core/change.ts';
import { CastellanError } from '../core/errors.ts';
import { plain, shortened } from '../core/plain.ts';

/** What a person is asked to read at most, characters. Nothing of it is left out: what is not shown is not agreed to. */
const maxQuestion = 8_000;
/** A field's name, a reason: never what is decided about. */
const maxAside = 400;

/**
 * Several lines of plain text, whole.
 * @throws CastellanError `invalid_input` when it is more than a person can be asked to read.
 */
export function writeQuestion(plan: Plan, tenant: string | undefined, why: string): string {
  const touches = describeTouches(plan.touches ?? {});
  const undo = 'none' in plan.undo ? `Cannot be taken back: ${cut(plan.undo.none)}` : describeUndo(plan.undo);
  const question = [
    `${plain(plan.summary)}${tenant === undefined ? '' : ` (in ${tenant})`}`,
    ...plan.changes.map(describeChange),
    ...(touches === '' ? [] : [`Touches: ${touches}.`]),
    ...(plan.warnings ?? []).map((warning) => `Note: ${plain(warning)}`),
    undo,
    `You are asked because ${cut(why)}.`,
  ].join('\n');
  if (question.length <= maxQuestion) return question;
  throw new CastellanError({
    code: 'invalid_input',
    message: `A person must agree to this, and it is too much to read: ${question.length} characters, where ${maxQuestion} are the limit.`,
    hint: 'Split it into smaller changes, or have a person make it in the platform’s own console.',
  });
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
    .map(([what, count]) => `${count} ${count === 1 ? ofOne(what) : what}`.replaceAll('_', ' '))
    .join(', ');
}

/** `group_rules` → `group_rule`, `factors_left` → `factor_left`. */
function ofOne(what: string): string {
  if (what === 'people') return 'person';
  return what.replace(/s(?=_with_|_left$|$)/, '');
}

function describeUndo({ tool, but }: { readonly tool: string; readonly but?: string | undefined }): string {
  return `Can be taken back with ${tool}${but === undefined ? '.' : `, but ${cut(but)}`}`;
}

function describeChange({ field, before, after }: FieldChange): string {
  // A field's name is a caller's or an operator's to choose, too.
  const name = cut(field);
  if (before === undefined) return `- ${name}: ${show(after)}`;
  return `- ${name}: ${show(before)} → ${after === undefined ? 'removed' : show(after)}`;
}

/** Whole: what does not fit would be what somebody hides there. A list has a line for each item. */
function show(value: unknown): string {
  if (!Array.isArray(value) || value.length < 2) return showOne(value);
  return value.map((item) => `\n    ${showOne(item)}`).join('');
}

function showOne(value: unknown): string {
  return plain(typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing'));
}

function cut(text: string): string {
  return shortened(plain(text), maxAside);
}
