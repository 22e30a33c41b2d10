// The tenancy of Larkspur Logistics: its regions, its compartments and policies, its buckets.

import { createHash } from 'node:crypto';
import { administrators, helpDesk } from '../../company/teams.ts';
import { makeOcid, type OciDomain } from '../domain.ts';

export interface Region {
  name: string;
  key: string;
  availabilityDomains: number;
  isSubscribed: boolean;
}

export interface Compartment {
  id: string;
  /** Its parent; absent for the tenancy itself, which shows itself as its own. */
  compartmentId: string | undefined;
  name: string;
  description: string;
  timeCreated: string;
  lifecycleState: 'ACTIVE' | 'DELETED';
  /** Whom a policy lets see it, beside the administrators: a team. */
  readers: readonly string[];
  etag: string;
}

export interface Policy {
  id: string;
  compartmentId: string;
  name: string;
  description: string;
  statements: readonly string[];
  timeCreated: string;
  etag: string;
}

export interface Bucket {
  region: string;
  compartmentId: string;
  name: string;
  createdBy: string;
  timeCreated: string;
  publicAccessType: 'NoPublicAccess' | 'ObjectRead';
  objects: readonly StoredObject[];
  etag: string;
}

export interface StoredObject {
  name: string;
  content: string;
  timeCreated: string;
}

export interface Tenancy {
  id: string;
  name: string;
  namespace: string;
  /** Four letters before the names of its availability domains. */
  letters: string;
  regions: readonly Region[];
  compartments: Compartment[];
  policies: readonly Policy[];
  buckets: readonly Bucket[];
  retentionPeriodDays: number;
}

/** The last is not subscribed. */
export const regions: readonly Region[] = [
  { name: 'eu-amsterdam-1', key: 'AMS', availabilityDomains: 1, isSubscribed: true },
  { name: 'uk-london-1', key: 'LHR', availabilityDomains: 3, isSubscribed: true },
  { name: 'us-ashburn-1', key: 'IAD', availabilityDomains: 3, isSubscribed: true },
  { name: 'eu-frankfurt-1', key: 'FRA', availabilityDomains: 3, isSubscribed: false },
];

const day = 86_400_000;

/** Each with its parent, by name. */
const compartmentSeeds = [
  { name: 'Network', in: '', about: 'Virtual networks that everybody shares', readers: [], days: 1480 },
  { name: 'Finance', in: '', about: 'Ledgers and treasury', readers: ['Finance'], days: 1211 },
  { name: 'Treasury', in: 'Finance', about: 'Payments and cash positions', readers: ['Finance'], days: 640 },
  { name: 'Warehouses', in: '', about: 'Stock and yard systems', readers: ['Warehouse Operations'], days: 1390 },
  { name: 'Scanning', in: 'Warehouses', about: 'Hand scanners and label printers', readers: [], days: 402 },
  { name: 'Sandbox', in: '', about: 'Trials of the IT team', readers: ['IT'], days: 318 },
  { name: 'Peak-Season-2024', in: 'Warehouses', about: 'Extra capacity, no longer used', readers: [], days: 771 },
  { name: 'Migration', in: '', about: 'Gone since the move was done', readers: [], days: 1502, isDeleted: true },
] as const;

const policySeeds = [
  {
    name: 'Tenant-Admin-Policy',
    in: '',
    about: 'The administrators manage the tenancy',
    statements: [`Allow group 'Larkspur'/'${administrators}' to manage all-resources in tenancy`],
    days: 1502,
  },
  {
    name: 'Service-Desk',
    in: '',
    about: 'The service desk looks up people and compartments',
    statements: [
      `Allow group 'Larkspur'/'${helpDesk}' to inspect users in tenancy`,
      `Allow group 'Larkspur'/'${helpDesk}' to inspect compartments in tenancy`,
    ],
    days: 903,
  },
  {
    name: 'Finance-Storage',
    in: 'Finance',
    about: 'Finance reads its own buckets',
    statements: ["Allow group 'Larkspur'/'Finance' to read object-family in compartment Finance"],
    days: 1204,
  },
  {
    // Changed on the night that the audit events tell of.
    name: 'Scanning-Vendor',
    in: 'Warehouses',
    about: 'Temporary access for the vendor of the scanners',
    statements: ['Allow any-user to manage object-family in compartment Scanning'],
    days: 3,
  },
] as const;

const bucketSeeds = [
  {
    name: 'ledger-exports',
    region: 0,
    in: 'Finance',
    objects: ['2025/q4.csv', '2026/q1.csv', '2026/q2.csv'],
    days: 830,
  },
  { name: 'payment-runs', region: 0, in: 'Treasury', objects: ['run-0412.xml'], days: 512 },
  {
    name: 'label-templates',
    region: 0,
    in: 'Scanning',
    objects: ['pallet.zpl', 'parcel.zpl', 'old/pallet.zpl'],
    days: 399,
  },
  { name: 'scanner-firmware', region: 2, in: 'Scanning', objects: ['v7.bin.sha256'], days: 120, isPublic: true },
  { name: 'audit-archive', region: 1, in: '', objects: [], days: 1400 },
] as const;

export function makeTenancy({ tenancyId, roster }: OciDomain, now: number): Tenancy {
  const daysAgo = (days: number) => new Date(now - days * day).toISOString();
  const idOf = (name: string) => (name === '' ? tenancyId : makeOcid('compartment', `${tenancyId} ${name}`));
  const root: Compartment = {
    id: tenancyId,
    compartmentId: undefined,
    name: 'larkspur',
    description: 'The root compartment of the tenancy',
    timeCreated: daysAgo(1502),
    lifecycleState: 'ACTIVE',
    readers: [],
    etag: makeEtag(tenancyId, 0),
  };
  const admin = roster.members[0];
  return {
    id: tenancyId,
    name: 'larkspur',
    namespace: `ax${createHash('sha256').update(tenancyId).digest('hex').slice(0, 10)}`,
    letters: 'qLkP',
    regions,
    compartments: [
      root,
      ...compartmentSeeds.map(
        (seed): Compartment => ({
          id: idOf(seed.name),
          compartmentId: idOf(seed.in),
          name: seed.name,
          description: seed.about,
          timeCreated: daysAgo(seed.days),
          lifecycleState: 'isDeleted' in seed ? 'DELETED' : 'ACTIVE',
          readers: seed.readers,
          etag: makeEtag(idOf(seed.name), 0),
        }),
      ),
    ],
    policies: policySeeds.map((seed) => ({
      id: makeOcid('policy', `${tenancyId} ${seed.name}`),
      compartmentId: idOf(seed.in),
      name: seed.name,
      description: seed.about,
      statements: seed.statements,
      timeCreated: daysAgo(seed.days),
      etag: makeEtag(seed.name, 0),
    })),
    buckets: bucketSeeds.map((seed) => ({
      region: regions[seed.region]?.name ?? '',
      compartmentId: idOf(seed.in),
      name: seed.name,
      createdBy: makeOcid('user', admin?.id ?? ''),
      timeCreated: daysAgo(seed.days),
      publicAccessType: 'isPublic' in seed ? 'ObjectRead' : 'NoPublicAccess',
      objects: seed.objects.map((name, n) => ({
        name,
        content: `Larkspur Logistics\n${seed.name}/${name}\n`,
        timeCreated: daysAgo(seed.days - n * 7 - 1),
      })),
      etag: makeEtag(seed.name, 0),
    })),
    retentionPeriodDays: 365,
  };
}

export function makeEtag(of: string, version: number): string {
  return createHash('sha256').update(`${of} ${version}`).digest('hex').slice(0, 40);
}

/** Those below it, to any depth. */
export function below(tenancy: Tenancy, id: string): Compartment[] {
  const children = tenancy.compartments.filter(({ compartmentId }) => compartmentId === id);
  return [...children, ...children.flatMap((child) => below(tenancy, child.id))];
}
