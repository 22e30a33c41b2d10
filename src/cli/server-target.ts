// Which server a person means: an address, a command, or Castellan itself.

import { fileURLToPath } from 'node:url';
import type { Target } from '../chat/connect.ts';
import type { Fault } from '../core/settings.ts';

export interface ServerTarget {
  /** Undefined where Castellan itself is meant. */
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
    const fault = { where: given ?? '', problem: 'is beside a command', todo: 'Give one server.' };
    return given === undefined ? { target: { command, args, env }, faults: [] } : { faults: [fault] };
  }
  if (given === undefined) return { faults: [] };
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(given)) return readAddress(given);
  const [command, ...args] = splitWords(given);
  if (command === undefined) {
    return { faults: [{ where: 'server', problem: 'is empty', todo: 'Give an address or a command, or nothing.' }] };
  }
  return { target: { command, args, env }, faults: [] };
}

function readAddress(given: string): ServerTarget {
  const unfit = (problem: string, todo: string) => ({ faults: [{ where: 'server', problem, todo }] });
  if (!URL.canParse(given)) return unfit('is no address', 'Write https://host/mcp.');
  const url = new URL(given);
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    return unfit(`has the scheme ${url.protocol.slice(0, -1)}`, 'Write https://host/mcp.');
  if (url.username !== '' || url.password !== '')
    return unfit('has a user or password in it', 'Sign in with castellan login and the address alone.');
  url.hash = '';
  return { target: { url }, faults: [] };
}

/** Words as a shell has them, without anything else of a shell. */
function splitWords(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, bare]) => double ?? single ?? bare ?? '',
  );
}

/** Castellan itself over stdio, as it was started. */
export function ownServer(flags: readonly string[], env: Readonly<Record<string, string>>): Target {
  const start = fileURLToPath(
    new URL(import.meta.url.includes('/src/') ? '../../bin/castellan.js' : '../bin/castellan.js', import.meta.url),
  );
  return { command: process.execPath, args: [start, 'serve', ...flags], env };
}
