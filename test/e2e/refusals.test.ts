// What nobody can do through Castellan, whoever agrees: change the account or application that it works with, the last super
// administrator, and what the operator protects. Refused is refused before anything is sent, and the record says so.

import { generateKeyPairSync } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { toolsOf } from '../../src/core/tool.ts';
import { okta } from '../../src/platforms/okta/index.ts';
import { type Answer, call } from '../support/answers.ts';
import { openBench } from '../support/credential-door.ts';
import type { Entity, Organization } from '../support/organization.ts';
import { openTestServer, type TestServer } from '../support/server.ts';

type Input = Readonly<Record<string, unknown>>;
const helena = 'helena.brandt@larkspur.example';
const maya = 'maya.lindqvist@larkspur.example';
const tomas = 'tomas.okafor@larkspur.example';
const priya = 'priya.raman@larkspur.example';
const users = 60;

interface Place {
  readonly organization: Organization;
  readonly user: (login: string) => Promise<Entity>;
  readonly group: (name: string) => Promise<Entity>;
  readonly app: (label: string) => Promise<Entity>;
  readonly rule: (name: string) => Promise<Entity>;
}

function placeOf(organization: Organization): Place {
  const named = async (path: string, name: string) => {
    const nameOf = (each: Entity) => each.label ?? each.name ?? (each.profile as { name?: string } | undefined)?.name;
    const found = (await organization.readAll(path)).find((each) => nameOf(each) === name);
    if (!found) throw new Error(`nothing is called ${name}`);
    return found;
  };
  return {
    organization,
    user: (login) => organization.read<Entity>(`/api/v1/users/${login}`),
    group: (name) => named('/api/v1/groups?limit=200', name),
    app: (label) => named('/api/v1/apps?limit=200', label),
    rule: (name) => named('/api/v1/groups/rules?limit=200', name),
  };
}

interface Recorded {
  readonly event: string;
  readonly tool: string;
  readonly code?: string;
  readonly targets?: readonly string[];
}

/** All that its audit log says. */
function recordsOf({ home }: TestServer): Recorded[] {
  const folder = join(home, 'audit');
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.jsonl')) : [];
  return files
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n').filter(Boolean))
    .map((line) => JSON.parse(line) as Recorded);
}

/** Refused both as a preview and for good, with the reason, unasked, unsent and written down. */
async function expectRefused(
  server: TestServer,
  client: Client,
  asked: readonly string[],
  tool: string,
  input: Input,
  says: RegExp,
): Promise<Answer> {
  const before = recordsOf(server).length;
  const answers = [await call(client, tool, { ...input, dryRun: true }), await call(client, tool, input)];
  for (const answer of answers) {
    expect(answer.isError, `${tool}: ${answer.text}`).toBe(true);
    expect(answer.text).toMatch(says);
    expect(answer.result._meta?.['castellan/error']).toMatchObject({ code: 'not_allowed' });
  }
  expect(asked).toEqual([]);
  expect(server.organization.mutations).toEqual([]);
  const records = recordsOf(server).slice(before);
  const name = toolsOf(okta).find((each) => each.name === tool || tool in (each.aliases ?? {}))?.name;
  expect(records.map(({ event, code, tool }) => [event, code, tool])).toEqual([
    ['refused', 'not_allowed', name],
    ['refused', 'not_allowed', name],
  ]);
  expect(records.every(({ targets }) => (targets ?? []).length > 0)).toBe(true);
  return answers[1] as Answer;
}

/** Each way to change an active user, with somebody's id. */
async function waysToChange(place: Place, user: string): Promise<readonly (readonly [string, Input])[]> {
  const { organization } = place;
  const group = await place.group('On-call Engineers');
  const app = await place.app('Larkpedia Wiki');
  const factors = await organization.read(`/api/v1/users/${user}/factors`);
  await organization.write('PUT', `/api/v1/groups/${(await place.group('VPN Users')).id}/users/${user}`);
  const ids = { app_id: app.id, user_id: user };
  return [
    ['update_okta_user_profile', { user_id: user, profile: { title: 'Nobody' } }],
    ['update_user_profile', { user_identifier: user, profile_updates: { title: 'Nobody' } }],
    ['deactivate_okta_user', { user_id: user }],
    ['suspend_okta_user', { user_id: user }],
    ['reset_okta_user_password', { user_id: user }],
    ['reset_user_password', { user_identifier: user, send_email: true }],
    ['expire_okta_user_password', { user_id: user, temporary_password: true }],
    ['reset_okta_user_factors', { user_id: user }],
    ...factors.slice(0, 1).map(({ id }) => ['unenroll_okta_user_factor', { user_id: user, factor_id: id }] as const),
    ['revoke_okta_user_sessions', { user_id: user }],
    ['add_okta_group_member', { user_id: user, group_id: group.id }],
    ['remove_okta_group_member', { user_id: user, group_id: (await place.group('VPN Users')).id }],
    ['assign_okta_application_user', ids],
  ];
}

/** How somebody is made, or no longer is, a super administrator by a colleague in the console. */
async function makeSuper({ organization }: Place, login: string): Promise<void> {
  await organization.write(
    'POST',
    `/api/v1/users/${(await organization.read<Entity>(`/api/v1/users/${login}`)).id}/roles`,
    {
      type: 'SUPER_ADMIN',
    },
  );
}

async function endSuper({ organization }: Place, login: string): Promise<void> {
  const { id } = await organization.read<Entity>(`/api/v1/users/${login}`);
  for (const role of await organization.read(`/api/v1/users/${id}/roles`))
    if (role.type === 'SUPER_ADMIN') await organization.write('DELETE', `/api/v1/users/${id}/roles/${role.id}`);
}

describe('accounts and administrators', () => {
  let server: TestServer;
  let client: Client;
  let place: Place;
  const asked: string[] = [];

  beforeAll(async () => {
    server = await openTestServer({ tenants: { okta: { users } } });
    place = placeOf(server.organization);
    client = await server.connect('2026-07-28', 'http', (question) => {
      asked.push(question);
      return 'yes';
    });
  });
  beforeEach(() => {
    server.organization.sandbox.okta.reset();
    server.organization.mutations.length = 0;
    asked.length = 0;
  });
  afterAll(() => server?.close());

  const refuse = (tool: string, input: Input, says: RegExp) => expectRefused(server, client, asked, tool, input, says);

  it('the account that the API token belongs to is not changed, in any way and by any name', async () => {
    const { id } = await place.user(helena);
    const says =
      /“helena\.brandt@larkspur\.example” \(00u\w+\) is the account that Castellan’s own credential belongs to/;
    for (const [tool, input] of await waysToChange(place, id)) await refuse(tool, input, says);
    for (const name of [helena, helena.toUpperCase(), 'helena.brandt'])
      await refuse('suspend_okta_user', { user_id: name }, says);
  });

  it('the last super administrator is not changed; with a second one each may be, until one is no longer active', async () => {
    await makeSuper(place, tomas);
    await endSuper(place, helena);
    const { id } = await place.user(tomas);
    const says =
      /“tomas\.okafor@larkspur\.example” \(00u\w+\) is the last active super administrator of this organization/;
    for (const [tool, input] of await waysToChange(place, id)) await refuse(tool, input, says);

    await makeSuper(place, maya);
    server.organization.mutations.length = 0;
    const { id: mayas } = await place.user(maya);
    // Locked out, so not active: whoever cannot sign in cannot help.
    expect((await place.user(maya)).status).toBe('LOCKED_OUT');
    await refuse('deactivate_okta_user', { user_id: id }, says);
    await server.organization.write('POST', `/api/v1/users/${mayas}/lifecycle/unlock`);
    const allowed = await call(client, 'deactivate_okta_user', { user_id: id, dryRun: true });
    expect(allowed.isError, allowed.text).toBe(false);

    const gone = await call(client, 'deactivate_okta_user', { user_id: mayas });
    expect(gone.value.done, gone.text).toBe(true);
    expect(asked).toHaveLength(1);
    asked.length = 0;
    server.organization.mutations.length = 0;
    await refuse('deactivate_okta_user', { user_id: id }, says);
  });

  it('who is one through a group counts, and leaving that group is refused for the last', async () => {
    const group = await place.group('Payroll Processors');
    const { id } = await place.user(priya);
    await server.organization.write('POST', `/api/v1/groups/${group.id}/roles`, { type: 'SUPER_ADMIN' });
    for (const member of await server.organization.readAll(`/api/v1/groups/${group.id}/users?limit=200`))
      await server.organization.write('DELETE', `/api/v1/groups/${group.id}/users/${member.id}`);
    await server.organization.write('PUT', `/api/v1/groups/${group.id}/users/${id}`);
    const leave = { user_id: id, group_id: group.id };
    const allowed = await call(client, 'remove_okta_group_member', { ...leave, dryRun: true });
    expect(allowed.isError, allowed.text).toBe(false);
    await endSuper(place, helena);
    await refuse('remove_okta_group_member', leave, /is the last active super administrator/);
    await refuse('suspend_okta_user', { user_id: id }, /is the last active super administrator/);
  });

  it('what can only give access back is done for them all the same', async () => {
    await makeSuper(place, maya);
    await endSuper(place, helena);
    const done = await call(client, 'unlock_okta_user', { user_id: maya });
    expect(done.value.done, done.text).toBe(true);
  });

  it('a group that makes super administrators is not deleted; without the role it is', async () => {
    const group = await place.group('Payroll Processors');
    const path = `/api/v1/groups/${group.id}/roles`;
    const role = await server.organization.write('POST', path, { type: 'SUPER_ADMIN' });
    const says = /The group “Payroll Processors” \(00g\w+\) makes its members super administrators/;
    await refuse('delete_okta_group', { group_id: group.id }, says);
    await server.organization.write('DELETE', `${path}/${role.id}`);
    const done = await call(client, 'delete_okta_group', { group_id: group.id });
    expect(done.value.done, done.text).toBe(true);
  });
});

/** As an operator writes it: in other capitals, with blanks, with its accents composed otherwise. */
const otherwise = (name: string) => ` ${name.toUpperCase().normalize('NFD')} `;

describe.each([
  ['by name', {}, (name: string) => name],
  ['by name in other letters', {}, otherwise],
  ['by name where assistants must not see names', { maskFields: ['login', 'name', 'email'] }, otherwise],
  [
    'by name where assistants are not even told that there is one',
    { dropFields: ['profile.Login', 'name'] },
    otherwise,
  ],
  ['by id', {}, undefined],
] as const)('what the operator protects %s', (_how, privacy, spell) => {
  let server: TestServer;
  let client: Client;
  let place: Place;
  const asked: string[] = [];
  const protectedGroup = 'Órdenes Especiales';

  beforeAll(async () => {
    // Ids are the same in every organization of a seed.
    const other = await openTestServer({ tenants: { okta: { users } } });
    const there = placeOf(other.organization);
    const [user, app] = [await there.user(tomas), await there.app('Harbour CRM')];
    const group = await there.group('Sales');
    await other.close();
    server = await openTestServer({
      tenants: { okta: { users } },
      tenantSettings: {
        ...privacy,
        protectUsers: [spell ? spell(tomas) : user.id],
        protectGroups: [spell ? spell(protectedGroup) : group.id],
        protectApps: [spell ? spell('Harbour CRM') : app.id],
      },
    });
    place = placeOf(server.organization);
    client = await server.connect('2025-11-25', 'http', (question) => {
      asked.push(question);
      return 'yes';
    });
  });
  beforeEach(async () => {
    server.organization.sandbox.okta.reset();
    const sales = await place.group('Sales');
    if (spell)
      await server.organization.write('PUT', `/api/v1/groups/${sales.id}`, {
        profile: { name: protectedGroup, description: 'x' },
      });
    server.organization.mutations.length = 0;
    asked.length = 0;
  });
  afterAll(() => server?.close());

  const refuse = (tool: string, input: Input, says: RegExp) => expectRefused(server, client, asked, tool, input, says);
  const group = () => place.group(spell ? protectedGroup : 'Sales');
  const anybody = async () => (await place.user(priya)).id;

  it('a user, as what is changed and as who is added, removed or given something', async () => {
    const { id } = await place.user(tomas);
    for (const [tool, input] of await waysToChange(place, id))
      await refuse(tool, input, /The user .* is protected by the operator/);
    await server.organization.write('POST', `/api/v1/users/${id}/lifecycle/suspend`);
    await refuse('unsuspend_okta_user', { user_id: id }, /The user .* is protected by the operator/);
    await server.organization.write('POST', `/api/v1/users/${id}/lifecycle/deactivate`);
    for (const tool of ['delete_okta_user', 'activate_okta_user'])
      await refuse(tool, { user_id: id }, /The user .* is protected by the operator/);
  });

  it('a group, as what is changed, what somebody joins or leaves, what a rule fills and what is given an application', async () => {
    const says = /The group .* is protected by the operator/;
    const { id } = await group();
    const [member] = await server.organization.read(`/api/v1/groups/${id}/users?limit=1`);
    const app = await place.app('Larkpedia Wiki');
    const rule = await place.rule('Fill Sales');
    await refuse('update_okta_group', { group_id: id, profile: { description: 'ours now' } }, says);
    await refuse('delete_okta_group', { group_id: id }, says);
    await refuse('add_okta_group_member', { user_id: await anybody(), group_id: id }, says);
    await refuse('remove_okta_group_member', { user_id: member?.id, group_id: id }, says);
    await refuse('assign_okta_application_group', { app_id: app.id, group_id: id }, says);
    await refuse('deactivate_okta_group_rule', { rule_id: rule.id }, says);
    await server.organization.write('POST', `/api/v1/groups/rules/${rule.id}/lifecycle/deactivate`);
    await refuse('activate_okta_group_rule', { rule_id: rule.id }, says);
    await refuse('delete_okta_group_rule', { rule_id: rule.id, remove_users: true }, says);
    await refuse(
      'create_okta_group_rule',
      { name: 'Everybody', expression: 'user.department=="IT"', group_ids: [(await place.group('IT')).id, id] },
      says,
    );
    const profile = { firstName: 'New', lastName: 'Comer', email: 'new.comer@larkspur.example' };
    await refuse('create_okta_user', { profile, group_ids: [(await place.group('IT')).id, id] }, says);
  });

  it('an application, as what is changed and what somebody is given', async () => {
    const says = /The application .* is protected by the operator/;
    const { id } = await place.app('Harbour CRM');
    const people = await server.organization.readAll(`/api/v1/apps/${id}/users?limit=500`);
    const person = people.find(({ scope }) => scope === 'USER') ?? people[0];
    const [given] = await server.organization.read(`/api/v1/apps/${id}/groups?limit=20`);
    await refuse('update_okta_application', { app_id: id, config_updates: { label: 'Mine' } }, says);
    await refuse('update_application_config', { app_identifier: id, config_updates: { label: 'Mine' } }, says);
    await refuse('deactivate_okta_application', { app_id: id }, says);
    await refuse('assign_okta_application_user', { app_id: id, user_id: await anybody() }, says);
    await refuse(
      'update_okta_application_user_profile',
      { app_id: id, user_id: person?.id, username: 'somebody-else' },
      says,
    );
    await refuse('unassign_okta_application_group', { app_id: id, group_id: given?.id }, says);
    await refuse('assign_okta_application_group', { app_id: id, group_id: (await place.group('Legal')).id }, says);
  });

  it('and nothing else', async () => {
    const done = await call(client, 'update_okta_user_profile', {
      user_id: await anybody(),
      profile: { title: 'Lead' },
    });
    expect(done.value.done, done.text).toBe(true);
    const { id } = await place.group('Legal');
    const added = await call(client, 'add_okta_group_member', { user_id: await anybody(), group_id: id });
    expect(added.value.done, added.text).toBe(true);
  });
});

describe('the application that Castellan runs on', () => {
  it('is not changed, nor assigned to anybody; a group of super administrators that it may not see is not deleted', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const bench = await openBench({ oauth: { serviceKey: publicKey.export({ format: 'jwk' }) } });
    try {
      const own = bench.sandbox.okta.oauth.serviceClientId;
      const scopes = 'okta.apps.manage okta.users.manage okta.groups.manage okta.policies.read okta.logs.read';
      bench.sandbox.okta.oauth.setScopes(scopes.split(' '));
      const { call: ask } = await bench.open({
        OKTA_CLIENT_ID: own,
        OKTA_PRIVATE_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
        OKTA_SCOPES: scopes,
      });
      const legal = (await bench.ask('GET', '/api/v1/groups?q=Legal')) as unknown as Entity[];
      for (const [tool, input] of [
        ['deactivate_okta_application', {}],
        ['update_okta_application', { config_updates: { label: 'Mine' } }],
        ['assign_okta_application_group', { group_id: legal[0]?.id }],
      ] as const) {
        const refused = await ask(tool, { ...input, app_id: own });
        expect([tool, refused.code]).toEqual([tool, 'not_allowed']);
        expect(refused.text).toMatch(/“.+” \(0oa\w+\) is the application that Castellan itself runs on/);
      }
      for (const [tool, input] of [
        ['delete_okta_group', { group_id: legal[0]?.id }],
        ['suspend_okta_user', { user_id: tomas }],
      ] as const) {
        const unseen = await ask(tool, input);
        expect([tool, unseen.code]).toEqual([tool, 'missing_scope']);
        expect(unseen.text).toMatch(
          /Castellan cannot see whether this .*, so it changes nothing here[\s\S]*okta\.roles\.read/,
        );
      }
      expect(bench.seen.filter(({ method, path }) => method !== 'GET' && path.startsWith('/api/'))).toEqual([]);
    } finally {
      await bench.close();
    }
  });
});
