// Changes of groups, their members and the rules that fill them: what is refused before anything is sent, what a person is
// told first, and that nothing that was not named is lost.

import type { Client } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Answer, ask, call } from '../support/answers.ts';
import { anybody } from '../support/change-cases/user-lifecycle.ts';
import { groupNamed } from '../support/change-cases/users.ts';
import type { Entity, Organization } from '../support/organization.ts';
import { openTestServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let client: Client;
let organization: Organization;
const asked: string[] = [];
/** What happens while the person reads the question. */
let meanwhile: () => Promise<unknown> = async () => undefined;

beforeAll(async () => {
  const tenantSettings = { maskFields: ['mobilePhone', 'description'], protectGroups: ['Payroll Processors'] };
  server = await openTestServer({ tenantSettings, parts: { tools: { confirm: 'write' } } });
  organization = server.organization;
  client = await server.connect('2026-07-28', 'http', async (question): Promise<'yes'> => {
    asked.push(question);
    await meanwhile();
    return 'yes';
  });
});
beforeEach(() => {
  organization.sandbox.okta.reset();
  organization.mutations.length = 0;
  asked.length = 0;
  meanwhile = async () => undefined;
});
afterAll(() => server?.close());

type Input = Record<string, unknown>;
const warningsOf = (answer: Answer) => ((answer.value.warnings ?? []) as string[]).join('\n');
const dry = (tool: string, input: Input) => ask(client, tool, { ...input, dryRun: true });
const group = async (name: string) => (await groupNamed(organization, name)).id;

async function expectRefused(tool: string, input: Input, says: RegExp): Promise<void> {
  const answer = await call(client, tool, input);
  expect(answer.isError, answer.text).toBe(true);
  expect(answer.text).toMatch(says);
  expect(asked).toEqual([]);
  expect(organization.mutations).toEqual([]);
}

async function expectNothingToDo(tool: string, input: Input, says: RegExp): Promise<void> {
  const answer = await ask(client, tool, input);
  expect(answer.value.done).toBe(false);
  expect(String(answer.value.note)).toMatch(says);
  expect(asked).toEqual([]);
  expect(organization.mutations).toEqual([]);
}

describe('groups', () => {
  it.each([
    ['update_okta_group', 'Everyone', { profile: { name: 'Nobody' } }, /BUILT_IN/],
    ['update_okta_group', 'crm-sales-editors', { profile: { name: 'x' } }, /APP_GROUP/],
    ['update_okta_group', 'VPN Users', { profile: { name: 'SALES' } }, /group with this name already/],
    ['update_okta_group', 'VPN Users', { profile: { name: null } }, /cannot be removed/],
    ['update_okta_group', 'Payroll Processors', { profile: { name: 'x' } }, /protected/],
    ['delete_okta_group', 'Everyone', {}, /BUILT_IN/],
    ['delete_okta_group', 'Payroll Processors', {}, /protected/],
  ])('%s refuses %s', async (tool, name, more, says) => {
    await expectRefused(tool, { group_id: await group(name), ...more }, says);
  });

  it('a group whose name is taken is not created', async () => {
    await expectRefused('create_okta_group', { profile: { name: 'vpn users' } }, /name already/);
    await expectRefused('create_okta_group', { profile: { description: 'x' } }, /profile\.name is missing/);
  });

  it('a new name leaves a hidden description as it is', async () => {
    const before = await groupNamed(organization, 'VPN Users');
    const said = (before.profile as Input).description;
    const answer = await ask(client, 'update_okta_group', { group_id: before.id, profile: { name: 'Remote' } });
    const after = await organization.read<Entity>(`/api/v1/groups/${before.id}`);
    expect(after.profile).toEqual({ name: 'Remote', description: said });
    expect(answer.text).not.toContain(said);
    expect(warningsOf(answer)).toContain('by its name');
  });

  it('a group that makes super administrators is not deleted', async () => {
    const id = await group('Okta Administrators');
    await organization.write('POST', `/api/v1/groups/${id}/roles`, { type: 'SUPER_ADMIN' });
    await expectRefused('delete_okta_group', { group_id: id }, /super administrators/);
  });

  it('what somebody else changed while the person read is kept, and asked about where it is the same', async () => {
    const { id } = await groupNamed(organization, 'VPN Users');
    const theirs = [{ name: 'Theirs', description: 'Theirs' }];
    meanwhile = async () => {
      const profile = theirs.pop();
      if (profile) await organization.write('PUT', `/api/v1/groups/${id}`, { profile });
    };
    await ask(client, 'update_okta_group', { group_id: id, profile: { name: 'Ours' } });
    expect(asked).toHaveLength(2);
    expect(asked[1]).toMatch(/changed since you were asked.*Theirs → Ours/s);
    const { profile } = await organization.read<Entity>(`/api/v1/groups/${id}`);
    expect(profile).toEqual({ name: 'Ours', description: 'Theirs' });
  });

  it('a deletion is previewed with members, applications and the rules that fill it', async () => {
    const id = await group('Fleet');
    const answer = await dry('delete_okta_group', { group_id: id });
    const members = await organization.readAll(`/api/v1/groups/${id}/users?limit=200`);
    const apps = await organization.readAll(`/api/v1/groups/${id}/apps?limit=200`);
    expect(answer.value.touches).toEqual({ members: members.length, applications: apps.length, group_rules: 1 });
    expect(members.length).toBeGreaterThan(0);
    expect(warningsOf(answer)).toContain('“Fill Fleet”');
    expect(answer.value.no_undo ?? (answer.value.undo as Input).but).toMatch(/hidden|not shown|no members/);
  });
});

describe('members of groups', () => {
  it.each([
    ['add_okta_group_member', 'Everyone', /everybody is in it/],
    ['remove_okta_group_member', 'crm-sales-editors', /application or directory decides/],
    ['add_okta_group_member', 'Payroll Processors', /protected/],
  ])('%s refuses %s', async (tool, name, says) => {
    await expectRefused(tool, { user_id: await anybody(organization), group_id: await group(name) }, says);
  });

  it('who is in is not added, who is not in is not removed, who is deactivated stays out', async () => {
    const id = await group('VPN Users');
    const member = (await organization.readAll(`/api/v1/groups/${id}/users?limit=200`)).at(-1)?.id ?? '';
    await expectNothingToDo('add_okta_group_member', { user_id: member, group_id: id }, /member already/);
    const oncall = await group('On-call Engineers');
    const input = { user_id: await anybody(organization), group_id: oncall };
    await expectNothingToDo('remove_okta_group_member', input, /not a member/);
    const gone = await anybody(organization, 'DEPROVISIONED');
    await expectRefused('add_okta_group_member', { user_id: gone, group_id: oncall }, /activate_okta_user/);
  });

  it('a member whom a rule chose is previewed with the rule', async () => {
    const id = await group('Fleet');
    const [member] = await organization.read(`/api/v1/groups/${id}/users?limit=200`);
    const answer = await dry('remove_okta_group_member', { user_id: member?.id, group_id: id });
    expect(warningsOf(answer)).toMatch(/“Fill Fleet”.*put back/);
  });

  it('administrator rights that come with a group are named in the question', async () => {
    const id = await group('Okta Administrators – Help Desk');
    await ask(client, 'add_okta_group_member', { user_id: await anybody(organization), group_id: id });
    expect(asked[0]).toContain('gives administrator rights (HELP_DESK_ADMIN)');
  });
});

interface Rule {
  readonly conditions: { readonly expression: { readonly value: string } };
}

describe('group rules', () => {
  const rule = { name: 'Pilots', expression: 'user.title=="Pilot"' };

  it('are listed and read with the names of their groups', async () => {
    const listed = await ask(client, 'list_okta_group_rules', { query: 'Fleet' });
    expect(listed.value.complete).toBe(true);
    const [found] = listed.value.rules as (Entity & { groups: Input[] })[];
    expect(found).toMatchObject({ name: 'Fill Fleet', status: 'ACTIVE', expression: 'user.department=="Fleet"' });
    const one = await ask(client, 'get_okta_group_rule', { rule_id: found?.id });
    expect(one.value).toMatchObject({ ...found, groups: [{ id: await group('Fleet'), name: 'Fleet' }] });
  });

  it.each([
    ['a name that is taken', { ...rule, name: 'fill fleet' }, 'VPN Users', /name already/],
    ['a group of an application', rule, 'crm-sales-editors', /application or directory decides/],
    ['a protected group', rule, 'Payroll Processors', /protected/],
  ])('%s is refused', async (_what, given, name, says) => {
    await expectRefused('create_okta_group_rule', { ...given, group_ids: [await group(name)] }, says);
  });

  it('an active rule is not deleted', async () => {
    const rules = await organization.read('/api/v1/groups/rules');
    const active = rules.find(({ status }) => status === 'ACTIVE');
    await expectRefused('delete_okta_group_rule', { rule_id: active?.id }, /deactivate_okta_group_rule first/);
    await expectNothingToDo('activate_okta_group_rule', { rule_id: active?.id }, /active already/);
  });

  it('a person who activates one is told the condition and the groups', async () => {
    const rules = await organization.read('/api/v1/groups/rules');
    const idle = rules.filter(({ status }) => status === 'INACTIVE') as (Entity & Rule)[];
    await ask(client, 'activate_okta_group_rule', { rule_id: idle[0]?.id });
    expect(asked[0]).toContain(idle[0]?.conditions.expression.value.slice(0, 40));
    expect(asked[0]).toMatch(/then into the group “/);
  });

  it('a rule that was deleted is created again by its undo, with whom it leaves out', async () => {
    const [id, left] = [await group('VPN Users'), await anybody(organization)];
    const input = { ...rule, group_ids: [id], excluded_user_ids: [left] };
    const made = (await ask(client, 'create_okta_group_rule', input)).value.targets as Entity[];
    const gone = await ask(client, 'delete_okta_group_rule', { rule_id: made[0]?.id });
    expect((gone.value.undo as Input).arguments).toEqual(input);
  });
});
