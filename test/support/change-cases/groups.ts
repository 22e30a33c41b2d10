// Groups, who is in them, and the rules that put people there.

import type { ChangeCase } from '../changes.ts';
import type { Entity, Organization } from '../organization.ts';
import { anybody } from './user-lifecycle.ts';
import { compareEntries, groupNamed } from './users.ts';

async function ruleThatIs(organization: Organization, status: string): Promise<Entity> {
  const rules = await organization.read('/api/v1/groups/rules');
  const found = rules.find((rule) => rule.status === status);
  if (!found) throw new Error(`the organization has no rule that is ${status}`);
  return found;
}

async function memberOf(organization: Organization, group: string): Promise<string> {
  const member = (await organization.read(`/api/v1/groups/${group}/users?limit=200`)).at(-1);
  if (!member) throw new Error('the group is empty');
  return member.id;
}

export const groupCases: readonly ChangeCase[] = [
  {
    tool: 'create_okta_group',
    asks: false,
    undo: 'all',
    besides: ['id', 'type', 'objectClass'],
    async prepare() {
      const profile = { name: 'Harbour pilots', description: 'They bring ships in' };
      return { input: { profile }, reads: ['/api/v1/groups/{made}'] };
    },
  },
  {
    tool: 'update_okta_group',
    asks: false,
    undo: 'all',
    async prepare(organization) {
      const { id } = await groupNamed(organization, 'VPN Users');
      return { input: { group_id: id, profile: { name: 'Remote access' } }, reads: [`/api/v1/groups/${id}`] };
    },
  },
  {
    tool: 'update_okta_group',
    when: 'that loses its description',
    asks: false,
    undo: 'all',
    async prepare(organization) {
      const { id } = await groupNamed(organization, 'VPN Users');
      return { input: { group_id: id, profile: { description: null } }, reads: [`/api/v1/groups/${id}`] };
    },
  },
  {
    tool: 'delete_okta_group',
    asks: true,
    undo: 'partly',
    besides: ['id', 'type', 'objectClass'],
    async prepare(organization) {
      const { id } = await groupNamed(organization, 'On-call Engineers');
      return { input: { group_id: id }, reads: [`/api/v1/groups/${id}`] };
    },
  },
  {
    tool: 'add_okta_group_member',
    asks: false,
    undo: 'all',
    compare: compareEntries,
    async prepare(organization) {
      const [user, { id }] = [await anybody(organization), await groupNamed(organization, 'Payroll Processors')];
      return { input: { user_id: user, group_id: id }, reads: [`/api/v1/users/${user}/groups`] };
    },
  },
  {
    tool: 'add_okta_group_member',
    when: 'with administrator rights',
    asks: true,
    undo: 'all',
    compare: compareEntries,
    async prepare(organization) {
      const { id } = await groupNamed(organization, 'Okta Administrators – Help Desk');
      const user = await anybody(organization);
      const reads = [`/api/v1/users/${user}/groups`, `/api/v1/users/${user}/roles`];
      return { input: { user_id: user, group_id: id }, reads };
    },
  },
  {
    tool: 'remove_okta_group_member',
    asks: true,
    undo: 'partly',
    compare: compareEntries,
    async prepare(organization) {
      const { id } = await groupNamed(organization, 'VPN Users');
      const user = await memberOf(organization, id);
      return { input: { user_id: user, group_id: id }, reads: [`/api/v1/users/${user}/groups`] };
    },
  },
  {
    tool: 'create_okta_group_rule',
    asks: false,
    undo: 'all',
    besides: ['id'],
    async prepare(organization) {
      const { id } = await groupNamed(organization, 'VPN Users');
      const user = await anybody(organization);
      const input = {
        name: 'Pilots get VPN',
        expression: 'user.title=="Harbour pilot"',
        group_ids: [id],
        excluded_user_ids: [user],
      };
      return { input, reads: ['/api/v1/groups/rules/{made}'] };
    },
  },
  {
    tool: 'activate_okta_group_rule',
    asks: false,
    undo: 'partly',
    async prepare(organization) {
      const { id } = await ruleThatIs(organization, 'INACTIVE');
      return { input: { rule_id: id }, reads: [`/api/v1/groups/rules/${id}`] };
    },
  },
  {
    tool: 'deactivate_okta_group_rule',
    asks: true,
    undo: 'all',
    async prepare(organization) {
      const { id } = await ruleThatIs(organization, 'ACTIVE');
      return { input: { rule_id: id }, reads: [`/api/v1/groups/rules/${id}`] };
    },
  },
  {
    tool: 'delete_okta_group_rule',
    asks: true,
    undo: 'partly',
    besides: ['id', 'type'],
    async prepare(organization) {
      const { id } = await ruleThatIs(organization, 'INACTIVE');
      return { input: { rule_id: id, remove_users: true }, reads: [`/api/v1/groups/rules/${id}`] };
    },
  },
];
