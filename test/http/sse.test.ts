// The deprecated HTTP+SSE transport (MCP 2024-11-05, basic/transports), when it is switched on: the same server behind the
// same door.

import { Client, SSEClientTransport } from '@modelcontextprotocol/client';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { cases } from '../support/change-cases/all.ts';
import { type Issuer, openIssuer } from '../support/issuer.ts';
import { openTestServer, type TestServer } from '../support/server.ts';

const open: Client[] = [];
afterEach(async () => {
  for (const client of open.splice(0)) await client.close();
});

async function connect(url: string, headers: Readonly<Record<string, string>> = {}): Promise<Client> {
  const client = new Client(
    { name: 'old', version: '1' },
    { capabilities: { elicitation: {} }, versionNegotiation: { mode: 'legacy' } },
  );
  client.setRequestHandler('elicitation/create', async () => ({ action: 'accept', content: { approve: true } }));
  const withHeaders: typeof fetch = (input, init) => {
    const all = new Headers(init?.headers);
    for (const [name, value] of Object.entries(headers)) all.set(name, value);
    return fetch(input, { ...init, headers: all });
  };
  open.push(client);
  await client.connect(new SSEClientTransport(new URL('/sse', url), { fetch: withHeaders }));
  return client;
}

/** Opens a stream by hand: where its POSTs go, and how it ends. */
async function openStream(url: string, headers: Readonly<Record<string, string>> = {}) {
  const gone = new AbortController();
  const response = await fetch(new URL('/sse', url), { headers, signal: gone.signal });
  expect(response.status).toBe(200);
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  const { value = '' } = (await reader?.read()) ?? {};
  const endpoint = new URL(/^data: (\S+)$/m.exec(value)?.[1] ?? '', url);
  const ended = async () => {
    try {
      while (!(await reader?.read())?.done);
    } catch {
      // Cut off is ended, too.
    }
    return true;
  };
  return { endpoint, ended, cut: () => gone.abort() };
}

const post = (url: URL, body: string, headers: Readonly<Record<string, string>> = {}) =>
  fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body });
const ping = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' });

test('without --sse there is nothing', async () => {
  const server = await openTestServer();
  expect((await fetch(new URL('/sse', server.url))).status).toBe(404);
  expect((await post(new URL('/messages?sessionId=x', server.url), ping)).status).toBe(404);
  await server.close();
});

describe('where nobody signs in', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await openTestServer({ parts: { http: { sse: true } } });
  });
  afterAll(() => server.close());

  test('the SDK’s client lists, reads, and is asked before something goes away', async () => {
    const client = await connect(server.url);
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toContain('list_okta_users');
    const users = await client.callTool({ name: 'list_okta_users', arguments: { max_results: 2 } });
    expect(users.structuredContent).toMatchObject({ users: [{}, {}] });
    const tool = 'deactivate_okta_application';
    const { input } = (await cases.find((each) => each.tool === tool)?.prepare(server.organization)) ?? {};
    server.organization.mutations.length = 0;
    const done = await client.callTool({ name: tool, arguments: { ...input } });
    expect(done.isError).toBeFalsy();
    expect(server.organization.mutations).toHaveLength(1);
  });

  test('the guards of /mcp stand here, too: Host, Origin, size, nesting, type, JSON-RPC', async () => {
    const { endpoint, cut } = await openStream(server.url);
    expect((await fetch(new URL('/sse', server.url), { headers: { origin: 'https://evil.example' } })).status).toBe(
      403,
    );
    expect((await post(endpoint, ping, { origin: 'https://evil.example' })).status).toBe(403);
    expect((await post(endpoint, `"${'x'.repeat(2 ** 20)}"`)).status).toBe(413);
    expect((await post(endpoint, '['.repeat(100) + ']'.repeat(100))).status).toBe(400);
    expect((await post(endpoint, ping, { 'content-type': 'text/plain' })).status).toBe(415);
    expect((await post(endpoint, '{"hello":1}')).status).toBe(400);
    expect((await post(endpoint, ping)).status).toBe(202);
    cut();
  });

  test('a session ends with its stream; one that never was is none', async () => {
    const { endpoint, cut } = await openStream(server.url);
    cut();
    await expect.poll(async () => (await post(endpoint, ping)).status).toBe(404);
    expect((await post(new URL('/messages', server.url), ping)).status).toBe(404);
  });
});

describe('behind the door', () => {
  let issuer: Issuer;
  let server: TestServer;
  const bearer = async (claims = {}) => ({ authorization: `Bearer ${await issuer.mint(claims)}` });
  beforeAll(async () => {
    issuer = await openIssuer();
    const auth = { issuer: issuer.url, publicUrl: 'https://mcp.example.com/mcp' };
    server = await openTestServer({ parts: { http: { sse: true }, auth } });
  });
  afterAll(async () => {
    await server.close();
    await issuer.close();
  });

  test('the stream and every message need a token, and a session is its opener’s alone', async () => {
    expect((await fetch(new URL('/sse', server.url))).status).toBe(401);
    const own = await bearer();
    const { endpoint, cut } = await openStream(server.url, own);
    expect((await post(endpoint, ping)).status).toBe(401);
    expect((await post(endpoint, ping, await bearer({ sub: 'somebody-else' }))).status).toBe(404);
    expect((await post(endpoint, ping, await bearer({ aud: 'https://other.example' }))).status).toBe(401);
    expect((await post(endpoint, ping, own)).status).toBe(202);
    cut();
  });

  test('what a token does not allow is refused with a challenge (RFC 6750 §3.1)', async () => {
    const own = await bearer({ scope: 'castellan:read' });
    const { endpoint, cut } = await openStream(server.url, own);
    const suspend = { name: 'suspend_okta_user', arguments: { user_id: 'x' } };
    const asked = JSON.stringify({ jsonrpc: '2.0', id: 2, method: 'tools/call', params: suspend });
    const refused = await post(endpoint, asked, own);
    expect(refused.status).toBe(403);
    expect(refused.headers.get('www-authenticate')).toContain('insufficient_scope');
    cut();
  });

  test('the stream ends with the token that opened it', async () => {
    const soon = Math.floor(Date.now() / 1000) + 2;
    const { ended } = await openStream(server.url, await bearer({ exp: soon }));
    expect(await ended()).toBe(true);
    expect(Date.now() / 1000).toBeGreaterThanOrEqual(soon - 1);
  });

  test('one caller’s many streams end that caller’s oldest, nobody else’s', async () => {
    const [mine, theirs] = [await bearer(), await bearer({ sub: 'busy' })];
    const kept = await openStream(server.url, mine);
    const first = await openStream(server.url, theirs);
    const more = [];
    for (let count = 0; count < 20; count++) more.push(await openStream(server.url, theirs));
    expect(await first.ended()).toBe(true);
    expect((await post(first.endpoint, ping, theirs)).status).toBe(404);
    expect((await post(kept.endpoint, ping, mine)).status).toBe(202);
    for (const { cut } of [kept, ...more]) cut();
  });
});

test('at the end of the server idle streams are closed, and one in mid-call gets its answer first', async () => {
  const server = await openTestServer({ tenants: { okta: { latencyMs: 300 } }, parts: { http: { sse: true } } });
  const idle = await openStream(server.url);
  const client = await connect(server.url);
  const called = client.callTool({ name: 'list_okta_users', arguments: { max_results: 1 } });
  await expect.poll(() => server.organization.asked.length).toBeGreaterThan(0);
  const started = performance.now();
  const closed = server.close();
  expect(await idle.ended()).toBe(true);
  expect((await called).structuredContent).toMatchObject({ users: [{}] });
  await closed;
  expect(performance.now() - started).toBeLessThan(5_000);
});
