// Group rules of the simulated Okta: who is brought, who is let go, what stays when a rule is switched off or deleted.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openSandbox, type Sandbox } from '../../src/sandbox/index.ts';
import { type Checked, createChecked, refusalOf } from './checked.ts';
import { type Item, q } from './kit.ts';

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

const groupNamed = async (name: string) => (await okta.list(`/api/v1/groups?q=${q(name)}`))[0] as Item;
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
const deactivate = (rule: Item) => okta.done('POST', `${pathOf(rule)}/lifecycle/deactivate`);
const maya = 'maya.lindqvist@larkspur.example';
const update = (profile: object) => okta.done('POST', '/api/v1/users/maya.lindqvist', { profile });

describe('a group rule', () => {
  it('is listed, searched, paged and read, with the names of its groups', async () => {
    const all = await okta.list('/api/v1/groups/rules?expand=groupIdToGroupNameMap');
    expect(new Set(all.map((rule) => rule.status))).toEqual(new Set(['ACTIVE', 'INACTIVE']));
    expect(all[0]).toMatchObject({ _embedded: { groupIdToGroupNameMap: expect.any(Object) } });
    expect(await okta.list('/api/v1/groups/rules?limit=2')).toHaveLength(2);
    const [found, ...others] = await okta.list('/api/v1/groups/rules?search=SENIOR%20eng');
    expect([found?.name, others]).toEqual(['Pager for senior engineers', []]);
    expect(await okta.done('GET', pathOf(found as Item))).toEqual(found);
    expect(refusalOf(await okta.send('GET', '/api/v1/groups/rules/0prNobody'))).toEqual([404, 'E0000007']);
  });

  it('does nothing until it is activated, and then brings everybody who fits', async () => {
    const rule = await create('user.department=="Customer Service" and user.city == "Leeds"');
    expect(rule.status).toBe('INACTIVE');
    expect(await membersOf(target)).toEqual([]);
    await activate(rule);
    const people = await okta.list(
      `/api/v1/users?search=${q('profile.department eq "Customer Service" and profile.city eq "Leeds"')}`,
    );
    const expected = people
      .filter((user) => user.status !== 'DEPROVISIONED')
      .map((user) => (user.profile as Item).login);
    expect(expected).toContain(maya);
    expect((await membersOf(target)).toSorted()).toEqual(expected.toSorted());
    const types = await okta.events(2 + expected.length * 2);
    expect(types).toContain('group.user_membership.rule.trigger');
    expect(types.filter((type) => type === 'group.user_membership.add')).toHaveLength(expected.length);
    // Activating twice is no fault.
    await activate(rule);
    expect(await membersOf(target)).toHaveLength(expected.length);
  });

  it('follows the profile: who comes to fit is brought, who fits no longer is let go', async () => {
    const rule = await create('user.title=="Harbour Pilot"');
    await activate(rule);
    expect(await membersOf(target)).toEqual([]);
    await update({ title: 'Harbour Pilot' });
    expect(await membersOf(target)).toEqual([maya]);
    const [brought, updated] = await okta.list('/api/v1/logs?sortOrder=DESCENDING&limit=2');
    expect(brought).toMatchObject({ eventType: 'group.user_membership.add', actor: { type: 'SystemPrincipal' } });
    expect(updated).toMatchObject({ actor: { type: 'User', alternateId: 'helena.brandt@larkspur.example' } });
    await update({ title: 'Claims Specialist' });
    expect(await membersOf(target)).toEqual([]);
    expect(await okta.events(2)).toEqual(['group.user_membership.remove', 'user.account.update_profile']);
    const login = 'noor.adler@larkspur.example';
    await okta.done('POST', '/api/v1/users', {
      profile: { firstName: 'Noor', lastName: 'Adler', email: login, login, title: 'Harbour Pilot' },
    });
    expect(await membersOf(target)).toEqual([login]);
    const [office] = [await groupNamed('Leeds Office')];
    await update({ city: 'Rotterdam' });
    expect(await membersOf(office)).not.toContain(maya);
    expect(await membersOf(await groupNamed('Rotterdam Office'))).toContain(maya);
  });

  it('leaves its people when switched off, and lets go who fits no longer when switched on again', async () => {
    const rule = await create('user.title=="Harbour Pilot"');
    await update({ title: 'Harbour Pilot' });
    await activate(rule);
    await deactivate(rule);
    expect(await okta.events(1)).toEqual(['group.user_membership.rule.deactivated']);
    expect(await membersOf(target)).toEqual([maya]);
    await update({ title: 'Claims Specialist' });
    expect(await membersOf(target)).toEqual([maya]);
    await activate(rule);
    expect(await membersOf(target)).toEqual([]);
  });

  it('passes over whom it excludes, and whom somebody took out by hand', async () => {
    const user = await update({ title: 'Harbour Pilot' });
    const people = { users: { exclude: [user.id] }, groups: { exclude: [] } };
    const value = 'user.title=="Harbour Pilot"';
    const expression = { type: 'urn:okta:expression:1.0', value };
    const rule = await create(value, { conditions: { expression, people } });
    await activate(rule);
    expect(await membersOf(target)).toEqual([]);
    await deactivate(rule);
    await okta.done('PUT', pathOf(rule), { ...rule, conditions: { expression } });
    await activate(rule);
    expect(await membersOf(target)).toEqual([maya]);
    await okta.done('DELETE', `/api/v1/groups/${target.id}/users/${user.id}`);
    expect(await okta.events(1)).toEqual(['group.user_membership.rule.add_exclusion']);
    expect((await okta.done('GET', pathOf(rule))).conditions).toMatchObject({
      people: { users: { exclude: [user.id] } },
    });
    await update({ nickName: 'May' });
    expect(await membersOf(target)).toEqual([]);
  });

  it('leaves whom somebody put in by hand and who does not fit', async () => {
    const user = await okta.done('GET', '/api/v1/users/maya.lindqvist');
    await okta.done('PUT', `/api/v1/groups/${target.id}/users/${user.id}`);
    await activate(await create('user.title=="Harbour Pilot"'));
    await update({ nickName: 'May' });
    expect(await membersOf(target)).toEqual([maya]);
  });

  it('keeps a person for as long as another rule wants them there', async () => {
    await update({ title: 'Harbour Pilot', nickName: 'May' });
    await activate(await create('user.title=="Harbour Pilot"'));
    await activate(await create('user.nickName=="May"', { name: 'Another rule' }));
    await update({ title: 'Claims Specialist' });
    expect(await membersOf(target)).toEqual([maya]);
    await update({ nickName: null });
    expect(await membersOf(target)).toEqual([]);
  });

  it('that is switched off keeps nobody for the others', async () => {
    await update({ title: 'Harbour Pilot', nickName: 'May' });
    await activate(await create('user.title=="Harbour Pilot"'));
    const off = await create('user.nickName=="May"', { name: 'Another rule' });
    await activate(off);
    await deactivate(off);
    await update({ title: 'Claims Specialist' });
    expect(await membersOf(target)).toEqual([]);
  });

  it('may look at groups that other rules fill', async () => {
    const next = await okta.done('POST', '/api/v1/groups', { profile: { name: 'Next' } });
    const onward = { name: 'Onward', actions: { assignUserToGroups: { groupIds: [next.id] } } };
    await activate(await create(`isMemberOfAnyGroup("${target.id}", "00gNobody")`, onward));
    await update({ title: 'Harbour Pilot' });
    await activate(await create('user.title=="Harbour Pilot"'));
    expect(await membersOf(next)).toEqual([maya]);
    await update({ title: 'Claims Specialist' });
    expect(await membersOf(next)).toEqual([]);
    const user = await okta.done('GET', '/api/v1/users/maya.lindqvist');
    await okta.done('PUT', `/api/v1/groups/${target.id}/users/${user.id}`);
    expect(await membersOf(next)).toEqual([maya]);
  });

  it('gives and takes the applications of its groups', async () => {
    const [payroll] = await okta.list('/api/v1/apps?q=Tidewater');
    await okta.done('PUT', `/api/v1/apps/${payroll?.id}/groups/${target.id}`);
    await activate(await create('user.title=="Harbour Pilot"'));
    const user = await update({ title: 'Harbour Pilot' });
    const assignment = `/api/v1/apps/${payroll?.id}/users/${user.id}`;
    expect(await okta.done('GET', assignment)).toMatchObject({ scope: 'GROUP' });
    expect(await okta.events(1)).toEqual(['application.user_membership.add']);
    await update({ title: 'Claims Specialist' });
    expect((await okta.send('GET', assignment)).status).toBe(404);
  });

  it('changes and goes only while it is switched off', async () => {
    const rule = await create('user.title=="Harbour Pilot"');
    await update({ title: 'Harbour Pilot' });
    await activate(rule);
    expect((await okta.send('PUT', pathOf(rule), rule)).status).toBe(400);
    expect((await okta.send('DELETE', pathOf(rule))).status).toBe(400);
    await deactivate(rule);
    const changed = await okta.done('PUT', pathOf(rule), bodyOf('user.city=="Leeds"', { name: 'Changed' }));
    expect(changed).toMatchObject({ id: rule.id, name: 'Changed', status: 'INACTIVE', created: rule.created });
    expect((await okta.send('DELETE', pathOf(rule))).status).toBe(202);
    expect((await okta.send('GET', pathOf(rule))).status).toBe(404);
    expect(await membersOf(target)).toEqual([maya]);
  });

  it('takes its people along when it is deleted with removeUsers', async () => {
    const hand = await okta.done('GET', '/api/v1/users/priya.raman');
    await okta.done('PUT', `/api/v1/groups/${target.id}/users/${hand.id}`);
    await update({ title: 'Harbour Pilot' });
    const rule = await create('user.title=="Harbour Pilot"');
    await activate(rule);
    await deactivate(rule);
    expect(await membersOf(target)).toHaveLength(2);
    expect((await okta.send('DELETE', `${pathOf(rule)}?removeUsers=maybe`)).status).toBe(400);
    expect((await okta.send('DELETE', `${pathOf(rule)}?removeUsers=true`)).status).toBe(202);
    expect(await membersOf(target)).toEqual(['priya.raman@larkspur.example']);
  });

  it('leaves whoever is deactivated where they are', async () => {
    await update({ title: 'Harbour Pilot' });
    await activate(await create('user.title=="Harbour Pilot"'));
    await okta.done('POST', '/api/v1/users/maya.lindqvist/lifecycle/deactivate');
    await update({ title: 'Claims Specialist' });
    expect(await membersOf(target)).toEqual([maya]);
    await okta.done('POST', '/api/v1/users/maya.lindqvist/lifecycle/activate');
    expect(await membersOf(target)).toEqual([]);
  });

  it('of the seed finds everybody where they belong: an update that changes nothing moves nobody', async () => {
    const before = await okta.list('/api/v1/groups?expand=stats');
    const users = await okta.list('/api/v1/users?limit=200');
    for (const user of users.slice(0, 60))
      await okta.done('POST', `/api/v1/users/${user.id}`, { profile: { nickName: 'N' } });
    expect(await okta.list('/api/v1/groups?expand=stats')).toEqual(before);
  });

  it.each<[object, string]>([
    [{ name: '' }, 'name: The field cannot be left blank'],
    [{ name: 'x'.repeat(51) }, 'name: The field must have at most 50 characters'],
    [{ name: 'Pager for senior engineers' }, 'name: Policy rule name already in use'],
    [{ type: 'rule' }, "type: It must be 'group_rule'"],
    [{ conditions: {} }, 'conditions.expression.value: The field cannot be left blank'],
    [{ actions: {} }, 'actions.assignUserToGroups.groupIds: The field cannot be left blank'],
    [{ actions: { assignUserToGroups: { groupIds: ['00gNobody'] } } }, 'groupIds: Group 00gNobody does not exist'],
  ])('with %j is refused', async (extra, cause) => {
    const reply = await okta.send('POST', '/api/v1/groups/rules', bodyOf('user.city=="Leeds"', extra));
    expect(refusalOf(reply)).toEqual([400, 'E0000001', cause]);
  });

  it('does not fill groups of Okta itself, of applications, or of administrators', async () => {
    const stats = await okta.list('/api/v1/groups?expand=stats');
    const admins = stats.find((group) => JSON.stringify(group).includes('"hasAdminPrivlege":true'));
    const refused = [await groupNamed('Everyone'), await groupNamed('drydock-committers'), admins as Item];
    for (const group of refused) {
      const extra = { actions: { assignUserToGroups: { groupIds: [group.id] } } };
      const reply = await okta.send('POST', '/api/v1/groups/rules', bodyOf('user.city=="Leeds"', extra));
      expect(refusalOf(reply).slice(0, 2), String(group.type)).toEqual([400, 'E0000001']);
    }
  });
});
