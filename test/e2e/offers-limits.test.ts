// What limits tools limits resources, prompts and completions too: tenants, the operator's limits, privacy, time, the record.

import { join } from 'node:path';
import type { Client } from '@modelcontextprotocol/client';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterEach, describe, expect, it } from 'vitest';
import { readAuditLog } from '../../src/observe/audit-read.ts';
import { ask, rowsOf } from '../support/answers.ts';
import type { Organization } from '../support/organization.ts';
import { type Door, type Era, openTestServer, type TestServer, type TestServerOptions } from '../support/server.ts';

const eras: readonly { era: Era; door: Door }[] = [
  { era: '2026-07-28', door: 'http' },
  { era: '2025-11-25', door: 'http' },
];

let server: TestServer | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function open(options: TestServerOptions, { era, door } = eras[0] as (typeof eras)[number]) {
  server = await openTestServer(options);
  return { server, client: await server.connect(era, door) };
}

/** Somebody of an organization. */
async function findPerson(organization: Organization | undefined) {
  const [person] = (await organization?.read('/api/v1/users?limit=1')) ?? [];
  if (!person) throw new Error('nobody is in the organization');
  const profile = person.profile as { readonly login: string; readonly mobilePhone: string };
  return { id: person.id, ...profile };
}

async function read(client: Client, uri: string): Promise<string> {
  const { contents } = await client.readResource({ uri }, { cacheMode: 'bypass' });
  return contents.map((content) => ('text' in content ? content.text : '')).join('');
}

async function completeUser(client: Client, value: string, others?: Record<string, string>) {
  const { completion } = await client.complete({
    ref: { type: 'ref/prompt', name: 'okta-offboarding' },
    argument: { name: 'user', value },
    ...(others && { context: { arguments: others } }),
  });
  return completion.values;
}

async function promptText(client: Client, name: string, args: Record<string, string> = {}): Promise<string> {
  const { messages } = await client.getPrompt({ name, arguments: args });
  return messages.map(({ content }) => (content.type === 'text' ? content.text : '')).join('\n');
}

describe.each(eras)('several organizations, MCP $era', (how) => {
  const two = { tenants: { south: { seed: 2, users: 40 }, north: { seed: 3, users: 40 } } };

  it('an address names one, and reaches that one alone', async () => {
    const { server, client } = await open(two, how);
    const { resources } = await client.listResources();
    const uris = resources.map(({ uri }) => uri);
    expect(uris).toEqual(
      expect.arrayContaining(['okta://north/org/info', 'okta://south/org/info', 'okta://help/usage']),
    );
    expect(uris).not.toContain('okta://org/info');
    const { resourceTemplates } = await client.listResourceTemplates();
    expect(resourceTemplates.map(({ uriTemplate }) => uriTemplate)).toContain('okta://{tenant}/users/{id}');
    expect(resourceTemplates.every(({ uriTemplate }) => uriTemplate.includes('{tenant}'))).toBe(true);

    const person = await findPerson(server.organizations.north);
    const before = server.organizations.south?.asked.length;
    expect(await read(client, `okta://north/users/${person.id}`)).toContain(String(person.id));
    expect(await read(client, 'okta://north/org/info')).toContain('north');
    expect(server.organizations.south?.asked.length).toBe(before);

    await expect(read(client, `okta://south/users/${person.id}`)).rejects.toThrow(/not found/i);
    await expect(read(client, `okta://east/users/${person.id}`)).rejects.toThrow(/not found/i);
    await expect(read(client, `okta://users/${person.id}`)).rejects.toThrow(/north, south.*okta:\/\/north\/users/);
  });

  it('prompts want one and say it, completions go to that one', async () => {
    const { server, client } = await open(two, how);
    const { prompts } = await client.listPrompts();
    for (const { arguments: args } of prompts) {
      expect(args?.at(-1)).toMatchObject({ name: 'tenant', required: true });
    }
    await expect(promptText(client, 'okta-administrator-review')).rejects.toThrow(/needs: tenant/);
    await expect(promptText(client, 'okta-administrator-review', { tenant: 'east' })).rejects.toThrow(/north, south/);
    expect(await promptText(client, 'okta-administrator-review', { tenant: 'north' })).toContain('tenant "north"');

    const { login } = await findPerson(server.organizations.north);
    const before = server.organizations.south?.asked.length;
    expect(await completeUser(client, login.slice(0, 5), { tenant: 'north' })).toContain(login);
    expect(await completeUser(client, login.slice(0, 5))).toEqual([]);
    expect(await completeUser(client, login.slice(0, 5), { tenant: 'east' })).toEqual([]);
    expect(server.organizations.south?.asked.length).toBe(before);
    const tenant = { argument: { name: 'tenant', value: 'n' } };
    for (const ref of [
      { type: 'ref/prompt', name: 'okta-offboarding' },
      { type: 'ref/resource', uri: 'okta://{tenant}/users/{id}' },
    ] as const) {
      expect((await client.complete({ ref, ...tenant })).completion.values).toEqual(['north']);
    }
  });
});

describe('organizations with limits of their own', () => {
  it('a prompt tells what cannot be used in the one that it is for', async () => {
    server = await openTestServer({
      tenants: { open: { users: 20 }, closed: { users: 20 } },
      settingsOf: { closed: { production: true } },
    });
    const client = await server.connect('2026-07-28', 'http');
    const text = (tenant: string) => promptText(client, 'okta-offboarding', { user: 'maya', tenant });
    expect(await text('open')).not.toContain('cannot be used here');
    expect(await text('closed')).toMatch(/- deactivate_okta_user: .*closed is read-only: it is marked production/);
    const info = JSON.parse(await read(client, 'server://info'));
    expect(info.tenants).toContainEqual(expect.objectContaining({ name: 'closed', read_only: true }));
    expect(info.tenants).toContainEqual(expect.objectContaining({ name: 'open', read_only: false }));
  });
});

describe.each(eras)('the operator’s limits, MCP $era', (how) => {
  it('a tool that is switched off takes its resource and completion with it, and prompts say so', async () => {
    const { server, client } = await open(
      { parts: { tools: { excludeTools: ['get_okta_user', 'list_okta_users'], readOnly: true } } },
      how,
    );
    const { resourceTemplates } = await client.listResourceTemplates();
    const templates = resourceTemplates.map(({ uriTemplate }) => uriTemplate);
    expect(templates).toContain('okta://groups/{id}');
    expect(templates).not.toContain('okta://users/{id}');
    const person = await findPerson(server.organization);
    const before = server.organization.asked.length;
    await expect(read(client, `okta://users/${person.id}`)).rejects.toThrow(/get_okta_user is excluded/);
    expect(await completeUser(client, '')).toEqual([]);
    expect(server.organization.asked.length).toBe(before);
    const text = await promptText(client, 'okta-lost-phone', { user: 'maya' });
    expect(text).toMatch(/cannot be used here.*\n- /);
    expect(text).toContain('- get_okta_user: get_okta_user is excluded.');
    expect(text).toMatch(/- unenroll_okta_user_factor: .*only reading is allowed/);
    expect(text).not.toContain('- list_okta_user_factors:');
    const info = JSON.parse(await read(client, 'server://info'));
    expect(info.changes).toBe(0);
  });

  it('what a request narrows by its headers is narrowed here as well', async () => {
    const { server, client } = await open({}, how);
    const { Client: NewClient } = await import('@modelcontextprotocol/client');
    const mode = how.era === '2025-11-25' ? ('legacy' as const) : { pin: how.era };
    const narrow = new NewClient({ name: 'narrow', version: '0.0.0' }, { versionNegotiation: { mode } });
    await narrow.connect(
      new StreamableHTTPClientTransport(new URL(server.url), {
        requestInit: { headers: { 'x-mcp-toolsets': 'okta.groups' } },
      }),
    );
    try {
      const list = async (each: Client) =>
        (await each.listResourceTemplates()).resourceTemplates.map(({ uriTemplate }) => uriTemplate);
      expect(await list(narrow)).toEqual(['okta://groups/{id}']);
      expect(await list(client)).toContain('okta://users/{id}');
      await expect(read(narrow, 'okta://org/info')).rejects.toThrow(/not among the tools/);
      expect(await completeUser(narrow, '')).toEqual([]);
      expect(await promptText(narrow, 'okta-offboarding', { user: 'maya' })).toContain('- deactivate_okta_user:');
    } finally {
      await narrow.close();
    }
  });

  it('fields that assistants must not see are not in resources, and complete nothing', async () => {
    const { server, client } = await open(
      { tenantSettings: { maskFields: ['login', 'email'], dropFields: ['mobilePhone'] } },
      how,
    );
    const { id, login, mobilePhone } = await findPerson(server.organization);
    expect(mobilePhone).toMatch(/\d/);
    const text = await read(client, `okta://users/${id}`);
    expect(text).toContain('[hidden]');
    expect(text).not.toContain(login);
    expect(text).not.toContain(mobilePhone);
    // Whose address begins with what is typed would tell the address, letter by letter.
    expect(await completeUser(client, login.slice(0, 5))).toEqual([]);
  });

  it('logins that assistants must not see are not in completions: ids stand for them', async () => {
    const { server, client } = await open({ tenantSettings: { maskFields: ['login'] } }, how);
    const { id, login } = await findPerson(server.organization);
    const values = await completeUser(client, login.slice(0, 5));
    expect(values).toContain(id);
    expect(values.join(' ')).not.toContain('@');
  });
});

describe('the record', () => {
  it('has one of every read of a resource and every completion that asks an organization, without what was asked', async () => {
    const { server, client } = await open({});
    const { login } = await findPerson(server.organization);
    await read(client, `okta://users/${encodeURIComponent(login)}`);
    await read(client, 'okta://users/00uNobodyHasThisId00').catch(() => {});
    await completeUser(client, login.slice(0, 5));
    await read(client, 'okta://help/usage');
    const records: unknown[] = [];
    for await (const { record } of readAuditLog(join(server.home, 'audit'))) records.push(record);
    expect(records).toMatchObject([
      { event: 'done', tool: 'get_okta_user', access: 'read', tenant: 'okta', requestIds: [expect.any(String)] },
      { event: 'failed', tool: 'get_okta_user', code: 'not_found' },
      { event: 'done', tool: 'list_okta_users' },
    ]);
    expect(JSON.stringify(records)).not.toContain(login.slice(0, 5));
  });
});

describe('an organization that is slow or gone', () => {
  it('does not keep somebody waiting who types', async () => {
    const { client } = await open({ tenants: { okta: { latencyMs: 8_000 } } });
    const began = performance.now();
    expect(await completeUser(client, 'a')).toEqual([]);
    expect(performance.now() - began).toBeLessThan(4_000);
  });

  it('is told by server://health, with what to do and no secret', async () => {
    const { server, client } = await open({ tenantSettings: { apiToken: '00wrongTokenOfNobody' } });
    const text = await read(client, 'server://health');
    const health = JSON.parse(text);
    expect(health.status).toBe('degraded');
    expect(health.tenants).toMatchObject([{ name: 'okta', ok: false, problems: [{ check: 'credential' }] }]);
    expect(health.tenants[0].problems[0].todo).toMatch(/token/i);
    expect(text).not.toContain('00wrongTokenOfNobody');
    const before = server.organization.asked.length;
    expect(before).toBeGreaterThan(0);
    expect(await read(client, 'server://health')).toBe(text);
    expect(server.organization.asked.length).toBe(before);
  });

  it('is not waited for longer than its deadline', async () => {
    const { client } = await open({ tenants: { okta: { latencyMs: 20_000 } } });
    const began = performance.now();
    const health = JSON.parse(await read(client, 'server://health'));
    expect(performance.now() - began).toBeLessThan(8_000);
    expect(health.tenants[0].ok).toBe(false);
    expect(health.tenants[0].problems[0].says).toMatch(/did not answer|not over|answer/);
    expect(health.parts).toContainEqual({ name: 'store', ok: true });
  });

  it('fails a read with the reason, and the person is told what to do', async () => {
    const { client } = await open({ tenantSettings: { apiToken: '00wrongTokenOfNobody' } });
    await expect(read(client, 'okta://org/info')).rejects.toThrow(/token/i);
  });
});

describe('what a credential lacks', () => {
  it('get_okta_scope_status of an API token names its owner and roles', async () => {
    const { client } = await open({});
    const { value } = await ask(client, 'get_okta_scope_status');
    expect(value).toMatchObject({ credential: 'API token', missing_scopes: [] });
    const { login } = value.owner as { login: string };
    const roles = rowsOf(await ask(client, 'list_okta_user_roles', { user_id: login }), 'roles');
    expect((value.owner as { roles: string[] }).roles).toEqual(roles.map(({ type }) => type));
  });
});
