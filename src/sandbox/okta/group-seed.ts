// The groups of the company: one of everybody, one for each department and office, some for roles, some brought in by applications.

import { cast } from '../company/people.ts';
import { departments, places } from '../company/places.ts';
import { makeId, roll } from '../random.ts';
import { type Bits, createBits, setBit } from './bits.ts';
import { storyTimes } from './story-times.ts';
import type { UserRecord } from './user-record.ts';

export interface GroupRecord {
  n: number;
  id: string;
  type: 'BUILT_IN' | 'OKTA_GROUP' | 'APP_GROUP';
  name: string;
  description: string | undefined;
  created: number;
  lastUpdated: number;
  lastMembershipUpdated: number;
  members: Bits;
  /** Label of the application a group comes from. */
  source?: string;
  /** Okta expression that fills the group from the beginning. */
  rule?: string;
}

interface GroupPlan {
  name: string;
  description: string;
  type: GroupRecord['type'];
  source?: string;
  rule?: string;
  has: (user: UserRecord, chance: number) => boolean;
}

/** The group whose loss is the third story. */
export const handheldGroup = 'Warehouse Handheld Users';

/** The group whose members look after forgotten passwords and lost phones. */
export const helpDeskGroup = 'Okta Administrators – Help Desk';

const departmentOf = (user: UserRecord) => departments[user.person.department]?.name ?? '';
const placeOf = (user: UserRecord) => places[user.person.place]?.city ?? '';
const isIn =
  (...names: string[]) =>
  (user: UserRecord) =>
    names.includes(departmentOf(user));
const leads = /Chief|VP|Director|Manager|Supervisor|Lead|Controller|General Counsel/;

const roles: readonly Omit<GroupPlan, 'type'>[] = [
  { name: 'Managers', description: 'Everybody who leads people', has: (user) => leads.test(user.person.title) },
  {
    name: 'Contractors',
    description: 'People with an end date',
    rule: 'user.userType=="Contractor"',
    has: (user) => user.person.contractor,
  },
  {
    name: 'VPN Users',
    description: 'Remote access to the internal network',
    has: (user, chance) => ['Engineering', 'IT', 'Finance'].includes(departmentOf(user)) || chance < 0.2,
  },
  {
    name: 'Okta Administrators',
    description: 'Administrators of this organization',
    has: (user) => user.n === cast.admin || user.n === cast.helpDesk,
  },
  {
    name: handheldGroup,
    description: 'Scanners and the Berth warehouse system; reviewed every quarter',
    has: (user, chance) => departmentOf(user) === 'Warehouse Operations' && user.n !== cast.lostApp && chance < 0.9,
  },
  {
    name: 'Payroll Processors',
    description: 'May run and correct payroll',
    has: (user) => /Payroll|Financial|HR Business/.test(user.person.title),
  },
  {
    name: 'On-call Engineers',
    description: 'Carry the pager',
    has: (user, chance) => isIn('Engineering')(user) && chance < 0.3,
  },
  {
    name: 'Dangerous Goods Certified',
    description: 'Passed the ADR course',
    has: (user, chance) => isIn('Fleet', 'Customs & Compliance')(user) && chance < 0.35,
  },
];

const imported: readonly Omit<GroupPlan, 'type'>[] = [
  {
    name: 'crm-sales-editors',
    description: 'Imported from the CRM',
    source: 'Harbour CRM',
    has: (user, chance) => isIn('Sales')(user) && chance < 0.8,
  },
  {
    name: 'drydock-committers',
    description: 'Imported from code hosting',
    source: 'Drydock Code',
    has: (user, chance) => isIn('Engineering')(user) && chance < 0.85,
  },
  {
    name: 'larkpedia-editors',
    description: 'Imported from the wiki',
    source: 'Larkpedia Wiki',
    has: (user, chance) => isIn('Marketing', 'Legal', 'IT')(user) && chance < 0.6,
  },
];

const plans: readonly GroupPlan[] = [
  { name: 'Everyone', description: 'All users in your organization', type: 'BUILT_IN', has: () => true },
  ...departments.map(
    ({ name, division }): GroupPlan => ({
      name,
      description: `${name}, ${division}`,
      type: 'OKTA_GROUP',
      rule: `user.department=="${name}"`,
      has: isIn(name),
    }),
  ),
  ...places.map(
    ({ city, country }): GroupPlan => ({
      name: `${city} Office`,
      description: `Everybody at ${city}, ${country}`,
      type: 'OKTA_GROUP',
      rule: `user.city=="${city}"`,
      has: (user) => placeOf(user) === city,
    }),
  ),
  ...roles.map((role): GroupPlan => ({ ...role, type: 'OKTA_GROUP' })),
  ...imported.map((role): GroupPlan => ({ ...role, type: 'APP_GROUP' })),
  {
    name: helpDeskGroup,
    description: 'The service desk: forgotten passwords, locked accounts, lost phones',
    type: 'OKTA_GROUP',
    has: (user) => user.n === cast.helpDesk || (isIn('IT')(user) && user.person.title === 'Service Desk Analyst'),
  },
];

const day = 86_400_000;

export function makeGroups(users: readonly (UserRecord | undefined)[], seed: number, opened: number): GroupRecord[] {
  return plans.map((plan, n) => {
    const created = opened - Math.floor((1500 - n * 20 + roll(seed, 61, n)) * day);
    const group: GroupRecord = {
      n,
      id: makeId('00g', seed, n),
      type: plan.type,
      name: plan.name,
      description: plan.description,
      created,
      lastUpdated: created + Math.floor(roll(seed, 62, n) * 400 * day),
      lastMembershipUpdated:
        opened - (plan.name === handheldGroup ? storyTimes.removal : Math.floor(roll(seed, 63, n) * 40 * day)),
      members: createBits(users.length),
      ...(plan.source === undefined ? {} : { source: plan.source }),
      ...(plan.rule === undefined ? {} : { rule: plan.rule }),
    };
    for (const user of users) {
      // Somebody who has left is in no group.
      if (user && user.status !== 'DEPROVISIONED' && plan.has(user, roll(seed, 64 + n, user.n)))
        setBit(group.members, user.n);
    }
    return group;
  });
}
