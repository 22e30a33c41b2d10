// The front door over HTTP: what is told to those without a token, what a token opens, and what none opens.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Issuer, openIssuer } from '../support/issuer.ts';
import { ask, call, post } from '../support/messages.ts';
import { openTestServer, type TestServer } from '../support/server.ts';
import { openRaw, type Reply, writeRequest } from './raw.ts';

const publicUrl = 'https://mcp.example.com/mcp';
const metadataUrl = 'https://mcp.example.com/.well-known/oauth-protected-resource/mcp';

let issuer: Issuer;
let server: TestServer;
let token: string;

beforeAll(async () => {
  issuer = await openIssuer();
  server = await openTestServer({ parts: { auth: { issuer: issuer.url, publicUrl } } });
});

beforeEach(async () => {
  token = await issuer.mint();
});

afterAll(async () => {
  await server?.close();
  await issuer?.close();
});

const readTime = call('get_current_time');
const audit = () =>
  readdirSync(join(server.home, 'audit'))
    .filter((name) => name.endsWith('.jsonl'))
    .map((name) => readFileSync(join(server.home, 'audit', name), 'utf8'))
    .join('');

describe('without a token', () => {
  test.each(['modern', 'legacy'] as const)(
    '%s: 401 with where to sign in and what to ask for (RFC 9728 §5.1)',
    async (era) => {
      const answer = await ask(server.url, 'tools/list', {}, { era });
      expect(answer.status).toBe(401);
      expect(answer.challenge).toBe(`Bearer resource_metadata="${metadataUrl}", scope="castellan:read"`);
      expect(answer.body.error?.message).toMatch(/sign in/i);
    },
  );

  test.each(['GET', 'DELETE', 'PUT', 'PATCH', 'OPTIONS', 'HEAD'])('%s /mcp is 401 too', async (method) => {
    const answer = await fetch(server.url, { method });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toContain('resource_metadata=');
  });

  test.each(['/.well-known/oauth-protected-resource', '/.well-known/oauth-protected-resource/mcp'])(
    '%s says where to sign in (RFC 9728 §3)',
    async (path) => {
      const answer = await fetch(new URL(path, server.url));
      expect(answer.status).toBe(200);
      expect(await answer.json()).toEqual({
        resource: publicUrl,
        authorization_servers: [issuer.url],
        scopes_supported: ['castellan:read', 'castellan:write', 'castellan:destroy'],
        bearer_methods_supported: ['header'],
        resource_name: 'Castellan',
      });
    },
  );

  test('health is told, metrics to this machine only, and to nobody through a proxy', async () => {
    const get = (path: string, headers = {}) => fetch(new URL(path, server.url), { headers });
    expect((await get('/healthz')).status).toBe(200);
    expect((await get('/readyz')).status).toBe(200);
    expect((await get('/metrics')).status).toBe(200);
    expect((await get('/metrics', { 'x-forwarded-for': '127.0.0.1' })).status).toBe(404);
    expect((await get('/metrics', { forwarded: 'for=127.0.0.1' })).status).toBe(404);
    const raw = await openRaw(Number(new URL(server.url).port));
    const reply = await raw.exchange(
      writeRequest({ method: 'GET', path: '/metrics', headers: [['Host', 'mcp.example.com']] }),
    );
    expect(reply !== 'closed' && reply.answer.status).toBe(404);
    raw.close();
  });

  test('a body is not waited for', async () => {
    const raw = await openRaw(Number(new URL(server.url).port));
    const headers = [
      ['Host', '127.0.0.1'],
      ['Content-Type', 'application/json'],
      ['Content-Length', '1000000'],
    ] as const;
    const reply = await raw.exchange(writeRequest({ headers }), { timeoutMs: 3_000 });
    expect(reply !== 'closed' && reply.answer.status).toBe(401);
    await raw.closed;
  });
});

describe('with a token', () => {
  test.each(['modern', 'legacy'] as const)('%s: a call is answered, in the caller’s name', async (era) => {
    const answer = await ask(server.url, 'tools/call', readTime, { token, era });
    expect(answer.status).toBe(200);
    expect(answer.body.result?.structuredContent).toHaveProperty('epoch');
    expect(audit()).toContain(`"caller":"${issuer.url}|person-1"`);
  });

  test('tools/list shows what the caller may call', async () => {
    const listed = async (scope: string) => {
      const { body } = await ask(server.url, 'tools/list', {}, { token: await issuer.mint({ scope }) });
      return body.result?.tools?.map(({ name }) => name) ?? [];
    };
    const [reading, writing, destroying, all] = await Promise.all(
      [
        'okta:read',
        'okta:read okta:write',
        'castellan:read okta:destroy',
        'castellan:read castellan:write castellan:destroy',
      ].map(listed),
    );
    expect(reading).toContain('list_okta_users');
    expect(reading).not.toContain('suspend_okta_user');
    expect(writing).toContain('unsuspend_okta_user');
    expect(writing).not.toContain('suspend_okta_user');
    expect(destroying).toContain('suspend_okta_user');
    expect(destroying).not.toContain('unsuspend_okta_user');
    expect(all?.length).toBe(new Set([...(writing ?? []), ...(destroying ?? [])]).size);
  });

  test.each(['modern', 'legacy'] as const)(
    '%s: a call beyond its scopes is 403 with all that the operation needs, nothing is done, and it is recorded',
    async (era) => {
      const before = server.organization.asked.length;
      const sub = `climber-${era}`;
      const args = { user_id: 'maya.lindqvist@larkspur.example' };
      const beyond = await issuer.mint({ sub, scope: 'castellan:read' });
      const answer = await ask(server.url, 'tools/call', call('suspend_okta_user', args), { token: beyond, era });
      expect(answer.status).toBe(403);
      expect(answer.challenge).toContain('error="insufficient_scope"');
      expect(answer.challenge).toContain('scope="castellan:read castellan:destroy"');
      expect(answer.challenge).toContain(`resource_metadata="${metadataUrl}"`);
      expect(server.organization.asked.length).toBe(before);
      const [record] = audit()
        .split('\n')
        .filter((line) => line.includes(sub))
        .map((line) => JSON.parse(line) as Record<string, string>);
      expect(record).toMatchObject({ event: 'refused', tool: 'suspend_okta_user', code: 'not_allowed' });
    },
  );

  test('an alias, a batch and a differently written method do not get round it', async () => {
    const message = {
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: call('reset_user_password', { user_id: 'x' }),
    };
    const list = { jsonrpc: '2.0', id: 2, method: 'tools/list', params: {} };
    for (const body of [message, [message], [list, message], [list, list, message]]) {
      const answer = await post(server.url, body, { token });
      expect(answer.status).toBe(403);
      await answer.text();
    }
  });

  test.each([
    '',
    'openid profile',
    'castellan:admin',
    'castellan:read2',
    'CASTELLAN:READ',
    'castellan:*',
    'github:read',
  ])('a token with the scopes %j allows nothing here: 403', async (scope) => {
    const none = await issuer.mint({ scope });
    const answer = await ask(server.url, 'tools/call', readTime, { token: none });
    expect(answer.status).toBe(403);
    expect(answer.challenge).toContain('error="insufficient_scope"');
    expect(answer.challenge).toContain('scope="castellan:read"');
  });

  test('a scope of one platform opens no other, and writing is not reading', async () => {
    const write = await issuer.mint({ scope: 'castellan:write castellan:destroy' });
    expect((await ask(server.url, 'tools/call', readTime, { token: write })).status).toBe(403);
    expect((await ask(server.url, 'resources/read', { uri: 'okta://users/x' }, { token: write })).status).toBe(403);
    expect((await ask(server.url, 'tools/list', {}, { token: write })).body.result?.tools).toEqual([]);
  });

  test('the operator’s limits and the request’s headers narrow further', async () => {
    const all = await issuer.mint({ scope: 'castellan:read castellan:write castellan:destroy' });
    const listed = await ask(server.url, 'tools/list', {}, { token: all, headers: { 'x-mcp-readonly': 'true' } });
    expect(listed.body.result?.tools?.map(({ name }) => name)).not.toContain('suspend_okta_user');
    const refused = await ask(server.url, 'tools/call', call('suspend_okta_user', { user_id: 'x' }), {
      token: all,
      headers: { 'x-mcp-readonly': 'true' },
    });
    expect(refused.body.result?.isError).toBe(true);
    // What the request itself leaves out is no reason to ask for more.
    const less = await ask(server.url, 'tools/call', call('suspend_okta_user', { user_id: 'x' }), {
      token,
      headers: { 'x-mcp-readonly': 'true' },
    });
    expect([less.status, less.body.result?.isError]).toEqual([200, true]);
  });
});

describe('a session of a 2025-era client', () => {
  const initialize = {
    ...{ jsonrpc: '2.0', id: 0, method: 'initialize' },
    params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1' } },
  };
  const open = async (given: string) => {
    const answer = await post(server.url, initialize, { token: given });
    await answer.text();
    return answer.headers.get('mcp-session-id') ?? '';
  };
  const within = (session: string, given: string | undefined, name = 'get_current_time') =>
    ask(server.url, 'tools/call', call(name, name === 'get_current_time' ? {} : { user_id: 'x' }), {
      token: given,
      era: 'legacy',
      headers: { 'mcp-session-id': session },
    });

  test('belongs to the caller who opened it: to another it is not there (404)', async () => {
    const session = await open(token);
    expect((await within(session, token)).status).toBe(200);
    const other = await issuer.mint({ sub: 'person-2' });
    expect((await within(session, other)).status).toBe(404);
    for (const method of ['GET', 'DELETE']) {
      const headers = {
        ...{ authorization: `Bearer ${other}`, accept: 'text/event-stream' },
        ...{ 'mcp-session-id': session, 'mcp-protocol-version': '2025-11-25' },
      };
      expect((await fetch(server.url, { method, headers })).status).toBe(404);
    }
    expect((await within(session, undefined)).status).toBe(401);
    // It is still its owner's, and a new token of theirs goes on with it.
    expect((await within(session, await issuer.mint())).status).toBe(200);
  });

  test('what its first token allowed, a later one need not', async () => {
    const session = await open(await issuer.mint({ scope: 'castellan:read castellan:destroy' }));
    const less = await within(session, token, 'suspend_okta_user');
    expect(less.status).toBe(403);
    expect(less.challenge).toContain('castellan:destroy');
    const listed = await ask(
      server.url,
      'tools/list',
      {},
      { token, era: 'legacy', headers: { 'mcp-session-id': session } },
    );
    expect(listed.body.result?.tools?.map(({ name }) => name)).not.toContain('suspend_okta_user');
  });

  test('its stream of news ends with the token that opened it', async () => {
    const session = await open(token);
    const short = await issuer.mint({ exp: Math.floor(Date.now() / 1000) + 2 });
    const headers = {
      ...{ authorization: `Bearer ${short}`, accept: 'text/event-stream' },
      ...{ 'mcp-session-id': session, 'mcp-protocol-version': '2025-11-25' },
    };
    const stream = await fetch(server.url, { headers });
    expect(stream.status).toBe(200);
    const started = performance.now();
    await stream.text().catch(() => 'cut');
    expect(performance.now() - started).toBeLessThan(3_000);
    // The session goes on with another.
    expect((await within(session, token)).status).toBe(200);
  });

  test('one caller cannot end the others’ by opening many', async () => {
    const mine = await open(token);
    const other = await issuer.mint({ sub: 'hoarder' });
    const sessions: string[] = [];
    for (let n = 0; n < 103; n++) sessions.push(await open(other));
    expect((await within(sessions[0] ?? '', other)).status).toBe(404);
    expect((await within(sessions.at(-1) ?? '', other)).status).toBe(200);
    expect((await within(mine, token)).status).toBe(200);
  });
});

describe('where a token may stand (RFC 6750 §2)', () => {
  async function raw(headers: readonly (readonly [string, string])[], path = '/mcp'): Promise<Reply> {
    const connection = await openRaw(Number(new URL(server.url).port));
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: readTime });
    const all = [
      ['Host', '127.0.0.1'],
      ['Content-Type', 'application/json'],
      ['Accept', 'application/json, text/event-stream'],
      ['Content-Length', String(body.length)],
      ...headers,
    ] as const;
    const reply = await connection.exchange(writeRequest({ headers: all, body, path }));
    connection.close();
    return reply;
  }
  const status = (reply: Reply) => (reply === 'closed' ? reply : reply.answer.status);

  test.each([
    ['an ordinary one', (t: string) => [['Authorization', `Bearer ${t}`]]],
    ['a scheme in small letters', (t: string) => [['authorization', `bearer ${t}`]]],
  ] as const)('%s is taken', async (_what, make) => {
    expect(status(await raw(make(token) as unknown as [string, string][]))).toBe(200);
  });

  test.each([
    ['none after the scheme', () => [['Authorization', 'Bearer']]],
    [
      'two headers',
      (t: string) => [
        ['Authorization', `Bearer ${t}`],
        ['Authorization', `Bearer ${t}`],
      ],
    ],
    ['two in one', (t: string) => [['Authorization', `Bearer ${t}, Bearer ${t}`]]],
    ['one with a blank in it', (t: string) => [['Authorization', `Bearer ${t.slice(0, 9)} ${t.slice(9)}`]]],
    ['one in quotes', (t: string) => [['Authorization', `Bearer "${t}"`]]],
    ['one of 9 KiB', (t: string) => [['Authorization', `Bearer ${t}${'A'.repeat(9_216)}`]]],
  ] as const)('%s is 400', async (_what, make) => {
    const reply = await raw((make as (t: string) => unknown)(token) as [string, string][]);
    expect(status(reply)).toBe(400);
    expect(reply !== 'closed' && reply.answer.headers['www-authenticate']).toContain('error="invalid_request"');
  });

  test('one in the address is refused, alone and beside a header', async () => {
    expect(status(await raw([], `/mcp?access_token=${token}`))).toBe(400);
    expect(status(await raw([['Authorization', `Bearer ${token}`]], `/mcp?access_token=${token}`))).toBe(400);
  });

  test.each(['Basic dXNlcjpwYXNz', 'DPoP {}', 'Token {}', '{}', 'SSWS {}'])('%s is no token', async (header) => {
    expect(status(await raw([['Authorization', header.replace('{}', token)]]))).toBe(401);
  });

  test.each(['Proxy-Authorization', 'X-Authorization', 'Cookie', 'X-Forwarded-Access-Token'])(
    '%s is not looked at',
    async (name) => {
      expect(status(await raw([[name, name === 'Cookie' ? `access_token=${token}` : `Bearer ${token}`]]))).toBe(401);
    },
  );
});

describe('the token itself', () => {
  test('is in no log line, no record and no answer, whether it is taken or not', async () => {
    const canaries = [
      await issuer.mint({ sub: 'canary' }),
      await issuer.mint({ aud: 'elsewhere' }),
      `${(await issuer.mint()).slice(0, -8)}AAAAAAAA`,
      'canary-opaque-token-4711',
    ];
    const texts: string[] = [];
    for (const given of canaries) {
      for (const era of ['modern', 'legacy'] as const) {
        const answers = [
          await ask(server.url, 'tools/call', readTime, { token: given, era }),
          await ask(server.url, 'tools/call', call('suspend_okta_user', { user_id: 'x' }), { token: given, era }),
          await ask(server.url, 'nonsense', {}, { token: given, era }),
        ];
        for (const { text, response } of answers) texts.push(text, JSON.stringify([...response.headers]));
      }
    }
    const everything = [...texts, server.log(), audit(), server.organization.asked.join(' ')].join('\n');
    for (const given of canaries) {
      // Each has a payload and a signature of its own.
      const [header = '', ...own] = given.split('.');
      for (const part of own.length > 0 ? own : [header]) expect(everything).not.toContain(part.slice(0, 60));
    }
  });

  test('does not reach what is behind the door', async () => {
    const seen: (string | null)[] = [];
    const { factory } = server.app;
    const probe: typeof factory = (context) => {
      seen.push(context.requestInfo?.headers.get('authorization') ?? null, context.authInfo?.token ?? null);
      return factory(context);
    };
    const { listen } = await import('../../src/http/listen.ts');
    const { openDoor } = await import('../../src/auth/door.ts');
    const { noMetrics } = await import('../../src/observe/metrics.ts');
    const { loadConfig } = await import('../../src/config.ts');
    const { config } = loadConfig({ config: join(server.home, 'castellan.json') }, { env: {}, folder: server.home });
    const door = openDoor({ settings: config.auth, fetch, now: Date.now, log: server.app.log });
    const { gate, screen, log } = server.app;
    const listener = await listen({ host: '127.0.0.1', port: 0 }, () => ({
      ...{ factory: probe, gate, signIn: { door, screen }, version: '0', log, metrics: noMetrics },
      ...{ ready: async () => true, allowedHosts: [], allowedOrigins: [] },
    }));
    for (const era of ['modern', 'legacy'] as const)
      expect((await ask(`${listener.url}/mcp`, 'tools/call', readTime, { token, era })).status).toBe(200);
    await listener.close();
    expect(seen).toEqual([null, '', null, '']);
  });
});

describe('many callers at once', () => {
  test('1,000 with different tokens: each is answered in its own name and to its own question', async () => {
    const tokens = await Promise.all(
      Array.from({ length: 1_000 }, (_, n) =>
        issuer.mint({ sub: `many-${n}`, scope: n % 3 === 0 ? 'okta:read okta:write' : 'okta:read' }),
      ),
    );
    const change = (n: number) => ({ user_id: `nobody-${n}`, dryRun: true });
    const wrong: unknown[] = [];
    for (const _round of [1, 2]) {
      const work = tokens.map((given, n) => async () => {
        const read = await ask(server.url, 'tools/call', call('get_current_time', { buffer_hours: n }), {
          token: given,
          id: n,
        });
        const epoch = Number(read.body.result?.structuredContent?.epoch) - n * 3_600;
        if (read.body.id !== n || Math.abs(epoch - Date.now() / 1000) > 60) wrong.push([n, read.text]);
        const write = await ask(server.url, 'tools/call', call('unsuspend_okta_user', change(n)), { token: given });
        if (write.status !== (n % 3 === 0 ? 200 : 403)) wrong.push([n, write.status, write.text]);
      });
      while (work.length > 0) await Promise.all(work.splice(0, 100).map((run) => run()));
    }
    expect(wrong).toEqual([]);
    const seen: Record<string, Record<string, number>> = {};
    for (const line of audit()
      .split('\n')
      .filter((text) => text.includes('|many-'))) {
      const { caller, event, tool } = JSON.parse(line) as Record<'caller' | 'event' | 'tool', string>;
      const mine = seen[caller] ?? {};
      seen[caller] = mine;
      mine[`${tool} ${event}`] = (mine[`${tool} ${event}`] ?? 0) + 1;
    }
    for (let n = 0; n < 1_000; n++) {
      const change = n % 3 === 0 ? 'unsuspend_okta_user failed' : 'unsuspend_okta_user refused';
      expect(seen[`${issuer.url}|many-${n}`]).toEqual({ 'get_current_time done': 2, [change]: 2 });
    }
  }, 120_000);
});

describe('a question to a person', () => {
  const args = { user_id: 'tomas.okafor@larkspur.example' };
  const scope = 'castellan:read castellan:destroy';
  const codeOf = (text: string) => /castellan approve ([A-Z0-9]{4}-[A-Z0-9]{4})/.exec(text)?.[1] ?? '';
  const suspend = (given: string) => ask(server.url, 'tools/call', call('suspend_okta_user', args), { token: given });

  test('is each caller’s own: what was approved for one is asked of another', async () => {
    const [ada, eve] = [await issuer.mint({ sub: 'ada', scope }), await issuer.mint({ sub: 'eve', scope })];
    const [asked, other] = [await suspend(ada), await suspend(eve)];
    expect(codeOf(asked.text)).not.toBe('');
    expect(codeOf(other.text)).not.toBe(codeOf(asked.text));
    expect(server.organization.mutations).toEqual([]);
    const { openStore } = await import('../../src/stores/open.ts');
    const { createApprovals } = await import('../../src/mcp/approvals.ts');
    const { openSeal } = await import('../../src/stores/seal.ts');
    const { sealStore } = await import('../../src/stores/seal-store.ts');
    const store = openStore(join(server.home, 'castellan.db'), Date.now);
    const seal = openSeal({ keys: undefined, folder: server.home });
    const sealed = sealStore(store, () => seal.keys('store'));
    await createApprovals(sealed, Date.now).decide(codeOf(asked.text), 'approved', 'terminal:test');
    await store.close();
    expect((await suspend(eve)).text).toContain(codeOf(other.text));
    expect(server.organization.mutations).toEqual([]);
    // The next token of hers is still hers.
    const done = await suspend(await issuer.mint({ sub: 'ada', scope }));
    expect(done.body.result?.isError ?? false).toBe(false);
    expect(server.organization.mutations).toHaveLength(1);
    expect(audit()).toMatch(/"event":"done"[^\n]*"tool":"suspend_okta_user"[^\n]*\|ada"/);
  });
});
