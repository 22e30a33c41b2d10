// What commands write for people: the only place, with the commands, that touches stdout.

import { styleText } from 'node:util';
import { plain } from '../core/plain.ts';
import type { Fault } from '../core/settings.ts';

/** Whoever reads us may have seen enough (`castellan tools | head`): that is no failure. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

/** Nobody reads what we say beside our work: no reason to end it. */
process.stderr.on('error', () => {});

export function print(text = ''): void {
  process.stdout.write(`${text}\n`);
}

/** For people while stdout carries a result or the protocol. */
export function tell(text = ''): void {
  process.stderr.write(`${text}\n`);
}

type Style = Parameters<typeof styleText>[0];

/** Colour where the stream shows it (NO_COLOR, FORCE_COLOR and terminals are respected). */
export function paint(style: Style, text: string, stream: NodeJS.WriteStream = process.stdout): string {
  return styleText(style, text, { stream });
}

/** Ends a command with everything that is wrong at once. */
export class UsageError extends Error {
  readonly faults: readonly Fault[];
  readonly outcome: string;

  /** @param outcome what did not come of it */
  constructor(faults: readonly Fault[], outcome = 'nothing was started') {
    super('wrong use');
    this.faults = faults;
    this.outcome = outcome;
  }
}

export function throwFaults(faults: readonly Fault[], outcome?: string): void {
  if (faults.length > 0) throw new UsageError(faults, outcome);
}

export function describeFaults(faults: readonly Fault[], outcome = 'nothing was started'): string {
  const count = faults.length === 1 ? 'One thing is wrong' : `${faults.length} things are wrong`;
  // Names and values come from files and flags of whoever wrote them.
  const lines = faults.map(({ where, problem, todo }) => {
    const says = todo.split('\n').map((line) => line.match(/^ */)?.[0] + plain(line.trim()));
    return `  ${paint('bold', plain(where), process.stderr)} ${plain(problem)}\n    ${says.join('\n')}`;
  });
  return `${count}, so ${outcome}:\n\n${lines.join('\n')}\n`;
}
