// Ending users' passwords: UserPasswordResetter of https://docs.oracle.com/en-us/iaas/api/#/en/identity-domains/v1/UserPasswordResetter/

import { z } from 'zod';
import { type Applied, nameTarget } from '../../../core/change.ts';
import { defineChanges } from '../../../core/tool.ts';
import type { OciClient } from '../client.ts';
import { text } from './scim-views.ts';
import { wrong } from './shared.ts';
import { askForRoles, ext, findExact, isActive, isLocked, primaryEmail, userRef } from './user-facts.ts';

const change = defineChanges<OciClient>();
const answerEntity = z.looseObject({ oneTimePassword: text, userToken: z.looseObject({ value: text }).nullish() });

export const userPasswordTools = [
  change({
    name: 'reset_oci_user_password',
    title: 'Reset an OCI user’s password',
    description:
      'Ends a user’s password; OCI mails them a link to set a new one. Who has no email gets a one-time password, handed to the operator.',
    access: 'destroy',
    scopes: ['oci:destroy', 'oci:read'],
    input: () => z.strictObject({ user_id: userRef }),
    async plan({ user_id }, { client }) {
      const { user, target } = await findExact(client, user_id);
      if (user[ext.user]?.isFederatedUser)
        throw wrong(
          'The user signs in through another identity provider, so OCI has no password of theirs.',
          'Change the password there.',
        );
      if (!isActive(user)) throw wrong(`The ${nameTarget(target)} is inactive.`, 'Take activate_oci_user first.');
      const mailed = primaryEmail(user) !== undefined;
      const given = mailed ? undefined : 'whoever holds the one-time password gets into the account';
      return {
        summary: `Reset the password of the ${nameTarget(target)}`,
        targets: [target],
        changes: [],
        warnings: [
          'The old password ends at once. Sessions that are open may stay open.',
          mailed
            ? 'OCI mails the person a link to set a new one.'
            : 'The person has no primary email: OCI gives a one-time password, which is handed to the operator.',
          ...(isLocked(user) ? ['The user is locked: take unlock_oci_user, too.'] : []),
        ],
        ask: [given, askForRoles(user)].filter(Boolean).join('; and ') || undefined,
        undo: { none: 'the old password is not kept' },
        async apply() {
          const schemas = ['urn:ietf:params:scim:schemas:oracle:idcs:UserPasswordResetter'];
          const body = { schemas, bypassNotification: false };
          return handOver(await client.domain.send('PUT', ['UserPasswordResetter', user.id], { body }), mailed);
        },
      };
    },
  }),
];

/** Whatever lets somebody in goes to a person, also where it was not to be expected. */
function handOver(answer: unknown, mailed: boolean): Applied | undefined {
  const { oneTimePassword, userToken } = answerEntity.safeParse(answer).data ?? {};
  if (oneTimePassword) return { handOver: { what: 'The one-time password', text: oneTimePassword } };
  if (userToken?.value) return { handOver: { what: 'The token to set a password', text: userToken.value } };
  if (mailed) return undefined;
  return { warnings: ['OCI gave no one-time password: give the user an email address and reset the password again.'] };
}
