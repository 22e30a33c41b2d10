// Anthropic: the Messages API (https://docs.anthropic.com/en/api/messages).

import { createAnthropic } from '@ai-sdk/anthropic';
import { findAddressFault, type ModelProvider, missing } from './provider.ts';

export const anthropic: ModelProvider = {
  title: 'Anthropic',
  modelSetting: 'ANTHROPIC_REASONING_MODEL',
  keySetting: 'ANTHROPIC_API_KEY',
  check: ({ anthropicKey, anthropicUrl }) => [
    ...(anthropicKey
      ? []
      : [missing('ANTHROPIC_API_KEY', 'Set it to a key from https://console.anthropic.com/settings/keys.')]),
    ...findAddressFault('ANTHROPIC_BASE_URL', anthropicUrl),
  ],
  modelOf: ({ anthropicModel }) => anthropicModel,
  originsOf: ({ anthropicUrl }) => [new URL(anthropicUrl).origin],
  open({ anthropicKey, anthropicUrl }, model, { fetch, headers }) {
    // Anthropic's own clients are given the address without the version.
    const base = anthropicUrl.replace(/\/+$/, '').replace(/(?<!\/v1)$/, '/v1');
    const apiKey = anthropicKey?.reveal() ?? '';
    return createAnthropic({ apiKey, baseURL: base, headers: { ...headers }, fetch })(model);
  },
  // The descriptions of many tools are sent with each request: they are paid for once.
  options: { anthropic: { cacheControl: { type: 'ephemeral' } } },
};
