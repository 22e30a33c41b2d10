// Who is in which organization, with what roles, and invitations.

import type { ApiContext, Route } from './context.ts';
import { findOrganization, findUser } from './find.ts';
import { summaryOf } from './organization-seed.ts';
import { ApiProblem, invalid, notFound } from './problem.ts';
import type { Membership, Organization, Role, User } from './records.ts';
import { checkMetadata } from './rules.ts';
import type { Read } from './shape.ts';

const day = 86_400_000;
const path = 'memberships/organizations/{organization_id}/users/{id}';

export const membershipShape = {
  roles: { each: { of: { id: 'text', name: 'text' } } },
  metadata: 'map',
  inviter_email: 'text',
} as const;

export const membershipRoutes: readonly Route[] = [
  {
    method: 'POST',
    path,
    status: 201,
    handle(context) {
      const organization = findOrganization(context);
      const user = findUser(context);
      const given = context.read(membershipShape);
      if (membershipIn(user, organization))
        throw new ApiProblem(409, 'the user is a member of the organization already');
      user.memberships.push(readMembership(context, organization, given));
      user.update_time = context.at;
      return { user };
    },
  },
  {
    method: 'PATCH',
    path,
    handle(context) {
      const { user, membership } = findMembership(context);
      const { roles, metadata } = context.read(membershipShape);
      // Null is not an empty list: what is not in the body stays.
      if (roles) membership.roles = readRoles(context, membership.organization_id, roles);
      checkMetadata('membership.metadata', metadata);
      if (metadata) membership.metadata = metadata;
      user.update_time = context.at;
      return { user };
    },
  },
  {
    method: 'DELETE',
    path,
    handle(context) {
      const { user, membership } = findMembership(context);
      user.memberships = user.memberships.filter((each) => each !== membership);
      if (context.query.flag('cascade') && user.memberships.length === 0) context.state.users.delete(user.id);
      return {};
    },
  },
  {
    method: 'PATCH',
    path: 'invites/organizations/{organization_id}/users/{id}/resend',
    handle(context) {
      const { user, membership } = findMembership(context);
      if (membership.membership_status !== 'PENDING_INVITE' && membership.membership_status !== 'INVITE_EXPIRED')
        throw new ApiProblem(400, 'the user has no invitation to this organization');
      const key = `${membership.organization_id}/${user.id}`;
      const count = (context.state.reminders.get(key) ?? 0) + 1;
      context.state.reminders.set(key, count);
      membership.membership_status = 'PENDING_INVITE';
      membership.expires_at = new Date(context.now + 30 * day).toISOString();
      return {
        invite: {
          organization_id: membership.organization_id,
          user_id: user.id,
          inviter_email: membership.inviter_email ?? '',
          status: 'PENDING_INVITE',
          created_at: membership.created_at,
          expires_at: membership.expires_at,
          resent_at: context.at,
          resent_count: count,
        },
      };
    },
  },
  {
    method: 'GET',
    path: 'organizations/{organization_id}/users/{id}/roles',
    handle: (context) => ({ roles: findMembership(context).membership.roles }),
  },
  {
    method: 'GET',
    path: 'organizations/{organization_id}/users/{id}/permissions',
    handle(context) {
      const { membership } = findMembership(context);
      const names = new Set(membership.roles.flatMap(({ name }) => rolePermissions(context, membership, name)));
      const permissions = [...names].flatMap((name) => context.state.permissions.get(name) ?? []);
      return { permissions: permissions.map(({ id, name, description }) => ({ id, name, description, tags: [] })) };
    },
  },
];

function rolePermissions({ state }: ApiContext, { organization_id }: Membership, name: string): string[] {
  const all: string[] = [];
  const seen = new Set<string>();
  let at: string | undefined = name;
  while (at !== undefined && !seen.has(at)) {
    seen.add(at);
    const role: Role | undefined = state.roles.get(at) ?? state.organizationRoles.get(organization_id)?.get(at);
    all.push(...(role?.permissions ?? []));
    at = role?.extends;
  }
  return all;
}

export function membershipIn(user: User, { id }: { id: string }): Membership | undefined {
  return user.memberships.find(({ organization_id }) => organization_id === id);
}

function findMembership(context: ApiContext): { user: User; membership: Membership } {
  const organization = findOrganization(context);
  const user = findUser(context);
  const membership = membershipIn(user, organization);
  if (!membership) throw notFound('membership');
  return { user, membership };
}

/** Somebody who is to get an invitation is no member until it is accepted. */
export function readMembership(
  context: ApiContext,
  organization: Organization,
  given: Read<typeof membershipShape>,
): Membership {
  const { at, now, query, state } = context;
  const invites = query.flag('send_invitation_email') ?? true;
  const byDefault = [...state.roles.values()].filter(({ default_member }) => default_member).map(summaryOf);
  const roles = readRoles(context, organization.id, given.roles ?? []);
  checkMetadata('membership.metadata', given.metadata);
  return {
    organization_id: organization.id,
    name: organization.display_name,
    display_name: organization.display_name,
    membership_status: invites ? 'PENDING_INVITE' : 'ACTIVE',
    roles: roles.length > 0 ? roles : byDefault,
    metadata: given.metadata ?? {},
    provisioning_method: 'invitation',
    created_at: at,
    ...(given.inviter_email !== undefined && { inviter_email: given.inviter_email }),
    ...(invites ? { expires_at: new Date(now + 30 * day).toISOString() } : { join_time: at, accepted_at: at }),
  };
}

function readRoles(
  { state }: ApiContext,
  organizationId: string,
  given: readonly { id?: string; name?: string }[],
): Membership['roles'] {
  const known = [...state.roles.values(), ...(state.organizationRoles.get(organizationId)?.values() ?? [])];
  return given.map(({ id, name }) => {
    const role = known.find((each) => each.name === name || (name === undefined && each.id === id));
    if (!role) throw invalid('membership.roles', `there is no role '${name ?? id ?? ''}'`);
    return summaryOf(role);
  });
}
