// The stdio transport: one JSON-RPC message a line (MCP, basic/transports). Ours rather than the SDK's, because a line
// that is too long, too deep or no JSON at all must be answered and survived, not end the connection.

import type { Readable, Writable } from 'node:stream';
import { type JSONRPCMessage, parseJSONRPCMessage, type Transport } from '@modelcontextprotocol/server';
import { maxMessageBytes, maxNesting, nestsTooDeep } from '../core/limits.ts';
import { callerOf } from './call.ts';
import type { Direct } from './direct.ts';

const newline = 0x0a;

export interface StdioStreams {
  readonly input: Readable;
  readonly output: Writable;
  /** How long answers may still be written once the input has ended, milliseconds. */
  readonly drainMs?: number;
  /** The short way, taken for `tools/list`: most connections begin with one, and the SDK's own way to it costs a start 25 ms. */
  readonly direct?: Direct | undefined;
}

export interface StdioTransport extends Transport {
  /** Settles when nothing more is read or written. */
  readonly ended: Promise<void>;
}

export function createStdioTransport({ input, output, drainMs = 0, direct }: StdioStreams): StdioTransport {
  let parts: Buffer[] = [];
  let size = 0;
  /** The rest of a line that was refused for its length. */
  let skipping = false;
  let closed = false;
  let inputEnded = false;
  /** A connection that began with the 2025 handshake is the SDK's alone. */
  let handshaken = false;
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
    if (answerDirectly(parsed)) return;
    let message: JSONRPCMessage;
    try {
      message = parseJSONRPCMessage(parsed);
    } catch {
      refuse(-32600, 'The line is JSON, but not a JSON-RPC 2.0 message.', parsed);
      return;
    }
    expectAnswer(message);
    handshaken ||= 'method' in message && message.method === 'initialize';
    transport.onmessage?.(message);
  }

  /** There are no headers on stdio: what they would repeat is taken from the body. */
  function answerDirectly(body: unknown): boolean {
    if (!direct || handshaken || !isToolsList(body)) return false;
    const headers = { 'mcp-protocol-version': body.params?._meta?.[revisionKey], 'mcp-method': body.method };
    const answer = direct({ headers, body, caller: callerOf(), signal: new AbortController().signal });
    if (!answer) return false;
    awaited.add(body.id);
    void answer
      .then(write)
      .catch(() => {})
      .finally(() => settle(body.id));
    return true;
  }

  /** JSON-RPC 2.0 §5: the id is the request's where it could be read, else null. */
  function refuse(code: number, message: string, parsed?: unknown): void {
    const { id } = (typeof parsed === 'object' && parsed !== null ? parsed : {}) as { id?: unknown };
    const known = typeof id === 'string' || typeof id === 'number' ? id : null;
    void write(JSON.stringify({ jsonrpc: '2.0', id: known, error: { code, message } })).catch(() => {});
  }

  async function write(json: string | Uint8Array): Promise<void> {
    if (closed || output.destroyed) throw new Error('the connection is closed');
    output.write(json);
    if (output.write('\n')) return;
    // One for all that wait: each with listeners of its own would be taken for a leak.
    drained ??= untilDrained(output).then(() => {
      drained = undefined;
    });
    await drained;
  }

  return transport;
}

const revisionKey = 'io.modelcontextprotocol/protocolVersion';

interface ToolsList {
  readonly id: string | number;
  readonly method: 'tools/list';
  readonly params?: { readonly _meta?: { readonly [revisionKey]?: string } };
}

/** Looks no further than it must: `direct` checks the rest. */
function isToolsList(body: unknown): body is ToolsList {
  return typeof body === 'object' && body !== null && 'method' in body && body.method === 'tools/list' && 'id' in body;
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
