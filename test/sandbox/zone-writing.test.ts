// Writing network zones in the simulated Okta: what is made, replaced, refused, and what a deleted zone leaves behind.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openSandbox, type Sandbox } from '../../src/sandbox/index.ts';
import { type Checked, createChecked, refusalOf } from './checked.ts';
import type { Item } from './kit.ts';

let sandbox: Sandbox;
let okta: Checked;

beforeAll(async () => {
  sandbox = await openSandbox({ rateLimits: 'off' });
  okta = createChecked(sandbox);
});
beforeEach(() => sandbox.okta.reset());
afterAll(() => sandbox.close());

const gateways = [{ type: 'CIDR', value: '203.0.113.0/24' }];
const zones = () => okta.list('/api/v1/zones');
const zoneNamed = async (name: string) => (await zones()).find((zone) => zone.name === name) as Item;
const pathOf = (zone: Item) => `/api/v1/zones/${zone.id}`;

describe('a network zone', () => {
  it.each([
    { type: 'IP', gateways, proxies: [{ type: 'RANGE', value: '203.0.113.5-203.0.113.9' }] },
    { type: 'DYNAMIC', locations: [{ country: 'NL', region: 'NL-ZH' }], asns: ['64500'], proxyType: 'Any' },
    {
      type: 'DYNAMIC_V2',
      locations: { include: [{ country: 'NL' }], exclude: [] },
      asns: { include: [], exclude: ['64500'] },
      ipServiceCategories: { include: ['ALL_ANONYMIZERS'], exclude: [] },
    },
  ])('of type $type is made, read again, switched off and deleted', async (content) => {
    const before = await zones();
    const made = await okta.done('POST', '/api/v1/zones', { name: 'Depot', ...content });
    expect(made).toMatchObject({ ...content, name: 'Depot', status: 'ACTIVE', usage: 'POLICY', system: false });
    expect(await okta.done('GET', pathOf(made))).toEqual(made);
    const active = await okta.send('DELETE', pathOf(made));
    const why = `id: The zone: ${made.id} is an active zone. Active zones cannot be deleted.`;
    expect(refusalOf(active)).toEqual([400, 'E0000001', why]);
    expect(await okta.done('POST', `${pathOf(made)}/lifecycle/deactivate`)).toMatchObject({ status: 'INACTIVE' });
    expect((await okta.send('DELETE', pathOf(made))).status).toBe(204);
    expect(await zones()).toEqual(before);
    expect(await okta.events(3)).toEqual(['zone.delete', 'zone.deactivate', 'zone.create']);
  });

  it('is replaced as a whole, and its block list noted when it changes', async () => {
    const zone = await zoneNamed('VPN exits');
    const body = { type: 'IP', name: 'VPN exits', gateways, usage: 'BLOCKLIST' };
    const replaced = await okta.done('PUT', pathOf(zone), body);
    expect(replaced).toMatchObject({ gateways, proxies: [], usage: 'BLOCKLIST', status: 'ACTIVE', id: zone.id });
    expect(await okta.events(2)).toEqual(['zone.make_blacklist', 'zone.update']);
    expect(await okta.done('POST', `${pathOf(zone)}/lifecycle/activate`)).toEqual(replaced);
    expect(await okta.events(1)).toEqual(['zone.make_blacklist']);
  });

  it.each([
    [{ type: 'IP', name: 'x' }, 'gateways:'],
    [{ type: 'IP', name: 'Offices', gateways }, 'name:'],
    [{ type: 'IP', name: 'x', gateways: [{ type: 'CIDR', value: '203.0.113.0' }] }, 'gateways:'],
    [{ type: 'IP', name: 'x', gateways: [{ type: 'RANGE', value: '1.2.3.4-1.2.3.999' }] }, 'gateways:'],
    [{ type: 'IP', name: 'x', gateways: 'all' }, 'gateways:'],
    [{ type: 'DYNAMIC', name: 'x' }, 'locations:'],
    [{ type: 'DYNAMIC', name: 'x', locations: [{ country: 'Holland' }] }, 'locations:'],
    [{ type: 'DYNAMIC', name: 'x', asns: ['AS1'] }, 'asns:'],
    [{ type: 'DYNAMIC_V2', name: 'x' }, 'locations:'],
    [
      { type: 'DYNAMIC_V2', name: 'x', ipServiceCategories: { include: ['all of them'] } },
      'ipServiceCategories.include:',
    ],
    [{ type: 'LAN', name: 'x' }, 'type:'],
    [{ type: 'IP', gateways }, 'name:'],
    [{ type: 'IP', name: 'x', gateways, usage: 'FUN' }, 'usage:'],
  ])('%j is refused for %s', async (body, cause) => {
    const refused = refusalOf(await okta.send('POST', '/api/v1/zones', body));
    expect(refused.slice(0, 2)).toEqual([400, 'E0000001']);
    expect(String(refused[2])).toMatch(new RegExp(`^${cause}`));
    expect(await zones()).toHaveLength(9);
  });

  it('of Okta itself keeps name, use and status; its addresses may change', async () => {
    const zone = await zoneNamed('DefaultExemptIpZone');
    const put = (more: object) =>
      okta.send('PUT', pathOf(zone), { type: 'IP', name: zone.name, gateways, useAsExemptList: true, ...more });
    expect(refusalOf(await put({ name: 'Mine' }))[1]).toBe('E0000001');
    expect(refusalOf(await put({ useAsExemptList: false }))).toEqual([
      400,
      'E0000001',
      'useAsExemptList: The network zone does not allow usage changes for DefaultExemptIpZone.',
    ]);
    expect(refusalOf(await okta.send('DELETE', pathOf(zone)))[1]).toBe('E0000001');
    expect(refusalOf(await okta.send('POST', `${pathOf(zone)}/lifecycle/deactivate`))[1]).toBe('E0000001');
    expect(await okta.done('GET', pathOf(zone))).toEqual(zone);
    expect((await put({})).body).toMatchObject({ gateways, useAsExemptList: true });
  });

  it('stays while it is the only zone of a rule, and leaves the rules that have others', async () => {
    const [offices, vpn] = [await zoneNamed('Offices'), await zoneNamed('VPN exits')];
    await okta.done('POST', `${pathOf(offices)}/lifecycle/deactivate`);
    const refused = refusalOf(await okta.send('DELETE', pathOf(offices)));
    expect(refused[1]).toBe('E0000001');
    expect(String(refused[2])).toContain('the only zone of the policy rule');
    const policy = (await okta.list('/api/v1/policies?type=OKTA_SIGN_ON')).at(-1) as Item;
    const rule = await okta.done('POST', `/api/v1/policies/${policy.id}/rules`, {
      name: 'Two zones',
      type: 'SIGN_ON',
      actions: { signon: { access: 'DENY' } },
      conditions: { network: { connection: 'ZONE', include: [offices.id, vpn.id] } },
    });
    await okta.done('POST', `${pathOf(vpn)}/lifecycle/deactivate`);
    expect((await okta.send('DELETE', pathOf(vpn))).status).toBe(204);
    expect(await okta.done('GET', `/api/v1/policies/${policy.id}/rules/${rule.id}`)).toMatchObject({
      conditions: { network: { connection: 'ZONE', include: [offices.id] } },
    });
  });

  it('keeps its type, and is not found under another id', async () => {
    const zone = await zoneNamed('VPN exits');
    const body = { type: 'DYNAMIC', name: 'VPN exits', asns: ['1'] };
    expect(refusalOf(await okta.send('PUT', pathOf(zone), body))[2]).toMatch(/^type:/);
    for (const method of ['PUT', 'DELETE'])
      expect(refusalOf(await okta.send(method, '/api/v1/zones/nzoNone', body))[1]).toBe('E0000007');
  });
});
