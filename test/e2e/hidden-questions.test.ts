// What the operator hides of people is found out by no question: by no expression, order or words, and by no change that
// is only previewed or made to see what comes of it.

import type { Client } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ask, call } from '../support/answers.ts';
import type { Entity, Organization } from '../support/organization.ts';
import { openTestServer, type TestServer } from '../support/server.ts';

type Input = Readonly<Record<string, unknown>>;
type Profile = Readonly<Record<string, string>>;
const hidden = '[hidden]';
const maya = 'maya.lindqvist@larkspur.example';

function opening(tenantSettings: Readonly<Record<string, unknown>>) {
  const place = {} as { server: TestServer; client: Client; questions: string[] };
  beforeAll(async () => {
    place.server = await openTestServer({ tenantSettings });
    place.questions = [];
    place.client = await place.server.connect('2026-07-28', 'http', (question) => {
      place.questions.push(question);
      return 'yes';
    });
  });
  beforeEach(() => {
    place.server.organization.sandbox.okta.reset();
    place.server.organization.mutations.length = 0;
    place.server.organization.asked.length = 0;
    place.questions.length = 0;
  });
  afterAll(() => place.server?.close());
  return place;
}

/** Refused before anything is asked of Okta about it, with the name of what is hidden. */
async function expectUnasked({ server, client }: ReturnType<typeof opening>, tool: string, input: Input, says: RegExp) {
  const answer = await call(client, tool, input);
  expect(answer.isError, answer.text).toBe(true);
  expect(answer.text).toMatch(says);
  expect(answer.text).toMatch(/which the operator hides from assistants/);
  expect(answer.result._meta?.['castellan/error']).toMatchObject({ code: 'not_allowed' });
  expect(server.organization.asked).toEqual([]);
}

/** Somebody who is given an application directly, and not the one whom the credential belongs to. */
async function assigned(organization: Organization): Promise<{ app: string; user: Entity & { profile: Profile } }> {
  const { id: me } = await organization.read<Entity>('/api/v1/users/me');
  for (const { id } of await organization.readAll('/api/v1/apps?limit=200')) {
    const users = (await organization.readAll(`/api/v1/apps/${id}/users?limit=500`)) as (Entity & {
      profile: Profile;
    })[];
    const user = users.find((one) => one.profile.email && one.scope === 'USER' && one.id !== me);
    if (user) return { app: id, user };
  }
  throw new Error('nobody is assigned with an email');
}

describe('where email and names are hidden', () => {
  const place = opening({ maskFields: ['email', 'firstName', 'serialNumber'], dropFields: ['mobilePhone'] });

  it.each<readonly [string, Input, RegExp]>([
    ['list_okta_users', { query: 'maya.l' }, /query is about profile\.firstName/],
    ['list_okta_users', { q: 'm' }, /query is about/],
    ['list_okta_users', { search: 'profile.mobilePhone sw "+44"' }, /search is about profile\.mobilePhone/],
    ['list_okta_users', { search: 'status pr and (profile.EMAIL sw "m")' }, /search is about profile\.EMAIL/],
    ['list_okta_users', { search: '(profile.displayName sw "M") or status pr' }, /profile\.displayName/],
    ['list_okta_users', { filter: 'profile.email eq "m@x"' }, /filter_type is about profile\.email/],
    ['list_okta_users', { search: 'status pr', sort_by: 'profile.email' }, /sort_by is about profile\.email/],
    ['list_okta_devices', { search: 'profile.serialNumber sw "C"' }, /search is about profile\.serialNumber/],
    ['list_okta_application_users', { app_id: '0oa1', query: 'm' }, /query is about credentials\.userName/],
    ['get_okta_event_logs', { q: 'maya' }, /q is about actor\.alternateId/],
    ['search_logs', { query: 'maya' }, /q is about actor\.alternateId/],
    ['get_okta_event_logs', { filter_string: 'target.displayName co "May"' }, /target\.displayName/],
    ['get_okta_event_logs', { app_id: 'Maya Lindqvist' }, /app_id is about actor\.alternateId/],
    [
      'create_okta_group_rule',
      { name: 'Guess', expression: 'String.startsWith(user.email, "m")', group_ids: ['00g1'] },
      /expression is about email/,
    ],
    ...[
      'user["mobilePhone"] != null',
      "user['mobilePhone'] != null",
      'user["mobile" + "Phone"] != null',
      'user.title == "x" or user . mobilePhone == "1"',
      'user.mobilePhone-1 > 0',
      // Where a backslash stands for itself, as in SpEL, the texts end elsewhere.
      String.raw`user.title == "\" or user.mobilePhone == "\"`,
      `user.title == '"' or user.mobilePhone == '"'`,
      'user.getInternalProperty("mobilePhone") != null',
      'user.title.equals(user?.MOBILEPHONE)',
    ].map(
      (expression) =>
        [
          'create_okta_group_rule',
          { name: 'Guess', expression, group_ids: ['00g1'] },
          /expression is about mobilePhone/i,
        ] as const,
    ),
  ])('%s %j is not asked', (tool, input, says) => expectUnasked(place, tool, input, says));

  it('what is shown can be asked for, and people named', async () => {
    const { client } = place;
    const { users } = (await ask(client, 'list_okta_users', { search: 'profile.department sw "Wareh"' })).value;
    expect((users as unknown[]).length).toBeGreaterThan(1);
    expect((await ask(client, 'get_okta_user', { user_id: maya })).value).toMatchObject({ login: maya });
    const events = await ask(client, 'get_okta_event_logs', { user_id: maya, since: '180 days ago' });
    expect((events.value.events as unknown[]).length).toBeGreaterThan(0);
  });

  it('a rule may speak of what is shown, whatever words its texts are', async () => {
    const [group] = await place.server.organization.read('/api/v1/groups?q=Legal');
    const expression = 'user.department == "Email" and String.startsWith(user.title, "email, mobilePhone")';
    const input = { name: 'Fair', expression, group_ids: [group?.id], dryRun: true };
    expect((await ask(place.client, 'create_okta_group_rule', input)).value.changes).not.toEqual([]);
  });

  it('completion asks nothing and offers nobody, without an error', async () => {
    const ref = { type: 'ref/resource' as const, uri: 'okta://users/{id}' };
    const { completion } = await place.client.complete({ ref, argument: { name: 'id', value: 'maya' } });
    expect(completion.values).toEqual([]);
    expect(place.server.organization.asked).toEqual([]);
  });

  it('an application can be named in the log by its id', async () => {
    const [app] = await place.server.organization.read('/api/v1/apps?q=Berth');
    const { value } = await ask(place.client, 'get_okta_event_logs', { app_id: app?.id, since: '180 days ago' });
    expect((value.events as unknown[]).length).toBeGreaterThan(0);
  });

  it('a username that an application has of somebody’s email is hidden with it', async () => {
    const [app] = await place.server.organization.read('/api/v1/apps?q=Berth');
    const { value } = await ask(place.client, 'list_okta_application_users', { app_id: app?.id, view: 'full' });
    const users = value.users as { username?: string }[];
    expect(users.length).toBeGreaterThan(0);
    for (const { username } of users) expect(username ?? hidden).toBe(hidden);
  });

  it('and is not in the undo of an assignment that is taken away', async () => {
    const { app, user } = await assigned(place.server.organization);
    const credentials = { userName: 'her-private-address' };
    await place.server.organization.write('POST', `/api/v1/apps/${app}/users/${user.id}`, { credentials });
    const done = await ask(place.client, 'unassign_okta_application_user', { app_id: app, user_id: user.id });
    const undo = done.value.undo as { arguments: Input; but: string };
    expect(undo.but).toMatch(/what assistants must not see of the profile and the username/);
    expect(undo.arguments).not.toHaveProperty('username');
    expect(JSON.stringify([done.value, place.questions])).not.toContain(credentials.userName);
  });
});

describe('where the login is hidden', () => {
  const place = opening({ maskFields: ['login'] });

  it('the log of a person is whole all the same', async () => {
    const { organization } = place.server;
    const { id } = await organization.read<Entity>(`/api/v1/users/${maya}`);
    await ask(place.client, 'get_okta_event_logs', { user_id: id });
    const asked = organization.asked.map((path) => decodeURIComponent(path.replace(/\+/g, ' ')));
    expect(asked.join('\n')).toContain(`actor.alternateId eq "${maya}"`);
    expect(asked.join('\n')).not.toContain(hidden);
  });
});

describe('where something among an event’s details is hidden', () => {
  // No event of the sandbox has a person’s number there; the place is the same.
  const place = opening({ maskFields: ['factor'], dropFields: ['requestId'] });

  it('it is in no answer, and no question is about it', async () => {
    const { client } = place;
    const input = { event_type: 'user.authentication.auth_via_mfa', since: '180 days ago', view: 'full' };
    const { value } = await ask(client, 'get_okta_event_logs', input);
    const events = value.events as { full: { debugContext: { debugData: Profile } } }[];
    const details = events.map(({ full }) => full.debugContext.debugData);
    expect(details.filter(({ factor }) => factor === hidden).length).toBeGreaterThan(0);
    for (const { factor, requestId } of details) expect([factor ?? hidden, requestId]).toEqual([hidden, undefined]);
    place.server.organization.asked.length = 0;
    const asked = { filter_string: 'debugContext.debugData.factor sw "OKTA"' };
    await expectUnasked(place, 'get_okta_event_logs', asked, /filter_string is about debugContext\.debugData/);
  });
});

describe('a guess that is written', () => {
  const place = opening({
    maskFields: ['email', 'login', 'manager'],
    dropFields: ['mobilePhone', 'role', 'description'],
  });

  /** What answers say of a right guess and a wrong one, without the guess. */
  async function expectAlike(tool: string, right: Input, wrong: Input, guesses: readonly unknown[]): Promise<void> {
    const { client, questions, server } = place;
    const seen: unknown[] = [];
    for (const input of [right, wrong]) {
      server.organization.sandbox.okta.reset();
      questions.length = 0;
      const dry = await call(client, tool, { ...input, dryRun: true });
      const done = await call(client, tool, input);
      const again = await call(client, tool, { ...input, dryRun: true });
      const said = [dry, done, again].map(({ isError, value, text }) => (isError ? text : value));
      let plain = JSON.stringify([said, questions]);
      for (const guess of guesses) plain = plain.replaceAll(JSON.stringify(guess).slice(1, -1), '…');
      seen.push(plain.replace(/"castellan[^,]*,/g, ''));
      expect(plain).not.toMatch(/already/);
    }
    expect(seen[0]).toBe(seen[1]);
  }

  it('of what an application has of a user', async () => {
    const { app, user } = await assigned(place.server.organization);
    const guess = (email: string) => ({ app_id: app, user_id: user.id, profile_updates: { email } });
    const [right, wrong] = [user.profile.email as string, 'nobody@larkspur.example'];
    await expectAlike('update_okta_application_user_profile', guess(right), guess(wrong), [right, wrong]);
    const { userName } = user.credentials as Profile;
    const name = (username: string) => ({ app_id: app, user_id: user.id, username });
    await expectAlike('update_okta_application_user_profile', name(userName as string), name('nobody'), [
      userName,
      'nobody',
    ]);
  });

  it('of what an application has of a user who is assigned again', async () => {
    const { app, user } = await assigned(place.server.organization);
    const { client } = place;
    const answers = [];
    for (const email of [user.profile.email, 'nobody@larkspur.example']) {
      const input = { app_id: app, user_id: user.id, profile: { email }, dryRun: true };
      answers.push((await call(client, 'assign_okta_application_user', input)).text);
    }
    expect(answers[0]).toBe(answers[1]);
    expect(answers[0]).toMatch(/with another username or profile/);
  });

  it('and what was given is there afterwards, with everything that was not named', async () => {
    const { app, user } = await assigned(place.server.organization);
    const input = { app_id: app, user_id: user.id, profile_updates: { email: 'new@larkspur.example' } };
    const done = await ask(place.client, 'update_okta_application_user_profile', input);
    expect(done.value.changes).toEqual([{ field: 'profile.email', before: hidden, after: 'new@larkspur.example' }]);
    expect(done.value.no_undo).toMatch(/profile\.email is hidden from assistants/);
    const path = `/api/v1/apps/${app}/users/${user.id}`;
    const { profile, credentials } = await place.server.organization.read<Entity>(path);
    expect(profile).toEqual({ ...user.profile, email: 'new@larkspur.example' });
    expect(credentials).toEqual(user.credentials);
  });

  it('and all that was named is sent, also what is not there and what has a dot in its name', async () => {
    const { organization } = place.server;
    const { app, user } = await assigned(organization);
    const profile_updates = { role: null, 'role.since': 'May', 'desk.floor': 3 };
    const input = { app_id: app, user_id: user.id, profile_updates };
    expect((await ask(place.client, 'update_okta_application_user_profile', input)).value.done).toBe(true);
    const { profile } = await organization.read<Entity>(`/api/v1/apps/${app}/users/${user.id}`);
    expect(profile).toEqual({ ...user.profile, 'role.since': 'May', 'desk.floor': 3 });
  });

  it('of a group’s description, and of a person’s number', async () => {
    const { organization } = place.server;
    const groups = await organization.readAll('/api/v1/groups?limit=200');
    const group = groups.find(
      ({ type, profile }) => type === 'OKTA_GROUP' && ((profile as Profile).description ?? '').length > 5,
    );
    if (!group) throw new Error('no group is described');
    const { description } = group.profile as Profile;
    const describes = (text: unknown) => ({ group_id: group.id, profile: { description: text } });
    await expectAlike('update_okta_group', describes(description), describes('another'), [description, 'another']);
    const people = await organization.readAll('/api/v1/users?limit=200');
    const { id: me } = await organization.read<Entity>('/api/v1/users/me');
    const person = people.find(
      (one) => one.id !== me && one.status === 'ACTIVE' && (one.profile as Profile).mobilePhone,
    );
    if (!person) throw new Error('nobody has a number');
    const { mobilePhone } = person.profile as Profile;
    const calls = (text: unknown) => ({ user_id: person.id, profile: { mobilePhone: text } });
    await expectAlike('update_okta_user_profile', calls(mobilePhone), calls('+1 202 555 0100'), [
      mobilePhone,
      '+1 202 555 0100',
    ]);
  });

  it('of what an application has of a group’s members, first and again', async () => {
    const { organization } = place.server;
    const apps = await organization.readAll('/api/v1/apps?limit=200');
    const app = apps.find(({ label }) => label === 'Harbour CRM');
    const [group] = await organization.read(`/api/v1/apps/${app?.id}/groups?limit=20`);
    const ids = { app_id: app?.id, group_id: group?.id };
    const path = `/api/v1/apps/${app?.id}/groups/${group?.id}`;
    const answers = [];
    for (const guess of ['Captain', 'Cook']) {
      organization.sandbox.okta.reset();
      await organization.write('PUT', path, { profile: { role: 'Captain', shift: 'night' } });
      const input = { ...ids, profile_updates: { role: guess } };
      const dry = await ask(place.client, 'update_okta_application_group_profile', { ...input, dryRun: true });
      expect(dry.value.changes).toEqual([{ field: 'profile.role', before: hidden, after: guess }]);
      const done = await ask(place.client, 'update_okta_application_group_profile', input);
      expect(done.value.no_undo).toMatch(/profile\.role is hidden/);
      expect((await organization.read<Entity>(path)).profile).toEqual({ role: guess, shift: 'night' });
      await organization.write('PUT', path, { profile: { role: 'Captain', shift: 'night' } });
      const again = { ...ids, profile: { role: guess }, dryRun: true };
      answers.push((await call(place.client, 'assign_okta_application_group', again)).text);
    }
    expect(answers[0]).toBe(answers[1]);
    expect(answers[0]).toMatch(/with another priority or profile/);
  });

  it('and what is hidden can be removed', async () => {
    const { organization } = place.server;
    const people = await organization.readAll('/api/v1/users?limit=200');
    const { id: me } = await organization.read<Entity>('/api/v1/users/me');
    const person = people.find(
      (one) => one.id !== me && one.status === 'ACTIVE' && (one.profile as Profile).mobilePhone,
    );
    const input = { user_id: person?.id, profile: { mobilePhone: null } };
    const done = await ask(place.client, 'update_okta_user_profile', input);
    expect(done.value.changes).toEqual([{ field: 'profile.mobilePhone', before: hidden }]);
    expect(done.value.no_undo).toMatch(/profile\.mobilePhone is hidden/);
    const { profile } = await organization.read<Entity>(`/api/v1/users/${person?.id}`);
    expect((profile as Profile).mobilePhone ?? null).toBeNull();

    const groups = await organization.readAll('/api/v1/groups?limit=200');
    const group = groups.find(({ type, profile }) => type === 'OKTA_GROUP' && (profile as Profile).description);
    await ask(place.client, 'update_okta_group', { group_id: group?.id, profile: { description: null } });
    const after = await organization.read<Entity>(`/api/v1/groups/${group?.id}`);
    expect((after.profile as Profile).description ?? null).toBeNull();
    expect(after.profile).toMatchObject({ name: (group?.profile as Profile | undefined)?.name });
  });
});
