// What several areas of Okta tools say the same way.

import { z } from 'zod';
import { CastellanError } from '../../../core/errors.ts';
import type { OktaClient } from '../client.ts';

/** Longer than any id or login that Okta accepts. */
const idLength = 320;

/** Nothing that somebody on the way could read as another place than one segment of a path (RFC 3986 §5.2.4). */
function isOneSegment(text: string): boolean {
  return text.isWellFormed() && !/[\p{Cc}/\\]|%[\da-f]{2}/iu.test(text) && !/^\.{1,2}$/.test(text);
}

export const userId = z
  .string()
  .max(idLength)
  .refine(isOneSegment, { error: 'is no id or login that can stand in an address; take the id that a list tool gave' })
  .describe('Okta id or login');

function idOf(what: string) {
  return z
    .string()
    .regex(/^[\w-]{1,64}$/, { error: 'is no id; take the id that a list tool gave' })
    .describe(`${what} id`);
}

export const groupId = idOf('Group');
export const appId = idOf('Application');
export const policyId = idOf('Policy');
export const ruleId = idOf('Rule');
export const factorId = idOf('Factor');
export const zoneId = idOf('Zone');
export const authorizationServerId = idOf('Authorization server');

/** Other names under which list parameters are known from other operations and servers. */
export const listParameters = { limit: 'max_results', after: 'cursor' };

/** Makes an alias whose parameters have other names. */
export function renaming(names: Readonly<Record<string, string>> = {}) {
  return (input: Record<string, unknown>): Record<string, unknown> =>
    Object.fromEntries(Object.entries(input).map(([name, value]) => [names[name] ?? name, value]));
}

/** Okta combines no two of its ways to choose; silently dropping one would answer another question. */
export function checkOneOf(given: Readonly<Record<string, unknown>>): void {
  const names = Object.keys(given).filter((name) => given[name] !== undefined);
  if (names.length < 2) return;
  throw new CastellanError({
    code: 'invalid_input',
    message: `${names.join(' and ')} cannot be combined: Okta chooses by one of them.`,
    hint: `Leave out ${names.slice(1).join(' and ')}, or say all of it in search.`,
  });
}

/**
 * What assistants must not see they must not find out by asking either: whose number begins with 1, with 12, with 123.
 * @throws CastellanError `not_allowed` for an expression about a hidden field.
 */
export function refuseHidden(client: Pick<OktaClient, 'hides'>, parameter: string, expression: string): void {
  const attributes = expression.replace(/"(?:[^"\\]|\\.)*"/g, ' ').match(/[\w.-]+/g) ?? [];
  const field = attributes.find((attribute) => client.hides(attribute));
  if (field !== undefined)
    throw hiddenField(parameter, field, 'Look for something else, or name the user by login or id.');
}

/**
 * The same for words that Okta looks up in fields of its own choice.
 * @throws CastellanError `not_allowed` where one of these is hidden.
 */
export function refuseHiddenWords(
  client: Pick<OktaClient, 'hides'>,
  parameter: string,
  fields: readonly string[],
  hint: string,
): void {
  const field = fields.find((name) => client.hides(name));
  if (field !== undefined) throw hiddenField(parameter, field, hint);
}

/**
 * The same for Okta’s expression language. Where its texts end is not ours to know (SpEL has no backslash, other readers
 * have), so names are looked for everywhere: after a dot, and in texts that stand where a name may: user["title"].
 */
export function refuseHiddenNames(client: Pick<OktaClient, 'hides'>, parameter: string, expression: string): void {
  const joined = expression.replace(/["']\s*\+\s*["']/g, '');
  const names = [...joined.matchAll(/[.[(]\s*["']?\s*(\w+)/g)].map(([, name = '']) => name);
  refuseHiddenWords(client, parameter, names, 'Choose people by attributes that are shown.');
}

function hiddenField(parameter: string, field: string, hint: string): CastellanError {
  const message = `${parameter} is about ${field}, which the operator hides from assistants.`;
  return new CastellanError({ code: 'not_allowed', message, hint });
}
