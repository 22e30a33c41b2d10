// An environment's roles, scopes and redirect URIs, its MCP servers, and the members of the workspace.

import type { ScalekitWorkspace } from '../scalekit.ts';
import { type Json, listAt, type ScalekitCase } from '../scalekit-changes.ts';

const at = ({ scalekit }: ScalekitWorkspace) => ({ environmentId: scalekit.production.id });
const callback = 'https://app.larkspur.example/callback/new';

async function ownClient(workspace: ScalekitWorkspace): Promise<Json> {
  const clients = await listAt(workspace, 'clients', 'clients');
  return clients.find(({ client_type }) => client_type === 'ENV') ?? {};
}

async function uriCase(workspace: ScalekitWorkspace, field: string, place: 'first' | 'last' | 'new') {
  const own = await ownClient(workspace);
  const uris = own[field] as string[];
  const uri = place === 'new' ? callback : place === 'first' ? uris[0] : uris.at(-1);
  return { input: { ...at(workspace), uri }, reads: [`clients/${own.id}`] };
}

const plainRole = { roleName: 'dock_planner', roleDisplayName: 'Dock planner', description: 'Plans who docks where' };

async function customRole(workspace: ScalekitWorkspace): Promise<string> {
  const role = { name: 'gate_keeper', display_name: 'Gate keeper', description: 'Opens the gate' };
  await workspace.write('POST', 'roles', role);
  return role.name;
}

async function anyScope(workspace: ScalekitWorkspace): Promise<Json> {
  const made = (await workspace.write('POST', 'scopes', { name: 'docks:read', description: 'See docks' })) as Json;
  return made.scope as Json;
}

export const scalekitEnvironmentCases: readonly ScalekitCase[] = [
  {
    tool: 'create_environment_role',
    asks: false,
    undo: 'all',
    besides: ['id'],
    prepare: async (workspace) => ({ input: { ...at(workspace), ...plainRole }, reads: ['roles/dock_planner'] }),
  },
  {
    tool: 'create_environment_role',
    when: 'that becomes the default',
    asks: true,
    undo: 'partly',
    besides: ['id'],
    prepare: async (workspace) => ({
      input: { ...at(workspace), ...plainRole, isDefault: true },
      reads: ['roles/dock_planner'],
    }),
  },
  {
    tool: 'update_environment_role',
    asks: false,
    undo: 'all',
    async prepare(workspace) {
      const roleName = await customRole(workspace);
      return {
        input: { ...at(workspace), roleName, description: 'Opens and shuts the gate' },
        reads: [`roles/${roleName}`],
      };
    },
  },
  {
    tool: 'delete_environment_role',
    asks: true,
    undo: 'partly',
    besides: ['id'],
    async prepare(workspace) {
      const roleName = await customRole(workspace);
      return { input: { ...at(workspace), roleName }, reads: [`roles/${roleName}`] };
    },
  },
  {
    tool: 'set_default_environment_roles',
    asks: true,
    undo: 'all',
    async prepare(workspace) {
      const roleName = await customRole(workspace);
      return { input: { ...at(workspace), memberRoleName: roleName }, reads: ['roles'] };
    },
    compare: (preview, before, after) => {
      const memberOf = (roles: unknown) => (roles as Json[]).find(({ default_member }) => default_member)?.name;
      const [change] = preview;
      if (preview.length !== 1 || change?.before !== memberOf(before[0]) || change?.after !== memberOf(after[0]))
        throw new Error(`the preview says ${JSON.stringify(preview)}`);
    },
  },
  {
    tool: 'create_environment_scope',
    asks: false,
    undo: 'all',
    async prepare(workspace) {
      return { input: { ...at(workspace), scopeName: 'docks:read', description: 'See docks' }, reads: ['scopes'] };
    },
    compare: (preview, before, after) => compareLists(preview, before, after),
  },
  {
    tool: 'update_environment_scope',
    asks: false,
    undo: 'all',
    async prepare(workspace) {
      const scope = await anyScope(workspace);
      return { input: { ...at(workspace), scopeName: scope.name, description: 'See all docks' }, reads: ['scopes'] };
    },
    compare: () => {},
  },
  {
    tool: 'update_environment_scope',
    when: 'that is switched off',
    asks: true,
    undo: 'all',
    async prepare(workspace) {
      const scope = await anyScope(workspace);
      return { input: { ...at(workspace), scopeName: scope.name, enabled: false }, reads: ['scopes'] };
    },
    compare: () => {},
  },
  {
    tool: 'delete_environment_scope',
    asks: true,
    undo: 'partly',
    async prepare(workspace) {
      const scope = await anyScope(workspace);
      return { input: { ...at(workspace), scopeName: scope.name }, reads: ['scopes'] };
    },
    compare: (preview, before, after) =>
      compareLists(
        preview.map(({ field, before: gone }) => ({ field, after: gone })),
        after,
        before,
      ),
  },
  {
    tool: 'add_redirect_uri',
    asks: true,
    undo: 'all',
    prepare: (workspace) => uriCase(workspace, 'post_login_uris', 'new'),
  },
  {
    tool: 'remove_redirect_uri',
    asks: true,
    undo: 'all',
    prepare: (workspace) => uriCase(workspace, 'post_login_uris', 'last'),
  },
  {
    tool: 'add_post_logout_redirect_uri',
    asks: false,
    undo: 'all',
    prepare: (workspace) => uriCase(workspace, 'post_logout_redirect_uris', 'new'),
  },
  {
    tool: 'remove_post_logout_redirect_uri',
    asks: true,
    undo: 'all',
    prepare: (workspace) => uriCase(workspace, 'post_logout_redirect_uris', 'last'),
  },
  {
    tool: 'set_initiate_login_uri',
    asks: false,
    undo: 'all',
    prepare: (workspace) => uriCase(workspace, 'post_login_uris', 'new'),
  },
  {
    tool: 'remove_initiate_login_uri',
    asks: true,
    undo: 'all',
    async prepare(workspace) {
      const own = await ownClient(workspace);
      await workspace.write('PATCH', `clients/${own.id}`, { initiate_login_uri: 'https://app.larkspur.example/start' });
      return { input: at(workspace), reads: [`clients/${own.id}`] };
    },
  },
  {
    tool: 'invite_workspace_member',
    asks: false,
    undo: 'all',
    besides: ['id', 'workspace_id', 'workspace_ids', 'user_profile', 'organizations'],
    prepare: async () => ({ input: { email: 'new.hand@larkspur.example' }, reads: ['workspace:members/{made}'] }),
  },
  {
    tool: 'invite_workspace_member',
    when: 'as an administrator',
    asks: true,
    undo: 'all',
    besides: ['id', 'workspace_id', 'workspace_ids', 'user_profile', 'organizations'],
    prepare: async () => ({
      input: { email: 'new.boss@larkspur.example', role: 'ADMIN' },
      reads: ['workspace:members/{made}'],
    }),
  },
  {
    tool: 'remove_workspace_member',
    asks: true,
    undo: 'partly',
    compare: () => {},
    async prepare(workspace) {
      const body = (await workspace.read('members?page_size=100', 'workspace')) as { members: Json[] };
      const me = (await workspace.read('members:this', 'workspace')) as { member: Json };
      const member = body.members.find(({ id, role }) => id !== me.member.id && role !== 'ADMIN');
      return { input: { memberId: member?.id }, reads: [`workspace:members/${member?.id}`] };
    },
  },
];

/** That one thing came, with the fields that the preview tells. */
function compareLists(
  preview: readonly { readonly field: string; readonly after?: unknown }[],
  before: readonly unknown[],
  after: readonly unknown[],
): void {
  const names = new Set((before[0] as Json[]).map(({ id }) => id));
  const come = (after[0] as Json[]).filter(({ id }) => !names.has(id));
  const told = Object.fromEntries(preview.map(({ field, after: value }) => [field, value]));
  for (const [name, value] of Object.entries(told))
    if (come.length !== 1 || come[0]?.[name] !== value)
      throw new Error(`the preview says ${JSON.stringify(told)}, and there came ${JSON.stringify(come)}`);
}
