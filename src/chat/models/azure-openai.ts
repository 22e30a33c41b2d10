// Azure OpenAI: chat completions of a deployment (https://learn.microsoft.com/azure/ai-services/openai/reference).

import { createAzure } from '@ai-sdk/azure';
import { findAddressFault, type ModelProvider, missing } from './provider.ts';

export const azureOpenai: ModelProvider = {
  title: 'Azure OpenAI',
  modelSetting: 'AZURE_OPENAI_REASONING_MODEL',
  keySetting: 'AZURE_OPENAI_KEY',
  check: ({ azureKey, azureEndpoint }) => [
    ...(azureKey
      ? []
      : [missing('AZURE_OPENAI_KEY', 'Set it to a key of the resource (Azure portal: Keys and Endpoint).')]),
    ...(azureEndpoint
      ? findAddressFault('AZURE_OPENAI_ENDPOINT', azureEndpoint)
      : [missing('AZURE_OPENAI_ENDPOINT', 'Set it to the resource, such as https://acme.openai.azure.com.')]),
  ],
  modelOf: ({ azureModel }) => azureModel,
  originsOf: ({ azureEndpoint }) => (azureEndpoint ? [new URL(azureEndpoint).origin] : []),
  open({ azureKey, azureEndpoint = '', azureVersion }, model, { fetch, headers }) {
    // People copy the endpoint with more or less of its path.
    const base = `${azureEndpoint.replace(/\/+$/, '').replace(/\/openai(\/v1)?$/, '')}/openai`;
    const dated = /^\d/.test(azureVersion);
    const provider = createAzure({
      apiKey: azureKey?.reveal() ?? '',
      // Versions that are dates have the deployment in the path; v1 has it in the body.
      baseURL: dated ? base : `${base}/v1`,
      useDeploymentBasedUrls: dated,
      apiVersion: azureVersion,
      headers: { ...headers },
      fetch,
    });
    return provider.chat(dated ? encodeURIComponent(model) : model);
  },
};
