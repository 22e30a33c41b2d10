// The shape that every list tool shares: how many, from where, how much of each, and whether it is all.

import { z } from 'zod';

/** More in one answer than this does not fit a model's context. */
export const maxResults = 1_000;
export const defaultResults = 100;

/** `max_results`, `cursor` and `view`, as fields of a list tool's input. */
export function listInput(defaultMax = defaultResults, max = maxResults) {
  return {
    max_results: z.int().min(1).max(max).default(defaultMax).describe('How many at most; many are read page by page'),
    cursor: z.string().max(4_000).optional().describe('next_cursor of the last answer'),
    view: viewInput(),
  };
}

export function viewInput() {
  return z.enum(['summary', 'full']).default('summary').describe('full adds the vendor’s object');
}

/** The vendor's object, present with `view: full`. */
export const fullObject = z.record(z.string(), z.unknown()).optional();

/** The output of a list tool: the entities under a name of their own. `cursor` is what the tool calls its cursor parameter. */
export function listOutput<Name extends string, Item extends z.ZodType>(name: Name, item: Item, cursor = 'cursor') {
  const list = { [name]: z.array(item) } as { [K in Name]: z.ZodArray<Item> };
  return z.object({
    ...list,
    complete: z.boolean().describe('false: there is more'),
    next_cursor: z.string().optional().describe(`pass as ${cursor}`),
    note: z.string().optional(),
  });
}
