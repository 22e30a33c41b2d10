// Changes of users: what is refused before anything is sent, what a person is told first, what
// never passes through an answer, and that nothing that was not named is lost.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
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

beforeAll(async () => {
  const tenantSettings = { maskFields: ['mobilePhone', 'description'], protectGroups: ['Payroll Processors'] };
  server = await openTestServer({ tenantSettings, parts: { tools: { confirm: 'write' } } });
  organization = server.organization;
  client = await server.connect('2026-07-28', 'http', (question) => {
    asked.push(question);
    return 'yes';
  });
});
beforeEach(() => {
  organization.sandbox.okta.reset();
  organization.mutations.length = 0;
  asked.length = 0;
});
afterAll(() => server?.close());

type Input = Record<string, unknown>;
const warningsOf = (answer: Answer) => ((answer.value.warnings ?? []) as string[]).join('\n');
const dry = (tool: string, input: Input) => ask(client, tool, { ...input, dryRun: true });
const user = (id: string) => organization.read<Entity & { profile: Input }>(`/api/v1/users/${id}`);
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

describe('a profile', () => {
  it.each([
    ['nothing', {}, /profile is empty/],
    ['a password', { password: 'Tr0ub4dor' }, /profile\.password is a secret/],
    ['credentials', { credentials: { password: { value: 'x' } } }, /no part of a profile/],
    ['a status', { status: 'ACTIVE' }, /no part of a profile/],
    ['an attribute whose name is none', { 'a.b': 'x' }, /no attribute name/],
    [
      'what reaches into the prototype',
      JSON.parse('{"__proto__":{"title":"x"}}'),
      /no attribute name|profile is empty/,
    ],
    ['an empty text', { title: '' }, /Give null to remove/],
    ['an object', { title: { is: 'no text' } }, /must be a text/],
    ['a list of objects', { title: [{}] }, /must be a text/],
    ['what stands for a hidden value', { mobilePhone: '[hidden]' }, /only stands for a value/],
    ['what stands for a secret', { title: '[removed]' }, /only stands for a value/],
    ['an address with a token in it', { profileUrl: 'https://a.example/?token=abc' }, /is a secret/],
  ])('with %s is refused', async (_what, profile, says) => {
    await expectRefused('update_okta_user_profile', { user_id: await anybody(organization), profile }, says);
  });

  it('keeps every attribute that was not named, custom attributes of the support server’s form included', async () => {
    const id = await anybody(organization);
    const before = await user(id);
    const answer = await ask(client, 'update_user_profile', {
      user_identifier: id,
      profile_updates: { title: 'Pilot', customAttributes: { hireDate: '2026-11-21' } },
    });
    const after = await user(id);
    expect(after.profile).toEqual({ ...before.profile, title: 'Pilot', hireDate: '2026-11-21' });
    expect(warningsOf(answer)).toBe('');
  });

  it('is not sent when it says nothing new', async () => {
    const id = await anybody(organization);
    const { profile } = await user(id);
    const same = { title: profile.title, nickName: null };
    await expectNothingToDo('update_okta_user_profile', { user_id: id, profile: same }, /says that already/);
  });

  it('hides the earlier value of what the operator hides, and so has no undo', async () => {
    const id = await anybody(organization);
    const phone = String((await user(id)).profile.mobilePhone);
    const answer = await ask(client, 'update_okta_user_profile', { user_id: id, profile: { mobilePhone: '+1 555' } });
    expect(answer.value.undo).toBeUndefined();
    expect(answer.value.no_undo).toMatch(/mobilePhone/);
    expect(answer.value.changes).toEqual([{ field: 'profile.mobilePhone', before: '[hidden]', after: '+1 555' }]);
    expect(answer.text + asked.join('')).not.toContain(phone);
    expect((await user(id)).profile.mobilePhone).toBe('+1 555');
  });

  it('names the group rules that move people by what changes', async () => {
    const answer = await dry('update_okta_user_profile', {
      user_id: await anybody(organization),
      profile: { userType: 'Contractor', nickName: 'Jo' },
    });
    expect(warningsOf(answer)).toContain('“Fill Contractors”');
    expect(warningsOf(answer)).not.toContain('“Fill Fleet”');
  });
});

describe('create_okta_user', () => {
  const profile = { firstName: 'Noor', lastName: 'Haddad', email: 'noor.haddad@larkspur.example' };

  it.each([
    ['without an email', { firstName: 'Noor' }, /profile\.login is missing|profile\.email is missing/],
    ['with a login and no email', { login: 'noor@larkspur.example' }, /profile\.email is missing/],
    ['with a password', { ...profile, password: 'Tr0ub4dor' }, /is a secret/],
  ])('refuses one %s', async (_what, given, says) => {
    await expectRefused('create_okta_user', { profile: given }, says);
  });

  it('refuses a login that somebody has, in whatever case', async () => {
    const { profile: taken } = await user(await anybody(organization));
    const login = String(taken.login).toUpperCase();
    await expectRefused('create_okta_user', { profile: { ...profile, login } }, /login already.*ACTIVE/s);
  });

  it('says that a deactivated user can be brought back', async () => {
    const { profile: taken } = await user(await anybody(organization, 'DEPROVISIONED'));
    await expectRefused('create_okta_user', { profile: { ...profile, login: taken.login } }, /activate_okta_user/);
  });

  it.each([
    ['the built-in group', 'Everyone', /everybody is in it/],
    ['a group of an application', 'crm-sales-editors', /application or directory decides/],
    ['a group that the operator protects', 'Payroll Processors', /protected by the operator/],
  ])('refuses membership in %s', async (_what, name, says) => {
    await expectRefused('create_okta_user', { profile, group_ids: [await group(name)] }, says);
  });

  it('asks for administrator rights, and makes nothing when nobody agrees', async () => {
    const quiet = await server.connect('2026-07-28', 'http');
    const group_ids = [await group('Okta Administrators – Help Desk')];
    const answer = await call(quiet, 'create_okta_user', { profile, group_ids });
    expect(answer.value.done).toBe(false);
    expect(answer.value.approve).toMatch(/person must/);
    expect(organization.mutations).toEqual([]);
  });

  it('names the new user by id in its undo, and sends the group but once', async () => {
    const id = await group('VPN Users');
    const answer = await ask(client, 'create_okta_user', { profile, group_ids: [id, id] });
    const [made] = answer.value.targets as Entity[];
    expect((answer.value.undo as Input).arguments).toEqual({ user_id: made?.id });
    const groups = await organization.read(`/api/v1/users/${made?.id}/groups`);
    expect(groups.map((each) => each.id)).toContain(id);
    expect(organization.mutations).toEqual(['POST /api/v1/users?activate=true']);
  });
});

describe('the states of a user', () => {
  it.each([
    ['delete_okta_user', 'ACTIVE', /deactivate_okta_user first/],
    ['delete_okta_user', 'SUSPENDED', /deactivate_okta_user first/],
    ['delete_okta_user', 'STAGED', /deactivate_okta_user first/],
    ['activate_okta_user', 'SUSPENDED', /unsuspend_okta_user/],
    ['activate_okta_user', 'PROVISIONED', /reactivate_okta_user/],
    ['reactivate_okta_user', 'ACTIVE', /needs no invitation/],
    ['reactivate_okta_user', 'STAGED', /activate_okta_user/],
    ['suspend_okta_user', 'DEPROVISIONED', /Only an active user/],
    ['unsuspend_okta_user', 'LOCKED_OUT', /unlock_okta_user/],
    ['unlock_okta_user', 'SUSPENDED', /unsuspend_okta_user/],
    ['reset_okta_user_password', 'STAGED', /activate_okta_user/],
    ['reset_okta_user_password', 'SUSPENDED', /unsuspend_okta_user/],
    ['expire_okta_user_password', 'RECOVERY', /reactivate_okta_user/],
    ['reset_okta_user_factors', 'DEPROVISIONED', /none any more/],
  ])('%s refuses one who is %s', async (tool, status, says) => {
    await expectRefused(tool, { user_id: await anybody(organization, status) }, says);
  });

  it.each([
    ['activate_okta_user', 'ACTIVE'],
    ['deactivate_okta_user', 'DEPROVISIONED'],
    ['suspend_okta_user', 'SUSPENDED'],
    ['unsuspend_okta_user', 'ACTIVE'],
    ['unlock_okta_user', 'ACTIVE'],
    ['expire_okta_user_password', 'PASSWORD_EXPIRED'],
  ])('%s has nothing to do for one who is %s', async (tool, status) => {
    await expectNothingToDo(tool, { user_id: await anybody(organization, status) }, /already|not locked out/);
  });

  it('revoke_sessions without temporary_password is refused, for Okta would not end them', async () => {
    const input = { user_id: await anybody(organization), revoke_sessions: true };
    await expectRefused('expire_okta_user_password', input, /revoke_okta_user_sessions/);
  });

  it('the account of the credential is never deactivated, nor its factors or memberships taken', async () => {
    const me = await organization.read<Entity>('/api/v1/users/me');
    for (const tool of ['deactivate_okta_user', 'reset_okta_user_password', 'revoke_okta_user_sessions']) {
      await expectRefused(tool, { user_id: me.id }, /does not change itself/);
    }
    const input = { user_id: me.id, group_id: await group('VPN Users') };
    await expectRefused('remove_okta_group_member', input, /does not change itself/);
  });

  it('a deactivation is previewed with all that the person has', async () => {
    const id = await anybody(organization);
    const answer = await dry('deactivate_okta_user', { user_id: id });
    const [links, groups, factors] = await Promise.all(
      ['appLinks', 'groups', 'factors'].map((what) => organization.read(`/api/v1/users/${id}/${what}`)),
    );
    expect(answer.value.touches).toEqual({
      applications: new Set(links?.map(({ appInstanceId }) => appInstanceId)).size,
      groups: groups?.filter(({ type }) => type !== 'BUILT_IN').length,
      factors: factors?.length,
    });
    expect(links?.length).toBeGreaterThan(0);
    expect(factors?.length).toBeGreaterThan(0);
  });

  it('an administrator is named as one before being deactivated', async () => {
    const id = await anybody(organization);
    await organization.write('POST', `/api/v1/users/${id}/roles`, { type: 'HELP_DESK_ADMIN' });
    const answer = await dry('deactivate_okta_user', { user_id: id });
    expect(warningsOf(answer)).toContain('administrator (HELP_DESK_ADMIN)');
  });
});

describe('what grants access', () => {
  it.each([
    ['activate_okta_user', 'STAGED', { send_email: false }, /http.+welcome/],
    ['reactivate_okta_user', 'PROVISIONED', { send_email: false }, /http.+welcome/],
    ['reset_okta_user_password', 'ACTIVE', { send_email: false }, /http/],
    ['expire_okta_user_password', 'ACTIVE', { temporary_password: true }, /\S{6,}/],
  ])('%s leaves in a file for the operator, and nowhere else', async (tool, status, more, looks) => {
    const folder = join(server.home, 'handover');
    const known = new Set(list(folder));
    const answer = await ask(client, tool, { user_id: await anybody(organization, status), ...more });
    expect(answer.value.done).toBe(true);
    const [name, ...others] = list(folder).filter((each) => !known.has(each));
    expect(others).toEqual([]);
    const given = readFileSync(join(folder, name ?? ''), 'utf8');
    expect(given).toMatch(looks);
    expect(answer.text).toContain(name);
    const [secret] = given.match(/https?:\S+/) ?? given.trim().split(/\s+/).slice(-1);
    expect(secret?.length).toBeGreaterThan(5);
    expect(`${JSON.stringify(answer.result)}${asked.join('')}${server.log()}`).not.toContain(secret);
  });

  it('a mail is Okta’s: with it there is nothing to hand over', async () => {
    const folder = join(server.home, 'handover');
    const known = list(folder).length;
    await ask(client, 'reset_okta_user_password', { user_id: await anybody(organization) });
    expect(list(folder)).toHaveLength(known);
    expect(organization.mutations[0]).toContain('sendEmail=true');
  });
});

describe('factors and sessions', () => {
  it('nothing is reset for one who has no factors', async () => {
    const id = await anybody(organization);
    await organization.write('POST', `/api/v1/users/${id}/lifecycle/reset_factors`);
    await expectNothingToDo('reset_okta_user_factors', { user_id: id }, /no factors/);
  });

  it('a factor of somebody else is not found', async () => {
    const id = await anybody(organization);
    const users = await organization.read('/api/v1/users?filter=status%20eq%20%22ACTIVE%22&limit=200');
    const lists = await Promise.all(
      users.slice(0, 20).map((each) => organization.read(`/api/v1/users/${each.id}/factors`)),
    );
    const factor = lists.flat()[0]?.id;
    expect(factor).toBeDefined();
    await expectRefused('unenroll_okta_user_factor', { user_id: id, factor_id: factor }, /no such thing/);
  });

  it('the preview of the last factor says that the password may be enough then', async () => {
    const users = await organization.read('/api/v1/users?filter=status%20eq%20%22ACTIVE%22&limit=200');
    const said = new Set<boolean>();
    for (const { id } of users.slice(-30)) {
      const factors = await organization.read(`/api/v1/users/${id}/factors`);
      const [factor] = factors;
      if (!factor) continue;
      const answer = await dry('unenroll_okta_user_factor', { user_id: id, factor_id: factor.id });
      // Okta Verify’s one-time code goes with its push.
      const along = factor.factorType === 'push' ? 'token:software:totp' : '';
      const left = factors.filter((each) => each !== factor && each.factorType !== along).length;
      expect(warningsOf(answer).includes('password alone')).toBe(left === 0);
      expect(answer.value.touches).toEqual({ factors_left: left });
      said.add(left === 0);
    }
    expect(said).toEqual(new Set([true, false]));
  });

  it('tokens of applications are revoked only when asked for', async () => {
    const id = await anybody(organization);
    const left = await ask(client, 'revoke_okta_user_sessions', { user_id: id });
    expect(warningsOf(left)).toContain('keep them');
    await ask(client, 'revoke_okta_user_sessions', { user_id: id, oauth_tokens: true, forget_devices: false });
    expect(organization.mutations).toEqual([
      `DELETE /api/v1/users/${id}/sessions?oauthTokens=false&forgetDevices=true`,
      `DELETE /api/v1/users/${id}/sessions?oauthTokens=true&forgetDevices=false`,
    ]);
  });
});

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
