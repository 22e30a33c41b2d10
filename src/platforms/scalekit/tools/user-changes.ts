// Creating, changing and deleting Scalekit's users.

import { z } from 'zod';
import { findChanges, nameTarget } from '../../../core/change.ts';
import { type Fields, isMap, ownValue, pick } from '../../../core/merging.ts';
import { quoted } from '../../../core/plain.ts';
import { withoutSecrets } from '../../../core/redact.ts';
import { defineChanges } from '../../../core/tool.ts';
import type { EnvironmentClient, ScalekitClient } from '../client.ts';
import {
  externalId,
  metadataInput,
  metadataUpdate,
  removing,
  targetOf,
  warnOfDifference,
  withoutEmpty,
  withRemoved,
} from './changing.ts';
import { planFieldUpdate } from './field-update.ts';
import { loadOrganization, targetOrganization } from './organizations.ts';
import { checkRoles, roleName } from './role-facts.ts';
import { environmentAlias, environmentId, idOfMade, inSame, itsId, organizationId, userId, wrong } from './shared.ts';
import { loadUser, targetUser, userEntity } from './users.ts';

const change = defineChanges<ScalekitClient>();
const firstName = z.string().max(200);
const lastName = z.string().max(200);

export const userChangeTools = [
  change({
    name: 'create_organization_user',
    title: 'Create a Scalekit user in an organization',
    description:
      'Makes a new user and lets them into an organization, with an invitation by mail. Who exists already: add_organization_user.',
    access: 'write',
    scopes: ['org:write', 'org:read'],
    parameterAliases: environmentAlias,
    input: () =>
      z.strictObject({
        environmentId,
        organizationId,
        email: z.email().max(254),
        role: roleName.optional().describe('A role’s name; without it the default one'),
        externalId: externalId.optional(),
        firstName: firstName.optional(),
        lastName: lastName.optional(),
        metadata: metadataInput.optional(),
        sendInvitationEmail: z.boolean().default(true),
      }),
    async plan(
      { environmentId, organizationId, email, role, externalId, firstName, lastName, metadata, sendInvitationEmail },
      { client },
    ) {
      const environment = client.at(environmentId);
      const [organization, roles] = await Promise.all([
        loadOrganization(environment, organizationId),
        checkRoles(environment, organizationId, role === undefined ? [] : [role]),
        checkNew(environment, email),
      ]);
      const name = [firstName, lastName].filter(Boolean).join(' ');
      const user = withoutEmpty({
        email,
        external_id: externalId,
        user_profile: { given_name: firstName, family_name: lastName, name },
        metadata,
      });
      const target = targetOf('user', '', email);
      const owner = targetOrganization(organization);
      const undo = (id: string) => ({
        tool: 'delete_environment_user',
        input: { ...inSame(environmentId), userId: id },
        ...(sendInvitationEmail && { but: 'a mail that was sent cannot be called back' }),
      });
      return {
        summary: `Create the user ${quoted(email)} in the ${nameTarget(owner)}`,
        targets: [target, owner],
        changes: [...findChanges({}, user), ...(role === undefined ? [] : [{ field: 'roles', after: [role] }])],
        warnings: [
          sendInvitationEmail ? 'Scalekit mails the person an invitation.' : 'No mail is sent.',
          ...roles.warnings,
        ],
        undo: undo(itsId),
        ask: 'somebody new gets into the organization',
        async apply() {
          const body = role === undefined ? user : { ...user, membership: { roles: [{ name: role }] } };
          const query = { send_invitation_email: sendInvitationEmail };
          const answer = await environment.send('POST', ['organizations', organizationId, 'users'], { query, body });
          const id = idOfMade(answer, 'user');
          return { targets: [{ ...target, id }, owner], undo: undo(id), ...warnOfDifference(user, answer, 'user') };
        },
      };
    },
  }),

  change({
    name: 'update_environment_user',
    title: 'Change a Scalekit user',
    description:
      'Sets a user’s names, locale, phone number, external id or metadata; remove makes empty. The email stays.',
    access: 'write',
    scopes: ['org:write', 'org:read'],
    idempotent: true,
    parameterAliases: environmentAlias,
    input: () =>
      z.strictObject({
        environmentId,
        userId,
        firstName: firstName.optional(),
        lastName: lastName.optional(),
        name: z.string().max(400).optional().describe('As it is shown'),
        locale: z.string().max(35).optional(),
        phoneNumber: z.string().max(40).optional(),
        externalId: externalId.optional(),
        remove: removing(['firstName', 'lastName', 'name', 'locale', 'phoneNumber', 'externalId']),
        metadata: metadataUpdate.optional(),
      }),
    async plan({ environmentId, userId, ...parameters }, { client }) {
      const environment = client.at(environmentId);
      const given = asFields(withRemoved(parameters));
      if (Object.keys(given).length === 0) throw wrong('Nothing is to be changed.', 'Name what should be different.');
      const request = { path: ['users', userId], key: 'user', entity: userEntity };
      const [shown, current] = await Promise.all([loadUser(environment, userId), environment.getExact(request)]);
      const profile = isMap(given.user_profile) ? Object.keys(given.user_profile) : [];
      const before = withoutEmpty({
        ...pick(current, Object.keys(given)),
        ...(profile.length > 0 && { user_profile: pick(current.user_profile ?? {}, profile) }),
      });
      return planFieldUpdate(environment, {
        tool: 'update_environment_user',
        names: { ...inSame(environmentId), userId },
        target: targetUser(shown),
        request,
        current,
        before,
        given,
        asParameters,
        bodyOf: (after) => asSent(given, after),
      });
    },
  }),

  change({
    name: 'delete_environment_user',
    title: 'Delete a Scalekit user',
    description:
      'Removes a user from the environment and all organizations, for good. From one organization: remove_organization_user.',
    access: 'destroy',
    scopes: ['org:write', 'org:read'],
    parameterAliases: environmentAlias,
    input: () => z.strictObject({ environmentId, userId }),
    async plan({ environmentId, userId }, { client }) {
      const environment = client.at(environmentId);
      const user = await loadUser(environment, userId);
      const target = targetUser(user);
      const { email, external_id, user_profile, metadata } = user;
      const shown = withoutSecrets(withoutEmpty({ email, external_id, user_profile, metadata }));
      return {
        summary: `Delete the ${nameTarget(target)} for good`,
        targets: [target],
        changes: findChanges(shown, {}),
        touches: { organizations: user.memberships?.length ?? 0 },
        warnings: ['The person loses access to all their organizations; profile, metadata and roles are lost.'],
        undo: { none: 'Scalekit brings no deleted user back; a new one would have another id' },
        apply: async () => void (await environment.send('DELETE', ['users', userId])),
      };
    },
  }),
];

/** @throws CastellanError `invalid_input` where somebody has the address already; nothing is told where addresses are hidden. */
async function checkNew(client: EnvironmentClient, email: string): Promise<void> {
  if (client.hides('email')) return;
  const { items } = await client.list({
    path: ['users'],
    verb: 'search',
    query: { query: email.slice(0, 100) },
    key: 'users',
    entity: userEntity,
    max: 30,
    pageSize: 30,
  });
  const other = items.find((user) => user.email?.toLowerCase() === email.toLowerCase());
  if (!other) return;
  throw wrong(
    `The ${nameTarget(targetUser(other))} exists already.`,
    'Take add_organization_user to let them into the organization.',
  );
}

const profileNames = {
  firstName: 'given_name',
  lastName: 'family_name',
  name: 'name',
  locale: 'locale',
  phoneNumber: 'phone_number',
} as const;

/** The parameters that were given, as Scalekit's fields. */
function asFields({ externalId, metadata, ...names }: Fields): Fields {
  const profile = Object.entries(profileNames).flatMap(([parameter, field]) =>
    names[parameter] === undefined ? [] : [[field, names[parameter]]],
  );
  return {
    ...(externalId !== undefined && { external_id: externalId }),
    ...(profile.length > 0 && { user_profile: Object.fromEntries(profile) }),
    ...(metadata !== undefined && { metadata }),
  };
}

/** Scalekit's fields as the parameters that set them. */
function asParameters({ external_id, user_profile, metadata = {} }: Fields): Fields {
  const profile = isMap(user_profile) ? user_profile : {};
  const names = Object.entries(profileNames).flatMap(([parameter, field]) =>
    ownValue(profile, field) === undefined ? [] : [[parameter, profile[field]]],
  );
  return {
    ...(external_id !== undefined && { externalId: external_id }),
    ...Object.fromEntries(names),
    metadata,
  };
}

/** What is to be gone is sent as empty; a map is sent whole, for what becomes of keys that are not sent is not published. */
function asSent(given: Fields, after: Fields): Fields {
  const profile = isMap(after.user_profile) ? after.user_profile : {};
  return {
    ...('external_id' in given && { external_id: after.external_id ?? '' }),
    ...(isMap(given.user_profile) && {
      user_profile: Object.fromEntries(
        Object.keys(given.user_profile).map((field) => [field, ownValue(profile, field) ?? '']),
      ),
    }),
    ...('metadata' in given && { metadata: after.metadata ?? {} }),
  };
}
