// Who is in a group: https://developer.okta.com/docs/api/openapi/okta-management/management/tag/Group/

import { z } from 'zod';
import { nameTarget } from '../../../core/change.ts';
import { defineChanges } from '../../../core/tool.ts';
import type { OktaClient } from '../client.ts';
import { groupEntity } from '../views.ts';
import { askForRoles, type Group, loadGroup, loadUser, targetGroup, targetUser } from './changing.ts';
import { countGroupApps, groupsOf, loadRules, nameRules } from './group-facts.ts';
import { wrong } from './profiles.ts';
import { groupId, userId } from './shared.ts';

const change = defineChanges<OktaClient>();
const memberInput = { user_id: userId, group_id: groupId };
/** More groups than a person can be in. */
const most = 2_000;

export const groupMemberTools = [
  change({
    name: 'add_okta_group_member',
    title: 'Add a user to a group',
    description: 'Makes a user a member of a group, which gives them the group’s applications.',
    access: 'write',
    scopes: ['okta.groups.manage', 'okta.users.read'],
    idempotent: true,
    input: () => z.strictObject(memberInput),
    async plan({ user_id, group_id }, { client }) {
      const { user, group, isMember } = await loadMembership(client, user_id, group_id);
      const [person, place] = [targetUser(user), targetGroup(group)];
      if (user.status === 'DEPROVISIONED') {
        throw wrong(`The ${nameTarget(person)} is deactivated.`, 'activate_okta_user comes first.');
      }
      const { count, warning } = await countGroupApps(client, group.id);
      return {
        summary: `Add the ${nameTarget(person)} to the ${nameTarget(place)}`,
        targets: [person, place],
        changes: [{ field: `groups.${group.id}`, after: group.profile.name ?? group.id }],
        touches: { applications: count },
        warnings: warning === undefined ? [] : [warning],
        undo: { tool: 'remove_okta_group_member', input: { user_id: user.id, group_id: group.id } },
        ask: isMember ? undefined : await askForRoles(client, [place]),
        already: isMember ? 'The user is a member already.' : undefined,
        apply: async () => void (await client.send('PUT', ['groups', group.id, 'users', user.id])),
      };
    },
  }),

  change({
    name: 'remove_okta_group_member',
    title: 'Remove a user from a group',
    description: 'Ends a user’s membership in a group, and with it the applications that only this group gave them.',
    access: 'destroy',
    scopes: ['okta.groups.manage', 'okta.users.read'],
    idempotent: true,
    input: () => z.strictObject(memberInput),
    async plan({ user_id, group_id }, { client }) {
      const { user, group, isMember } = await loadMembership(client, user_id, group_id);
      const [person, place] = [targetUser(user), targetGroup(group)];
      const [{ count, warning }, rules] = await Promise.all([countGroupApps(client, group.id), loadRules(client)]);
      const filling = rules?.filter((rule) => rule.status === 'ACTIVE' && groupsOf(rule).includes(group.id)) ?? [];
      return {
        summary: `Remove the ${nameTarget(person)} from the ${nameTarget(place)}`,
        targets: [person, place],
        changes: [{ field: `groups.${group.id}`, before: group.profile.name ?? group.id }],
        touches: { applications: count },
        warnings: [
          ...(count > 0 ? ['The person loses each of the applications that no other assignment gives them.'] : []),
          ...(filling.length > 0
            ? [
                `Group rules fill this group (${nameRules(filling)}): a person whom they chose may be put back, or be kept out by Okta as an exception of the rule.`,
              ]
            : []),
          ...(warning === undefined ? [] : [warning]),
        ],
        undo: {
          tool: 'add_okta_group_member',
          input: { user_id: user.id, group_id: group.id },
          ...(count > 0 && { but: 'what applications deleted of the person’s account in the meantime stays deleted' }),
        },
        already: isMember ? undefined : 'The user is not a member.',
        apply: async () => void (await client.send('DELETE', ['groups', group.id, 'users', user.id])),
      };
    },
  }),
];

async function loadMembership(client: OktaClient, userKey: string, groupKey: string) {
  const [user, group] = await Promise.all([loadUser(client, userKey), loadGroup(client, groupKey)]);
  checkOwnMembership(group);
  const { items } = await client.list({ path: ['users', user.id, 'groups'], entity: groupEntity, max: most });
  return { user, group, isMember: items.some(({ id }) => id === group.id) };
}

/** @throws CastellanError `invalid_input` for a group whose members somebody else decides. */
export function checkOwnMembership(group: Group): void {
  if ((group.type ?? 'OKTA_GROUP') === 'OKTA_GROUP') return;
  const who = group.type === 'BUILT_IN' ? 'everybody is in it' : 'an application or directory decides who is in it';
  throw wrong(
    `The members of the ${nameTarget(targetGroup(group))} cannot be changed: it is of type ${group.type}, ${who}.`,
    'Take a group of type OKTA_GROUP.',
  );
}
