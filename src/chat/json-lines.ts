// What happens in a conversation, for programs: one JSON object a line.

import { asObject } from '../core/settings.ts';
import type { ChatEvent, Cost, Tell } from './events.ts';

/** Texts are whole, keys have one spelling, times are milliseconds. */
export function createJsonLines(write: (line: string) => void): Tell {
  let text = '';
  const put = (object: Record<string, unknown>) => write(`${JSON.stringify(object)}\n`);
  return (event: ChatEvent) => {
    if (event.type === 'text') text += event.text;
    else if (event.type === 'text_end') {
      put({ type: 'text', text });
      text = '';
    } else if (event.type === 'tool_call') {
      const { id, name } = event;
      put({ type: 'tool_call', id, name, arguments: asObject(event.arguments) ?? {} });
    } else if (event.type === 'tool_result') {
      const { id, name, ok, ms, summary, text: whole, cut } = event;
      put({ type: 'tool_result', id, name, ok, ms: Math.round(ms), summary, text: whole, cut });
    } else if (event.type === 'wait') put({ type: 'wait', message: event.why, ms: Math.ceil(event.ms) });
    else if (event.type === 'note') put({ type: 'note', message: event.text });
    else if (event.type === 'error') put({ type: 'error', code: event.code, message: event.message, hint: event.hint });
    else if (event.type === 'usage') put({ type: 'usage', ending: event.ending, ...costs(event.cost) });
  };
}

function costs({ steps, inputTokens, outputTokens, estimated, ms }: Cost): Record<string, unknown> {
  return { requests: steps, input_tokens: inputTokens, output_tokens: outputTokens, estimated, ms: Math.round(ms) };
}
