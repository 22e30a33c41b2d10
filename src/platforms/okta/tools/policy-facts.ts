// What changes of policies and rules have in common: reading them whole, whom they concern, what they push aside.

import { z } from 'zod';
import type { Target } from '../../../core/change.ts';
import { nameTarget } from '../../../core/change.ts';
import { CastellanError } from '../../../core/errors.ts';
import { type Fields, isMap } from '../../../core/merging.ts';
import { quoted } from '../../../core/plain.ts';
import type { OktaClient } from '../client.ts';
import { changesMore, isInForce } from './asking.ts';
import { countList, loadSizes, orUndefined } from './counting.ts';
import { checkUpdates } from './merging.ts';

const text = z.string().nullish();

/** A policy or a rule, with every field kept. */
const placedEntity = z.looseObject({
  id: z.string(),
  name: text,
  type: text,
  status: text,
  priority: z.number().nullish(),
  system: z.boolean().nullish(),
  conditions: z.record(z.string(), z.unknown()).nullish(),
});
export type Placed = z.output<typeof placedEntity>;

/** Okta sets these itself. `status` is sent as it is: what replaces an object without it may wake it up. */
export const placedReadOnly = ['id', 'system', 'created', 'lastUpdated', '_links', '_embedded'];

export const loadPolicy = (client: OktaClient, id: string): Promise<Placed> =>
  client.getExact(['policies', id], placedEntity);

export const loadRule = (client: OktaClient, policy: string, id: string): Promise<Placed> =>
  client.getExact(['policies', policy, 'rules', id], placedEntity);

export async function listRules(client: OktaClient, policy: string): Promise<readonly Placed[]> {
  const { items } = await client.list({ path: ['policies', policy, 'rules'], entity: placedEntity, max: 1_000 });
  return items;
}

export async function listPolicies(client: OktaClient, type: string): Promise<readonly Placed[]> {
  const { items } = await client.list({ path: ['policies'], query: { type }, entity: placedEntity, max: 1_000 });
  return items;
}

export function targetPlaced(type: 'policy' | 'rule', { id, name }: Placed): Target {
  return { type, id, ...(name && { name }) };
}

/** @throws CastellanError `invalid_input` for Okta's own policies and rules, which always apply last. */
export function refuseSystem(target: Target, { system }: Placed, what: string): void {
  if (!system) return;
  throw new CastellanError({
    code: 'invalid_input',
    message: `The ${nameTarget(target)} is Okta’s own and cannot be ${what}: it applies when nothing else does.`,
    hint: 'Put a policy or rule of your own before it.',
  });
}

/** @throws CastellanError `invalid_input` for fields that cannot be set, secrets, and parts that are of the wrong kind. */
export function checkParts(
  parameter: string,
  given: Fields,
  allowed: readonly string[],
  maps: readonly string[],
): void {
  checkUpdates(parameter, given, allowed);
  const wrong = (name: string, what: string) =>
    new CastellanError({ code: 'invalid_input', message: `${parameter}.${name} must be ${what}.` });
  if ('name' in given && (typeof given.name !== 'string' || given.name.trim() === '')) {
    throw wrong('name', 'a text with something in it');
  }
  if (given.priority != null && !(Number.isInteger(given.priority) && Number(given.priority) >= 1)) {
    throw wrong('priority', 'a whole number from 1');
  }
  for (const name of maps) {
    if (given[name] != null && !isMap(given[name])) throw wrong(name, 'an object');
  }
}

/** @throws CastellanError `invalid_input` for zones beside a connection that needs none: Okta would keep and ignore them. */
export function checkNetwork(parameter: string, conditions: unknown): void {
  const network = isMap(conditions) ? conditions.network : undefined;
  if (!isMap(network) || network.connection === 'ZONE' || network.connection === undefined) return;
  if (network.include == null && network.exclude == null) return;
  throw new CastellanError({
    code: 'invalid_input',
    message: `conditions.network.connection ${String(network.connection)} goes with no zones.`,
    hint: `Set include and exclude of ${parameter}.conditions.network to null, or connection to ZONE.`,
  });
}

/** How others move when one comes to a place: Okta lets no two stand at the same. */
export function describeShifts(
  others: readonly Placed[],
  moving: { readonly id?: string; readonly from?: number; readonly to?: number },
): readonly string[] {
  const { from = Number.POSITIVE_INFINITY, to } = moving;
  if (to === undefined || from === to) return [];
  const moved = others.flatMap(({ id, name, priority }) => {
    if (id === moving.id || priority == null) return [];
    const by = priority >= to && priority < from ? 1 : priority <= to && priority > from ? -1 : 0;
    return by === 0 ? [] : [`${quoted(name ?? id)} from ${priority} to ${priority + by}`];
  });
  if (moved.length === 0) return [];
  const more = moved.length > maxNamed ? `, and ${moved.length - maxNamed} more` : '';
  return [`Moves others: ${moved.slice(0, maxNamed).join(', ')}${more}.`];
}

/** A question is cut where it grows long. */
const maxNamed = 6;

export interface Concerned {
  readonly touches: Readonly<Record<string, number>>;
  readonly warnings: readonly string[];
}

/** Whom conditions name, with the sizes of the groups. */
export async function findConcerned(client: OktaClient, conditions: unknown): Promise<Concerned> {
  const people = isMap(conditions) && isMap(conditions.people) ? conditions.people : {};
  const [groups, users] = [idsIn(people.groups), idsIn(people.users)];
  const named = [...groups.include, ...groups.exclude];
  const sizes = await loadSizes(client, named);
  const known = new Map(sizes?.map((group) => [group.id, group]));
  const write = (id: string) => {
    const group = known.get(id);
    const members = group?.members === undefined ? '' : `, ${group.members} members`;
    return group ? `${quoted(group.name)} (${id}${members})` : id;
  };
  const list = (ids: readonly string[]) =>
    `${ids.slice(0, maxNamed).map(write).join(', ')}${ids.length > maxNamed ? `, and ${ids.length - maxNamed} more` : ''}`;
  const members = groups.include.reduce((sum, id) => sum + (known.get(id)?.members ?? 0), 0);
  const counted = groups.include.length > 0 && groups.include.every((id) => known.get(id)?.members !== undefined);
  return {
    touches: {
      ...(groups.include.length > 0 && { groups: groups.include.length }),
      ...(counted && { members }),
      ...(users.include.length > 0 && { people: users.include.length }),
    },
    warnings: [
      ...(groups.include.length > 0 ? [`It is for the groups ${list(groups.include)}.`] : []),
      ...(groups.exclude.length > 0 ? [`It is not for the groups ${list(groups.exclude)}.`] : []),
      ...(users.exclude.length > 0 ? [`It is not for ${users.exclude.length} people named in it.`] : []),
      ...(named.length > 0 && !sizes ? ['Their names and sizes are not known: that needs okta.groups.read.'] : []),
    ],
  };
}

function idsIn(part: unknown): { readonly include: readonly string[]; readonly exclude: readonly string[] } {
  const read = (list: unknown) => (Array.isArray(list) ? list.filter((id) => typeof id === 'string') : []);
  return isMap(part) ? { include: read(part.include), exclude: read(part.exclude) } : { include: [], exclude: [] };
}

/** Types whose policies are chosen by the application, not by the person. */
const ofApps = new Set(['ACCESS_POLICY', 'PROFILE_ENROLLMENT']);

/** How many applications a policy decides for. */
export async function countApps(client: OktaClient, { id, type }: Placed): Promise<Concerned> {
  if (!ofApps.has(type ?? '')) return { touches: {}, warnings: [] };
  const request = { path: ['policies', id, 'mappings'], what: 'applications with the policy' };
  // Organizations of the older kind have no mappings.
  const apps = await orUndefined(countList(client, request), 'not_found', 'missing_scope');
  if (!apps) return { touches: {}, warnings: ['How many applications it decides for is not known.'] };
  return { touches: { applications: apps.count }, warnings: apps.warning === undefined ? [] : [apps.warning] };
}

/** What a careful person would not want to overlook in what a rule does. */
export function warnOfActions(before: unknown, after: unknown): readonly string[] {
  const [was, is] = [new Map(leaves(before)), new Map(leaves(after))];
  return [...new Set([...is.keys(), ...was.keys()])].flatMap((path) => {
    const [old, value] = [was.get(path), is.get(path)];
    if (old === value) return [];
    if (path.endsWith('.access') && value === 'DENY') return [`It denies (${path}) to everybody whom it applies to.`];
    if (path.endsWith('.access') && old === 'DENY') return [`It lets in (${path}) those whom it denied before.`];
    if (path.endsWith('.requireFactor') && old === true) return ['It asks for no second factor any more.'];
    if (path.endsWith('.factorMode') && value === '1FA') return ['One factor is enough then.'];
    return [];
  });
}

const whyAsk = 'it decides who gets in, and how well they must prove who they are';

/** Names and descriptions decide nothing. */
const harmless = ['name', 'description'];

/** Why a person must be asked before a policy or rule is changed: everything counts once it is in force. */
export function askForUpdate({ status }: Placed, before: Fields, after: Fields): string | undefined {
  return isInForce(status) && changesMore(before, after, harmless) ? whyAsk : undefined;
}

/** Why a person must be asked before a policy or rule is made or comes into force. */
export function askForForce(comes: boolean): string | undefined {
  return comes ? whyAsk : undefined;
}

function leaves(value: unknown, path = 'actions'): [string, unknown][] {
  if (!isMap(value)) return [[path, value]];
  return Object.entries(value).flatMap(([name, inner]) => leaves(inner, `${path}.${name}`));
}
