// Creating, renaming, describing and deleting groups of an identity domain.

import { z } from 'zod';
import { findChanges, nameTarget, type Undo } from '../../../core/change.ts';
import { quoted } from '../../../core/plain.ts';
import { defineChanges } from '../../../core/tool.ts';
import type { OciClient, Operation } from '../client.ts';
import { where } from '../filter.ts';
import { orUnseen } from '../seeing.ts';
import { findGiven } from './grant-facts.ts';
import {
  type Group,
  groupSchemas,
  isDynamic,
  listMembers,
  loadGroup,
  refusePrevented,
  targetGroup,
  warnOfSource,
} from './groups.ts';
import { findIamRights, loadStatements, rightsIn, warnOfRights } from './iam-rights.ts';
import { idOfMade } from './scim-changes.ts';
import { text } from './scim-views.ts';
import { groupId, itsId, wrong } from './shared.ts';

const change = defineChanges<OciClient>();

const { extension } = groupSchemas;
const name = z.string().trim().min(1).max(255);
const description = z.string().min(1).max(4_000);
const named = z.looseObject({ id: z.string(), displayName: z.string() });

/** As the domain has it: the description stands in an extension. */
const fieldsOf = (group: Group) => ({
  displayName: group.displayName,
  [extension]: { description: group[extension]?.description ?? undefined },
});

export const groupChangeTools = [
  change({
    name: 'create_oci_group',
    title: 'Create an OCI group',
    description: 'Adds an empty group to the identity domain. Next: add_oci_group_members, grant_oci_app_role.',
    access: 'write',
    scopes: ['oci:write', 'oci:read'],
    parameterAliases: { display_name: 'name' },
    input: () => z.strictObject({ name, description: description.optional() }),
    async plan({ name, description }, { client }) {
      const [rights] = await Promise.all([findIamRights(client, { displayName: name }), checkFree(client, name)]);
      const target = { type: 'group', id: '', name };
      const fields = { displayName: name, ...(description !== undefined && { [extension]: { description } }) };
      const undo = (id: string): Undo => ({ tool: 'delete_oci_group', input: { group_id: id } });
      return {
        summary: `Create the group ${quoted(name)}`,
        targets: [target],
        changes: findChanges({}, fields),
        warnings: warnOfRights(rights, 'IAM policies name a group of this name already, and count for it at once:'),
        undo: undo(itsId),
        async apply() {
          const body = { schemas: [groupSchemas.core, extension], ...fields };
          const id = idOfMade(await client.domain.send('POST', ['Groups'], { body }));
          return { targets: [{ ...target, id }], undo: undo(id) };
        },
      };
    },
  }),

  change({
    name: 'update_oci_group',
    title: 'Update an OCI group',
    description: 'Renames or describes a group of the identity domain; remove: ["description"] takes that away.',
    access: 'write',
    scopes: ['oci:write', 'oci:read'],
    idempotent: true,
    parameterAliases: { display_name: 'name' },
    input: () =>
      z.strictObject({
        group_id: groupId,
        name: name.optional(),
        description: description.optional(),
        remove: z.array(z.literal('description')).max(1).optional().describe('What to make empty'),
      }),
    async plan({ group_id, name, description, remove = [] }, { client }) {
      const removes = remove.length > 0;
      if (removes && description !== undefined)
        throw wrong('description is both set and removed.', 'Do one of the two.');
      if (name === undefined && description === undefined && !removes)
        throw wrong('Nothing was named that is to change.', 'Pass name, description or remove.');
      const group = await loadGroup(client, group_id);
      refusePrevented(group, ['update', 'replace'], 'changed');
      const before = fieldsOf(group);
      const after = {
        displayName: name ?? before.displayName,
        [extension]: { description: removes ? undefined : (description ?? before[extension]?.description) },
      };
      const changes = findChanges(before, after);
      const renamed = after.displayName !== before.displayName;
      if (renamed) await checkFree(client, after.displayName, group.id);
      const statements = renamed ? await loadStatements(client) : [];
      const [lost, got] = [before, after].map(({ displayName }) => rightsIn(statements, { displayName }));
      const target = targetGroup(group);
      const old = group[extension]?.description ?? undefined;
      return {
        summary: `Update the ${nameTarget(target)}`,
        targets: [target],
        changes,
        warnings: [
          ...warnOfRights(lost, 'It may lose what IAM policies give it by its name:'),
          ...(got === undefined ? [] : warnOfRights(got, 'It gets what IAM policies give the new name:')),
          ...warnOfSource(group),
        ],
        ask: renamed ? 'applications and IAM policies know groups, and give them rights, by their names' : undefined,
        undo: {
          tool: 'update_oci_group',
          input: {
            group_id: group.id,
            ...(renamed && { name: group.displayName }),
            ...(changes.some(({ field }) => field !== 'displayName') &&
              (old === undefined ? { remove: ['description'] } : { description: old })),
          },
        },
        already: changes.length === 0 ? 'The group says that already.' : undefined,
        async apply() {
          const path = `${extension}:description`;
          const operations: Operation[] = [
            ...(renamed ? [{ op: 'replace' as const, path: 'displayName', value: after.displayName }] : []),
            ...(removes && old !== undefined ? [{ op: 'remove' as const, path }] : []),
            ...(description !== undefined && description !== old
              ? [{ op: 'replace' as const, path, value: description }]
              : []),
          ];
          await client.domain.patch(['Groups', group.id], operations, { version: group.meta?.version ?? undefined });
          return undefined;
        },
      };
    },
  }),

  change({
    name: 'delete_oci_group',
    title: 'Delete an OCI group',
    description:
      'Removes a group: members lose what only it gave them. One with members or grants only with force: true, which removes these as well.',
    access: 'destroy',
    scopes: ['oci:destroy', 'oci:read'],
    parameterAliases: { force_delete: 'force' },
    input: () =>
      z.strictObject({
        group_id: groupId,
        force: z.boolean().default(false).describe('Also one that has members or grants'),
      }),
    async plan({ group_id, force }, { client }) {
      const group = await loadGroup(client, group_id);
      refusePrevented(group, ['delete'], 'deleted');
      const target = targetGroup(group);
      const [members, given, rules, rights] = await Promise.all([
        listMembers(client, group.id, 1),
        findGiven(client, group.id),
        findConditions(client, group.id),
        findIamRights(client, group),
      ]);
      const held = [writeCount(members.total, 'member'), writeCount(given.grants, 'grant')].filter(
        (text) => text !== undefined,
      );
      if (held.length > 0 && !force)
        throw wrong(
          `The ${nameTarget(target)} still has ${held.join(' and ')}.`,
          'Take them away first, or pass force: true to delete it with them; list_oci_grants and list_oci_users with group_id name them.',
        );
      const policy = group[extension]?.passwordPolicy?.name;
      return {
        summary: `Delete the ${nameTarget(target)}${held.length > 0 ? ` with ${held.join(' and ')}` : ''}`,
        targets: [target],
        changes: findChanges(fieldsOf(group), {}),
        touches: { members: members.total, grants: given.grants, applications: given.applications },
        warnings: [
          ...warnOfRights(rights, 'Its members lose what IAM policies give it:'),
          ...(given.admin.length > 0 ? [`Its members lose administrators’ roles (${given.admin.join(', ')}).`] : []),
          ...(rules === undefined
            ? ['Whether sign-on policies name it, whoever the requests are made as may not see.']
            : []),
          ...(rules !== undefined && rules.length > 0
            ? [`Conditions of sign-on policies name it: ${rules.map((rule) => quoted(rule)).join(', ')}.`]
            : []),
          ...(policy ? [`The password policy ${quoted(policy)} is for it.`] : []),
          ...given.warnings,
        ],
        undo: undoDeletion(group, members.total + given.grants),
        async apply() {
          const query = force ? { forceDelete: true } : undefined;
          await client.domain.send('DELETE', ['Groups', group.id], { ...(query && { query }) });
          return undefined;
        },
      };
    },
  }),
];

function writeCount(count: number, what: string): string | undefined {
  return count === 0 ? undefined : `${count} ${what}${count === 1 ? '' : 's'}`;
}

function undoDeletion(group: Group, lost: number): Undo {
  if (isDynamic(group)) return { none: 'a group that a rule fills cannot be made with these tools' };
  const about = group[extension]?.description;
  return {
    tool: 'create_oci_group',
    input: { name: group.displayName, ...(about && { description: about }) },
    but: `the new group has another id${lost > 0 ? ', no members and no grants' : ''}, and nothing refers to it`,
  };
}

/** @throws CastellanError `invalid_input` when another group has the name. */
async function checkFree(client: OciClient, name: string, self?: string): Promise<void> {
  const { items } = await client.domain.list({
    path: ['Groups'],
    filter: where.eq('displayName', name),
    attributes: ['displayName'],
    entity: named,
    max: 2,
  });
  const other = items.find(({ id }) => id !== self);
  if (!other) return;
  throw wrong(`There is a group with this name already: the ${nameTarget(targetGroup(other))}.`, 'Take another name.');
}

const conditionEntity = z.looseObject({ id: z.string(), name: text, attributeValue: text });

/** Conditions of sign-on rules that name a group, where they may be seen: their values cannot be searched for. */
async function findConditions(client: OciClient, group: string): Promise<readonly string[] | undefined> {
  const reading = client.domain.list({
    path: ['Conditions'],
    attributes: ['name', 'attributeValue'],
    entity: conditionEntity,
    max: 2_000,
  });
  const found = await orUnseen(reading);
  return found?.items
    .filter(({ attributeValue }) => attributeValue?.includes(`"${group}"`))
    .map(({ id, name }) => name ?? id);
}
