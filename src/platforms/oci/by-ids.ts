// Resources of an identity domain by their ids, whatever their number, in few requests.

import type { z } from 'zod';
import type { OciClient } from './client.ts';
import { and, type Filter, or, where } from './filter.ts';

/** Longer filters are refused on the way. */
const atOnce = 40;

interface ByIds<T> {
  readonly entity: z.ZodType<T>;
  readonly attributes?: readonly string[];
  readonly attributeSets?: readonly ['default'];
  /** What they must fulfil besides. */
  readonly besides?: Filter;
}

/** Those that are there, in no order. */
export async function loadByIds<T>(
  client: OciClient,
  resource: string,
  ids: Iterable<string>,
  { besides, ...request }: ByIds<T>,
): Promise<readonly T[]> {
  const wanted = [...new Set(ids)];
  const parts = Array.from({ length: Math.ceil(wanted.length / atOnce) }, (_, part) =>
    wanted.slice(part * atOnce, (part + 1) * atOnce),
  );
  const found = await Promise.all(
    parts.map((part) => {
      const filter = and(or(...part.map((id) => where.eq('id', id))), besides);
      return client.domain.list({ path: [resource], filter, ...request, max: atOnce });
    }),
  );
  return found.flatMap(({ items }) => items);
}
