// OpenAI: the Responses API (https://platform.openai.com/docs/api-reference/responses).

import { createOpenAI } from '@ai-sdk/openai';
import { findAddressFault, type ModelProvider, missing } from './provider.ts';

export const openai: ModelProvider = {
  title: 'OpenAI',
  modelSetting: 'OPENAI_CODING_MODEL',
  keySetting: 'OPENAI_API_KEY',
  check: ({ openaiKey, openaiUrl }) => [
    ...(openaiKey ? [] : [missing('OPENAI_API_KEY', 'Set it to a key from https://platform.openai.com/api-keys.')]),
    ...findAddressFault('OPENAI_BASE_URL', openaiUrl),
  ],
  modelOf: ({ openaiModel }) => openaiModel,
  originsOf: ({ openaiUrl }) => [new URL(openaiUrl).origin],
  open: ({ openaiKey, openaiUrl }, model, { fetch, headers }) =>
    createOpenAI({ apiKey: openaiKey?.reveal() ?? '', baseURL: openaiUrl, headers: { ...headers }, fetch })(model),
  // What a directory says about people is not left with the provider for later.
  options: { openai: { store: false } },
};
