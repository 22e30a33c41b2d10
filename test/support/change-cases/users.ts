// Creating users, their profiles and their factors.

import { expect } from 'vitest';
import type { Change, ChangeCase } from '../changes.ts';
import type { Entity, Organization } from '../organization.ts';
import { anybody } from './user-lifecycle.ts';

const person = {
  firstName: 'Noor',
  lastName: 'Haddad',
  email: 'noor.haddad@larkspur.example',
  title: 'Harbour pilot',
  department: 'Fleet',
};

export async function groupNamed(organization: Organization, name: string): Promise<Entity> {
  const groups = await organization.read(`/api/v1/groups?q=${encodeURIComponent(name)}`);
  const found = groups.find(({ profile }) => (profile as { name: string }).name === name);
  if (!found) throw new Error(`the organization has no group ${name}`);
  return found;
}

/** Somebody who has this many factors or more, and all of them. */
async function withFactors(organization: Organization, least: number): Promise<{ id: string; factors: Entity[] }> {
  const users = await organization.read('/api/v1/users?filter=status%20eq%20%22ACTIVE%22&limit=200');
  for (const { id } of users.reverse()) {
    const factors = await organization.read(`/api/v1/users/${id}/factors`);
    if (factors.length >= least) return { id, factors };
  }
  throw new Error('nobody has so many factors');
}

/** Entries of a list that go or come, as `factors.ID` or `groups.ID`. */
export function compareEntries(
  preview: readonly Change[],
  before: readonly unknown[],
  after: readonly unknown[],
): void {
  const ids = (list: unknown) => ((list ?? []) as Entity[]).map(({ id }) => id);
  const [old, young] = [ids(before[0]), ids(after[0])];
  const idIn = ({ field }: Change) => field.slice(field.indexOf('.') + 1);
  const gone = preview.filter((change) => change.after === undefined).map(idIn);
  const come = preview.filter((change) => change.before === undefined).map(idIn);
  expect(gone.toSorted()).toEqual(old.filter((id) => !young.includes(id)).toSorted());
  expect(come.toSorted()).toEqual(young.filter((id) => !old.includes(id)).toSorted());
}

export const userCases: readonly ChangeCase[] = [
  {
    tool: 'create_okta_user',
    asks: false,
    undo: 'partly',
    besides: ['id', 'type', 'credentials'],
    async prepare(organization) {
      const group = await groupNamed(organization, 'VPN Users');
      return {
        input: { profile: person, group_ids: [group.id] },
        reads: ['/api/v1/users/{made}', '/api/v1/users/{made}/groups'],
      };
    },
  },
  {
    tool: 'create_okta_user',
    when: 'staged',
    asks: false,
    undo: 'partly',
    besides: ['id', 'type', 'credentials'],
    async prepare() {
      return { input: { profile: person, activate: false }, reads: ['/api/v1/users/{made}'] };
    },
  },
  {
    tool: 'create_okta_user',
    when: 'with administrator rights',
    asks: true,
    undo: 'partly',
    besides: ['id', 'type', 'credentials'],
    async prepare(organization) {
      const { id } = await groupNamed(organization, 'Okta Administrators – Help Desk');
      return { input: { profile: person, group_ids: [id] }, reads: ['/api/v1/users/{made}'] };
    },
  },
  {
    tool: 'update_okta_user_profile',
    asks: false,
    undo: 'all',
    async prepare(organization) {
      const id = await anybody(organization);
      const profile = { title: 'Lead Designer', mobilePhone: null, nickName: 'Harry' };
      return { input: { user_id: id, profile }, reads: [`/api/v1/users/${id}`] };
    },
  },
  {
    tool: 'update_okta_user_profile',
    when: 'where recovery mail goes',
    asks: true,
    undo: 'all',
    async prepare(organization) {
      const id = await anybody(organization);
      const profile = { email: 'elsewhere@larkspur.example' };
      return { input: { user_id: id, profile }, reads: [`/api/v1/users/${id}`] };
    },
  },
  {
    tool: 'update_okta_user_profile',
    when: 'what the person signs in with',
    asks: true,
    undo: 'all',
    async prepare(organization) {
      const id = await anybody(organization);
      const profile = { login: 'somebody.else@larkspur.example' };
      return { input: { user_id: id, profile }, reads: [`/api/v1/users/${id}`] };
    },
  },
  {
    tool: 'reset_okta_user_factors',
    asks: true,
    undo: 'none',
    compare: compareEntries,
    async prepare(organization) {
      const { id } = await withFactors(organization, 2);
      return { input: { user_id: id }, reads: [`/api/v1/users/${id}/factors`] };
    },
  },
  {
    tool: 'unenroll_okta_user_factor',
    asks: true,
    undo: 'none',
    compare: compareEntries,
    async prepare(organization) {
      const { id, factors } = await withFactors(organization, 2);
      return { input: { user_id: id, factor_id: factors.at(-1)?.id }, reads: [`/api/v1/users/${id}/factors`] };
    },
  },
  {
    tool: 'unenroll_okta_user_factor',
    when: 'with what hangs on it',
    asks: true,
    undo: 'none',
    compare: compareEntries,
    async prepare(organization) {
      // Tomas has Okta Verify: its push, and its one-time code.
      const user = 'tomas.okafor@larkspur.example';
      const factors = await organization.read(`/api/v1/users/${user}/factors`);
      const push = factors.find(({ factorType }) => factorType === 'push');
      if (!push || !factors.some(({ factorType }) => factorType === 'token:software:totp')) throw new Error('no push');
      return { input: { user_id: user, factor_id: push.id }, reads: [`/api/v1/users/${user}/factors`] };
    },
  },
];
