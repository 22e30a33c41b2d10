// Creating users and changing their profiles: https://developer.okta.com/docs/api/openapi/okta-management/management/tag/User/

import { z } from 'zod';
import { findChanges, nameTarget, type Target, type Undo } from '../../../core/change.ts';
import { type Fields, fieldsInput, narrow, pick, previewUpdate, undoMerge, undoWith } from '../../../core/merging.ts';
import { quoted } from '../../../core/plain.ts';
import { defineChanges } from '../../../core/tool.ts';
import type { OktaClient } from '../client.ts';
import { userEntity } from '../views.ts';
import { askForRoles, loadGroup, loadUser, targetGroup, targetUser } from './changing.ts';
import { orUndefined } from './counting.ts';
import { warnOfRules } from './group-facts.ts';
import { checkOwnMembership } from './group-members.ts';
import { idOfMade, warnOfDifference } from './merging.ts';
import { checkProfile, givenOf, textOf, wrong } from './profiles.ts';
import { groupId, renaming, userId } from './shared.ts';

const change = defineChanges<OktaClient>();
const updateNames = { user_identifier: 'user_id', profile_updates: 'profile' };
/** Okta’s own limit. */
const maxGroups = 20;

export const userChangeTools = [
  change({
    name: 'create_okta_user',
    title: 'Create an Okta user',
    description:
      'Adds a person. Okta mails them a link to set a password; with activate false they are staged until activate_okta_user.',
    access: 'write',
    scopes: ['okta.users.manage', 'okta.groups.read'],
    input: () =>
      z.strictObject({
        profile: fieldsInput.describe('firstName, lastName, email; login (default: email) and further attributes'),
        activate: z.boolean().default(true),
        group_ids: z.array(groupId).max(maxGroups).default([]),
      }),
    async plan({ profile: given, activate, group_ids }, { client }) {
      const profile = profileOfNew(given);
      const login = textOf(profile, 'login', 'it is what the person signs in with');
      await checkFree(client, login);
      const groups = await Promise.all([...new Set(group_ids)].map((id) => loadGroup(client, id)));
      for (const group of groups) checkOwnMembership(group);
      const targets = groups.map(targetGroup);
      const status = activate ? 'PROVISIONED' : 'STAGED';
      const named: Target = { type: 'user', id: '', name: login };
      const into =
        targets.length === 0 ? '' : ` and make them a member of the ${targets.map(nameTarget).join(', the ')}`;
      return {
        summary: `Create the user ${quoted(login)}${into}`,
        targets: [named, ...targets],
        changes: findChanges({}, { status, profile }),
        warnings: [
          activate
            ? 'Okta mails the person a link to set a password.'
            : 'The person cannot sign in yet and gets no mail.',
          ...(await warnOfRules(client, Object.keys(profile))),
        ],
        undo: undoCreation(login),
        ask: await askForRoles(client, targets),
        async apply() {
          const body = { profile, ...(groups.length > 0 && { groupIds: groups.map(({ id }) => id) }) };
          const made = await client.send('POST', ['users'], { query: { activate }, body });
          const id = idOfMade(made);
          const differs = warnOfDifference({ status, profile }, narrow(made, { status, profile }));
          return { targets: [{ ...named, id }, ...targets], undo: undoCreation(id), ...differs };
        },
      };
    },
  }),

  change({
    name: 'update_okta_user_profile',
    title: 'Update a user’s profile',
    description: 'Sets attributes of a user’s profile and leaves the others as they are; null removes a value.',
    access: 'write',
    scopes: ['okta.users.manage'],
    idempotent: true,
    aliases: { update_user_profile: renaming(updateNames) },
    parameterAliases: updateNames,
    input: () =>
      z.strictObject({ user_id: userId, profile: fieldsInput.describe('e.g. {"title":"Lead","mobilePhone":null}') }),
    async plan({ user_id, profile: given }, { client }) {
      const profile = checkProfile(given);
      const user = await loadUser(client, user_id);
      const target = targetUser(user);
      const names = Object.keys(profile);
      const before = pick(user.profile, names);
      const changes = previewUpdate(client, { profile: before }, { profile: givenOf(profile) }, { profile });
      const changed = changes.map(({ field }) => field.replace(/^profile\./, ''));
      const already = changes.length === 0 ? 'The profile says that already.' : undefined;
      const title = changed.join(', ') || names.join(', ');
      return {
        summary: `Update ${title} of the ${nameTarget(target)}`,
        targets: [target],
        changes,
        warnings: already ? [] : await warnOf(client, changed),
        undo: undoWith(
          client,
          changes,
          undoMerge(
            client,
            { tool: 'update_okta_user_profile', input: { user_id: user.id }, parameter: 'profile' },
            pick(user.profile, changed),
            pick(profile, changed),
          ),
        ),
        ask: already ? undefined : whyAsk(changed),
        already,
        async apply() {
          const body = { profile: pick(profile, changed) };
          const made = await client.send('POST', ['users', user.id], { body });
          return warnOfDifference(body, narrow(made, body));
        },
      };
    },
  }),
];

function profileOfNew(given: Fields): Fields {
  const checked = givenOf(checkProfile(given));
  const profile = { ...checked, login: checked.login ?? checked.email };
  textOf(profile, 'email', 'Okta sends its mails there');
  return profile;
}

/** @throws CastellanError `invalid_input` when somebody has the login. */
async function checkFree(client: OktaClient, login: string): Promise<void> {
  // A login with a slash cannot stand in an address; Okta itself then says whether it is taken.
  if (!userId.safeParse(login).success) return;
  // As Okta has it: where logins are hidden from assistants, they are taken all the same.
  const user = await orUndefined(client.getExact(['users', login], userEntity), 'not_found');
  if (user?.profile.login?.toLowerCase() !== login.toLowerCase()) return;
  throw wrong(
    `There is a user with this login already: the ${nameTarget({ type: 'user', id: user.id, name: login })}, ${user.status}.`,
    user.status === 'DEPROVISIONED' ? 'activate_okta_user brings a deactivated user back.' : undefined,
  );
}

function undoCreation(user: string): Undo {
  const but = 'the user is then deactivated; delete_okta_user afterwards removes it. The mail cannot be called back';
  return { tool: 'deactivate_okta_user', input: { user_id: user }, but };
}

/** Where Okta sends what lets somebody set a new password. In small letters, as they are compared. */
const recovery = new Set(['email', 'secondemail']);

function whyAsk(changed: readonly string[]): string | undefined {
  const moved = changed.filter((name) => recovery.has(name.toLowerCase()));
  const renamed = changed.some((name) => name.toLowerCase() === 'login');
  const reasons = [
    ...(moved.length > 0
      ? [`links to set a new password are mailed to ${moved.join(' and ')}: whoever reads there can take the account`]
      : []),
    ...(renamed ? ['applications and other identity providers know the person by the login'] : []),
  ];
  return reasons.length === 0 ? undefined : reasons.join('; and ');
}

async function warnOf(client: OktaClient, changed: readonly string[]): Promise<string[]> {
  return [
    ...(changed.includes('login') ? ['The person signs in with the new login from then on.'] : []),
    ...(await warnOfRules(client, changed)),
  ];
}
