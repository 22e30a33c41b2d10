// How resources of an identity domain are shown: lists that tell how many there are, and the vendor's object without secrets.

import { z } from 'zod';
import { listOutput } from '../../../core/listing.ts';
import { withoutSecrets } from '../../../core/redact.ts';

export type View = 'summary' | 'full';

export const text = z.string().nullish();
export const flag = z.boolean().nullish();
export const count = z.number().nullish();

const total = z.number().describe('how many there are in all');

/** The output of a list of the domain's: SCIM tells `totalResults` with each page (RFC 7644 §3.4.2). */
export function domainListOutput<Name extends string, Item extends z.ZodType>(name: Name, item: Item) {
  return listOutput(name, item).extend({ total });
}

/** `schemas` and addresses of resources: many lines, no facts. */
const noise = ['schemas', '$ref', 'location'];

/** `{ full }` when asked for. @param secret attributes of this resource that are left out whatever they hold */
export function fullOf(entity: object, view: View, secret: readonly string[] = []): { full?: Record<string, unknown> } {
  if (view !== 'full') return {};
  return { full: withoutSecrets(entity, new Set([...noise, ...secret])) as Record<string, unknown> };
}

/** When a resource was made and changed. */
export const metaEntity = z.looseObject({ created: text, lastModified: text, version: text }).nullish();

/** Somebody or something that made or changed a resource. */
export const authorEntity = z.looseObject({ value: text, type: text, display: text }).nullish();

/** What only Oracle's own clients may do with a resource: `replace`, `update`, `delete`. */
export const preventedEntity = z.array(z.string()).nullish();
