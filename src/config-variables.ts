// Variables that somebody set and nobody reads: most likely a slip of the keyboard, and what was meant does not hold.

import type { Environment } from './config-file.ts';
import type { Fault, Settings } from './core/settings.ts';
import { nearest } from './core/words.ts';

/** Read beside the settings, to find them and where state lives. */
const places = ['CASTELLAN_CONFIG', 'CASTELLAN_DATA'];

export interface KnownVariables {
  readonly settings: readonly Settings[];
  /** Such as `OKTA_`. */
  readonly prefixes: readonly string[];
  /** The configuration file: what it refers to may be called anything. */
  readonly content: unknown;
}

/** Only what is very near to a variable of ours: others have theirs under the same prefixes. */
export function findMisspelt(env: Environment, { settings, prefixes, content }: KnownVariables): Fault[] {
  const known = new Set([
    ...places,
    ...settings.flatMap((group) => Object.values(group).flatMap(({ env }) => env ?? [])),
  ]);
  const referred = new Set(referencesIn(content));
  return Object.entries(env).flatMap(([name, value]) => {
    const prefix = prefixes.find((each) => name.startsWith(each));
    if (prefix === undefined || !value || known.has(name) || referred.has(name)) return [];
    const candidates = [...known].filter((each) => each.startsWith(prefix)).map((each) => each.slice(prefix.length));
    const rest = name.slice(prefix.length);
    const meant = nearest(rest, candidates, rest.length < 6 ? 1 : 2);
    if (meant === undefined) return [];
    const todo = `Did you mean ${prefix}${meant}? Unset ${name} if not.`;
    return [{ where: name, problem: 'is no variable that Castellan reads', todo }];
  });
}

function referencesIn(content: unknown): string[] {
  if (typeof content !== 'object' || content === null) return [];
  return Object.entries(content).flatMap(([key, value]) =>
    key === 'env' && typeof value === 'string' ? [value] : referencesIn(value),
  );
}
