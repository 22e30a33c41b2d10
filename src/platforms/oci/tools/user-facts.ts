// What an identity domain says of a user, and how a caller names one: https://docs.oracle.com/en-us/iaas/api/#/en/identity-domains/v1/User/

import { z } from 'zod';
import type { Target } from '../../../core/change.ts';
import { CastellanError } from '../../../core/errors.ts';
import type { DomainGet, OciClient } from '../client.ts';
import { or, where } from '../filter.ts';
import { flag, metaEntity, text } from './scim-views.ts';
import { wrong } from './shared.ts';

const oracle = 'urn:ietf:params:scim:schemas:oracle:idcs:extension';
/** The extensions of a user that the tools speak of. */
export const ext = {
  enterprise: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
  user: `${oracle}:user:User`,
  state: `${oracle}:userState:User`,
  mfa: `${oracle}:mfa:User`,
  password: `${oracle}:passwordState:User`,
  capabilities: `${oracle}:capabilities:User`,
  adaptive: `${oracle}:adaptive:User`,
  questions: `${oracle}:securityQuestions:User`,
} as const;

const entry = z.looseObject({ value: text, type: text, primary: flag, verified: flag });
const listed = z.looseObject({ value: z.string(), display: text });
const roleEntity = listed.extend({ appName: text, adminRole: flag });
const deviceEntity = listed.extend({
  status: text,
  factorType: text,
  factorStatus: text,
  lastSyncTime: text,
  authenticationMethod: text,
  thirdPartyVendorName: text,
});

export const userEntity = z.looseObject({
  id: z.string().min(1),
  ocid: text,
  userName: z.string().nullish(),
  displayName: text,
  active: flag,
  name: z.looseObject({ givenName: text, middleName: text, familyName: text, formatted: text }).nullish(),
  emails: z.array(entry).nullish(),
  phoneNumbers: z.array(entry).nullish(),
  groups: z.array(listed).nullish(),
  meta: metaEntity,
  [ext.state]: z
    .looseObject({
      lastSuccessfulLoginDate: text,
      lastFailedLoginDate: text,
      loginAttempts: z.number().nullish(),
      locked: z.looseObject({ on: flag, reason: z.number().nullish(), lockDate: text }).nullish(),
      recoveryLocked: z.looseObject({ on: flag, lockDate: text }).nullish(),
    })
    .nullish(),
  [ext.mfa]: z
    .looseObject({
      mfaStatus: text,
      preferredAuthenticationFactor: text,
      preferredDevice: listed.nullish(),
      devices: z.array(deviceEntity).nullish(),
      bypassCodes: z.array(listed).nullish(),
      trustedUserAgents: z.array(listed).nullish(),
    })
    .nullish(),
  [ext.user]: z
    .looseObject({ isFederatedUser: flag, serviceUser: flag, appRoles: z.array(roleEntity).nullish() })
    .nullish(),
  [ext.password]: z.looseObject({ lastSuccessfulSetDate: text, expired: flag, mustChange: flag }).nullish(),
  [ext.capabilities]: z.record(z.string(), z.unknown()).nullish(),
  [ext.adaptive]: z.looseObject({ riskLevel: text }).nullish(),
  [ext.questions]: z.looseObject({ secQuestions: z.array(listed).nullish() }).nullish(),
});
export type User = z.output<typeof userEntity>;
export type Device = z.output<typeof deviceEntity>;

/** What every plan about a user reads. Those of the kind `request` come only when they are asked for. */
export const planned = [
  'ocid',
  'userName',
  'displayName',
  'active',
  'emails',
  'groups',
  'meta',
  `${ext.state}:locked`,
  `${ext.user}:isFederatedUser`,
  `${ext.user}:appRoles`,
];

/** Oracle's numbers for why somebody is locked (SDK, `UserExtLocked.reason`). */
const lockReasons = [
  'failed passwords',
  'by an administrator',
  'failed attempts to reset the password',
  'failed second factors',
  'failed second factors of a federated user',
  'failed database sign-ins',
] as const;
export const lockedByAdministrator = 1;

export function lockReason(reason: number | null | undefined): string | undefined {
  return reason == null ? undefined : (lockReasons[reason] ?? `reason ${reason}`);
}

export const userRef = z.string().min(1).max(320).describe('Id, OCID, login or email');

type Ask = Pick<DomainGet<User>, 'attributes' | 'attributeSets'>;
/** Of resources that are made in a domain. */
const generatedId = /^[0-9a-f]{32}$/;

/**
 * One user, by whatever names one: an email that is also somebody's login means them.
 * @throws CastellanError `not_found`; `invalid_input` where several people have the address.
 */
export async function findUser(client: OciClient, who: string, ask: Ask = { attributes: planned }): Promise<User> {
  const { domain } = client;
  if (generatedId.test(who)) return domain.get({ path: ['Users', who], ...ask, entity: userEntity });
  const filter = who.startsWith('ocid1.')
    ? where.eq('ocid', who)
    : or(
        ...(/^[\w-]{1,64}$/.test(who) ? [where.eq('id', who)] : []),
        where.eq('userName', who),
        // Of a hidden address nobody is told whose it is.
        ...(who.includes('@') && !client.hides('emails') ? [where.eq('emails.value', who)] : []),
      );
  const { items } = await domain.list({ path: ['Users'], filter, ...ask, entity: userEntity, max: 5 });
  const [first] = items;
  if (first === undefined) throw nobody();
  if (items.length === 1) return first;
  const named = items.find(({ id, userName }) => id === who || userName?.toLowerCase() === who.toLowerCase());
  if (named) return named;
  throw wrong(`Several users have this address: ${items.map(({ id }) => id).join(', ')}.`, 'Name one of them by id.');
}

/** The id alone, without a request where it was given. */
export async function idOfUser(client: OciClient, who: string): Promise<string> {
  return generatedId.test(who) ? who : (await findUser(client, who, { attributes: ['userName'] })).id;
}

function nobody(): CastellanError {
  return new CastellanError({
    code: 'not_found',
    message: 'There is no such user in the identity domain.',
    hint: 'Look the user up with list_oci_users; another identity domain of the tenancy has users of its own.',
  });
}

/** The same resource with what the operator hides: for merging into a request, never for an answer. */
export function exactUser(client: OciClient, { id }: User, attributes: readonly string[]): Promise<User> {
  return client.domain.getExact({ path: ['Users', id], attributes, entity: userEntity });
}

export function targetUser({ id, userName }: User): Target {
  return { type: 'user', id, ...(userName && { name: userName }) };
}

export function isLocked(user: User): boolean {
  return user[ext.state]?.locked?.on === true;
}

export function isActive(user: User): boolean {
  return user.active !== false;
}

/** Administrator roles of the domain that the user has, also through groups. */
export function adminRolesOf(user: User): readonly string[] {
  const roles = user[ext.user]?.appRoles ?? [];
  return [...new Set(roles.flatMap(({ adminRole, display, value }) => (adminRole ? [display ?? value] : [])))];
}

/** Why a person must be asked before somebody is let into an account. */
export function askForRoles(user: User): string | undefined {
  const roles = adminRolesOf(user);
  return roles.length === 0 ? undefined : `the account has administrator rights (${roles.join(', ')})`;
}

/** The address that OCI's mails go to. */
export function primaryEmail(user: User): string | undefined {
  return (user.emails ?? []).find(({ primary }) => primary === true)?.value ?? undefined;
}

export function recoveryEmail(user: User): string | undefined {
  return (user.emails ?? []).find(({ type }) => type === 'recovery')?.value ?? undefined;
}
