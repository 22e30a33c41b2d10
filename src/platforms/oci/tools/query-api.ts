// Reading anything that an OCI service answers to GET: for what no other tool is for. Off until an operator switches it on.

import { z } from 'zod';
import { withoutSecrets } from '../../../core/redact.ts';
import { defineTools } from '../../../core/tool.ts';
import type { OciClient } from '../client.ts';
import { checkRegion } from './regions.ts';
import { wrong } from './shared.ts';

const tool = defineTools<OciClient>();

/** Of the answer as JSON: more does not fit a model's context. */
const maxCharacters = 60_000;
const word = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, { error: 'is no such name: small letters, digits and -' });
const segment = /^[^\s/?#%\\]{1,255}$/;
/** What instances start with: scripts, in which passwords and keys stand. */
const scripts = new Set(['user_data']);

export const queryApiTools = [
  tool({
    name: 'query_oci_api',
    title: 'Read from any OCI service',
    description:
      'One GET to a service of a region, signed as whoever requests are made as: for what no other tool is for. The host is made of service and region; secrets in the answer are removed.',
    access: 'read',
    scopes: ['oci:read'],
    input: () =>
      z.strictObject({
        service: word.describe('First word of the service’s host: identity, iaas, database, objectstorage, …'),
        path: z.string().min(1).max(2_000).describe('With the API’s version: /20160918/instances'),
        query: z
          .record(z.string().regex(/^[A-Za-z][\w.-]{0,63}$/), z.union([z.string().max(2_000), z.number(), z.boolean()]))
          .default({})
          .describe('compartmentId, limit, page, …'),
        region: word.optional().describe('One that list_oci_regions names; default: home region'),
      }),
    output: () =>
      z.object({
        answer: z.unknown(),
        complete: z.boolean().describe('false: there is more'),
        next_page: z.string().optional().describe('pass as page in query'),
        note: z.string().optional(),
      }),
    async run({ service, path, query, region }, { client }) {
      const segments = path.replace(/^\//, '').split('/');
      const strange = segments.find((each) => !segment.test(each));
      if (strange !== undefined)
        throw wrong(
          `path has a part that is none: ${JSON.stringify(strange.slice(0, 80))}.`,
          'Write the path alone, such as /20160918/instances; parameters go into query.',
        );
      await checkRegion(client, region);
      const { body, next } = await client.ask({ service, region, path: segments, query });
      const { answer, cut } = bound(withoutSecrets(body, scripts));
      return {
        answer,
        complete: next === undefined && !cut,
        ...(next !== undefined && { next_page: next }),
        ...(cut && {
          note: `The answer was longer than ${maxCharacters} characters: ask for less (limit), or for one thing.`,
        }),
      };
    },
  }),
];

/** Items are left out whole; what is one large thing is not shown at all. */
function bound(body: unknown): { readonly answer: unknown; readonly cut: boolean } {
  if (JSON.stringify(body ?? null).length <= maxCharacters) return { answer: body ?? null, cut: false };
  const items = Array.isArray(body) ? body : undefined;
  let length = 2;
  const shown = items?.filter((item) => {
    length += JSON.stringify(item).length + 1;
    return length <= maxCharacters;
  });
  return { answer: shown ?? null, cut: true };
}
