// Every tool with a sensible call, where that call goes upstream, and what the vendor's API says to the same question.

import type { Entity, Organization } from './organization.ts';

/** Entities that the calls are about. */
export interface Facts {
  readonly user: Entity;
  readonly login: string;
  readonly group: Entity;
  readonly app: Entity;
  readonly policy: Entity;
  readonly rule: Entity;
  readonly zone: Entity;
  /** Assignments of the application. */
  readonly appUser: Entity;
  readonly appGroup: Entity;
  /** Somebody with roles, devices, consents and tokens; a group that gives a role. */
  readonly admin: Entity;
  readonly adminGroup: Entity;
  readonly server: Entity;
  /** A window of the System Log that does not move. */
  readonly since: string;
  readonly until: string;
}

export interface Case {
  readonly tool: string;
  readonly input: (facts: Facts) => Readonly<Record<string, unknown>>;
  /** The property that holds the entities; absent for a tool that answers with one. */
  readonly list?: string;
  /** Where in a row or answer the id stands; `id` where nothing is said. */
  readonly key?: string;
  /** The request that the vendor's API answers with the same, as it must look on the wire; absent for local tools. */
  readonly path?: (facts: Facts) => string;
  /** Where the id stands in the vendor's object, by its path; `id` where nothing is said. */
  readonly vendorKey?: string;
}

const user = ({ user }: Facts) => ({ user_id: user.id });
const group = ({ group }: Facts) => ({ group_id: group.id });
const app = ({ app }: Facts) => ({ app_id: app.id });
const admin = ({ admin }: Facts) => ({ user_id: admin.id });
const server = ({ server }: Facts) => ({ authorization_server_id: server.id });

export const cases: readonly Case[] = [
  { tool: 'list_okta_users', input: () => ({}), list: 'users', path: () => '/api/v1/users?limit=100' },
  { tool: 'get_okta_user', input: user, path: ({ user }) => `/api/v1/users/${user.id}` },
  { tool: 'list_okta_user_groups', input: user, list: 'groups', path: ({ user }) => `/api/v1/users/${user.id}/groups` },
  {
    tool: 'list_okta_user_applications',
    input: user,
    list: 'applications',
    key: 'app_id',
    path: ({ user }) => `/api/v1/users/${user.id}/appLinks`,
    vendorKey: 'appInstanceId',
  },
  {
    tool: 'list_okta_user_factors',
    input: user,
    list: 'factors',
    path: ({ user }) => `/api/v1/users/${user.id}/factors`,
  },
  { tool: 'list_okta_groups', input: () => ({}), list: 'groups', path: () => '/api/v1/groups?limit=100' },
  { tool: 'get_okta_group', input: group, path: ({ group }) => `/api/v1/groups/${group.id}` },
  {
    tool: 'list_okta_group_members',
    input: group,
    list: 'users',
    path: ({ group }) => `/api/v1/groups/${group.id}/users?limit=100`,
  },
  {
    tool: 'list_okta_assigned_applications_for_group',
    input: group,
    list: 'applications',
    path: ({ group }) => `/api/v1/groups/${group.id}/apps?limit=100`,
  },
  { tool: 'list_okta_applications', input: () => ({}), list: 'applications', path: () => '/api/v1/apps?limit=100' },
  { tool: 'get_okta_application', input: app, path: ({ app }) => `/api/v1/apps/${app.id}` },
  {
    tool: 'list_okta_application_users',
    input: app,
    list: 'users',
    path: ({ app }) => `/api/v1/apps/${app.id}/users?limit=100`,
  },
  {
    tool: 'list_okta_application_group_assignments',
    input: app,
    list: 'groups',
    path: ({ app }) => `/api/v1/apps/${app.id}/groups?expand=group&limit=100`,
  },
  {
    tool: 'get_okta_application_user',
    input: ({ app, appUser }) => ({ app_id: app.id, user_id: appUser.id }),
    path: ({ app, appUser }) => `/api/v1/apps/${app.id}/users/${appUser.id}`,
  },
  {
    tool: 'get_okta_application_group',
    input: ({ app, appGroup }) => ({ app_id: app.id, group_id: appGroup.id }),
    path: ({ app, appGroup }) => `/api/v1/apps/${app.id}/groups/${appGroup.id}?expand=group`,
  },
  {
    tool: 'list_okta_policies',
    input: () => ({ type: 'OKTA_SIGN_ON' }),
    list: 'policies',
    path: () => '/api/v1/policies?type=OKTA_SIGN_ON',
  },
  {
    tool: 'get_okta_policy',
    input: ({ policy }) => ({ policy_id: policy.id }),
    path: ({ policy }) => `/api/v1/policies/${policy.id}`,
  },
  {
    tool: 'list_okta_policy_rules',
    input: ({ policy }) => ({ policy_id: policy.id }),
    list: 'rules',
    path: ({ policy }) => `/api/v1/policies/${policy.id}/rules`,
  },
  {
    tool: 'get_okta_policy_rule',
    input: ({ policy, rule }) => ({ policy_id: policy.id, rule_id: rule.id }),
    path: ({ policy, rule }) => `/api/v1/policies/${policy.id}/rules/${rule.id}`,
  },
  { tool: 'list_okta_network_zones', input: () => ({}), list: 'zones', path: () => '/api/v1/zones?limit=100' },
  {
    tool: 'get_okta_network_zone',
    input: ({ zone }) => ({ zone_id: zone.id }),
    path: ({ zone }) => `/api/v1/zones/${zone.id}`,
  },
  {
    tool: 'get_okta_event_logs',
    input: ({ since, until }) => ({ since, until }),
    list: 'events',
    path: ({ since, until }) =>
      `/api/v1/logs?sortOrder=DESCENDING&since=${encodeURIComponent(since)}&until=${encodeURIComponent(until)}&limit=100`,
    vendorKey: 'uuid',
  },
  {
    tool: 'list_okta_user_roles',
    input: admin,
    list: 'roles',
    path: ({ admin }) => `/api/v1/users/${admin.id}/roles`,
  },
  {
    tool: 'list_okta_group_roles',
    input: ({ adminGroup }) => ({ group_id: adminGroup.id }),
    list: 'roles',
    path: ({ adminGroup }) => `/api/v1/groups/${adminGroup.id}/roles`,
  },
  { tool: 'list_okta_administrators', input: () => ({}) },
  {
    tool: 'list_okta_user_grants',
    input: admin,
    list: 'grants',
    path: ({ admin }) => `/api/v1/users/${admin.id}/grants?limit=100`,
  },
  {
    tool: 'list_okta_user_clients',
    input: admin,
    list: 'clients',
    key: 'client_id',
    path: ({ admin }) => `/api/v1/users/${admin.id}/clients`,
    vendorKey: 'client_id',
  },
  {
    tool: 'list_okta_user_devices',
    input: admin,
    list: 'devices',
    path: ({ admin }) => `/api/v1/users/${admin.id}/devices`,
    vendorKey: 'device.id',
  },
  {
    tool: 'list_okta_devices',
    input: () => ({}),
    list: 'devices',
    path: () => '/api/v1/devices?expand=userSummary&limit=100',
  },
  {
    tool: 'list_okta_authorization_servers',
    input: () => ({}),
    list: 'authorization_servers',
    path: () => '/api/v1/authorizationServers?limit=100',
  },
  {
    tool: 'get_okta_authorization_server',
    input: server,
    path: ({ server }) => `/api/v1/authorizationServers/${server.id}`,
  },
  {
    tool: 'list_okta_authorization_server_scopes',
    input: server,
    list: 'scopes',
    path: ({ server }) => `/api/v1/authorizationServers/${server.id}/scopes?limit=100`,
  },
  {
    tool: 'list_okta_authorization_server_claims',
    input: server,
    list: 'claims',
    path: ({ server }) => `/api/v1/authorizationServers/${server.id}/claims`,
  },
  {
    tool: 'list_okta_authorization_server_policies',
    input: server,
    list: 'policies',
    path: ({ server }) => `/api/v1/authorizationServers/${server.id}/policies`,
  },
  { tool: 'get_okta_organization', input: () => ({}), path: () => '/api/v1/org' },
  { tool: 'get_okta_scope_status', input: () => ({}) },
  { tool: 'list_okta_event_types', input: () => ({ query: 'password' }) },
  { tool: 'get_current_time', input: () => ({}) },
  { tool: 'parse_relative_time', input: () => ({ time_expression: '2 hours ago' }) },
];

export async function readFacts({ read }: Organization): Promise<Facts> {
  const until = new Date(Math.floor(Date.now() / 1000) * 1000 - 3_600_000).toISOString();
  const since = new Date(Date.parse(until) - 7 * 86_400_000).toISOString();
  const window = `since=${since}&until=${until}`;
  // Somebody who did something in the window, and an application that two groups give and somebody opened.
  const events = await read(`/api/v1/logs?${window}&limit=1000`);
  const [event] = events.filter(({ eventType }) => eventType === 'user.session.start');
  if (!event) throw new TypeError('nobody signed in to the sandbox in the last week');
  const user = await read<Entity>(`/api/v1/users/${(event.actor as Entity).id}`);
  const opened = new Set(events.flatMap(({ target }) => ((target ?? []) as Entity[]).map(({ id }) => id)));
  const app = await firstOf(await read('/api/v1/apps?limit=200'), async ({ id }) => {
    return opened.has(id) && (await read(`/api/v1/apps/${id}/groups`)).length > 1;
  });
  const [group] = await read('/api/v1/groups?q=Everyone');
  const [policy] = await read('/api/v1/policies?type=OKTA_SIGN_ON');
  const [rule] = policy ? await read(`/api/v1/policies/${policy.id}/rules`) : [];
  const [zone] = await read('/api/v1/zones?limit=1');
  const [appUser] = app ? await read(`/api/v1/apps/${app.id}/users?limit=1`) : [];
  const [appGroup] = app ? await read(`/api/v1/apps/${app.id}/groups?limit=20`) : [];
  const admins = await read<{ value: Entity[] }>('/api/v1/iam/assignees/users');
  const admin = await firstOf(admins.value, async ({ id }) => (await read(`/api/v1/users/${id}/grants`)).length > 0);
  const adminGroup = await firstOf(await read('/api/v1/groups?limit=200'), async ({ id }) => {
    return (await read(`/api/v1/groups/${id}/roles`)).length > 0;
  });
  const [server] = await read('/api/v1/authorizationServers');
  if (!admin || !adminGroup || !server)
    throw new TypeError('the sandbox lacks administrators who consented to something');
  if (!group || !app || !policy || !rule || !zone || !appUser || !appGroup) {
    throw new TypeError('the sandbox lacks what the cases are about');
  }
  const { login } = user.profile as { login: string };
  return { user, login, group, app, policy, rule, zone, appUser, appGroup, admin, adminGroup, server, since, until };
}

async function firstOf(
  list: readonly Entity[],
  accept: (entity: Entity) => Promise<boolean>,
): Promise<Entity | undefined> {
  for (const entity of list) if (await accept(entity)) return entity;
  return undefined;
}
