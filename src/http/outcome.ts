// The answer to a request whose server ended before it answered.

import type { JSONRPCMessage, RequestId } from '@modelcontextprotocol/server';
import type { StreamWriter } from '../stores/events.ts';

interface Asked {
  readonly id: RequestId;
  readonly method: string;
}

const ended = 'The server that worked on this ended before it answered.';

/** Ends a stream on which these were not answered. */
export async function answerUnknown(writer: StreamWriter, requests: readonly Asked[]): Promise<void> {
  for (const [index, request] of requests.entries()) {
    await writer.append({ text: JSON.stringify(outcomeUnknown(request)), last: index === requests.length - 1 });
  }
}

/** Tool errors are results, so that the model reads them (MCP, server/tools, error handling). */
function outcomeUnknown({ id, method }: Asked): JSONRPCMessage {
  if (method !== 'tools/call') {
    return { jsonrpc: '2.0', id, error: { code: -32603, message: `${ended} Ask again.` } };
  }
  const text = `${ended} Whether it was carried out is not known: if it changes something, read the present state (or have an operator look in the audit log) before you call again. A question that was open is void.`;
  return { jsonrpc: '2.0', id, result: { content: [{ type: 'text', text }], isError: true } };
}
