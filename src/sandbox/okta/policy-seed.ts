// The policies of the organization with their rules: what the tenant demands for signing in, passwords and enrolment.

import { makeId } from '../random.ts';
import { type GroupRecord, handheldGroup } from './group-seed.ts';
import {
  anywhere,
  appSignOn,
  authenticators,
  type Part,
  passwordSettings,
  profileEnrollment,
  provider,
  selfService,
  signOn,
} from './policy-parts.ts';
import type { ZoneRecord } from './zone-seed.ts';

export interface RuleRecord {
  id: string;
  name: string;
  type: string;
  priority: number;
  status: 'ACTIVE' | 'INACTIVE';
  system: boolean;
  created: number;
  lastUpdated: number;
  body: Part;
}

export interface PolicyRecord {
  id: string;
  name: string;
  description: string;
  type: string;
  priority: number;
  status: 'ACTIVE' | 'INACTIVE';
  system: boolean;
  created: number;
  lastUpdated: number;
  body: Part;
  rules: RuleRecord[];
}

interface Plan {
  type: string;
  name: string;
  description: string;
  system?: boolean;
  inactive?: boolean;
  body?: Part;
  rules: readonly RulePlan[];
}

type RulePlan = { name: string; system?: boolean; inactive?: boolean } & Part;

export const policyTypes = [
  'ACCESS_POLICY',
  'ENTITY_RISK',
  'IDP_DISCOVERY',
  'MFA_ENROLL',
  'OKTA_SIGN_ON',
  'PASSWORD',
  'POST_AUTH_SESSION',
  'PROFILE_ENROLLMENT',
  'DEVICE_SIGNAL_COLLECTION',
  'SESSION_VIOLATION_DETECTION',
  'CLIENT_UPDATE',
  'IDENTITY_CLAIM_SOURCING',
] as const;

/** Rules bear the name of their policy's type, but for one kind. */
export function ruleTypeOf(policyType: string): string {
  return policyType === 'OKTA_SIGN_ON' ? 'SIGN_ON' : policyType;
}

export function makePolicies(
  groups: readonly GroupRecord[],
  zones: readonly ZoneRecord[],
  seed: number,
  opened: number,
): PolicyRecord[] {
  const plans = planPolicies(
    (name) => groups.find((group) => group.name === name)?.id ?? '',
    (name) => zones.find((zone) => zone.name === name)?.id ?? '',
  );
  const created = opened - 1400 * 86_400_000;
  const places = new Map<string, number>();
  let rules = 0;
  return plans.map((plan, n): PolicyRecord => {
    const priority = (places.get(plan.type) ?? 0) + 1;
    places.set(plan.type, priority);
    return {
      id: makeId('00p', seed, n),
      name: plan.name,
      description: plan.description,
      type: plan.type,
      priority,
      status: plan.inactive ? 'INACTIVE' : 'ACTIVE',
      system: plan.system ?? false,
      created,
      lastUpdated: created,
      body: plan.body ?? {},
      rules: plan.rules.map(({ name, system, inactive, ...body }, at) => ({
        id: makeId('0pr', seed, rules++),
        name,
        type: ruleTypeOf(plan.type),
        priority: at + 1,
        status: inactive ? 'INACTIVE' : 'ACTIVE',
        system: system ?? false,
        created,
        lastUpdated: created,
        body,
      })),
    };
  });
}

function planPolicies(group: (name: string) => string, zone: (name: string) => string): Plan[] {
  const people = (...names: string[]) => ({ people: { groups: { include: names.map(group) } } });
  const blocked = { network: { connection: 'ZONE', include: [zone('Blocked networks')] } };
  const offices = { network: { connection: 'ZONE', include: [zone('Offices')] } };
  return [
    {
      type: 'OKTA_SIGN_ON',
      name: 'Administrators',
      description: 'Short sessions, always a second factor',
      body: { conditions: people('Okta Administrators') },
      rules: [
        { name: 'Deny blocked networks', actions: signOn('DENY'), conditions: blocked },
        {
          name: 'Second factor each time',
          actions: signOn('ALLOW', { requireFactor: true, factorPromptMode: 'ALWAYS', factorLifetime: 15 }),
          conditions: anywhere,
        },
      ],
    },
    {
      type: 'OKTA_SIGN_ON',
      name: 'Default Policy',
      description: 'The default policy applies in all situations if no other policy applies.',
      system: true,
      body: { conditions: people('Everyone') },
      rules: [
        { name: 'Offices without second factor', actions: signOn('ALLOW'), conditions: offices },
        {
          name: 'Second factor by device',
          inactive: true,
          actions: signOn('ALLOW', { requireFactor: true, factorPromptMode: 'DEVICE', factorLifetime: 60 }),
          conditions: anywhere,
        },
        { name: 'Default Rule', system: true, actions: signOn('ALLOW'), conditions: anywhere },
      ],
    },
    {
      type: 'PASSWORD',
      name: 'Back office passwords',
      description: 'Longer passwords for money and code',
      body: {
        conditions: { ...people('Finance', 'IT', 'Engineering'), ...provider },
        settings: passwordSettings(14, 0, 5),
      },
      rules: [{ name: 'Change and reset', actions: selfService, conditions: anywhere }],
    },
    {
      type: 'PASSWORD',
      name: 'Default Policy',
      description: 'The default policy applies in all situations if no other policy applies.',
      system: true,
      body: { conditions: { ...people('Everyone'), ...provider }, settings: passwordSettings(10, 180, 6) },
      rules: [{ name: 'Default Rule', system: true, actions: selfService, conditions: anywhere }],
    },
    {
      type: 'MFA_ENROLL',
      name: 'Default Policy',
      description: 'The default policy applies in all situations if no other policy applies.',
      system: true,
      body: { conditions: people('Everyone'), settings: authenticators(true) },
      rules: [{ name: 'Default Rule', system: true, actions: { enroll: { self: 'LOGIN' } }, conditions: anywhere }],
    },
    {
      type: 'ACCESS_POLICY',
      name: 'Any two factors',
      description: 'For applications with personal or customer data',
      rules: [
        {
          name: 'High risk is denied',
          actions: { appSignOn: { access: 'DENY' } },
          conditions: { riskScore: { level: 'HIGH' } },
        },
        { name: 'Catch-all Rule', system: true, actions: appSignOn('2FA', 'PT8H') },
      ],
    },
    {
      type: 'ACCESS_POLICY',
      name: 'Warehouse floor',
      description: 'Handhelds on the office network need a password only',
      rules: [
        {
          name: 'Handhelds in the offices',
          actions: appSignOn('1FA', 'PT12H'),
          conditions: { ...people(handheldGroup), ...offices },
        },
        { name: 'Catch-all Rule', system: true, actions: appSignOn('2FA', 'PT2H') },
      ],
    },
    {
      type: 'PROFILE_ENROLLMENT',
      name: 'Default Policy',
      description: 'Default profile enrollment policy',
      system: true,
      rules: [{ name: 'Catch-all Rule', system: true, actions: profileEnrollment }],
    },
    {
      type: 'IDP_DISCOVERY',
      name: 'Idp Discovery Policy',
      description: 'Where people are sent to sign in',
      system: true,
      rules: [
        {
          name: 'Default Rule',
          system: true,
          actions: { idp: { providers: [{ type: 'OKTA_INTEGRATION' }], idpSelectionType: 'SPECIFIC' } },
          conditions: {
            ...anywhere,
            userIdentifier: { type: 'IDENTIFIER', patterns: [] },
            app: { include: [], exclude: [] },
            platform: { include: [{ type: 'ANY', os: { type: 'ANY' } }], exclude: [] },
          },
        },
      ],
    },
  ];
}
