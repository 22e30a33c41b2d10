// What people and programs may do in the company's product: permissions, roles made of them, and scopes of its MCP servers.

import type { Permission, Role } from './records.ts';
import type { SeedContext } from './state.ts';

const permissions: readonly (readonly [name: string, description: string])[] = [
  ['shipments:read', 'See shipments and where they are'],
  ['shipments:write', 'Book and change shipments'],
  ['shipments:cancel', 'Cancel shipments that are under way'],
  ['invoices:read', 'See invoices'],
  ['invoices:approve', 'Approve invoices for payment'],
  ['claims:read', 'See claims for damage and loss'],
  ['claims:write', 'File and answer claims'],
  ['rates:read', 'See agreed rates'],
  ['reports:read', 'See reports'],
  ['reports:export', 'Export reports'],
  ['users:manage', 'Invite and remove people of the own organization'],
  ['settings:manage', 'Change settings of the own organization'],
];

const roles: readonly Omit<Role, 'id' | 'is_org_role'>[] = [
  {
    name: 'admin',
    display_name: 'Administrator',
    description: 'Runs the account of an organization',
    default_creator: true,
    default_member: false,
    permissions: permissions.map(([name]) => name),
  },
  {
    name: 'member',
    display_name: 'Member',
    description: 'Follows shipments',
    default_creator: false,
    default_member: true,
    permissions: ['shipments:read', 'reports:read'],
  },
  {
    name: 'dispatcher',
    display_name: 'Dispatcher',
    description: 'Books shipments',
    default_creator: false,
    default_member: false,
    extends: 'member',
    permissions: ['shipments:write', 'rates:read'],
  },
  {
    name: 'billing',
    display_name: 'Billing',
    description: 'Sees and approves invoices',
    default_creator: false,
    default_member: false,
    permissions: ['invoices:read', 'invoices:approve', 'rates:read'],
  },
  {
    name: 'claims_agent',
    display_name: 'Claims agent',
    description: 'Files claims for damage and loss',
    default_creator: false,
    default_member: false,
    extends: 'member',
    permissions: ['claims:read', 'claims:write'],
  },
  {
    // Nobody has it any more.
    name: 'fax_operator',
    display_name: 'Fax operator',
    description: 'Sends delivery notes by fax',
    default_creator: false,
    default_member: false,
    permissions: ['shipments:read'],
  },
];

const scopes: readonly (readonly [name: string, description: string, enabled: boolean])[] = [
  ['shipments:read', 'Follow shipments', true],
  ['shipments:write', 'Book and change shipments', true],
  ['claims:read', 'Read claims', true],
  ['claims:write', 'File and answer claims', true],
  ['invoices:read', 'Read invoices', true],
  ['invoices:write', 'Issue and correct invoices', true],
  ['customers:admin', 'Everything about every customer', true],
  ['fax:send', 'Send by fax', false],
];

export function seedRoles({ state, daysAgo }: SeedContext): void {
  const add = (name: string, description: string, isOfScalekit: boolean) => {
    const permission: Permission = {
      id: state.newId('perm'),
      name,
      description,
      create_time: daysAgo(390),
      update_time: daysAgo(390),
      is_scalekit_permission: isOfScalekit,
    };
    state.permissions.set(name, permission);
  };
  for (const [name, description] of permissions) add(name, description, false);
  add('sk:sso:manage', 'Set up single sign-on in the admin portal', true);
  add('sk:dir_sync:manage', 'Set up a directory in the admin portal', true);
  for (const role of roles)
    state.roles.set(role.name, { id: state.newId('role'), ...structuredClone(role), is_org_role: false });
  for (const [name, description, enabled] of scopes) {
    const id = state.newId('scp');
    state.scopes.set(id, { id, name, description, enabled });
  }
}
