// The network zones of the organization.

import { places } from '../company/places.ts';
import { makeId } from '../random.ts';

export interface ZoneRecord {
  id: string;
  name: string;
  type: 'IP' | 'DYNAMIC' | 'DYNAMIC_V2';
  usage: 'POLICY' | 'BLOCKLIST';
  status: 'ACTIVE' | 'INACTIVE';
  system: boolean;
  created: number;
  lastUpdated: number;
  body: Record<string, unknown>;
}

const cidr = (value: string) => ({ type: 'CIDR', value });
const range = (value: string) => ({ type: 'RANGE', value });
const country = (code: string) => ({ country: code });

const plans: readonly Omit<ZoneRecord, 'id' | 'created' | 'lastUpdated'>[] = [
  {
    name: 'LegacyIpZone',
    type: 'IP',
    usage: 'POLICY',
    status: 'ACTIVE',
    system: true,
    body: { gateways: [cidr('203.0.113.0/24')], proxies: [] },
  },
  {
    name: 'BlockedIpZone',
    type: 'IP',
    usage: 'BLOCKLIST',
    status: 'ACTIVE',
    system: true,
    body: { gateways: [range('100.64.10.1-100.64.10.40')], proxies: [] },
  },
  {
    name: 'DefaultExemptIpZone',
    type: 'IP',
    usage: 'POLICY',
    status: 'ACTIVE',
    system: true,
    body: { useAsExemptList: true, gateways: [], proxies: [] },
  },
  {
    name: 'Offices',
    type: 'IP',
    usage: 'POLICY',
    status: 'ACTIVE',
    system: false,
    body: {
      gateways: places.map((place) => cidr(`${place.net}.0/24`)),
      proxies: [cidr('198.18.64.8/32'), range('198.18.64.16-198.18.64.23')],
    },
  },
  {
    name: 'VPN exits',
    type: 'IP',
    usage: 'POLICY',
    status: 'ACTIVE',
    system: false,
    body: { gateways: [range('198.18.65.1-198.18.65.30')], proxies: [] },
  },
  {
    name: 'Countries with offices',
    type: 'DYNAMIC',
    usage: 'POLICY',
    status: 'ACTIVE',
    system: false,
    body: { locations: places.map((place) => country(place.countryCode)), asns: [] },
  },
  {
    name: 'Tor exits',
    type: 'DYNAMIC',
    usage: 'BLOCKLIST',
    status: 'ACTIVE',
    system: false,
    body: { proxyType: 'Tor', locations: [], asns: [] },
  },
  {
    name: 'Anonymous proxies',
    type: 'DYNAMIC_V2',
    usage: 'POLICY',
    status: 'INACTIVE',
    system: false,
    body: {
      locations: { include: [], exclude: [] },
      asns: { include: [], exclude: [] },
      ipServiceCategories: { include: ['ALL_ANONYMIZERS'], exclude: [] },
    },
  },
  {
    name: 'Blocked networks',
    type: 'IP',
    usage: 'BLOCKLIST',
    status: 'ACTIVE',
    system: false,
    body: { gateways: [cidr('100.64.66.0/24'), range('100.64.70.5-100.64.70.9')], proxies: [] },
  },
];

export function makeZones(seed: number, opened: number): ZoneRecord[] {
  return plans.map((plan, n) => ({
    ...plan,
    id: makeId('nzo', seed, n),
    created: opened - (1300 - n * 60) * 86_400_000,
    lastUpdated: opened - (1300 - n * 60) * 86_400_000,
  }));
}
