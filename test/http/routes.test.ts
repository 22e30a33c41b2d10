// By which names and from which pages the web server may be addressed, what is where, and how it closes.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSandbox, type Sandbox } from '../../src/sandbox/index.ts';
import { type HttpCastellan, serveHttp, tenantOf } from '../trials/castellan.ts';
import { modernMeta, protocolVersion } from '../trials/messages.ts';
import { openRaw, type Reply, writeRequest } from './raw.ts';

let sandbox: Sandbox;
let castellan: HttpCastellan;

beforeAll(async () => {
  sandbox = await openSandbox({ users: 20, rateLimits: 'off' });
  const allowed = ['--allowed-hosts', 'mcp.example.com', '--allowed-origins', 'https://app.example.com'];
  castellan = await serveHttp(allowed, { env: tenantOf(sandbox.okta) });
});

afterAll(async () => {
  await castellan?.stop();
  await sandbox?.close();
});

const call = '{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"get_current_time","arguments":{}}}';
type Header = readonly [string, string];

async function send(headers: readonly Header[], body = call): Promise<Reply> {
  const raw = await openRaw(castellan.port);
  const all: Header[] = [
    ['Content-Type', 'application/json'],
    ['Accept', 'application/json, text/event-stream'],
    ['Content-Length', String(Buffer.byteLength(body))],
    ...headers,
  ];
  const reply = await raw.exchange(writeRequest({ headers: all, body }));
  raw.close();
  return reply;
}

const statusOf = (reply: Reply) => (reply === 'closed' ? reply : reply.answer.status);

describe('DNS rebinding (MCP, transports, security): the Host must be ours', () => {
  test.each([
    '127.0.0.1',
    '127.0.0.1:3000',
    'localhost',
    'LocalHost:1',
    '[::1]',
    '[::1]:65535',
    'mcp.example.com',
    'MCP.Example.Com:443',
  ])('%s is answered', async (host) => {
    expect(statusOf(await send([['Host', host]]))).toBe(200);
  });

  test.each([
    'evil.example',
    '127.0.0.1.evil.example',
    'localhost.evil.example',
    'evil.example:3000',
    'mcp.example.com.evil.example',
    'amcp.example.com',
    'user@localhost',
    'localhost:80:80',
    'localhost:port',
    'localhost/evil',
    '[::1',
    '[::2]',
    '::1',
    '0.0.0.0',
    '127.1',
    '2130706433',
    'localhost.',
    ' ',
  ])('%j is refused', async (host) => {
    const reply = await send([['Host', host]]);
    expect([400, 403]).toContain(statusOf(reply));
    expect(reply !== 'closed' && reply.answer.body).not.toContain('epoch');
  });

  test('no Host, and two, are refused (RFC 9112 §3.2)', async () => {
    expect(statusOf(await send([]))).toBe(400);
    const two = await send([
      ['Host', '127.0.0.1'],
      ['Host', 'evil.example'],
    ]);
    expect([400, 403]).toContain(statusOf(two));
    const other = await send([
      ['Host', 'evil.example'],
      ['Host', '127.0.0.1'],
    ]);
    expect([400, 403]).toContain(statusOf(other));
  });
});

describe('the Origin, where there is one, must be ours', () => {
  test.each([
    'http://localhost',
    'http://localhost:5173',
    'https://127.0.0.1:8443',
    'http://[::1]:3000',
    'https://app.example.com',
  ])('%s is answered', async (origin) => {
    const reply = await send([
      ['Host', '127.0.0.1'],
      ['Origin', origin],
    ]);
    expect(statusOf(reply)).toBe(200);
  });

  test.each([
    'null',
    '',
    'evil',
    'https://evil.example',
    'http://localhost.evil.example',
    'http://evil.example/localhost',
    'http://app.example.com',
    'https://app.example.com.evil.example',
    'https://app.example.com:8443',
    'file://',
    'file://localhost',
    'chrome-extension://localhost',
    'http://localhost@evil.example',
    'http://localhost, http://evil.example',
  ])('%j is refused', async (origin) => {
    const reply = await send([
      ['Host', '127.0.0.1'],
      ['Origin', origin],
    ]);
    expect(statusOf(reply)).toBe(403);
  });

  test('guards every route, not only /mcp', async () => {
    for (const path of ['/', '/healthz', '/readyz', '/metrics', '/nothing']) {
      const raw = await openRaw(castellan.port);
      const headers = [['Host', 'evil.example']] as const;
      expect(statusOf(await raw.exchange(writeRequest({ method: 'GET', path, headers })))).toBe(403);
      raw.close();
    }
  });
});

describe('routes', () => {
  const get = (path: string, init?: RequestInit) => fetch(new URL(path, castellan.url), init);

  test('/healthz and /readyz answer without secrets', async () => {
    const health = await get('/healthz');
    expect(health.status).toBe(200);
    expect(await health.json()).toMatchObject({ status: 'ok' });
    expect(await (await get('/readyz')).json()).toEqual({ status: 'ready' });
  });

  test('/metrics counts calls by tool and outcome', async () => {
    await send([['Host', '127.0.0.1']]);
    const text = await (await get('/metrics')).text();
    expect(text).toMatch(/get_current_time.*outcome="ok"|outcome="ok".*get_current_time/);
    expect(text).not.toContain(sandbox.okta.token);
  });

  test.each([
    '/nothing',
    '/mcp/',
    '/mcp/x',
    '//mcp',
    '/MCP',
    '/.env',
    '/src/main.ts',
    '/__proto__',
    '/%2e%2e/etc/passwd',
  ])('%s is 404', async (path) => {
    const raw = await openRaw(castellan.port);
    const reply = await raw.exchange(writeRequest({ method: 'GET', path, headers: [['Host', 'localhost']] }));
    expect(statusOf(reply)).toBe(404);
    raw.close();
  });

  test.each(['GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])('%s /mcp is 405 (MCP, Streamable HTTP)', async (method) => {
    const answer = await get('/mcp', { method, headers: { accept: 'text/event-stream' } });
    expect(answer.status).toBe(405);
    await answer.text();
  });

  test('no answer tells which software serves it', async () => {
    const answer = await get('/healthz');
    expect(answer.headers.get('x-powered-by')).toBeNull();
    expect(answer.headers.get('server')).toBeNull();
  });
});

describe('closing', () => {
  const modern = { 'mcp-protocol-version': protocolVersion, 'mcp-method': 'tools/call', 'mcp-name': 'list_okta_users' };

  function listUsers(at: HttpCastellan, era: 'modern' | 'legacy'): Promise<string> {
    const params = { name: 'list_okta_users', arguments: {}, ...(era === 'modern' && { _meta: modernMeta }) };
    return fetch(new URL('/mcp', at.url), {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        ...(era === 'modern' && modern),
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params }),
    }).then(
      (response) => response.text(),
      () => 'cut',
    );
  }

  test.each(['modern', 'legacy'] as const)(
    'SIGTERM lets a %s call in flight end, takes no other, exits with 0',
    async (era) => {
      const slow = await openSandbox({ users: 20, rateLimits: 'off', latencyMs: 600 });
      const closing = await serveHttp([], { env: tenantOf(slow.okta) });
      const idle = await openRaw(closing.port);
      const used = await openRaw(closing.port);
      const get = writeRequest({ method: 'GET', path: '/healthz', headers: [['Host', 'localhost']] });
      expect(statusOf(await used.exchange(get))).toBe(200);
      const inFlight = listUsers(closing, era);
      await expect.poll(() => slow.okta.requests, { interval: 20 }).toBeGreaterThan(0);
      const started = performance.now();
      closing.child.kill('SIGTERM');
      await new Promise((resolve) => setTimeout(resolve, 150));
      await expect(openRaw(closing.port)).rejects.toThrow(/ECONNREFUSED/);
      expect(await inFlight).toContain('"users"');
      expect(await closing.ended).toBe(0);
      expect(performance.now() - started).toBeLessThan(4_000);
      await Promise.all([idle.closed, used.closed]);
      await slow.close();
    },
  );

  test('a second SIGTERM ends it at once', async () => {
    const slow = await openSandbox({ users: 20, rateLimits: 'off', latencyMs: 5_000 });
    const closing = await serveHttp([], { env: tenantOf(slow.okta) });
    const cut = listUsers(closing, 'modern');
    await expect.poll(() => slow.okta.requests, { interval: 20 }).toBeGreaterThan(0);
    closing.child.kill('SIGTERM');
    await new Promise((resolve) => setTimeout(resolve, 150));
    const started = performance.now();
    closing.child.kill('SIGTERM');
    await closing.ended;
    expect(performance.now() - started).toBeLessThan(1_500);
    expect(await cut).toBe('cut');
    await slow.close();
  });
});
