// Okta's list of administrators, its custom roles and resource sets: lists that page in the body, not in a Link header.

import { json, type OktaAnswer, toTime } from './answer.ts';
import type { OktaContext, OktaRoute } from './context.ts';
import { pageOf } from './paging.ts';
import { notFound } from './problems.ts';
import type { CustomRoleRecord, ResourceSetRecord } from './role-seed.ts';
import { rolesOfUser } from './roles.ts';
import type { UserRecord } from './user-record.ts';

export const iamRoutes: readonly OktaRoute[] = [
  { method: 'GET', path: '/api/v1/iam/assignees/users', handle: listAssignees },
  { method: 'GET', path: '/api/v1/iam/roles', handle: listCustomRoles },
  { method: 'GET', path: '/api/v1/iam/roles/{roleIdOrLabel}', handle: getCustomRole },
  { method: 'GET', path: '/api/v1/iam/roles/{roleIdOrLabel}/permissions', handle: listPermissions },
  { method: 'GET', path: '/api/v1/iam/resource-sets', handle: listResourceSets },
  { method: 'GET', path: '/api/v1/iam/resource-sets/{resourceSetIdOrLabel}', handle: getResourceSet },
];

/** Everybody with a role, by themselves or through a group. */
function listAssignees(context: OktaContext): OktaAnswer {
  const { state, query, base } = context;
  const people = state.users.filter((user): user is UserRecord => !!user && rolesOfUser(state, user).length > 0);
  const page = pageOf('role-assignees', people, query, { fallback: 100, max: 100 }, (user) => user.id);
  const value = page.items.map((user) => ({
    id: user.id,
    orn: `orn:okta:directory:${state.orgId}:users:${user.id}`,
    _links: {
      self: { href: `${base}/api/v1/users/${user.id}` },
      roles: { href: `${base}/api/v1/users/${user.id}/roles` },
    },
  }));
  return json({ value, ...nextLink(context, page.next) });
}

function nextLink({ call }: OktaContext, next: string | undefined): Record<string, unknown> {
  if (next === undefined) return {};
  const url = new URL(call.url);
  url.searchParams.set('after', next);
  return { _links: { next: { href: url.href } } };
}

function listCustomRoles(context: OktaContext): OktaAnswer {
  const { state, query } = context;
  const page = pageOf('iam-roles', state.customRoles, query, { fallback: 100, max: 100 }, (role) => role.id);
  return json({
    roles: page.items.map((role) => viewCustomRole(context, role)),
    ...nextLink(context, page.next),
  });
}

function requireCustomRole({ state, params }: OktaContext): CustomRoleRecord {
  const key = params.roleIdOrLabel ?? '';
  const role = state.customRoles.find(({ id, label }) => id === key || label === key);
  if (!role) throw notFound(key, 'Role');
  return role;
}

function getCustomRole(context: OktaContext): OktaAnswer {
  return json(viewCustomRole(context, requireCustomRole(context)));
}

function viewCustomRole({ base }: OktaContext, role: CustomRoleRecord): Record<string, unknown> {
  const self = `${base}/api/v1/iam/roles/${role.id}`;
  return {
    id: role.id,
    label: role.label,
    description: role.description,
    created: toTime(role.created),
    lastUpdated: toTime(role.created),
    _links: { self: { href: self }, permissions: { href: `${self}/permissions` } },
  };
}

function listPermissions(context: OktaContext): OktaAnswer {
  const role = requireCustomRole(context);
  const self = `${context.base}/api/v1/iam/roles/${role.id}`;
  const permissions = role.permissions.map((label) => ({
    label,
    created: toTime(role.created),
    lastUpdated: toTime(role.created),
    _links: { self: { href: `${self}/permissions/${label}` }, role: { href: self } },
  }));
  return json({ permissions });
}

function listResourceSets(context: OktaContext): OktaAnswer {
  const { state, query } = context;
  const page = pageOf('resource-sets', state.resourceSets, query, { fallback: 100, max: 100 }, (set) => set.id);
  return json({
    'resource-sets': page.items.map((set) => viewResourceSet(context, set)),
    ...nextLink(context, page.next),
  });
}

function getResourceSet(context: OktaContext): OktaAnswer {
  const key = context.params.resourceSetIdOrLabel ?? '';
  const set = context.state.resourceSets.find(({ id, label }) => id === key || label === key);
  if (!set) throw notFound(key, 'ResourceSet');
  return json(viewResourceSet(context, set));
}

function viewResourceSet({ base }: OktaContext, set: ResourceSetRecord): Record<string, unknown> {
  const self = `${base}/api/v1/iam/resource-sets/${set.id}`;
  return {
    id: set.id,
    label: set.label,
    description: set.description,
    created: toTime(set.created),
    lastUpdated: toTime(set.created),
    _links: {
      self: { href: self },
      resources: { href: `${self}/resources` },
      bindings: { href: `${self}/bindings` },
    },
  };
}
