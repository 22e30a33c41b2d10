// The query of the operations whose path ends in ':search'.

import type { ApiContext } from './context.ts';
import { invalid } from './problem.ts';

/** Three to a hundred characters, found anywhere in any of the texts, whatever their case. */
export function readSearch({ query }: ApiContext): (texts: readonly (string | undefined)[]) => boolean {
  const wanted = query.text('query') ?? '';
  if (wanted.length < 3 || wanted.length > 100) throw invalid('query', 'length must be between 3 and 100');
  const lower = wanted.toLowerCase();
  return (texts) => texts.some((text) => text?.toLowerCase().includes(lower));
}
