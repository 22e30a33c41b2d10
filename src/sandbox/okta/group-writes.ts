// Making, changing and deleting groups.

import { makeId } from '../random.ts';
import { empty, json } from './answer.ts';
import { createBits } from './bits.ts';
import { note, readBody, withAppsOfAll } from './changes.ts';
import type { OktaContext, OktaRoute } from './context.ts';
import { invalidateRules } from './group-rule-run.ts';
import type { GroupRecord } from './group-seed.ts';
import { requireGroup, viewGroup } from './groups.ts';
import { OktaProblem } from './problems.ts';
import { isObject } from './shapes.ts';
import type { OktaState } from './state.ts';

export const groupWriteRoutes: readonly OktaRoute[] = [
  { method: 'POST', path: '/api/v1/groups', handle: createGroup },
  { method: 'PUT', path: '/api/v1/groups/{groupId}', handle: replaceGroup },
  { method: 'DELETE', path: '/api/v1/groups/{groupId}', handle: deleteGroup },
];

function createGroup(context: OktaContext) {
  const { state } = context;
  const profile = readProfile(state, readBody(context), undefined);
  const n = state.groups.length + state.gone.groups.size;
  const now = state.now();
  const group: GroupRecord = {
    n,
    id: makeId('00g', state.seed, n),
    type: 'OKTA_GROUP',
    ...profile,
    created: now,
    lastUpdated: now,
    lastMembershipUpdated: now,
    members: createBits(),
  };
  state.groups.push(group);
  state.version++;
  note(context, 'group.lifecycle.create', { kind: 'group', n });
  return json(viewGroup(context, group));
}

/** The whole profile is replaced: a description that is left out is gone. */
function replaceGroup(context: OktaContext) {
  const { state, params } = context;
  const group = requireGroup(state, params.groupId ?? '');
  if (group.type !== 'OKTA_GROUP') throw new OktaProblem('E0000060');
  Object.assign(group, readProfile(state, readBody(context), group));
  group.lastUpdated = state.now();
  state.version++;
  note(context, 'group.profile.update', { kind: 'group', n: group.n });
  return json(viewGroup(context, group));
}

/** Okta deletes its own groups and those brought in by applications, and takes from people what the group gave them. */
function deleteGroup(context: OktaContext) {
  const { state, params } = context;
  const group = requireGroup(state, params.groupId ?? '');
  if (group.type === 'BUILT_IN') throw new OktaProblem('E0000060');
  withAppsOfAll(context, () => {
    for (const app of state.apps) app.groups = app.groups.filter((assignment) => assignment.group !== group);
    state.groups = state.groups.filter((other) => other !== group);
    state.gone.groups.set(group.n, group);
    note(context, 'group.lifecycle.delete', { kind: 'group', n: group.n });
  });
  invalidateRules(context, group);
  for (const policy of state.policies) for (const part of [policy, ...policy.rules]) forgetGroup(part, group.id);
  return empty();
}

/** A policy stays, and names the group no more; one that has no group left applies to nobody. */
function forgetGroup(part: { body: Record<string, unknown> }, id: string): void {
  const { conditions } = part.body;
  if (!isObject(conditions) || !isObject(conditions.people) || !isObject(conditions.people.groups)) return;
  const groups = Object.fromEntries(
    Object.entries(conditions.people.groups).map(([side, ids]) => [
      side,
      Array.isArray(ids) ? ids.filter((each) => each !== id) : ids,
    ]),
  );
  part.body = { ...part.body, conditions: { ...conditions, people: { ...conditions.people, groups } } };
}

function readProfile(
  state: OktaState,
  body: Record<string, unknown>,
  own: GroupRecord | undefined,
): Pick<GroupRecord, 'name' | 'description'> {
  const profile = body.profile ?? {};
  if (typeof profile !== 'object' || Array.isArray(profile)) throw new OktaProblem('E0000003');
  const { name, description, ...others } = profile as Record<string, unknown>;
  const causes: string[] = [];
  if (typeof name !== 'string' || name.trim() === '') causes.push('name: The field cannot be left blank');
  else if (name.length > 255) causes.push('name: The field is too long');
  else if (isTaken(state, name, own))
    causes.push('name: An object with this field already exists in the current organization');
  if (description !== undefined && description !== null && typeof description !== 'string')
    causes.push('description: The value must be a string');
  else if (typeof description === 'string' && description.length > 1024)
    causes.push('description: The field is too long');
  for (const other of Object.keys(others)) causes.push(`${other}: The field is not part of the group schema`);
  if (causes.length > 0) throw new OktaProblem('E0000001', causes[0]?.split(':')[0], causes);
  return { name: name as string, description: (description as string | null | undefined) ?? undefined };
}

/** A group of an application may have the name of one of Okta's own. */
function isTaken(state: OktaState, name: string, own: GroupRecord | undefined): boolean {
  const same = (group: GroupRecord) => group.name.toLowerCase() === name.toLowerCase();
  return state.groups.some((group) => group !== own && group.type !== 'APP_GROUP' && same(group));
}
