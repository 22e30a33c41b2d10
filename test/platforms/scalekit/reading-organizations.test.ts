// Organizations, users, connections, directories, accounts and the log of sign-ins, through every door, against what
// Scalekit itself says.

import type { Client } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, askAll, call, rowsOf } from '../../support/answers.ts';
import { openScalekitServer, type ScalekitServer } from '../../support/scalekit.ts';
import { doors } from '../../support/server.ts';

type Json = Record<string, unknown>;
const field = (rows: readonly Readonly<Json>[], name: string) => rows.map((row) => row[name]);

describe.each(doors)('over $door, MCP $era', ({ door, era }) => {
  let workspace: ScalekitServer;
  let client: Client;
  let at: { readonly environmentId: string };
  let own: Json;
  let customer: Json;

  /** Every page of a list of theirs. */
  async function theirs(path: string, key: string): Promise<Json[]> {
    const all: Json[] = [];
    for (let token = ''; ; ) {
      const page = (await workspace.read(`${path}${path.includes('?') ? '&' : '?'}page_token=${token}`)) as Json;
      all.push(...((page[key] ?? []) as Json[]));
      token = String(page.next_page_token ?? '');
      if (token === '') return all;
    }
  }
  async function ours(tool: string, key: string, input: Json = {}, pageSize = 40): Promise<Json[]> {
    const answers = await askAll(client, tool, { ...at, ...input, max_results: pageSize });
    return answers.flatMap((answer) => rowsOf(answer, key) as Json[]);
  }

  beforeAll(async () => {
    workspace = await openScalekitServer('workspace');
    client = await workspace.server.connect(era, door);
    at = { environmentId: workspace.scalekit.production.id };
    const organizations = await theirs('organizations?page_size=100', 'organizations');
    own = organizations.find(({ display_name }) => display_name === 'Larkspur Logistics') ?? {};
    customer = organizations.find(({ external_id }) => external_id) ?? {};
  });
  afterAll(() => workspace?.close());

  it('organizations are read to the end, page by page, and each one with its features and metadata', async () => {
    const all = await theirs('organizations?page_size=100', 'organizations');
    expect(field(await ours('list_organizations', 'organizations'), 'id')).toEqual(field(all, 'id'));
    const one = await ask(client, 'get_organization_details', { ...at, organizationId: own.id });
    expect(one.value).toMatchObject({ id: own.id, name: own.display_name, metadata: own.metadata });
    const features = (own.settings as { features: { name: string; enabled: boolean }[] }).features;
    expect(one.value.features).toEqual(Object.fromEntries(features.map(({ name, enabled }) => [name, enabled])));
  });

  it('organizations are found by name and by external id', async () => {
    const byName = await ours('list_organizations', 'organizations', { query: 'larkspur' });
    expect(field(byName, 'id')).toContain(own.id);
    const byId = await ours('list_organizations', 'organizations', { externalId: customer.external_id });
    expect(field(byId, 'id')).toEqual([customer.id]);
  });

  it('users of an organization have their status and roles there; those of the environment are all of them', async () => {
    const members = await theirs(`organizations/${own.id}/users?page_size=100`, 'users');
    const rows = await ours('list_organization_users', 'users', { organizationId: own.id });
    expect(field(rows, 'id')).toEqual(field(members, 'id'));
    const first = members[0] ?? {};
    const membership = (first.memberships as Json[]).find(({ organization_id }) => organization_id === own.id);
    expect(rows[0]).toMatchObject({
      email: first.email,
      status: membership?.membership_status,
      roles: ((membership?.roles ?? []) as Json[]).map(({ name }) => name),
    });
    const everybody = await theirs('users?page_size=100', 'users');
    expect(field(await ours('list_environment_users', 'users', {}, 400), 'id')).toEqual(field(everybody, 'id'));
    const found = await ours('list_environment_users', 'users', { query: String(first.email) });
    expect(field(found, 'id')).toEqual([first.id]);
    const one = await ask(client, 'get_environment_user', { ...at, userId: first.id });
    expect(one.value.memberships).toHaveLength((first.memberships as Json[]).length);
  });

  it('connections of the environment, of one organization and of all are told apart, and none shows its secret', async () => {
    const all = await theirs('organizations/-/connections?page_size=30', 'connections');
    const environment = await theirs('connections?include=all', 'connections');
    expect(field(await ours('list_organization_connections', 'connections', {}, 7), 'id')).toEqual(field(all, 'id'));
    const listed = rowsOf(await ask(client, 'list_environment_connections', at), 'connections');
    expect(field(listed, 'id')).toEqual(field(environment, 'id'));
    const mine = await ours('list_organization_connections', 'connections', { organizationId: own.id });
    const expected = all.filter(({ organization_id }) => organization_id === own.id);
    expect(field(mine, 'id')).toEqual(field(expected, 'id'));

    const connectionId = String(expected[0]?.id);
    const exact = (await workspace.read(`organizations/${own.id}/connections/${connectionId}`)) as {
      connection: { oidc_config: Json };
    };
    const secret = String(exact.connection.oidc_config.client_secret);
    expect(secret.length).toBeGreaterThan(5);
    const one = await ask(client, 'get_environment_connection', { ...at, connectionId, view: 'full' });
    expect((one.value.configuration as Json).issuer).toBe(exact.connection.oidc_config.issuer);
    expect(JSON.stringify(one.result)).not.toContain(secret);
  });

  it('directories with the people and groups that they brought', async () => {
    const organizations = await theirs('organizations?page_size=100', 'organizations');
    const withOne = organizations.find(({ settings }) =>
      (settings as { features: Json[] }).features.some(({ name, enabled }) => name === 'dir_sync' && enabled),
    );
    const organizationId = String(withOne?.id);
    const directories = await theirs(`organizations/${organizationId}/directories`, 'directories');
    const rows = rowsOf(await ask(client, 'list_organization_directories', { ...at, organizationId }), 'directories');
    expect(field(rows, 'id')).toEqual(field(directories, 'id'));
    expect(field(rows, 'enabled')).toEqual(field(directories, 'enabled'));
    const directoryId = String(directories[0]?.id);
    const place = `organizations/${organizationId}/directories/${directoryId}`;
    const input = { organizationId, directoryId };
    const people = await theirs(`${place}/users?page_size=30`, 'users');
    expect(field(await ours('list_directory_users', 'users', input, 20), 'id')).toEqual(field(people, 'id'));
    const groups = await theirs(`${place}/groups?page_size=30`, 'groups');
    expect(field(await ours('list_directory_groups', 'groups', input), 'id')).toEqual(field(groups, 'id'));
    const [group] = groups;
    const some = await theirs(`${place}/users?page_size=30&directory_group_id=${group?.id}`, 'users');
    const ofGroup = await ours('list_directory_users', 'users', { ...input, groupId: group?.id });
    expect(field(ofGroup, 'id')).toEqual(field(some, 'id'));
  });

  it('connected accounts, without what they are used with', async () => {
    const accounts = await theirs('connected_accounts?page_size=50', 'connected_accounts');
    const rows = await ours('list_connected_accounts', 'connected_accounts', {}, 15);
    expect(field(rows, 'id')).toEqual(field(accounts, 'id'));
    const first = accounts[0] ?? {};
    const found = await ours('list_connected_accounts', 'connected_accounts', { identifier: first.identifier });
    expect(field(found, 'id')).toContain(first.id);
    expect(Object.keys(rows[0] ?? {})).not.toContain('authorization_details');
  });

  it('sign-ins, by email, status and time', async () => {
    const failed = await theirs('logs/authentication/requests?page_size=100&status=FAILED', 'authRequests');
    const rows = await ours('list_authentication_requests', 'requests', { status: ['FAILED'] }, 300);
    expect(field(rows, 'id')).toEqual(field(failed, 'auth_request_id'));
    const email = failed[0]?.email;
    const until = failed[0]?.timestamp;
    const some = await ours('list_authentication_requests', 'requests', {
      email,
      until,
      status: ['FAILED', 'SUCCESS'],
    });
    const path = `logs/authentication/requests?page_size=100&email=${email}&end_time=${until}&status=FAILED&status=SUCCESS`;
    expect(field(some, 'id')).toEqual(field(await theirs(path, 'authRequests'), 'auth_request_id'));
  });

  it('answers where proto3 leaves out what is empty are the same', async () => {
    const calls: [string, Json][] = [
      ['list_organizations', { max_results: 100 }],
      ['get_organization_details', { organizationId: own.id }],
      ['list_organization_users', { organizationId: own.id }],
      ['list_environment_connections', {}],
      ['list_organization_connections', {}],
      ['list_organization_directories', { organizationId: own.id }],
      ['list_connected_accounts', {}],
      ['list_authentication_requests', {}],
    ];
    const askEach = () => Promise.all(calls.map(([tool, input]) => ask(client, tool, { ...at, ...input })));
    const before = await askEach();
    workspace.scalekit.setSparse(true);
    try {
      expect((await askEach()).map(({ value }) => value)).toEqual(before.map(({ value }) => value));
    } finally {
      workspace.scalekit.setSparse(false);
    }
  });

  it('bad input is refused by name', async () => {
    const organizationId = own.id;
    const cases: [string, Json, RegExp][] = [
      ['list_organizations', { query: 'ab' }, /query/],
      ['list_organizations', { query: 'lark', externalId: 'x' }, /cannot be combined/],
      ['get_organization_details', { organizationId: 'org_404404404' }, /knows no such thing/],
      ['get_organization_details', { organizationId: '../users' }, /organizationId/],
      ['list_organization_users', { organizationId, cursor: 'abc' }, /cursor/],
      ['get_environment_connection', { connectionId: 'conn_404404404' }, /no connection conn_404404404/],
      ['list_authentication_requests', { since: 'yesterday' }, /since/],
      ['create_organization', { organizationName: 'x'.repeat(201) }, /organizationName/],
      ['create_organization', { organizationName: 'x', metadata: { ab: 'short key' } }, /metadata/],
      ['create_organization', { organizationName: 'x', externalId: customer.external_id }, /external id already/],
      ['create_organization_user', { organizationId, email: 'nobody' }, /email/],
      ['create_organization_user', { organizationId, email: 'a@b.example', role: 'nobody' }, /no role “nobody”/],
      ['update_organization', { organizationId }, /Nothing is to be changed/],
      ['update_organization', { organizationId, externalId: 'x', remove: ['externalId'] }, /both set and removed/],
      ['resend_organization_invitation', { organizationId, userId: 'usr_404404404404404' }, /knows no such thing/],
      ['create_environment_oidc_connection', { provider: 'NOBODY' }, /provider/],
      ['delete_connected_account', { connectedAccountId: 'ca_404404404' }, /knows no such thing/],
    ];
    for (const [tool, input, says] of cases) {
      const answer = await call(client, tool, { ...at, ...input });
      expect(answer.isError, `${tool} ${JSON.stringify(input)}`).toBe(true);
      expect(answer.text).toMatch(says);
    }
    expect(workspace.mutations).toEqual([]);
  });
});
