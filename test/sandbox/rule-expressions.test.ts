// What group rules of the simulated Okta understand of its expression language, and what they refuse.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openSandbox, type Sandbox } from '../../src/sandbox/index.ts';
import { type Checked, createChecked, refusalOf } from './checked.ts';
import type { Item } from './kit.ts';

let sandbox: Sandbox;
let okta: Checked;
let target: Item;

beforeAll(async () => {
  sandbox = await openSandbox({ rateLimits: 'off' });
  okta = createChecked(sandbox);
});
beforeEach(async () => {
  sandbox.okta.reset();
  target = await okta.done('POST', '/api/v1/groups', { profile: { name: 'Target' } });
});
afterAll(() => sandbox.close());

const membersOf = async (group: Item) =>
  (await okta.list(`/api/v1/groups/${group.id}/users?limit=1000`)).map(
    (user) => (user.profile as Item).login as string,
  );
const bodyOf = (value: string, extra: object = {}) => ({
  type: 'group_rule',
  name: 'A rule',
  conditions: { expression: { type: 'urn:okta:expression:1.0', value } },
  actions: { assignUserToGroups: { groupIds: [target.id] } },
  ...extra,
});
const create = (value: string, extra?: object) => okta.done('POST', '/api/v1/groups/rules', bodyOf(value, extra));
const pathOf = (rule: Item) => `/api/v1/groups/rules/${rule.id}`;
const activate = (rule: Item) => okta.done('POST', `${pathOf(rule)}/lifecycle/activate`);
const maya = 'maya.lindqvist@larkspur.example';

describe("a rule's expression", () => {
  it.each([
    ['user.title=="Claims Specialist"', true],
    ['user.title=="claims specialist"', false],
    ['user.title eq "Claims Specialist"', true],
    ['user.title!="Claims Specialist"', false],
    ['user.title ne "Driver" && user.city == \'Leeds\'', true],
    ['user.city=="Memphis" || user.city=="Leeds"', true],
    ['user.city=="Memphis" OR user.city=="Leeds" AND user.title=="Driver"', false],
    ['(user.city=="Leeds" or user.city=="Memphis") and user.title=="Driver"', false],
    ['not (user.city=="Memphis")', true],
    ['!(user.city=="Leeds")', false],
    ['!!(user.city=="Leeds")', true],
    ['String.startsWith(user.title, "Claims")', true],
    ['String.startsWith(user.nickName, "")', false],
    ['String.stringContains(user.title, "Spec")', true],
    ['String.stringContains(String.toLowerCase(user.title), "SPEC")', false],
    ['String.toUpperCase(user.city)=="LEEDS"', true],
    ['user.nickName==null', true],
    ['user.city!=null', true],
    ['isMemberOfGroupName("Customer Service")', true],
    ['isMemberOfGroupNameStartsWith("Leeds")', true],
    ['isMemberOfGroupNameContains("Warehouse")', false],
    ['isMemberOfGroup("00gNobody")', false],
    ['(user.city=="Leeds")==true', true],
  ])('%s is for Maya %s', async (value, fits) => {
    await activate(await create(value));
    expect((await membersOf(target)).includes(maya)).toBe(fits);
  });

  it.each([
    'user.title=="Driver" and',
    'user.title',
    '"text"',
    'user.shoeSize=="44"',
    'user.title=="Driver',
    'user.title==true',
    'user.title=="a" user.city=="b"',
    'String.len(user.title)',
    'String.startsWith(user.title)',
    'String.startsWith(user.title, true)',
    'isMemberOfAnyGroup()',
    'isMemberOfGroup("a", "b")',
    'constructor("x")',
    'Arrays.contains(user.title, "x")',
    'user.title ~ "x"',
    '('.repeat(40),
    `${'!'.repeat(60)}(user.city=="Leeds")`,
    `user.title=="${'x'.repeat(5000)}"`,
  ])('%s is refused', async (value) => {
    const reply = await okta.send('POST', '/api/v1/groups/rules', bodyOf(value));
    expect(refusalOf(reply)).toEqual([400, 'E0000001', expect.stringMatching(/^validateRule: ./)]);
  });
});
