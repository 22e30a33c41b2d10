// Lists that Okta pages in the body rather than in a header (all below /iam).

import { z } from 'zod';
import { invalidAnswer } from '../../core/exchange.ts';
import type { OktaClient } from './client.ts';

const links = z.object({ _links: z.object({ next: z.object({ href: z.string() }).nullish() }).nullish() });
const maxPages = 1_000;

/** Every page, in order. */
export async function* readBodyPages<T>(
  client: OktaClient,
  path: readonly string[],
  entity: z.ZodType<T>,
): AsyncGenerator<T> {
  let after: string | undefined;
  for (let pages = 0; pages < maxPages; pages++) {
    const page = await client.get(path, entity, { limit: 200, after });
    yield page;
    const next = afterIn(page);
    if (next === undefined) return;
    if (next === after) break;
    after = next;
  }
  throw invalidAnswer('Okta’s list of administrators does not end.', undefined, { again: false });
}

/** Where the page after this one begins; of the link only the place is used. */
export function afterIn(page: unknown): string | undefined {
  const href = links.safeParse(page).data?._links?.next?.href;
  if (href === undefined) return undefined;
  const after = URL.canParse(href) ? new URL(href).searchParams.get('after') : undefined;
  if (after) return after;
  throw invalidAnswer('Okta gave a next page without a place in the list.', undefined, { again: false });
}
