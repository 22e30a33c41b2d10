// The workspace: the people of Larkspur Logistics who build what is sold, and their two environments.

import { cast } from '../../company/people.ts';
import type { Roster } from '../../company/roster.ts';
import { makeScalekitId } from '../environment.ts';
import type { EnvironmentState } from './state.ts';
import { type memberRoles, regions, type Word } from './words.ts';

const day = 86_400_000;

export interface Member {
  id: string;
  create_time: string;
  update_time: string;
  workspace_id: string;
  role: Word<typeof memberRoles>;
  first_name: string;
  last_name: string;
  email: string;
  metadata: Record<string, string>;
}

export interface WorkspaceState {
  id: string;
  display_name: string;
  create_time: string;
  region_code: Word<typeof regions>;
  environments: readonly EnvironmentState[];
  members: Member[];
  newId: (prefix: string) => string;
}

/** Who of the company is in the workspace, in the order of their coming. */
const places: readonly { n: number; role: Member['role']; daysAgo: number }[] = [
  { n: cast.admin, role: 'ADMIN', daysAgo: 412 },
  { n: cast.head, role: 'USER', daysAgo: 400 },
  { n: cast.helpDesk, role: 'USER', daysAgo: 233 },
  { n: cast.lostApp, role: 'USER', daysAgo: 120 },
  // An administrator without a reason to be one.
  { n: cast.traveller, role: 'ADMIN', daysAgo: 31 },
];

export function createWorkspace(
  environments: readonly EnvironmentState[],
  roster: Roster,
  seed: number,
  now: number,
): WorkspaceState {
  let made = 0;
  const newId = (prefix: string) => makeScalekitId(prefix, seed, 770, made++);
  const id = newId('wksp');
  const time = (daysAgo: number) => new Date(now - daysAgo * day).toISOString();
  return {
    id,
    display_name: 'Larkspur Logistics',
    create_time: time(412),
    region_code: regions[1],
    environments,
    members: places.flatMap(({ n, role, daysAgo }) => {
      const person = roster.members[n];
      if (!person) return [];
      return {
        id: newId('mem'),
        create_time: time(daysAgo),
        update_time: time(daysAgo),
        workspace_id: id,
        role,
        first_name: person.given,
        last_name: person.family,
        email: person.login,
        metadata: {},
      };
    }),
    newId,
  };
}
