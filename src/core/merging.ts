// Changing what a platform only takes as a whole, or field by field: merging a caller's few fields into the current object,
// and showing what would differ without what must not be seen.

import { z } from 'zod';
import { type FieldChange, findChanges, sorted, type Undo } from './change.ts';
import { hidden } from './privacy.ts';
import { withoutSecrets } from './redact.ts';

/** Whoever knows what the operator hides. */
export interface Hiding {
  readonly hides: (field: string) => boolean;
}

export type Fields = Readonly<Record<string, unknown>>;

/** A free-form parameter. */
export const fieldsInput = z.record(z.string(), z.unknown());

/** Deeply: null removes, objects are merged, everything else (lists too) is replaced. */
export function mergeFields(current: Fields, updates: Fields): Fields {
  const merged = new Map(Object.entries(current));
  for (const [name, value] of Object.entries(updates)) {
    const before = merged.get(name);
    if (value === null) merged.delete(name);
    else merged.set(name, isMap(value) ? mergeFields(isMap(before) ? before : {}, value) : value);
  }
  return Object.fromEntries(merged);
}

/** The fewest updates that make the earlier object of the later one. */
export function undoFields(before: Fields, after: Fields): Fields {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return Object.fromEntries(
    [...names].flatMap((name) => {
      const [old, young] = [ownValue(before, name), ownValue(after, name)];
      if (isSame(old, young)) return [];
      return [[name, isMap(old) && isMap(young) ? undoFields(old, young) : (old ?? null)]];
    }),
  );
}

/** The fields of an object that may be sent back: all but those that Okta alone sets. */
export function without(object: Fields, names: readonly string[]): Fields {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));
}

export function pick(object: Fields, names: readonly string[]): Fields {
  return Object.fromEntries(Object.entries(object).filter(([name]) => names.includes(name)));
}

/** What differs, as it may be shown: without secrets, and without the earlier value of what the operator hides. */
export function previewChanges(client: Hiding, before: unknown, after: unknown): FieldChange[] {
  return findLeaves(withoutSecrets(before), withoutSecrets(after)).map((change) =>
    change.before === undefined ? change : { ...change, before: hide(client, change.before, change.field) },
  );
}

/**
 * The same for an update: what the caller sets of the hidden is always a change, from a value that is not shown, or
 * whoever guesses right would be told so, and what is not seen could not be removed.
 */
export function previewUpdate(client: Hiding, before: unknown, after: unknown, given: Fields): FieldChange[] {
  const blind = listBlind(client, given);
  const isBlind = ({ field }: FieldChange) => blind.some((one) => `${field}.`.startsWith(`${one.field}.`));
  return [...previewChanges(client, before, after).filter((change) => !isBlind(change)), ...blind];
}

/** What the caller sets of the hidden, without a look at what is there. */
function listBlind(client: Hiding, given: Fields, path = ''): FieldChange[] {
  return Object.entries(given).flatMap(([name, value]) => {
    const field = path === '' ? name : `${path}.${name}`;
    if (client.hides(field)) return [{ field, before: hidden, ...(value !== null && { after: value }) }];
    return isMap(value) ? listBlind(client, value, field) : [];
  });
}

/** Field by field also where a whole object comes or goes, so that each is judged by its own name. */
function findLeaves(before: unknown, after: unknown, path = ''): FieldChange[] {
  return findChanges(before, after, path).flatMap((change) => {
    const [old, young] = [change.before, change.after];
    const comes = old === undefined && isMap(young) && Object.keys(young).length > 0;
    const goes = young === undefined && isMap(old) && Object.keys(old).length > 0;
    return comes || goes ? findLeaves(old ?? {}, young ?? {}, change.field) : [change];
  });
}

function hide(client: Hiding, value: unknown, field: string): unknown {
  if (value === null) return null;
  if (client.hides(field)) return hidden;
  if (Array.isArray(value)) return value.map((item) => hide(client, item, field));
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, hide(client, inner, `${field}.${name}`)]),
  );
}

interface MergedUndo {
  readonly tool: string;
  /** What names the object. */
  readonly input: Fields;
  /** The parameter that takes the fields; absent where each field is a parameter. */
  readonly parameter?: string;
}

/** The same tool with the values of before, unless one of them must not be shown. */
export function undoMerge(client: Hiding, undo: MergedUndo, before: Fields, after: Fields): Undo {
  const back = undoFields(before, after);
  const shown = hide(client, withoutSecrets(back), '');
  const unseen = findLeaves(back, shown).map(({ field }) => field);
  if (unseen.length > 0) return { none: `the earlier value of ${unseen.join(', ')} is not shown to assistants` };
  const input = undo.parameter === undefined ? back : { [undo.parameter]: back };
  return { tool: undo.tool, input: { ...undo.input, ...input } };
}

/** Of what Okta answered only what was sent: where the rest stays as it is, or is Okta's to fill in. */
export function narrow(made: unknown, sent: unknown): unknown {
  if (!isMap(made) || !isMap(sent)) return made;
  return Object.fromEntries(Object.keys(sent).map((name) => [name, narrow(ownValue(made, name), sent[name])]));
}

export function isMap(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
}

/** Own fields only: a name that a stranger chose may be `constructor`. */
export function ownValue(object: Fields, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** The undo of a field that the operator hides from assistants would show it. */
export function undoWith(client: Hiding, changes: readonly FieldChange[], undo: Undo): Undo {
  const secret = changes.filter(({ field }) => client.hides(field)).map(({ field }) => field);
  if (secret.length === 0) return undo;
  return { none: `the earlier value of ${secret.join(', ')} is hidden from assistants` };
}
