// The stdio transport: one JSON-RPC message a line (MCP, basic/transports). Ours rather than the SDK's, because a line
// that is too long, too deep or no JSON at all must be answered and survived, not end the connection.

import type { Readable, Writable } from 'node:stream';
import { type JSONRPCMessage, parseJSONRPCMessage, type Transport } from '@modelcontextprotocol/server';
import { maxMessageBytes, maxNesting, nestsTooDeep } from '../core/limits.ts';

const newline = 0x0a;

export interface StdioStreams {
  readonly input: Readable;
  readonly output: Writable;
}

export function createStdioTransport({ input, output }: StdioStreams): Transport {
  let parts: Buffer[] = [];
  let size = 0;
  /** The rest of a line that was refused for its length. */
  let skipping = false;
  let closed = false;

  const transport: Transport = {
    async start() {
      input.on('data', read);
      input.once('end', close);
      input.once('close', close);
      input.on('error', close);
      output.on('error', close);
    },
    send: (message) => write(JSON.stringify(message)),
    async close() {
      close();
    },
  };

  function close(): void {
    if (closed) return;
    closed = true;
    input.off('data', read);
    input.pause();
    transport.onclose?.();
  }

  function read(chunk: Buffer): void {
    let start = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      take(chunk.subarray(start, end));
      endLine();
      start = end + 1;
    }
    if (start < chunk.length) take(chunk.subarray(start));
  }

  function take(part: Buffer): void {
    if (skipping) return;
    size += part.length;
    if (size > maxMessageBytes) {
      skipping = true;
      parts = [];
      refuse(-32600, `A message may have ${maxMessageBytes} bytes at most; this one was not read.`);
    } else parts.push(part);
  }

  function endLine(): void {
    const line = parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
    const skipped = skipping;
    parts = [];
    size = 0;
    skipping = false;
    if (!skipped && line.length > 0 && !isBlank(line)) receive(line);
  }

  function receive(line: Buffer): void {
    if (nestsTooDeep(line)) {
      refuse(-32600, `A message may nest ${maxNesting} levels at most; this one was not read.`);
      return;
    }
    let parsed: unknown;
    try {
      parsed = JSON.parse(line.toString('utf8'));
    } catch {
      refuse(-32700, 'The line is not JSON. Each message is one line of JSON-RPC 2.0.');
      return;
    }
    let message: JSONRPCMessage;
    try {
      message = parseJSONRPCMessage(parsed);
    } catch {
      refuse(-32600, 'The line is JSON, but not a JSON-RPC 2.0 message.', parsed);
      return;
    }
    transport.onmessage?.(message);
  }

  /** JSON-RPC 2.0 §5: the id is the request's where it could be read, else null. */
  function refuse(code: number, message: string, parsed?: unknown): void {
    const { id } = (typeof parsed === 'object' && parsed !== null ? parsed : {}) as { id?: unknown };
    const known = typeof id === 'string' || typeof id === 'number' ? id : null;
    void write(JSON.stringify({ jsonrpc: '2.0', id: known, error: { code, message } })).catch(() => {});
  }

  async function write(json: string): Promise<void> {
    if (closed || output.destroyed) throw new Error('the connection is closed');
    if (output.write(`${json}\n`)) return;
    const drained = Promise.withResolvers<void>();
    const settle = () => {
      output.off('drain', settle);
      output.off('close', settle);
      drained.resolve();
    };
    output.on('drain', settle);
    output.on('close', settle);
    await drained.promise;
  }

  return transport;
}

function isBlank(line: Buffer): boolean {
  return line.every((byte) => byte === 0x20 || byte === 0x0d || byte === 0x09);
}
