// The conversation: a question, then model and tools in turns until there is an answer or a limit is reached. What fails
// ends the question, never the conversation, which always stays one that the model can be given again.

import type { ModelMessage } from 'ai';
import { plain, shortened } from '../core/plain.ts';
import type { Cost, Ending, Tell } from './events.ts';
import { describeModelFailure, type FailureContext, type ModelFailure } from './models/failure.ts';
import type { OpenedModel } from './models/open.ts';
import { finder, type OfferedTool } from './offered-tool.ts';
import { type ModelReply, type RequestedCall, RequestFailed, requestModel } from './request.ts';
import { createSelection } from './selection.ts';
import type { ToolAnswer, Toolbox } from './toolbox.ts';

export interface ConversationOptions {
  readonly model: OpenedModel;
  readonly toolbox: Toolbox;
  /** Written anew for each question: it says what time it is. */
  readonly instructions: () => string;
  readonly maxSteps: number;
  readonly maxTokens: number;
  readonly maxTools: number;
  readonly tell: Tell;
  readonly now: () => number;
  /** Rejects when the signal says so. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

export interface Conversation {
  /** Never throws: what goes wrong is told. */
  readonly ask: (question: string, signal: AbortSignal) => Promise<Ending>;
  readonly use: (model: OpenedModel) => void;
  readonly clear: () => void;
  readonly messages: () => readonly ModelMessage[];
  readonly total: () => Cost;
}

const maxTries = 3;
/** Longer than that nobody waits before a terminal, ms. */
const longestWaitMs = 60_000;
const nothing: Cost = { steps: 0, inputTokens: 0, outputTokens: 0, estimated: false, ms: 0 };

export function createConversation(options: ConversationOptions): Conversation {
  const { toolbox, maxSteps, maxTokens, tell, now, sleep } = options;
  const selection = createSelection(options.maxTools);
  let opened = options.model;
  let messages: ModelMessage[] = [];
  let total = nothing;

  async function request(
    tools: readonly OfferedTool[],
    instructions: string,
    signal: AbortSignal,
  ): Promise<ModelReply> {
    for (let tried = 1; ; tried++) {
      tell({ type: 'thinking' });
      try {
        const { model, provider } = opened;
        return await requestModel({ model, options: provider.options, instructions, messages, tools, signal, tell });
      } catch (error) {
        if (signal.aborted || !(error instanceof RequestFailed)) throw error;
        const failure = describeModelFailure(error.cause, failureContext(opened, now));
        const waitMs = failure.afterMs ?? 2 ** tried * 1000;
        // What was said already would be said twice.
        if (!failure.again || error.text !== '' || tried === maxTries || waitMs > longestWaitMs) throw error;
        tell({ type: 'wait', why: failure.message, ms: waitMs });
        await sleep(waitMs, signal);
      }
    }
  }

  async function findTools(input: unknown, signal: AbortSignal): Promise<ToolAnswer> {
    const shown = selection.find(await toolbox.load(signal), input);
    const [summary = ''] = shown.split('\n');
    return { ok: true, shown, whole: shown, summary, cut: 0, ms: 0 };
  }

  async function runCall({ id, name, input, invalid }: RequestedCall, shownAs: string, signal: AbortSignal) {
    tell({ type: 'tool_call', id, name: shownAs, arguments: input });
    if (!invalid && name !== finder) selection.used(name);
    const answer: ToolAnswer = invalid
      ? { ok: false, shown: invalid, whole: invalid, summary: invalid, cut: 0, ms: 0 }
      : name === finder
        ? await findTools(input, signal)
        : await toolbox.run(name, input, signal, (text) => tell({ type: 'progress', id, text }));
    const { ok, summary, whole, cut, ms, shown } = answer;
    tell({ type: 'tool_result', id, name: shownAs, ok, ms, summary, text: whole, cut });
    return {
      type: 'tool-result' as const,
      toolCallId: id,
      toolName: name,
      output: ok ? { type: 'text' as const, value: shown } : { type: 'error-text' as const, value: shown },
    };
  }

  /** Model and tools in turns. Whatever is in `messages` at any moment can be sent. */
  async function work(
    question: string,
    spend: (reply: ModelReply, request: number) => number,
    signal: AbortSignal,
  ): Promise<Ending> {
    const instructions = options.instructions();
    for (let step = 0; step < maxSteps; step++) {
      const tools = selection.offer(await toolbox.load(signal), question);
      const reply = await request(tools, instructions, signal);
      const spent = spend(reply, sizeOf(messages) + sizeOf(tools) + instructions.length);
      if (reply.calls.length === 0 && reply.text.trim() === '') {
        tell({ type: 'error', ...describeSilence(reply) });
        return 'failed';
      }
      if (reply.message) messages.push(reply.message);
      if (reply.calls.length === 0) {
        const note = describeEnd(reply);
        if (note !== undefined) tell({ type: 'note', text: note });
        return 'answered';
      }
      const shownAs = new Map(tools.map(({ name, tool }) => [name, tool.name]));
      const answers = await Promise.all(
        reply.calls.map((call) => runCall(call, shownAs.get(call.name) ?? call.name, signal)),
      );
      messages.push({ role: 'tool', content: answers });
      if (signal.aborted) return 'stopped';
      if (spent >= maxTokens) return 'tokens';
    }
    return 'steps';
  }

  /** What is left of a question that failed. */
  function mend(start: number, text: string, failure?: ModelFailure): void {
    if (failure?.code === 'overflow') messages = messages.slice(0, start);
    else if (text.trim() !== '') messages.push({ role: 'assistant', content: text });
    // A question without any answer is asked again, not repeated.
    if (messages.length === start + 1) messages.pop();
  }

  return {
    async ask(question, signal) {
      const begun = now();
      const start = messages.length;
      let cost = nothing;
      const spend = (reply: ModelReply, size: number) => {
        cost = add(cost, costOf(reply, size));
        return cost.inputTokens + cost.outputTokens;
      };
      let ending: Ending;
      messages.push({ role: 'user', content: question });
      try {
        ending = await work(question, spend, signal);
        if (ending === 'failed') mend(start, '');
      } catch (error) {
        const text = error instanceof RequestFailed ? error.text : '';
        // What was said until then is paid for, too, and nobody tells how much it was.
        if (text !== '') cost = add(cost, guessCost(text, sizeOf(messages)));
        if (signal.aborted) {
          ending = 'stopped';
          mend(start, text);
        } else {
          ending = 'failed';
          const failure = failureOf(error, failureContext(opened, now));
          mend(start, text, failure);
          tell({ type: 'error', code: failure.code, message: failure.message, hint: failure.hint });
        }
      }
      cost = { ...cost, ms: now() - begun };
      total = add(total, cost);
      tell({ type: 'usage', ending, cost, total });
      return ending;
    },
    use(model) {
      opened = model;
      messages = messages.map(withoutTraces);
    },
    clear() {
      messages = [];
    },
    messages: () => messages,
    total: () => total,
  };
}

function failureContext({ provider, name, secrets }: OpenedModel, now: () => number): FailureContext {
  return { provider, model: name, secrets, now };
}

/** What is not the model's failure is the server's. */
function failureOf(
  error: unknown,
  context: FailureContext,
): Pick<ModelFailure, 'code' | 'message' | 'hint'> & ModelFailure {
  if (error instanceof RequestFailed) return describeModelFailure(error.cause, context);
  const says = error instanceof Error ? error.message : String(error);
  return {
    code: 'unreachable',
    message: `The server does not tell its tools: ${shortened(plain(says), 300)}`,
    hint: 'See that it is running; /exit and connect again.',
    again: false,
  };
}

function describeEnd({ reason }: ModelReply): string | undefined {
  if (reason === 'length') return 'The answer ends here: it reached the length that the provider allows. Say “go on”.';
  if (reason === 'content-filter') return 'The provider’s filter withheld the rest of the answer.';
  return undefined;
}

/** An answer in which nothing is said, and nothing called, is none. */
function describeSilence({ reason }: ModelReply): { code: string; message: string; hint: string } {
  if (reason === 'content-filter')
    return { code: 'withheld', message: 'The provider’s filter withheld the answer.', hint: 'Put it in other words.' };
  if (reason === 'length')
    return {
      code: 'length',
      message: 'The model reached the length that the provider allows before it said anything.',
      hint: 'Ask for less, or choose another with --model or /model.',
    };
  return {
    code: 'empty',
    message: 'The model said nothing.',
    hint: 'Ask again, or choose another with --model or /model.',
  };
}

/** Another model has no use for what the one before thought, and its provider may refuse it. */
function withoutTraces(message: ModelMessage): ModelMessage {
  if (message.role !== 'assistant' || typeof message.content === 'string') return message;
  const content = message.content
    .filter((part) => part.type === 'text' || part.type === 'tool-call')
    .map(({ providerOptions: _traces, ...part }) => part);
  return { role: 'assistant', content };
}

function costOf({ inputTokens, outputTokens, text, calls }: ModelReply, size: number): Cost {
  return {
    steps: 1,
    inputTokens: inputTokens ?? guess(size),
    outputTokens: outputTokens ?? guess(text.length + sizeOf(calls)),
    estimated: inputTokens === undefined || outputTokens === undefined,
    ms: 0,
  };
}

function guessCost(text: string, size: number): Cost {
  return { steps: 1, inputTokens: guess(size), outputTokens: guess(text.length), estimated: true, ms: 0 };
}

function add(a: Cost, b: Cost): Cost {
  return {
    steps: a.steps + b.steps,
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    estimated: a.estimated || b.estimated,
    ms: a.ms + b.ms,
  };
}

/** About four characters are a token. */
function guess(characters: number): number {
  return Math.ceil(characters / 4);
}

function sizeOf(value: unknown): number {
  return JSON.stringify(value).length;
}
