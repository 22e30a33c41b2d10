// Who is in a group of an identity domain. Members are added and removed one by one (PATCH), never by replacing the list.

import { z } from 'zod';
import { nameTarget } from '../../../core/change.ts';
import { CastellanError } from '../../../core/errors.ts';
import { quoted } from '../../../core/plain.ts';
import { defineChanges } from '../../../core/tool.ts';
import { loadByIds } from '../by-ids.ts';
import type { OciClient } from '../client.ts';
import { has, where } from '../filter.ts';
import { findGiven, type Given } from './grant-facts.ts';
import { type Group, isDynamic, loadGroup, refusePrevented, targetGroup, warnOfSource } from './groups.ts';
import { askForRights, findIamRights, type IamRights, warnOfRights } from './iam-rights.ts';
import { flag, text } from './scim-views.ts';
import { groupId, wrong } from './shared.ts';
import { idOfUser, targetUser, userRef } from './user-facts.ts';

const change = defineChanges<OciClient>();

/** A question to a person names them all. */
const maxAtOnce = 25;
const membersInput = {
  group_id: groupId,
  user_ids: z.array(userRef).min(1).max(maxAtOnce).describe(`Users by id, OCID, login or email; ${maxAtOnce} at most`),
};
const parameterAliases = { members: 'user_ids' };
const personEntity = z.looseObject({ id: z.string(), userName: text, active: flag });
type Person = z.output<typeof personEntity>;

export const groupMemberTools = [
  change({
    name: 'add_oci_group_members',
    title: 'Add users to an OCI group',
    description: 'Makes users members of a group, which gives them its applications and what IAM policies give it.',
    access: 'write',
    scopes: ['oci:write', 'oci:read'],
    idempotent: true,
    parameterAliases,
    input: () => z.strictObject(membersInput),
    async plan({ group_id, user_ids }, { client }) {
      const { group, people, inside } = await loadMembership(client, group_id, user_ids);
      const joining = people.filter(({ id }) => !inside.has(id));
      const there = people.filter(({ id }) => inside.has(id));
      const idle = joining.filter(({ active }) => active === false);
      const [given, rights] = await Promise.all([findGiven(client, group.id), findIamRights(client, group)]);
      const place = targetGroup(group);
      return {
        summary: `Add ${namePeople(joining.length > 0 ? joining : there)} to the ${nameTarget(place)}`,
        targets: [place, ...joining.map(targetUser)],
        changes: joining.map(({ id, userName }) => ({ field: `members.${id}`, after: userName ?? id })),
        touches: { people: joining.length, applications: given.applications },
        warnings: [
          ...(there.length > 0 ? [`Members already: ${namePeople(there)}.`] : []),
          ...(idle.length > 0 ? [`Deactivated: ${namePeople(idle)}.`] : []),
          ...warnOfRights(rights, 'They get what IAM policies give the group:'),
          ...warnOfSource(group),
          ...given.warnings,
        ],
        undo: {
          tool: 'remove_oci_group_members',
          input: { group_id: group.id, user_ids: joining.map(({ id }) => id) },
        },
        ask: whyAsk(group, given, rights),
        already: joining.length === 0 ? `All are members already: ${namePeople(there)}.` : undefined,
        async apply() {
          const value = joining.map(({ id }) => ({ value: id, type: 'User' }));
          await client.domain.patch(['Groups', group.id], [{ op: 'add', path: 'members', value }]);
          return undefined;
        },
      };
    },
  }),

  change({
    name: 'remove_oci_group_members',
    title: 'Remove users from an OCI group',
    description: 'Ends memberships in a group, and with them the applications and rights that only this group gave.',
    access: 'destroy',
    scopes: ['oci:destroy', 'oci:read'],
    idempotent: true,
    parameterAliases,
    input: () => z.strictObject(membersInput),
    async plan({ group_id, user_ids }, { client }) {
      const { group, people, inside } = await loadMembership(client, group_id, user_ids);
      const leaving = people.filter(({ id }) => inside.has(id));
      const outside = people.filter(({ id }) => !inside.has(id));
      const [given, rights] = await Promise.all([findGiven(client, group.id), findIamRights(client, group)]);
      const place = targetGroup(group);
      return {
        summary: `Remove ${namePeople(leaving.length > 0 ? leaving : outside)} from the ${nameTarget(place)}`,
        targets: [place, ...leaving.map(targetUser)],
        changes: leaving.map(({ id, userName }) => ({ field: `members.${id}`, before: userName ?? id })),
        touches: { people: leaving.length, applications: given.applications },
        warnings: [
          ...(outside.length > 0 ? [`Not members: ${namePeople(outside)}.`] : []),
          ...(given.admin.length > 0 ? [`They lose administrators’ roles (${given.admin.join(', ')}).`] : []),
          ...warnOfRights(rights, 'They lose what IAM policies give the group:'),
          ...warnOfSource(group),
          ...given.warnings,
        ],
        undo: {
          tool: 'add_oci_group_members',
          input: { group_id: group.id, user_ids: leaving.map(({ id }) => id) },
        },
        already: leaving.length === 0 ? `None of them is a member: ${namePeople(outside)}.` : undefined,
        async apply() {
          const operations = leaving.map(({ id }) => {
            const path = has('members', where.eq('value', id)).text;
            return { op: 'remove' as const, path };
          });
          await client.domain.patch(['Groups', group.id], operations);
          return undefined;
        },
      };
    },
  }),
];

/** Rights that come with a membership, of the identity domain and of the tenancy. */
function whyAsk(group: Group, { admin }: Given, rights: IamRights | undefined): string | undefined {
  const reasons = [
    admin.length === 0
      ? undefined
      : `membership in ${quoted(group.displayName)} gives administrators’ roles (${admin.join(', ')})`,
    askForRights(rights, group),
  ];
  const found = reasons.filter((reason) => reason !== undefined);
  return found.length === 0 ? undefined : found.join('; ');
}

async function loadMembership(client: OciClient, groupKey: string, userIds: readonly string[]) {
  const ids = [...new Set(await Promise.all(userIds.map((who) => idOfUser(client, who))))];
  const asked = { entity: personEntity, attributes: ['userName', 'active'] };
  const inGroup = where.eq('groups.value', groupKey);
  const [group, people, members] = await Promise.all([
    loadGroup(client, groupKey),
    loadByIds(client, 'Users', ids, asked),
    loadByIds(client, 'Users', ids, { ...asked, besides: inGroup }),
  ]);
  refusePrevented(group, ['update', 'replace'], 'changed');
  if (isDynamic(group))
    throw wrong(
      `A rule decides who is in the ${nameTarget(targetGroup(group))}.`,
      'Take a group of which members are named, or change the attributes that the rule asks for.',
    );
  const known = new Map(people.map((person) => [person.id, person]));
  const missing = ids.filter((id) => !known.has(id));
  if (missing.length > 0)
    throw new CastellanError({
      code: 'not_found',
      message: `The identity domain has no user ${missing.join(', ')}.`,
      hint: 'list_oci_users gives ids.',
    });
  return {
    group,
    people: ids.flatMap((id) => known.get(id) ?? []),
    inside: new Set(members.map(({ id }) => id)) as ReadonlySet<string>,
  };
}

function namePeople(people: readonly Person[]): string {
  return people.map((person) => nameTarget(targetUser(person))).join(', ');
}
