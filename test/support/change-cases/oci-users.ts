// Users of an identity domain, their factors and credentials.

import { generateKeyPairSync } from 'node:crypto';
import { domainAdmin, type OciTenancy } from '../oci.ts';
import { aUser, type OciCase } from '../oci-changes.ts';

const oracle = 'urn:ietf:params:scim:schemas:oracle:idcs:extension';
const state = `${oracle}:userState:User`;
const mfa = `${oracle}:mfa:User`;
const patchOp = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

const locked = `${state}:locked`;
const userPath = (id: string) =>
  `Users/${id}?attributes=userName,name,displayName,title,emails,phoneNumbers,active,urn:ietf:params:scim:schemas:extension:enterprise:2.0:User,${locked}`;

async function patch(tenancy: OciTenancy, id: string, path: string, value: unknown): Promise<void> {
  const Operations = [{ op: 'replace', path, value }];
  await tenancy.write('PATCH', `Users/${id}`, { schemas: [patchOp], Operations });
}

/** Somebody with devices, whom the company has had from the beginning. */
async function enrolled(tenancy: OciTenancy): Promise<string> {
  const users = await tenancy.readAll(`Users?attributes=userName,active,${mfa}:devices`);
  const hasDevice = (user: Record<string, unknown>) =>
    ((user[mfa] as { devices?: unknown[] } | undefined)?.devices ?? []).length > 0;
  const found = users.find((user) => user.userName !== domainAdmin && hasDevice(user));
  if (!found) throw new Error('nobody in the domain has a device');
  return String(found.id);
}

async function withApiKey(tenancy: OciTenancy) {
  const user = await aUser(tenancy);
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const key = await tenancy.write('POST', 'ApiKeys', {
    schemas: ['urn:ietf:params:scim:schemas:oracle:idcs:apikey'],
    user: { value: user.id },
    key: publicKey.export({ type: 'spki', format: 'pem' }),
    description: 'Deploys at night',
  });
  return { user, key };
}

export const ociUserCases: readonly OciCase[] = [
  {
    tool: 'create_oci_user',
    asks: false,
    undo: 'partly',
    besides: ['id', 'ocid', 'name.formatted', locked.replace(/:locked$/, '')],
    async prepare() {
      const input = {
        email: 'pilot@larkspur.example',
        given_name: 'Pia',
        family_name: 'Pilot',
        display_name: 'Pia Pilot',
        title: 'Harbour pilot',
        department: 'Harbour',
        recovery_email: 'pia@mail.example',
        mobile_phone: '+49 40 5550100',
      };
      return { input, reads: [userPath('{made}')] };
    },
  },
  {
    tool: 'update_oci_user',
    when: 'what others see of them',
    asks: false,
    undo: 'all',
    besides: ['name.formatted'],
    async prepare(tenancy) {
      const { id } = await aUser(tenancy, { title: 'Clerk' });
      const input = { user_id: id, title: 'Head clerk', department: 'Harbour', mobile_phone: '+49 40 5550101' };
      return { input: { ...input, given_name: 'Eleonora' }, reads: [userPath(id)] };
    },
  },
  {
    tool: 'update_oci_user',
    when: 'that loses what it has',
    asks: false,
    undo: 'all',
    async prepare(tenancy) {
      const { id } = await aUser(tenancy, { title: 'Clerk' });
      return { input: { user_id: id, remove: ['title', 'display_name'] }, reads: [userPath(id)] };
    },
  },
  {
    tool: 'update_oci_user',
    when: 'how they sign in, and where links go',
    asks: true,
    undo: 'all',
    async prepare(tenancy) {
      const { id } = await aUser(tenancy);
      const login = `renamed.${id}@larkspur.example`;
      return {
        input: { user_id: id, login, email: login, recovery_email: `r.${id}@mail.example` },
        reads: [userPath(id)],
      };
    },
  },
  {
    tool: 'update_oci_user',
    when: 'whose recovery address goes',
    asks: true,
    undo: 'all',
    async prepare(tenancy) {
      const { id } = await aUser(tenancy);
      return { input: { user_id: id, remove: ['recovery_email'] }, reads: [userPath(id)] };
    },
  },
  {
    tool: 'deactivate_oci_user',
    asks: true,
    undo: 'all',
    async prepare(tenancy) {
      const { id } = await aUser(tenancy);
      return { input: { user_id: id }, reads: [userPath(id)] };
    },
  },
  {
    tool: 'activate_oci_user',
    asks: false,
    undo: 'all',
    async prepare(tenancy) {
      const { id, userName } = await aUser(tenancy, { active: false });
      return { input: { user_id: userName }, reads: [userPath(id)] };
    },
  },
  {
    tool: 'unlock_oci_user',
    asks: false,
    undo: 'none',
    besides: [`${state}.locked.reason`, `${state}.locked.lockDate`],
    async prepare(tenancy) {
      const { id } = await aUser(tenancy);
      await patch(tenancy, id, `${locked}.on`, true);
      return { input: { user_id: id }, reads: [userPath(id)] };
    },
  },
  {
    tool: 'delete_oci_user',
    asks: true,
    undo: 'none',
    besides: ['id', 'ocid', 'emails.recovery'],
    async prepare(tenancy) {
      const { id } = await aUser(tenancy, { active: false });
      return { input: { user_id: id }, reads: [`Users/${id}?attributes=userName,displayName,active,emails`] };
    },
  },
  {
    tool: 'reset_oci_user_password',
    asks: true,
    undo: 'none',
    async prepare(tenancy) {
      const { id } = await aUser(tenancy);
      const reads = [`Users/${id}?attributes=userName,${oracle}:passwordState:User:mustChange`];
      return { input: { user_id: id }, reads };
    },
    compare: () => {},
  },
  {
    tool: 'remove_oci_user_mfa_factor',
    asks: true,
    undo: 'none',
    async prepare(tenancy) {
      const id = await enrolled(tenancy);
      return { input: { user_id: id }, reads: [`Users/${id}?attributes=userName,${mfa}:devices`] };
    },
    compare: (preview, before, after) => {
      const devices = (side: readonly unknown[]) =>
        ((side[0] as Record<string, { devices?: { value: string }[] }>)[mfa]?.devices ?? []).map(({ value }) => value);
      const told = preview.map(({ field }) => field.replace(/^.*\.devices\./, ''));
      if (JSON.stringify(told) !== JSON.stringify(devices(before))) throw new Error(`${told} for ${devices(before)}`);
      if (devices(after).length > 0) throw new Error('the devices are still there');
    },
  },
  {
    tool: 'delete_oci_user_api_key',
    asks: true,
    undo: 'none',
    besides: ['id', 'ocid', 'user'],
    async prepare(tenancy) {
      const { user, key } = await withApiKey(tenancy);
      const reads = [`ApiKeys/${key.id}?attributes=fingerprint,description`];
      return { input: { user_id: user.id, key: key.fingerprint }, reads };
    },
  },
  {
    tool: 'delete_oci_user_auth_token',
    asks: true,
    undo: 'none',
    besides: ['id', 'ocid', 'user'],
    async prepare(tenancy) {
      const user = await aUser(tenancy);
      const token = await tenancy.write('POST', 'AuthTokens', {
        schemas: ['urn:ietf:params:scim:schemas:oracle:idcs:authToken'],
        user: { value: user.id },
        description: 'Pulls images',
      });
      const reads = [`AuthTokens/${token.id}?attributes=description`];
      return { input: { user_id: user.userName, token_id: token.id }, reads };
    },
  },
];
