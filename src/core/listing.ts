// The shape that every list tool shares: how many, from where, how much of each, and whether it is all. Made once and
// shared by all tools: making schemas is a good part of the start.

import { z } from 'zod';

/** More in one answer than this does not fit a model's context. */
const maxResults = 1_000;
const defaultResults = 100;

const view = z.enum(['summary', 'full']).default('summary').describe('full adds the vendor’s object');

/** `view`, as a field of a tool's input. */
export const viewInput = { view };

/** `max_results`, `cursor` and `view`, as fields of a list tool's input. */
export const listInput = {
  max_results: z
    .int()
    .min(1)
    .max(maxResults)
    .default(defaultResults)
    .describe('How many at most; many are read page by page'),
  cursor: z.string().max(4_000).optional().describe('next_cursor of the last answer'),
  view,
};

/** The vendor's object, present with `view: full`. */
export const fullObject = z.record(z.string(), z.unknown()).optional();

const complete = z.boolean().describe('false: there is more');
const note = z.string().optional();
const nextCursor = z.string().optional();

/** The output of a list tool: the entities under a name of their own. `cursor` is what the tool calls its cursor parameter. */
export function listOutput<Name extends string, Item extends z.ZodType>(name: Name, item: Item, cursor = 'cursor') {
  const list = { [name]: z.array(item) } as { [K in Name]: z.ZodArray<Item> };
  return z.object({ ...list, complete, next_cursor: nextCursor.describe(`pass as ${cursor}`), note });
}
