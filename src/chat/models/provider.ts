// What a provider of models is to the chat.

import type { ProviderOptions } from '@ai-sdk/provider-utils';
import type { LanguageModel } from 'ai';
import type { Fault } from '../../core/settings.ts';
import type { ChatValues } from '../settings.ts';

/** What a model is opened with. */
export interface ModelAccess {
  /** Goes to the origins of this provider alone, and follows no redirect. */
  readonly fetch: typeof globalThis.fetch;
  /** What the user wants in each request, beside what the provider needs. */
  readonly headers: Readonly<Record<string, string>>;
  /** @returns the text of a file that a setting names */
  readonly readFile: (path: string) => string;
  readonly now: () => number;
}

export interface ModelProvider {
  /** As people call it. */
  readonly title: string;
  /** Everything that is wrong with its settings, at once. */
  readonly check: (values: ChatValues, readFile: ModelAccess['readFile']) => readonly Fault[];
  /** The model that its own settings name. */
  readonly modelOf: (values: ChatValues) => string | undefined;
  /** Where the model is asked to be chosen, for messages. */
  readonly modelSetting: string;
  /** Where the key is set, for messages. */
  readonly keySetting: string;
  /** The origins to which its requests, and what opens it, may go. */
  readonly originsOf: (values: ChatValues) => readonly string[];
  /** Values that must appear in no message, beside the settings that are secrets. */
  readonly secretsOf?: (values: ChatValues, readFile: ModelAccess['readFile']) => readonly string[];
  readonly open: (values: ChatValues, model: string, access: ModelAccess) => LanguageModel;
  /** What each request says to this provider. */
  readonly options?: ProviderOptions;
}

/** A key travels encrypted, or stays on this machine. */
export function findAddressFault(where: string, address: string | undefined): Fault[] {
  if (address === undefined) return [];
  const url = new URL(address);
  const unfit = (problem: string, todo: string): Fault[] => [{ where, problem, todo }];
  if (url.username !== '' || url.password !== '')
    return unfit('has a user or password in it', 'Give the key in its own setting.');
  if (url.search !== '' || url.hash !== '')
    return unfit('has a query or fragment', 'Give the address alone; headers are set with CUSTOM_HTTP_HEADERS.');
  const here = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
  if (url.protocol === 'http:' && !here)
    return unfit('is not https', 'Use https; http is only for servers on this machine.');
  return [];
}

/** A setting without which nothing can be asked. */
export function missing(where: string, todo: string): Fault {
  return { where, problem: 'is missing', todo };
}
