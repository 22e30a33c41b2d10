// A client's file that cannot be used or changed: told with the place, and left as it is.

import { CastellanError } from '../core/errors.ts';

export function unusable(problem: string, hint = 'Mend the file; it was left as it is.'): CastellanError {
  return new CastellanError({ code: 'bad_configuration', message: problem, hint });
}

/** Line and column, from 1. */
export function placeOf(text: string, offset: number): string {
  const lines = text.slice(0, offset).split(/\r\n|\n|\r/);
  return `line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}`;
}
