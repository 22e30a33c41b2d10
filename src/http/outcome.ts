// The answer to a request whose server ended before it answered.

import type { JSONRPCMessage, RequestId } from '@modelcontextprotocol/server';

const ended = 'The server that worked on this ended before it answered.';

/** Tool errors are results, so that the model reads them (MCP, server/tools, error handling). */
export function outcomeUnknown({ id, method }: { readonly id: RequestId; readonly method: string }): JSONRPCMessage {
  if (method !== 'tools/call') {
    return { jsonrpc: '2.0', id, error: { code: -32603, message: `${ended} Ask again.` } };
  }
  const text = `${ended} Whether it was carried out is not known: if it changes something, read the present state (or have an operator look in the audit log) before you call again. A question that was open is void.`;
  return { jsonrpc: '2.0', id, result: { content: [{ type: 'text', text }], isError: true } };
}
