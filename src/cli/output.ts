// What commands write for people: the only place, with the commands, that touches stdout.

import { styleText } from 'node:util';
import type { Fault } from '../core/settings.ts';

/** Whoever reads us may have seen enough (`castellan tools | head`): that is no failure. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

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

  constructor(faults: readonly Fault[]) {
    super('wrong use');
    this.faults = faults;
  }
}

export function throwFaults(faults: readonly Fault[]): void {
  if (faults.length > 0) throw new UsageError(faults);
}

export function describeFaults(faults: readonly Fault[]): string {
  const count = faults.length === 1 ? 'One thing is wrong' : `${faults.length} things are wrong`;
  const lines = faults.map(
    ({ where, problem, todo }) => `  ${paint('bold', where, process.stderr)} ${problem}\n    ${todo}`,
  );
  return `${count}, so nothing was started:\n\n${lines.join('\n')}\n`;
}
