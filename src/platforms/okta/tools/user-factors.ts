// The authentication factors that users have enrolled: https://developer.okta.com/docs/api/openapi/okta-management/management/tag/UserFactor/

import { z } from 'zod';
import type { Target } from '../../../core/change.ts';
import { nameTarget } from '../../../core/change.ts';
import { fullObject, listInput, listOutput } from '../../../core/listing.ts';
import { defineChanges, defineTools, tableOf } from '../../../core/tool.ts';
import type { OktaClient } from '../client.ts';
import { fullOf, present } from '../views.ts';
import { checkStatus, loadUser, targetUser } from './changing.ts';
import { factorId, listParameters, userId } from './shared.ts';
import { describeFactor, deviceOf, type Factor, factorEntity, loadFactors } from './user-facts.ts';

const tool = defineTools<OktaClient>();
const change = defineChanges<OktaClient>();

const factorView = z.object({
  id: z.string(),
  type: z.string(),
  provider: z.string().optional(),
  status: z.string().optional(),
  device: z.string().optional().describe('name, number or address'),
  created: z.string().optional(),
  full: fullObject,
});

export const userFactorTools = [
  tool({
    name: 'list_okta_user_factors',
    title: 'List a user’s factors',
    description: 'The authentication factors (MFA) that a user has enrolled, and their state.',
    access: 'read',
    scopes: ['okta.users.read'],
    parameterAliases: listParameters,
    input: () => z.strictObject({ user_id: userId, ...listInput }),
    output: () => listOutput('factors', factorView),
    table: tableOf<z.output<typeof factorView>>('factors', {
      id: (factor) => factor.id,
      type: (factor) => factor.type,
      provider: (factor) => factor.provider,
      status: (factor) => factor.status,
      device: (factor) => factor.device,
    }),
    async run({ user_id, max_results, cursor, view }, { client, progress }) {
      const request = { path: ['users', user_id, 'factors'], entity: factorEntity, max: max_results, cursor, progress };
      const { items, ...tail } = await client.list(request);
      const factors = items.map((factor) => ({
        id: factor.id,
        type: factor.factorType,
        ...present({
          provider: factor.provider,
          status: factor.status,
          device: deviceOf(factor),
          created: factor.created,
        }),
        ...fullOf(factor, view),
      }));
      return { factors, ...tail };
    },
  }),

  change({
    name: 'reset_okta_user_factors',
    title: 'Reset all factors of a user',
    description:
      'Takes all MFA factors of a user, as when a phone is lost; they enroll anew. For a single one: unenroll_okta_user_factor.',
    access: 'destroy',
    scopes: ['okta.users.manage'],
    idempotent: true,
    input: () => z.strictObject({ user_id: userId }),
    async plan({ user_id }, { client }) {
      const user = await loadUser(client, user_id);
      const target = targetUser(user);
      checkStatus(
        target,
        user.status,
        ['ACTIVE', 'RECOVERY', 'PASSWORD_EXPIRED', 'LOCKED_OUT'],
        'For SUSPENDED take unsuspend_okta_user first; others have no factors yet, or none any more.',
      );
      const factors = await loadFactors(client, user.id);
      return {
        summary: `Reset all factors of the ${nameTarget(target)}`,
        targets: [target, ...factors.map(targetFactor)],
        changes: factors.map(takeFactor),
        touches: { factors: factors.length },
        warnings: [alone],
        undo: { none: onlyThePerson },
        already: factors.length === 0 ? 'The user has no factors.' : undefined,
        apply: async () => void (await client.send('POST', ['users', user.id, 'lifecycle', 'reset_factors'])),
      };
    },
  }),

  change({
    name: 'unenroll_okta_user_factor',
    title: 'Unenroll a user’s factor',
    description: 'Takes one MFA factor of a user. factor_id comes from list_okta_user_factors.',
    access: 'destroy',
    scopes: ['okta.users.manage'],
    input: () =>
      z.strictObject({
        user_id: userId,
        factor_id: factorId,
        remove_recovery_enrollment: z.boolean().default(false).describe('A phone also as a way to recover the account'),
      }),
    async plan({ user_id, factor_id, remove_recovery_enrollment }, { client }) {
      const user = await loadUser(client, user_id);
      const target = targetUser(user);
      const [factor, all] = await Promise.all([
        client.get(['users', user.id, 'factors', factor_id], factorEntity),
        loadFactors(client, user.id),
      ]);
      // What hangs on Okta Verify's push goes with it (developer.okta.com, UserFactor, Unenroll a factor).
      const withIt = isPush(factor) ? all.filter(goesWithPush) : [];
      const taken = [factor, ...withIt.filter(({ id }) => id !== factor.id)];
      const left = all.filter(({ id }) => !taken.some((each) => each.id === id)).length;
      return {
        summary: `Take the factor ${describeFactor(factor)} (${factor.id}) of the ${nameTarget(target)}`,
        targets: [target, ...taken.map(targetFactor)],
        changes: taken.map(takeFactor),
        touches: { factors_left: left },
        warnings: [
          ...(taken.length > 1 ? ['Okta takes everything of Okta Verify with its push.'] : []),
          ...(left === 0 ? [alone] : []),
          ...(remove_recovery_enrollment ? ['The person can no longer recover the account with it.'] : []),
        ],
        undo: { none: onlyThePerson },
        async apply() {
          const query = { removeRecoveryEnrollment: remove_recovery_enrollment };
          await client.send('DELETE', ['users', user.id, 'factors', factor.id], { query });
          return undefined;
        },
      };
    },
  }),
];

function isPush({ factorType }: Factor): boolean {
  return factorType === 'push';
}

function goesWithPush({ factorType, provider }: Factor): boolean {
  return provider === 'OKTA' && (factorType === 'token:software:totp' || factorType === 'signed_nonce');
}

const alone =
  'Until the person enrolls a new factor, the password alone may be enough to sign in, or nothing is, as the policies say.';
const onlyThePerson = 'only the person can enroll a factor again';

function targetFactor(factor: Factor): Target {
  return { type: 'factor', id: factor.id, name: describeFactor(factor) };
}

function takeFactor(factor: Factor) {
  return { field: `factors.${factor.id}`, before: describeFactor(factor) };
}
