// prompts/list and prompts/get over what the platforms offer.

import {
  type GetPromptResult,
  type Prompt as ListedPrompt,
  ProtocolError,
  ProtocolErrorCode,
} from '@modelcontextprotocol/server';
import type { Prompt, PromptPart } from '../core/offering.ts';

export interface Prompts {
  readonly list: ListedPrompt[];
  readonly get: (name: string, input: Readonly<Record<string, string>>) => GetPromptResult;
  readonly find: (name: string) => Prompt | undefined;
}

export function createPrompts(prompts: readonly Prompt[]): Prompts {
  const byName = new Map(prompts.map((prompt) => [prompt.name, prompt]));
  return {
    list: prompts.map(({ name, title, description, arguments: parameters }) => ({
      name,
      description,
      ...(title !== undefined && { title }),
      ...(parameters && { arguments: parameters.map(({ complete: _complete, ...argument }) => argument) }),
    })),
    find: (name) => byName.get(name),

    get(name, input) {
      const prompt = byName.get(name);
      if (!prompt)
        throw new ProtocolError(
          ProtocolErrorCode.InvalidParams,
          'There is no such prompt; prompts/list names them all.',
        );
      const missing = (prompt.arguments ?? []).filter((argument) => argument.required && !input[argument.name]);
      if (missing.length > 0) {
        const names = missing.map((argument) => argument.name).join(', ');
        throw new ProtocolError(ProtocolErrorCode.InvalidParams, `The prompt ${name} needs: ${names}.`);
      }
      const messages = prompt.write(input).map((part) => ({ role: 'user' as const, content: contentOf(part) }));
      return { description: prompt.description, messages };
    },
  };
}

function contentOf(part: PromptPart): GetPromptResult['messages'][number]['content'] {
  if ('text' in part) return { type: 'text', text: part.text };
  if ('image' in part) return { type: 'image', data: part.image, mimeType: part.mimeType };
  return { type: 'resource', resource: { uri: part.uri, mimeType: part.mimeType, text: part.embedded } };
}
