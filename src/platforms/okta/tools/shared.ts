// What several areas of Okta tools say the same way.

import { z } from 'zod';
import { CastellanError } from '../../../core/errors.ts';

/** Longer than any id or login that Okta accepts. */
const idLength = 320;

export const userId = z.string().max(idLength).describe('Okta id or login');
export const groupId = z.string().max(idLength).describe('Group id');
export const appId = z.string().max(idLength).describe('Application id');
export const policyId = z.string().max(idLength).describe('Policy id');
export const ruleId = z.string().max(idLength).describe('Rule id');

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
