// The second factors of a user: the `mfa` extension of User and AuthenticationFactorsRemover, which takes them away together
// (https://docs.oracle.com/en/cloud/paas/iam-domains-rest-api/api-multi-factor-authentication-mfa-authentication-factors-remover.html).
// A single one only the person can remove (MyDevices).

import { z } from 'zod';
import { type FieldChange, nameTarget } from '../../../core/change.ts';
import { listOutput } from '../../../core/listing.ts';
import { quoted } from '../../../core/plain.ts';
import { hidden } from '../../../core/privacy.ts';
import { defineChanges, defineTools, tableOf } from '../../../core/tool.ts';
import type { OciClient } from '../client.ts';
import { present } from './shared.ts';
import { type Device, ext, findExact, findUser, seen, type User, userRef } from './user-facts.ts';

const tool = defineTools<OciClient>();
const change = defineChanges<OciClient>();

/** All of it comes only when it is asked for. */
const factorAttributes = [
  `${ext.mfa}:mfaStatus`,
  `${ext.mfa}:preferredAuthenticationFactor`,
  `${ext.mfa}:preferredDevice`,
  `${ext.mfa}:devices`,
  `${ext.mfa}:bypassCodes`,
  `${ext.mfa}:trustedUserAgents`,
  `${ext.questions}:secQuestions`,
];
const factorView = z.object({
  id: z.string(),
  type: z.string().optional(),
  status: z.string().optional(),
  device: z.string().optional(),
  vendor: z.string().optional(),
  preferred: z.boolean().optional(),
  last_used: z.string().optional().describe('when the device was last in touch'),
});

interface Factors {
  readonly devices: readonly Device[];
  readonly bypassCodes: number;
  readonly trusted: number;
  readonly questions: number;
}

export const userFactorTools = [
  tool({
    name: 'list_oci_user_mfa_factors',
    title: 'List an OCI user’s factors',
    description: 'The second factors (MFA) that a user has enrolled, bypass codes, trusted browsers and their state.',
    access: 'read',
    scopes: ['oci:read'],
    input: () => z.strictObject({ user_id: userRef }),
    output: () =>
      listOutput('factors', factorView).extend({
        user: z.string().describe('id'),
        mfa: z.string().optional().describe('ENROLLED, UN_ENROLLED, IGNORED, DISABLED'),
        preferred: z.string().optional(),
        bypass_codes: z.number(),
        trusted_browsers: z.number(),
        security_questions: z.number(),
      }),
    table: tableOf<z.output<typeof factorView>>('factors', {
      id: (factor) => factor.id,
      type: (factor) => factor.type,
      status: (factor) => factor.status,
      device: (factor) => factor.device,
      preferred: (factor) => factor.preferred,
    }),
    async run({ user_id }, { client }) {
      const user = await findUser(client, user_id, { attributes: ['userName', 'active', ...factorAttributes] });
      const { devices, bypassCodes, trusted, questions } = factorsOf(user);
      const mfa = user[ext.mfa];
      return {
        factors: devices.map((device) => ({
          id: device.value,
          ...present({
            type: device.factorType ?? device.authenticationMethod,
            status: device.factorStatus ?? device.status,
            device: nameOf(client, device),
            vendor: device.thirdPartyVendorName,
            last_used: device.lastSyncTime,
            preferred: device.value === seen(mfa?.preferredDevice)?.value || undefined,
          }),
        })),
        complete: true,
        user: user.id,
        ...present({ mfa: mfa?.mfaStatus, preferred: mfa?.preferredAuthenticationFactor }),
        bypass_codes: bypassCodes,
        trusted_browsers: trusted,
        security_questions: questions,
      };
    },
  }),

  change({
    name: 'remove_oci_user_mfa_factor',
    title: 'Remove an OCI user’s factors',
    description:
      'Takes all second factors of a user away, as when a phone is lost, or what trusted browsers remember. OCI removes no single one; list_oci_user_mfa_factors shows them.',
    access: 'destroy',
    scopes: ['oci:destroy', 'oci:read'],
    idempotent: true,
    input: () =>
      z.strictObject({
        user_id: userRef,
        factors: z
          .enum(['mfa', 'account_recovery', 'trusted_browsers', 'all'])
          .default('mfa')
          .describe('account_recovery: how a password is recovered; trusted_browsers: kept signed in'),
      }),
    async plan({ user_id, factors }, { client }) {
      const { user, target } = await findExact(client, user_id, factorAttributes);
      const { devices, bypassCodes, trusted, questions } = factorsOf(user);
      const mfa = factors === 'mfa' || factors === 'all';
      const nothing = mfa && devices.length + bypassCodes + trusted + questions === 0;
      return {
        summary: `Take ${what[factors].of} of the ${nameTarget(target)}`,
        targets: [
          target,
          ...(mfa
            ? devices.map((device) => ({ type: 'factor', id: device.value, name: describe(client, device) }))
            : []),
        ],
        changes: mfa ? devices.map((device) => takeDevice(client, device)) : [],
        touches: mfa
          ? {
              factors: devices.length,
              bypass_codes: bypassCodes,
              trusted_browsers: trusted,
              security_questions: questions,
            }
          : {},
        warnings: [what[factors].warning],
        undo: { none: 'only the person can enroll anew' },
        already: nothing && factors === 'mfa' ? 'The user has no factors.' : undefined,
        async apply() {
          const schemas = ['urn:ietf:params:scim:schemas:oracle:idcs:AuthenticationFactorsRemover'];
          const body = { schemas, user: { value: user.id }, type: what[factors].type };
          await client.domain.send('POST', ['AuthenticationFactorsRemover'], { body });
          return undefined;
        },
      };
    },
  }),
];

/** Oracle's names for them (SDK, `AuthenticationFactorsRemover.type`). */
const what = {
  mfa: {
    type: 'MFA',
    of: 'all second factors',
    warning:
      'Devices, bypass codes, trusted browsers and security questions go together. Until the person enrolls anew, the password alone may be enough to sign in, or nothing is, as the policies say.',
  },
  account_recovery: {
    type: 'ACCOUNTRECOVERY',
    of: 'what recovers the account',
    warning: 'The person cannot recover the account by themselves until they set it up anew.',
  },
  trusted_browsers: {
    type: 'KMSI',
    of: 'what keeps browsers signed in',
    warning: 'The person must sign in again on every device that stayed signed in.',
  },
  all: {
    type: 'ALL',
    of: 'all factors, recovery and trusted browsers',
    warning:
      'Second factors, what recovers the account and what keeps browsers signed in go together. Until the person enrolls anew, the password alone may be enough to sign in, or nothing is, as the policies say.',
  },
} as const;

function factorsOf(user: User): Factors {
  const mfa = user[ext.mfa];
  return {
    devices: seen(mfa?.devices) ?? [],
    bypassCodes: seen(mfa?.bypassCodes)?.length ?? 0,
    trusted: seen(mfa?.trustedUserAgents)?.length ?? 0,
    questions: seen(user[ext.questions]?.secQuestions)?.length ?? 0,
  };
}

/** Phones and mailboxes are called by their number and address. */
function nameOf(client: OciClient, { display }: Device): string | undefined {
  if (!display) return undefined;
  return client.hides('phoneNumbers') || client.hides('emails') ? hidden : display;
}

/** `TOTP, “Maya’s phone”`. */
function describe(client: OciClient, device: Device): string {
  const name = nameOf(client, device);
  return `${device.factorType ?? device.authenticationMethod ?? 'factor'}${name ? `, ${quoted(name)}` : ''}`;
}

function takeDevice(client: OciClient, device: Device): FieldChange {
  return { field: `${ext.mfa}.devices.${device.value}`, before: describe(client, device) };
}
