// MCP requests as bytes and as objects, in the two eras, without a client library between the clock and the server.

export type Era = '2026-07-28' | '2025-11-25';

export interface RpcAnswer {
  readonly result?: {
    readonly tools?: readonly unknown[];
    readonly isError?: boolean;
    readonly content?: readonly { readonly text?: string }[];
    readonly structuredContent?: Record<string, unknown>;
  };
  readonly error?: unknown;
}

const clientInfo = { name: 'bench', version: '1.0.0' };

export function messageOf(method: string, params: Record<string, unknown>, era: Era, id = 1): string {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': era,
    'io.modelcontextprotocol/clientInfo': clientInfo,
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  const whole = era === '2026-07-28' ? { ...params, _meta } : params;
  return JSON.stringify({ jsonrpc: '2.0', id, method, params: whole });
}

export function headersOf(method: string, params: Record<string, unknown>, era: Era): Record<string, string> {
  return {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    'mcp-protocol-version': era,
    ...(era === '2026-07-28' && { 'mcp-method': method }),
    ...(era === '2026-07-28' && typeof params.name === 'string' && { 'mcp-name': params.name }),
  };
}

export type Headers = Readonly<Record<string, string>>;

/** A whole HTTP/1.1 request, ready to be written to a socket. */
export function requestOf(
  url: URL,
  method: string,
  params: Record<string, unknown>,
  era: Era,
  more: Headers = {},
): Buffer {
  const body = Buffer.from(messageOf(method, params, era));
  const headers = { host: url.host, ...headersOf(method, params, era), ...more, 'content-length': String(body.length) };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.concat([Buffer.from(`POST ${url.pathname} HTTP/1.1\r\n${lines.join('')}\r\n`), body]);
}

/** One call through `fetch`; its answer is checked. */
export async function ask(
  url: URL,
  method: string,
  params: Record<string, unknown>,
  era: Era = '2026-07-28',
  more: Headers = {},
) {
  const headers = { ...headersOf(method, params, era), ...more };
  const init = { method: 'POST', headers, body: messageOf(method, params, era) };
  const response = await fetch(url, init);
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') === true;
  const { result, error } = isStream ? lastEvent(await response.text()) : ((await response.json()) as RpcAnswer);
  if (!result || result.isError) throw new Error(`${method} failed: ${JSON.stringify(error ?? result)}`);
  return result;
}

function lastEvent(text: string): RpcAnswer {
  const data = text.split('\n').findLast((line) => line.startsWith('data: '));
  return JSON.parse(data?.slice('data: '.length) ?? '{}') as RpcAnswer;
}
