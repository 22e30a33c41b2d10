// The company's people and teams as the identity domain has them, and the stories that are to be found among them: somebody locked
// out, somebody who left and is still active, a group that nobody owns.

import { cast } from '../../../company/people.ts';
import { company, departments, places } from '../../../company/places.ts';
import type { Member } from '../../../company/roster.ts';
import { roll } from '../../../random.ts';
import { groupIdOf } from '../../domain.ts';
import { dynamicExtension, groupExtension, groupKind } from '../kinds/groups.ts';
import {
  capabilitiesExtension,
  enterprise,
  passwordState,
  userExtension,
  userKind,
  userState,
} from '../kinds/users.ts';
import type { Complex } from '../resource.ts';
import { everybody } from '../role-holding.ts';
import { capabilities } from '../schemas/people.ts';
import { daysAgo, plant, type Soil } from './plant.ts';

const salts = { seen: 661, verified: 662 } as const;

/** Ordinals of those in this domain's stories whom the company's own do not name; absent in a company too small for them. */
export interface Cast {
  /** Administers the domain by a grant to himself, and has no second factor. */
  bareAdmin: Member | undefined;
  /** Left long ago; the account is active, with API keys. */
  leaver: Member | undefined;
  /** Signs requests for the pipeline; nobody signs in as it. */
  machine: Member | undefined;
}

export function castOf({ members }: { members: readonly Member[] }): Cast {
  const others = members.filter(({ n }) => n > cast.head);
  const isOfIt = ({ department }: Member) => departments[department]?.name === 'IT';
  const [machine, leaver] = others.filter((member) => !isOfIt(member));
  return { bareAdmin: others.find(isOfIt), leaver, machine };
}

export function plantPeople(soil: Soil, stories: Cast): void {
  const ids = soil.domain.roster.members.map(({ id }) => id);
  for (const member of soil.domain.roster.members) plantUser(soil, member, ids, stories);
  plantTeams(soil);
}

function plantUser(soil: Soil, member: Member, ids: readonly string[], stories: Cast): void {
  const { n, given, family, login, contractor } = member;
  const place = places[member.place];
  const manager = member.manager === undefined ? undefined : ids[member.manager];
  const isMachine = member.id === stories.machine?.id;
  const hasLeft = member.id === stories.leaver?.id;
  const seen = hasLeft ? 211 : member.isLocked ? 1.2 : 0.2 + roll(soil.seed, salts.seen, n) ** 3 * 60;
  const email = (type: string, primary: boolean) => ({ type, value: login, primary, secondary: false, verified: true });
  const attributes: Complex = {
    userName: login,
    displayName: `${given} ${family}`,
    name: { givenName: given, familyName: family, formatted: `${given} ${family}` },
    title: member.title,
    userType: contractor ? 'Contractor' : 'Employee',
    ...(isMachine && { description: 'Deploys; nobody signs in with it, and it has no address' }),
    ...(hasLeft && { description: `Left the company on ${daysAgo(soil, 183).slice(0, 10)}; kept for the handover` }),
    active: true,
    preferredLanguage: 'en',
    locale: place?.locale ?? 'en',
    timezone: place?.timezone ?? 'UTC',
    ...(!isMachine && { emails: [email('recovery', false), email('work', true)] }),
    ...(place && {
      phoneNumbers: [
        { type: 'mobile', value: `${place.dial} 555 0${100 + (n % 900)}`, primary: true, verified: false },
      ],
      addresses: [
        { type: 'work', locality: place.city, region: place.state, country: place.countryCode, primary: true },
      ],
    }),
    [enterprise]: {
      employeeNumber: `${10_000 + n}`,
      department: departments[member.department]?.name,
      organization: company.name,
      ...(manager !== undefined && { manager: { value: manager } }),
    },
    [userExtension]: {
      isFederatedUser: false,
      creationMechanism: 'import',
      ...(isMachine && { serviceUser: true }),
    },
    [userState]: stateOf(soil, member, seen),
    [passwordState]: {
      lastSuccessfulSetDate: daysAgo(soil, Math.min(member.hiredDaysAgo, seen + 40)),
      lastSuccessfulValidationDate: daysAgo(soil, seen),
      mustChange: false,
      expired: false,
    },
    [capabilitiesExtension]: Object.fromEntries(capabilities.map((each) => [each, true])),
  };
  plant(soil, userKind, member.id, attributes, {
    created: member.hiredDaysAgo,
    changed: Math.min(member.hiredDaysAgo, seen),
  });
}

function stateOf(soil: Soil, { isLocked }: Member, seen: number): Complex {
  const at = (days: number) => daysAgo(soil, days);
  return {
    lastSuccessfulLoginDate: at(seen),
    previousSuccessfulLoginDate: at(seen + 1),
    loginAttempts: isLocked ? 5 : 0,
    ...(isLocked && { lastFailedLoginDate: at(0.06) }),
    locked: isLocked ? { on: true, reason: 0, lockDate: at(0.06) } : { on: false },
  };
}

/** Who leads a team is the first of its people; one team has been without an owner since it was made. */
function plantTeams(soil: Soil): void {
  const teams = new Map<string, Member[]>();
  for (const member of soil.domain.roster.members) {
    for (const team of member.teams) {
      const people = teams.get(team);
      if (people) people.push(member);
      else teams.set(team, [member]);
    }
  }
  const orphan = [...teams.keys()].findLast((name) => departments.some((department) => department.name === name));
  for (const [name, people] of teams) {
    const [lead] = people;
    plant(
      soil,
      groupKind,
      groupIdOf(name),
      {
        displayName: name,
        nonUniqueDisplayName: name,
        members: people.map(({ id, hiredDaysAgo }) => ({
          value: id,
          type: 'User',
          dateAdded: daysAgo(soil, hiredDaysAgo),
        })),
        [groupExtension]: {
          description: `Everybody in ${name} at ${company.name}`,
          creationMechanism: 'import',
          ...(name !== orphan && lead && { owners: [{ value: lead.id, type: 'User' }] }),
        },
        [dynamicExtension]: { membershipType: 'static' },
      },
      { created: 1100, changed: 25 },
    );
  }
  plant(
    soil,
    groupKind,
    everybody,
    {
      displayName: 'All Domain Users',
      nonUniqueDisplayName: 'All Domain Users',
      // Its members are all there are, and nobody lists them.
      members: [],
      idcsPreventedOperations: ['replace', 'update', 'delete'],
      [groupExtension]: { description: 'All users of the domain', creationMechanism: 'api' },
      [dynamicExtension]: { membershipType: 'static' },
    },
    { created: 1500 },
  );
}
