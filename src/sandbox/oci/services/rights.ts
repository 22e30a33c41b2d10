// What a caller may see, as the tenancy's policies say: administrators everything, the service desk people and compartments, a team
// its own compartments.

import { helpDesk } from '../../company/teams.ts';
import type { ServiceContext } from './context.ts';
import type { Compartment } from './tenancy.ts';

/** A policy on a compartment is good for those below it. */
export function mayRead(context: ServiceContext, { readers, compartmentId }: Compartment): boolean {
  const { isAdministrator, caller, tenancy } = context;
  if (isAdministrator || readers.some((team) => caller.member.teams.includes(team))) return true;
  const parent = tenancy.compartments.find(({ id }) => id === compartmentId);
  return parent !== undefined && mayRead(context, parent);
}

/** Look up people, and the names of compartments. */
export function mayReadPeople({ isAdministrator, caller }: ServiceContext): boolean {
  return isAdministrator || caller.member.teams.includes(helpDesk);
}
