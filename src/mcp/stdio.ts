// The stdio transport: one JSON-RPC message a line (MCP, basic/transports). Ours rather than the SDK's, because a line
// that is too long, too deep or no JSON at all must be answered and survived, not end the connection.

import type { Readable, Writable } from 'node:stream';
import { type JSONRPCMessage, parseJSONRPCMessage, type Transport } from '@modelcontextprotocol/server';
import { maxMessageBytes, maxNesting, nestsTooDeep } from '../core/limits.ts';

const newline = 0x0a;

export interface StdioStreams {
  readonly input: Readable;
  readonly output: Writable;
  /** How long answers may still be written once the input has ended, milliseconds. */
  readonly drainMs?: number;
}

export interface StdioTransport extends Transport {
  /** Settles when nothing more is read or written. */
  readonly ended: Promise<void>;
}

export function createStdioTransport({ input, output, drainMs = 0 }: StdioStreams): StdioTransport {
  let parts: Buffer[] = [];
  let size = 0;
  /** The rest of a line that was refused for its length. */
  let skipping = false;
  let closed = false;
  let inputEnded = false;
  let drained: Promise<void> | undefined;
  let drainTimer: NodeJS.Timeout | undefined;
  /** Requests that were read and not answered yet. */
  const awaited = new Set<string | number>();
  const ended = Promise.withResolvers<void>();

  const transport: StdioTransport = {
    ended: ended.promise,
    async start() {
      input.on('data', read);
      input.once('end', endInput);
      input.once('close', endInput);
      input.on('error', close);
      output.on('error', close);
    },
    async send(message) {
      await write(JSON.stringify(message));
      if (!('method' in message) && message.id !== undefined) settle(message.id);
    },
    async close() {
      close();
    },
  };

  /** Whoever wrote the last request may still be reading: its answer is waited for. */
  function endInput(): void {
    if (inputEnded || closed) return;
    inputEnded = true;
    if (size > 0) endLine();
    if (awaited.size === 0) close();
    else drainTimer = setTimeout(close, drainMs);
  }

  function settle(id: string | number): void {
    awaited.delete(id);
    if (inputEnded && awaited.size === 0) close();
  }

  /** What will be answered: neither a call that was cancelled nor a subscription, which lasts as long as its connection. */
  function expectAnswer(message: JSONRPCMessage): void {
    if (!('method' in message)) return;
    if ('id' in message) {
      if (message.method !== 'subscriptions/listen') awaited.add(message.id);
    } else if (message.method === 'notifications/cancelled') {
      const id = message.params?.requestId;
      if (typeof id === 'string' || typeof id === 'number') settle(id);
    }
  }

  function close(): void {
    if (closed) return;
    closed = true;
    clearTimeout(drainTimer);
    ended.resolve();
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
    expectAnswer(message);
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
    // One for all that wait: each with listeners of its own would be taken for a leak.
    drained ??= untilDrained(output).then(() => {
      drained = undefined;
    });
    await drained;
  }

  return transport;
}

function untilDrained(output: Writable): Promise<void> {
  return new Promise((resolve) => {
    const settle = () => {
      output.off('drain', settle);
      output.off('close', settle);
      resolve();
    };
    output.on('drain', settle);
    output.on('close', settle);
  });
}

function isBlank(line: Buffer): boolean {
  return line.every((byte) => byte === 0x20 || byte === 0x0d || byte === 0x09);
}
