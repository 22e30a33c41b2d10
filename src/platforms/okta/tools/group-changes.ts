// Creating, renaming and deleting groups: https://developer.okta.com/docs/api/openapi/okta-management/management/tag/Group/

import { z } from 'zod';
import { findChanges, nameTarget, type Undo } from '../../../core/change.ts';
import {
  type Fields,
  fieldsInput,
  isMap,
  mergeFields,
  pick,
  previewUpdate,
  undoMerge,
  undoWith,
} from '../../../core/merging.ts';
import { quoted } from '../../../core/plain.ts';
import { withoutSecrets } from '../../../core/redact.ts';
import { defineChanges } from '../../../core/tool.ts';
import type { OktaClient } from '../client.ts';
import { rolesOfGroup } from '../guard.ts';
import { groupEntity } from '../views.ts';
import { type Group, loadGroup, targetGroup } from './changing.ts';
import { orUndefined } from './counting.ts';
import { countGroupApps, countGroupMembers, groupsOf, loadRules, nameRules } from './group-facts.ts';
import { checkUnchanged, idOfMade } from './merging.ts';
import { checkProfile, givenOf, textOf, wrong } from './profiles.ts';
import { groupId } from './shared.ts';

const change = defineChanges<OktaClient>();
/** For the undo of what does not exist yet. */
const itsId = '(its id, once it is made)';

export const groupChangeTools = [
  change({
    name: 'create_okta_group',
    title: 'Create an Okta group',
    description: 'Adds an empty group. Next: add_okta_group_member, create_okta_group_rule.',
    access: 'write',
    scopes: ['okta.groups.manage'],
    input: () => z.strictObject({ profile: fieldsInput.describe('name, description, custom attributes') }),
    async plan({ profile: given }, { client }) {
      const profile = givenOf(checkProfile(given));
      const name = textOf(profile, 'name', 'a group has one');
      await checkFree(client, name);
      const target = { type: 'group', id: '', name };
      return {
        summary: `Create the group ${quoted(name)}`,
        targets: [target],
        changes: findChanges({}, { profile }),
        undo: undoCreation(itsId),
        async apply() {
          const id = idOfMade(await client.send('POST', ['groups'], { body: { profile } }));
          return { targets: [{ ...target, id }], undo: undoCreation(id) };
        },
      };
    },
  }),

  change({
    name: 'update_okta_group',
    title: 'Update an Okta group',
    description: 'Renames or describes a group; attributes that are not named stay, null removes one.',
    access: 'write',
    scopes: ['okta.groups.manage'],
    idempotent: true,
    input: () => z.strictObject({ group_id: groupId, profile: fieldsInput.describe('e.g. {"description":"…"}') }),
    async plan({ group_id, profile: given }, { client }) {
      const profile = checkProfile(given);
      if (profile.name === null) throw wrong('profile.name cannot be removed.', 'A group has a name.');
      const path = ['groups', group_id];
      // Exact, so that what the operator hides is sent back as it is.
      const [group, exact] = await Promise.all([loadGroup(client, group_id), client.getExact(path, fieldsInput)]);
      const whole = isMap(exact.profile) ? exact.profile : {};
      checkOwn(group, ['OKTA_GROUP'], 'changed');
      const target = targetGroup(group);
      const before = pick(group.profile, Object.keys(profile));
      const changes = previewUpdate(client, { profile: before }, { profile: givenOf(profile) }, { profile });
      const changed = changes.map(({ field }) => field.replace(/^profile\./, ''));
      const name = changed.includes('name') ? textOf(profile, 'name', 'a group has one') : undefined;
      if (name !== undefined) await checkFree(client, name, group.id);
      return {
        summary: `Update ${changed.join(', ') || Object.keys(profile).join(', ')} of the ${nameTarget(target)}`,
        targets: [target],
        changes,
        warnings: name === undefined ? [] : [byName],
        undo: undoWith(
          client,
          changes,
          undoMerge(
            client,
            { tool: 'update_okta_group', input: { group_id: group.id }, parameter: 'profile' },
            pick(whole, changed),
            pick(profile, changed),
          ),
        ),
        already: changes.length === 0 ? 'The group says that already.' : undefined,
        async apply() {
          await checkUnchanged(client, path, exact, ['lastMembershipUpdated']);
          await client.send('PUT', path, { body: { profile: mergeFields(whole, pick(profile, changed)) } });
          return undefined;
        },
      };
    },
  }),

  change({
    name: 'delete_okta_group',
    title: 'Delete an Okta group',
    description: 'Removes a group: its members lose what only it gave them, and policies and rules lose it.',
    access: 'destroy',
    scopes: ['okta.groups.manage'],
    input: () => z.strictObject({ group_id: groupId }),
    async plan({ group_id }, { client }) {
      const [group, exact] = await Promise.all([
        loadGroup(client, group_id),
        client.getExact(['groups', group_id], fieldsInput),
      ]);
      checkOwn(group, ['OKTA_GROUP', 'APP_GROUP'], 'deleted');
      const target = targetGroup(group);
      const [members, apps, rules, roles] = await Promise.all([
        countGroupMembers(client, group.id),
        countGroupApps(client, group.id),
        loadRules(client),
        orUndefined(rolesOfGroup(group.id, client), 'missing_scope'),
      ]);
      const filling = rules?.filter((rule) => groupsOf(rule).includes(group.id));
      const { profile } = group;
      return {
        summary: `Delete the ${nameTarget(target)}`,
        targets: [target],
        changes: findChanges(withoutSecrets({ profile }), {}),
        touches: {
          members: members.count,
          applications: apps.count,
          ...(filling && { group_rules: filling.length }),
        },
        warnings: [
          'Policies, rules and applications that refer to the group lose it; some rules may become invalid.',
          ...(filling && filling.length > 0 ? [`Group rules that fill it: ${nameRules(filling)}.`] : []),
          ...(filling ? [] : ['Whether group rules fill it cannot be seen with this credential.']),
          ...(roles && roles.length > 0 ? [`Its members lose administrator rights (${roles.join(', ')}).`] : []),
          ...[members.warning, apps.warning].flatMap((warning) => warning ?? []),
        ],
        undo: undoDeletion(client, exact, members.count + apps.count),
        apply: async () => void (await client.send('DELETE', ['groups', group.id])),
      };
    },
  }),
];

const byName = 'Expressions that find the group by its name (in rules, policies and applications) no longer find it.';

function undoCreation(group: string): Undo {
  return { tool: 'delete_okta_group', input: { group_id: group } };
}

function undoDeletion(client: OktaClient, group: Fields, users: number): Undo {
  if (group.type === 'APP_GROUP') return { none: 'only the application that the group comes from can bring it back' };
  const create = { tool: 'create_okta_group', input: {}, parameter: 'profile' };
  const undo = undoMerge(client, create, givenOf(isMap(group.profile) ? group.profile : {}), {});
  if ('none' in undo) return undo;
  const empty = users > 0 ? ', no members and no applications' : '';
  return { ...undo, but: `the new group has another id${empty}, and nothing refers to it` };
}

/** @throws CastellanError `invalid_input` for a group that Okta or an application keeps by itself. */
function checkOwn(group: Group, allowed: readonly string[], done: string): void {
  const type = group.type ?? 'OKTA_GROUP';
  if (allowed.includes(type)) return;
  throw wrong(
    `The ${nameTarget(targetGroup(group))} is of type ${type} and cannot be ${done}.`,
    type === 'APP_GROUP' ? 'Change it in the application or directory that it comes from.' : undefined,
  );
}

/** @throws CastellanError `invalid_input` when another group has the name. */
async function checkFree(client: OktaClient, name: string, self?: string): Promise<void> {
  const { items } = await client.list({
    path: ['groups'],
    query: { q: name },
    entity: groupEntity,
    max: 300,
    capped: 300,
    pageSize: 200,
  });
  const other = items.find(
    ({ id, profile, type }) =>
      id !== self && type !== 'APP_GROUP' && profile.name?.toLowerCase() === name.toLowerCase(),
  );
  if (!other) return;
  throw wrong(`There is a group with this name already: the ${nameTarget(targetGroup(other))}.`, 'Take another name.');
}
