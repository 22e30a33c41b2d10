// What changes of groups, applications and grants refuse, and what they say where there is nothing to do. Nothing that is refused
// is sent to the domain.

import type { Client } from '@modelcontextprotocol/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ask, call } from '../../support/answers.ts';
import { administratorsRole, aGrant, aGroup, plainRole, roleThat } from '../../support/change-cases/oci-groups.ts';
import { domainAdmin, type OciServer, openOciServer } from '../../support/oci.ts';
import { aUser } from '../../support/oci-changes.ts';

type Json = Record<string, unknown>;
const filter = (text: string) => `filter=${encodeURIComponent(text)}`;
const patchOp = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

let tenancy: OciServer;
let client: Client;

async function open(options: Parameters<typeof openOciServer>[0] = {}): Promise<void> {
  await tenancy?.close();
  tenancy = await openOciServer(options);
  client = await tenancy.server.connect('2026-07-28', 'http', () => 'yes');
}
beforeEach(() => open());
afterEach(() => tenancy?.close());

async function refused(tool: string, input: Json, says: RegExp): Promise<void> {
  tenancy.mutations.length = 0;
  for (const dryRun of [true, false]) {
    const answer = await call(client, tool, { ...input, dryRun });
    expect(answer.isError, `${tool} ${JSON.stringify(input)}`).toBe(true);
    expect(answer.text).toMatch(says);
  }
  expect(tenancy.mutations).toEqual([]);
}

async function nothingToDo(tool: string, input: Json, says: RegExp): Promise<void> {
  tenancy.mutations.length = 0;
  const { value } = await ask(client, tool, input);
  expect(value).toMatchObject({ done: false, changes: [] });
  expect(value.note).toMatch(says);
  expect(tenancy.mutations).toEqual([]);
}

async function one(path: string): Promise<{ readonly id: string } & Json> {
  const [first] = await tenancy.readAll(path);
  if (!first) throw new Error(`nothing at ${path}`);
  return first as { readonly id: string } & Json;
}
const me = () => one(`Users?${filter(`userName eq "${domainAdmin}"`)}`);

describe('groups', () => {
  it('what only Oracle may change is neither changed nor deleted, and its members stay (idcsPreventedOperations)', async () => {
    const { id } = await one(`Groups?${filter('displayName eq "All Domain Users"')}`);
    const user = await aUser(tenancy);
    const own = /belongs to the identity domain itself/;
    await refused('update_oci_group', { group_id: id, description: 'Mine' }, own);
    await refused('delete_oci_group', { group_id: id, force: true }, own);
    await refused('add_oci_group_members', { group_id: id, user_ids: [user.id] }, own);
    await refused('remove_oci_group_members', { group_id: id, user_ids: [user.id] }, own);
  });

  it('one with members or grants is deleted only by force, and force is never silent', async () => {
    const user = await aUser(tenancy);
    const full = await aGroup(tenancy, { members: [user.id] });
    await aGrant(tenancy, 'Group', full, await plainRole(tenancy));
    await refused('delete_oci_group', { group_id: full }, /still has 1 member and 1 grant\./);
    const dry = await ask(client, 'delete_oci_group', { group_id: full, force: true, dryRun: true });
    expect(dry.value.summary).toMatch(/with 1 member and 1 grant/);
    expect(dry.value.touches).toEqual({ members: 1, grants: 1, applications: 1 });
    const empty = await aGroup(tenancy);
    tenancy.mutations.length = 0;
    await ask(client, 'delete_oci_group', { group_id: empty });
    expect(tenancy.mutations).toEqual([`DELETE /admin/v1/Groups/${empty}`]);
    await ask(client, 'delete_oci_group', { group_id: full, force: true });
    expect(tenancy.mutations[1]).toBe(`DELETE /admin/v1/Groups/${full}?forceDelete=true`);
  });

  it('names that are taken are not given twice, in whatever letters', async () => {
    const id = await aGroup(tenancy);
    const { displayName } = (await tenancy.read(`Groups/${id}`)) as { displayName: string };
    const taken = /There is a group with this name already/;
    await refused('create_oci_group', { name: displayName.toUpperCase() }, taken);
    await refused('update_oci_group', { group_id: await aGroup(tenancy), name: displayName }, taken);
    await nothingToDo('update_oci_group', { group_id: id, name: displayName }, /says that already/);
  });

  it('one that changed after it was looked at is left as it is (If-Match)', async () => {
    const id = await aGroup(tenancy, { description: 'Loads ships' });
    let done = false;
    tenancy.hooks.before = async (method) => {
      if (method !== 'PATCH' || done) return;
      done = true;
      const Operations = [{ op: 'replace', path: 'displayName', value: 'Quicker than you' }];
      await tenancy.write('PATCH', `Groups/${id}`, { schemas: [patchOp], Operations });
    };
    const answer = await call(client, 'update_oci_group', { group_id: id, description: 'Something else' });
    expect(answer.isError).toBe(true);
    expect(answer.text).toMatch(/changed by somebody else in the meantime/);
    const group = await tenancy.read(`Groups/${id}`);
    expect(JSON.stringify(group)).toContain('Loads ships');
  });

  it('members who are in it, or are not, are told as such; nobody is added or removed twice', async () => {
    const [inside, outside] = [await aUser(tenancy), await aUser(tenancy)];
    const group_id = await aGroup(tenancy, { members: [inside.id] });
    const add = { group_id, user_ids: [inside.id, outside.id, outside.id] };
    const dry = await ask(client, 'add_oci_group_members', { ...add, dryRun: true });
    expect(dry.value.changes).toEqual([{ field: `members.${outside.id}`, after: outside.userName }]);
    expect(JSON.stringify(dry.value.warnings)).toContain(`Members already: user “${inside.userName}”`);
    expect(dry.value.undo).toMatchObject({ arguments: { user_ids: [outside.id] } });
    await nothingToDo('add_oci_group_members', { group_id, user_ids: [inside.id] }, /All are members already/);
    await nothingToDo('remove_oci_group_members', { group_id, user_ids: [outside.id] }, /None of them is a member/);
  });

  it('what the operator protects is not changed, nor who is in it', async () => {
    const named = await one(`Groups?${filter('displayName co "Finance"')}`);
    await open({ settings: { protectGroups: [named.displayName] } });
    const { id } = await one(`Groups?${filter(`displayName eq "${named.displayName}"`)}`);
    const user = await aUser(tenancy);
    await refused('update_oci_group', { group_id: id, description: 'Mine' }, /protected by the operator/);
    await refused('add_oci_group_members', { group_id: id, user_ids: [user.id] }, /protected by the operator/);
    const { id: app_role_id } = await plainRole(tenancy);
    await refused('grant_oci_app_role', { app_role_id, group_id: id }, /protected by the operator/);
  });
});

describe('applications', () => {
  it('those that the domain runs on are not switched off', async () => {
    const { id } = await one(`Apps?${filter('isOPCService eq true')}`);
    await refused('deactivate_oci_application', { app_id: id }, /one of Oracle’s own/);
  });

  it('what is so already is told', async () => {
    const { id } = await one(`Apps?${filter('active eq false')}`);
    await nothingToDo('deactivate_oci_application', { app_id: id }, /inactive already/);
  });
});

describe('grants', () => {
  it('a role is granted to one, and to one whom it is for', async () => {
    const { id: app_role_id } = await plainRole(tenancy);
    const [user, group_id] = [await aUser(tenancy), await aGroup(tenancy)];
    const { id: client_app_id } = await one(`Apps?${filter(`name eq "${tenancy.oci.client.id}"`)}`);
    await refused('grant_oci_app_role', { app_role_id }, /one user, group or application/);
    await refused('grant_oci_app_role', { app_role_id, user_id: user.id, group_id }, /one user, group or application/);
    await refused('grant_oci_app_role', { app_role_id, client_app_id }, /cannot be granted to an application/);
  });

  it('what somebody has is not granted again; what a group gives them is told', async () => {
    const role = await plainRole(tenancy);
    const user = await aUser(tenancy);
    await aGrant(tenancy, 'User', user.id, role);
    await nothingToDo(
      'grant_oci_app_role',
      { app_role_id: role.id, user_id: user.id },
      /by a grant of its own already/,
    );
  });

  it('an administrator’s role is given only when a person agrees, whoever gets it', async () => {
    const role = await administratorsRole(tenancy, 'Security Administrator');
    const asked: string[] = [];
    const wary = await tenancy.server.connect('2026-07-28', 'http', (question) => {
      asked.push(question);
      return 'no';
    });
    const [user, group_id] = [await aUser(tenancy), await aGroup(tenancy)];
    tenancy.mutations.length = 0;
    for (const grantee of [{ user_id: user.id }, { group_id }]) {
      const answer = await call(wary, 'grant_oci_app_role', { app_role_id: role.id, ...grantee });
      expect(answer.isError).toBe(true);
    }
    expect(asked).toHaveLength(2);
    for (const question of asked) expect(question).toMatch(/“Security Administrator” makes .* an administrator/);
    expect(tenancy.mutations).toEqual([]);
  });

  it('a role is given to everybody only when a person agrees', async () => {
    const { id: group_id } = await one(`Groups?${filter('displayName eq "All Domain Users"')}`);
    const role = await roleThat(tenancy, ({ displayName }) => displayName === 'Slot Planner');
    const asked: string[] = [];
    const wary = await tenancy.server.connect('2026-07-28', 'http', (question) => {
      asked.push(question);
      return 'no';
    });
    tenancy.mutations.length = 0;
    expect((await call(wary, 'grant_oci_app_role', { app_role_id: role.id, group_id })).isError).toBe(true);
    expect(asked[0]).toMatch(/whoever has an account gets it/);
    expect(tenancy.mutations).toEqual([]);
  });

  it('nobody takes their own rights, or gives themselves others', async () => {
    const own = await me();
    const { id: app_role_id } = await administratorsRole(tenancy, 'Security Administrator');
    const self = /does not change itself|nobody (?:changes|takes) their own/;
    await refused('grant_oci_app_role', { app_role_id, user_id: own.id }, self);
    const group_id = await aGroup(tenancy);
    await refused('add_oci_group_members', { group_id, user_ids: [own.id] }, self);
    // By a group that she is in.
    const crew = await aGroup(tenancy, { members: [own.id] });
    const grant_id = await aGrant(tenancy, 'Group', crew, await administratorsRole(tenancy, 'User Administrator'));
    await refused('revoke_oci_grant', { grant_id }, self);
  });

  it('the group that makes administrators of the domain keeps its role and its life', async () => {
    const { ofGroup } = await administrators();
    const makes = /makes its members Identity Domain Administrators|nobody takes their own/;
    await refused('revoke_oci_grant', { grant_id: ofGroup.grant }, makes);
    await refused('delete_oci_group', { group_id: ofGroup.id, force: true }, makes);
  });

  it('the last administrator of the domain stays one, by whatever way', async () => {
    // Whoever works with Castellan here administers users, and is not one of them.
    const helper = await one(`Users?${filter('userName sw "a" and active eq true')}`);
    await open({ login: String(helper.userName) });
    await aGrant(tenancy, 'User', helper.id, await administratorsRole(tenancy, 'User Administrator'));
    const { ofGroup, direct, others } = await administrators();
    const last = /is the last active Identity Domain Administrator/;
    const input = { group_id: ofGroup.id, user_ids: others };
    // While there is another, they may go; all of them at once leave one by his own name.
    expect((await ask(client, 'remove_oci_group_members', { ...input, dryRun: true })).value.done).toBe(false);
    expect((await ask(client, 'revoke_oci_grant', { grant_id: direct.grant, dryRun: true })).value.done).toBe(false);
    await tenancy.write('DELETE', `Grants/${direct.grant}`);
    await refused('remove_oci_group_members', input, last);
  });

  it('the last administrator is also one who has the role in his own name', async () => {
    const helper = await one(`Users?${filter('userName sw "a" and active eq true')}`);
    await open({ login: String(helper.userName) });
    await aGrant(tenancy, 'User', helper.id, await administratorsRole(tenancy, 'User Administrator'));
    const { direct, others } = await administrators();
    for (const id of others)
      await tenancy.write('PATCH', `Users/${id}`, {
        schemas: [patchOp],
        Operations: [{ op: 'replace', path: 'active', value: false }],
      });
    await refused('revoke_oci_grant', { grant_id: direct.grant }, /is the last active Identity Domain Administrator/);
  });
});

/** The group that makes administrators, who is in it, and who is one in their own name. */
async function administrators() {
  const role = await administratorsRole(tenancy, 'Identity Domain Administrator');
  const grants = await tenancy.readAll(`Grants?${filter(`entitlement.attributeValue eq "${role.id}"`)}`);
  const of = (kind: string) => {
    const grant = grants.find(({ grantee }) => (grantee as Json).type === kind);
    if (!grant) throw new Error(`no ${kind} has the role`);
    return { grant: String(grant.id), id: String((grant.grantee as Json).value) };
  };
  const ofGroup = of('Group');
  const members = await tenancy.readAll(`Users?${filter(`groups.value eq "${ofGroup.id}"`)}`);
  return { ofGroup, direct: of('User'), others: members.map(({ id }) => String(id)) };
}
