// Ending users' passwords: https://developer.okta.com/docs/api/openapi/okta-management/management/tag/UserCred/

import { z } from 'zod';
import { nameTarget, statusChange } from '../../../core/change.ts';
import { CastellanError } from '../../../core/errors.ts';
import { defineChanges } from '../../../core/tool.ts';
import type { OktaClient } from '../client.ts';
import { checkStatus, loadUser, targetUser } from './changing.ts';
import { askForAccess, handOverFrom, sendEmail } from './hand-over.ts';
import { renaming, userId } from './shared.ts';
import { checkOwnPassword, rolesOfUser } from './user-facts.ts';

const change = defineChanges<OktaClient>();
const byIdentifier = { user_identifier: 'user_id' };
const revokeSessions = z.boolean().default(false).describe('Sign out everywhere');

export const userPasswordTools = [
  change({
    name: 'reset_okta_user_password',
    title: 'Reset a user’s password',
    description: 'Ends a user’s password and sends a mail with a link to set a new one.',
    access: 'destroy',
    scopes: ['okta.users.manage'],
    aliases: { reset_user_password: renaming(byIdentifier) },
    parameterAliases: byIdentifier,
    input: () => z.strictObject({ user_id: userId, send_email: sendEmail, revoke_sessions: revokeSessions }),
    async plan({ user_id, send_email, revoke_sessions }, { client }) {
      const user = await loadUser(client, user_id);
      const target = targetUser(user);
      checkStatus(
        target,
        user.status,
        ['ACTIVE', 'PROVISIONED', 'RECOVERY', 'PASSWORD_EXPIRED', 'LOCKED_OUT'],
        'For STAGED or DEPROVISIONED take activate_okta_user, for SUSPENDED unsuspend_okta_user first.',
      );
      checkOwnPassword(user);
      const roles = send_email ? [] : await rolesOfUser(client, user.id);
      const mail = send_email ? 'Okta mails the person a link' : 'Somebody must give the person the link';
      return {
        summary: `Reset the password of the ${nameTarget(target)}`,
        targets: [target],
        changes: user.status === 'RECOVERY' ? [] : statusChange(user.status, 'RECOVERY'),
        warnings: [
          `The person cannot sign in until they have set a new password. ${mail}.`,
          revoke_sessions ? 'The person is signed out everywhere.' : 'Sessions that are open stay open.',
        ],
        ask: askForAccess(roles, send_email ? undefined : 'link'),
        undo: { none: 'the old password is not kept' },
        async apply() {
          const query = { sendEmail: send_email, revokeSessions: revoke_sessions };
          const answer = await client.send('POST', ['users', user.id, 'lifecycle', 'reset_password'], { query });
          return send_email ? undefined : handOverFrom(answer, 'resetPasswordUrl', 'The link to set a password');
        },
      };
    },
  }),

  change({
    name: 'expire_okta_user_password',
    title: 'Expire a user’s password',
    description: 'Makes a user choose a new password at the next sign-in, with the old or a temporary one.',
    access: 'destroy',
    scopes: ['okta.users.manage'],
    input: () =>
      z.strictObject({
        user_id: userId,
        temporary_password: z
          .boolean()
          .default(false)
          .describe('Replace the password by a temporary one, handed to the operator'),
        revoke_sessions: revokeSessions.describe('With temporary_password: sign out everywhere'),
      }),
    async plan({ user_id, temporary_password, revoke_sessions }, { client }) {
      const user = await loadUser(client, user_id);
      const target = targetUser(user);
      const expired = user.status === 'PASSWORD_EXPIRED';
      checkStatus(
        target,
        user.status,
        ['ACTIVE', 'PASSWORD_EXPIRED'],
        'For PROVISIONED or RECOVERY take reactivate_okta_user; for LOCKED_OUT unlock_okta_user.',
      );
      checkOwnPassword(user);
      if (revoke_sessions && !temporary_password) throw needsTemporaryPassword();
      const roles = temporary_password ? await rolesOfUser(client, user.id) : [];
      const operation = temporary_password ? 'expire_password_with_temp_password' : 'expire_password';
      return {
        summary: temporary_password
          ? `Replace the password of the ${nameTarget(target)} by a temporary one`
          : `Expire the password of the ${nameTarget(target)}`,
        targets: [target],
        changes: expired ? [] : statusChange(user.status, 'PASSWORD_EXPIRED'),
        warnings: temporary_password
          ? [
              'The old password is gone. The temporary one is handed over here and not mailed; somebody must give it to the person.',
              revoke_sessions ? 'The person is signed out everywhere.' : 'Sessions that are open stay open.',
            ]
          : ['The old password still works once, to set a new one.'],
        ask: temporary_password ? askForAccess(roles, 'temporary password') : undefined,
        undo: { none: 'only the person can set a password' },
        already: expired && !temporary_password ? 'The password is expired already.' : undefined,
        async apply() {
          const change = temporary_password ? { query: { revokeSessions: revoke_sessions } } : {};
          const answer = await client.send('POST', ['users', user.id, 'lifecycle', operation], change);
          return temporary_password ? handOverFrom(answer, 'tempPassword', 'The temporary password') : undefined;
        },
      };
    },
  }),
];

function needsTemporaryPassword(): CastellanError {
  return new CastellanError({
    code: 'invalid_input',
    message: 'revoke_sessions needs temporary_password: Okta ends no sessions when it only expires a password.',
    hint: 'Take revoke_okta_user_sessions for the sessions.',
  });
}
