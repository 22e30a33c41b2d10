// Steps that ask the client before a fixture tool runs, as the step that confirms a change will: by returning what is
// wanted, and looking at the answer when the same call comes again.

import {
  acceptedContent,
  CLIENT_CAPABILITIES_META_KEY,
  type ClientCapabilities,
  type InputRequests,
  inputRequired,
  inputResponse,
  type RequestStateCodec,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { z } from 'zod';
import type { Call, Step } from '../../src/mcp/call.ts';

export type State = { readonly round: number };

/** What is still wanted, or undefined when the tool may run. */
type Ask = (call: Call, codec: RequestStateCodec<State>) => Promise<ReturnType<typeof inputRequired> | undefined>;

const named = z.object({ name: z.string() });
const elicitName = inputRequired.elicit({
  message: 'What is your name?',
  requestedSchema: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] },
});
const sample = (text: string, maxTokens = 100) =>
  inputRequired.createMessage({ messages: [{ role: 'user', content: { type: 'text', text } }], maxTokens });

function clientOf(call: Call): ServerContext {
  if (!call.mcp) throw new TypeError('a call that asks came without its client');
  return call.mcp;
}

const responsesOf = (call: Call) => clientOf(call).mcpReq.inputResponses;
const isMissing = (call: Call, key: string) => inputResponse(responsesOf(call), key).kind === 'missing';

/** Asks once for all that is missing an answer. */
function askFor(requests: (call: Call) => InputRequests): Ask {
  return async (call) => {
    const all = requests(call);
    return Object.keys(all).some((key) => isMissing(call, key)) ? inputRequired({ inputRequests: all }) : undefined;
  };
}

/** The same with a sealed state, without which an answer does not count. */
function askWithState(requests: InputRequests): Ask {
  return async (call, codec) => {
    const known = clientOf(call).mcpReq.requestState<State>();
    if (known && Object.keys(requests).every((key) => !isMissing(call, key))) return undefined;
    return inputRequired({ inputRequests: requests, requestState: await codec.mint({ round: 1 }, clientOf(call)) });
  };
}

const confirm = inputRequired.elicit({
  message: 'Please confirm',
  requestedSchema: { type: 'object', properties: { ok: { type: 'boolean' } }, required: ['ok'] },
});

const rounds: readonly InputRequests[] = [
  {
    step1: inputRequired.elicit({
      message: 'Step 1: What is your name?',
      requestedSchema: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] },
    }),
  },
  {
    step2: inputRequired.elicit({
      message: 'Step 2: What is your favorite color?',
      requestedSchema: { type: 'object', properties: { color: { type: 'string' } }, required: ['color'] },
    }),
  },
];

/** SEP-1034: every kind of field with a default. */
const defaults = inputRequired.elicit({
  message: 'Please review',
  requestedSchema: {
    type: 'object',
    properties: {
      name: { type: 'string', default: 'John Doe' },
      age: { type: 'integer', default: 30 },
      score: { type: 'number', default: 95.5 },
      status: { type: 'string', enum: ['active', 'inactive', 'pending'], default: 'active' },
      verified: { type: 'boolean', default: true },
    },
  },
});

const titled = (text: string) => [
  { const: 'value1', title: `First ${text}` },
  { const: 'value2', title: `Second ${text}` },
];

/** SEP-1330: every kind of choice. */
const enums = inputRequired.elicit({
  message: 'Please choose',
  requestedSchema: {
    type: 'object',
    properties: {
      untitledSingle: { type: 'string', enum: ['option1', 'option2', 'option3'] },
      titledSingle: { type: 'string', oneOf: titled('Option') },
      legacyEnum: { type: 'string', enum: ['opt1', 'opt2'], enumNames: ['Option One', 'Option Two'] },
      untitledMulti: { type: 'array', items: { type: 'string', enum: ['option1', 'option2', 'option3'] } },
      titledMulti: { type: 'array', items: { anyOf: titled('Choice') } },
    },
  },
});

const asks: Readonly<Record<string, Ask>> = {
  test_sampling: askFor(({ input }) => ({ answer: sample(String(input.prompt)) })),
  test_elicitation: askFor(({ input }) => ({
    answer: inputRequired.elicit({
      message: String(input.message),
      requestedSchema: {
        type: 'object',
        properties: { username: { type: 'string' }, email: { type: 'string' } },
        required: ['username', 'email'],
      },
    }),
  })),
  test_elicitation_sep1034_defaults: askFor(() => ({ answer: defaults })),
  test_elicitation_sep1330_enums: askFor(() => ({ answer: enums })),
  test_streaming_elicitation: askFor(() => ({ answer: elicitName })),
  test_missing_capability: askFor(() => ({ answer: sample('Anything') })),
  // Declined, malformed or missing: asked again.
  test_input_required_result_elicitation: async (call) =>
    acceptedContent(responsesOf(call), 'user_name', named)
      ? undefined
      : inputRequired({ inputRequests: { user_name: elicitName } }),
  test_input_required_result_sampling: askFor(() => ({ capital_question: sample('What is the capital of France?') })),
  test_input_required_result_list_roots: askFor(() => ({ client_roots: inputRequired.listRoots() })),
  test_input_required_result_request_state: askWithState({ confirm }),
  test_input_required_result_tampered_state: askWithState({ confirm }),
  test_input_required_result_multiple_inputs: askWithState({
    user_name: elicitName,
    greeting: sample('Generate a greeting', 50),
    client_roots: inputRequired.listRoots(),
  }),
  test_input_required_result_multi_round: async (call, codec) => {
    const { round } = clientOf(call).mcpReq.requestState<State>() ?? { round: 0 };
    const answered = round > 0 && Object.keys(rounds[round - 1] ?? {}).every((key) => !isMissing(call, key));
    const next = answered ? round + 1 : Math.max(round, 1);
    const requests = rounds[next - 1];
    return (
      requests &&
      inputRequired({ inputRequests: requests, requestState: await codec.mint({ round: next }, clientOf(call)) })
    );
  },
  test_input_required_result_capabilities: askFor((call) => {
    const envelope = clientOf(call).mcpReq.envelope as
      | { [CLIENT_CAPABILITIES_META_KEY]?: ClientCapabilities }
      | undefined;
    const declared = envelope?.[CLIENT_CAPABILITIES_META_KEY];
    return {
      ...(declared?.elicitation && { user_name: elicitName }),
      ...(declared?.sampling && { greeting: sample('Generate a greeting', 50) }),
    };
  }),
};

export function askFirst(codec: RequestStateCodec<State>): Step {
  return async (call, next) => (await asks[call.entry.tool.name]?.(call, codec)) ?? next();
}

/** Log messages on the way of a call; which of them a client hears is the protocol layer's business. */
export const logOnTheWay: Step = async (call, next) => {
  const lines: Readonly<Record<string, readonly string[]>> = {
    test_tool_with_logging: ['Tool execution started', 'Tool processing data', 'Tool execution completed'],
    test_logging_tool: ['Heard only by who asked for it'],
  };
  for (const line of lines[call.entry.tool.name] ?? []) {
    await clientOf(call).mcpReq.log('info', line);
    await new Promise<void>((resolve) => setTimeout(resolve, 50));
  }
  return next();
};
