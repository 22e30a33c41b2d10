// What may be seen and called: the operator's limits, what a request narrows them to, tenants that are read-only and scopes
// that the credential lacks. Whatever is not shown is refused as well, by each of its names and on each way into the server.

import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type AnyTool, toolsOf } from '../../src/core/tool.ts';
import { oci } from '../../src/platforms/oci/index.ts';
import { okta } from '../../src/platforms/okta/index.ts';
import { scalekit } from '../../src/platforms/scalekit/index.ts';
import { type Answer, call } from '../support/answers.ts';
import { type Bench, openBench } from '../support/credential-door.ts';
import { type Era, openTestServer, type TestServer } from '../support/server.ts';
import { runCastellan } from '../trials/castellan.ts';

const castellan = fileURLToPath(new URL('../../bin/castellan.js', import.meta.url));
const eras: readonly Era[] = ['2026-07-28', '2025-11-25'];
const maya = { user_id: 'maya.lindqvist@larkspur.example' };
const all = toolsOf(okta);
const elsewhere = new Set([scalekit, oci].flatMap(toolsOf).map(({ name }) => name));
/** Off until it is named. */
const unasked = oci.toolsets.api ?? [];
const reading = all.filter(({ access }) => access === 'read');
const users = okta.toolsets.users ?? [];
const namesOf = (tools: readonly AnyTool[]) => tools.map(({ name }) => name).sort();
const without = (tools: readonly AnyTool[], ...names: string[]) => tools.filter(({ name }) => !names.includes(name));

async function listed(client: Client): Promise<string[]> {
  return (await client.listTools()).tools.map(({ name }) => name).sort();
}

const codeOf = ({ result }: Answer) => (result._meta?.['castellan/error'] as { code?: string } | undefined)?.code;

/** Calls and expects a no with its reason. */
async function expectRefused(client: Client, name: string, input: Record<string, unknown>, says: RegExp) {
  const answer = await call(client, name, input);
  expect(answer.isError, `${name}: ${answer.text}`).toBe(true);
  expect(codeOf(answer)).toBe('not_allowed');
  expect(answer.text).toMatch(says);
}

const limits: readonly {
  readonly what: string;
  readonly part: Readonly<Record<string, unknown>>;
  readonly flags: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly shown: readonly AnyTool[];
  /** One that is not shown, by its name or alias. */
  readonly hidden: string;
  readonly says: RegExp;
}[] = [
  {
    what: 'toolsets, by area and platform',
    part: { toolsets: ['okta.users'] },
    flags: ['--toolsets', 'okta.users'],
    env: { CASTELLAN_TOOLSETS: 'okta.users' },
    shown: users,
    hidden: 'list_okta_groups',
    says: /list_okta_groups is not among the tools that are switched on/,
  },
  {
    what: 'tools alone, an alias among them',
    part: { tools: ['get_okta_group', 'unlock_user_account'] },
    flags: ['--tools', 'get_okta_group,unlock_user_account'],
    env: { CASTELLAN_TOOLS: ' get_okta_group , unlock_user_account' },
    shown: all.filter(({ name }) => name === 'get_okta_group' || name === 'unlock_okta_user'),
    hidden: 'get_user_details',
    says: /get_okta_user is not among the tools that are switched on/,
  },
  {
    what: 'tools in addition to toolsets, less what is excluded by an alias',
    part: {
      toolsets: ['okta.users'],
      tools: ['get_okta_group', 'get_okta_user'],
      excludeTools: ['get_user_details', 'reset_user_password'],
    },
    flags: [
      ...['--toolsets', 'okta.users', '--tools', 'get_okta_group,get_okta_user'],
      ...['--exclude-tools', 'get_user_details,reset_user_password'],
    ],
    env: {
      CASTELLAN_TOOLSETS: 'okta.users',
      CASTELLAN_TOOLS: 'get_okta_group,get_okta_user',
      CASTELLAN_EXCLUDE_TOOLS: 'get_user_details,reset_user_password',
    },
    shown: [
      ...without(users, 'get_okta_user', 'reset_okta_user_password'),
      ...all.filter(({ name }) => name === 'get_okta_group'),
    ],
    hidden: 'get_okta_user',
    says: /get_okta_user is excluded/,
  },
  {
    what: 'reading only',
    part: { readOnly: true },
    flags: ['--read-only'],
    env: { CASTELLAN_READ_ONLY: 'true' },
    shown: reading,
    hidden: 'unlock_user_account',
    says: /unlock_okta_user changes something, and only reading is allowed/,
  },
];

describe('the operator’s limits', () => {
  const home = mkdtempSync(join(tmpdir(), 'castellan-gating-'));
  const clients: Client[] = [];

  afterAll(async () => {
    await Promise.all(clients.map((client) => client.close()));
    rmSync(home, { recursive: true, force: true });
  });

  async function start(flags: readonly string[], env: Readonly<Record<string, string>>): Promise<Client> {
    const client = new Client({ name: 'castellan-test', version: '0.0.0' });
    clients.push(client);
    await client.connect(
      new StdioClientTransport({
        command: process.execPath,
        args: [castellan, 'serve', '--sandbox', '--users', '20', ...flags],
        env: { PATH: process.env.PATH ?? '', HOME: home, CASTELLAN_DATA: home, ...env },
        cwd: home,
        stderr: 'ignore',
      }),
    );
    return client;
  }

  it.each(limits.map((limit) => [limit.what, limit] as const))(
    '%s: the same by flags, environment and file, for lists and calls',
    async (_what, { part, flags, env, shown, hidden, says }) => {
      expect(shown.length).toBeGreaterThan(0);
      const server = await openTestServer({ tenants: { okta: { users: 20 } }, parts: { tools: part } });
      const inProcess = await Promise.all(eras.map((era) => server.connect(era, 'http')));
      for (const client of [await start(flags, {}), await start([], env), ...inProcess]) {
        // Beside Okta’s: the sandbox has a tenant of every platform.
        expect((await listed(client)).filter((name) => !elsewhere.has(name))).toEqual(namesOf(shown));
        await expectRefused(client, hidden, {}, says);
      }
      // What is refused is refused before anybody is asked.
      expect(server.organization.asked).toEqual([]);
      await server.close();
    },
    30_000,
  );

  it('a platform’s name and the word all stand for all of its', async () => {
    const reached = toolsOf(scalekit).filter(({ scopes }) => scopes.every((scope) => /^(env|org):/.test(scope)));
    const asked = toolsOf(oci).filter((tool) => !unasked.includes(tool));
    for (const [word, tools] of [
      ['okta', all],
      ['scalekit', reached],
      ['oci', asked],
      ['all', [...all, ...reached, ...asked]],
      ['oci.caller,oci.api', [...(oci.toolsets.caller ?? []), ...unasked]],
    ] as const)
      expect(await listed(await start(['--toolsets', word], {})), word).toEqual(namesOf(tools));
  });

  it('what reads from any service is off until it is named, and no request can switch it on', async () => {
    const query = { service: 'identity', path: '/20160918/regions' };
    const server = await openTestServer({ tenants: { okta: { users: 20 } } });
    const url = new URL(server.url);
    const requestInit = { headers: { 'X-MCP-Toolsets': 'all,oci.api', 'X-MCP-Tools': 'query_oci_api' } };
    const asking = new Client({ name: 'castellan-test', version: '0.0.0' });
    await asking.connect(new StreamableHTTPClientTransport(url, { requestInit }));
    for (const client of [await server.connect('2026-07-28', 'http'), asking, await start([], {})]) {
      expect(await listed(client)).not.toContain('query_oci_api');
      await expectRefused(
        client,
        'query_oci_api',
        query,
        /query_oci_api is off until the toolset oci\.api is switched on/,
      );
    }
    await asking.close();
    await server.close();
    for (const flags of [
      ['--toolsets', 'all,oci.api'],
      ['--tools', 'query_oci_api'],
    ]) {
      const client = await start(flags, {});
      expect(await listed(client)).toContain('query_oci_api');
      const answer = await client.callTool({ name: 'query_oci_api', arguments: query });
      expect(JSON.stringify(answer.structuredContent)).toContain('eu-amsterdam-1');
    }
  });

  it('a flag wins over the environment, and an empty list leaves nothing', async () => {
    expect(await listed(await start(['--tools', 'get_okta_user'], { CASTELLAN_TOOLS: 'list_okta_users' }))).toEqual([
      'get_okta_user',
    ]);
    expect(await listed(await start(['--tools=,'], {}))).toEqual([]);
  });

  const wrong = [
    [
      '--toolsets',
      'CASTELLAN_TOOLSETS',
      'okta.user',
      /there is no toolset "okta\.user"[\s\S]*Did you mean okta\.users\?/,
    ],
    [
      '--tools',
      'CASTELLAN_TOOLS',
      'unlok_okta_user',
      /there is no tool "unlok_okta_user"[\s\S]*Did you mean unlock_okta_user\?/,
    ],
    [
      '--exclude-tools',
      'CASTELLAN_EXCLUDE_TOOLS',
      'delete_okta_users',
      /there is no tool "delete_okta_users"[\s\S]*Did you mean delete_okta_user\?/,
    ],
  ] as const;

  it.each(wrong)(
    '%s: a name that stands for nothing ends the start, with what was meant',
    async (flag, env, name, says) => {
      const flagged = await runCastellan([
        'serve',
        '--sandbox',
        flag,
        `get_okta_user,${name}`.slice(flag === '--toolsets' ? 14 : 0),
      ]);
      const set = await runCastellan(['serve', '--sandbox'], { env: { [env]: name } });
      for (const [{ status, stderr, stdout }, where] of [
        [flagged, flag],
        [set, env],
      ] as const) {
        expect(stderr).toContain(`${where} there is no`);
        expect(stderr).toMatch(says);
        expect(status).toBe(2);
        expect(stdout).toBe('');
      }
    },
  );

  it('one call at the terminal keeps to them as well', async () => {
    const args = ['call', 'unlock_user_account', 'user_identifier=maya.lindqvist@larkspur.example', '--sandbox'];
    const { status, stderr, stdout } = await runCastellan([...args, '--read-only']);
    expect(stderr + stdout).toMatch(/only reading is allowed/);
    expect(status).toBe(1);
  });
});

describe('narrowing by headers', () => {
  let open: TestServer;
  let limited: TestServer;
  const clients: Client[] = [];

  beforeAll(async () => {
    const tenants = { okta: { users: 20 } };
    open = await openTestServer({ tenants });
    limited = await openTestServer({
      tenants,
      parts: { tools: { toolsets: ['okta.users'], excludeTools: ['delete_okta_user'], readOnly: true } },
    });
  });
  afterAll(async () => {
    await Promise.all(clients.map((client) => client.close()));
    await open?.close();
    await limited?.close();
  });

  async function connect(server: TestServer, era: Era, headers: Record<string, string>): Promise<Client> {
    const mode = era === '2025-11-25' ? 'legacy' : { pin: era };
    const client = new Client({ name: 'castellan-test', version: '0.0.0' }, { versionNegotiation: { mode } });
    clients.push(client);
    await client.connect(new StreamableHTTPClientTransport(new URL(server.url), { requestInit: { headers } }));
    return client;
  }

  const narrowings: readonly (readonly [Record<string, string>, readonly AnyTool[], string, RegExp])[] = [
    [{ 'X-MCP-Toolsets': 'okta.users' }, users, 'list_okta_groups', /not among the tools[\s\S]*request’s own headers/],
    [
      { 'X-MCP-Tools': 'get_okta_user, unlock_user_account' },
      users.filter(({ name }) => name === 'get_okta_user' || name === 'unlock_okta_user'),
      'get_okta_group',
      /not among the tools[\s\S]*request’s own headers/,
    ],
    [
      { 'x-mcp-exclude-tools': 'get_user_details' },
      without(all, 'get_okta_user'),
      'get_okta_user',
      /get_okta_user is excluded/,
    ],
    [{ 'X-MCP-Readonly': 'TRUE' }, reading, 'unlock_user_account', /only reading is allowed/],
    [
      { 'X-MCP-Toolsets': 'okta.users', 'X-MCP-Readonly': '1', 'X-MCP-Exclude-Tools': 'list_okta_users' },
      without(
        users.filter(({ access }) => access === 'read'),
        'list_okta_users',
      ),
      'list_okta_users',
      /list_okta_users is excluded/,
    ],
    [{ 'X-MCP-Readonly': 'false' }, all, '', /./],
    [{ 'X-MCP-Toolsets': ',' }, [], 'get_current_time', /not among the tools/],
  ];

  it.each(eras.flatMap((era) => narrowings.map((narrowing) => [era, ...narrowing] as const)))(
    'MCP %s, %j',
    async (era, headers, shown, hidden, says) => {
      const client = await connect(open, era, headers);
      expect(await listed(client)).toEqual(namesOf(shown));
      if (hidden !== '') await expectRefused(client, hidden, {}, says);
      const asked = open.organization.asked.length;
      if (hidden === '') return;
      // The long way through the SDK as well as the short one: a progress token is not for the short one.
      const progress = await client.callTool({ name: hidden, arguments: {} }, { onprogress: () => {} });
      expect(progress.isError).toBe(true);
      expect(open.organization.asked).toHaveLength(asked);
    },
  );

  it.each(eras)('MCP %s: widens nothing that the operator limits', async (era) => {
    const mine = without(
      users.filter(({ access }) => access === 'read'),
      'delete_okta_user',
    );
    for (const [headers, shown] of [
      [{ 'X-MCP-Toolsets': 'all', 'X-MCP-Readonly': 'false' }, mine],
      [{ 'X-MCP-Tools': 'list_okta_groups,delete_okta_user,unlock_okta_user,get_okta_user' }, [mine[1]]],
      [{ 'X-MCP-Toolsets': 'okta.groups' }, []],
    ] as const) {
      const client = await connect(limited, era, headers);
      const names = shown.flatMap((tool) => tool ?? []);
      expect(await listed(client)).toEqual(headers['X-MCP-Tools' as never] ? ['get_okta_user'] : namesOf(names));
      await expectRefused(client, 'unlock_user_account', maya, /only reading is allowed/);
      await expectRefused(client, 'delete_okta_user', maya, /delete_okta_user is excluded/);
      await expectRefused(client, 'list_okta_groups', {}, /not among the tools[\s\S]*operator of this server decides/);
    }
    expect(limited.organization.asked).toEqual([]);
  });

  async function post(body: unknown, headers: Record<string, string>, server = open): Promise<Response> {
    return fetch(server.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers },
      body: JSON.stringify(body),
    });
  }

  const modern = {
    jsonrpc: '2.0',
    id: 1,
    method: 'tools/list',
    params: {
      _meta: {
        'io.modelcontextprotocol/protocolVersion': '2026-07-28',
        'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
        'io.modelcontextprotocol/clientCapabilities': {},
      },
    },
  };
  const modernHeaders = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/list' };
  const initialize = {
    jsonrpc: '2.0',
    id: 1,
    method: 'initialize',
    params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1' } },
  };

  async function toolsIn(response: Response): Promise<string[]> {
    const text = await response.text();
    const json = /^data: (\{.*\})$/m.exec(text)?.[1] ?? text;
    return (JSON.parse(json) as { result: { tools: AnyTool[] } }).result.tools.map(({ name }) => name).sort();
  }

  it('a session’s later requests narrow by their own headers', async () => {
    const begun = await post(initialize, { 'x-mcp-toolsets': 'okta.users' });
    const session = {
      'mcp-session-id': begun.headers.get('mcp-session-id') ?? '',
      'mcp-protocol-version': '2025-11-25',
    };
    expect(session['mcp-session-id']).not.toBe('');
    await post({ jsonrpc: '2.0', method: 'notifications/initialized' }, session);
    const list = { jsonrpc: '2.0', id: 2, method: 'tools/list' };
    const ask = (headers: Record<string, string>) => post(list, { ...session, ...headers });
    expect(await toolsIn(await ask({ 'x-mcp-toolsets': 'okta.users', 'x-mcp-readonly': 'true' }))).toEqual(
      namesOf(users.filter(({ access }) => access === 'read')),
    );
    expect(await toolsIn(await ask({ 'x-mcp-toolsets': 'okta.groups' }))).toEqual(namesOf(okta.toolsets.groups ?? []));
    const wrong = await ask({ 'x-mcp-toolsets': 'okta.grups' });
    expect([wrong.status, await wrong.text()]).toEqual([400, expect.stringContaining('okta.groups')]);
    // What was refused ends no session.
    expect((await ask({})).status).toBe(200);
  });

  it.each([
    [{ 'x-mcp-toolsets': 'okta.users,okta.grups' }, /x-mcp-toolsets.*okta\.grups.*Did you mean okta\.groups\?/],
    [{ 'x-mcp-tools': 'get_okta_usr' }, /x-mcp-tools.*get_okta_usr.*Did you mean get_okta_user\?/],
    [{ 'x-mcp-exclude-tools': 'delete_user' }, /x-mcp-exclude-tools.*delete_user/],
    [{ 'x-mcp-readonly': 'yes please' }, /x-mcp-readonly.*yes please.*true or false/],
    [{ 'x-mcp-tools': '__proto__' }, /x-mcp-tools.*__proto__/],
    [{ 'x-mcp-toolsets': 'constructor' }, /x-mcp-toolsets.*constructor/],
  ])('%j is answered 400 and says which, in both eras and for all methods', async (headers, says) => {
    for (const answer of [
      await post(modern, { ...modernHeaders, ...headers }),
      await post(initialize, headers),
      await fetch(open.url, { headers: { accept: 'text/event-stream', ...headers } }),
    ]) {
      expect(answer.status).toBe(400);
      expect(((await answer.json()) as { error: { message: string } }).error.message).toMatch(says);
      expect(answer.headers.get('mcp-session-id')).toBeNull();
    }
  });

  it('several lines of one header are one list', async () => {
    const headers = new Headers({
      ...modernHeaders,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
    });
    headers.append('x-mcp-tools', 'get_okta_user');
    headers.append('x-mcp-tools', 'get_okta_group');
    const answer = await fetch(open.url, { method: 'POST', headers, body: JSON.stringify(modern) });
    expect(await toolsIn(answer)).toEqual(['get_okta_group', 'get_okta_user']);
  });

  it('what reads by a tool that is left out is neither offered nor read', async () => {
    const client = await connect(open, '2026-07-28', { 'X-MCP-Toolsets': 'okta.groups' });
    const { resourceTemplates } = await client.listResourceTemplates();
    const uris = resourceTemplates.map(({ uriTemplate }) => uriTemplate);
    expect(uris).toContain('okta://groups/{id}');
    expect(uris).not.toContain('okta://users/{id}');
    const asked = open.organization.asked.length;
    await expect(client.readResource({ uri: `okta://users/${maya.user_id}` })).rejects.toThrow(
      /get_okta_user is not among the tools/,
    );
    const ref = { type: 'ref/resource' as const, uri: 'okta://users/{id}' };
    const { completion } = await client.complete({ ref, argument: { name: 'id', value: 'ma' } });
    expect(completion.values).toEqual([]);
    expect(open.organization.asked).toHaveLength(asked);
  });
});

describe.each([
  ['readOnly', { readOnly: true }, /its setting readOnly says so/],
  ['production', { production: true }, /it is marked production, and readOnly was not set to false/],
  ['production that is read-only all the same', { production: true, readOnly: true }, /its setting readOnly says so/],
] as const)('a tenant that is %s', (_what, tenantSettings, why) => {
  let server: TestServer;

  beforeAll(async () => {
    server = await openTestServer({ tenants: { okta: { users: 20 } }, tenantSettings });
  });
  afterAll(() => server?.close());

  it.each(eras)('offers no change, and refuses each with the reason, MCP %s', async (era) => {
    const client = await server.connect(era, 'http', () => 'yes');
    expect(await listed(client)).toEqual(namesOf(reading));
    const writing = all.filter(({ access }) => access !== 'read');
    for (const name of writing.flatMap(({ name, aliases }) => [name, ...Object.keys(aliases ?? {})])) {
      await expectRefused(client, name, { ...maya, dryRun: true }, why);
      await expectRefused(client, name, maya, why);
    }
    expect(server.organization.asked).toEqual([]);
  });
});

it('production that is opened with readOnly false can be changed', async () => {
  const server = await openTestServer({
    tenants: { okta: { users: 20 } },
    tenantSettings: { production: true, readOnly: false },
  });
  const client = await server.connect('2026-07-28', 'http', () => 'yes');
  expect(await listed(client)).toEqual(namesOf(all));
  const done = await call(client, 'unlock_okta_user', maya);
  expect(done.value.done, done.text).toBe(true);
  await server.close();
});

describe('several tenants of which one is read-only', () => {
  let server: TestServer;

  beforeAll(async () => {
    server = await openTestServer({
      tenants: { live: { seed: 2, users: 20, token: '00live' }, trial: { seed: 3, users: 20, token: '00trial' } },
      settingsOf: { live: { production: true } },
    });
  });
  afterAll(() => server?.close());

  it.each(eras)(
    'changes are offered for the other one alone, and refused for it with the reason, MCP %s',
    async (era) => {
      server.organizations.trial?.sandbox.okta.reset();
      const client = await server.connect(era, 'http', () => 'yes');
      const { tools } = await client.listTools();
      expect(tools.map(({ name }) => name).sort()).toEqual(namesOf(all));
      for (const { name, inputSchema } of tools) {
        const tool = all.find((each) => each.name === name);
        if (tool?.local) continue;
        const { tenant } = inputSchema.properties as { tenant: { enum: string[] } };
        expect(tenant.enum, name).toEqual(tool?.access === 'read' ? ['live', 'trial'] : ['trial']);
      }
      await expectRefused(
        client,
        'unlock_user_account',
        { ...maya, tenant: 'live' },
        /live is read-only: it is marked production/,
      );
      await expectRefused(client, 'suspend_okta_user', { ...maya, tenant: 'live', dryRun: true }, /live is read-only/);
      expect(server.organizations.live?.asked).toEqual([]);
      const done = await call(client, 'unlock_user_account', { user_identifier: maya.user_id, tenant: 'trial' });
      expect(done.value.done, done.text).toBe(true);
    },
  );
});

describe('scopes that the credential lacks', () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const scopes = ['okta.users.manage', 'okta.groups.read', 'okta.logs.read'];
  let bench: Bench;

  beforeAll(async () => {
    bench = await openBench({ oauth: { serviceKey: publicKey.export({ format: 'jwk' }) } });
  });
  beforeEach(() => {
    bench.seen.length = 0;
    bench.sandbox.okta.oauth.setScopes(scopes);
  });
  afterAll(() => bench?.close());

  const open = (asked: readonly string[]) =>
    bench.open({
      OKTA_CLIENT_ID: bench.sandbox.okta.oauth.serviceClientId,
      OKTA_PRIVATE_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      OKTA_SCOPES: asked.join(' '),
    });

  const granted = new Set([...scopes, 'okta.users.read']);
  const usable = all.filter((tool) => tool.scopes.every((scope) => granted.has(scope)));

  it('hide the tools that need them from the first list on; manage does where read is wanted', async () => {
    const { client } = await open([...scopes, 'okta.apps.manage']);
    expect(await listed(client)).toEqual(namesOf(usable));
    expect(namesOf(usable)).toEqual(expect.arrayContaining(['get_okta_user', 'suspend_okta_user', 'list_okta_groups']));
    expect(usable.length).toBeLessThan(all.length);
  });

  it('are named when such a tool is called all the same, by any of its names, and nothing is asked', async () => {
    const { client, call: ask } = await open([...scopes, 'okta.apps.manage']);
    await listed(client);
    bench.seen.length = 0;
    const rest = all.filter((tool) => !usable.includes(tool));
    for (const { name, aliases, scopes: needed } of rest) {
      for (const each of [name, ...Object.keys(aliases ?? {})]) {
        const { failed, code, text } = await ask(each, maya);
        const lacking = needed.filter((scope) => !granted.has(scope));
        expect([each, failed, code]).toEqual([each, true, 'missing_scope']);
        for (const scope of lacking) expect(text, each).toContain(scope);
        expect(text).toMatch(/[Gg]rant/);
      }
    }
    expect(bench.seen).toEqual([]);
  });

  it('and are narrowed by headers further, never less', async () => {
    const { app } = await open(scopes);
    await app.gate.learn();
    const header = (name: string) => (name === 'x-mcp-tools' ? 'list_okta_applications,get_okta_user' : undefined);
    const narrowing = app.gate.narrow(header, { id: 'local' });
    if (!('key' in narrowing)) throw new Error('the names exist');
    expect(app.gate.list(narrowing).map(({ name }) => name)).toEqual(['get_okta_user']);
  });
});
