// Hostile arguments through every door: each ends in a clear error, tells nothing of the inside, and asks the platform for
// nothing but the entity that the tool is about.

import type { Client, Tool } from '@modelcontextprotocol/client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, ask, call, rowsOf } from '../support/answers.ts';
import { cases, type Facts, readFacts } from '../support/cases.ts';
import { doors, openTestServer, type TestServer } from '../support/server.ts';

const token = '00canary-7f3a1c9e5b-never-to-be-seen';
/** What no answer and no line of the log may hold. */
const inside = [token, 'SSWS ', '/src/', '.ts:', '.mjs:', 'node_modules', 'node:internal'];

/** No id of anything, whatever the platform. */
const noIds = [
  '../users',
  '..',
  '.',
  '%2e%2e',
  '%2E.',
  '%00',
  '..%2fusers',
  'a/b',
  'a\\b',
  '/etc/passwd',
  '\0',
  'a\nb',
  '\ud800',
  'x\udfff',
];
/** Could be part of a login, so the platform may be asked; never another address. */
const oddIds = [
  'a?b=c',
  '#',
  'a#b',
  '..;users',
  '100%',
  'ａ',
  '👾',
  'nobody@example.com',
  "' or 1=1 --",
  '" or status pr or "',
];
const wrongTypes: readonly unknown[] = [
  7,
  true,
  {},
  [],
  ['a'],
  { toString: 'a' },
  1e308,
  -1,
  Number.MAX_SAFE_INTEGER + 2,
];
const brokenExpressions = [
  'status',
  'status eq',
  'status eq "ACTIVE',
  'status eq "ACTIVE")',
  '((status eq "ACTIVE"',
  'status eq "ACTIVE" and',
  'eq eq eq',
  'status zz "ACTIVE"',
  'status eq \ud800',
  `status eq "${'x'.repeat(5_000)}"`,
  '('.repeat(3_000),
  '__proto__ eq "x"',
  'constructor.constructor pr',
];

let server: TestServer;
let facts: Facts;

beforeAll(async () => {
  server = await openTestServer({ tenants: { okta: { token } } });
  facts = await readFacts(server.organization);
});

afterAll(async () => {
  const log = server.log();
  expect(server.statuses.filter((status) => status >= 500)).toEqual([]);
  expect(log).toContain('list_okta_users');
  for (const secret of [token, 'SSWS ']) expect(log).not.toContain(secret);
  expect(log).not.toContain('tool call broke');
  await server.close();
});

describe.each(doors)('over $door, MCP $era', ({ door, era }) => {
  let client: Client;
  let tools: readonly Tool[];

  beforeAll(async () => {
    client = await server.connect(era, door);
    tools = (await client.listTools()).tools;
  });

  // Whatever was sent: the next call is answered.
  afterEach(async () => {
    await ask(client, 'list_okta_users', { max_results: 1 });
  });

  async function refuse(tool: string, input: Readonly<Record<string, unknown>>, parameter: string): Promise<void> {
    const before = server.organization.asked.length;
    const answer = await call(client, tool, input);
    expectClear(answer);
    expect(answer.isError, `${tool} ${JSON.stringify(input).slice(0, 200)}: ${answer.text}`).toBe(true);
    expect(answer.text).toContain(parameter);
    expect(server.organization.asked.slice(before)).toEqual([]);
  }

  it.each(cases)('$tool refuses every wrong type, by the name of the parameter', async (one) => {
    const { properties = {} } = tools.find(({ name }) => name === one.tool)?.inputSchema ?? {};
    for (const [parameter, schema] of Object.entries(properties)) {
      const kind = (schema as { type?: string }).type;
      for (const wrong of wrongTypes) {
        if (
          typeof wrong === kind ||
          (kind === 'integer' && (wrong === 7 || (wrong === -1 && parameter === 'buffer_hours')))
        )
          continue;
        await refuse(one.tool, { ...one.input(facts), [parameter]: wrong }, parameter);
      }
      if (kind === 'integer') {
        for (const wrong of [1.5, 1e308, '10; drop', 9_999_999])
          await refuse(one.tool, { ...one.input(facts), [parameter]: wrong }, parameter);
      }
    }
  });

  it.each(cases)('$tool refuses a parameter that it does not have', async (one) => {
    for (const parameter of ['users', 'constructor', 'toString', 'hasOwnProperty', 'prototype', 'x'.repeat(10_000)]) {
      await refuse(one.tool, { ...one.input(facts), [parameter]: { polluted: true } }, parameter.slice(0, 40));
    }
    const pollution = JSON.parse('{"__proto__":{"view":"full","polluted":true}}') as Record<string, unknown>;
    const input = Object.defineProperty({ ...one.input(facts) }, '__proto__', {
      ...Object.getOwnPropertyDescriptor(pollution, '__proto__'),
      enumerable: true,
    });
    const answer = await call(client, one.tool, input);
    expectClear(answer);
    // Refused or without any effect.
    if (!answer.isError && one.path) expect(answer.text).toBe((await call(client, one.tool, one.input(facts))).text);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  const withIds = cases.flatMap((one) => {
    const ids = ['user_id', 'group_id', 'app_id', 'policy_id', 'rule_id'];
    return ids.map((parameter) => ({ ...one, parameter }));
  });

  it('no id leads to another address', async () => {
    for (const one of withIds) {
      const input = one.input(facts);
      if (!(one.parameter in input)) continue;
      const value = String(input[one.parameter]);
      for (const id of [...noIds, 'x'.repeat(10_000)])
        await refuse(one.tool, { ...input, [one.parameter]: id }, one.parameter);
      for (const id of oddIds) {
        const before = server.organization.asked.length;
        const answer = await call(client, one.tool, { ...input, [one.parameter]: id });
        expectClear(answer);
        expect(answer.isError, `${one.tool} ${id}: ${answer.text}`).toBe(true);
        // What was asked, with the odd id in the very place of the right one; an apostrophe is escaped, too.
        const meant = one.path?.(facts).replace(value, encodeURIComponent(id).replaceAll("'", '%27'));
        for (const path of server.organization.asked.slice(before))
          expect(path.split('?')[0]).toBe(meant?.split('?')[0]);
      }
    }
  });

  it('an id in a log filter stays a value', async () => {
    const window = { since: facts.since, until: facts.until };
    for (const id of [...oddIds, ...noIds, '\\', '\\"', '") or (actor.id pr']) {
      for (const parameter of ['user_id', 'app_id']) {
        const answer = await call(client, 'get_okta_event_logs', { ...window, [parameter]: id });
        expectClear(answer);
        if (!answer.isError) expect(rowsOf(answer, 'events'), `${parameter} ${id}`).toEqual([]);
      }
    }
    for (const type of ['a b', 'user" or actor.id pr or eventType eq "', '*', '..']) {
      await refuse('get_okta_event_logs', { ...window, event_type: type }, 'event_type');
    }
  });

  it('an expression that Okta would refuse is refused before the call, with where it is wrong', async () => {
    const expressions = [
      ['list_okta_users', 'search'],
      ['list_okta_users', 'filter_type'],
      ['list_okta_groups', 'search'],
      ['list_okta_groups', 'filter_type'],
      ['list_okta_applications', 'filter'],
      ['list_okta_network_zones', 'filter_type'],
      ['get_okta_event_logs', 'filter_string'],
    ] as const;
    for (const [tool, parameter] of expressions) {
      for (const expression of brokenExpressions) await refuse(tool, { [parameter]: expression }, parameter);
    }
    await refuse('list_okta_users', { search: 'status eq "ACTIVE"', query: 'a' }, 'query');
    await refuse('list_okta_applications', { expand: 'user/../../logs' }, 'expand');
    await refuse('list_okta_users', { search: 'status pr', sort_by: 'created&after=x' }, 'sort_by');
  });

  it('words that are no time are refused, with which of the two', async () => {
    for (const words of ['when pigs fly', '\ud800', '2026-13-45', 'x'.repeat(10_000), '-'.repeat(200)]) {
      await refuse(
        'parse_relative_time',
        { time_expression: words },
        words.length > 200 ? 'time_expression' : '2 hours ago',
      );
      await refuse('get_okta_event_logs', { since: words }, 'since');
      await refuse('get_okta_event_logs', { since: '2 days ago', until: words }, 'until');
    }
    await refuse('get_okta_event_logs', { since: 'now', until: '2 days ago' }, 'since');
    await refuse('get_current_time', { time_zone: '../../etc/localtime' }, 'etc/localtime');
  });

  it('a cursor that we did not give is refused', async () => {
    for (const cursor of [
      'x',
      '0.abcdef.',
      '../..',
      '9'.repeat(5_000),
      '\ud800',
      '0.WTVMNi.after=x&search=status pr',
    ]) {
      await refuse('list_okta_users', { cursor, search: 'status pr' }, 'cursor');
    }
  });

  it('arguments that are no object, and tools without a name, end in a protocol error', async () => {
    for (const params of [
      { name: 'list_okta_users', arguments: 'all' },
      { name: 'list_okta_users', arguments: [1] },
      { name: 7 },
      {},
    ]) {
      const failure = await client.request({ method: 'tools/call', params: params as { name: string } }).then(
        () => undefined,
        (error: unknown) => error,
      );
      expect(failure, JSON.stringify(params)).toBeInstanceOf(Error);
      for (const part of inside) expect(String(failure)).not.toContain(part);
    }
    await expect(client.callTool({ name: '../list_okta_users', arguments: {} })).rejects.toThrow(/no tool/);
  });
});

/** Nothing of the inside, whatever the answer is. */
function expectClear({ text, result }: Answer): void {
  const all = JSON.stringify(result);
  for (const part of inside) expect(all).not.toContain(part);
  expect(text).not.toMatch(/\n\s+at |Error:|undefined|\[object|failed to carry out/);
  expect(text.length).toBeGreaterThan(0);
}
