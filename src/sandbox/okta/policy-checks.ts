// What Okta refuses in a policy or rule that somebody wants to write, and how priorities shift.

import type { Part } from './policy-parts.ts';
import { policyTypes } from './policy-seed.ts';
import { invalid, OktaProblem } from './problems.ts';
import type { OktaState } from './state.ts';

interface Placed {
  priority: number;
  system: boolean;
}

/** Puts an item at the priority asked for (the last one where none is), ahead of Okta's own; the others make room. */
export function place<T extends Placed>(others: readonly T[], item: T, wanted: number | undefined): void {
  const ordered = others.toSorted((a, b) => a.priority - b.priority);
  const free = ordered.filter((other) => !other.system).length + 1;
  ordered.splice(item.system ? ordered.length : Math.min(wanted ?? free, free) - 1, 0, item);
  for (const [at, each] of ordered.entries()) each.priority = at + 1;
}

export function readPriority(body: Part): number | undefined {
  const { priority } = body;
  if (priority === undefined || priority === null) return undefined;
  if (typeof priority !== 'number' || !Number.isInteger(priority) || priority < 1)
    throw invalid('priority', 'The priority must be a whole number from 1.');
  return priority;
}

export function readName(body: Part, longest: number): string {
  const { name } = body;
  if (typeof name !== 'string' || name.trim() === '') throw invalid('name', 'The field cannot be left blank');
  if (name.length > longest) throw invalid('name', `The field is too long (maximum is ${longest} characters)`);
  return name;
}

export function readPolicyType(body: Part): string {
  const { type } = body;
  if (!policyTypes.some((known) => known === type)) throw invalid('type', 'The policy type is missing or unknown.');
  return type as string;
}

/** An object at a name, or undefined where there is none; anything else is no policy. */
export function readPart(body: Part, name: string): Part | undefined {
  const part = body[name];
  if (part === undefined || part === null) return undefined;
  if (typeof part !== 'object' || Array.isArray(part)) throw new OktaProblem('E0000003');
  return part as Part;
}

function readIds(part: Part | undefined, name: string, path: string): string[] {
  const ids = part?.[name];
  if (ids === undefined || ids === null) return [];
  if (!Array.isArray(ids) || ids.some((id) => typeof id !== 'string')) throw invalid(path, 'It must be a list of ids.');
  return ids as string[];
}

const connections: ReadonlySet<unknown> = new Set(['ANYWHERE', 'ON_NETWORK', 'OFF_NETWORK', 'ZONE']);

/** Conditions may name only groups, people and zones that are there. */
export function checkConditions(state: OktaState, conditions: Part | undefined): void {
  if (!conditions) return;
  const people = readPart(conditions, 'people');
  const groups = people && readPart(people, 'groups');
  const users = people && readPart(people, 'users');
  for (const side of ['include', 'exclude']) {
    const path = `conditions.people.groups.${side}`;
    for (const id of readIds(groups, side, path))
      if (!state.groups.some((group) => group?.id === id)) throw invalid(path, `The group ${id} does not exist.`);
    const usersPath = `conditions.people.users.${side}`;
    for (const id of readIds(users, side, usersPath))
      if (!state.usersById.has(id)) throw invalid(usersPath, `The user ${id} does not exist.`);
  }
  checkNetwork(state, readPart(conditions, 'network'));
}

function checkNetwork(state: OktaState, network: Part | undefined): void {
  if (!network) return;
  const path = 'conditions.network';
  if (!connections.has(network.connection)) throw invalid(path, 'The network connection is not valid.');
  const include = readIds(network, 'include', `${path}.include`);
  const exclude = readIds(network, 'exclude', `${path}.exclude`);
  if (network.connection === 'ZONE' && include.length > 0 === exclude.length > 0)
    throw invalid(path, 'You should either include or exclude network zones when you use zones in the policy rule.');
  for (const id of [...include, ...exclude])
    if (id !== 'ALL_ZONES' && !state.zones.some((zone) => zone.id === id))
      throw invalid(path, `The network zone ${id} does not exist.`);
}

const neededAction: Readonly<Record<string, readonly string[]>> = {
  SIGN_ON: ['signon'],
  ACCESS_POLICY: ['appSignOn'],
  PASSWORD: ['passwordChange', 'selfServicePasswordReset', 'selfServiceUnlock'],
  MFA_ENROLL: ['enroll'],
  IDP_DISCOVERY: ['idp'],
  PROFILE_ENROLLMENT: ['profileEnrollment'],
};

/** A rule says what happens: one action of its type at least; where it grants or denies, which of the two. */
export function checkActions(type: string, actions: Part | undefined): void {
  const names = neededAction[type];
  if (!names) return;
  const [first = ''] = names;
  if (!actions || !names.some((name) => readPart(actions, name)))
    throw invalid(`actions.${first}`, 'The field cannot be left blank');
  const access = (actions[first] as Part | undefined)?.access;
  const decides = type === 'SIGN_ON' || type === 'ACCESS_POLICY';
  if (decides && access !== 'ALLOW' && access !== 'DENY' && access !== 'CHALLENGE')
    throw invalid(`actions.${first}.access`, 'The access must be ALLOW, DENY or CHALLENGE.');
}
