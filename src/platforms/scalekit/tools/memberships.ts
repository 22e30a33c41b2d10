// Who belongs to which Scalekit organization, and with what roles.

import { z } from 'zod';
import { findChanges, nameTarget } from '../../../core/change.ts';
import { isSame } from '../../../core/merging.ts';
import { defineChanges } from '../../../core/tool.ts';
import type { EnvironmentClient, ScalekitClient } from '../client.ts';
import { withoutEmpty } from './changing.ts';
import { loadOrganization, targetOrganization } from './organizations.ts';
import { checkRoles, roleName } from './role-facts.ts';
import { environmentAlias, environmentId, inSame, organizationId, sendIfStill, userId, wrong } from './shared.ts';
import { loadUser, type Membership, membershipIn, rolesOf, targetUser, userEntity } from './users.ts';

const change = defineChanges<ScalekitClient>();
const roles = z.array(roleName).max(20);

export const membershipTools = [
  change({
    name: 'add_organization_user',
    title: 'Add a Scalekit user to an organization',
    description: 'Lets a user who exists into another organization. New people: create_organization_user.',
    access: 'write',
    scopes: ['org:write', 'org:read'],
    idempotent: true,
    parameterAliases: environmentAlias,
    input: () =>
      z.strictObject({
        environmentId,
        organizationId,
        userId,
        roles: roles.min(1).optional().describe('Names; without them the default one'),
        sendInvitationEmail: z.boolean().default(true),
      }),
    async plan({ environmentId, organizationId, userId, roles = [], sendInvitationEmail }, { client }) {
      const environment = client.at(environmentId);
      const [{ user, target, owner, membership }, checked] = await Promise.all([
        loadBoth(environment, organizationId, userId),
        checkRoles(environment, organizationId, roles),
      ]);
      return {
        summary: `Add the ${nameTarget(target)} to the ${nameTarget(owner)}`,
        targets: [target, owner],
        changes: findChanges({}, withoutEmpty({ organization_id: organizationId, roles })),
        warnings: [
          sendInvitationEmail ? 'Scalekit mails the person an invitation.' : 'No mail is sent.',
          ...checked.warnings,
        ],
        undo: {
          tool: 'remove_organization_user',
          input: { ...inSame(environmentId), organizationId, userId: user.id },
          ...(sendInvitationEmail && { but: 'a mail that was sent cannot be called back' }),
        },
        ask: 'somebody gets into the organization',
        already: membership && 'The user belongs to the organization already.',
        async apply() {
          const query = { send_invitation_email: sendInvitationEmail };
          const body = roles.length > 0 ? { roles: roles.map((name) => ({ name })) } : {};
          await environment.send('POST', pathOf(organizationId, userId), { query, body });
          return undefined;
        },
      };
    },
  }),

  change({
    name: 'set_organization_user_roles',
    title: 'Set a Scalekit user’s roles in an organization',
    description: 'Gives a member exactly these roles in an organization, in the place of those they have.',
    access: 'write',
    scopes: ['org:write', 'org:read'],
    idempotent: true,
    parameterAliases: environmentAlias,
    input: () =>
      z.strictObject({ environmentId, organizationId, userId, roles: roles.min(1).describe('Names of all of them') }),
    async plan({ environmentId, organizationId, userId, roles }, { client }) {
      const environment = client.at(environmentId);
      const [{ user, target, owner, membership }, checked] = await Promise.all([
        loadBoth(environment, organizationId, userId),
        checkRoles(environment, organizationId, roles),
      ]);
      checkMember(membership, nameTarget(target));
      const before = rolesOf(membership);
      const wanted = [...new Set(roles)];
      return {
        summary: `Set the roles of the ${nameTarget(target)} in the ${nameTarget(owner)}`,
        targets: [target, owner],
        changes: findChanges(withoutEmpty({ roles: before }), { roles: wanted }),
        warnings: checked.warnings,
        undo:
          before.length > 0
            ? {
                tool: 'set_organization_user_roles',
                input: { ...inSame(environmentId), organizationId, userId: user.id, roles: before },
              }
            : { none: 'Scalekit takes no empty list of roles' },
        ask: 'it changes what the person may do in the organization',
        already: isSame([...before].sort(), [...wanted].sort()) ? 'The user has these roles already.' : undefined,
        async apply() {
          const request = { path: ['users', userId], key: 'user', entity: userEntity };
          const body = { roles: wanted.map((name) => ({ name })) };
          const now = (current: z.output<typeof userEntity>) => rolesOf(membershipIn(current, organizationId));
          const send = () => environment.send('PATCH', pathOf(organizationId, userId), { body });
          await sendIfStill(environment, request, now, before, send);
          return undefined;
        },
      };
    },
  }),

  change({
    name: 'remove_organization_user',
    title: 'Remove a Scalekit user from an organization',
    description: 'Ends somebody’s membership in one organization; the user stays in others.',
    access: 'destroy',
    scopes: ['org:write', 'org:read'],
    idempotent: true,
    parameterAliases: environmentAlias,
    input: () => z.strictObject({ environmentId, organizationId, userId }),
    async plan({ environmentId, organizationId, userId }, { client }) {
      const environment = client.at(environmentId);
      const { user, target, owner, membership } = await loadBoth(environment, organizationId, userId);
      const before = rolesOf(membership);
      const others = (user.memberships ?? []).filter(({ organization_id }) => organization_id !== organizationId);
      return {
        summary: `Remove the ${nameTarget(target)} from the ${nameTarget(owner)}`,
        targets: [target, owner],
        changes: findChanges(withoutEmpty({ organization_id: organizationId, roles: before }), {}),
        touches: { other_organizations: others.length },
        warnings: [
          'The person cannot sign in to the organization any more.',
          ...(others.length === 0
            ? ['It is their only one: Scalekit is told to keep the user, who then has none.']
            : []),
        ],
        undo: {
          tool: 'add_organization_user',
          input: {
            ...inSame(environmentId),
            organizationId,
            userId: user.id,
            ...(before.length > 0 && { roles: before }),
          },
          but: 'it is a new membership: the person is invited anew, and its metadata is lost',
        },
        already: membership ? undefined : 'The user does not belong to the organization.',
        async apply() {
          // Without this, Scalekit deletes whoever belongs to no other organization.
          await environment.send('DELETE', pathOf(organizationId, userId), { query: { cascade: false } });
          return undefined;
        },
      };
    },
  }),

  change({
    name: 'resend_organization_invitation',
    title: 'Invite a Scalekit user again',
    description: 'Sends the invitation to an organization again, to somebody who has not accepted it or was too late.',
    access: 'write',
    scopes: ['org:write', 'org:read'],
    parameterAliases: environmentAlias,
    input: () => z.strictObject({ environmentId, organizationId, userId }),
    async plan({ environmentId, organizationId, userId }, { client }) {
      const environment = client.at(environmentId);
      const { user, target, owner, membership } = await loadBoth(environment, organizationId, userId);
      const status = checkMember(membership, nameTarget(target)).membership_status ?? 'UNKNOWN';
      if (!['PENDING_INVITE', 'INVITE_EXPIRED'].includes(status)) {
        throw wrong(`The ${nameTarget(target)} is ${status} there.`, 'Only who has not accepted is invited again.');
      }
      const expired = status === 'INVITE_EXPIRED';
      return {
        summary: `Send the ${nameTarget(target)} the invitation to the ${nameTarget(owner)} again`,
        targets: [target, owner],
        changes: expired ? [{ field: 'membership_status', before: status, after: 'PENDING_INVITE' }] : [],
        warnings: ['Scalekit mails the person a new invitation.'],
        undo: { none: 'what was sent cannot be called back; remove_organization_user ends the invitation' },
        ask: expired ? 'the invitation had expired: the person gets in again' : undefined,
        async apply() {
          const path = ['invites', 'organizations', organizationId, 'users', user.id, 'resend'];
          await environment.send('PATCH', path, { body: {} });
          return undefined;
        },
      };
    },
  }),
];

function pathOf(organization: string, user: string): readonly string[] {
  return ['memberships', 'organizations', organization, 'users', user];
}

async function loadBoth(client: EnvironmentClient, organizationId: string, userId: string) {
  const [user, organization] = await Promise.all([loadUser(client, userId), loadOrganization(client, organizationId)]);
  const membership = membershipIn(user, organizationId);
  return { user, membership, target: targetUser(user), owner: targetOrganization(organization) };
}

/** @throws CastellanError `invalid_input` for somebody who does not belong to the organization. */
function checkMember(membership: Membership | undefined, who: string): Membership {
  if (membership) return membership;
  throw wrong(`The ${who} does not belong to the organization.`, 'Take add_organization_user.');
}
