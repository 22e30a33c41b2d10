// What happens in a conversation, for whoever shows it.

import type { Exchange } from './models/wire.ts';

/** What a question cost. */
export interface Cost {
  /** Requests to the model. */
  readonly steps: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** The provider did not say, so that the tokens are a guess by the length of the text. */
  readonly estimated: boolean;
  readonly ms: number;
}

export interface ToolCallEvent {
  readonly type: 'tool_call';
  readonly id: string;
  readonly name: string;
  readonly arguments: unknown;
}

export interface ToolResultEvent {
  readonly type: 'tool_result';
  readonly id: string;
  readonly name: string;
  readonly ok: boolean;
  readonly ms: number;
  /** On one line. */
  readonly summary: string;
  /** All of it. */
  readonly text: string;
  /** Characters that the model was not shown. */
  readonly cut: number;
}

/** How a question ended: answered, stopped by the person, out of its budget, or failed. */
export type Ending = 'answered' | 'stopped' | 'steps' | 'tokens' | 'failed';

export type ChatEvent =
  | { readonly type: 'thinking' }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'text_end' }
  | ToolCallEvent
  | ToolResultEvent
  /** A tool says how far it is. */
  | { readonly type: 'progress'; readonly id: string; readonly text: string }
  /** The provider is asked again later. */
  | { readonly type: 'wait'; readonly why: string; readonly ms: number }
  | { readonly type: 'note'; readonly text: string }
  | { readonly type: 'error'; readonly code: string; readonly message: string; readonly hint: string }
  | { readonly type: 'exchange'; readonly exchange: Exchange }
  | { readonly type: 'usage'; readonly ending: Ending; readonly cost: Cost; readonly total: Cost };

export type Tell = (event: ChatEvent) => void;
