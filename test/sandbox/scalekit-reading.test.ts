// Every list and every single thing that the simulated Scalekit API shows, against Scalekit's descriptions.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSandbox, type Sandbox, type SandboxScalekit } from '../../src/sandbox/index.ts';
import type { Route } from '../../src/sandbox/scalekit/api/context.ts';
import { apiRoutes } from '../../src/sandbox/scalekit/api/routes.ts';
import { loadScalekitContract } from '../contracts/scalekit-contract.ts';
import { type ApiClient, createApiClient } from './scalekit-kit.ts';

let sandbox: Sandbox;
let scalekit: SandboxScalekit;
let client: ApiClient;
let workspace: ApiClient;
let person: ApiClient;

beforeAll(async () => {
  sandbox = await openSandbox({ users: 120 });
  scalekit = await sandbox.scalekit();
  client = createApiClient(scalekit, 'production');
  person = createApiClient(scalekit, 'central');
  workspace = createApiClient(scalekit, 'workspace');
});
afterAll(() => sandbox.close());

// biome-ignore lint/suspicious/noExplicitAny: what comes back is what the tests look at
const idOf = async (name: string): Promise<any> =>
  (await client.get(`organizations:search?query=${encodeURIComponent(name)}`)).organizations[0];

describe('what a simulated Scalekit environment shows fits the descriptions', () => {
  it('organizations and their people, page by page to the end, each once', async () => {
    const organizations = await client.all('organizations?page_size=30', 'organizations');
    expect(new Set(organizations.map(({ id }) => id)).size).toBe(65);
    for (const { id } of organizations.slice(-12)) {
      await client.get(`organizations/${id}`);
      await client.all(`organizations/${id}/users?page_size=100`, 'users');
      await person.get(`organizations/${id}/portal_links`);
      for (const part of ['domains', 'session-policy', 'application-session-policy'])
        await client.get(`organizations/${id}/${part}`);
      await client.get(`organizations/${id}/settings/usermanagement`);
      for (const domain of (await client.get(`organizations/${id}/domains?page_size=1`)).domains)
        await client.get(`organizations/${id}/domains/${domain.id}`);
    }
    const users = await client.all('users?page_size=100', 'users');
    expect(new Set(users.map(({ id }) => id)).size).toBe(users.length);
    expect(users.length).toBeGreaterThan(500);
    const named = await client.all('users:search?query=HELENA&page_size=2', 'users');
    expect(named.map(({ email }) => email)).toContain('helena.brandt@larkspur.example');
    const { id: own } = await idOf('Larkspur Logistics');
    const here = await client.all(`organizations/${own}/users:search?query=helena&page_size=1`, 'users');
    expect(here.length).toBeLessThanOrEqual(named.length);
    for (const { id, memberships } of users.slice(-20)) {
      await client.get(`users/${id}`);
      const at = `organizations/${memberships[0].organization_id}/users/${id}`;
      await client.get(`${at}/roles`);
      await client.get(`${at}/permissions`);
    }
  });

  it('roles, permissions, scopes and clients', async () => {
    const { id } = await idOf('Eastfold Brewing');
    for (const prefix of ['', `organizations/${id}/`]) {
      for (const { name } of (await client.get(`${prefix}roles?include=permissions`)).roles) {
        await client.get(`${prefix}roles/${name}`);
        expect((await client.get(`${prefix}roles/${name}/users:count`)).count).toMatch(/^\d+$/);
      }
    }
    await client.get('roles/admin/permissions');
    await client.all('permissions?type=ALL&page_size=5', 'permissions');
    await person.get('scopes');
    const { clients } = await client.get('clients');
    expect(clients[0]).toMatchObject({ id: scalekit.client.id, client_type: 'ENV', access_token_expiry: '300' });
    expect(JSON.stringify(clients)).not.toContain(scalekit.client.secret);
    for (const each of clients) await client.get(`clients/${each.id}`);
  });

  it('connections of the environment and of organizations', async () => {
    for (const { id } of (await client.get('connections?include=all')).connections)
      await client.get(`connections/${id}`);
    const found = await client.all('organizations/-/connections?page_size=7', 'connections');
    expect(found.length).toBeGreaterThan(15);
    for (const { id, organization_id } of found) {
      const { connection } = await client.get(`organizations/${organization_id}/connections/${id}`);
      const test = new URL(connection.test_connection_uri || 'http://none').searchParams.get('test_request_id');
      if (test !== null) await client.get(`connections/${id}/test-requests/${test}`);
    }
    expect((await client.get('connections?domain=eastfold-brewing.example')).connections).toHaveLength(1);
  });

  it('directories with their people and groups', async () => {
    const { id } = await idOf('Larkspur Logistics');
    const { directories } = await client.get(`organizations/${id}/directories`);
    const at = `organizations/${id}/directories/${directories[0].id}`;
    await client.get(at);
    const users = await client.all(`${at}/users?include_detail=true&page_size=30`, 'users');
    expect(users).toHaveLength(120);
    for (const group of await client.all(`${at}/groups?page_size=3&include_detail=true`, 'groups')) {
      const members = await client.all(`${at}/users?page_size=30&directory_group_id=${group.id}`, 'users');
      expect(members).toHaveLength(group.total_users);
    }
  });

  it('connected accounts, MCP servers and their clients, and the log', async () => {
    for (const { id } of await client.all('connected_accounts?page_size=9', 'connected_accounts')) {
      const { connected_account: account } = await client.get(`connected_accounts/${id}`);
      const same = `identifier=${encodeURIComponent(account.identifier)}&connector=${account.connector}`;
      for (const how of [`details?${same}`, `this?id=${id}`, `auth?${same}`])
        expect((await client.get(`connected_accounts/${how}`)).connected_account.id).toBe(id);
    }
    await client.all('connected_accounts:search?query=slack&page_size=2', 'connected_accounts');
    const resources = await client.all('resources?resource_type=MCP_SERVER&page_size=2', 'resources');
    expect(resources.map(({ name }) => name)).toEqual(['Shipment tracking', 'Claims desk', 'EDI gateway']);
    for (const { id } of resources) {
      expect(id).toMatch(/^app_\d{18}$/);
      await client.get(`resources/${id}`);
      await client.get(`resources/${id}/clients`);
    }
    const log = await client.all('logs/authentication/requests?page_size=100', 'authRequests');
    expect(log.map(({ timestamp }) => timestamp)).toEqual(
      log
        .map(({ timestamp }) => timestamp)
        .toSorted()
        .reverse(),
    );
    const failed = await client.all('logs/authentication/requests?status=FAILED&status=PENDING', 'authRequests');
    expect(failed).toEqual(log.filter(({ status }) => status === 'FAILED'));
  });

  it('the workspace: environments and members by numbered pages', async () => {
    const first = await workspace.get('environments?page_size=1');
    expect(first).toMatchObject({ total_size: 2, next_page_token: '2' });
    const second = await workspace.get('environments?page_size=1&page_token=2');
    expect(second.next_page_token).toBe('');
    expect([first, second].map(({ environments }) => environments[0].type)).toEqual(['PRD', 'DEV']);
    for (const { id, domain } of [...first.environments, ...second.environments]) {
      expect((await workspace.get(`environments/${id}`)).environment.domain).toBe(domain);
    }
    const members = await workspace.all('members?page_size=2', 'members');
    expect(members).toHaveLength(5);
    for (const { id } of members) await workspace.get(`members/${id}`);
    expect((await workspace.get('members:this')).member.email).toBe('helena.brandt@larkspur.example');
    await workspace.get('workspaces:this');
  });
});

describe('the stories that are there to be found', () => {
  it('a customer whose sign-ins fail since its certificate ran out', async () => {
    const { id } = await idOf('Castlegate Pharma');
    const { connections } = await client.get(`connections?organization_id=${id}`);
    const { connection } = await client.get(`organizations/${id}/connections/${connections[0].id}`);
    expect(Date.parse(connection.saml_config.idp_certificates[0].expiry_time)).toBeLessThan(Date.now());
    const log = await client.all('logs/authentication/requests?status=FAILED&page_size=100', 'authRequests');
    const recent = log.slice(0, 5);
    expect(recent.filter(({ organization_id }) => organization_id === id).length).toBeGreaterThan(2);
    const test = new URL(connection.test_connection_uri).searchParams.get('test_request_id');
    expect(await client.get(`connections/${connection.id}/test-requests/${test}`)).toMatchObject({ status: 'FAILURE' });
  });

  it('a connection begun and never finished, an invitation that nobody took up, a silent directory, a server that gives too much', async () => {
    const draft = await idOf('Brightwater Textiles');
    expect((await client.get(`connections?organization_id=${draft.id}`)).connections).toEqual([]);
    const all = await client.get(`connections?organization_id=${draft.id}&include=all`);
    expect(all.connections[0]).toMatchObject({ status: 'DRAFT', enabled: false });
    const inviting = await idOf('Aldermoor Foods');
    const { users } = await client.get(`organizations/${inviting.id}/users?page_size=100`);
    const statuses = users.map(
      (user: { memberships: { membership_status: string }[] }) => user.memberships[0]?.membership_status,
    );
    expect(statuses).toEqual(expect.arrayContaining(['INVITE_EXPIRED', 'PENDING_INVITE']));
    const silent = await idOf('Dunmore Instruments');
    const { directories } = await client.get(`organizations/${silent.id}/directories`);
    expect(Date.now() - Date.parse(directories[0].last_synced_at)).toBeGreaterThan(8 * 86_400_000);
    const { resources } = await client.get('resources?resource_type=MCP_SERVER');
    const wide = resources.find(({ name }: { name: string }) => name === 'Claims desk');
    expect(wide.scopes.map(({ name }: { name: string }) => name)).toContain('customers:admin');
    expect((await client.get(`resources/${wide.id}/clients`)).total_dcr_clients).toBe(17);
  });
});

const contract = loadScalekitContract();

describe.skipIf(contract === null)('the judge', () => {
  const url = (path: string) => `http://env.example/api/v1/${path}`;

  it('refuses answers that are not as described', () => {
    const refuses = (path: string, body: unknown) =>
      contract?.checkResponse('GET', `/api/v1/${path}`, 200, body).length;
    expect(refuses('roles', { roles: [] })).toBe(0);
    expect(refuses('roles', { roles: [{ default: true }] })).toBeGreaterThan(0);
    expect(refuses('connections', { connections: [{ status: 'HAPPY' }] })).toBeGreaterThan(0);
    expect(refuses('roles/x/users:count', { count: 3 })).toBeGreaterThan(0);
    expect(refuses('nothing', {})).toBeGreaterThan(0);
    expect(contract?.checkResponse('POST', '/api/v1/organizations', 200, { organization: {} }).length).toBeGreaterThan(
      0,
    );
  });

  it('knows every operation that the simulated API answers', () => {
    const path = (route: Route) => `/api/v1/${route.path.replace(/\{\w+\}/g, 'x')}`;
    const stray = apiRoutes.filter((route) => contract?.nameOf(route.method, path(route)) === undefined);
    expect(stray).toEqual([]);
    expect(apiRoutes.length).toBeGreaterThan(90);
  });

  it('refuses requests that Scalekit would refuse, or take without a word and not heed', () => {
    const asks = (method: string, path: string, body?: unknown) => contract?.checkRequest(method, url(path), body);
    expect(asks('GET', 'connections?include=all&organization_id=org_1')).toEqual([]);
    expect(asks('GET', 'connections?organizationId=org_1')).toHaveLength(1);
    expect(asks('GET', 'organizations?page_size=9')).toHaveLength(1);
    expect(asks('GET', 'users:search?query=ab')).toHaveLength(1);
    expect(asks('GET', 'logs/authentication/requests?status=SUCCESS&status=FAILED')).toEqual([]);
    expect(asks('GET', 'logs/authentication/requests?status=HAPPY')?.length).toBeGreaterThan(0);
    expect(asks('GET', 'resources?resource_type=MCP_SERVER')).toEqual([]);
    expect(asks('GET', 'resources?resource_type=MCP')).toHaveLength(1);
    expect(asks('GET', 'resources')).toHaveLength(1);
    expect(asks('GET', 'resources?resource_type=MCP_SERVER&page_size=31')).toHaveLength(1);
    expect(asks('POST', 'roles', { name: 'a b', display_name: 'A' })).toHaveLength(1);
    expect(asks('PATCH', 'users/usr_1', { metadata: { a: 'too short a key' } })).not.toEqual([]);
    expect(asks('GET', 'clients?filter.client_type=ENV')).toEqual([]);
    expect(asks('POST', 'roles', { name: 'a', display_name: 'A' })).toEqual([]);
    expect(asks('POST', 'roles', { name: 'a', default: true })).toHaveLength(1);
    expect(asks('POST', 'organizations', { environment_id: 'env_1', display_name: 'A' })?.length).toBeGreaterThan(0);
    expect(asks('POST', 'resources', { name: 'A', access_token_expiry: 300 })).toHaveLength(1);
    expect(asks('PATCH', 'resources/app_1', { third_party: true })).toHaveLength(1);
    expect(asks('PATCH', 'connections/conn_1:enable')).toEqual([]);
    expect(asks('POST', 'connections/conn_1:enable')).toHaveLength(1);
    expect(asks('DELETE', 'users/usr_1', { really: true })).toHaveLength(1);
    expect(asks('PATCH', 'organizations/org_1')).toHaveLength(1);
    expect(contract?.nameOf('GET', '/api/v1/users/me')).toBe('GET /api/v1/users/me');
  });
});
