// Admin roles of people and of groups; a group's role is its members' too.

import { empty, json, type OktaAnswer, toTime } from './answer.ts';
import { hasBit } from './bits.ts';
import { note, readBody, target } from './changes.ts';
import type { OktaContext, OktaRoute } from './context.ts';
import type { GroupRecord } from './group-seed.ts';
import { requireGroup } from './groups.ts';
import type { LogTarget } from './log-record.ts';
import { makeNewId } from './new-id.ts';
import { linkHeaders } from './paging.ts';
import { invalid, notFound, OktaProblem } from './problems.ts';
import { type RoleRecord, standardRoles } from './role-seed.ts';
import type { OktaState } from './state.ts';
import type { UserRecord } from './user-record.ts';
import { requireUser } from './users.ts';

type Handler = (context: OktaContext, owner: Owner) => OktaAnswer;

export const roleRoutes: readonly OktaRoute[] = [
  ...(['users', 'groups'] as const).flatMap((kind): OktaRoute[] => {
    const path = `/api/v1/${kind}/{ownerId}/roles`;
    const handle = (handler: Handler) => (context: OktaContext) => handler(context, findOwner(context, kind));
    return [
      { method: 'GET', path, handle: handle(listRoles) },
      { method: 'POST', path, handle: handle(assignRole) },
      { method: 'GET', path: `${path}/{roleAssignmentId}`, handle: handle(getRole) },
      { method: 'DELETE', path: `${path}/{roleAssignmentId}`, handle: handle(unassignRole) },
    ];
  }),
];

type Owner = { kind: 'user'; user: UserRecord } | { kind: 'group'; group: GroupRecord };

function findOwner({ state, params }: OktaContext, kind: 'users' | 'groups'): Owner {
  const id = params.ownerId ?? '';
  return kind === 'users'
    ? { kind: 'user', user: requireUser(state, id) }
    : { kind: 'group', group: requireGroup(state, id) };
}

/** Assigned to this person or group itself. */
function isOwn({ assignee }: RoleRecord, owner: Owner): boolean {
  return owner.kind === 'user'
    ? assignee.kind === 'user' && assignee.n === owner.user.n
    : assignee.kind === 'group' && assignee.id === owner.group.id;
}

/** The person's own roles, then those that come from groups; nobody who is deactivated administers anything. */
export function rolesOfUser(state: OktaState, user: UserRecord): RoleRecord[] {
  if (user.status === 'DEPROVISIONED') return [];
  const groups = new Set(state.groups.filter((group) => hasBit(group.members, user.n)).map((group) => group.id));
  const own = state.roles.filter((role) => isOwn(role, { kind: 'user', user }));
  return [...own, ...state.roles.filter(({ assignee }) => assignee.kind === 'group' && groups.has(assignee.id))];
}

function rolesOfGroup(state: OktaState, group: GroupRecord): RoleRecord[] {
  return state.roles.filter((role) => isOwn(role, { kind: 'group', group }));
}

/** Whoever is deactivated is an administrator no more, also when activated again. */
export function revokeRolesOf(context: OktaContext, user: UserRecord): void {
  const { state } = context;
  const owner: Owner = { kind: 'user', user };
  for (const role of state.roles.filter((each) => isOwn(each, owner))) revoke(context, role, owner);
}

const rolesOf = (state: OktaState, owner: Owner) =>
  owner.kind === 'user' ? rolesOfUser(state, owner.user) : rolesOfGroup(state, owner.group);

function listRoles(context: OktaContext, owner: Owner): OktaAnswer {
  return json(
    rolesOf(context.state, owner).map((role) => viewRole(context, role, owner)),
    linkHeaders(context.call.url, undefined),
  );
}

function getRole(context: OktaContext, owner: Owner): OktaAnswer {
  const { roleAssignmentId = '' } = context.params;
  const role = rolesOf(context.state, owner).find((each) => each.id === roleAssignmentId);
  if (!role) throw notFound(roleAssignmentId, 'RoleAssignment');
  return json(viewRole(context, role, owner));
}

/** Of a group 200 with the assignment, of a person 201: so does Okta's description have it. */
function assignRole(context: OktaContext, owner: Owner): OktaAnswer {
  const { state } = context;
  const asked = readRole(context);
  checkOwner(state, owner);
  const same = (role: RoleRecord) =>
    role.type === asked.type &&
    role.custom?.role === asked.custom?.role &&
    role.custom?.resourceSet === asked.custom?.resourceSet;
  if (state.roles.some((role) => isOwn(role, owner) && same(role))) throw new OktaProblem('E0000090');
  const role: RoleRecord = {
    id: makeNewId(state, owner.kind === 'user' ? 'ra1' : 'gra'),
    ...asked,
    assignee: owner.kind === 'user' ? { kind: 'user', n: owner.user.n } : { kind: 'group', id: owner.group.id },
    created: state.now(),
  };
  state.roles.push(role);
  state.version++;
  note(
    context,
    owner.kind === 'user' ? 'user.account.privilege.grant' : 'group.privilege.grant',
    ...targetsOf(state, role, owner),
  );
  return json(viewRole(context, role, owner), {}, owner.kind === 'user' ? 201 : 200);
}

function readRole(context: OktaContext): Pick<RoleRecord, 'type' | 'custom'> {
  const { state } = context;
  const { type, role, 'resource-set': resourceSet } = readBody(context);
  if (type !== 'CUSTOM') {
    if (typeof type !== 'string' || !Object.hasOwn(standardRoles, type))
      throw invalid('type', 'The role type is missing or unknown.');
    return { type };
  }
  const found = state.customRoles.find((custom) => custom.id === role);
  if (!found) throw notFound(String(role ?? ''), 'Role');
  const set = state.resourceSets.find((candidate) => candidate.id === resourceSet);
  if (!set) throw notFound(String(resourceSet ?? ''), 'ResourceSet');
  return { type, custom: { role: found.id, resourceSet: set.id } };
}

function checkOwner(state: OktaState, owner: Owner): void {
  if (owner.kind === 'user') {
    if (owner.user.status === 'DEPROVISIONED') throw new OktaProblem('E0000038');
    return;
  }
  const { group } = owner;
  if (group.type === 'BUILT_IN') throw new OktaProblem('E0000211', group.name);
  if (group.type === 'APP_GROUP') throw new OktaProblem('E0000194', group.name);
  if (state.groupRules.some((rule) => rule.fills.includes(group.id))) throw new OktaProblem('E0000192', group.name);
  if (group.members.count > 5000) throw new OktaProblem('E0000193', group.name);
}

/** What a person has through a group can only be taken from the group. */
function unassignRole(context: OktaContext, owner: Owner): OktaAnswer {
  const { roleAssignmentId = '' } = context.params;
  const role = context.state.roles.find((each) => each.id === roleAssignmentId && isOwn(each, owner));
  if (!role) throw notFound(roleAssignmentId, 'RoleAssignment');
  revoke(context, role, owner);
  return empty();
}

function revoke(context: OktaContext, role: RoleRecord, owner: Owner): void {
  const { state } = context;
  state.roles.splice(state.roles.indexOf(role), 1);
  state.version++;
  note(
    context,
    owner.kind === 'user' ? 'user.account.privilege.revoke' : 'group.privilege.revoke',
    ...targetsOf(state, role, owner),
  );
}

function targetsOf(state: OktaState, role: RoleRecord, owner: Owner): LogTarget[] {
  const whom: LogTarget = owner.kind === 'user' ? target(owner.user) : { kind: 'group', n: owner.group.n };
  return [whom, { kind: 'other', type: 'ROLE', id: role.id, name: labelOf(state, role) }];
}

function labelOf(state: OktaState, role: RoleRecord): string {
  const custom = state.customRoles.find((each) => each.id === role.custom?.role);
  return custom?.label ?? standardRoles[role.type] ?? role.type;
}

function viewRole({ state, base }: OktaContext, role: RoleRecord, owner: Owner): Record<string, unknown> {
  const at = toTime(role.created);
  const { custom, assignee } = role;
  const iam = `${base}/api/v1/iam`;
  return {
    id: role.id,
    label: labelOf(state, role),
    type: role.type,
    status: 'ACTIVE',
    created: at,
    lastUpdated: at,
    assignmentType: assignee.kind === 'group' ? 'GROUP' : 'USER',
    ...(custom ? { role: custom.role, 'resource-set': custom.resourceSet } : {}),
    _links: {
      assignee: {
        href:
          owner.kind === 'user' ? `${base}/api/v1/users/${owner.user.id}` : `${base}/api/v1/groups/${owner.group.id}`,
      },
      ...(custom
        ? {
            role: { href: `${iam}/roles/${custom.role}` },
            'resource-set': { href: `${iam}/resource-sets/${custom.resourceSet}` },
            permissions: { href: `${iam}/roles/${custom.role}/permissions` },
          }
        : {}),
    },
  };
}
