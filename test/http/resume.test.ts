// Connections that break while an answer is awaited (MCP 2025-11-25, basic/transports, resumability and redelivery): the
// client comes back with the id of the last event it saw, and gets the rest, once, and nobody else's.

import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { cases } from '../support/change-cases/all.ts';
import { type Issuer, openIssuer } from '../support/issuer.ts';
import { openTestServer, type TestServer } from '../support/server.ts';
import { openSession, type RawSession } from '../support/sessions.ts';

describe('a stream that breaks', () => {
  let server: TestServer;
  let session: RawSession;

  beforeAll(async () => {
    server = await openTestServer({ tenants: { okta: { latencyMs: 200 } } });
  });
  beforeEach(async () => {
    session = await openSession(server.url);
  });
  afterAll(() => server.close());

  const list = { name: 'list_okta_users', arguments: { max_results: 2 } };

  test('in mid-call: the answer comes after reconnecting, and the call was made once', async () => {
    const before = server.organization.asked.length;
    const stream = await session.ask('tools/call', list);
    const first = await stream.next();
    expect(first?.id).toMatch(/_0$/);
    expect(first?.data).toBe('');
    stream.cut();
    const resumed = await session.resume(first?.id ?? '');
    expect(resumed.status).toBe(200);
    const answer = await resumed.next();
    expect(answer?.message).toMatchObject({ id: stream.id, result: { structuredContent: { users: [{}, {}] } } });
    expect(await resumed.next()).toBeUndefined();
    expect(server.organization.asked.length - before).toBe(1);
  });

  test('after the answer was kept: it comes at once; from behind the answer nothing comes', async () => {
    const stream = await session.ask('tools/call', list);
    const first = await stream.next();
    const last = await stream.next();
    expect(last?.message?.result).toBeDefined();
    const again = await session.resume(first?.id ?? '');
    expect(await again.next()).toEqual(last);
    expect(await again.next()).toBeUndefined();
    const behind = await session.resume(last?.id ?? '');
    expect(await behind.next()).toBeUndefined();
  });

  test('while a person is asked: the question comes once more, and the answer is heard', async () => {
    const tool = 'deactivate_okta_application';
    const { input } = (await cases.find((each) => each.tool === tool)?.prepare(server.organization)) ?? {};
    server.organization.mutations.length = 0;
    const stream = await session.ask('tools/call', { name: tool, arguments: input });
    const first = await stream.next();
    const question = await stream.next();
    expect(question?.message).toMatchObject({ method: 'elicitation/create' });
    stream.cut();
    const resumed = await session.resume(first?.id ?? '');
    expect(await resumed.next()).toEqual(question);
    await session.answer(question?.message?.id, { action: 'accept', content: { approve: true } });
    const answer = await resumed.next();
    expect(answer?.message).toMatchObject({ id: stream.id });
    expect(answer?.message?.result).not.toMatchObject({ isError: true });
    expect(await resumed.next()).toBeUndefined();
    expect(server.organization.mutations).toHaveLength(1);
  });

  test('an id of another session, of none, or made up, gives nothing', async () => {
    const stream = await session.ask('tools/call', list);
    const { id = '' } = (await stream.next()) ?? {};
    const other = await openSession(server.url);
    for (const wrong of [id.replace(/_0$/, '_7777777777'), 'x', '../../0', id.replace(/^./, 'x'), '_GET_stream_0']) {
      expect((await session.resume(wrong)).status).toBe(400);
    }
    expect((await other.resume(id)).status).toBe(400);
    const none = await fetch(server.url, {
      headers: { accept: 'text/event-stream', 'last-event-id': id, 'mcp-session-id': crypto.randomUUID() },
    });
    expect(none.status).toBe(404);
    stream.cut();
  });

  test('whoever comes back twice is answered where it came last', async () => {
    const stream = await session.ask('tools/call', list);
    const { id = '' } = (await stream.next()) ?? {};
    stream.cut();
    const first = await session.resume(id);
    const second = await session.resume(id);
    expect(await first.next()).toBeUndefined();
    expect((await second.next())?.message?.result).toBeDefined();
  });

  test('a session that is ended in mid-call is gone, and holds up nothing', async () => {
    const stream = await session.ask('tools/call', list);
    const { id = '' } = (await stream.next()) ?? {};
    stream.cut();
    const resumed = await session.resume(id);
    expect(await session.end()).toBe(200);
    expect((await resumed.next())?.message?.result).toMatchObject({ isError: true });
    expect((await session.resume(id)).status).toBe(404);
  });

  test('a call that was given up leaves nothing to wait for', async () => {
    const stream = await session.ask('tools/call', list);
    const { id = '' } = (await stream.next()) ?? {};
    await session.notify('notifications/cancelled', { requestId: stream.id });
    const resumed = await session.resume(id);
    expect(await resumed.next()).toBeUndefined();
    stream.cut();
  });

  test('the SDK’s client reconnects by itself', async () => {
    let cut = 0;
    const breaking: typeof fetch = async (input, init) => {
      const response = await fetch(input, init);
      if (!String(init?.body).includes('tools/call') || !response.body) return response;
      // Whatever came first, and then the network is gone.
      const reader = response.body.getReader();
      const body = new ReadableStream<Uint8Array>({
        async pull(controller) {
          const { value } = await reader.read();
          if (value) controller.enqueue(value);
          cut++;
          await reader.cancel();
          controller.error(new Error('the network is gone'));
        },
      });
      return new Response(body, { status: response.status, headers: response.headers });
    };
    const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode: 'legacy' } });
    await client.connect(new StreamableHTTPClientTransport(new URL(server.url), { fetch: breaking }));
    const before = server.organization.asked.length;
    const { structuredContent } = await client.callTool(list);
    expect(structuredContent).toMatchObject({ users: [{}, {}] });
    expect(cut).toBe(1);
    expect(server.organization.asked.length - before).toBe(1);
    await client.close();
  });
});

describe('behind the door', () => {
  let issuer: Issuer;
  let server: TestServer;

  beforeAll(async () => {
    issuer = await openIssuer();
    server = await openTestServer({
      parts: { auth: { issuer: issuer.url, publicUrl: 'https://mcp.example.com/mcp' } },
    });
  });
  afterAll(async () => {
    await server.close();
    await issuer.close();
  });

  test('somebody else’s session cannot be resumed, with a token of one’s own', async () => {
    const session = await openSession(server.url, { authorization: `Bearer ${await issuer.mint()}` });
    const stream = await session.ask('tools/call', { name: 'get_current_time', arguments: {} });
    const { id = '' } = (await stream.next()) ?? {};
    expect((await session.resume(id)).status).toBe(200);
    const other = { authorization: `Bearer ${await issuer.mint({ sub: 'somebody-else' })}` };
    expect((await session.resume(id, other)).status).toBe(404);
    expect((await session.resume(id, { authorization: '' })).status).toBe(401);
  });
});
