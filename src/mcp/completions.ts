// completion/complete: values for a prompt's arguments and a resource template's parameters. A convenience: what cannot be
// found out in time is an empty list, never an error.

import type { CompleteRequestParams, CompleteResult } from '@modelcontextprotocol/server';
import type { Complete } from '../core/offering.ts';
import type { Prompts } from './prompts.ts';
import type { CallFor, Requester } from './requester.ts';
import type { Resources } from './resources.ts';

/** The protocol's own bound. */
const most = 100;
/** Somebody is typing. */
const timeoutMs = 2_000;
const longestTyped = 200;

export async function complete(
  request: CompleteRequestParams,
  requester: Requester,
  offers: { readonly prompts: Prompts; readonly resources: Resources; readonly callFor: CallFor },
): Promise<CompleteResult> {
  const { ref, argument, context } = request;
  const others = context?.arguments ?? {};
  const { source, tenants } = findSource(ref, argument.name, offers);
  const known = argument.name === 'tenant' && tenants.length > 1 ? startingWith(tenants, argument.value) : undefined;
  const values =
    known ?? (source ? await find(source, argument.value, others, tenants, requester, offers.callFor) : []);
  const unique = [...new Set([...startingWith(values, argument.value), ...values])];
  return { completion: { values: unique.slice(0, most), total: unique.length, hasMore: unique.length > most } };
}

interface Source {
  readonly source: Complete | undefined;
  readonly tenants: readonly string[];
}

function findSource(
  ref: CompleteRequestParams['ref'],
  name: string,
  { prompts, resources }: { readonly prompts: Prompts; readonly resources: Resources },
): Source {
  if (ref.type === 'ref/prompt') {
    const prompt = prompts.find(ref.name);
    const argument = prompt?.arguments.find((each) => each.name === name);
    return { source: argument?.complete, tenants: prompt?.tenants ?? [] };
  }
  const found = resources.findTemplate(ref.uri);
  const sources = found?.resource.complete;
  return { source: sources && Object.hasOwn(sources, name) ? sources[name] : undefined, tenants: found?.tenants ?? [] };
}

async function find(
  source: Complete,
  typed: string,
  others: Readonly<Record<string, string>>,
  tenants: readonly string[],
  requester: Requester,
  callFor: CallFor,
): Promise<readonly string[]> {
  if (typed.length > longestTyped) return [];
  if (typeof source === 'function') return source(typed);
  const { tenant, ...rest } = others;
  // Which organization is not known yet.
  if (tenants.length > 1 && tenant === undefined) return [];
  const args = { ...source.input(typed, rest), ...(tenants.length > 1 && { tenant }) };
  const answer = await callFor(requester, source.tool, args, timeoutMs);
  return answer.isError ? [] : source.values((answer.structuredContent ?? {}) as Record<string, unknown>, typed);
}

function startingWith(values: readonly string[], typed: string): string[] {
  return values.filter((value) => value.toLowerCase().startsWith(typed.toLowerCase()));
}
