// Changing groups in the simulated Okta: what is made, replaced, refused, and what a deleted group leaves behind.

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

const groupNamed = async (name: string) => (await okta.list(`/api/v1/groups?q=${q(name)}`))[0] as Item;
const make = (profile: object) => okta.send('POST', '/api/v1/groups', { profile });
const pathOf = (group: Item) => `/api/v1/groups/${group.id}`;

describe('a group', () => {
  it('is made empty, found, filled and counted', async () => {
    const made = (await make({ name: 'Night Shift', description: 'Works from ten to six' })).body as Item;
    expect(made).toMatchObject({
      type: 'OKTA_GROUP',
      objectClass: ['okta:user_group'],
      profile: { name: 'Night Shift', description: 'Works from ten to six' },
    });
    expect(await okta.events(1)).toEqual(['group.lifecycle.create']);
    expect(await okta.done('GET', pathOf(made))).toEqual(made);
    expect((await okta.list(`/api/v1/groups?search=${q('profile.name eq "night shift"')}`))[0]).toEqual(made);
    const maya = await okta.done('GET', '/api/v1/users/maya.lindqvist');
    await okta.done('PUT', `${pathOf(made)}/users/${maya.id}`);
    expect(await okta.list(`${pathOf(made)}/users`)).toMatchObject([{ id: maya.id }]);
    const [counted] = await okta.list('/api/v1/groups?q=Night&expand=stats');
    expect(counted).toMatchObject({ _embedded: { stats: { usersCount: 1, appsCount: 0 } } });
    const other = (await make({ name: 'Day Shift' })).body as Item;
    expect(other.id).not.toBe(made.id);
    expect(other.profile).toEqual({ name: 'Day Shift' });
  });

  it.each<[unknown, string]>([
    [{}, 'name: The field cannot be left blank'],
    [{ name: ' ' }, 'name: The field cannot be left blank'],
    [{ name: 'x'.repeat(256) }, 'name: The field is too long'],
    [{ name: 'VPN users' }, 'name: An object with this field already exists in the current organization'],
    [{ name: 'everyone' }, 'name: An object with this field already exists in the current organization'],
    [{ name: 'New', description: 7 }, 'description: The value must be a string'],
    [{ name: 'New', colour: 'red' }, 'colour: The field is not part of the group schema'],
  ])('with the profile %j is refused', async (profile, cause) => {
    expect(refusalOf(await make(profile as object))).toEqual([400, 'E0000001', cause]);
    const vpn = await groupNamed('Contractors');
    const replaced = await okta.send('PUT', pathOf(vpn), { profile });
    expect(refusalOf(replaced)).toEqual([400, 'E0000001', cause]);
  });

  it('may be called like a group of an application, and be written again under its own name', async () => {
    expect((await make({ name: 'drydock-committers' })).status).toBe(200);
    const vpn = await groupNamed('VPN');
    expect((await okta.send('PUT', pathOf(vpn), { profile: { name: 'vpn users' } })).status).toBe(200);
  });

  it('is replaced: a description that is left out is gone', async () => {
    const before = await groupNamed('VPN');
    const after = await okta.done('PUT', pathOf(before), { profile: { name: 'Remote Access' } });
    expect(after.profile).toEqual({ name: 'Remote Access' });
    expect(String(after.lastUpdated) > String(before.lastUpdated)).toBe(true);
    expect(after.lastMembershipUpdated).toBe(before.lastMembershipUpdated);
    expect(await okta.events(1)).toEqual(['group.profile.update']);
    const { lastUpdated: _, ...rest } = await okta.done('PUT', pathOf(before), { profile: before.profile });
    expect(rest).toEqual({ ...before, lastUpdated: undefined });
  });

  it('of Okta itself is neither replaced nor deleted, one of an application only deleted', async () => {
    const everyone = await groupNamed('Everyone');
    const imported = await groupNamed('drydock-committers');
    for (const group of [everyone, imported]) {
      const reply = await okta.send('PUT', pathOf(group), { profile: { name: 'Mine' } });
      expect(refusalOf(reply)).toEqual([501, 'E0000060']);
    }
    expect(refusalOf(await okta.send('DELETE', pathOf(everyone)))).toEqual([501, 'E0000060']);
    expect((await okta.send('DELETE', pathOf(imported))).status).toBe(204);
  });

  it('takes along, when deleted, what it gave: memberships, applications, rules and its place in policies', async () => {
    const handheld = await groupNamed('Warehouse Handheld');
    const [berth] = await okta.list('/api/v1/apps?q=Berth');
    const [member] = await okta.list(`${pathOf(handheld)}/users?limit=1`);
    const rules = await okta.list('/api/v1/groups/rules?limit=200');
    const filling = rules.find((rule) => JSON.stringify(rule.actions).includes(handheld.id)) as Item;
    expect(filling.status).toBe('INACTIVE');
    const naming = async () => {
      const parts: Item[] = [];
      for (const type of ['ACCESS_POLICY', 'OKTA_SIGN_ON', 'PASSWORD'])
        for (const policy of await okta.list(`/api/v1/policies?type=${type}`))
          parts.push(policy, ...(await okta.list(`/api/v1/policies/${policy.id}/rules`)));
      return parts.filter((part) => JSON.stringify(part).includes(handheld.id)).length;
    };
    expect(await naming()).toBeGreaterThan(0);
    expect(await okta.list(`/api/v1/apps/${berth?.id}/users?limit=500`)).not.toEqual([]);

    expect((await okta.send('DELETE', pathOf(handheld))).status).toBe(204);

    expect((await okta.send('GET', pathOf(handheld))).status).toBe(404);
    expect((await okta.send('DELETE', pathOf(handheld))).status).toBe(404);
    const left = await okta.list(`/api/v1/users/${member?.id}/groups`);
    expect(left.map((group) => group.id)).not.toContain(handheld.id);
    expect(await okta.list(`/api/v1/apps/${berth?.id}/groups`)).toEqual([]);
    expect(await okta.list(`/api/v1/apps/${berth?.id}/users?limit=500`)).toEqual([]);
    expect(await naming()).toBe(0);
    const rule = `/api/v1/groups/rules/${filling.id}`;
    expect((await okta.done('GET', rule)).status).toBe('INVALID');
    expect((await okta.send('POST', `${rule}/lifecycle/activate`)).status).toBe(400);
    expect((await okta.send('PUT', rule, filling)).status).toBe(400);
    expect((await okta.send('DELETE', rule)).status).toBe(202);
    const events = await okta.list('/api/v1/logs?sortOrder=DESCENDING&limit=1000');
    const types = events.map((event) => event.eventType);
    expect(types).toContain('application.user_membership.remove');
    expect(types).toContain('group.user_membership.rule.invalidate');
    const deletion = events.find((event) => event.eventType === 'group.lifecycle.delete');
    expect(deletion).toMatchObject({ target: [{ id: handheld.id, displayName: 'Warehouse Handheld Users' }] });
    const again = (await make({ name: 'Warehouse Handheld Users' })).body as Item;
    const ids = (await okta.list('/api/v1/groups')).map((group) => group.id);
    expect([ids.includes(handheld.id), new Set(ids).size, ids.includes(again.id)]).toEqual([false, ids.length, true]);
    // Ordinals of other groups have not shifted: the log still names each by its own name.
    const vpn = await groupNamed('VPN');
    await okta.done('PUT', pathOf(vpn), { profile: vpn.profile });
    const [update] = await okta.list('/api/v1/logs?sortOrder=DESCENDING&limit=1');
    expect(update).toMatchObject({ target: [{ id: vpn.id, displayName: 'VPN Users' }] });
  });
});
