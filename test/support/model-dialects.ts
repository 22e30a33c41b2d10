// What the providers of models speak: the answers of a scripted model in the words of each wire protocol, and what requests
// say in them. Written from the vendors' references.

export interface Said {
  readonly text?: readonly string[];
  readonly calls?: readonly { readonly name: string; readonly input: unknown }[];
  /** Tokens in and out. */
  readonly usage?: readonly [number, number];
}

/** A request, whatever its words. */
export interface Heard {
  readonly instructions: string;
  readonly tools: readonly { readonly name: string; readonly description: string; readonly schema: unknown }[];
  readonly turns: readonly Turn[];
}

export type Turn =
  | { readonly role: 'user' | 'assistant'; readonly text: string }
  | { readonly role: 'call'; readonly name: string; readonly input: unknown }
  | { readonly role: 'result'; readonly text: string };

export interface Dialect {
  /** The events of a stream, in order; without the last ones it was cut. */
  readonly write: (said: Said, turn: number) => readonly string[];
  readonly read: (body: Json) => Heard;
  /** An error, as this vendor describes it. */
  readonly fail: (message: string, kind: string) => unknown;
}

// biome-ignore lint/suspicious/noExplicitAny: JSON of four vendors
type Json = any;

const event = (data: unknown, name?: string) => `${name ? `event: ${name}\n` : ''}data: ${JSON.stringify(data)}\n\n`;

/** https://platform.openai.com/docs/api-reference/chat-streaming */
export const chatCompletions: Dialect = {
  write({ text = [], calls = [], usage: [input, output] = [100, 10] }, turn) {
    const chunk = (delta: unknown, finish: string | null = null) =>
      event({
        id: `chatcmpl-${turn}`,
        object: 'chat.completion.chunk',
        created: 1,
        model: 'scripted',
        choices: [{ index: 0, delta, finish_reason: finish }],
      });
    return [
      chunk({ role: 'assistant', content: '' }),
      ...text.map((content) => chunk({ content })),
      ...calls.flatMap(({ name, input: given }, index) => {
        const whole = JSON.stringify(given);
        const id = `call_${turn}_${index}`;
        const half = Math.ceil(whole.length / 2);
        return [
          chunk({ tool_calls: [{ index, id, type: 'function', function: { name, arguments: whole.slice(0, half) } }] }),
          chunk({ tool_calls: [{ index, function: { arguments: whole.slice(half) } }] }),
        ];
      }),
      chunk({}, calls.length > 0 ? 'tool_calls' : 'stop'),
      event({
        id: `chatcmpl-${turn}`,
        object: 'chat.completion.chunk',
        created: 1,
        model: 'scripted',
        choices: [],
        usage: { prompt_tokens: input, completion_tokens: output, total_tokens: input + output },
      }),
      'data: [DONE]\n\n',
    ];
  },
  read: ({ messages = [], tools = [] }) => ({
    instructions: messages
      .filter(({ role }: Json) => role === 'system' || role === 'developer')
      .map(({ content }: Json) => content)
      .join('\n'),
    tools: tools.map(({ function: { name, description, parameters } }: Json) => ({
      name,
      description,
      schema: parameters,
    })),
    turns: messages.flatMap(({ role, content, tool_calls = [] }: Json): Turn[] => {
      const said = typeof content === 'string' ? content : (content ?? []).map(({ text }: Json) => text).join('');
      if (role === 'tool') return [{ role: 'result', text: said }];
      if (role !== 'user' && role !== 'assistant') return [];
      return [
        ...(said === '' ? [] : [{ role, text: said }]),
        ...tool_calls.map(({ function: { name, arguments: given } }: Json) => ({
          role: 'call',
          name,
          input: JSON.parse(given),
        })),
      ];
    }),
  }),
  fail: (message, kind) => ({ error: { message, type: kind, code: kind } }),
};

/** https://platform.openai.com/docs/api-reference/responses-streaming */
export const responses: Dialect = {
  write({ text = [], calls = [], usage: [input, output] = [100, 10] }, turn) {
    let number = 0;
    const put = (type: string, data: Json) => event({ type, sequence_number: number++, ...data }, type);
    const base = { id: `resp_${turn}`, object: 'response', created_at: 1, model: 'scripted' };
    const events = [put('response.created', { response: { ...base, status: 'in_progress', output: [] } })];
    let place = 0;
    if (text.length > 0) {
      const id = `msg_${turn}`;
      const item = { id, type: 'message', role: 'assistant' };
      events.push(
        put('response.output_item.added', {
          output_index: place,
          item: { ...item, status: 'in_progress', content: [] },
        }),
        ...text.map((delta) =>
          put('response.output_text.delta', { item_id: id, output_index: place, content_index: 0, delta }),
        ),
        put('response.output_item.done', {
          output_index: place,
          item: {
            ...item,
            status: 'completed',
            content: [{ type: 'output_text', text: text.join(''), annotations: [] }],
          },
        }),
      );
      place++;
    }
    for (const [index, { name, input: given }] of calls.entries()) {
      const item = { id: `fc_${turn}_${index}`, type: 'function_call', call_id: `call_${turn}_${index}`, name };
      const whole = JSON.stringify(given);
      events.push(
        put('response.output_item.added', {
          output_index: place,
          item: { ...item, status: 'in_progress', arguments: '' },
        }),
        put('response.function_call_arguments.delta', { item_id: item.id, output_index: place, delta: whole }),
        put('response.function_call_arguments.done', { item_id: item.id, output_index: place, arguments: whole }),
        put('response.output_item.done', {
          output_index: place,
          item: { ...item, status: 'completed', arguments: whole },
        }),
      );
      place++;
    }
    const usage = {
      input_tokens: input,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens: output,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: input + output,
    };
    events.push(put('response.completed', { response: { ...base, status: 'completed', output: [], usage } }));
    return events;
  },
  read: ({ instructions = '', input = [], tools = [] }) => ({
    instructions: [
      instructions,
      ...input
        .filter(({ role }: Json) => role === 'system' || role === 'developer')
        .map(({ content }: Json) => content),
    ]
      .filter(Boolean)
      .join('\n'),
    tools: tools.map(({ name, description, parameters }: Json) => ({ name, description, schema: parameters })),
    turns: input.flatMap(({ type, role, content, name, arguments: given, output }: Json): Turn[] => {
      if (type === 'function_call') return [{ role: 'call', name, input: JSON.parse(given) }];
      if (type === 'function_call_output') return [{ role: 'result', text: output }];
      if (role !== 'user' && role !== 'assistant') return [];
      return [{ role, text: typeof content === 'string' ? content : content.map(({ text }: Json) => text).join('') }];
    }),
  }),
  fail: (message, kind) => ({ error: { message, type: kind, code: kind, param: null } }),
};

/** https://docs.anthropic.com/en/docs/build-with-claude/streaming */
export const messages: Dialect = {
  write({ text = [], calls = [], usage: [input, output] = [100, 10] }, turn) {
    const put = (type: string, data: Json = {}) => event({ type, ...data }, type);
    const events = [
      put('message_start', {
        message: {
          id: `msg_${turn}`,
          type: 'message',
          role: 'assistant',
          model: 'scripted',
          content: [],
          stop_reason: null,
          stop_sequence: null,
          usage: { input_tokens: input, output_tokens: 1 },
        },
      }),
      put('ping'),
    ];
    let index = 0;
    if (text.length > 0) {
      events.push(
        put('content_block_start', { index, content_block: { type: 'text', text: '' } }),
        ...text.map((each) => put('content_block_delta', { index, delta: { type: 'text_delta', text: each } })),
        put('content_block_stop', { index }),
      );
      index++;
    }
    for (const [place, { name, input: given }] of calls.entries()) {
      const whole = JSON.stringify(given);
      const half = Math.ceil(whole.length / 2);
      events.push(
        put('content_block_start', {
          index,
          content_block: { type: 'tool_use', id: `toolu_${turn}_${place}`, name, input: {} },
        }),
        ...[whole.slice(0, half), whole.slice(half)].map((partial_json) =>
          put('content_block_delta', { index, delta: { type: 'input_json_delta', partial_json } }),
        ),
        put('content_block_stop', { index }),
      );
      index++;
    }
    events.push(
      put('message_delta', {
        delta: { stop_reason: calls.length > 0 ? 'tool_use' : 'end_turn', stop_sequence: null },
        usage: { output_tokens: output },
      }),
      put('message_stop'),
    );
    return events;
  },
  read: ({ system = [], messages: given = [], tools = [] }) => ({
    instructions: typeof system === 'string' ? system : system.map(({ text }: Json) => text).join('\n'),
    tools: tools.map(({ name, description, input_schema }: Json) => ({ name, description, schema: input_schema })),
    turns: given.flatMap(({ role, content }: Json): Turn[] =>
      (typeof content === 'string' ? [{ type: 'text', text: content }] : content).map((part: Json): Turn => {
        if (part.type === 'tool_use') return { role: 'call', name: part.name, input: part.input };
        if (part.type !== 'tool_result') return { role, text: part.text };
        const said =
          typeof part.content === 'string' ? part.content : part.content.map(({ text }: Json) => text).join('');
        return { role: 'result', text: said };
      }),
    ),
  }),
  fail: (message, kind) => ({ type: 'error', error: { type: kind, message } }),
};

/** https://cloud.google.com/vertex-ai/generative-ai/docs/reference/rest/v1beta1/GenerateContentResponse */
export const generateContent: Dialect = {
  write({ text = [], calls = [], usage: [input, output] = [100, 10] }) {
    const chunk = (parts: readonly unknown[], last = false) =>
      event({
        candidates: [{ index: 0, content: { role: 'model', parts }, ...(last && { finishReason: 'STOP' }) }],
        ...(last && {
          usageMetadata: { promptTokenCount: input, candidatesTokenCount: output, totalTokenCount: input + output },
        }),
        modelVersion: 'scripted',
      });
    const parts = calls.map(({ name, input: args }) => ({ functionCall: { name, args } }));
    return [...text.map((each) => chunk([{ text: each }])), chunk(parts.length > 0 ? parts : [{ text: '' }], true)];
  },
  read: ({ systemInstruction, contents = [], tools = [] }) => ({
    instructions: (systemInstruction?.parts ?? []).map(({ text }: Json) => text).join('\n'),
    tools: (Array.isArray(tools) ? tools : [tools]).flatMap(({ functionDeclarations = [] }: Json) =>
      functionDeclarations.map(({ name, description, parametersJsonSchema }: Json) => ({
        name,
        description,
        schema: parametersJsonSchema,
      })),
    ),
    turns: contents.flatMap(({ role, parts }: Json): Turn[] =>
      parts.map(({ text, functionCall, functionResponse }: Json): Turn => {
        if (functionCall) return { role: 'call', name: functionCall.name, input: functionCall.args };
        if (functionResponse)
          return { role: 'result', text: String(functionResponse.response.content ?? functionResponse.response.error) };
        return { role: role === 'model' ? 'assistant' : 'user', text };
      }),
    ),
  }),
  fail: (message, kind) => ({ error: { code: 0, message, status: kind } }),
};
