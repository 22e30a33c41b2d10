// Moving users through Okta's states: https://developer.okta.com/docs/api/openapi/okta-management/management/tag/UserLifecycle/

import { z } from 'zod';
import { findChanges, nameTarget, statusChange } from '../../../core/change.ts';
import { withoutSecrets } from '../../../core/redact.ts';
import { defineChanges } from '../../../core/tool.ts';
import type { OktaClient } from '../client.ts';
import { checkStatus, loadUser, targetUser } from './changing.ts';
import { askForAccess, handOverFrom, sendEmail } from './hand-over.ts';
import { renaming, userId } from './shared.ts';
import { countAccess, hasPassword, rolesOfUser, rolesToCome } from './user-facts.ts';

const change = defineChanges<OktaClient>();
const byIdentifier = { user_identifier: 'user_id' };

/** From each of these a user can be deactivated: from all but the last. */
const living = ['ACTIVE', 'STAGED', 'PROVISIONED', 'RECOVERY', 'PASSWORD_EXPIRED', 'LOCKED_OUT', 'SUSPENDED'];

export const userLifecycleTools = [
  change({
    name: 'activate_okta_user',
    title: 'Activate an Okta user',
    description: 'Brings a staged or deactivated user to life and sends the activation mail.',
    access: 'write',
    scopes: ['okta.users.manage'],
    input: () => z.strictObject({ user_id: userId, send_email: sendEmail }),
    async plan({ user_id, send_email }, { client }) {
      const user = await loadUser(client, user_id);
      const target = targetUser(user);
      const already = user.status === 'ACTIVE' ? 'The user is active already.' : undefined;
      if (!already) {
        checkStatus(
          target,
          user.status,
          ['STAGED', 'DEPROVISIONED'],
          'For PROVISIONED take reactivate_okta_user, for SUSPENDED unsuspend_okta_user, for LOCKED_OUT unlock_okta_user.',
        );
      }
      const staged = user.status === 'STAGED';
      const roles = already ? [] : await rolesToCome(client, user.id);
      return {
        summary: `Activate the ${nameTarget(target)}`,
        targets: [target],
        changes: statusChange(user.status, staged && hasPassword(user) ? 'ACTIVE' : 'PROVISIONED'),
        warnings: [
          send_email
            ? 'Okta mails the person a link to set a password.'
            : 'No mail is sent: somebody must give the person the link.',
          ...(staged ? [] : ['What the person had through no group (direct app assignments) does not come back.']),
        ],
        undo: {
          tool: 'deactivate_okta_user',
          input: { user_id: user.id },
          ...(staged && { but: 'the user is then deactivated and not staged again' }),
        },
        ask: askForAccess(roles, send_email ? undefined : 'link'),
        already,
        // A link can let in anybody: only a mail goes to the person.
        restores: send_email,
        async apply() {
          const query = { sendEmail: send_email };
          const answer = await client.send('POST', ['users', user.id, 'lifecycle', 'activate'], { query });
          return send_email ? undefined : handOverFrom(answer, 'activationUrl', 'The activation link');
        },
      };
    },
  }),

  change({
    name: 'reactivate_okta_user',
    title: 'Invite an Okta user again',
    description: 'Sends the activation mail again, for a user who never finished (PROVISIONED) or is in RECOVERY.',
    access: 'write',
    scopes: ['okta.users.manage'],
    aliases: { reinvite_user: renaming(byIdentifier) },
    parameterAliases: byIdentifier,
    input: () => z.strictObject({ user_id: userId, send_email: sendEmail }),
    async plan({ user_id, send_email }, { client }) {
      const user = await loadUser(client, user_id);
      const target = targetUser(user);
      checkStatus(
        target,
        user.status,
        ['PROVISIONED', 'RECOVERY'],
        'For STAGED or DEPROVISIONED take activate_okta_user; who can sign in needs no invitation.',
      );
      const roles = await rolesOfUser(client, user.id);
      return {
        summary: `Send a new activation link to the ${nameTarget(target)}`,
        targets: [target],
        changes: user.status === 'PROVISIONED' ? [] : statusChange(user.status, 'PROVISIONED'),
        warnings: ['Links that were sent before stop working.'],
        ask: askForAccess(roles, send_email ? undefined : 'link'),
        undo: {
          none: send_email
            ? 'what was sent cannot be called back'
            : 'a link cannot be called back; another one ends it',
        },
        // A link can let in anybody: only a mail goes to the person.
        restores: send_email,
        async apply() {
          const query = { sendEmail: send_email };
          const answer = await client.send('POST', ['users', user.id, 'lifecycle', 'reactivate'], { query });
          return send_email ? undefined : handOverFrom(answer, 'activationUrl', 'The activation link');
        },
      };
    },
  }),

  change({
    name: 'deactivate_okta_user',
    title: 'Deactivate an Okta user',
    description:
      'Ends an account, as when somebody leaves: takes all apps, the password and factors. For a pause take suspend_okta_user. Next: delete_okta_user.',
    access: 'destroy',
    scopes: ['okta.users.manage'],
    idempotent: true,
    input: () => z.strictObject({ user_id: userId }),
    async plan({ user_id }, { client }) {
      const user = await loadUser(client, user_id);
      const target = targetUser(user);
      const already = user.status === 'DEPROVISIONED' ? 'The user is deactivated already.' : undefined;
      if (!already) checkStatus(target, user.status, living, 'Look at the user again in a moment.');
      const touches = already ? { applications: 0, groups: 0, factors: 0 } : await countAccess(client, user.id);
      const roles = already ? [] : await rolesOfUser(client, user.id);
      return {
        summary: `Deactivate the ${nameTarget(target)}`,
        targets: [target],
        changes: statusChange(user.status, 'DEPROVISIONED'),
        touches,
        warnings: [
          'The person is signed out, loses every application, the password and all factors, and cannot sign in.',
          'Applications with provisioning may close or delete the person’s account there.',
          ...(roles && roles.length > 0 ? [`The person is an administrator (${roles.join(', ')}).`] : []),
        ],
        undo: {
          tool: 'activate_okta_user',
          input: { user_id: user.id },
          but: 'applications assigned to the person directly, the password and the factors do not come back: the person gets a mail and starts anew',
        },
        already,
        apply: async () => void (await client.send('POST', ['users', user.id, 'lifecycle', 'deactivate'])),
      };
    },
  }),

  change({
    name: 'delete_okta_user',
    title: 'Delete an Okta user',
    description: 'Removes a deactivated user for good. Others must be deactivated first, with deactivate_okta_user.',
    access: 'destroy',
    scopes: ['okta.users.manage'],
    parameterAliases: byIdentifier,
    input: () => z.strictObject({ user_id: userId }),
    async plan({ user_id }, { client }) {
      const user = await loadUser(client, user_id);
      const target = targetUser(user);
      // Okta's own DELETE would only deactivate a living user, and delete at the second call.
      const hint = 'Call deactivate_okta_user first and see what that does; then delete the user in a call of its own.';
      checkStatus(target, user.status, ['DEPROVISIONED'], hint);
      const { groups } = await countAccess(client, user.id);
      const { status, profile } = user;
      return {
        summary: `Delete the ${nameTarget(target)} for good`,
        targets: [target],
        changes: findChanges(withoutSecrets({ status, profile }), {}),
        touches: { groups },
        warnings: ['The profile and all memberships are lost; the name can then be given to somebody else.'],
        undo: { none: 'Okta brings no deleted user back; a new one would have another id' },
        apply: async () => void (await client.send('DELETE', ['users', user.id])),
      };
    },
  }),

  change({
    name: 'suspend_okta_user',
    title: 'Suspend an Okta user',
    description: 'Locks an active user out of everything until unsuspend_okta_user; groups, apps and factors stay.',
    access: 'destroy',
    scopes: ['okta.users.manage'],
    idempotent: true,
    input: () => z.strictObject({ user_id: userId }),
    async plan({ user_id }, { client }) {
      const user = await loadUser(client, user_id);
      const target = targetUser(user);
      const already = user.status === 'SUSPENDED' ? 'The user is suspended already.' : undefined;
      if (!already) checkStatus(target, user.status, ['ACTIVE'], 'Only an active user can be suspended.');
      return {
        summary: `Suspend the ${nameTarget(target)}`,
        targets: [target],
        changes: statusChange(user.status, 'SUSPENDED'),
        warnings: ['The user is signed out and cannot sign in.'],
        undo: { tool: 'unsuspend_okta_user', input: { user_id: user.id } },
        already,
        apply: async () => void (await client.send('POST', ['users', user.id, 'lifecycle', 'suspend'])),
      };
    },
  }),

  change({
    name: 'unsuspend_okta_user',
    title: 'Unsuspend an Okta user',
    description: 'Lets a suspended user sign in again.',
    access: 'write',
    scopes: ['okta.users.manage'],
    idempotent: true,
    input: () => z.strictObject({ user_id: userId }),
    async plan({ user_id }, { client }) {
      const user = await loadUser(client, user_id);
      const target = targetUser(user);
      const already = user.status === 'ACTIVE' ? 'The user is active already.' : undefined;
      if (!already)
        checkStatus(
          target,
          user.status,
          ['SUSPENDED'],
          'For LOCKED_OUT take unlock_okta_user, for DEPROVISIONED or STAGED activate_okta_user.',
        );
      const roles = already ? [] : await rolesOfUser(client, user.id);
      return {
        summary: `Unsuspend the ${nameTarget(target)}`,
        targets: [target],
        changes: statusChange(user.status, 'ACTIVE'),
        undo: { tool: 'suspend_okta_user', input: { user_id: user.id } },
        already,
        ask: askForAccess(roles),
        restores: true,
        apply: async () => void (await client.send('POST', ['users', user.id, 'lifecycle', 'unsuspend'])),
      };
    },
  }),

  change({
    name: 'unlock_okta_user',
    title: 'Unlock an Okta user',
    description:
      'Lets a user sign in again who was locked out by wrong passwords. First see in get_okta_event_logs whose they were.',
    access: 'write',
    scopes: ['okta.users.manage'],
    idempotent: true,
    aliases: { unlock_user_account: renaming(byIdentifier) },
    parameterAliases: byIdentifier,
    input: () => z.strictObject({ user_id: userId }),
    async plan({ user_id }, { client }) {
      const user = await loadUser(client, user_id);
      const target = targetUser(user);
      const already = user.status === 'ACTIVE' ? 'The user is active, so not locked out.' : undefined;
      if (!already) {
        checkStatus(
          target,
          user.status,
          ['LOCKED_OUT'],
          'For SUSPENDED take unsuspend_okta_user, for DEPROVISIONED or STAGED activate_okta_user.',
        );
      }
      const roles = already ? [] : await rolesOfUser(client, user.id);
      return {
        summary: `Unlock the ${nameTarget(target)}`,
        targets: [target],
        changes: statusChange(user.status, 'ACTIVE'),
        undo: { none: 'only wrong passwords lock somebody out; suspend_okta_user keeps the person out' },
        already,
        ask: askForAccess(roles),
        restores: true,
        apply: async () => void (await client.send('POST', ['users', user.id, 'lifecycle', 'unlock'])),
      };
    },
  }),
];
