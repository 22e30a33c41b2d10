// Network zones.

import type { ChangeCase } from '../changes.ts';
import type { Organization } from '../organization.ts';

async function zone(organization: Organization, name: string): Promise<string> {
  const found = (await organization.read('/api/v1/zones?limit=200')).find((each) => each.name === name);
  if (!found) throw new Error(`the organization has no zone ${name}`);
  return found.id;
}

async function ofZone(organization: Organization, name: string, more: Record<string, unknown> = {}) {
  const id = await zone(organization, name);
  return { input: { zone_id: id, ...more }, reads: [`/api/v1/zones/${id}`] };
}

const branch = { type: 'IP', name: 'Branch', gateways: [{ type: 'CIDR', value: '198.51.100.64/26' }], proxies: [] };
const reads = ['/api/v1/zones/{made}', '/api/v1/zones?limit=200'];

export const networkZoneCases: readonly ChangeCase[] = [
  {
    tool: 'create_okta_network_zone',
    when: 'in force',
    asks: true,
    undo: 'partly',
    besides: ['id', 'system'],
    prepare: async () => ({ input: { zone_data: branch }, reads }),
  },
  {
    tool: 'create_okta_network_zone',
    when: 'not in force yet',
    asks: false,
    undo: 'all',
    besides: ['id', 'system'],
    prepare: async () => ({ input: { zone_data: { ...branch, status: 'INACTIVE', usage: 'BLOCKLIST' } }, reads }),
  },
  {
    tool: 'update_okta_network_zone',
    when: 'its addresses',
    asks: true,
    undo: 'all',
    prepare: (organization) =>
      ofZone(organization, 'Offices', { zone_data: { gateways: [{ type: 'CIDR', value: '203.0.113.0/25' }] } }),
  },
  {
    tool: 'update_okta_network_zone',
    when: 'its name',
    asks: false,
    undo: 'all',
    prepare: (organization) => ofZone(organization, 'Offices', { zone_data: { name: 'Houses' } }),
  },
  {
    tool: 'update_okta_network_zone',
    when: 'places of an inactive dynamic zone',
    asks: false,
    undo: 'all',
    prepare: (organization) =>
      ofZone(organization, 'Anonymous proxies', {
        zone_data: { name: 'Anywhere odd', locations: { include: [{ country: 'NL' }] } },
      }),
  },
  {
    tool: 'update_okta_network_zone',
    when: 'so that it blocks',
    asks: true,
    undo: 'all',
    prepare: (organization) => ofZone(organization, 'VPN exits', { zone_data: { usage: 'BLOCKLIST' } }),
  },
  {
    tool: 'deactivate_okta_network_zone',
    asks: true,
    undo: 'all',
    prepare: (organization) => ofZone(organization, 'VPN exits'),
  },
  {
    tool: 'activate_okta_network_zone',
    asks: true,
    undo: 'all',
    prepare: (organization) => ofZone(organization, 'Anonymous proxies'),
  },
  {
    tool: 'delete_okta_network_zone',
    asks: true,
    undo: 'partly',
    besides: ['id', 'system'],
    prepare: (organization) => ofZone(organization, 'Anonymous proxies'),
  },
];
