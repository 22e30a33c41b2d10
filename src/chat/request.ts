// One request to the model and its answer as it streams in: text at once, tool calls once the answer is whole.

import {
  type JSONSchema7,
  jsonSchema,
  type LanguageModel,
  type ModelMessage,
  streamText,
  type ToolSet,
  tool,
} from 'ai';
import type { Tell } from './events.ts';
import { StreamCut } from './models/failure.ts';
import type { ModelProvider } from './models/provider.ts';
import type { OfferedTool } from './offered-tool.ts';

/** The library writes its remarks to the console, which is the person's here. */
globalThis.AI_SDK_LOG_WARNINGS = false;

export interface ModelRequest {
  readonly model: LanguageModel;
  readonly options: ModelProvider['options'];
  readonly instructions: string;
  readonly messages: readonly ModelMessage[];
  readonly tools: readonly OfferedTool[];
  readonly signal: AbortSignal;
  readonly tell: Tell;
}

export interface RequestedCall {
  readonly id: string;
  readonly name: string;
  readonly input: unknown;
  /** Why it is none: no such tool, or arguments that are no JSON. */
  readonly invalid: string | undefined;
}

export interface ModelReply {
  /** What it said, as the next request repeats it. */
  readonly message: Extract<ModelMessage, { role: 'assistant' }> | undefined;
  readonly calls: readonly RequestedCall[];
  readonly text: string;
  /** How it came to its end: `stop`, `tool-calls`, `length`, `content-filter` … */
  readonly reason: string;
  /** Undefined where the provider does not tell. */
  readonly inputTokens: number | undefined;
  readonly outputTokens: number | undefined;
}

/** What was thrown, and what had been said before. */
export class RequestFailed extends Error {
  readonly text: string;

  constructor(cause: unknown, text: string) {
    super('the request failed', { cause });
    this.text = text;
  }
}

/** @throws {RequestFailed} nothing that was asked for until then is called */
export async function requestModel({ model, options, instructions, messages, tools, signal, tell }: ModelRequest) {
  let text = '';
  let open = false;
  const calls: RequestedCall[] = [];
  const endText = () => {
    if (open) tell({ type: 'text_end' });
    open = false;
  };
  try {
    const result = streamText({
      model,
      instructions,
      messages: [...messages],
      tools: toToolSet(tools),
      // What is tried again, and when, is told.
      maxRetries: 0,
      abortSignal: signal,
      onError: () => {},
      ...(options && { providerOptions: options }),
    });
    let finish:
      | { reason: string; raw: string | undefined; input?: number | undefined; output?: number | undefined }
      | undefined;
    for await (const part of result.stream) {
      if (part.type === 'error') throw part.error;
      if (part.type === 'abort') throw signal.reason ?? new Error('stopped');
      if (part.type === 'text-delta' && part.text !== '') {
        text += part.text;
        open = true;
        tell({ type: 'text', text: part.text });
      } else if (part.type === 'text-end') endText();
      else if (part.type === 'tool-call') {
        const invalid = 'invalid' in part && part.invalid === true ? describeInvalid(part.error) : undefined;
        calls.push({ id: part.toolCallId, name: part.toolName, input: part.input, invalid });
      } else if (part.type === 'finish-step') {
        const { inputTokens: input, outputTokens: output } = part.usage;
        finish = { reason: part.finishReason, raw: part.rawFinishReason, input, output };
      }
    }
    // A stream that just ends has no reason of the provider's for it: what stands in it may be half of something.
    if (!finish || ['error', 'interrupted'].includes(finish.reason) || (finish.reason === 'other' && !finish.raw))
      throw new StreamCut('no end');
    // Half a call is none, wherever it was cut; and of an answer that was withheld nothing is done.
    const whole = ['length', 'content-filter'].includes(finish.reason) ? [] : calls;
    const message = messageOf(await result.responseMessages, whole);
    const reply: ModelReply = {
      message,
      calls: whole,
      text,
      reason: finish.reason,
      inputTokens: finish.input,
      outputTokens: finish.output,
    };
    return reply;
  } catch (error) {
    throw new RequestFailed(error, text);
  } finally {
    endText();
  }
}

function toToolSet(tools: readonly OfferedTool[]): ToolSet {
  return Object.fromEntries(
    tools.map(({ name, tool: { description = '', inputSchema } }) => [
      name,
      // As the server gave it, and without a function: we call it ourselves.
      tool({ description, inputSchema: jsonSchema(inputSchema as JSONSchema7) }),
    ]),
  );
}

/** Answers to invalid calls are in there, too; those are given beside the others. */
function messageOf(messages: readonly ModelMessage[], calls: readonly RequestedCall[]): ModelReply['message'] {
  const said = messages.find((message) => message.role === 'assistant');
  if (!said || typeof said.content === 'string') return said;
  const kept = new Set(calls.map(({ id }) => id));
  const content = said.content.filter((part) => part.type !== 'tool-call' || kept.has(part.toolCallId));
  return content.length > 0 ? { ...said, content } : undefined;
}

function describeInvalid(error: unknown): string {
  const says = error instanceof Error ? error.name : '';
  if (says.includes('NoSuchTool')) return 'Not called: there is no such tool among those that are offered.';
  return 'Not called: its arguments are no JSON object. Send them again.';
}
