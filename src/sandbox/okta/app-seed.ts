// The applications of the company: kinds that every company has, under invented names, with the groups that may use them.

import { makeId, roll } from '../random.ts';
import type { AppRecord, SignOnMode } from './app-record.ts';
import { createBits, setBit } from './bits.ts';
import { type GroupRecord, handheldGroup } from './group-seed.ts';
import type { UserRecord } from './user-record.ts';

interface AppPlan {
  label: string;
  mode: SignOnMode;
  name?: string;
  groups: readonly string[];
  features?: readonly string[];
  client?: AppRecord['client'];
  inactive?: boolean;
  /** Share of all users who have it by themselves. */
  direct?: number;
}

/** The application of the third story. */
export const lostApp = 'Berth Warehouse System';

const scim = ['PUSH_NEW_USERS', 'PUSH_PROFILE_UPDATES', 'PUSH_USER_DEACTIVATION'] as const;

const plans: readonly AppPlan[] = [
  { label: 'Tidewater Payroll', mode: 'SAML_2_0', groups: ['Payroll Processors', 'Finance'], direct: 0.01 },
  {
    label: 'Harbour CRM',
    mode: 'SAML_2_0',
    groups: ['Sales', 'Marketing', 'Customer Service'],
    features: [...scim, 'GROUP_PUSH'],
    direct: 0.02,
  },
  { label: 'Larkpedia Wiki', mode: 'OPENID_CONNECT', groups: ['Everyone'], client: 'web' },
  { label: lostApp, mode: 'SAML_2_0', groups: [handheldGroup], features: scim },
  { label: 'Seawall VPN', mode: 'SAML_2_0', groups: ['VPN Users'] },
  {
    label: 'Drydock Code',
    mode: 'OPENID_CONNECT',
    groups: ['Engineering', 'IT'],
    features: [],
    client: 'web',
    direct: 0.01,
  },
  { label: 'Postern Mail', mode: 'SAML_2_0', groups: ['Everyone'], features: scim },
  { label: 'Quayside Chat', mode: 'SAML_2_0', groups: ['Everyone'], features: [...scim, 'IMPORT_PROFILE_UPDATES'] },
  { label: 'Manifest ERP', mode: 'SAML_2_0', groups: ['Finance', 'Customs & Compliance', 'Managers'], features: scim },
  { label: 'Waypoint Route Planner', mode: 'OPENID_CONNECT', groups: ['Fleet'], client: 'browser' },
  { label: 'Driver App', mode: 'OPENID_CONNECT', groups: ['Fleet'], client: 'native' },
  { label: 'Track & Trace API', mode: 'OPENID_CONNECT', groups: [], client: 'service' },
  { label: 'Beacon Service Desk', mode: 'OPENID_CONNECT', groups: ['Everyone'], client: 'web' },
  {
    label: 'Crew HR',
    mode: 'SAML_2_0',
    name: 'larkspur_crewhr_1',
    groups: ['Human Resources', 'Managers'],
    features: ['PROFILE_MASTERING', 'IMPORT_NEW_USERS'],
    direct: 0.005,
  },
  { label: 'Lighthouse Monitoring', mode: 'OPENID_CONNECT', groups: ['On-call Engineers', 'IT'], client: 'web' },
  { label: 'Stowage Files', mode: 'SAML_2_0', groups: ['Everyone'], features: scim },
  { label: 'Fathom Analytics', mode: 'SAML_2_0', groups: ['Managers', 'Sales', 'Finance'] },
  { label: 'Logbook Expenses', mode: 'SAML_2_0', groups: ['Everyone'] },
  {
    label: 'Customs Declaration Portal',
    mode: 'BROWSER_PLUGIN',
    name: 'template_swa',
    groups: ['Customs & Compliance'],
  },
  {
    label: 'Port Authority Booking',
    mode: 'BROWSER_PLUGIN',
    name: 'template_swa',
    groups: ['Fleet', 'Customer Service'],
  },
  { label: 'Fuel Card Portal', mode: 'SECURE_PASSWORD_STORE', name: 'template_sps', groups: ['Fleet'] },
  { label: 'Canteen Menu', mode: 'BOOKMARK', name: 'bookmark', groups: ['Rotterdam Office', 'Leeds Office'] },
  { label: 'Company Handbook', mode: 'BOOKMARK', name: 'bookmark', groups: ['Everyone'] },
  { label: 'Spar Travel Booking', mode: 'AUTO_LOGIN', name: 'larkspur_spartravel_2', groups: ['Managers', 'Sales'] },
  { label: 'Old Anchor Warehouse', mode: 'SAML_2_0', groups: ['Warehouse Operations'], inactive: true },
  {
    label: 'Gangway Visitor Sign-in',
    mode: 'OPENID_CONNECT',
    groups: ['Rotterdam Office'],
    client: 'web',
    direct: 0.01,
  },
];

const day = 86_400_000;

export function makeApps(
  users: readonly (UserRecord | undefined)[],
  groups: readonly GroupRecord[],
  seed: number,
  opened: number,
): AppRecord[] {
  return plans.map((plan, n) => {
    const slug = plan.label.toLowerCase().replace(/[^a-z]+/g, '');
    const created = opened - Math.floor((1400 - n * 40 + roll(seed, 121, n)) * day);
    const app: AppRecord = {
      n,
      id: makeId('0oa', seed, n),
      name: plan.name ?? (plan.mode === 'OPENID_CONNECT' ? 'oidc_client' : `larkspur_${slug}_1`),
      label: plan.label,
      mode: plan.mode,
      status: plan.inactive ? 'INACTIVE' : 'ACTIVE',
      features: plan.features ?? [],
      created,
      lastUpdated: created + Math.floor(roll(seed, 122, n) * 300 * day),
      url: `https://${slug}.larkspur.example`,
      groups: plan.groups
        .flatMap((name) => groups.find((group) => group.name === name) ?? [])
        .map((group) => ({ group, profile: {}, lastUpdated: Math.max(created, group.created) + 3_600_000 })),
      direct: createBits(users.length),
      people: new Map(),
      firstLabel: plan.label,
      written: undefined,
      client: plan.client ?? 'web',
      everybody: undefined,
    };
    const share = plan.direct ?? 0;
    for (const user of share > 0 ? users : []) {
      if (user && user.status !== 'DEPROVISIONED' && roll(seed, 130 + n, user.n) < share) setBit(app.direct, user.n);
    }
    return app;
  });
}
