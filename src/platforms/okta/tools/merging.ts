// Changing what Okta only takes as a whole: the caller's few fields are merged into the current object, so that nothing
// that was not named is lost, and the whole is sent only while it is still the one that was merged into.

import { z } from 'zod';
import { type Applied, type FieldChange, findChanges, sorted, type Undo } from '../../../core/change.ts';
import { CastellanError } from '../../../core/errors.ts';
import { invalidAnswer } from '../../../core/exchange.ts';
import { withoutSecrets } from '../../../observe/redact.ts';
import type { OktaClient } from '../client.ts';
import { hidden } from '../privacy.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** An object of which every field is kept. */
const wholeEntity = z.record(z.string(), z.unknown());

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

/** @throws CastellanError `invalid_input` for names that cannot be set, and for secrets, which no assistant should hold. */
export function checkUpdates(parameter: string, updates: Fields, allowed: readonly string[]): void {
  const strange = Object.keys(updates).filter((name) => !allowed.includes(name));
  if (strange.length > 0) {
    throw new CastellanError({
      code: 'invalid_input',
      message: `${strange.map((name) => `${parameter}.${name}`).join(' and ')} cannot be set with this tool.`,
      hint: `It sets ${allowed.join(', ')}.`,
    });
  }
  refuseSecrets(parameter, updates);
}

/** @throws CastellanError `invalid_input` where something is, or looks like, a secret. */
export function refuseSecrets(parameter: string, value: Fields): void {
  const [secret] = findChanges(value, withoutSecrets(value));
  if (secret === undefined) return;
  throw new CastellanError({
    code: 'invalid_input',
    message: `${parameter}.${secret.field} is a secret; secrets are not set through an assistant.`,
    hint: 'Leave it out. A person sets it in Okta’s admin console.',
  });
}

/** What differs, as it may be shown: without secrets, and without the earlier value of what the operator hides. */
export function previewChanges(client: OktaClient, before: unknown, after: unknown): FieldChange[] {
  return findLeaves(withoutSecrets(before), withoutSecrets(after)).map((change) =>
    change.before === undefined ? change : { ...change, before: hide(client, change.before, change.field) },
  );
}

/**
 * The same for an update: what the caller sets of the hidden is always a change, from a value that is not shown, or
 * whoever guesses right would be told so, and what is not seen could not be removed.
 */
export function previewUpdate(client: OktaClient, before: unknown, after: unknown, given: Fields): FieldChange[] {
  const blind = listBlind(client, given);
  const isBlind = ({ field }: FieldChange) => blind.some((one) => `${field}.`.startsWith(`${one.field}.`));
  return [...previewChanges(client, before, after).filter((change) => !isBlind(change)), ...blind];
}

/** What the caller sets of the hidden, without a look at what is there. */
function listBlind(client: OktaClient, given: Fields, path = ''): FieldChange[] {
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

function hide(client: OktaClient, value: unknown, field: string): unknown {
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
export function undoMerge(client: OktaClient, undo: MergedUndo, before: Fields, after: Fields): Undo {
  const back = undoFields(before, after);
  const shown = hide(client, withoutSecrets(back), '');
  const unseen = findLeaves(back, shown).map(({ field }) => field);
  if (unseen.length > 0) return { none: `the earlier value of ${unseen.join(', ')} is not shown to assistants` };
  const input = undo.parameter === undefined ? back : { [undo.parameter]: back };
  return { tool: undo.tool, input: { ...undo.input, ...input } };
}

/** What Okta changes by itself, or that is only embedded in an answer. */
const passing = ['_links', '_embedded'];

/**
 * @param besides further fields that change without anybody's doing.
 * @throws CastellanError `refused_by_platform` when the object is no longer the one that the plan was made from.
 */
export async function checkUnchanged(
  client: OktaClient,
  path: readonly string[],
  planned: Fields,
  besides: readonly string[] = [],
): Promise<void> {
  const now = await client.getExact(path, wholeEntity);
  const names = [...passing, ...besides];
  if (isSame(without(now, names), without(planned, names))) return;
  throw new CastellanError({
    code: 'refused_by_platform',
    message: 'It was changed by somebody else in the meantime, so nothing was done.',
    hint: 'Call again: what would change is then found out anew.',
  });
}

interface Replacement {
  readonly path: readonly string[];
  /** The whole object as it was when the plan was made. */
  readonly planned: Fields;
  readonly body: Fields;
  /** The fields that the plan spoke of. */
  readonly names: readonly string[];
}

/**
 * Sends the whole object in the place of the planned one.
 * @returns a warning where Okta made something else of it.
 */
export async function replaceWhole(
  client: OktaClient,
  { path, planned, body, names }: Replacement,
): Promise<Applied | undefined> {
  await checkUnchanged(client, path, planned);
  const answer = await client.send('PUT', path, { body });
  return warnOfDifference(pick(body, names), isMap(answer) ? pick(answer, names) : answer);
}

/** What Okta answered, compared with what was sent: it fills in defaults, and ignores what it does not know. */
export function warnOfDifference(sent: Fields, made: unknown): Applied | undefined {
  if (!isMap(made)) return undefined;
  const fields = findChanges(sent, made).map(({ field }) => field);
  if (fields.length === 0) return undefined;
  return { warnings: [`Okta set ${fields.join(', ')} otherwise than it was sent; read it again to see.`] };
}

/** Of what Okta answered only what was sent: where the rest stays as it is, or is Okta's to fill in. */
export function narrow(made: unknown, sent: unknown): unknown {
  if (!isMap(made) || !isMap(sent)) return made;
  return Object.fromEntries(Object.keys(sent).map((name) => [name, narrow(ownValue(made, name), sent[name])]));
}

/** @throws CastellanError `platform_answer_invalid` when Okta does not say what it made. */
export function idOfMade(made: unknown): string {
  if (isMap(made) && typeof made.id === 'string') return made.id;
  throw invalidAnswer('Okta did not say what it made.', undefined);
}

export function isMap(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
}

/** Own fields only: a name that a stranger chose may be `constructor`. */
function ownValue(object: Fields, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}
