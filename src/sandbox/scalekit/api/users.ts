// The people of an environment: of all organizations, and of one.

import type { ApiContext, Route } from './context.ts';
import { findOrganization, findUser, usersOf } from './find.ts';
import { membershipShape, readMembership } from './memberships.ts';
import { emptyProfile } from './organization-seed.ts';
import { type PageLimits, pageOf } from './paging.ts';
import { ApiProblem, invalid } from './problem.ts';
import type { User } from './records.ts';
import { checkLength, checkMetadata } from './rules.ts';
import { readSearch } from './search.ts';

const profileShape = {
  given_name: 'text',
  family_name: 'text',
  first_name: 'text',
  last_name: 'text',
  name: 'text',
  locale: 'text',
  phone_number: 'text',
  metadata: 'map',
  custom_attributes: 'map',
  preferred_username: 'text',
  picture: 'text',
  gender: 'text',
  groups: { each: 'text' },
} as const;

const isAddress = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

export const userRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: 'users',
    handle: (context) => listUsers(context, [...context.state.users.values()], { most: 100 }),
  },
  {
    method: 'GET',
    path: 'users:search',
    handle: (context) => listUsers(context, searched(context, [...context.state.users.values()]), { most: 30 }),
  },
  { method: 'GET', path: 'users/{id}', handle: (context) => ({ user: findUser(context) }) },
  {
    method: 'PATCH',
    path: 'users/{id}',
    handle(context) {
      const user = findUser(context);
      const { external_id, metadata, user_profile } = context.read({
        external_id: 'text',
        metadata: 'map',
        user_profile: { of: profileShape },
      });
      checkMetadata('user.metadata', metadata);
      if (external_id) refuseTaken(context, external_id, user);
      if (external_id === '') delete user.external_id;
      else if (external_id !== undefined) user.external_id = external_id;
      if (metadata) user.metadata = metadata;
      if (user_profile) changeProfile(user, user_profile);
      user.update_time = context.at;
      return { user };
    },
  },
  {
    method: 'DELETE',
    path: 'users/{id}',
    handle(context) {
      context.state.users.delete(findUser(context).id);
      return {};
    },
  },
  {
    method: 'GET',
    path: 'organizations/{organization_id}/users',
    handle: (context) => listUsers(context, usersOf(context), { least: 0, most: 100, usual: 10 }),
  },
  {
    method: 'GET',
    path: 'organizations/{organization_id}/users:search',
    handle: (context) => listUsers(context, searched(context, usersOf(context)), { most: 30 }),
  },
  {
    method: 'POST',
    path: 'organizations/{organization_id}/users',
    status: 201,
    handle(context) {
      const { state, at } = context;
      const organization = findOrganization(context);
      const given = context.read({
        email: 'text',
        external_id: 'text',
        metadata: 'map',
        user_profile: { of: profileShape },
        membership: { of: membershipShape },
      });
      const email = (given.email ?? '').toLowerCase();
      if (!isAddress.test(email)) throw invalid('user.email', 'must be a valid email address');
      if ([...state.users.values()].some((other) => other.email === email))
        throw new ApiProblem(409, 'a user with this email already exists');
      if (given.external_id) refuseTaken(context, given.external_id);
      checkMetadata('user.metadata', given.metadata);
      const user: User = {
        id: state.newId('usr'),
        environment_id: state.record.id,
        create_time: at,
        update_time: at,
        email,
        ...(given.external_id && { external_id: given.external_id }),
        memberships: [readMembership(context, organization, given.membership ?? {})],
        user_profile: emptyProfile(state.newId('usp')),
        metadata: given.metadata ?? {},
      };
      if (given.user_profile) changeProfile(user, given.user_profile);
      state.users.set(user.id, user);
      return { user };
    },
  },
];

function searched(context: ApiContext, users: readonly User[]): User[] {
  const matches = readSearch(context);
  return users.filter(({ id, email, external_id, user_profile }) =>
    matches([id, email, external_id, user_profile.name]),
  );
}

function listUsers(context: ApiContext, all: readonly User[], limits: PageLimits) {
  const { items, places } = pageOf(context, all, limits);
  return { ...places, users: items };
}

function refuseTaken({ state }: ApiContext, externalId: string, own?: User): void {
  for (const other of state.users.values())
    if (other !== own && other.external_id === externalId)
      throw new ApiProblem(409, 'a user with this external_id already exists');
}

/** Older names of the parts of a name are taken too. */
function changeProfile(
  { user_profile: profile }: User,
  { first_name, last_name, ...given }: Partial<User['user_profile']> & { first_name?: string; last_name?: string },
): void {
  checkLength('user.user_profile.given_name', given.given_name ?? first_name, 0, 200);
  checkLength('user.user_profile.family_name', given.family_name ?? last_name, 0, 200);
  checkMetadata('user.user_profile.custom_attributes', given.custom_attributes);
  const before = `${profile.given_name} ${profile.family_name}`;
  Object.assign(profile, {
    ...(first_name !== undefined && { given_name: first_name }),
    ...(last_name !== undefined && { family_name: last_name }),
    ...given,
  });
  profile.first_name = profile.given_name;
  profile.last_name = profile.family_name;
  const after = `${profile.given_name} ${profile.family_name}`;
  if (given.name === undefined && after !== before) profile.name = after.trim();
}
