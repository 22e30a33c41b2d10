// What is wrong with where a setting stands.

import type { Fault, Setting } from './core/settings.ts';

/** The environment belongs to the tenant that it describes: a prohibition there holds for no tenant of a file. */
export function unheeded({ env: names = [] }: Setting): Fault {
  const todo = 'Write it into the tenants of the configuration file; --read-only holds for all of them.';
  return {
    where: names.join(' or '),
    problem: 'is set, and the environment describes no tenant that it holds for',
    todo,
  };
}

/** A server that a stranger's file opens to the network, or whose state it places, would be the stranger's. */
export function notTrusted(where: string): Fault {
  return {
    where,
    problem: 'may not be set by a file that was only found in this folder',
    todo: 'Start with --config castellan.json to say that the file is yours.',
  };
}
