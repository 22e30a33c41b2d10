// Roles, of the environment and of single organizations, and the permissions that they are made of.

import type { ApiContext, Route } from './context.ts';
import { param } from './context.ts';
import { findOrganization } from './find.ts';
import { pageOf } from './paging.ts';
import { ApiProblem, invalid, notFound } from './problem.ts';
import type { Role } from './records.ts';
import { checkForm, checkLength, roleName } from './rules.ts';
import { permissionTypes } from './words.ts';

const changeable = {
  display_name: 'text',
  description: 'text',
  extends: 'text',
  permissions: { each: 'text' },
} as const;

/** The same operations twice; an organization names its own in the path. */
function routesAt(prefix: '' | 'organizations/{org_id}/'): readonly Route[] {
  const one = `${prefix}roles/{role_name}`;
  return [
    {
      method: 'GET',
      path: `${prefix}roles`,
      handle: (context) => ({ roles: [...seenRoles(context).values()].map((role) => showAsAsked(context, role)) }),
    },
    {
      method: 'POST',
      path: `${prefix}roles`,
      status: 201,
      handle(context) {
        const roles = ownRoles(context);
        const {
          name = '',
          display_name = '',
          description = '',
          ...given
        } = context.read({ name: 'text', ...changeable });
        checkForm('role.name', name, roleName);
        if (display_name === '') throw invalid('role.display_name', 'value is required');
        if (seenRoles(context).has(name)) throw new ApiProblem(409, 'a role with this name already exists');
        const role: Role = {
          id: context.state.newId('role'),
          name,
          display_name,
          description,
          default_creator: false,
          default_member: false,
          permissions: [],
          is_org_role: prefix !== '',
        };
        change(context, role, given);
        roles.set(name, role);
        return { role: show(context, role) };
      },
    },
    {
      method: 'GET',
      path: one,
      handle: (context) => ({ role: showAsAsked(context, findRole(context, seenRoles(context))) }),
    },
    {
      method: 'PUT',
      path: one,
      handle(context) {
        const role = findRole(context, ownRoles(context));
        const given = context.read(changeable);
        checkLength('role.display_name', given.display_name, 1, 100);
        checkLength('role.description', given.description, 1, 2000);
        change(context, role, given);
        return { role: show(context, role) };
      },
    },
    {
      method: 'DELETE',
      path: one,
      handle(context) {
        const roles = ownRoles(context);
        const role = findRole(context, roles);
        remove(context, role, roles);
        return {};
      },
    },
    {
      method: 'GET',
      path: `${one}/users:count`,
      handle: (context) => ({ count: `${countHolders(context, findRole(context, seenRoles(context)).name)}` }),
    },
  ];
}

const defaultRole = { of: { id: 'text', name: 'text' } } as const;

const setDefaults = (path: string): Route => ({
  method: 'PATCH',
  path,
  handle(context) {
    const { roles } = context.state;
    const given = context.read({
      default_creator: defaultRole,
      default_member: defaultRole,
      default_creator_role: 'text',
      default_member_role: 'text',
    });
    const creator = given.default_creator_role ?? given.default_creator?.name;
    const member = given.default_member_role ?? given.default_member?.name;
    // Both are looked up before either is changed.
    for (const name of [creator, member])
      if (name && !roles.has(name)) throw invalid('role', `there is no role '${name}'`);
    for (const role of roles.values()) {
      if (creator) role.default_creator = role.name === creator;
      if (member) role.default_member = role.name === member;
    }
    const find = (is: (role: Role) => boolean) => [...roles.values()].filter(is).map((role) => show(context, role))[0];
    return {
      default_creator: find(({ default_creator }) => default_creator),
      default_member: find(({ default_member }) => default_member),
    };
  },
});

export const roleRoutes: readonly Route[] = [
  ...routesAt(''),
  ...routesAt('organizations/{org_id}/'),
  setDefaults('roles:set_defaults'),
  setDefaults('roles/default'),
  {
    method: 'GET',
    path: 'roles/{role_name}/permissions',
    handle(context) {
      const { permissions } = findRole(context, seenRoles(context));
      return { permissions: permissions.flatMap((name) => context.state.permissions.get(name) ?? []) };
    },
  },
  {
    method: 'GET',
    path: 'permissions',
    handle(context) {
      const type = context.query.word('type', permissionTypes) ?? 'ALL';
      const all = [...context.state.permissions.values()].filter(
        ({ is_scalekit_permission: isOfScalekit }) => type === 'ALL' || isOfScalekit === (type === 'SCALEKIT'),
      );
      const { items, places } = pageOf(context, all, { most: 100 });
      return { ...places, permissions: items };
    },
  },
];

/** What the path is about: the environment's roles, or an organization's own. */
function ownRoles(context: ApiContext): Map<string, Role> {
  if (context.params.org_id === undefined) return context.state.roles;
  const { id } = findOrganization(context, 'org_id');
  const known = context.state.organizationRoles.get(id) ?? new Map<string, Role>();
  context.state.organizationRoles.set(id, known);
  return known;
}

/** An organization sees those of the environment too. */
function seenRoles(context: ApiContext): Map<string, Role> {
  return new Map([...context.state.roles, ...ownRoles(context)]);
}

function findRole(context: ApiContext, roles: Map<string, Role>): Role {
  const found = roles.get(param(context, 'role_name'));
  if (!found) throw notFound('role');
  return found;
}

function change(context: ApiContext, role: Role, given: Partial<Role>): void {
  const stray = given.permissions?.find((name) => !context.state.permissions.has(name));
  if (stray !== undefined) throw invalid('role.permissions', `there is no permission '${stray}'`);
  if (given.extends && (given.extends === role.name || !seenRoles(context).has(given.extends)))
    throw invalid('role.extends', `there is no role '${given.extends}'`);
  const { extends: base, ...plain } = given;
  Object.assign(role, plain);
  if (base === '') delete role.extends;
  else if (base !== undefined) role.extends = base;
}

/** Whoever has the role must be given another. */
function remove(context: ApiContext, role: Role, roles: Map<string, Role>): void {
  const to = context.query.text('reassign_role_name');
  const other = to === undefined ? undefined : seenRoles(context).get(to);
  if (to !== undefined && (!other || other === role)) throw invalid('reassign_role_name', `there is no role '${to}'`);
  if (role.default_creator || role.default_member) throw new ApiProblem(400, 'a default role cannot be deleted');
  if ([...seenRoles(context).values()].some((each) => each.extends === role.name))
    throw new ApiProblem(400, 'other roles extend this role');
  if (!other && countHolders(context, role.name) > 0)
    throw new ApiProblem(400, 'users have this role: say which they get in its place (reassign_role_name)');
  roles.delete(role.name);
  for (const { roles: held, index } of holders(context, role.name)) {
    const twice = held.some(({ name }) => name === other?.name);
    held.splice(
      index,
      1,
      ...(other && !twice ? [{ id: other.id, name: other.name, display_name: other.display_name }] : []),
    );
  }
}

function holders({ state, params }: ApiContext, name: string) {
  return [...state.users.values()].flatMap(({ memberships }) =>
    memberships.flatMap(({ roles, organization_id }) => {
      const index = roles.findIndex((role) => role.name === name);
      const isMeant = params.org_id === undefined || params.org_id === organization_id;
      return index >= 0 && isMeant ? [{ roles, index }] : [];
    }),
  );
}

const countHolders = (context: ApiContext, name: string) => holders(context, name).length;

const included = ['permissions', 'permissions:all'] as const;

/** What a role permits is told where it is asked for. */
function showAsAsked(context: ApiContext, role: Role) {
  const include = context.query.word('include', included);
  const { permissions, ...plain } = show(context, role);
  return include === undefined ? plain : { ...plain, permissions };
}

function show(context: ApiContext, role: Role) {
  return {
    ...role,
    permissions: role.permissions.flatMap((name) => {
      const { is_scalekit_permission: _, ...permission } = context.state.permissions.get(name) ?? {};
      return 'id' in permission ? [{ ...permission, role_name: role.name }] : [];
    }),
    dependent_roles_count: [...seenRoles(context).values()].filter((each) => each.extends === role.name).length,
  };
}
