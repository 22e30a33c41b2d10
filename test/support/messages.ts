// Requests of both protocol eras as plain HTTP, with whatever token a test wants to send.

export interface Sent {
  readonly token?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  readonly era?: 'modern' | 'legacy';
  readonly id?: number;
}

const meta = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
};

export function post(url: string, message: unknown, { token, headers = {} }: Sent = {}): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...headers,
    },
    body: JSON.stringify(message),
  });
}

/** One request of a method; its answer with the JSON-RPC message in it. */
export async function ask(url: string, method: string, params: Record<string, unknown> = {}, sent: Sent = {}) {
  const modern = sent.era !== 'legacy';
  const message = { jsonrpc: '2.0', id: sent.id ?? 1, method, params: modern ? { ...params, _meta: meta } : params };
  const headers = {
    'mcp-protocol-version': modern ? '2026-07-28' : '2025-11-25',
    ...(modern && { 'mcp-method': method }),
    ...(modern && typeof params.name === 'string' && { 'mcp-name': params.name }),
    ...sent.headers,
  };
  const response = await post(url, message, { ...sent, headers });
  const text = await response.text();
  const body = JSON.parse(/^data: (.+)$/m.exec(text)?.[1] ?? text) as Message;
  return { status: response.status, challenge: response.headers.get('www-authenticate') ?? '', response, body, text };
}

export interface Message {
  readonly id?: number;
  readonly result?: {
    readonly tools?: readonly { readonly name: string }[];
    readonly content?: readonly { readonly text: string }[];
    readonly isError?: boolean;
    readonly structuredContent?: Readonly<Record<string, unknown>>;
  };
  readonly error?: { readonly code: number; readonly message: string };
}

export const call = (name: string, args: Record<string, unknown> = {}) => ({ name, arguments: args });
