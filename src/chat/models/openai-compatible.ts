// Whoever speaks OpenAI's chat completions: Ollama, vLLM, Fireworks, a gateway.

import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { findAddressFault, type ModelProvider, missing } from './provider.ts';

export const openaiCompatible: ModelProvider = {
  title: 'the OpenAI-compatible server',
  modelSetting: 'OPENAI_COMPATIBLE_REASONING_MODEL',
  keySetting: 'OPENAI_COMPATIBLE_TOKEN',
  check: ({ compatibleUrl, compatibleModel, model }) => [
    ...(compatibleUrl
      ? findAddressFault('OPENAI_COMPATIBLE_BASE_URL', compatibleUrl)
      : [missing('OPENAI_COMPATIBLE_BASE_URL', 'Set it to where the API is, such as http://localhost:11434/v1.')]),
    ...((model ?? compatibleModel)
      ? []
      : [missing('OPENAI_COMPATIBLE_REASONING_MODEL', 'Set it to the model’s name there, or give --model.')]),
  ],
  modelOf: ({ compatibleModel }) => compatibleModel,
  originsOf: ({ compatibleUrl }) => (compatibleUrl ? [new URL(compatibleUrl).origin] : []),
  open({ compatibleUrl = '', compatibleToken }, model, { fetch, headers }) {
    const provider = createOpenAICompatible({
      name: 'openai-compatible',
      baseURL: compatibleUrl.replace(/\/+$/, ''),
      headers: { ...headers },
      includeUsage: true,
      fetch,
      ...(compatibleToken && { apiKey: compatibleToken.reveal() }),
    });
    return provider.chatModel(model);
  },
};
