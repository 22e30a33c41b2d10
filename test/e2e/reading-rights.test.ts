// Who administers, what people have allowed, what they use: beside the cases of all tools, what those cannot show.

import type { Client } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, askAll, call, rowsOf } from '../support/answers.ts';
import { type Facts, readFacts } from '../support/cases.ts';
import type { Entity, Organization } from '../support/organization.ts';
import { openTestServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let organization: Organization;
let client: Client;
let facts: Facts;

beforeAll(async () => {
  server = await openTestServer();
  organization = server.organization;
  client = await server.connect('2026-07-28', 'http');
  facts = await readFacts(organization);
});

afterAll(() => server.close());

describe('administrators', () => {
  it('are all whom the API names, each with every role, also one by one', async () => {
    const { value } = await organization.read<{ value: Entity[] }>('/api/v1/iam/assignees/users');
    const ids = value.map(({ id }) => id);
    const rows = rowsOf(await ask(client, 'list_okta_administrators'), 'administrators');
    expect(rows.map(({ id }) => id)).toEqual(ids);
    expect(ids.length).toBeGreaterThan(2);
    for (const { id, roles } of rows) {
      const theirs = await organization.read(`/api/v1/users/${id}/roles`);
      expect((roles as string[]).map((role) => role.split(' ')[0])).toEqual(theirs.map(({ type }) => type));
      const throughGroups = theirs.filter(({ assignmentType }) => assignmentType === 'GROUP').length;
      expect((roles as string[]).filter((role) => role.endsWith(' through a group'))).toHaveLength(throughGroups);
    }
    const pages = await askAll(client, 'list_okta_administrators', { max_results: 1 });
    expect(pages.flatMap((page) => rowsOf(page, 'administrators').map(({ id }) => id))).toEqual(ids);
    expect(pages.slice(0, -1).every((page) => page.value.complete === false)).toBe(true);
  });

  it('a cursor of another list is refused', async () => {
    const { value } = await ask(client, 'list_okta_users', { max_results: 1 });
    const answer = await call(client, 'list_okta_administrators', { cursor: value.next_cursor });
    expect(answer).toMatchObject({ isError: true, text: expect.stringContaining('a list with other parameters') });
    expect(await call(client, 'list_okta_administrators', { cursor: 'made up' })).toMatchObject({ isError: true });
  });

  it('somebody who is deactivated is none any more', async () => {
    const other = await openTestServer({ tenants: { okta: { seed: 5, users: 60 } } });
    try {
      const connected = await other.connect('2026-07-28', 'http');
      const list = async () => rowsOf(await ask(connected, 'list_okta_administrators'), 'administrators');
      const gone = (await list()).find(({ roles }) => !(roles as string[]).includes('SUPER_ADMIN'));
      await other.organization.write('POST', `/api/v1/users/${gone?.id}/lifecycle/deactivate`);
      expect((await list()).map(({ id }) => id)).not.toContain(gone?.id);
      expect((await ask(connected, 'list_okta_user_roles', { user_id: gone?.id })).value.roles).toEqual([]);
    } finally {
      await other.close();
    }
  });
});

describe('devices', () => {
  it('are found by what they are, with whose they are', async () => {
    const search = 'profile.platform eq "MACOS" and status eq "ACTIVE"';
    const rows = rowsOf(await ask(client, 'list_okta_devices', { search, max_results: 20 }), 'devices');
    expect(rows.length).toBeGreaterThan(0);
    for (const { id, platform, status, users } of rows) {
      expect([platform, status]).toEqual(['MACOS', 'ACTIVE']);
      const owners = await organization.read(`/api/v1/devices/${id}/users`);
      const logins = owners.map(({ user }) => ((user as Entity).profile as { login: string }).login);
      expect(users).toEqual(logins);
    }
  });

  it('a search that Okta would refuse is refused with what would be right', async () => {
    for (const [search, says] of [
      ['profile.model co "Pixel"', /co, which a search of devices does not know for profile.model/],
      ['status eq "BROKEN"', /ACTIVE, CREATED, DEACTIVATED, SUSPENDED/],
      ['profile.managed eq "yes"', /true or false/],
      ['platform eq "MACOS"', /profile.platform/],
    ] as const) {
      const before = organization.asked.length;
      const answer = await call(client, 'list_okta_devices', { search });
      expect(answer).toMatchObject({ isError: true, text: expect.stringMatching(says) });
      expect(organization.asked.length).toBe(before);
    }
  });
});

describe('what people have allowed', () => {
  it('clients come with their refresh tokens, as the API has them, and without a secret', async () => {
    const { id } = facts.admin;
    const rows = rowsOf(await ask(client, 'list_okta_user_clients', { user_id: id }), 'clients');
    for (const { client_id, refresh_tokens } of rows) {
      const tokens = await organization.read(`/api/v1/users/${id}/clients/${client_id}/tokens`);
      expect(refresh_tokens).toMatchObject(
        tokens.map(({ id: token, expiresAt }) => ({ id: token, expires: expiresAt })),
      );
    }
    expect(rows.flatMap(({ refresh_tokens }) => refresh_tokens).length).toBeGreaterThan(0);
  });

  it('refresh tokens are gone when the sessions are ended with them, consents stay', async () => {
    const user_id = facts.admin.id;
    await organization.write('DELETE', `/api/v1/users/${user_id}/sessions?oauthTokens=true`);
    const rows = rowsOf(await ask(client, 'list_okta_user_clients', { user_id }), 'clients');
    expect(rows.flatMap(({ refresh_tokens }) => refresh_tokens as unknown[])).toEqual([]);
    expect(rowsOf(await ask(client, 'list_okta_user_grants', { user_id }), 'grants').length).toBeGreaterThan(0);
  });
});

describe('authorization servers', () => {
  it('policies come with their rules in order: who, by which way, for how long', async () => {
    for (const server of await organization.read('/api/v1/authorizationServers')) {
      const input = { authorization_server_id: server.id };
      const policies = rowsOf(await ask(client, 'list_okta_authorization_server_policies', input), 'policies');
      expect(policies.length).toBeGreaterThan(0);
      for (const { id, rules } of policies) {
        const theirs = await organization.read(`/api/v1/authorizationServers/${server.id}/policies/${id}/rules`);
        expect(rules).toMatchObject(
          theirs.map((rule) => {
            const conditions = rule.conditions as { grantTypes: { include: string[] }; scopes: { include: string[] } };
            const { token } = rule.actions as { token: { accessTokenLifetimeMinutes: number } };
            return {
              id: rule.id,
              grant_types: conditions.grantTypes.include,
              scopes: conditions.scopes.include,
              access_token_minutes: token.accessTokenLifetimeMinutes,
            };
          }),
        );
      }
    }
  });

  it('one that does not exist is not found, and an id that leads elsewhere is refused', async () => {
    for (const id of ['aus000000000000000', '../users', 'default/policies', '%2e%2e']) {
      const answer = await call(client, 'get_okta_authorization_server', { authorization_server_id: id });
      expect(answer.isError, id).toBe(true);
    }
    expect(organization.asked.some((path) => path.startsWith('/api/v1/authorizationServers/..'))).toBe(false);
  });
});

describe('event types', () => {
  it('are found by words of their names and meanings, all of which must be there', async () => {
    const ids = async (query: string) =>
      rowsOf(await ask(client, 'list_okta_event_types', { query }), 'event_types').map(({ id }) => id);
    expect(await ids('LOCKED wrong')).toEqual(['user.account.lock']);
    expect(await ids('privilege grant')).toEqual(
      expect.arrayContaining(['user.account.privilege.grant', 'group.privilege.grant']),
    );
    const nothing = await ask(client, 'list_okta_event_types', { query: 'unicorn' });
    expect(nothing.value).toMatchObject({ event_types: [], note: expect.stringContaining('fewer') });
  });

  it('are what the log of the organization has, as far as it has any', async () => {
    const all = new Set(rowsOf(await ask(client, 'list_okta_event_types'), 'event_types').map(({ id }) => id));
    const events = await organization.read(`/api/v1/logs?since=${facts.since}&until=${facts.until}&limit=1000`);
    const unknown = new Set(events.map(({ eventType }) => eventType).filter((type) => !all.has(type)));
    expect([...unknown]).toEqual([]);
    expect(events.length).toBeGreaterThan(50);
  });
});
