// prompts/list and prompts/get over what the platforms offer.

import {
  type GetPromptResult,
  type Prompt as ListedPrompt,
  ProtocolError,
  ProtocolErrorCode,
} from '@modelcontextprotocol/server';
import type { CastellanError } from '../core/errors.ts';
import type { Prompt, PromptArgument, PromptPart } from '../core/offering.ts';
import type { Tenant } from '../core/tool.ts';
import type { Catalog, Connected, Entry } from './catalog.ts';
import type { Gate, Narrowing } from './gate.ts';

export interface Prompts {
  readonly list: ListedPrompt[];
  readonly get: (
    name: string,
    input: Readonly<Record<string, string>>,
    narrowing: Narrowing,
  ) => Promise<GetPromptResult>;
  /** The prompt's arguments, `tenant` among them where there are several, and what that can be. */
  readonly find: (
    name: string,
  ) => { readonly arguments: readonly PromptArgument[]; readonly tenants: readonly string[] } | undefined;
}

interface Offered {
  readonly prompt: Prompt;
  readonly arguments: readonly PromptArgument[];
  /** Their names, in order. */
  readonly tenants: readonly string[];
  readonly connected: ReadonlyMap<string, Tenant>;
}

/** What is written into a prompt is a name or a few words; more is no argument. */
const maxArgument = 500;

export function createPrompts(connected: readonly Connected[], catalog: Catalog, gate: Gate): Prompts {
  const byName = new Map<string, Offered>();
  for (const { platform, tenants } of connected) {
    for (const prompt of platform.prompts ?? []) byName.set(prompt.name, offer(prompt, tenants));
  }

  return {
    find: (name) => byName.get(name),
    list: [...byName.values()].map(({ prompt: { name, title, description }, arguments: parameters }) => ({
      name,
      description,
      ...(title !== undefined && { title }),
      ...(parameters.length > 0 && {
        arguments: parameters.map(({ complete: _complete, ...argument }) => argument),
      }),
    })),

    async get(name, input, narrowing) {
      const offered = byName.get(name);
      if (!offered) throw wrong('There is no such prompt; prompts/list names them all.');
      const { prompt, tenants, connected } = offered;
      checkArguments(offered, input);
      const tenant = connected.get((tenants.length > 1 ? input.tenant : tenants[0]) ?? '');
      const parts = await prompt.write(input);
      const notes = [
        ...(tenants.length > 1 ? [`Give tenant ${JSON.stringify(input.tenant)} with every call.`] : []),
        ...describeMissing(parts, catalog, (entry) => {
          const atTenant = tenant && !entry.tool.local ? gate.refuseAt(entry, tenant) : undefined;
          return gate.refuse(entry, narrowing) ?? atTenant;
        }),
      ];
      const all = notes.length > 0 ? [...parts, { text: notes.join('\n') }] : parts;
      const messages = all.map((part) => ({ role: 'user' as const, content: contentOf(part) }));
      return { description: prompt.description, messages };
    },
  };
}

function offer(prompt: Prompt, connected: ReadonlyMap<string, Tenant>): Offered {
  const tenants = [...connected.keys()].sort();
  const own = prompt.arguments ?? [];
  if (tenants.length < 2) return { prompt, tenants, connected, arguments: own };
  const tenant = { name: 'tenant', description: `Which organization: ${tenants.join(', ')}`, required: true };
  return { prompt, tenants, connected, arguments: [...own, tenant] };
}

function checkArguments({ prompt, arguments: parameters, tenants }: Offered, input: Readonly<Record<string, string>>) {
  const missing = parameters.filter(({ name, required }) => required && !input[name]?.trim());
  if (missing.length > 0) {
    throw wrong(`The prompt ${prompt.name} needs: ${missing.map(({ name }) => name).join(', ')}.`);
  }
  const long = parameters.find(({ name }) => (input[name]?.length ?? 0) > maxArgument);
  if (long) throw wrong(`${long.name} is longer than ${maxArgument} characters.`);
  if (tenants.length > 1 && !tenants.includes(input.tenant ?? '')) {
    throw wrong(`tenant must be one of: ${tenants.join(', ')}.`);
  }
}

/** Tools that the prompt names and that cannot be called here, each with the reason. */
function describeMissing(
  parts: readonly PromptPart[],
  catalog: Catalog,
  refuse: (entry: Entry) => CastellanError | undefined,
): readonly string[] {
  const words = parts.flatMap((part) => ('text' in part ? [...part.text.matchAll(/\b[a-z]+(?:_[a-z]+)+\b/g)] : []));
  const lines = [...new Set(words.map(([word]) => word))].flatMap((word) => {
    const entry = catalog.find(word)?.entry;
    const refused = entry && refuse(entry);
    return refused ? `- ${word}: ${refused.message}` : [];
  });
  if (lines.length === 0) return [];
  return ['These tools cannot be used here. Where a step needs one, say what a person must do by hand:', ...lines];
}

function wrong(message: string): ProtocolError {
  return new ProtocolError(ProtocolErrorCode.InvalidParams, message);
}

function contentOf(part: PromptPart): GetPromptResult['messages'][number]['content'] {
  if ('text' in part) return { type: 'text', text: part.text };
  if ('image' in part) return { type: 'image', data: part.image, mimeType: part.mimeType };
  return { type: 'resource', resource: { uri: part.uri, mimeType: part.mimeType, text: part.embedded } };
}
