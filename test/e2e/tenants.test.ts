// Several organizations at once: each call names one, each answer says which, and nothing of one gets to the other.

import type { Client } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, call, idsOf, rowsOf } from '../support/answers.ts';
import { doors, openTestServer, type TestServer } from '../support/server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await openTestServer({
    tenants: { south: { seed: 2, users: 40, token: '00south' }, north: { seed: 3, users: 40, token: '00north' } },
  });
});

afterAll(() => server.close());

describe.each(doors)('over $door, MCP $era', ({ door, era }) => {
  let client: Client;

  beforeAll(async () => {
    client = await server.connect(era, door);
  });

  it('each tool takes tenant, an enum of their names, unless it asks nobody', async () => {
    const { tools } = await client.listTools();
    for (const { name, inputSchema, outputSchema } of tools) {
      const { tenant } = (inputSchema.properties ?? {}) as { tenant?: { enum?: string[] } };
      if (/time|event_types/.test(name)) expect(tenant, name).toBeUndefined();
      else {
        expect(tenant?.enum, name).toEqual(['north', 'south']);
        expect(inputSchema.required, name).toContain('tenant');
        expect(outputSchema?.properties, name).toHaveProperty('tenant');
      }
    }
    expect(client.getInstructions()).toMatch(/south.*north|north.*south/);
  });

  it('each answer says which it is about and holds its entities alone', async () => {
    for (const [name, organization] of Object.entries(server.organizations)) {
      const other = name === 'north' ? server.organizations.south : server.organizations.north;
      const before = other?.asked.length;
      const answer = await ask(client, 'list_okta_users', { tenant: name, max_results: 10 });
      expect(answer.value.tenant).toBe(name);
      expect(answer.text).toContain(name);
      expect(idsOf(rowsOf(answer, 'users'))).toEqual(idsOf(await organization.read('/api/v1/users?limit=10')));
      expect(other?.asked.length).toBe(before);
      const one = await ask(client, 'get_okta_user', { tenant: name, user_id: String(rowsOf(answer, 'users')[0]?.id) });
      expect(one.value.tenant).toBe(name);
    }
  });

  it('a call that names none, or one that does not exist, is refused with their names', async () => {
    const none = await call(client, 'list_okta_users');
    expect(none.isError).toBe(true);
    expect(none.text).toContain('tenant is missing');
    for (const tenant of ['east', '__proto__', 'North', '', 7, ['north']]) {
      const answer = await call(client, 'list_okta_users', { tenant });
      expect(answer.isError).toBe(true);
      expect(answer.text).toContain('tenant');
      if (typeof tenant === 'string' && tenant !== '') expect(answer.text).toMatch(/north.*south/);
    }
  });

  it('a cursor of one organization is refused by the other', async () => {
    const { value } = await ask(client, 'list_okta_users', { tenant: 'north', max_results: 5 });
    const answer = await call(client, 'list_okta_users', {
      tenant: 'south',
      max_results: 5,
      cursor: value.next_cursor,
    });
    expect(answer.isError).toBe(true);
    expect(answer.text).toContain('cursor belongs to a list with other parameters');
  });
});
