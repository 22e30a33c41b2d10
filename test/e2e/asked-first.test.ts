// What cannot be done without a person's yes although it takes nothing away: protections turned aside, identities taken
// over, links made that let somebody in. Each is tried as somebody would who wants it unseen.

import type { Client } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ask, call } from '../support/answers.ts';
import { anybody } from '../support/change-cases/user-lifecycle.ts';
import type { Entity, Organization } from '../support/organization.ts';
import { openTestServer, type TestServer } from '../support/server.ts';

type Input = Readonly<Record<string, unknown>>;

let server: TestServer;
let client: Client;
let organization: Organization;
const asked: string[] = [];

beforeAll(async () => {
  server = await openTestServer();
  organization = server.organization;
  client = await server.connect('2026-07-28', 'http', (question): 'no' => {
    asked.push(question);
    return 'no';
  });
});
beforeEach(() => {
  organization.sandbox.okta.reset();
  organization.mutations.length = 0;
  asked.length = 0;
});
afterAll(() => server?.close());

async function named(path: string, name: string): Promise<Entity> {
  const found = (await organization.readAll(path)).find((each) => (each.label ?? each.name) === name);
  if (!found) throw new Error(`nothing is called ${name}`);
  return found;
}

const policy = (name = 'Administrators', type = 'OKTA_SIGN_ON') => named(`/api/v1/policies?type=${type}`, name);
const zone = (name: string) => named('/api/v1/zones', name);
const app = (label: string) => named('/api/v1/apps?limit=200', label);

async function rule(name: string, of = 'Administrators', type?: string): Promise<Input> {
  const { id } = await policy(of, type);
  return { policy_id: id, rule_id: (await named(`/api/v1/policies/${id}/rules`, name)).id };
}

/** Nothing is sent, a person reads one question, and it says why. */
async function expectAsked(tool: string, input: Input, why: RegExp): Promise<string> {
  organization.mutations.length = 0;
  asked.length = 0;
  const answer = await call(client, tool, input);
  expect(answer.isError, answer.text).toBe(true);
  expect(answer.text).toContain('The person did not agree');
  expect(organization.mutations).toEqual([]);
  expect(asked).toHaveLength(1);
  expect(asked[0]).toMatch(new RegExp(`You are asked because .*${why.source}`));
  return asked[0] ?? '';
}

async function expectDone(tool: string, input: Input): Promise<void> {
  organization.mutations.length = 0;
  asked.length = 0;
  const answer = await ask(client, tool, input);
  expect(answer.value.done).toBe(true);
  expect(asked).toEqual([]);
  expect(organization.mutations).toHaveLength(1);
}

const decides = /it decides who gets in/;

describe('a rule in force', () => {
  const anywhere = { connection: 'ANYWHERE', include: null, exclude: null };
  const signon = (fields: Input) => ({ actions: { signon: fields } });
  const twice = 'Second factor each time';

  it.each<readonly [string, string, Input]>([
    ['asks for no factor', twice, signon({ requireFactor: false })],
    ['has no such action any more', twice, signon({ requireFactor: null, factorPromptMode: null })],
    ['remembers a device for a year', twice, signon({ factorPromptMode: 'DEVICE', factorLifetime: 525_600 })],
    ['leaves sessions open without end', twice, signon({ session: { maxSessionLifetimeMinutes: 0 } })],
    ['has another limit, which looks stricter', twice, signon({ session: { maxSessionIdleMinutes: 15 } })],
    ['is for nobody', twice, { conditions: { people: { users: { exclude: ['00u00000000000000001'] } } } }],
    ['denies nowhere', 'Deny blocked networks', { conditions: { network: anywhere } }],
    ['comes last', 'Deny blocked networks', { priority: 2 }],
    ['hides it behind another name', twice, { name: 'Stricter', ...signon({ requireFactor: false }) }],
  ])('that %s', async (_what, name, rule_data) => {
    await expectAsked('update_okta_policy_rule', { ...(await rule(name)), rule_data }, decides);
  });

  it('that is new, in whatever it does', async () => {
    const { id } = await policy();
    for (const fields of [signon({ access: 'ALLOW', requireFactor: false }), signon({ access: 'ALLOW' }), {}]) {
      const rule_data = { name: 'x', priority: 1, conditions: { network: { connection: 'ANYWHERE' } }, ...fields };
      await expectAsked('create_okta_policy_rule', { policy_id: id, rule_data }, decides);
    }
  });

  it('of an application, that asks again only after years', async () => {
    for (const { id } of await organization.read('/api/v1/policies?type=ACCESS_POLICY')) {
      for (const each of await organization.read(`/api/v1/policies/${id}/rules`)) {
        if (!JSON.stringify(each).includes('reauthenticateIn')) continue;
        const rule_data = { actions: { appSignOn: { verificationMethod: { reauthenticateIn: 'PT43800H' } } } };
        await expectAsked('update_okta_policy_rule', { policy_id: id, rule_id: each.id, rule_data }, decides);
        return;
      }
    }
    throw new Error('no rule asks again');
  });

  it('whose policy is a draft', async () => {
    const ids = await rule(twice);
    await organization.write('POST', `/api/v1/policies/${ids.policy_id}/lifecycle/deactivate`);
    await expectAsked('update_okta_policy_rule', { ...ids, rule_data: signon({ requireFactor: false }) }, decides);
  });
});

describe('a policy in force', () => {
  it('for others than before', async () => {
    const { id } = await policy();
    const groups = await organization.read('/api/v1/groups?limit=200');
    const include = [groups.find(({ type }) => type === 'OKTA_GROUP')?.id];
    const policy_data = { conditions: { people: { groups: { include } } } };
    await expectAsked('update_okta_policy', { policy_id: id, policy_data }, decides);
  });

  it('for passwords, with shorter ones and no lockout', async () => {
    const [found] = await organization.read('/api/v1/policies?type=PASSWORD');
    for (const password of [{ complexity: { minLength: 4 } }, { lockout: { maxAttempts: 0 } }, { lockout: null }])
      await expectAsked(
        'update_okta_policy',
        { policy_id: found?.id, policy_data: { settings: { password } } },
        decides,
      );
  });

  it('that is new', async () => {
    const policy_data = { type: 'OKTA_SIGN_ON', name: 'x', priority: 1 };
    await expectAsked('create_okta_policy', { policy_data }, decides);
  });
});

describe('a draft', () => {
  it('of a rule is made and changed without a question; the one that puts it into force shows all of it', async () => {
    const { id } = await policy();
    const rule_data = {
      name: 'x',
      priority: 1,
      conditions: { network: { connection: 'ANYWHERE' } },
      actions: { signon: { access: 'ALLOW', requireFactor: false } },
    };
    await expectDone('create_okta_policy_rule', { policy_id: id, rule_data, activate: false });
    const ids = await rule('x');
    const session = { maxSessionLifetimeMinutes: 525_600 };
    await expectDone('update_okta_policy_rule', { ...ids, rule_data: { actions: { signon: { session } } } });
    const question = await expectAsked('activate_okta_policy_rule', ids, decides);
    expect(question).toContain('In force then: conditions.network.connection: ANYWHERE');
    expect(question).toContain('In force then: actions.signon.requireFactor: false');
    expect(question).toContain('In force then: actions.signon.session.maxSessionLifetimeMinutes: 525600');
  });

  it('of a policy likewise, with the rules that decide then', async () => {
    const policy_data = { type: 'PASSWORD', name: 'x', settings: { password: { complexity: { minLength: 4 } } } };
    await expectDone('create_okta_policy', { policy_data, activate: false });
    const { id } = await policy('x', 'PASSWORD');
    const question = await expectAsked('activate_okta_policy', { policy_id: id }, decides);
    expect(question).toContain('In force then: settings.password.complexity.minLength: 4');

    const administrators = await policy();
    await organization.write('POST', `/api/v1/policies/${administrators.id}/lifecycle/deactivate`);
    const other = await expectAsked('activate_okta_policy', { policy_id: administrators.id }, decides);
    expect(other).toContain('Its active rules decide then: “Deny blocked networks”, “Second factor each time”.');
  });

  it('of a zone likewise', async () => {
    const gateways = [{ type: 'CIDR', value: '0.0.0.0/1' }];
    const zone_data = { type: 'IP', name: 'x', status: 'INACTIVE', gateways };
    await expectDone('create_okta_network_zone', { zone_data });
    const { id } = await zone('x');
    gateways.push({ type: 'CIDR', value: '128.0.0.0/1' });
    await expectDone('update_okta_network_zone', { zone_id: id, zone_data: { gateways } });
    const question = await expectAsked('activate_okta_network_zone', { zone_id: id }, /rules let in/);
    for (const { value } of gateways) expect(question).toContain(value);
  });
});

describe('a network zone in force', () => {
  it.each([
    ['the whole internet', { gateways: [{ type: 'CIDR', value: '0.0.0.0/1' }] }],
    ['proxies that are believed', { proxies: [{ type: 'CIDR', value: '198.51.100.0/24' }] }],
    ['no addresses any more', { name: 'Other', gateways: null }],
  ])('with %s', async (_what, zone_data) => {
    const { id } = await zone('Offices');
    await expectAsked('update_okta_network_zone', { zone_id: id, zone_data }, /rules let in/);
  });

  it('that is new', async () => {
    const zone_data = { type: 'IP', name: 'x', gateways: [{ type: 'CIDR', value: '192.0.2.0/24' }] };
    await expectAsked('create_okta_network_zone', { zone_data }, /rules let in/);
    const blocking = { ...zone_data, usage: 'BLOCKLIST' };
    await expectAsked('create_okta_network_zone', { zone_data: blocking }, /who reaches Okta at all/);
  });
});

describe('an application', () => {
  const where = /settings of an application decide/;
  it.each<readonly [string, string, Input]>([
    [
      'redirect addresses',
      'Larkpedia Wiki',
      { settings: { oauthClient: { redirect_uris: ['https://evil.example'] } } },
    ],
    ['grants', 'Larkpedia Wiki', { settings: { oauthClient: { grant_types: ['implicit'] } } }],
    ['who receives assertions', 'Harbour CRM', { settings: { signOn: { ssoAcsUrl: 'https://evil.example/acs' } } }],
    ['who people are there', 'Harbour CRM', { settings: { signOn: { subjectNameIdTemplate: 'admin' } } }],
    ['that everybody may add it', 'Harbour CRM', { accessibility: { selfService: true } }],
    ['where people are sent', 'Harbour CRM', { accessibility: { loginRedirectUrl: 'https://evil.example' } }],
    ['its own profile', 'Harbour CRM', { profile: { role: 'admin' } }],
    ['a setting beside a note', 'Harbour CRM', { settings: { notes: { admin: 'x' }, implicitAssignment: true } }],
  ])('%s', async (_what, label, config_updates) => {
    const { id } = await app(label);
    await expectAsked('update_okta_application', { app_id: id, config_updates }, where);
  });

  it('that is switched off, for it is switched on again without a question', async () => {
    const { id } = await app('Old Anchor Warehouse');
    const config_updates = { accessibility: { errorRedirectUrl: 'https://evil.example' } };
    await expectAsked('update_okta_application', { app_id: id, config_updates }, where);
  });

  async function someone(scope: 'nobody' | 'GROUP') {
    const { id } = await app('Harbour CRM');
    const people = await organization.readAll(`/api/v1/apps/${id}/users?limit=500`);
    const users = await organization.read('/api/v1/users?filter=status%20eq%20%22ACTIVE%22&limit=200');
    const found =
      scope === 'GROUP'
        ? people.findLast((each) => each.scope === 'GROUP')
        : users.findLast((each) => !people.some((other) => other.id === each.id));
    return { app_id: id, user_id: found?.id };
  }

  it('that takes a person for somebody else, or gives them rights', async () => {
    const as = /takes a person for whom/;
    const [outside, inside] = [await someone('nobody'), await someone('GROUP')];
    await expectAsked('assign_okta_application_user', { ...outside, username: 'ceo' }, as);
    await expectAsked('assign_okta_application_user', { ...outside, profile: { role: 'admin' } }, as);
    await expectAsked('assign_okta_application_user', { ...inside, username: 'ceo' }, as);
    const update = 'update_okta_application_user_profile';
    await expectAsked(update, { ...inside, username: 'ceo' }, as);
    await expectAsked(update, { ...inside, profile_updates: { role: 'admin' } }, as);
    await expectDone('assign_okta_application_user', outside);
  });

  it('that gives rights to all members of a group', async () => {
    const { id } = await app('Harbour CRM');
    const given = await organization.read(`/api/v1/apps/${id}/groups?limit=200`);
    const groups = await organization.read('/api/v1/groups?limit=200');
    const other = groups.find(({ id, type }) => type === 'OKTA_GROUP' && !given.some((each) => each.id === id));
    const rights = /which rights the application gives/;
    const input = { app_id: id, group_id: other?.id };
    await expectAsked('assign_okta_application_group', { ...input, profile: { role: 'admin' } }, rights);
    await expectAsked('assign_okta_application_group', { ...input, priority: 0 }, rights);
    const update = { app_id: id, group_id: given[0]?.id, profile_updates: { role: 'admin' } };
    await expectAsked('update_okta_application_group_profile', update, rights);
  });
});

describe('a person', () => {
  it.each([
    ['login', /know the person by the login/],
    ['email', /mailed to email/],
    ['secondEmail', /mailed to secondEmail/],
  ])('with another %s', async (name, why) => {
    const profile = { title: 'Lead', [name]: 'somebody.else@evil.example' };
    await expectAsked('update_okta_user_profile', { user_id: await anybody(organization), profile }, why);
  });

  it.each([
    ['activate_okta_user', 'STAGED'],
    ['reactivate_okta_user', 'PROVISIONED'],
    ['reactivate_okta_user', 'RECOVERY'],
  ])('%s of one who is %s: by a link, or with administrator rights', async (tool, status) => {
    const user_id = await anybody(organization, status);
    await expectAsked(tool, { user_id, send_email: false }, /whoever holds the link gets into the account/);
    await expectDone(tool, { user_id });
    organization.sandbox.okta.reset();
    await organization.write('POST', `/api/v1/users/${user_id}/roles`, { type: 'HELP_DESK_ADMIN' });
    await expectAsked(tool, { user_id }, /the account has administrator rights \(HELP_DESK_ADMIN\)/);
    const both = /whoever holds the link .* administrator rights \(HELP_DESK_ADMIN\)/;
    await expectAsked(tool, { user_id, send_email: false }, both);
  });

  it('who was deactivated comes back by a mail, not by a link', async () => {
    const user_id = await anybody(organization, 'DEPROVISIONED');
    await expectAsked('activate_okta_user', { user_id, send_email: false }, /whoever holds the link/);
    await expectDone('activate_okta_user', { user_id });
  });

  it('whose password is handed over: the question says of what account', async () => {
    const user_id = await anybody(organization);
    await organization.write('POST', `/api/v1/users/${user_id}/roles`, { type: 'HELP_DESK_ADMIN' });
    const link = /whoever holds the link .* administrator rights \(HELP_DESK_ADMIN\)/;
    await expectAsked('reset_okta_user_password', { user_id, send_email: false }, link);
    await expectAsked('reset_okta_user_password', { user_id }, /it takes something away/);
    const password = /whoever holds the temporary password .* administrator rights/;
    await expectAsked('expire_okta_user_password', { user_id, temporary_password: true }, password);
  });

  it('who owns the credential, or is the last super administrator, gets a mail but no link for somebody else', async () => {
    const outcome = async (login: string, input: Input) => {
      const answer = await call(client, 'reactivate_okta_user', { user_id: login, ...input, dryRun: true });
      return answer.isError ? answer.text : 'allowed';
    };
    const [owner, other] = ['helena.brandt@larkspur.example', 'tomas.okafor@larkspur.example'];
    const { id: ownerId } = await organization.read<Entity>(`/api/v1/users/${owner}`);
    const { id } = await organization.read<Entity>(`/api/v1/users/${other}`);
    await organization.write('POST', `/api/v1/users/${id}/roles`, { type: 'SUPER_ADMIN' });
    for (const role of await organization.read(`/api/v1/users/${ownerId}/roles`))
      if (role.type === 'SUPER_ADMIN') await organization.write('DELETE', `/api/v1/users/${ownerId}/roles/${role.id}`);
    for (const each of [ownerId, id])
      await organization.write('POST', `/api/v1/users/${each}/lifecycle/reset_password?sendEmail=false`);
    expect(await outcome(owner, { send_email: true })).toBe('allowed');
    expect(await outcome(other, { send_email: true })).toBe('allowed');
    expect(await outcome(owner, { send_email: false })).toMatch(/account that Castellan’s own credential belongs to/);
    expect(await outcome(other, { send_email: false })).toMatch(/last active super administrator/);
  });
});

describe('an administrator who was kept out', () => {
  const declan = 'declan.kinsella@larkspur.example';
  const lifecycle = (step: string) => organization.write('POST', `/api/v1/users/${declan}/lifecycle/${step}`);

  it('is let in again by nobody unasked, be the rights the account’s own or those of its groups', async () => {
    await lifecycle('suspend');
    await expectAsked('unsuspend_okta_user', { user_id: declan }, /administrator rights/);
    await lifecycle('unsuspend');
    await lifecycle('deactivate');
    // Deactivated, the account has no roles of its own; its group stays.
    await expectAsked('activate_okta_user', { user_id: declan }, /HELP_DESK_ADMIN/);
  });

  it('anybody else is unlocked and unsuspended without a question', async () => {
    const id = await anybody(organization);
    await organization.write('POST', `/api/v1/users/${id}/lifecycle/suspend`);
    asked.length = 0;
    await ask(client, 'unsuspend_okta_user', { user_id: id });
    await ask(client, 'unlock_okta_user', { user_id: 'maya.lindqvist@larkspur.example' });
    expect(asked).toEqual([]);
  });
});

describe('where logins are hidden', () => {
  it('a login that somebody has is taken all the same, and its present spelling is not told', async () => {
    const hiding = await openTestServer({ tenantSettings: { maskFields: ['login', 'email'] } });
    try {
      const quiet = await hiding.connect('2026-07-28', 'http');
      const { profile } = await organization.read<{ profile: { login: string } }>(
        `/api/v1/users/${await anybody(organization)}`,
      );
      const login = profile.login.toUpperCase();
      const input = { profile: { firstName: 'A', lastName: 'B', email: 'a.b@larkspur.example', login }, dryRun: true };
      const answer = await call(quiet, 'create_okta_user', input);
      expect(answer.isError, answer.text).toBe(true);
      expect(answer.text).toContain(`login already: the user “${login}”`);
      expect(answer.text).not.toContain(profile.login);
    } finally {
      await hiding.close();
    }
  });
});
