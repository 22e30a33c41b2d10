// Connecting to MCP servers as a user of the client does: by address in both transports, by command, and where it fails.

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Ask, type Connected, type ConnectOptions, connectServer } from '../../src/chat/connect.ts';
import { openTestServer, type TestServer } from '../support/server.ts';

const castellan = fileURLToPath(new URL('../../bin/castellan.js', import.meta.url));
const servers: Server[] = [];
const open: Connected[] = [];
let server: TestServer;

beforeAll(async () => {
  server = await openTestServer({ parts: { http: { sse: true } } });
});

afterEach(async () => {
  for (const connected of open.splice(0)) await connected.close();
  for (const each of servers.splice(0)) {
    each.closeAllConnections();
    each.close();
  }
});

afterAll(() => server.close());

async function connect(target: Parameters<typeof connectServer>[0], options?: ConnectOptions): Promise<Connected> {
  const connected = await connectServer(target, options);
  open.push(connected);
  return connected;
}

async function answering(status: number, body = '', headers: Record<string, string> = {}): Promise<URL> {
  const each = createServer((_request, response) => response.writeHead(status, headers).end(body));
  servers.push(each);
  await new Promise<void>((resolve) => each.listen(0, '127.0.0.1', resolve));
  return new URL(`http://127.0.0.1:${(each.address() as AddressInfo).port}/mcp?key=canary`);
}

async function toolNames({ client }: Connected): Promise<string[]> {
  return (await client.listTools()).tools.map(({ name }) => name);
}

describe('by address', () => {
  test('Streamable HTTP, in the newest protocol that both know', async () => {
    const connected = await connect({ url: new URL(server.url) });
    expect(connected).toMatchObject({ transport: 'http', name: server.url });
    expect(connected.client.getNegotiatedProtocolVersion()).toBe('2026-07-28');
    expect(await toolNames(connected)).toContain('list_okta_users');
  });

  test('HTTP with SSE where the server speaks only that (MCP 2025-11-25, Backwards Compatibility)', async () => {
    const connected = await connect({ url: new URL(server.url.replace(/\/mcp$/, '/sse')) });
    expect(connected.transport).toBe('sse');
    expect(await toolNames(connected)).toContain('list_okta_users');
  });

  test.each<[number, RegExp, RegExp]>([
    [401, /asks for a sign-in/, /castellan login/],
    [403, /refuses this sign-in/, /Sign in as/],
    [404, /answered 404/, /ends with \/mcp/],
    [503, /answered 503/, /later/],
  ])('an answer of %d says what to do, and nothing of the query', async (status, says, todo) => {
    const url = await answering(status);
    const error = await connectServer({ url }).catch((thrown) => thrown);
    expect(error).toMatchObject({ name: 'CastellanError', message: expect.stringMatching(says) });
    expect(error.hint).toMatch(todo);
    expect(error.message + error.hint).not.toContain('canary');
  });

  test('a web page is no MCP server', async () => {
    const url = await answering(200, '<html>Hello</html>', { 'content-type': 'text/html' });
    await expect(connectServer({ url })).rejects.toMatchObject({
      name: 'CastellanError',
      hint: expect.stringMatching(/ends with \/mcp/),
    });
  });

  test('nothing listens there', async () => {
    const url = await answering(200);
    await new Promise((resolve) => servers.pop()?.close(resolve));
    await expect(connectServer({ url })).rejects.toMatchObject({
      message: expect.stringMatching(/Nothing listens at .*ECONNREFUSED/),
    });
  });

  test.each([
    ['application/json', '{"x":"'],
    ['text/event-stream', 'event: message\ndata: {"x":"'],
  ])('of an answer without end (%s) no more is read than of a long one', async (type, begin) => {
    let written = 0;
    const each = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': type }).write(begin);
      const more = Buffer.alloc(1024 * 1024, 'a');
      const write = () => {
        while (!response.destroyed && written < 200) {
          written++;
          if (!response.write(more)) return void response.once('drain', write);
        }
      };
      write();
    });
    servers.push(each);
    await new Promise<void>((resolve) => each.listen(0, '127.0.0.1', resolve));
    const url = new URL(`http://127.0.0.1:${(each.address() as AddressInfo).port}/mcp`);
    await expect(connectServer({ url }, { timeoutMs: 3_000 })).rejects.toMatchObject({ name: 'CastellanError' });
    // For each of the ways in which a client begins.
    expect(written).toBeLessThan(100);
  });

  test('a stream that goes on for long is read as long as each of its events is one', async () => {
    const event = (said: object) => `event: message\r\ndata: ${JSON.stringify({ jsonrpc: '2.0', ...said })}\r\n\r\n`;
    const each = createServer(async (request, response) => {
      const body = await text(request);
      if (body === '') return response.writeHead(405).end();
      const { id, method, params } = JSON.parse(body);
      if (method !== 'initialize' && method !== 'tools/list') return response.writeHead(id ? 400 : 202).end();
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const protocolVersion = params?.protocolVersion;
      const known = { protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 'long', version: '1' } };
      if (method === 'initialize') return response.end(event({ id, result: known }));
      const data = 'a'.repeat(1024 * 1024 - 1);
      const log = event({ method: 'notifications/message', params: { level: 'info', data } });
      for (let count = 0; count < 12; count++)
        if (!response.write(log)) await new Promise((resolve) => response.once('drain', resolve));
      return response.end(event({ id, result: { tools: [] } }));
    });
    servers.push(each);
    await new Promise<void>((resolve) => each.listen(0, '127.0.0.1', resolve));
    const url = new URL(`http://127.0.0.1:${(each.address() as AddressInfo).port}/mcp`);
    expect(await toolNames(await connect({ url }))).toEqual([]);
  });

  test('a schema of a server is not held against its answers, which could take for ever (CWE-1333)', async () => {
    const outputSchema = { type: 'object', properties: { x: { type: 'string', pattern: '^(a+)+$' } } };
    const structuredContent = { x: `${'a'.repeat(24)}!` };
    const each = createServer(async (request, response) => {
      const body = await text(request);
      if (body === '') return response.writeHead(405).end();
      const { id, method, params } = JSON.parse(body);
      const serverInfo = { name: 'slow', version: '1' };
      const results: Record<string, unknown> = {
        initialize: { protocolVersion: params?.protocolVersion, capabilities: { tools: {} }, serverInfo },
        'tools/list': { tools: [{ name: 'slow', inputSchema: { type: 'object' }, outputSchema }] },
        'tools/call': { content: [{ type: 'text', text: 'x' }], structuredContent },
      };
      if (id === undefined || !results[method]) return response.writeHead(id === undefined ? 202 : 400).end();
      response.writeHead(200, { 'content-type': 'application/json' });
      return response.end(JSON.stringify({ jsonrpc: '2.0', id, result: results[method] }));
    });
    servers.push(each);
    await new Promise<void>((resolve) => each.listen(0, '127.0.0.1', resolve));
    const url = new URL(`http://127.0.0.1:${(each.address() as AddressInfo).port}/mcp`);
    const connected = await connect({ url });
    await toolNames(connected);
    expect(await connected.client.callTool({ name: 'slow', arguments: {} })).toMatchObject({ structuredContent });
  });

  test('connecting can be given up, and does not wait for ever', async () => {
    const each = createServer(() => {});
    servers.push(each);
    await new Promise<void>((resolve) => each.listen(0, '127.0.0.1', resolve));
    const url = new URL(`http://127.0.0.1:${(each.address() as AddressInfo).port}/mcp`);
    const given = new AbortController();
    const connecting = connectServer({ url }, { signal: given.signal });
    given.abort(new Error('no more'));
    await expect(connecting).rejects.toThrow('no more');
    await expect(connectServer({ url }, { timeoutMs: 300 })).rejects.toMatchObject({
      message: expect.stringMatching(/did not answer in time/),
    });
  });
});

describe('by command', () => {
  test('starts it, speaks over stdio, ends it', async () => {
    const connected = await connect({ command: process.execPath, args: [castellan, 'serve', '--sandbox'] });
    expect(connected.transport).toBe('stdio');
    expect(await toolNames(connected)).toContain('list_okta_users');
  });

  test('no variables of this process reach it but those that every program needs', async () => {
    process.env.CASTELLAN_CANARY = 'canary';
    try {
      const script = 'console.error(JSON.stringify(process.env)); process.exit(3)';
      const lines: string[] = [];
      const target = { command: process.execPath, args: ['-e', script], env: { GIVEN: 'yes' } };
      const error = await connectServer(target, { stderr: (line) => void lines.push(line) }).catch((thrown) => thrown);
      expect(JSON.parse(lines.join('\n'))).toMatchObject({ GIVEN: 'yes', PATH: expect.any(String) });
      expect(lines.join('\n')).not.toContain('CASTELLAN_CANARY');
      expect(error.message).toContain('ended before it answered');
    } finally {
      delete process.env.CASTELLAN_CANARY;
    }
  });

  test('a command that there is not', async () => {
    await expect(connectServer({ command: '/nowhere/server', args: [] })).rejects.toMatchObject({
      name: 'CastellanError',
      message: 'There is no command /nowhere/server.',
    });
  });
});

describe.each(['2026-07-28', '2025-11-25'] as const)('what the server asks the person, %s', (era) => {
  test('comes to the one who connected, and the answer goes back', async () => {
    const asked: string[] = [];
    const ask: Ask = async ({ message }) => {
      asked.push(message);
      return { action: 'decline' };
    };
    // A proxy of the older era: what asks for the newer one is not understood.
    const fetchInEra: typeof fetch = async (input, init) =>
      era === '2025-11-25' && String(init?.body).includes('server/discover')
        ? Response.json(
            { jsonrpc: '2.0', id: null, error: { code: -32_601, message: 'Method not found' } },
            { status: 400 },
          )
        : fetch(input, init);
    const { client } = await connect({ url: new URL(server.url) }, { ask, fetch: fetchInEra });
    expect(client.getNegotiatedProtocolVersion()).toBe(era);
    const { structuredContent } = await client.callTool({ name: 'list_okta_users', arguments: { max_results: 9 } });
    const user = (structuredContent as { users: { id: string }[] }).users.at(-1);
    const result = await client.callTool({ name: 'deactivate_okta_user', arguments: { user_id: user?.id } });
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatch(/eactivat/);
    expect(result.isError).toBe(true);
  });
});
