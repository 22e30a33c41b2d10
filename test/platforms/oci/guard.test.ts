// What is not changed in an identity domain, whoever asks and agrees: whom the operator protects, one's own account, and the last
// administrator.

import type { Client } from '@modelcontextprotocol/client';
import { afterEach, describe, expect, it } from 'vitest';
import type { Plan, Target } from '../../../src/core/change.ts';
import type { OciClient } from '../../../src/platforms/oci/client.ts';
import { createGuard } from '../../../src/platforms/oci/guard.ts';
import { createProtected } from '../../../src/platforms/oci/protected.ts';
import { ask, call } from '../../support/answers.ts';
import { domainAdmin, type OciServer, openOciServer } from '../../support/oci.ts';
import { aUser } from '../../support/oci-changes.ts';
import { openOciDoor } from '../../support/oci-door.ts';

const harriet = 'harriet.davenport@larkspur.example';
const tomas = 'tomas.okafor@larkspur.example';
const helpDesk = 'declan.kinsella@larkspur.example';
type Json = Record<string, unknown>;

let tenancy: OciServer;
let client: Client;

async function open(options: Parameters<typeof openOciServer>[0] = {}): Promise<void> {
  tenancy = await openOciServer(options);
  client = await tenancy.server.connect('2026-07-28', 'http', () => 'yes');
}
afterEach(async () => {
  await tenancy?.close();
});

async function refused(tool: string, input: Json, why: RegExp): Promise<void> {
  tenancy.mutations.length = 0;
  for (const dryRun of [true, false]) {
    const answer = await call(client, tool, { ...input, dryRun });
    expect(answer.isError, `${tool} ${JSON.stringify(input)}`).toBe(true);
    expect(answer.text).toMatch(why);
  }
  expect(tenancy.mutations).toEqual([]);
}

async function idOf(login: string): Promise<string> {
  const users = await tenancy.readAll('Users?attributes=userName');
  return String(users.find(({ userName }) => userName === login)?.id);
}

/** An administrator's role given to somebody, by the domain's own administrator. */
async function give(role: string, login: string): Promise<void> {
  const roles = await tenancy.readAll('AppRoles?attributes=displayName,app,adminRole');
  const { id, app } = (roles.find(({ displayName }) => displayName === role) ?? {}) as { id: string; app: Json };
  await tenancy.write('POST', 'Grants', {
    schemas: ['urn:ietf:params:scim:schemas:oracle:idcs:Grant'],
    grantMechanism: 'ADMINISTRATOR_TO_USER',
    grantee: { type: 'User', value: await idOf(login) },
    app: { value: app.value },
    entitlement: { attributeName: 'appRoles', attributeValue: id },
  });
}

describe('whom the operator protects', () => {
  it('nothing is done to them, by whatever name the settings know them', async () => {
    const people: Json[] = [];
    await open({
      async settings(tenancy) {
        const emails = [{ value: 'bridge@larkspur.example', type: 'work', primary: true }];
        for (const more of [{}, {}, {}, {}, { emails }]) people.push(await aUser(tenancy, more));
        const [byLogin, byName, byId, byOcid] = people;
        const name = String(byName?.userName).replace(/@.*/, '');
        const entries = [
          String(byLogin?.userName).toUpperCase(),
          name,
          byId?.id,
          byOcid?.ocid,
          'bridge@larkspur.example',
        ];
        return { protectUsers: entries };
      },
    });
    for (const { id } of people) {
      await refused('deactivate_oci_user', { user_id: id }, /is protected by the operator/);
      await refused('update_oci_user', { user_id: id, title: 'Captain' }, /is protected by the operator/);
    }
    const other = await aUser(tenancy);
    expect((await ask(client, 'deactivate_oci_user', { user_id: other.id })).value.done).toBe(true);
  });

  it('a name that stands for nobody stops all changes of users until it is put right', async () => {
    await open({ settings: { protectUsers: ['brige@larkspur.example'] } });
    const { id } = await aUser(tenancy);
    await refused(
      'deactivate_oci_user',
      { user_id: id },
      /protectUsers names what is not there \(“brige@larkspur.example”\)/,
    );
  });

  it('a group is protected by its name, with who comes and goes', async () => {
    await open({ settings: { protectGroups: ['service desk'] } });
    const groups = await tenancy.readAll('Groups?attributes=displayName');
    const group_id = groups.find(({ displayName }) => displayName === 'Service Desk')?.id;
    const { id } = await aUser(tenancy);
    await refused('add_oci_group_members', { group_id, user_ids: [id] }, /group .*Service Desk.* is protected/);
  });
});

describe('one’s own account', () => {
  it('the account of the credential does not change itself', async () => {
    await open();
    await refused(
      'deactivate_oci_user',
      { user_id: domainAdmin },
      /account that Castellan’s own credential belongs to/,
    );
    await refused('update_oci_user', { user_id: domainAdmin, title: 'Owner' }, /own credential belongs to/);
    await refused('remove_oci_user_mfa_factor', { user_id: domainAdmin, factors: 'all' }, /own credential belongs to/);
    const { apiKeyOf } = tenancy.oci;
    const { fingerprint } = apiKeyOf(domainAdmin);
    await refused('delete_oci_user_api_key', { user_id: domainAdmin, key: fingerprint }, /own credential belongs to/);
  });
});

describe('a caller’s own account', () => {
  it('is not changed by who signed in as its owner, and others are, in that person’s name', async () => {
    tenancy = await openOciServer();
    const door = await openOciDoor(tenancy.oci, { CASTELLAN_AUTH_EVERYBODY: 'castellan:read,castellan:write' });
    try {
      const token = await door.signIn(domainAdmin, 'castellan:read castellan:write');
      const own = await door.call(token, 'update_oci_user', { user_id: domainAdmin, title: 'Owner', dryRun: true });
      expect(own.text).toMatch(/is the caller’s own account; nobody changes their own here/);
      expect((await door.call(token, 'update_oci_user', { user_id: tomas, title: 'Treasurer' })).value.done).toBe(true);
      const user = await tenancy.read(`Users/${await idOf(tomas)}?attributes=title,idcsLastModifiedBy`);
      expect(user).toMatchObject({ title: 'Treasurer', idcsLastModifiedBy: { display: domainAdmin } });
    } finally {
      await door.stop();
    }
  }, 60_000);
});

describe('the last administrator of the domain', () => {
  it('stays: others may go as long as somebody active is left, by a grant of their own or a group’s', async () => {
    await open({ login: tomas });
    await give('User Administrator', tomas);
    await give('Identity Domain Administrator', tomas);
    const { done } = (await ask(client, 'deactivate_oci_user', { user_id: harriet })).value;
    expect(done).toBe(true);
    const dry = await ask(client, 'deactivate_oci_user', { user_id: domainAdmin, dryRun: true });
    expect(dry.isError).toBe(false);
    const grants = await tenancy.readAll(`Grants?attributes=grantee,entitlement`);
    const tomasId = await idOf(tomas);
    const own = grants.filter(({ grantee }) => (grantee as Json).value === tomasId);
    const roles = await tenancy.readAll('AppRoles?attributes=displayName');
    const admin = roles.find(({ displayName }) => displayName === 'Identity Domain Administrator')?.id;
    const held = own.find(({ entitlement }) => (entitlement as Json).attributeValue === admin);
    await tenancy.write('DELETE', `Grants/${held?.id}`);
    await refused('deactivate_oci_user', { user_id: domainAdmin }, /is the last active Identity Domain Administrator/);
    expect((await ask(client, 'activate_oci_user', { user_id: harriet })).value.done).toBe(true);
    const again = await ask(client, 'deactivate_oci_user', { user_id: domainAdmin, dryRun: true });
    expect(again.isError).toBe(false);
  });

  it('what makes administrators is not deleted', async () => {
    await open();
    const groups = await tenancy.readAll('Groups?attributes=displayName');
    const group_id = groups.find(({ displayName }) => displayName === 'Identity Administrators')?.id;
    await refused('delete_oci_group', { group_id, force: true }, /makes its members Identity Domain Administrators/);
  });

  it('who may not see grants changes no administrator, and others as they may', async () => {
    await open({ login: helpDesk });
    await refused('reset_oci_user_password', { user_id: harriet }, /cannot see whether this is the last administrator/);
    expect((await ask(client, 'reset_oci_user_password', { user_id: tomas })).value.done).toBe(true);
  });
});

describe('asked without a server', () => {
  const plan = (...targets: Target[]): Plan => ({
    summary: 'Change it',
    targets,
    changes: [],
    undo: { none: 'a test' },
    apply: async () => undefined,
  });
  const role = 'urn:ietf:params:scim:schemas:oracle:idcs:extension:user:User';
  const administrator = { appRoles: [{ display: 'Identity Domain Administrator' }] };
  const grantees = ['u1', 'u2'].map((value) => ({ grantee: { type: 'User', value } }));

  /** A domain with two administrators, u1 and u2, and applications called after their client ids. */
  const domain = {
    identity: async () => ({ tenancy: 't', user: 'ocid1.user.oc1..me', region: 'r', kind: 'caller' }),
    claims: async () => ({ domain: { client_id: 'client-of-a3' } }),
    hides: () => false,
    domain: {
      getExact: async ({ path: [kind, id] }: { path: string[] }) =>
        kind === 'Apps'
          ? { id, name: `client-of-${id}` }
          : { id, ocid: `ocid1.user.oc1..${id}`, [role]: administrator },
      async list({ path: [kind], max }: { path: string[]; max: number }) {
        const all =
          kind === 'AppRoles'
            ? [{ id: 'r', app: { value: 'a' } }]
            : kind === 'Grants'
              ? grantees
              : [{ id: 'u1' }, { id: 'u2' }];
        return { items: all.slice(0, max), complete: true, total: all.length };
      },
    },
  } as unknown as OciClient;
  const none = createProtected({ protectUsers: [], protectGroups: [], protectApps: [] });
  const user = (id: string): Target => ({ type: 'user', id });
  const group: Target = { type: 'group', id: 'g' };

  it('of two administrators one may leave a group, both together may not', async () => {
    const guard = createGuard({ protects: none, clientIds: [] });
    expect(await guard(plan(group, user('u1')), domain, 'destroy')).toBeUndefined();
    expect(await guard(plan(group, user('u1'), user('u2')), domain, 'destroy')).toMatch(/last active/);
  });

  it('an administrator by a group alone counts, as long as others in it are active', async () => {
    const filters: string[] = [];
    const list = async ({ path: [kind], filter }: { path: string[]; filter?: { text: string } }) => {
      if (kind === 'Users') filters.push(filter?.text ?? '');
      const byGroup = [{ grantee: { type: 'Group', value: 'g1' } }];
      const items = kind === 'AppRoles' ? [{ id: 'r' }] : kind === 'Grants' ? byGroup : [{ id: 'u1' }, { id: 'u2' }];
      return { items, complete: true, total: items.length };
    };
    const grouped = { ...domain, domain: { ...domain.domain, list } } as unknown as OciClient;
    const guard = createGuard({ protects: none, clientIds: [] });
    expect(await guard(plan(user('u1')), grouped, 'destroy')).toBeUndefined();
    expect(filters).toEqual(['active eq true and groups.value eq "g1"']);
    expect(await guard(plan(user('u1'), user('u2')), grouped, 'destroy')).toMatch(/last active/);
  });

  it('an account of a caller’s own is called so', async () => {
    const guard = createGuard({ protects: none, clientIds: [] });
    expect(await guard(plan(user('me')), domain, 'write')).toMatch(/the caller’s own account/);
  });

  it('the application that Castellan itself runs on is known by its client id, wherever it stands in a plan', async () => {
    const guard = createGuard({ protects: none, clientIds: ['client-of-a1'] });
    const app = (id: string): Target => ({ type: 'application', id });
    expect(await guard(plan(app('a1')), domain, 'destroy')).toMatch(/itself runs on/);
    expect(await guard(plan(group, app('a1')), domain, 'write')).toMatch(/itself runs on/);
    expect(await guard(plan(app('a3')), domain, 'destroy')).toMatch(/itself runs on/);
    expect(await guard(plan(app('a2')), domain, 'destroy')).toBeUndefined();
  });
});
