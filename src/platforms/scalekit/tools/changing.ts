// What the tools that change something at Scalekit share: ids, how a thing is named to a person, what was made, and merging.

import { z } from 'zod';
import type { Applied, Target } from '../../../core/change.ts';
import { CastellanError } from '../../../core/errors.ts';
import { invalidAnswer } from '../../../core/exchange.ts';
import { type Fields, isMap, isSame, ownValue, without } from '../../../core/merging.ts';
import { quoted } from '../../../core/plain.ts';
import type { EnvironmentClient } from '../client.ts';
import { wrong } from './shared.ts';

/** Scalekit's own limits: 3 to 25 characters a key, 1 to 256 a value. `null` removes a key. */
const metadataKey = z.string().min(3).max(25);
const metadataValue = z
  .string()
  .min(1)
  .max(256, { error: 'has more than the 256 characters that Scalekit takes for a value of metadata' });
/** Else the whole that is said is that a key is wrong. */
const rule = {
  error: ({ code }: { readonly code?: string }) =>
    code === 'invalid_key'
      ? 'has a key that Scalekit does not take: keys of metadata have 3 to 25 characters'
      : undefined,
};
export const metadataInput = z.record(metadataKey, metadataValue, rule).describe('Texts by keys of 3 to 25 characters');
export const metadataUpdate = z
  .record(metadataKey, metadataValue.nullable(), rule)
  .describe('Only what changes; null removes a key');

export const externalId = z.string().min(1).max(256).describe('Your own id for it');

/** A parameter for what is to be empty: hosts fill what they do not use with "" or null, so neither can mean that. */
export function removing<const Names extends readonly [string, ...string[]]>(names: Names) {
  return z.array(z.enum(names)).min(1).max(names.length).optional().describe('What to make empty');
}

/** Parameters with `remove` as one object, in which null removes. */
export function withRemoved({ remove, ...given }: Fields): Fields {
  const names = Array.isArray(remove) ? (remove as readonly string[]) : [];
  const both = names.find((name) => given[name] !== undefined);
  if (both !== undefined) throw wrong(`${both} is both set and removed.`, 'Do one of the two.');
  return { ...given, ...Object.fromEntries(names.map((name) => [name, null])) };
}

/** And back, for the call that takes a change back. */
export function toRemoved(given: Fields): Fields {
  const kept = Object.entries(given).filter(([, value]) => value !== null);
  const gone = Object.keys(given).filter((name) => given[name] === null);
  return { ...Object.fromEntries(kept), ...(gone.length > 0 && { remove: gone }) };
}

/** What Scalekit made of what was sent: it fills in the rest, and leaves out silently what it does not know. */
export function warnOfDifference(sent: Fields, answer: unknown, key: string): Applied | undefined {
  const entity = isMap(answer) ? ownValue(answer, key) : undefined;
  if (!isMap(entity)) return undefined;
  const fields = differing(sent, entity);
  if (fields.length === 0) return undefined;
  return { warnings: [`Scalekit set ${fields.join(', ')} otherwise than it was sent; read it again to see.`] };
}

function differing(sent: Fields, entity: Fields, path = ''): string[] {
  return Object.entries(sent).flatMap(([name, value]) => {
    const field = `${path}${name}`;
    const there = ownValue(entity, name);
    // Free-form maps are compared as a whole: what should be gone must not be there.
    if (isMap(value) && name !== 'metadata') return isMap(there) ? differing(value, there, `${field}.`) : [field];
    return isSame(value, there) || (isDefault(value) && isDefault(there)) ? [] : [field];
  });
}

/** proto3 leaves out what is false or 0, too. */
function isDefault(value: unknown): boolean {
  return isEmpty(value) || value === false || value === 0;
}

export function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  if (isMap(value)) return Object.keys(value).length === 0;
  return value === undefined || value === null || value === '';
}

/** With empty as absent, so that a field that Scalekit writes out as "" is no change to one that it leaves out. */
export function withoutEmpty(fields: Fields): Fields {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) =>
      isEmpty(value) ? [] : [[name, isMap(value) ? withoutEmpty(value) : value]],
    ),
  );
}

/** Times that move by themselves. */
const passing = ['update_time', 'updated_at', 'last_login_time'];

/** For `checkStill`: an entity without what changes by itself. */
export function lasting(entity: Fields): Fields {
  return without(entity, passing);
}

const toggled = z.looseObject({ enabled: z.boolean().nullish(), error_message: z.string().nullish() });

/** @throws CastellanError `refused_by_platform`: Scalekit can refuse with an answer of 200 (`ToggleConnectionResponse`). */
export function checkToggled(answer: unknown, enabled: boolean): void {
  const read = toggled.safeParse(answer);
  if (!read.success) throw invalidAnswer('Scalekit did not say what came of it.', undefined);
  const { enabled: is, error_message } = read.data;
  if ((is ?? false) === enabled && !error_message) return;
  const said = error_message ? `: ${quoted(error_message, 300)}` : '';
  throw new CastellanError({
    code: 'refused_by_platform',
    message: `Scalekit did not ${enabled ? 'enable' : 'disable'} it${said}.`,
    hint: 'Read it again to see how it stands.',
  });
}

/** How many there are, in one request of one item. */
export function countOf(client: EnvironmentClient, path: readonly string[]): Promise<number> {
  const entity = z.number().nullish();
  return client.get({ path, query: { page_size: 1 }, key: 'total_size', entity }).then((total) => total ?? 0);
}

export function targetOf(type: string, id: string, name: string | null | undefined): Target {
  return { type, id, ...(name && { name }) };
}

/**
 * What assistants must not see they must not find out by asking either: whose address begins with a, with ab, with abc.
 * @throws CastellanError `not_allowed`
 */
export function refuseHidden(client: Pick<EnvironmentClient, 'hides'>, parameter: string, fields: readonly string[]) {
  const field = fields.find((name) => client.hides(name));
  if (field === undefined) return;
  throw new CastellanError({
    code: 'not_allowed',
    message: `${parameter} is about ${field}, which the operator hides from assistants.`,
    hint: 'Look for something else, or read the list without it.',
  });
}
