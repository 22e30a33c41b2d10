// Links that let in whoever opens them: they go to a person, never through an answer.

import type { Applied } from '../../../core/change.ts';
import { isMap, ownValue } from '../../../core/merging.ts';

/** What stands at a place of Scalekit's answer, on its way to a person. */
export function handOverFrom(answer: unknown, path: readonly string[], what: string): Applied {
  const text = path.reduce<unknown>((value, name) => (isMap(value) ? ownValue(value, name) : undefined), answer);
  if (typeof text === 'string' && text !== '') return { handOver: { what, text } };
  return { warnings: [`${what} is missing in Scalekit’s answer; call again for a new one.`] };
}
