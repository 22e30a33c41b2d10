// Groups, applications, roles and grants of an identity domain, through every door, against what the domain itself says.

import type { Client } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, askAll, call, idsOf, rowsOf } from '../../support/answers.ts';
import { domainAdmin, type OciServer, openOciServer } from '../../support/oci.ts';
import { doors } from '../../support/server.ts';

type Json = Record<string, unknown>;
const groupExtension = 'urn:ietf:params:scim:schemas:oracle:idcs:extension:group:Group';
const filter = (text: string) => `filter=${encodeURIComponent(text)}`;
const byText = (one: string, other: string) => (one.toLowerCase() < other.toLowerCase() ? -1 : 1);
const sorted = (rows: readonly Json[], name: string) => rows.map((row) => String(row[name])).sort(byText);

describe.each(doors)('over $door, MCP $era', ({ door, era }) => {
  let tenancy: OciServer;
  let client: Client;

  async function ours(tool: string, key: string, input: Json = {}, pageSize = 7): Promise<Json[]> {
    const answers = await askAll(client, tool, { ...input, max_results: pageSize });
    const rows = answers.flatMap((answer) => rowsOf(answer, key) as Json[]);
    // RFC 7644 §3.4.2: each page tells how many there are in all.
    for (const answer of answers) {
      expect(answer.value.total, tool).toBe(rows.length);
      expect(answer.text, tool).toContain(`total: ${rows.length}`);
      if (rows.length > 0 && input.view === undefined) expect(answer.text, tool).toMatch(/^id \| [^\n]*$/m);
    }
    return rows;
  }

  beforeAll(async () => {
    tenancy = await openOciServer();
    client = await tenancy.server.connect(era, door);
  });
  afterAll(() => tenancy?.close());

  it('groups are read to the end, page by page, in the order of their names, and told how many there are', async () => {
    const theirs = await tenancy.readAll('Groups');
    const rows = await ours('list_oci_groups', 'groups');
    expect(rows.map(({ name }) => name)).toEqual(sorted(theirs, 'displayName'));
    expect(new Set(idsOf(rows))).toEqual(new Set(idsOf(theirs)));
  });

  it('groups are found by words of their names, by the whole name, and by who is in them', async () => {
    const theirs = await tenancy.readAll('Groups?attributes=displayName,members');
    const named = theirs[0] ?? {};
    const name = String(named.displayName);
    const word = name.slice(1, 5).toUpperCase();
    const holding = theirs.filter(({ displayName }) => String(displayName).toUpperCase().includes(word));
    expect(sorted(await ours('list_oci_groups', 'groups', { query: word }), 'id')).toEqual(sorted(holding, 'id'));
    expect(idsOf(await ours('list_oci_groups', 'groups', { name }))).toEqual([named.id]);
    const [me] = await tenancy.readAll(`Users?${filter(`userName eq "${domainAdmin}"`)}`);
    const mine = theirs.filter(({ members }) => ((members ?? []) as Json[]).some(({ value }) => value === me?.id));
    expect(mine.length).toBeGreaterThan(0);
    const rows = await ours('list_oci_groups', 'groups', { user_id: domainAdmin });
    expect(rows.map(({ id }) => id)).toEqual(expect.arrayContaining(idsOf(mine)));
  });

  it('groups that nobody owns are found', async () => {
    const theirs = await tenancy.readAll(`Groups?attributes=${groupExtension}:owners`);
    const owned = theirs.filter((group) => (group[groupExtension] as { owners?: unknown } | undefined)?.owners);
    expect(owned.length).toBeGreaterThan(0);
    expect(owned.length).toBeLessThan(theirs.length);
    const found = await ours('list_oci_groups', 'groups', { has_owner: true });
    expect(sorted(found, 'id')).toEqual(sorted(owned, 'id'));
    const others = await ours('list_oci_groups', 'groups', { has_owner: false });
    expect(others.length).toBe(theirs.length - owned.length);
  });

  it('a group has its owners, its roles and the number of its members; these are named when they are asked for', async () => {
    const theirs = await tenancy.readAll(`Groups?attributes=displayName,members,${groupExtension}:owners`);
    const group = theirs.find(
      (each) => ((each.members ?? []) as Json[]).length > 2 && (each[groupExtension] as Json | undefined)?.owners,
    );
    const group_id = String(group?.id);
    const members = group?.members as Json[];
    const plain = await ask(client, 'get_oci_group', { group_id });
    expect(plain.value).toMatchObject({ id: group_id, name: group?.displayName, member_count: members.length });
    expect(plain.value.members).toBeUndefined();
    const owners = (group?.[groupExtension] as { owners?: Json[] } | undefined)?.owners ?? [];
    expect(owners.length).toBeGreaterThan(0);
    expect(idsOf(plain.value.owners as Json[])).toEqual(owners.map(({ value }) => value));
    const named = await ask(client, 'get_oci_group', { group_id, members: true });
    expect(sorted(named.value.members as Json[], 'id')).toEqual(sorted(members, 'value').sort());
    const [somebody] = named.value.members as Json[];
    const user = await tenancy.read(`Users/${somebody?.id}`);
    expect(somebody?.login).toBe(user?.userName);
    const [grant = {}] = await tenancy.readAll(`Grants?${filter('grantee.type eq "Group"')}`);
    const giving = await ask(client, 'get_oci_group', { group_id: (grant.grantee as Json).value });
    const { attributeValue } = grant.entitlement as Json;
    expect(idsOf(giving.value.app_roles as Json[])).toContain(attributeValue);
  });

  it('applications are found by name, client id, state and kind, and tell nothing that grants access', async () => {
    const theirs = await tenancy.readAll('Apps');
    const secrets = theirs.flatMap(({ clientSecret }) => (typeof clientSecret === 'string' ? [clientSecret] : []));
    expect(secrets.length).toBeGreaterThan(2);
    const rows = await ours('list_oci_applications', 'applications', { view: 'full' });
    expect(sorted(rows, 'id')).toEqual(sorted(theirs, 'id'));
    const off = theirs.filter(({ active }) => active === false);
    expect(sorted(await ours('list_oci_applications', 'applications', { active: false }), 'id')).toEqual(
      sorted(off, 'id'),
    );
    const clients = theirs.filter(({ isOAuthClient }) => isOAuthClient === true);
    const found = await ours('list_oci_applications', 'applications', { kind: 'oauth_client' });
    expect(sorted(found, 'id')).toEqual(sorted(clients, 'id'));
    const own = theirs.find(({ name }) => name === tenancy.oci.client.id);
    const byClient = await ours('list_oci_applications', 'applications', { client_id: tenancy.oci.client.id });
    expect(idsOf(byClient)).toEqual([own?.id]);
    const one = await ask(client, 'get_oci_application', { app_id: own?.id, view: 'full' });
    expect(one.value).toMatchObject({ client_id: tenancy.oci.client.id, redirect_uris: own?.redirectUris });
    expect(one.value.full).toHaveProperty('displayName');
    const told = JSON.stringify([rows, one.result]);
    for (const secret of secrets) expect(told).not.toContain(secret);
    expect(told).not.toMatch(/client_?secret"/i);
  });

  it('roles of applications, and who has them: in their own name, and by a group', async () => {
    const roles = await tenancy.readAll('AppRoles');
    const rows = await ours('list_oci_app_roles', 'app_roles');
    expect(sorted(rows, 'id')).toEqual(sorted(roles, 'id'));
    const administrators = roles.filter(({ adminRole }) => adminRole === true);
    const found = await ours('list_oci_app_roles', 'app_roles', { administrator: true });
    expect(sorted(found, 'id')).toEqual(sorted(administrators, 'id'));
    const others = await ours('list_oci_app_roles', 'app_roles', { administrator: false });
    expect(others.length).toBe(roles.length - administrators.length);

    const grants = await tenancy.readAll('Grants');
    const granted = await ours('list_oci_grants', 'grants', {}, 40);
    expect(sorted(granted, 'id')).toEqual(sorted(grants, 'id'));
    const role = roles.find(({ displayName }) => displayName === 'Identity Domain Administrator');
    const having = await ours('list_oci_grants', 'grants', { app_role_id: role?.id });
    const theirs = grants.filter((grant) => (grant.entitlement as Json | undefined)?.attributeValue === role?.id);
    expect(sorted(having, 'id')).toEqual(sorted(theirs, 'id'));
    expect(having[0]?.app_role).toMatchObject({ name: 'Identity Domain Administrator', administrator: true });
    expect(having.every(({ grantee }) => (grantee as Json).name !== undefined)).toBe(true);
    const inherited = await ours('list_oci_grants', 'grants', { inherited: true }, 40);
    const own = await ours('list_oci_grants', 'grants', { inherited: false }, 40);
    expect(inherited.length + own.length).toBe(grants.length);
    expect(own.every(({ mechanism }) => mechanism !== 'GROUP_MEMBERSHIP')).toBe(true);
  });

  it('bad input is refused by name', async () => {
    const [group] = await tenancy.readAll('Groups');
    const group_id = group?.id;
    const nobody = 'nobody@larkspur.example';
    const cases: [string, Json, RegExp][] = [
      ['list_oci_groups', { query: 'x'.repeat(300) }, /query/],
      ['list_oci_groups', { user_id: nobody }, /no such user/],
      ['list_oci_groups', { cursor: 'abc' }, /cursor/],
      ['list_oci_groups', { filter: 'displayName pr' }, /filter/],
      ['get_oci_group', { group_id: '../Users' }, /group_id/],
      ['get_oci_group', { group_id: 'f'.repeat(32) }, /knows no such thing/],
      ['list_oci_applications', { kind: 'any' }, /kind/],
      ['get_oci_application', { app_id: 'a b' }, /app_id/],
      ['list_oci_grants', { app_role_id: 'ocid1.user.oc1..aa' }, /app_role_id/],
      ['create_oci_group', { name: ' ' }, /name/],
      ['create_oci_group', { name: group?.displayName }, /with this name already/],
      ['update_oci_group', { group_id }, /Nothing was named/],
      ['update_oci_group', { group_id, description: 'x', remove: ['description'] }, /both set and removed/],
      ['add_oci_group_members', { group_id, user_ids: [] }, /user_ids/],
      ['add_oci_group_members', { group_id, user_ids: [nobody] }, /no such user/],
      ['add_oci_group_members', { group_id, user_ids: ['f'.repeat(32)] }, /no user f{32}/],
      ['grant_oci_app_role', { app_role_id: 'f'.repeat(32), user_id: domainAdmin }, /knows no such thing/],
      ['revoke_oci_grant', { grant_id: 'f'.repeat(32) }, /knows no such thing/],
      ['deactivate_oci_application', { app_id: 'f'.repeat(32) }, /knows no such thing/],
    ];
    tenancy.mutations.length = 0;
    for (const [tool, input, says] of cases) {
      const answer = await call(client, tool, input);
      expect(answer.isError, `${tool} ${JSON.stringify(input)}`).toBe(true);
      expect(answer.text, `${tool} ${JSON.stringify(input)}`).toMatch(says);
    }
    expect(tenancy.mutations).toEqual([]);
  });
});
