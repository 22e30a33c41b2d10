// Looking something up in the documentation whose index the operator has named.

import { z } from 'zod';
import { CastellanError } from '../../../core/errors.ts';
import { defineTools } from '../../../core/tool.ts';
import type { ScalekitClient } from '../client.ts';

const tool = defineTools<ScalekitClient>();

const page = z.object({
  title: z.string(),
  url: z.string(),
  about: z.string(),
  text: z.string().optional(),
});

export const docsTools = [
  tool({
    name: 'search_docs',
    title: 'Search the Scalekit documentation',
    description:
      'Pages of the documentation that fit some words, the best ones with their text. Without query: all titles.',
    access: 'read',
    scopes: ['docs:read'],
    input: () => z.strictObject({ query: z.string().max(500).default('').describe('e.g. admin portal') }),
    output: () => z.object({ pages: z.array(page) }),
    async run({ query }, { client, signal }) {
      const { docs } = client;
      if (!docs)
        throw new CastellanError({
          code: 'bad_configuration',
          message: 'No documentation is configured.',
          hint: 'An operator can name its index: docsUrl (SCALEKIT_DOCS_URL).',
        });
      if (query.trim() !== '') return { pages: [...(await docs.search(query, signal))] };
      return { pages: [...(await docs.index(signal))].slice(0, 500) };
    },
  }),
];
