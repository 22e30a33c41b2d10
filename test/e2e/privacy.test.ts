// What the operator hides of people is in no answer: of no tool, in no form, preview, question, error, resource or completion;
// and what is hidden is neither lost nor changed by a change of something else.

import type { Client } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { toolsOf } from '../../src/core/tool.ts';
import { okta } from '../../src/platforms/okta/index.ts';
import { type Answer, ask, call } from '../support/answers.ts';
import { cases, type Facts, readFacts } from '../support/cases.ts';
import { cases as changeCases } from '../support/change-cases/all.ts';
import type { Entity, Organization } from '../support/organization.ts';
import { type Era, openTestServer, type TestServer } from '../support/server.ts';

type Profile = Readonly<Record<string, unknown>>;
const hidden = '[hidden]';
const maskFields = ['login', 'profile.email', 'mobilephone', 'firstName', 'employeeNumber', 'manager'];
const dropFields = ['lastName', 'displayName', 'streetAddress'];
const fields = ['login', 'email', 'mobilePhone', 'employeeNumber', 'streetAddress', 'displayName'];
const eras: readonly Era[] = ['2026-07-28', '2025-11-25'];

let server: TestServer;
let organization: Organization;
let facts: Facts;
/** The hidden values of everybody, as they stand in the directory and as others write them. */
let secrets: Set<string>;
const questions: string[] = [];

beforeAll(async () => {
  server = await openTestServer({
    tenantSettings: { maskFields, dropFields },
    parts: { tools: { confirm: 'write' } },
  });
  organization = server.organization;
  facts = await readFacts(organization);
  const people = await organization.readAll('/api/v1/users?search=status%20pr&limit=200');
  const values = people.flatMap(({ profile }) => fields.map((name) => (profile as Profile)[name]));
  const texts = values.filter((value): value is string => typeof value === 'string' && value.length > 4);
  secrets = new Set(texts.flatMap((text) => [text, ...(/^\+/.test(text) ? [text.replace(/[^\d+]/g, '')] : [])]));
  // Where people work is also the address of the company, which is no secret.
  const { address1 } = await organization.read<{ address1: string }>('/api/v1/org');
  secrets.delete(address1);
  expect(people.length).toBeGreaterThan(200);
  for (const name of fields)
    expect(people.filter(({ profile }) => (profile as Profile)[name]).length, name).toBeGreaterThan(20);
});
beforeEach(() => {
  organization.sandbox.okta.reset();
  questions.length = 0;
});
afterAll(() => server?.close());

const connect = (era: Era = '2026-07-28') =>
  server.connect(era, 'http', (question) => {
    questions.push(question);
    return 'yes';
  });

/** The hidden values that stand in something, less those that the caller wrote. */
function leaksIn(said: unknown, typed: unknown = ''): string[] {
  const [text, given] = [JSON.stringify(said), JSON.stringify(typed)];
  return [...secrets].filter((secret) => text.includes(secret) && !given.includes(secret));
}

/** Those that other tests ask in a way of their own. */
async function moreCases(): Promise<readonly (readonly [string, Readonly<Record<string, unknown>>])[]> {
  const [rule] = await organization.read('/api/v1/groups/rules?limit=1');
  return [
    ['list_okta_group_rules', {}],
    ['get_okta_group_rule', { rule_id: rule?.id }],
  ];
}

it('the organization itself shows what is looked for', async () => {
  const people = await organization.readAll('/api/v1/users?limit=200');
  expect(leaksIn(people).length).toBeGreaterThan(3 * 150);
  expect(
    leaksIn(await organization.read(`/api/v1/logs?since=${facts.since}&until=${facts.until}&limit=1000`)).length,
  ).toBeGreaterThan(20);
});

describe.each(eras)('MCP %s', (era) => {
  let client: Client;

  beforeAll(async () => {
    client = await connect(era);
  });

  async function checkTool(tool: string, input: Readonly<Record<string, unknown>>): Promise<void> {
    const { tools } = await client.listTools();
    const takes = tools.find(({ name }) => name === tool)?.inputSchema.properties ?? {};
    const most = takes.max_results as { maximum?: number } | undefined;
    for (const view of 'view' in takes ? ['summary', 'full'] : [undefined]) {
      const given = {
        ...input,
        ...(view && { view }),
        ...(most && { max_results: Math.min(most.maximum ?? 100, 1_000) }),
      };
      const { result } = await ask(client, tool, given);
      expect(leaksIn(result, given), `${tool} ${JSON.stringify(given)}`).toEqual([]);
    }
  }

  it('there is a call for every tool that reads', async () => {
    const more = await moreCases();
    const reading = toolsOf(okta).filter(({ access }) => access === 'read');
    const called = [...cases.map(({ tool }) => tool), ...more.map(([tool]) => tool)];
    expect(called).toEqual(expect.arrayContaining(reading.map(({ name }) => name)));
    for (const [tool, input] of more) await checkTool(tool, input);
  });

  it.each(cases.map((each) => [each.tool, each] as const))('%s', (tool, { input }) => checkTool(tool, input(facts)));

  it('everybody’s factors, assignments and profiles', async () => {
    for (const { id } of await organization.readAll('/api/v1/users?limit=200')) {
      const answers = [
        await ask(client, 'list_okta_user_factors', { user_id: id, view: 'full' }),
        await ask(client, 'get_okta_user', { user_id: id, view: 'full' }),
      ];
      for (const { result } of answers) expect(leaksIn(result)).toEqual([]);
    }
    for (const { id } of await organization.readAll('/api/v1/apps?limit=200')) {
      const answer = await ask(client, 'list_okta_application_users', { app_id: id, view: 'full', max_results: 500 });
      expect(leaksIn(answer.result)).toEqual([]);
    }
  });

  it('resources and completions', async () => {
    for (const uri of [`okta://users/${facts.user.id}`, 'okta://org/info', 'server://info', 'server://health']) {
      const { contents } = await client.readResource({ uri });
      expect(leaksIn(contents), uri).toEqual([]);
    }
    const ref = { type: 'ref/resource' as const, uri: 'okta://users/{id}' };
    for (const value of ['m', 'ma', 'an']) {
      const { completion } = await client.complete({ ref, argument: { name: 'id', value } });
      expect(leaksIn(completion)).toEqual([]);
      for (const each of completion.values) expect(each).toMatch(/^00u/);
    }
  });
});

describe('changes', () => {
  let client: Client;

  beforeAll(async () => {
    client = await connect();
  });

  it.each(
    changeCases.map((each) => [each.when === undefined ? each.tool : `${each.tool}, ${each.when}`, each] as const),
  )('%s: preview, question, answer and undo', async (_name, { tool, prepare }) => {
    const { input, first = [] } = await prepare(organization);
    for (const [name, before] of first) await call(client, name, before);
    const typed = [input, first];
    questions.length = 0;
    const answers: Answer[] = [await call(client, tool, { ...input, dryRun: true }), await call(client, tool, input)];
    const undo = answers[1]?.value.undo as { tool: string; arguments: Record<string, unknown> } | undefined;
    if (undo) answers.push(await call(client, undo.tool, undo.arguments));
    expect(questions.length).toBeGreaterThan(0);
    expect(leaksIn([questions, answers.map(({ result }) => result)], typed)).toEqual([]);
  });

  const person = () => organization.read<Entity & { profile: Profile }>(`/api/v1/users/${facts.user.id}`);

  it('a change of another field keeps what is hidden', async () => {
    const before = await person();
    await ask(client, 'update_okta_user_profile', { user_id: before.id, profile: { title: 'Lead', nickName: null } });
    const { profile } = await person();
    expect(profile).toEqual({ ...before.profile, title: 'Lead' });

    const path = `/api/v1/apps/${facts.app.id}/users/${facts.appUser.id}`;
    const assigned = await organization.read<Entity>(path);
    await ask(client, 'update_okta_application_user_profile', {
      app_id: facts.app.id,
      user_id: facts.appUser.id,
      profile_updates: { given_name: 'Someone' },
    });
    const after = await organization.read<Entity>(path);
    expect(after.credentials).toEqual(assigned.credentials);
    expect(after.profile).toEqual({ ...(assigned.profile as Profile), given_name: 'Someone' });
  });

  it('a change of a hidden field shows neither the value before nor an undo, and says why', async () => {
    const before = await person();
    const input = { user_id: before.id, profile: { mobilePhone: '+44 20 7946 0000' } };
    const dry = await ask(client, 'update_okta_user_profile', { ...input, dryRun: true });
    expect(dry.value.changes).toEqual([{ field: 'profile.mobilePhone', before: hidden, after: '+44 20 7946 0000' }]);
    const done = await ask(client, 'update_okta_user_profile', input);
    expect(done.value.undo).toBeUndefined();
    expect(done.value.no_undo).toMatch(/profile\.mobilePhone.*(hidden from|not shown to) assistants/);
    expect(leaksIn([dry.result, done.result, questions])).toEqual([]);
    expect((await person()).profile.mobilePhone).toBe('+44 20 7946 0000');
  });

  it('a guess at a hidden value is not confirmed', async () => {
    const before = await person();
    const right = { user_id: before.id, profile: { mobilePhone: before.profile.mobilePhone } };
    const wrong = { user_id: before.id, profile: { mobilePhone: '+1 202 555 0100' } };
    const answers = [];
    for (const input of [right, wrong]) {
      const { value } = await ask(client, 'update_okta_user_profile', { ...input, dryRun: true });
      answers.push({ ...value, changes: (value.changes as object[]).map((change) => ({ ...change, after: '' })) });
    }
    expect(answers[0]).toEqual(answers[1]);
  });

  it.each([
    ['list_okta_users', { search: 'profile.mobilePhone sw "+4"' }, /search is about profile\.mobilePhone/],
    [
      'list_okta_users',
      { search: 'status eq "ACTIVE" and (profile.EMPLOYEENUMBER gt "L")' },
      /profile\.EMPLOYEENUMBER/,
    ],
    ['list_okta_users', { filter_type: 'profile.lastName eq "Okafor"' }, /profile\.lastName/],
    ['list_okta_users', { search: 'status pr', sort_by: 'profile.streetAddress' }, /sort_by is about/],
    ['get_okta_event_logs', { filter_string: 'actor.alternateId sw "maya"' }, /actor\.alternateId/],
    ['search_logs', { query: 'target.displayName co "Maya"' }, /target\.displayName/],
  ])('%s %j: nobody finds out by asking', async (tool, input, says) => {
    const asked = organization.asked.length;
    const answer = await call(client, tool, input);
    expect(answer.isError, answer.text).toBe(true);
    expect(answer.text).toMatch(says);
    expect(organization.asked).toHaveLength(asked);
  });

  it('what is not hidden can be asked for, whatever words the values are', async () => {
    const { value } = await ask(client, 'list_okta_users', { search: 'profile.department eq "login email"' });
    expect(value.users).toEqual([]);
  });

  it.each([
    ['get_okta_user', { user_id: 'nobody@larkspur.example' }],
    ['create_okta_user', { profile: { firstName: 'A', lastName: 'B', email: 'maya.lindqvist@larkspur.example' } }],
    [
      'update_okta_user_profile',
      { user_id: 'tomas.okafor@larkspur.example', profile: { login: 'maya.lindqvist@larkspur.example' } },
    ],
    ['suspend_okta_user', { user_id: 'maya.lindqvist' }],
    ['suspend_okta_user', { user_id: 'helena.brandt' }],
  ])('%s %j: the error says no more than was typed', async (tool, input) => {
    const answer = await call(client, tool, input);
    expect(answer.isError, answer.text).toBe(true);
    expect(leaksIn(answer.result, input)).toEqual([]);
  });
});
