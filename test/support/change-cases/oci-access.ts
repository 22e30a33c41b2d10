// Applications of an identity domain, and who was granted what in them.

import type { Change } from '../changes.ts';
import type { OciTenancy } from '../oci.ts';
import { aUser, type OciCase } from '../oci-changes.ts';
import { administratorsRole, aGrant, aGroup, plainRole } from './oci-groups.ts';

const appPath = (id: string) => `Apps/${id}?attributes=displayName,active`;
const grantsOf = (id: string) => `Grants?filter=${encodeURIComponent(`grantee.value eq "${id}"`)}`;

async function anApp(tenancy: OciTenancy, active: boolean): Promise<string> {
  const apps = await tenancy.readAll('Apps?attributes=displayName,name,active,infrastructure,isOPCService');
  const own = [tenancy.oci.client.id, tenancy.oci.exchange.clientId];
  const found = apps.find(
    (app) => app.active === active && !app.infrastructure && !app.isOPCService && !own.includes(String(app.name)),
  );
  if (!found) throw new Error(`no application is ${active ? 'active' : 'inactive'}`);
  return String(found.id);
}

const countIn = (state: unknown) => (state as { totalResults?: number }).totalResults ?? 0;

/** One grant more, or one less, of a role that the preview names. */
function compareGrants(preview: readonly Change[], before: readonly unknown[], after: readonly unknown[]): void {
  const [change] = preview;
  const named = ((change?.after ?? change?.before) as { app_role?: string } | undefined)?.app_role;
  const moved = countIn(after[0]) - countIn(before[0]);
  if (preview.length === 1 && named !== undefined && moved === (change?.after === undefined ? -1 : 1)) return;
  throw new Error(`the preview says ${JSON.stringify(preview)}, and the number of grants went by ${moved}`);
}

export const ociAccessCases: readonly OciCase[] = [
  {
    tool: 'deactivate_oci_application',
    asks: true,
    undo: 'all',
    async prepare(tenancy) {
      const id = await anApp(tenancy, true);
      return { input: { app_id: id }, reads: [appPath(id)] };
    },
  },
  {
    tool: 'activate_oci_application',
    asks: false,
    undo: 'all',
    async prepare(tenancy) {
      const id = await anApp(tenancy, false);
      return { input: { app_id: id }, reads: [appPath(id)] };
    },
  },
  {
    tool: 'grant_oci_app_role',
    when: 'to a user',
    asks: false,
    undo: 'all',
    compare: compareGrants,
    async prepare(tenancy) {
      const { id, userName } = await aUser(tenancy);
      const role = await plainRole(tenancy);
      return { input: { app_role_id: role.id, user_id: userName }, reads: [grantsOf(id)] };
    },
  },
  {
    tool: 'grant_oci_app_role',
    when: 'to a group',
    asks: false,
    undo: 'all',
    compare: compareGrants,
    async prepare(tenancy) {
      const id = await aGroup(tenancy);
      const role = await plainRole(tenancy);
      return { input: { app_role_id: role.id, group_id: id }, reads: [grantsOf(id)] };
    },
  },
  {
    tool: 'grant_oci_app_role',
    when: 'that makes somebody an administrator',
    asks: true,
    undo: 'all',
    compare: compareGrants,
    async prepare(tenancy) {
      const { id } = await aUser(tenancy);
      const role = await administratorsRole(tenancy, 'User Administrator');
      return { input: { app_role_id: role.id, user_id: id }, reads: [grantsOf(id)] };
    },
  },
  {
    tool: 'grant_oci_app_role',
    when: 'to an application',
    asks: true,
    undo: 'all',
    compare: compareGrants,
    async prepare(tenancy) {
      const id = await anApp(tenancy, true);
      const role = await administratorsRole(tenancy, 'Audit Administrator');
      return { input: { app_role_id: role.id, client_app_id: id }, reads: [grantsOf(id)] };
    },
  },
  {
    tool: 'revoke_oci_grant',
    when: 'of a user',
    asks: true,
    undo: 'partly',
    compare: compareGrants,
    async prepare(tenancy) {
      const { id } = await aUser(tenancy);
      const grant = await aGrant(tenancy, 'User', id, await administratorsRole(tenancy, 'Help Desk Administrator'));
      return { input: { grant_id: grant }, reads: [grantsOf(id)] };
    },
  },
  {
    tool: 'revoke_oci_grant',
    when: 'of a group',
    asks: true,
    undo: 'partly',
    compare: compareGrants,
    async prepare(tenancy) {
      const id = await aGroup(tenancy);
      const grant = await aGrant(tenancy, 'Group', id, await plainRole(tenancy));
      return { input: { grant_id: grant }, reads: [grantsOf(id)] };
    },
  },
];
