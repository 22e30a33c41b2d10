// What the path of a call names; not there is 404.

import { type ApiContext, param } from './context.ts';
import { notFound } from './problem.ts';
import type { Organization, User } from './records.ts';

export function findOrganization(context: ApiContext, name = 'organization_id'): Organization {
  const found = context.state.organizations.get(param(context, name));
  if (!found) throw notFound('organization');
  return found;
}

export function findUser(context: ApiContext, name = 'id'): User {
  const found = context.state.users.get(param(context, name));
  if (!found) throw notFound('user');
  return found;
}

export function usersOf(context: ApiContext): User[] {
  const { id } = findOrganization(context);
  return [...context.state.users.values()].filter((user) =>
    user.memberships.some(({ organization_id }) => organization_id === id),
  );
}
