// What is said where a way in is half described.

import type { CheckTogether, Fault, Settings } from './settings.ts';

/** A fault for each of these that is not set; what to do is its description. */
export function findMissing<T extends Settings>(
  settings: T,
  { isSet, whereOf }: Pick<Parameters<CheckTogether<T>>[0], 'isSet' | 'whereOf'>,
  names: readonly (keyof T & string)[],
): Fault[] {
  return names
    .filter((name) => !isSet(name))
    .map((name) => ({ where: whereOf(name), problem: 'is missing', todo: settings[name]?.description ?? '' }));
}
