// Lists through every door: never a page passed off as the whole, each entity exactly once, secrets never.

import type { Client } from '@modelcontextprotocol/client';
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, ask, askAll, call, idsOf, rowsOf } from '../support/answers.ts';
import { type Facts, readFacts } from '../support/cases.ts';
import { doors, openTestServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let facts: Facts;

beforeAll(async () => {
  server = await openTestServer({ tenants: { okta: { users: 600 } } });
  facts = await readFacts(server.organization);
});

afterAll(() => server.close());

interface Listing {
  readonly tool: string;
  readonly list: string;
  readonly input: (facts: Facts) => Readonly<Record<string, unknown>>;
  /** The whole list, as the vendor's API gives it. */
  readonly path: (facts: Facts) => string;
  readonly vendorKey?: string;
  /** Entities in one answer, where not the default. */
  readonly max?: number;
}

const logs = (sort: string): Listing => ({
  tool: 'get_okta_event_logs',
  list: 'events',
  input: ({ since, until }) => ({ since, until, sort_order: sort, max_results: 700 }),
  path: ({ since, until }) => `/api/v1/logs?since=${since}&until=${until}&sortOrder=${sort}&limit=1000`,
  vendorKey: 'uuid',
  max: 700,
});

const listings: readonly Listing[] = [
  { tool: 'list_okta_users', list: 'users', input: () => ({}), path: () => '/api/v1/users?limit=200' },
  {
    tool: 'list_okta_users',
    list: 'users',
    input: () => ({ search: 'status eq "ACTIVE"', sort_by: 'profile.lastName', sort_order: 'asc' }),
    path: () => '/api/v1/users?search=status+eq+%22ACTIVE%22&sortBy=profile.lastName&sortOrder=asc&limit=200',
  },
  {
    tool: 'list_okta_groups',
    list: 'groups',
    input: () => ({ max_results: 7 }),
    path: () => '/api/v1/groups?limit=200',
    max: 7,
  },
  {
    tool: 'list_okta_group_members',
    list: 'users',
    input: ({ group }) => ({ group_id: group.id }),
    path: ({ group }) => `/api/v1/groups/${group.id}/users?limit=200`,
  },
  {
    tool: 'list_okta_applications',
    list: 'applications',
    input: () => ({ limit: 6, include_non_deleted: true }),
    path: () => '/api/v1/apps?includeNonDeleted=true&limit=200',
    max: 6,
  },
  {
    tool: 'list_okta_application_users',
    list: 'users',
    input: ({ app }) => ({ app_id: app.id, max_results: 9 }),
    path: ({ app }) => `/api/v1/apps/${app.id}/users?limit=500`,
    max: 9,
  },
  {
    // Okta gives no less than twenty of these at once, so fewer are a part of a page.
    tool: 'list_okta_application_group_assignments',
    list: 'groups',
    input: ({ app }) => ({ app_id: app.id, max_results: 1 }),
    path: ({ app }) => `/api/v1/apps/${app.id}/groups?limit=200`,
    max: 1,
  },
  {
    // Not paged by Okta at all.
    tool: 'list_okta_user_groups',
    list: 'groups',
    input: ({ user }) => ({ user_id: user.id, max_results: 2 }),
    path: ({ user }) => `/api/v1/users/${user.id}/groups`,
    max: 2,
  },
  logs('DESCENDING'),
  logs('ASCENDING'),
];

describe.each(doors)('over $door, MCP $era', ({ door, era }) => {
  let client: Client;

  beforeAll(async () => {
    client = await server.connect(era, door);
  });

  it.each(listings)('$tool goes on to its end and gives each entity exactly once', async (listing) => {
    const { tool, list, max = 100 } = listing;
    const entities = await server.organization.readAll(listing.path(facts));
    const cursorName = tool === 'list_okta_applications' ? 'after' : 'cursor';
    const answers = await askAll(client, tool, listing.input(facts), cursorName);
    const ids = answers.flatMap((answer) => idsOf(rowsOf(answer, list)));
    expect(ids).toEqual(entities.map((entity) => entity[listing.vendorKey ?? 'id']));
    expect(new Set(ids).size).toBe(ids.length);
    expect(answers.length).toBeGreaterThan(1);
    for (const [place, answer] of answers.entries()) {
      const last = place === answers.length - 1;
      expect(rowsOf(answer, list).length).toBeLessThanOrEqual(max);
      expect(answer.value.complete).toBe(last);
      expect(typeof answer.value.next_cursor).toBe(last ? 'undefined' : 'string');
      if (!last)
        expect(answer.text).toContain(`More: call again with ${cursorName} ${String(answer.value.next_cursor)}`);
      expect(answer.text.includes('not all')).toBe(!last);
    }
  });

  it('a cursor of another list is refused, with what to do', async () => {
    const { value } = await ask(client, 'list_okta_users', { max_results: 5 });
    const others = [
      ['list_okta_users', { cursor: value.next_cursor, search: 'status eq "ACTIVE"' }],
      ['list_okta_users', { cursor: value.next_cursor, query: 'a' }],
      ['list_okta_groups', { cursor: value.next_cursor }],
      ['list_okta_group_members', { cursor: value.next_cursor, group_id: facts.group.id }],
      ['get_okta_event_logs', { cursor: value.next_cursor }],
    ] as const;
    for (const [tool, input] of others) {
      const answer = await call(client, tool, input);
      expect(answer.isError, tool).toBe(true);
      expect(answer.text).toMatch(/cursor belongs to a list with other parameters[\s\S]*leave the cursor out/);
    }
    // A page may be larger or smaller than the one before.
    const next = await ask(client, 'list_okta_users', { cursor: value.next_cursor, max_results: 3 });
    expect(rowsOf(next, 'users')).toHaveLength(3);
  });

  it('450 users take several pages in one call, and progress is told', async () => {
    const heard: number[] = [];
    const before = server.organization.asked.length;
    const result = await client.callTool(
      { name: 'list_okta_users', arguments: { max_results: 450 } },
      { onprogress: ({ progress, total }) => heard.push(progress, total ?? 0) },
    );
    expect((result.structuredContent as { users: unknown[] }).users).toHaveLength(450);
    expect(server.organization.asked.length - before).toBe(3);
    expect(heard).toEqual([200, 450, 400, 450]);
  });

  it('200 users as text cost less than 3,500 tokens (o200k)', async () => {
    const answer = await ask(client, 'list_okta_users', { max_results: 200 });
    expect(rowsOf(answer, 'users')).toHaveLength(200);
    expect(countTokens(answer.text)).toBeLessThan(3_500);
    for (const row of rowsOf(answer, 'users')) expect(answer.text).toContain(String(row.login));
  });

  it('view full gives the vendor’s object without its links and secrets', async () => {
    const fulls: readonly (readonly [string, Readonly<Record<string, unknown>>, string, string])[] = [
      ['get_okta_user', { user_id: facts.user.id }, '', `/api/v1/users/${facts.user.id}`],
      ['get_okta_group', { group_id: facts.group.id }, '', `/api/v1/groups/${facts.group.id}`],
      ['list_okta_users', { max_results: 20 }, 'users', '/api/v1/users?limit=20'],
      ['list_okta_applications', {}, 'applications', '/api/v1/apps?limit=100'],
      ['list_okta_network_zones', {}, 'zones', '/api/v1/zones?limit=100'],
      ['list_okta_user_factors', { user_id: facts.user.id }, 'factors', `/api/v1/users/${facts.user.id}/factors`],
      ['list_okta_policies', { type: 'PASSWORD' }, 'policies', '/api/v1/policies?type=PASSWORD'],
    ];
    for (const [tool, input, list, path] of fulls) {
      const answer = await ask(client, tool, { ...input, view: 'full' });
      const rows = list === '' ? [answer.value] : rowsOf(answer, list);
      const read = await server.organization.read<unknown>(path);
      const entities = Array.isArray(read) ? read : [read];
      expect(rows.map((row) => row.full)).toEqual(entities.map(expectedFull));
      expectNoSecret(answer);
      const summary = await ask(client, tool, input);
      expect(JSON.stringify(summary.value)).not.toContain('"full"');
      expect(summary.text.length).toBeLessThan(answer.text.length);
    }
  });
});

const secret = /^(client_secret|clientSecret|password|secret|hash|salt|answer|sharedSecret|privateKey|token)$/;

/** The vendor's object without `_links`, with the mark of removal where a secret's text stood. */
function expectedFull(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(expectedFull);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([name]) => name !== '_links');
  return Object.fromEntries(
    kept.map(([name, inner]) => [
      name,
      secret.test(name) && typeof inner === 'string' ? '[removed]' : expectedFull(inner),
    ]),
  );
}

function expectNoSecret({ result, text }: Answer): void {
  expect(text).not.toContain('_links');
  JSON.stringify(result, (name, value: unknown) => {
    if (secret.test(name) && typeof value === 'string') expect(value, name).toBe('[removed]');
    return value;
  });
}
