// Activating, deactivating, unlocking and deleting users of an identity domain: UserStatusChanger, the lock in `userState`, and
// DELETE of https://docs.oracle.com/en-us/iaas/api/#/en/identity-domains/v1/User/

import { z } from 'zod';
import { nameTarget } from '../../../core/change.ts';
import { previewChanges } from '../../../core/merging.ts';
import { defineChanges } from '../../../core/tool.ts';
import type { OciClient } from '../client.ts';
import { present, wrong } from './shared.ts';
import {
  adminRolesOf,
  askForRoles,
  ext,
  findExact,
  isActive,
  isLocked,
  lockedByAdministrator,
  lockReason,
  primaryEmail,
  seen,
  userRef,
} from './user-facts.ts';
import { countHeld } from './user-holdings.ts';

const change = defineChanges<OciClient>();

export const userLifecycleTools = [
  change({
    name: 'activate_oci_user',
    title: 'Activate an OCI user',
    description: 'Lets an inactive user sign in again, with the groups, roles and credentials that they kept.',
    access: 'write',
    scopes: ['oci:write', 'oci:read'],
    idempotent: true,
    input: () => z.strictObject({ user_id: userRef }),
    async plan({ user_id }, { client }) {
      const { user, target } = await findExact(client, user_id);
      const already = isActive(user) ? 'The user is active already.' : undefined;
      const { touches, warnings } = already ? { touches: {}, warnings: [] } : await countHeld(client, user);
      return {
        summary: `Activate the ${nameTarget(target)}`,
        targets: [target],
        changes: already ? [] : [{ field: 'active', before: false, after: true }],
        touches,
        warnings: [...(isLocked(user) ? ['The user is locked, too: take unlock_oci_user.'] : []), ...warnings],
        undo: { tool: 'deactivate_oci_user', input: { user_id: user.id } },
        ask: already ? undefined : askForRoles(user),
        already,
        restores: true,
        apply: () => setActive(client, user.id, true),
      };
    },
  }),

  change({
    name: 'deactivate_oci_user',
    title: 'Deactivate an OCI user',
    description:
      'Keeps a user from signing in, as when somebody leaves; groups, roles and credentials stay for activate_oci_user. Next: delete_oci_user.',
    access: 'destroy',
    scopes: ['oci:destroy', 'oci:read'],
    idempotent: true,
    input: () => z.strictObject({ user_id: userRef }),
    async plan({ user_id }, { client }) {
      const { user, target } = await findExact(client, user_id);
      const already = isActive(user) ? undefined : 'The user is inactive already.';
      const { touches, warnings } = already ? { touches: {}, warnings: [] } : await countHeld(client, user);
      const roles = adminRolesOf(user);
      return {
        summary: `Deactivate the ${nameTarget(target)}`,
        targets: [target],
        changes: already ? [] : [{ field: 'active', before: true, after: false }],
        touches,
        warnings: [
          'The person cannot sign in, and what runs with their API keys and tokens stops.',
          ...(roles.length > 0 ? [`The person is an administrator (${roles.join(', ')}).`] : []),
          ...warnings,
        ],
        undo: { tool: 'activate_oci_user', input: { user_id: user.id } },
        already,
        apply: () => setActive(client, user.id, false),
      };
    },
  }),

  change({
    name: 'unlock_oci_user',
    title: 'Unlock an OCI user',
    description:
      'Lets a user sign in again who is locked, mostly by wrong passwords. First see in get_oci_user why and since when.',
    access: 'write',
    scopes: ['oci:write', 'oci:read'],
    idempotent: true,
    input: () => z.strictObject({ user_id: userRef }),
    async plan({ user_id }, { client }) {
      const { user, target } = await findExact(client, user_id);
      const state = user[ext.state];
      const lock = seen(state?.locked);
      const shut = (['locked', 'recoveryLocked'] as const).filter((name) => seen(state?.[name])?.on === true);
      const already = shut.length > 0 ? undefined : 'The user is not locked.';
      const deliberate = isLocked(user) && lock?.reason === lockedByAdministrator;
      const { reason, since } = present({ reason: lockReason(lock?.reason), since: lock?.lockDate });
      return {
        summary: `Unlock the ${nameTarget(target)}`,
        targets: [target],
        changes: shut.map((name) => ({ field: `${ext.state}.${name}.on`, before: true, after: false })),
        warnings: [
          ...(isLocked(user) ? [`Locked${reason ? ` (${reason})` : ''}${since ? ` since ${since}` : ''}.`] : []),
          ...(shut.includes('recoveryLocked')
            ? ['The recovery of the account is locked, and is unlocked with it.']
            : []),
          ...(already || isActive(user)
            ? []
            : ['The user is inactive, too, and cannot sign in until activate_oci_user.']),
        ],
        undo: { none: 'only failed attempts lock somebody; deactivate_oci_user keeps the person out' },
        ask: already
          ? undefined
          : [deliberate && 'an administrator locked the account', askForRoles(user)].filter(Boolean).join('; and ') ||
            undefined,
        already,
        restores: true,
        async apply() {
          const operations = shut.map((name) => {
            return { op: 'replace' as const, path: `${ext.state}:${name}.on`, value: false };
          });
          await client.domain.patch(['Users', user.id], operations);
          return undefined;
        },
      };
    },
  }),

  change({
    name: 'delete_oci_user',
    title: 'Delete an OCI user',
    description: 'Removes an inactive user for good. Active ones must be deactivated first, with deactivate_oci_user.',
    access: 'destroy',
    scopes: ['oci:destroy', 'oci:read'],
    input: () =>
      z.strictObject({
        user_id: userRef,
        force: z.boolean().default(false).describe('Also where other things refer to the user; those are changed too'),
      }),
    async plan({ user_id, force }, { client }) {
      const { user, target } = await findExact(client, user_id);
      if (isActive(user))
        throw wrong(
          `The ${nameTarget(target)} is active; only inactive users are deleted.`,
          'Call deactivate_oci_user first and see what that does; then delete the user in a call of its own.',
        );
      const { touches, warnings } = await countHeld(client, user);
      const { userName, displayName, active } = user;
      const primary = primaryEmail(user);
      const lost = present({ userName, displayName, active, emails: primary && { primary } });
      return {
        summary: `Delete the ${nameTarget(target)} for good${force ? ', with what refers to them' : ''}`,
        targets: [target],
        changes: previewChanges(client, lost, {}),
        touches,
        warnings: [
          'The profile, memberships, roles, API keys and tokens are lost; the login can then be given to somebody else.',
          ...(force ? ['OCI also removes every reference to the user (forceDelete), and does not tell which.'] : []),
          ...warnings,
        ],
        undo: { none: 'OCI brings no deleted user back; a new one would have another id and OCID' },
        async apply() {
          await client.domain.send('DELETE', ['Users', user.id], force ? { query: { forceDelete: true } } : {});
          return undefined;
        },
      };
    },
  }),
];

async function setActive(client: OciClient, id: string, active: boolean): Promise<undefined> {
  const body = { schemas: ['urn:ietf:params:scim:schemas:oracle:idcs:UserStatusChanger'], active };
  await client.domain.send('PUT', ['UserStatusChanger', id], { body });
}
