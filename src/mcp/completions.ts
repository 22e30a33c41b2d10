// completion/complete: values for a prompt's arguments and a resource template's parameters.

import type { CompleteRequestParams, CompleteResult } from '@modelcontextprotocol/server';
import type { Prompts } from './prompts.ts';
import type { Resources } from './resources.ts';

/** The protocol's own bound. */
const most = 100;

export async function complete(
  request: CompleteRequestParams,
  prompts: Prompts,
  resources: Resources,
): Promise<CompleteResult> {
  const { ref, argument } = request;
  const source =
    ref.type === 'ref/prompt'
      ? prompts.find(ref.name)?.arguments?.find(({ name }) => name === argument.name)?.complete
      : resources.findTemplate(ref.uri)?.complete?.[argument.name];
  const values = source ? await source(argument.value) : [];
  return { completion: { values: values.slice(0, most), total: values.length, hasMore: values.length > most } };
}
