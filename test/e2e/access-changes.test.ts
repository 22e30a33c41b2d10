// Changes of applications, policies and network zones: what is refused before anything is sent, what a person is told
// first, and that nothing that was not named is lost.

import type { Client } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Answer, ask, call } from '../support/answers.ts';
import type { Entity, Organization } from '../support/organization.ts';
import { openTestServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let client: Client;
let organization: Organization;
/** While what is protected is not there, no group is changed. */
let executives: Entity;
/** What happens while the person reads the question. */
let meanwhile: (question: string) => Promise<unknown> = async () => undefined;

beforeAll(async () => {
  server = await openTestServer({ tenantSettings: { maskFields: ['family_name'], protectGroups: ['Executives'] } });
  organization = server.organization;
  client = await server.connect('2026-07-28', 'http', async (question): Promise<'yes'> => {
    await meanwhile(question);
    return 'yes';
  });
});
beforeEach(async () => {
  organization.sandbox.okta.reset();
  executives = await organization.write('POST', '/api/v1/groups', { profile: { name: 'Executives' } });
  organization.mutations.length = 0;
  meanwhile = async () => undefined;
});
afterAll(() => server?.close());

async function named(path: string, name: string): Promise<Entity> {
  const found = (await organization.readAll(path)).find((each) => (each.label ?? each.name) === name);
  if (!found) throw new Error(`nothing is called ${name}`);
  return found;
}

const app = (label: string) => named('/api/v1/apps?limit=200', label);
const policy = (name: string, type = 'OKTA_SIGN_ON') => named(`/api/v1/policies?type=${type}`, name);
const zone = (name: string) => named('/api/v1/zones', name);
const warningsOf = (answer: Answer) => ((answer.value.warnings ?? []) as string[]).join('\n');
const dry = (tool: string, input: Record<string, unknown>) => ask(client, tool, { ...input, dryRun: true });

async function expectRefused(tool: string, input: Record<string, unknown>, says: RegExp): Promise<void> {
  const answer = await call(client, tool, input);
  expect(answer.isError, answer.text).toBe(true);
  expect(answer.text).toMatch(says);
  expect(organization.mutations).toEqual([]);
}

describe('update_okta_application', () => {
  it.each([
    ['credentials', { credentials: { oauthClient: { client_secret: 'x' } } }, /credentials cannot be set/],
    ['features', { features: ['PUSH_NEW_USERS'] }, /features cannot be set.*provisioning/s],
    ['status', { status: 'INACTIVE' }, /deactivate_okta_application/],
    ['name', { name: 'other' }, /config_updates\.name cannot be set/],
    ['signOnMode', { signOnMode: 'BOOKMARK' }, /signOnMode cannot be set/],
    ['fields that Okta does not have', { constructor: { x: 1 } }, /config_updates\.constructor cannot be set/],
    ['a secret among the settings', { settings: { app: { apiToken: 'abc' } } }, /settings\.app\.apiToken is a secret/],
    ['an address with a token in it', { settings: { app: { url: 'https://a.example/?token=abc' } } }, /is a secret/],
    ['keys that decide whom Okta trusts', { settings: { oauthClient: { jwks: { keys: [] } } } }, /jwks decides/],
    [
      'the address of such keys',
      { settings: { oauthClient: { jwks_uri: 'https://evil.example' } } },
      /jwks_uri decides/,
    ],
    ['an empty label', { label: ' ' }, /label must be a text/],
  ])('refuses %s', async (_what, config_updates, says) => {
    const { id } = await app('Larkpedia Wiki');
    await expectRefused('update_okta_application', { app_id: id, config_updates }, says);
  });

  it('leaves every setting that was not named as it was', async () => {
    const before = await app('Harbour CRM');
    await ask(client, 'update_application_config', {
      app_identifier: before.id,
      config_updates: { visibility: { hide: { iOS: true } } },
    });
    const after = await app('Harbour CRM');
    const { hide, ...visibility } = before.visibility as Record<string, Record<string, unknown>>;
    expect({ ...after, lastUpdated: 0, _links: 0 }).toEqual({
      ...before,
      visibility: { ...visibility, hide: { ...hide, iOS: true } },
      lastUpdated: 0,
      _links: 0,
    });
  });

  it('says that there is nothing to do where nothing differs', async () => {
    const { id, label } = await app('Harbour CRM');
    const answer = await ask(client, 'update_okta_application', { app_id: id, config_updates: { label } });
    expect(answer.value).toMatchObject({ done: false, note: 'The application is set up like that already.' });
    expect(organization.mutations).toEqual([]);
  });

  it('says so when Okta made something else of it', async () => {
    const { id } = await app('Harbour CRM');
    const config_updates = { visibility: { autoLaunch: null } };
    const answer = await ask(client, 'update_okta_application', { app_id: id, config_updates });
    expect(warningsOf(answer)).toContain('Okta set visibility.autoLaunch otherwise');
  });
});

describe('a change by somebody else between the plan and its making', () => {
  it('is not overwritten', async () => {
    const { id } = await policy('Administrators');
    const rules = `/api/v1/policies/${id}/rules`;
    const rule = await named(rules, 'Second factor each time');
    const original = organization.sandbox.okta.fetch;
    // Planned to be asked about, planned again with the answer: the last GET before the PUT sees what a colleague did.
    let reads = 0;
    Object.assign(organization.sandbox.okta, {
      async fetch(request: Request) {
        if (request.method === 'GET' && request.url.endsWith(`${rules}/${rule.id}`) && ++reads === 3) {
          const { _links, created, lastUpdated, ...body } = rule;
          const put = new Request(request.url, {
            method: 'PUT',
            headers: { authorization: `SSWS ${organization.token}`, 'content-type': 'application/json' },
            body: JSON.stringify({ ...body, name: 'By a colleague' }),
          });
          expect((await original(put)).status).toBe(200);
        }
        return original(request);
      },
    });
    try {
      const answer = await call(client, 'update_okta_policy_rule', {
        policy_id: id,
        rule_id: rule.id,
        rule_data: { actions: { signon: { factorLifetime: 30 } } },
      });
      expect(answer.isError).toBe(true);
      expect(answer.text).toContain('changed by somebody else in the meantime');
      expect(organization.mutations).toEqual([]);
    } finally {
      Object.assign(organization.sandbox.okta, { fetch: original });
    }
    const after = await organization.read<Entity>(`${rules}/${rule.id}`);
    expect(after.name).toBe('By a colleague');
    expect(after.actions).toEqual(rule.actions);
  });

  it('is asked about anew when it comes while the person reads', async () => {
    const { id } = await app('Harbour CRM');
    const questions: string[] = [];
    meanwhile = async (question) => {
      if (questions.push(question) > 1) return;
      const [group] = await organization.read(`/api/v1/apps/${id}/groups?limit=20`);
      await organization.write('DELETE', `/api/v1/apps/${id}/groups/${group?.id}`);
    };
    await ask(client, 'deactivate_okta_application', { app_id: id });
    expect(questions).toHaveLength(2);
    expect(questions[1]).toContain('has changed since you were asked');
  });
});

describe('what deactivating an application touches', () => {
  it('is counted, people and groups', async () => {
    const { id } = await app('Harbour CRM');
    const people = await organization.readAll(`/api/v1/apps/${id}/users?limit=500`);
    const groups = await organization.readAll(`/api/v1/apps/${id}/groups?limit=200`);
    const answer = await dry('deactivate_okta_application', { app_id: id });
    expect(answer.value.touches).toEqual({ people: people.length, groups: groups.length });
    expect(people.length).toBeGreaterThan(0);
  });
});

describe('assignments', () => {
  async function assigned(scope: 'USER' | 'GROUP', label = 'Harbour CRM') {
    const { id } = await app(label);
    const people = await organization.readAll(`/api/v1/apps/${id}/users?limit=500`);
    const found = people.find((each) => each.scope === scope);
    return { app_id: id, user_id: found?.id ?? '', people: new Set(people.map((each) => each.id)) };
  }

  async function outsider(people: ReadonlySet<string>): Promise<string> {
    const users = await organization.read('/api/v1/users?filter=status%20eq%20%22ACTIVE%22&limit=200');
    return users.findLast(({ id }) => !people.has(id))?.id ?? '';
  }

  it('does not unassign what a group gives, and names the group', async () => {
    const { app_id, user_id } = await assigned('GROUP');
    const mine = await organization.read<{ id: string; profile: { name: string } }[]>(
      `/api/v1/users/${user_id}/groups`,
    );
    const giving = new Set((await organization.read(`/api/v1/apps/${app_id}/groups?limit=200`)).map(({ id }) => id));
    const group = mine.find(({ id }) => giving.has(id));
    await expectRefused('unassign_okta_application_user', { app_id, user_id }, new RegExp(`“${group?.profile.name}”`));
  });

  it('assigns no inactive application, and nothing to a deactivated user', async () => {
    const { people } = await assigned('GROUP');
    const inactive = await app('Old Anchor Warehouse');
    const input = { app_id: inactive.id, user_id: await outsider(people) };
    await expectRefused('assign_okta_application_user', input, /INACTIVE.*activate_okta_application/s);
    const [gone] = await organization.read('/api/v1/users?filter=status%20eq%20%22DEPROVISIONED%22&limit=1');
    const { id } = await app('Harbour CRM');
    await expectRefused('assign_okta_application_user', { app_id: id, user_id: gone?.id }, /is deactivated/);
  });

  it('restores username and profile by the undo call, and says what stays lost', async () => {
    const { app_id, people } = await assigned('GROUP');
    const user_id = await outsider(people);
    const path = `/api/v1/apps/${app_id}/users/${user_id}`;
    await ask(client, 'assign_okta_application_user', {
      app_id,
      user_id,
      username: 'crm-maya',
      profile: { department: 'Sales' },
    });
    const before = await organization.read<Entity>(path);
    const done = await ask(client, 'unassign_okta_application_user', { app_id, user_id });
    const undo = done.value.undo as { tool: string; arguments: Record<string, unknown>; but: string };
    expect(undo.but).toMatch(/password/);
    await ask(client, undo.tool, undo.arguments);
    const after = await organization.read<Entity>(path);
    expect(after.credentials).toEqual(before.credentials);
    expect(after.profile).toEqual(before.profile);
  });

  it('does not show the earlier value of a hidden attribute, in the preview or in the undo', async () => {
    const { app_id, people } = await assigned('GROUP');
    const user_id = await outsider(people);
    await ask(client, 'assign_okta_application_user', { app_id, user_id });
    const { profile } = await organization.read<{ profile: { family_name: string } }>(
      `/api/v1/apps/${app_id}/users/${user_id}`,
    );
    const changed = await ask(client, 'update_okta_application_user_profile', {
      app_id,
      user_id,
      profile_updates: { family_name: 'Newman' },
    });
    expect(changed.value.changes).toEqual([{ field: 'profile.family_name', before: '[hidden]', after: 'Newman' }]);
    expect(changed.value.no_undo).toContain('family_name');
    await organization.write('POST', `/api/v1/apps/${app_id}/users/${user_id}`, { profile });
    const removed = await dry('unassign_okta_application_user', { app_id, user_id });
    const shown = JSON.stringify({ changes: removed.value.changes, undo: removed.value.undo });
    expect(shown).not.toContain(`"family_name":"${profile.family_name}"`);
    expect(removed.value.changes).toContainEqual({ field: 'profile.family_name', before: '[hidden]' });
    const read = await ask(client, 'get_okta_application_user', { app_id, user_id });
    expect(read.value.profile).toMatchObject({ family_name: '[hidden]' });
  });

  it.each(['assign_okta_application_user', 'update_okta_application_user_profile'])(
    '%s takes no secret',
    async (tool) => {
      const { app_id, user_id } = await assigned('GROUP');
      const name = tool.startsWith('assign') ? 'profile' : 'profile_updates';
      await expectRefused(tool, { app_id, user_id, [name]: { password: 'hunter2' } }, /is a secret/);
    },
  );

  it('tells how many members a group’s assignment concerns', async () => {
    const { id } = await app('Harbour CRM');
    const [group] = await organization.read(`/api/v1/apps/${id}/groups?limit=20`);
    const members = await organization.readAll(`/api/v1/groups/${group?.id}/users?limit=200`);
    const answer = await dry('unassign_okta_application_group', { app_id: id, group_id: group?.id });
    expect(answer.value.touches).toEqual({ groups: 1, members: members.length });
  });

  it('changes no assignment of a group that the operator protects', async () => {
    const { id } = await app('Harbour CRM');
    await expectRefused(
      'assign_okta_application_group',
      { app_id: id, group_id: executives.id },
      /protected by the operator/,
    );
  });
});

describe('policies and rules', () => {
  it.each([
    ['deactivate_okta_policy', {}],
    ['delete_okta_policy', {}],
    ['update_okta_policy', { policy_data: { priority: 1 } }],
    ['update_okta_policy', { policy_data: { conditions: { people: null } } }],
  ])('%s refuses Okta’s own policy', async (tool, more) => {
    const { id } = await policy('Default Policy');
    await expectRefused(tool, { policy_id: id, ...more }, /is Okta’s own/);
  });

  it.each([
    ['deactivate_okta_policy_rule', {}],
    ['delete_okta_policy_rule', {}],
    ['update_okta_policy_rule', { rule_data: { name: 'Mine' } }],
  ])('%s refuses Okta’s own rule', async (tool, more) => {
    const { id } = await policy('Default Policy');
    const rule = await named(`/api/v1/policies/${id}/rules`, 'Default Rule');
    await expectRefused(tool, { policy_id: id, rule_id: rule.id, ...more }, /is Okta’s own/);
  });

  it.each([
    [{ name: 'x' }, /needs a name and a type/],
    [{ type: 'NOTHING', name: 'x' }, /Types are OKTA_SIGN_ON/],
    [{ type: 'PASSWORD', name: 'x', priority: 0 }, /priority must be a whole number/],
    [{ type: 'PASSWORD', name: 'x', conditions: [] }, /conditions must be an object/],
    [{ type: 'PASSWORD', name: 'x', system: true }, /system cannot be set/],
  ])('create_okta_policy refuses %j', async (policy_data, says) => {
    await expectRefused('create_okta_policy', { policy_data }, says);
  });

  it('refuses another type, and zones beside a connection that has none', async () => {
    const { id } = await policy('Administrators');
    const rule = await named(`/api/v1/policies/${id}/rules`, 'Deny blocked networks');
    const input = { policy_id: id, rule_id: rule.id };
    await expectRefused(
      'update_okta_policy',
      { policy_id: id, policy_data: { type: 'PASSWORD' } },
      /cannot be changed/,
    );
    await expectRefused('update_okta_policy_rule', { ...input, rule_data: { type: 'PASSWORD' } }, /cannot be changed/);
    const rule_data = { conditions: { network: { connection: 'ANYWHERE' } } };
    await expectRefused('update_okta_policy_rule', { ...input, rule_data }, /goes with no zones/);
    const made = { name: 'x', type: 'PASSWORD', actions: {} };
    await expectRefused('create_okta_policy_rule', { policy_id: id, rule_data: made }, /must be SIGN_ON/);
  });

  it('foretells how others move, exactly', async () => {
    const listed = '/api/v1/policies?type=OKTA_SIGN_ON';
    for (const name of ['A', 'B', 'C']) {
      await organization.write('POST', '/api/v1/policies', { type: 'OKTA_SIGN_ON', name });
    }
    for (const [name, priority] of [
      ['A', 4],
      ['C', 1],
      ['B', 2],
    ] as const) {
      const before = await organization.read(listed);
      const { id } = await policy(name);
      const answer = await ask(client, 'update_okta_policy', { policy_id: id, policy_data: { priority } });
      const after = await organization.read(listed);
      const moved = after.flatMap((each) => {
        const old = before.find((other) => other.id === each.id)?.priority;
        return each.id === id || old === each.priority ? [] : [`“${each.name}” from ${old} to ${each.priority}`];
      });
      const told = /Moves others: (.*)\.$/m.exec(warningsOf(answer))?.[1]?.split(', ') ?? [];
      expect(told.sort()).toEqual(moved.sort());
      expect(moved.length).toBeGreaterThan(0);
    }
  });

  it('names the groups that a policy is for, with their members', async () => {
    const found = await policy('Administrators');
    const [group] = (found.conditions as { people: { groups: { include: string[] } } }).people.groups.include;
    const members = await organization.readAll(`/api/v1/groups/${group}/users?limit=200`);
    const answer = await dry('deactivate_okta_policy', { policy_id: found.id });
    expect(answer.value.touches).toEqual({ groups: 1, members: members.length });
    expect(warningsOf(answer)).toContain(`(${group}, ${members.length} members)`);
  });

  it('names the rules that go with a policy', async () => {
    const { id } = await policy('Administrators');
    const answer = await dry('delete_okta_policy', { policy_id: id });
    expect(answer.value.touches).toMatchObject({ rules: 2 });
    expect(warningsOf(answer)).toContain('“Deny blocked networks”, “Second factor each time”');
  });

  it('says when a rule denies, or asks for less', async () => {
    const { id } = await policy('Administrators');
    const rule = await named(`/api/v1/policies/${id}/rules`, 'Second factor each time');
    const update = (signon: Record<string, unknown>) =>
      dry('update_okta_policy_rule', { policy_id: id, rule_id: rule.id, rule_data: { actions: { signon } } });
    expect(warningsOf(await update({ access: 'DENY' }))).toContain('It denies (actions.signon.access)');
    expect(warningsOf(await update({ requireFactor: false }))).toContain('no second factor any more');
    expect(warningsOf(await update({ requireFactor: null }))).toContain('no second factor any more');
    expect(warningsOf(await update({ factorLifetime: 30 }))).not.toMatch(/denies|second factor any more/);
  });
});

describe('network zones', () => {
  it.each(['deactivate_okta_network_zone', 'delete_okta_network_zone'])('%s refuses Okta’s own zone', async (tool) => {
    const { id } = await zone('LegacyIpZone');
    await expectRefused(tool, { zone_id: id }, /is Okta’s own/);
  });

  it('does not delete an active zone, nor change the type of one', async () => {
    const { id } = await zone('VPN exits');
    await expectRefused('delete_okta_network_zone', { zone_id: id }, /deactivate_okta_network_zone first/);
    const zone_data = { type: 'DYNAMIC' };
    await expectRefused(
      'update_okta_network_zone',
      { zone_id: id, zone_data },
      /type of the zone .* cannot be changed/,
    );
  });

  it.each([
    [{ gateways: ['203.0.113.0/24'] }, /gateways must be a list of addresses/],
    [{ usage: 'DENY' }, /usage must be POLICY or BLOCKLIST/],
    [{ status: 'INACTIVE' }, /status cannot be set/],
    [{ id: 'nzo1' }, /id cannot be set/],
  ])('refuses %j', async (zone_data, says) => {
    const { id } = await zone('VPN exits');
    await expectRefused('update_okta_network_zone', { zone_id: id, zone_data }, says);
  });

  it('names the rules that a zone decides for', async () => {
    const { id } = await zone('Offices');
    const answer = await dry('deactivate_okta_network_zone', { zone_id: id });
    expect(answer.value.touches).toEqual({ policy_rules: 2 });
    expect(warningsOf(answer)).toContain('“Offices without second factor” of “Default Policy”');
    expect(warningsOf(answer)).toContain('“Handhelds in the offices” of “Warehouse floor”');
  });

  it('warns of being locked out by a zone that blocks, and only then', async () => {
    const { id } = await zone('VPN exits');
    const update = (usage: string) => dry('update_okta_network_zone', { zone_id: id, zone_data: { usage } });
    expect(warningsOf(await update('BLOCKLIST'))).toContain('the address that Castellan or you come from');
    expect(warningsOf(await update('POLICY'))).not.toContain('blocking');
    const data = { type: 'IP', name: 'Bad', usage: 'BLOCKLIST', gateways: [{ type: 'CIDR', value: '192.0.2.0/24' }] };
    const create = (status: string) => dry('create_okta_network_zone', { zone_data: { ...data, status } });
    expect(warningsOf(await create('ACTIVE'))).toContain('the address that Castellan or you come from');
    expect(warningsOf(await create('INACTIVE'))).toBe('');
  });
});
