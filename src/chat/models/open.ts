// Opening a model: its provider, loaded only now, and its settings, checked all at once before anything is asked.

import type { LanguageModel } from 'ai';
import { Secret } from '../../core/secret.ts';
import type { Fault } from '../../core/settings.ts';
import type { ChatValues, ProviderName } from '../settings.ts';
import { readHeaders } from './headers.ts';
import type { ModelProvider } from './provider.ts';
import { createWire, readAuthority, type WireOptions } from './wire.ts';

const providers: Readonly<Record<ProviderName, () => Promise<ModelProvider>>> = {
  openai: () => import('./openai.ts').then(({ openai }) => openai),
  azure_openai: () => import('./azure-openai.ts').then(({ azureOpenai }) => azureOpenai),
  anthropic: () => import('./anthropic.ts').then(({ anthropic }) => anthropic),
  vertex_ai: () => import('./vertex-ai.ts').then(({ vertexAi }) => vertexAi),
  openai_compatible: () => import('./openai-compatible.ts').then(({ openaiCompatible }) => openaiCompatible),
};

function loadProvider(name: ProviderName): Promise<ModelProvider> {
  return providers[name]();
}

/** A model that can be asked, and who runs it. */
export interface OpenedModel {
  readonly provider: ModelProvider;
  readonly name: string;
  readonly model: LanguageModel;
  /** Values that must appear in no message. */
  readonly secrets: readonly string[];
}

export interface OpenModelOptions extends Pick<WireOptions, 'fetch' | 'seen' | 'now'> {
  readonly readFile: (path: string) => string;
  /** In the place of what the settings say. */
  readonly provider?: ProviderName | undefined;
  readonly model?: string | undefined;
}

export type ModelOpening =
  | { readonly opened: OpenedModel; readonly faults: readonly [] }
  | { readonly opened?: undefined; readonly faults: readonly Fault[] };

export async function openModel(values: ChatValues, options: OpenModelOptions): Promise<ModelOpening> {
  const { readFile } = options;
  const provider = await loadProvider(options.provider ?? values.provider);
  // `--model` is of the provider that it was given with.
  const chosen = options.provider === undefined ? values.model : undefined;
  const name = options.model ?? chosen ?? provider.modelOf(values);
  const { headers, faults: unfitHeaders } = readHeaders(values.headers?.reveal());
  const { authority, faults: unfitAuthority } = readAuthority(values.caBundle, readFile);
  const asked = name === undefined ? values : { ...values, model: name };
  const faults = [...provider.check(asked, readFile), ...unfitHeaders, ...unfitAuthority];
  if (faults.length > 0 || name === undefined) return { faults };
  const { fetch, seen, now } = options;
  const wire = createWire({ origins: provider.originsOf(values), authority, fetch, seen, now });
  const model = provider.open(values, name, { fetch: wire, headers, readFile, now });
  const secrets = [
    ...Object.values(values).flatMap((value) => (value instanceof Secret ? [value.reveal()] : [])),
    ...Object.values(headers),
    ...(provider.secretsOf?.(values, readFile) ?? []),
  ];
  return { opened: { provider, name, model, secrets }, faults: [] };
}
