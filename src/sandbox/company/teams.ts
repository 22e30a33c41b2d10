// Which teams a person of the company is in, for identity providers that know people by their groups.

import type { Person } from './people.ts';
import { cast } from './people.ts';
import { departments } from './places.ts';

export const administrators = 'Identity Administrators';
export const helpDesk = 'Service Desk';

/** One of the department; one for each of the two that others need help from. */
export function teamsOf(person: Person): readonly string[] {
  const department = departments[person.department]?.name ?? '';
  const teams = [department];
  if (person.n === cast.admin) teams.push(administrators);
  if (person.n === cast.helpDesk || (department === 'IT' && person.title === 'Service Desk Analyst'))
    teams.push(helpDesk);
  return teams;
}
