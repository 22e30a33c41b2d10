// Groups of an identity domain and who is in them.

import type { Change } from '../changes.ts';
import type { OciTenancy } from '../oci.ts';
import { aUser, type OciCase } from '../oci-changes.ts';

const core = 'urn:ietf:params:scim:schemas:core:2.0:Group';
const extension = 'urn:ietf:params:scim:schemas:oracle:idcs:extension:group:Group';
const groupPath = (id: string) => `Groups/${id}?attributes=displayName,${extension}:description`;
/** What each group has, whatever is asked for. */
const alwaysThere = [
  'id',
  'ocid',
  'nonUniqueDisplayName',
  'urn:ietf:params:scim:schemas:oracle:idcs:extension:dynamic:Group',
];
const membersPath = (id: string) => `Groups/${id}?attributes=members`;

let made = 0;

/** A new one, so that no case meets what another one left behind. */
export async function aGroup(
  tenancy: OciTenancy,
  { description, members = [] }: { readonly description?: string; readonly members?: readonly string[] } = {},
): Promise<string> {
  made += 1;
  const { id } = await tenancy.write('POST', 'Groups', {
    schemas: [core, extension],
    displayName: `Harbour crew ${made}`,
    ...(description !== undefined && { [extension]: { description } }),
    ...(members.length > 0 && { members: members.map((value) => ({ value, type: 'User' })) }),
  });
  return String(id);
}

interface Role {
  readonly id: string;
  readonly app: string;
}

export async function roleThat(tenancy: OciTenancy, fits: (role: Record<string, unknown>) => boolean): Promise<Role> {
  const role = (await tenancy.readAll('AppRoles')).find(fits);
  if (!role) throw new Error('there is no such role');
  return { id: String(role.id), app: String((role.app as { value: string }).value) };
}

export const administratorsRole = (tenancy: OciTenancy, name: string): Promise<Role> =>
  roleThat(tenancy, ({ displayName, adminRole }) => adminRole === true && displayName === name);

/** One of an application, which makes nobody an administrator. */
export const plainRole = (tenancy: OciTenancy): Promise<Role> =>
  roleThat(
    tenancy,
    (role) => role.adminRole !== true && role.availableToUsers === true && role.availableToGroups === true,
  );

const grantSchema = 'urn:ietf:params:scim:schemas:oracle:idcs:Grant';

export async function aGrant(
  tenancy: OciTenancy,
  type: 'User' | 'Group' | 'App',
  grantee: string,
  role: Role,
): Promise<string> {
  const { id } = await tenancy.write('POST', 'Grants', {
    schemas: [grantSchema],
    grantMechanism: `ADMINISTRATOR_TO_${type.toUpperCase()}`,
    grantee: { type, value: grantee },
    app: { value: role.app },
    entitlement: { attributeName: 'appRoles', attributeValue: role.id },
  });
  return String(id);
}

const idsIn = (state: unknown): string[] =>
  ((state as { members?: { value: string }[] } | undefined)?.members ?? []).map(({ value }) => value).sort();

function compareMembers(preview: readonly Change[], before: readonly unknown[], after: readonly unknown[]): void {
  const members = new Set(idsIn(before[0]));
  for (const { field, after: comes } of preview) {
    const id = field.replace('members.', '');
    if (comes === undefined) members.delete(id);
    else members.add(id);
  }
  const told = [...members].sort();
  if (JSON.stringify(told) === JSON.stringify(idsIn(after[0]))) return;
  throw new Error(`the preview says ${told.join(' ')}, and there are ${idsIn(after[0]).join(' ')}`);
}

async function three(tenancy: OciTenancy): Promise<readonly [string, string, string]> {
  const [one, two, other] = [await aUser(tenancy), await aUser(tenancy), await aUser(tenancy)];
  return [one.id, two.id, other.id];
}

export const ociGroupCases: readonly OciCase[] = [
  {
    tool: 'create_oci_group',
    asks: false,
    undo: 'all',
    besides: alwaysThere,
    async prepare() {
      const input = { name: 'Night shift', description: 'Works when nobody else does' };
      return { input, reads: [groupPath('{made}')] };
    },
  },
  {
    tool: 'update_oci_group',
    when: 'that is described anew',
    asks: false,
    undo: 'all',
    async prepare(tenancy) {
      const id = await aGroup(tenancy, { description: 'Loads ships' });
      return { input: { group_id: id, description: 'Loads and unloads ships' }, reads: [groupPath(id)] };
    },
  },
  {
    tool: 'update_oci_group',
    when: 'that is described for the first time',
    asks: false,
    undo: 'all',
    async prepare(tenancy) {
      const id = await aGroup(tenancy);
      return { input: { group_id: id, description: 'Loads ships' }, reads: [groupPath(id)] };
    },
  },
  {
    tool: 'update_oci_group',
    when: 'that is renamed and loses its description',
    asks: true,
    undo: 'all',
    besides: ['nonUniqueDisplayName'],
    async prepare(tenancy) {
      const id = await aGroup(tenancy, { description: 'Loads ships' });
      const input = { group_id: id, name: `Crew of ${id}`, remove: ['description'] };
      return { input, reads: [groupPath(id)] };
    },
  },
  {
    tool: 'delete_oci_group',
    when: 'that is empty',
    asks: true,
    undo: 'partly',
    besides: alwaysThere,
    async prepare(tenancy) {
      const id = await aGroup(tenancy, { description: 'Loads ships' });
      return { input: { group_id: id }, reads: [groupPath(id)] };
    },
  },
  {
    tool: 'delete_oci_group',
    when: 'with its members and grants, by force',
    asks: true,
    undo: 'partly',
    besides: alwaysThere,
    async prepare(tenancy) {
      const id = await aGroup(tenancy, { members: await three(tenancy) });
      await aGrant(tenancy, 'Group', id, await plainRole(tenancy));
      return { input: { group_id: id, force: true }, reads: [groupPath(id)] };
    },
  },
  {
    tool: 'add_oci_group_members',
    when: 'several, one of whom is in it',
    asks: false,
    undo: 'all',
    compare: compareMembers,
    async prepare(tenancy) {
      const [one, two, other] = await three(tenancy);
      const id = await aGroup(tenancy, { members: [one] });
      return { input: { group_id: id, user_ids: [one, two, other] }, reads: [membersPath(id)] };
    },
  },
  {
    tool: 'add_oci_group_members',
    when: 'whom it makes administrators',
    asks: true,
    undo: 'all',
    compare: compareMembers,
    async prepare(tenancy) {
      const { userName } = await aUser(tenancy);
      const id = await aGroup(tenancy);
      await aGrant(tenancy, 'Group', id, await administratorsRole(tenancy, 'User Administrator'));
      return { input: { group_id: id, user_ids: [userName] }, reads: [membersPath(id)] };
    },
  },
  {
    tool: 'remove_oci_group_members',
    when: 'several, one of whom is not in it',
    asks: true,
    undo: 'all',
    compare: compareMembers,
    async prepare(tenancy) {
      const [one, two, other] = await three(tenancy);
      const id = await aGroup(tenancy, { members: [one, two] });
      return { input: { group_id: id, user_ids: [other, two] }, reads: [membersPath(id)] };
    },
  },
];
