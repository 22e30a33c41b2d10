// Giving applications of the simulated Okta to people and groups: scopes, places, profiles, and what deactivation takes.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openSandbox, type Sandbox } from '../../src/sandbox/index.ts';
import { type Checked, createChecked, refusalOf } from './checked.ts';
import { type Item, q } from './kit.ts';

let sandbox: Sandbox;
let okta: Checked;

beforeAll(async () => {
  sandbox = await openSandbox({ rateLimits: 'off' });
  okta = createChecked(sandbox);
});
beforeEach(() => sandbox.okta.reset());
afterAll(() => sandbox.close());

const appNamed = async (label: string) => (await okta.list(`/api/v1/apps?q=${q(label)}`))[0] as Item;
const groupNamed = async (name: string) => (await okta.list(`/api/v1/groups?q=${q(name)}`))[0] as Item;
const pathOf = (app: Item) => `/api/v1/apps/${app.id}`;
const userNamed = (login: string) => okta.done('GET', `/api/v1/users/${login}`);
const isAssigned = async (app: Item, user: Item) =>
  (await okta.send('GET', `${pathOf(app)}/users/${user.id}`)).status === 200;

describe('a person at an application', () => {
  it('is assigned, written to and taken off again', async () => {
    const app = await appNamed('Tidewater Payroll');
    const user = await userNamed('maya.lindqvist');
    expect(await isAssigned(app, user)).toBe(false);
    const assigned = await okta.done('POST', `${pathOf(app)}/users`, {
      id: user.id,
      scope: 'USER',
      credentials: { userName: 'maya', password: { value: 'Correct-Horse-9' } },
      profile: { costCode: 'LS-7' },
    });
    expect(assigned).toMatchObject({ scope: 'USER', credentials: { userName: 'maya', password: {} } });
    expect(JSON.stringify(assigned)).not.toContain('Correct-Horse');
    expect(assigned.profile).toMatchObject({ costCode: 'LS-7', email: 'maya.lindqvist@larkspur.example' });
    expect(await okta.events(1)).toEqual(['application.user_membership.add']);
    expect(await okta.done('GET', `${pathOf(app)}/users/${user.id}`)).toEqual(assigned);
    const changed = await okta.done('POST', `${pathOf(app)}/users/${user.id}`, {
      profile: { costCode: null, tier: 2 },
    });
    expect(changed.profile).not.toHaveProperty('costCode');
    expect(changed.profile).toMatchObject({ tier: 2 });
    expect(changed.credentials).toMatchObject({ userName: 'maya' });
    expect(await okta.events(1)).toEqual(['application.user_membership.update']);
    await okta.done('POST', `${pathOf(app)}/users/${user.id}`, { credentials: { userName: 'm.lindqvist' } });
    expect(await okta.events(1)).toEqual(['application.user_membership.change_username']);
    expect((await okta.send('DELETE', `${pathOf(app)}/users/${user.id}?sendEmail=true`)).status).toBe(204);
    expect(await isAssigned(app, user)).toBe(false);
    expect(await okta.events(1)).toEqual(['application.user_membership.remove']);
    const again = await okta.done('POST', `${pathOf(app)}/users`, { id: user.id });
    expect(again.profile).not.toHaveProperty('tier');
  });

  it('who also has it by a group is left with that', async () => {
    const app = await appNamed('Harbour CRM');
    const user = await userNamed('maya.lindqvist');
    const scope = async () => (await okta.done('GET', `${pathOf(app)}/users/${user.id}`)).scope;
    expect(await scope()).toBe('GROUP');
    expect(refusalOf(await okta.send('DELETE', `${pathOf(app)}/users/${user.id}`))).toEqual([403, 'E0000046']);
    const latest = await okta.list('/api/v1/logs?sortOrder=DESCENDING&limit=1');
    await okta.done('POST', `${pathOf(app)}/users`, { id: user.id });
    expect(await scope()).toBe('USER');
    expect((await okta.send('DELETE', `${pathOf(app)}/users/${user.id}`)).status).toBe(204);
    expect(await scope()).toBe('GROUP');
    // Nobody came to the application or left it.
    expect(await okta.list('/api/v1/logs?sortOrder=DESCENDING&limit=1')).toEqual(latest);
    await okta.done('POST', `${pathOf(app)}/users`, { id: user.id });
    await okta.done('POST', `${pathOf(app)}/users`, { id: user.id, scope: 'GROUP' });
    expect(await scope()).toBe('GROUP');
  });

  it('is refused when deactivated, and at an application that is switched off', async () => {
    const [left] = await okta.list(`/api/v1/users?search=${q('status eq "DEPROVISIONED"')}&limit=1`);
    const maya = await userNamed('maya.lindqvist');
    const app = await appNamed('Tidewater Payroll');
    const users = `${pathOf(app)}/users`;
    expect(refusalOf(await okta.send('POST', users, { id: left?.id }))).toEqual([403, 'E0000117']);
    expect((await okta.send('POST', users, { id: 'nobody' })).status).toBe(404);
    expect(refusalOf(await okta.send('POST', users, {}))).toEqual([
      400,
      'E0000001',
      'id: The field cannot be left blank',
    ]);
    expect(refusalOf(await okta.send('POST', users, { id: maya.id, scope: 'GROUP' })).slice(0, 2)).toEqual([
      400,
      'E0000001',
    ]);
    expect((await okta.send('PUT', `${users}/${maya.id}`, {})).status).toBe(405);
    expect((await okta.send('DELETE', `${users}/${maya.id}`)).status).toBe(404);
    const off = await appNamed('Old Anchor Warehouse');
    expect(refusalOf(await okta.send('POST', `${pathOf(off)}/users`, { id: maya.id }))).toEqual([404, 'E0000007']);
    const vpn = await groupNamed('VPN');
    expect(refusalOf(await okta.send('PUT', `${pathOf(off)}/groups/${vpn.id}`, {}))).toEqual([404, 'E0000007']);
  });

  it('loses it when deactivated; activation brings back what the groups give', async () => {
    const user = await userNamed('maya.lindqvist');
    const [crm, payroll] = [await appNamed('Harbour CRM'), await appNamed('Tidewater Payroll')];
    await okta.done('POST', `${pathOf(payroll)}/users`, { id: user.id });
    await okta.done('POST', `/api/v1/users/${user.id}/lifecycle/deactivate`);
    expect([await isAssigned(crm, user), await isAssigned(payroll, user)]).toEqual([false, false]);
    const listed = await okta.list(`${pathOf(crm)}/users?limit=500`);
    expect(listed.map((one) => one.id)).not.toContain(user.id);
    await okta.done('POST', `/api/v1/users/${user.id}/lifecycle/activate?sendEmail=false`);
    expect([await isAssigned(crm, user), await isAssigned(payroll, user)]).toEqual([true, false]);
  });
});

describe('a group at an application', () => {
  it('gives it to its members, and takes it', async () => {
    const app = await appNamed('Seawall VPN');
    const group = await groupNamed('Customer Service');
    const user = await userNamed('maya.lindqvist');
    const path = `${pathOf(app)}/groups/${group.id}`;
    const had = await isAssigned(app, user);
    const assigned = await okta.done('PUT', path);
    expect(assigned).toMatchObject({ id: group.id, priority: 1, profile: {} });
    expect(await okta.done('GET', path)).toEqual(assigned);
    expect(await isAssigned(app, user)).toBe(true);
    expect(await okta.events(200)).toContain('group.application_assignment.add');
    expect((await okta.send('DELETE', path)).status).toBe(204);
    expect((await okta.send('GET', path)).status).toBe(404);
    expect((await okta.send('DELETE', path)).status).toBe(404);
    expect(await isAssigned(app, user)).toBe(had);
    expect(await okta.events(200)).toContain('application.user_membership.remove');
  });

  it('has a place among the others and a profile for its members', async () => {
    const app = await appNamed('Harbour CRM');
    const [first, second, third] = await okta.list(`${pathOf(app)}/groups`);
    const order = async () => (await okta.list(`${pathOf(app)}/groups`)).map((one) => [one.id, one.priority]);
    const path = `${pathOf(app)}/groups/${third?.id}`;
    const put = await okta.done('PUT', path, { priority: 0, profile: { role: 'agent', tier: 1 } });
    expect(put).toMatchObject({ priority: 0, profile: { role: 'agent', tier: 1 } });
    expect(await order()).toEqual([
      [third?.id, 0],
      [first?.id, 1],
      [second?.id, 2],
    ]);
    expect(await okta.events(1)).toEqual(['group.application_assignment.update']);
    const user = await userNamed('maya.lindqvist');
    const seen = await okta.done('GET', `${pathOf(app)}/users/${user.id}`);
    expect(seen).toMatchObject({ scope: 'GROUP', profile: { role: 'agent' } });
    const patched = await okta.done('PATCH', path, [
      { op: 'replace', path: '/profile/role', value: 'lead' },
      { op: 'remove', path: '/profile/tier' },
      { op: 'replace', path: '/priority', value: 2 },
    ]);
    expect(patched).toMatchObject({ priority: 2, profile: { role: 'lead' } });
    expect(patched.profile).not.toHaveProperty('tier');
    // PUT replaces: what is left out is lost, the place is kept.
    expect(await okta.done('PUT', path)).toMatchObject({ priority: 2, profile: {} });
    for (const step of [
      { op: 'add', path: '/priority', value: 1 },
      { op: 'replace', path: '/id', value: 'x' },
    ])
      expect((await okta.send('PATCH', path, [step])).status).toBe(400);
    expect((await okta.send('PUT', path, { priority: -1 })).status).toBe(400);
  });
});
