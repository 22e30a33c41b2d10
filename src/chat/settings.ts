// Settings of the chat: which model answers, what opens it, and what a question may cost. Read only by `castellan chat`.

import { z } from 'zod';
import { defineSettings, type Setting, type Values } from '../core/settings.ts';

export const providerNames = ['openai', 'azure_openai', 'anthropic', 'vertex_ai', 'openai_compatible'] as const;
export type ProviderName = (typeof providerNames)[number];

/** What else is said of an address is found by `findAddressFault`, once it is known whose it is. */
const address = z.url({ protocol: /^https?$/, error: 'is no http(s) address' });
const key = z.string().regex(/^[!-~]+$/, 'is no key: it has spaces or characters that no header takes');
const name = z.string().regex(/^[!-~]{1,200}$/, 'is no name of a model');

export const chatSettings = defineSettings({
  provider: {
    schema: z
      .string()
      .trim()
      .toLowerCase()
      .pipe(z.enum(providerNames, { error: `is none of ${providerNames.join(', ')}` })),
    description: `Who runs the model: ${providerNames.join(', ')}.`,
    env: ['AI_PROVIDER'],
    flag: 'provider',
    default: 'openai' as ProviderName,
  },
  model: {
    schema: name,
    description: 'The model, as its provider calls it (at Azure: the deployment). Default: that of the provider.',
    flag: 'model',
  },
  openaiKey: { schema: key, description: 'Key of the OpenAI API.', env: ['OPENAI_API_KEY'], secret: true },
  openaiModel: {
    schema: name,
    description: 'Model at OpenAI.',
    env: ['OPENAI_CODING_MODEL', 'OPENAI_REASONING_MODEL'],
    default: 'gpt-4o',
  },
  openaiUrl: {
    schema: address,
    description: 'Where the OpenAI API is, such as a gateway of yours.',
    env: ['OPENAI_BASE_URL'],
    default: 'https://api.openai.com/v1',
  },
  azureKey: {
    schema: key,
    description: 'Key of the Azure OpenAI resource.',
    env: ['AZURE_OPENAI_KEY', 'AZURE_OPENAI_API_KEY'],
    secret: true,
  },
  azureEndpoint: {
    schema: address,
    description: 'The Azure OpenAI resource, such as https://acme.openai.azure.com.',
    env: ['AZURE_OPENAI_ENDPOINT'],
  },
  azureVersion: {
    schema: z
      .string()
      .regex(/^(v1|preview|latest|\d{4}-\d{2}-\d{2}(-preview)?)$/, 'is no version such as 2024-10-21 or v1'),
    description: 'Version of the Azure OpenAI API: a date, such as 2024-10-21, or v1.',
    env: ['AZURE_OPENAI_VERSION', 'AZURE_OPENAI_API_VERSION'],
    default: '2024-07-01-preview',
  },
  azureModel: {
    schema: name,
    description: 'Deployment at Azure OpenAI.',
    env: ['AZURE_OPENAI_REASONING_MODEL', 'AZURE_OPENAI_REASONING_DEPLOYMENT'],
    default: 'gpt-4o',
  },
  anthropicKey: { schema: key, description: 'Key of the Anthropic API.', env: ['ANTHROPIC_API_KEY'], secret: true },
  anthropicModel: {
    schema: name,
    description: 'Model at Anthropic.',
    env: ['ANTHROPIC_REASONING_MODEL'],
    default: 'claude-sonnet-5',
  },
  anthropicUrl: {
    schema: address,
    description: 'Where the Anthropic API is, such as a gateway of yours.',
    env: ['ANTHROPIC_BASE_URL'],
    default: 'https://api.anthropic.com/v1',
  },
  vertexFile: {
    schema: z.string().min(1),
    description: 'Key file of a Google Cloud service account that may use Vertex AI (JSON).',
    env: ['VERTEX_AI_SERVICE_ACCOUNT_FILE', 'GOOGLE_APPLICATION_CREDENTIALS'],
  },
  vertexModel: {
    schema: name,
    description: 'Model at Vertex AI.',
    env: ['VERTEX_AI_REASONING_MODEL'],
    default: 'gemini-3.5-flash',
  },
  vertexProject: {
    schema: z.string().regex(/^[a-z0-9][a-z0-9.:-]{0,99}$/, 'is no project id'),
    description: 'Google Cloud project. Default: that of the service account.',
    env: ['VERTEX_AI_PROJECT'],
  },
  vertexLocation: {
    schema: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'is no location such as us-central1 or global'),
    description: 'Location of Vertex AI, such as us-central1 or global.',
    env: ['VERTEX_AI_LOCATION'],
    default: 'us-central1',
  },
  compatibleUrl: {
    schema: address,
    description: 'Where an API like OpenAI’s is (chat completions), such as http://localhost:11434/v1.',
    env: ['OPENAI_COMPATIBLE_BASE_URL'],
  },
  compatibleToken: {
    schema: key,
    description: 'Token for that API, where it wants one.',
    env: ['OPENAI_COMPATIBLE_TOKEN'],
    secret: true,
  },
  compatibleModel: {
    schema: name,
    description: 'Model at that API.',
    env: ['OPENAI_COMPATIBLE_REASONING_MODEL'],
  },
  headers: {
    schema: z.string().max(16_000),
    description: 'Headers for all requests to the provider, such as a gateway’s: a JSON object, or k=v, k=v.',
    env: ['CUSTOM_HTTP_HEADERS'],
    secret: true,
  },
  caBundle: {
    schema: z.string().min(1),
    description: 'Certificates (PEM file) to trust at the provider, beside those that are trusted anyway.',
    env: ['CA_BUNDLE_PATH'],
  },
  maxSteps: {
    schema: z.number().int().min(1).max(200),
    description: 'Requests to the model that one question may take, 1 to 200.',
    env: ['CASTELLAN_CHAT_MAX_STEPS'],
    flag: 'max-steps',
    default: 25,
  },
  maxTokens: {
    schema: z.number().int().min(1000).max(100_000_000),
    description: 'Tokens that one question may cost, all its requests and answers together.',
    env: ['CASTELLAN_CHAT_MAX_TOKENS'],
    flag: 'max-tokens',
    default: 1_000_000,
  },
  maxTools: {
    schema: z.number().int().min(10).max(1000),
    description: 'Tools that the model is shown at once, 10 to 1000; it finds the others by words. OpenAI takes 128.',
    env: ['CASTELLAN_CHAT_MAX_TOOLS'],
    flag: 'max-tools',
    default: 128,
  },
  maxResult: {
    schema: z.number().int().min(1000).max(1_000_000),
    description: 'Characters of one tool’s answer that the model is shown; all of it stays in /last.',
    env: ['CASTELLAN_CHAT_MAX_RESULT'],
    flag: 'max-result',
    default: 40_000,
  },
  history: {
    schema: z.boolean(),
    description: 'Keep what was typed for the next chat, in a file that only this user reads.',
    env: ['CASTELLAN_CHAT_HISTORY'],
    default: true,
  },
});

export type ChatSettings = typeof chatSettings;
export type ChatValues = Values<ChatSettings>;

/** How the settings of each provider begin. */
const prefixes: Readonly<Record<ProviderName, string>> = {
  openai: 'openai',
  azure_openai: 'azure',
  anthropic: 'anthropic',
  vertex_ai: 'vertex',
  openai_compatible: 'compatible',
};

/** Variables of the providers that are not used: what is wrong with one of them is nobody's concern now. */
export function variablesOfOthers(provider: ProviderName): readonly string[] {
  const others = providerNames.filter((name) => name !== provider).map((name) => prefixes[name]);
  return Object.entries<Setting>(chatSettings).flatMap(([key, { env = [] }]) =>
    others.some((prefix) => key.startsWith(prefix)) ? env : [],
  );
}
