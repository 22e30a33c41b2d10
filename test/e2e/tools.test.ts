// The tools through every door: what is listed, and that each answers what the vendor's API says.

import type { Client, Tool } from '@modelcontextprotocol/client';
import type { AnySchema } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, call, idsOf, rowsOf } from '../support/answers.ts';
import { type Case, cases, type Facts, readFacts } from '../support/cases.ts';
import type { Entity } from '../support/organization.ts';
import { doors, openTestServer, type TestServer } from '../support/server.ts';

/** Those that read, by their exact names: assistants and their instructions know them. */
const names = [
  'list_okta_users',
  'get_okta_user',
  'list_okta_user_groups',
  'list_okta_user_applications',
  'list_okta_user_factors',
  'list_okta_groups',
  'get_okta_group',
  'list_okta_group_members',
  'list_okta_assigned_applications_for_group',
  'list_okta_applications',
  'get_okta_application',
  'list_okta_application_users',
  'list_okta_application_group_assignments',
  'get_okta_application_user',
  'get_okta_application_group',
  'list_okta_policies',
  'get_okta_policy',
  'list_okta_policy_rules',
  'get_okta_policy_rule',
  'list_okta_network_zones',
  'get_okta_network_zone',
  'get_okta_event_logs',
  'list_okta_user_roles',
  'list_okta_group_roles',
  'list_okta_administrators',
  'list_okta_user_grants',
  'list_okta_user_clients',
  'list_okta_user_devices',
  'list_okta_devices',
  'list_okta_authorization_servers',
  'get_okta_authorization_server',
  'list_okta_authorization_server_scopes',
  'list_okta_authorization_server_claims',
  'list_okta_authorization_server_policies',
  'get_okta_organization',
  'get_okta_scope_status',
  'list_okta_event_types',
  'list_okta_group_rules',
  'get_okta_group_rule',
  'get_current_time',
  'parse_relative_time',
];

type Input = Readonly<Record<string, unknown>>;

/** Names of other servers, with their own parameters, and the call that each stands for. */
const aliases: readonly (readonly [string, (facts: Facts) => Input, string, (facts: Facts) => Input])[] = [
  ['get_scope_status', () => ({}), 'get_okta_scope_status', () => ({})],
  ['get_user_details', (f) => ({ user_identifier: f.login }), 'get_okta_user', (f) => ({ user_id: f.login })],
  [
    'list_okta_group_users',
    (f) => ({ group_id: f.group.id }),
    'list_okta_group_members',
    (f) => ({ group_id: f.group.id }),
  ],
  [
    'list_okta_application_groups',
    (f) => ({ app_id: f.app.id }),
    'list_okta_application_group_assignments',
    (f) => ({ app_id: f.app.id }),
  ],
  [
    'list_applications',
    () => ({ limit: 3, filter_expr: 'status eq "ACTIVE"' }),
    'list_okta_applications',
    () => ({ limit: 3, filter: 'status eq "ACTIVE"' }),
  ],
  [
    'get_application_details',
    (f) => ({ app_identifier: f.app.id }),
    'get_okta_application',
    (f) => ({ app_id: f.app.id }),
  ],
  [
    'get_user_logs',
    (f) => ({ user_identifier: f.login, since: f.since, until: f.until, limit: 5 }),
    'get_okta_event_logs',
    (f) => ({ user_id: f.login, since: f.since, until: f.until, max_results: 5 }),
  ],
  [
    'get_application_logs',
    (f) => ({ app_identifier: f.app.id, since: f.since, until: f.until, limit: 5 }),
    'get_okta_event_logs',
    (f) => ({ app_id: f.app.id, since: f.since, until: f.until, max_results: 5 }),
  ],
  [
    'search_logs',
    (f) => ({ query: 'user.session.start', since: f.since, until: f.until, limit: 5 }),
    'get_okta_event_logs',
    (f) => ({ q: 'user.session.start', since: f.since, until: f.until, max_results: 5 }),
  ],
  [
    'search_logs',
    (f) => ({ query: 'outcome.result eq "FAILURE"', since: f.since, until: f.until, limit: 5 }),
    'get_okta_event_logs',
    (f) => ({ filter_string: 'outcome.result eq "FAILURE"', since: f.since, until: f.until, max_results: 5 }),
  ],
];

let server: TestServer;
let facts: Facts;
const ajv = new Ajv2020({ strict: false });

beforeAll(async () => {
  server = await openTestServer();
  facts = await readFacts(server.organization);
});

afterAll(() => server.close());

describe.each(doors)('over $door, MCP $era', ({ door, era }) => {
  let client: Client;
  let tools: readonly Tool[];
  let reading: readonly Tool[];

  beforeAll(async () => {
    client = await server.connect(era, door);
    tools = (await client.listTools()).tools;
    reading = tools.filter(({ annotations }) => annotations?.readOnlyHint);
  });

  it('speaks the protocol revision that was asked for', () => {
    expect(client.getNegotiatedProtocolVersion()).toBe(era);
    expect(client.getInstructions()).toContain('Okta');
  });

  it('lists the tools by their exact names and no alias, each time in the same order', async () => {
    expect(reading.map(({ name }) => name).toSorted()).toEqual(names.toSorted());
    for (const { name } of tools) expect(aliases.map(([alias]) => alias)).not.toContain(name);
    for (let again = 0; again < 3; again++) {
      expect((await client.listTools(undefined, { cacheMode: 'bypass' })).tools).toEqual(tools);
    }
  });

  it('says of each tool what it does and takes, and whether it only reads', () => {
    for (const tool of tools) {
      expect(tool.title, tool.name).toMatch(/\S/);
      expect(tool.description, tool.name).toMatch(/\S/);
      expect(tool.description?.length, tool.name).toBeLessThanOrEqual(300);
      expect(tool.inputSchema, tool.name).toMatchObject({ type: 'object', additionalProperties: false });
      expect(tool.outputSchema, tool.name).toMatchObject({ type: 'object' });
      const reads = names.includes(tool.name);
      expect(tool.annotations?.readOnlyHint, tool.name).toBe(reads);
      if (reads) expect(tool.annotations, tool.name).toMatchObject({ destructiveHint: false, idempotentHint: true });
      for (const schema of [tool.inputSchema, tool.outputSchema ?? {}])
        expect(() => ajv.compile(schema as AnySchema), tool.name).not.toThrow();
    }
  });

  it.each(cases)('$tool answers what the API says, as its schema has it', async (one) => {
    const answer = await ask(client, one.tool, one.input(facts));
    const schema = tools.find(({ name }) => name === one.tool)?.outputSchema ?? {};
    expect(ajv.validate(schema as AnySchema, answer.value), ajv.errorsText()).toBe(true);
    expect(answer.text.length).toBeLessThan(JSON.stringify(answer.value).length);
    expect(answer.text).not.toMatch(/undefined|\[object/);
    if (one.path) await compare(one, answer.value, one.path(facts));
  });

  it.each(aliases)('%s is understood with its own parameters', async (alias, given, tool, meant) => {
    const [answer, same] = await Promise.all([ask(client, alias, given(facts)), ask(client, tool, meant(facts))]);
    expect(answer.value).toEqual(same.value);
    expect(JSON.stringify(answer.value).length).toBeGreaterThan(50);
  });

  it('names the groups that give an application', async () => {
    const answer = await ask(client, 'list_okta_application_group_assignments', { app_id: facts.app.id });
    for (const { id, name } of rowsOf(answer, 'groups')) {
      const group = await server.organization.read<Entity>(`/api/v1/groups/${id}`);
      expect(name).toBe((group.profile as { name: string }).name);
    }
  });

  it('tells the time', async () => {
    const { value } = await ask(client, 'get_current_time', { buffer_hours: -2, time_zone: 'Europe/Amsterdam' });
    expect(Math.abs(Date.parse(String(value.time)) - (Date.now() - 7_200_000))).toBeLessThan(60_000);
    const { value: parsed } = await ask(client, 'parse_relative_time', {
      time_expression: '2026-03-01T10:00:00+01:00',
    });
    expect(parsed.time).toBe('2026-03-01T09:00:00.000Z');
    const puzzled = await call(client, 'parse_relative_time', { time_expression: 'when pigs fly' });
    expect(puzzled.isError).toBe(true);
    expect(puzzled.text).toMatch(/not understood.*pigs/i);
  });

  it('refuses a tool that does not exist as a protocol error, with the nearest that does', async () => {
    await expect(client.callTool({ name: 'list_okta_user', arguments: {} })).rejects.toThrow(/list_okta_users/);
    await expect(client.callTool({ name: '__proto__', arguments: {} })).rejects.toThrow(/no tool/);
  });
});

async function compare(one: Case, value: Readonly<Record<string, unknown>>, path: string): Promise<void> {
  expect(server.organization.asked).toContain(path);
  if (one.list === undefined) {
    const entity = await server.organization.read<Entity>(path);
    expect(value.id).toBe(entity.id);
    expect(value).toMatchObject(namesOf(entity));
    return;
  }
  const entities = await server.organization.read(path);
  const rows = rowsOf({ value } as Parameters<typeof rowsOf>[0], one.list);
  expect(rows.map((row) => row[one.key ?? 'id'])).toEqual(entities.map((entity) => at(entity, one.vendorKey ?? 'id')));
  expect(rows.length).toBeGreaterThan(0);
  if (one.vendorKey === undefined) expect(idsOf(rows)).toEqual(idsOf(entities));
  for (const [place, row] of rows.entries()) expect(row).toMatchObject(namesOf(entities[place]));
}

function at(entity: unknown, path: string): unknown {
  return path.split('.').reduce((inner, name) => (inner as Record<string, unknown> | undefined)?.[name], entity);
}

/** What a view must say as the vendor's object says it. */
function namesOf(entity: Entity | undefined): Record<string, unknown> {
  const profile = (entity?.profile ?? {}) as Record<string, unknown>;
  const embedded = entity?._embedded as { group?: { profile?: { name?: string } } } | undefined;
  const given = {
    status: entity?.status,
    login: profile.login,
    label: entity?.label,
    name:
      embedded?.group?.profile?.name ??
      (typeof profile.login === 'string' ? undefined : (profile.name ?? entity?.name)),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}
