// Which server a person means: an address, a command, or Castellan itself.

import { fileURLToPath } from 'node:url';
import type { Target } from '../chat/connect.ts';
import type { Fault } from '../core/settings.ts';
import { readAddress } from './remote.ts';

export interface ServerTarget {
  /** Undefined where Castellan itself is meant, or something is wrong. */
  readonly target?: Target;
  readonly faults: readonly Fault[];
}

/**
 * @param given the positional argument: an address, or a command in one word or in quotes
 * @param rest what stands behind `--`: a command and its arguments
 * @param env variables that a command is handed
 */
export function readTarget(
  given: string | undefined,
  rest: readonly string[],
  env: Readonly<Record<string, string>>,
): ServerTarget {
  if (rest.length > 0) {
    const [command = '', ...args] = rest;
    if (given === undefined) return { target: { command, args, env }, faults: [] };
    return { faults: [{ where: given, problem: 'is beside a command', todo: 'Give one server.' }] };
  }
  if (given === undefined) return { faults: [] };
  if (/^[a-z][a-z0-9+.-]*:/i.test(given)) {
    const read = readAddress(given);
    return 'url' in read ? { target: { url: read.url }, faults: [] } : { faults: [read.fault] };
  }
  const [command, ...args] = splitWords(given);
  if (command !== undefined) return { target: { command, args, env }, faults: [] };
  return { faults: [{ where: 'server', problem: 'is empty', todo: 'Give an address or a command, or nothing.' }] };
}

/** Words as a shell has them, without anything else of a shell. */
function splitWords(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, bare]) => double ?? single ?? bare ?? '',
  );
}

/** Castellan itself over stdio. */
export function ownServer(flags: readonly string[], env: Readonly<Record<string, string>>): Target {
  // The bundle lies one folder below the root, the source two.
  const up = import.meta.url.includes('/src/cli/') ? '../..' : '..';
  const start = fileURLToPath(new URL(`${up}/bin/castellan.js`, import.meta.url));
  return { command: process.execPath, args: [start, 'serve', ...flags], env };
}
