// Applications, and who is assigned to them.

import type { ChangeCase } from '../changes.ts';
import type { Organization } from '../organization.ts';

async function anApp(organization: Organization, label = 'Harbour CRM'): Promise<string> {
  const apps = await organization.read(`/api/v1/apps?q=${encodeURIComponent(label)}&limit=200`);
  const found = apps.find((app) => app.label === label);
  if (!found) throw new Error(`the organization has no application ${label}`);
  return found.id;
}

/** Somebody active who has the application in no way. */
async function someoneWithout(organization: Organization, app: string): Promise<string> {
  const assigned = new Set((await organization.readAll(`/api/v1/apps/${app}/users?limit=500`)).map(({ id }) => id));
  const users = await organization.read('/api/v1/users?filter=status%20eq%20%22ACTIVE%22&limit=200');
  const found = users.findLast(({ id }) => !assigned.has(id));
  if (!found) throw new Error('everybody has the application');
  return found.id;
}

async function someoneByGroup(organization: Organization, app: string): Promise<string> {
  const assigned = await organization.readAll(`/api/v1/apps/${app}/users?limit=500`);
  const found = assigned.findLast(({ scope }) => scope === 'GROUP');
  if (!found) throw new Error('nobody has the application by a group');
  return found.id;
}

async function aGroup(organization: Organization, app: string, assigned: boolean): Promise<string> {
  const having = new Set((await organization.read(`/api/v1/apps/${app}/groups?limit=200`)).map(({ id }) => id));
  const groups = await organization.read('/api/v1/groups?limit=200');
  const found = groups.findLast(({ id, type }) => type === 'OKTA_GROUP' && having.has(id) === assigned);
  if (!found) throw new Error('the organization has no such group');
  return found.id;
}

async function assign(organization: Organization, profile: Record<string, unknown>) {
  const app = await anApp(organization);
  const id = await someoneWithout(organization, app);
  await organization.write('POST', `/api/v1/apps/${app}/users`, {
    id,
    scope: 'USER',
    credentials: { userName: 'harbour-maya' },
    profile,
  });
  return { app, id, path: `/api/v1/apps/${app}/users/${id}` };
}

async function assignGroup(organization: Organization, body: Record<string, unknown>) {
  const app = await anApp(organization);
  const id = await aGroup(organization, app, false);
  await organization.write('PUT', `/api/v1/apps/${app}/groups/${id}`, body);
  return { app, id, path: `/api/v1/apps/${app}/groups/${id}` };
}

/** What Okta says of an assignment beside what is set. */
const ofAssignments = ['id', 'status', 'syncState', 'lastSync', 'externalId'];

async function updateOf(organization: Organization, label: string, config_updates: Record<string, unknown>) {
  const id = await anApp(organization, label);
  return { input: { app_id: id, config_updates }, reads: [`/api/v1/apps/${id}`] };
}

export const appCases: readonly ChangeCase[] = [
  {
    tool: 'deactivate_okta_application',
    asks: true,
    undo: 'all',
    async prepare(organization) {
      const id = await anApp(organization);
      return { input: { app_id: id }, reads: [`/api/v1/apps/${id}`, `/api/v1/apps/${id}/groups`] };
    },
  },
  {
    tool: 'activate_okta_application',
    asks: false,
    undo: 'all',
    async prepare(organization) {
      const id = await anApp(organization, 'Old Anchor Warehouse');
      return { input: { app_id: id }, reads: [`/api/v1/apps/${id}`] };
    },
  },
  {
    tool: 'update_okta_application',
    when: 'one setting of a SAML application and its label',
    asks: true,
    undo: 'all',
    prepare: (organization) =>
      updateOf(organization, 'Harbour CRM', {
        label: 'Harbour CRM 2',
        visibility: { hide: { web: true } },
        settings: { signOn: { audience: 'https://crm.example/saml' } },
      }),
  },
  {
    tool: 'update_okta_application',
    when: 'a list of an OpenID Connect application, and a note that was not there',
    asks: true,
    undo: 'all',
    prepare: (organization) =>
      updateOf(organization, 'Larkpedia Wiki', {
        settings: {
          oauthClient: { redirect_uris: ['https://wiki.larkspur.example/callback'] },
          notes: { admin: 'Moved in spring' },
        },
      }),
  },
  {
    tool: 'update_okta_application',
    when: 'its label, a note and where its tile is shown',
    asks: false,
    undo: 'all',
    prepare: (organization) =>
      updateOf(organization, 'Harbour CRM', {
        label: 'Harbour CRM 2',
        visibility: { hide: { web: true } },
        settings: { notes: { admin: 'Moved in spring' } },
      }),
  },
  {
    tool: 'assign_okta_application_user',
    when: 'who did not have it, under a name',
    asks: true,
    undo: 'all',
    besides: [...ofAssignments, 'profile'],
    async prepare(organization) {
      const app = await anApp(organization);
      const id = await someoneWithout(organization, app);
      return {
        input: { app_id: app, user_id: id, username: 'harbour-maya' },
        reads: [`/api/v1/apps/${app}/users/${id}`],
      };
    },
  },
  {
    tool: 'assign_okta_application_user',
    when: 'who did not have it',
    asks: false,
    undo: 'all',
    besides: [...ofAssignments, 'profile', 'credentials'],
    async prepare(organization) {
      const app = await anApp(organization);
      const id = await someoneWithout(organization, app);
      return { input: { app_id: app, user_id: id }, reads: [`/api/v1/apps/${app}/users/${id}`] };
    },
  },
  {
    tool: 'assign_okta_application_user',
    when: 'who had it by a group',
    asks: false,
    undo: 'partly',
    besides: ofAssignments,
    async prepare(organization) {
      const app = await anApp(organization);
      const id = await someoneByGroup(organization, app);
      return { input: { app_id: app, user_id: id }, reads: [`/api/v1/apps/${app}/users/${id}`] };
    },
  },
  {
    tool: 'unassign_okta_application_user',
    asks: true,
    undo: 'partly',
    besides: ofAssignments,
    async prepare(organization) {
      const { app, id, path } = await assign(organization, { given_name: 'Maya', department: 'Sales' });
      return { input: { app_id: app, user_id: id }, reads: [path] };
    },
  },
  {
    tool: 'update_okta_application_user_profile',
    asks: true,
    undo: 'all',
    besides: ofAssignments,
    async prepare(organization) {
      const { app, id, path } = await assign(organization, { given_name: 'Maya', department: 'Sales' });
      const profile_updates = { given_name: 'May', department: null, title: 'Head of Sales' };
      return { input: { app_id: app, user_id: id, username: 'harbour-may', profile_updates }, reads: [path] };
    },
  },
  {
    tool: 'assign_okta_application_group',
    when: 'with what its members are there',
    asks: true,
    undo: 'all',
    async prepare(organization) {
      const app = await anApp(organization);
      const id = await aGroup(organization, app, false);
      return {
        input: { app_id: app, group_id: id, priority: 0, profile: { role: 'Viewer' } },
        reads: [
          `/api/v1/apps/${app}/groups/${id}`,
          `/api/v1/apps/${app}/groups`,
          `/api/v1/apps/${app}/users?limit=500`,
        ],
      };
    },
  },
  {
    tool: 'assign_okta_application_group',
    asks: false,
    undo: 'all',
    besides: ['priority'],
    async prepare(organization) {
      const app = await anApp(organization);
      const id = await aGroup(organization, app, false);
      return {
        input: { app_id: app, group_id: id },
        reads: [`/api/v1/apps/${app}/groups/${id}`, `/api/v1/apps/${app}/groups`],
      };
    },
  },
  {
    tool: 'unassign_okta_application_group',
    asks: true,
    undo: 'partly',
    async prepare(organization) {
      const { app, id, path } = await assignGroup(organization, { priority: 0, profile: { role: 'Viewer' } });
      return { input: { app_id: app, group_id: id }, reads: [path] };
    },
  },
  {
    tool: 'update_okta_application_group_profile',
    asks: true,
    undo: 'all',
    async prepare(organization) {
      const { app, id, path } = await assignGroup(organization, {
        priority: 1,
        profile: { role: 'Viewer', area: 'EU' },
      });
      const profile_updates = { role: 'Editor', area: null, team: 'North' };
      return {
        input: { app_id: app, group_id: id, priority: 0, profile_updates },
        reads: [path, `/api/v1/apps/${app}/groups`],
      };
    },
  },
];
