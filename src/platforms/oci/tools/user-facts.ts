// What an identity domain says of a user, and how a caller names one: https://docs.oracle.com/en-us/iaas/api/#/en/identity-domains/v1/User/

import { z } from 'zod';
import type { Target } from '../../../core/change.ts';
import { CastellanError } from '../../../core/errors.ts';
import { hidden } from '../../../core/privacy.ts';
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

/** What an operator hides has a text in its place, whatever it was. */
const hideable = <T extends z.ZodType>(schema: T) => z.union([schema, z.literal(hidden)]).nullish();
const yesOrNo = hideable(z.boolean());
const listOf = <T extends z.ZodType>(item: T) => hideable(z.array(item));

export const userEntity = z.looseObject({
  id: z.string().min(1),
  ocid: text,
  userName: text,
  displayName: text,
  active: yesOrNo,
  name: hideable(z.looseObject({ givenName: text, middleName: text, familyName: text, formatted: text })),
  emails: listOf(entry),
  phoneNumbers: listOf(entry),
  groups: listOf(listed),
  meta: metaEntity,
  [ext.state]: z
    .looseObject({
      lastSuccessfulLoginDate: text,
      lastFailedLoginDate: text,
      loginAttempts: hideable(z.number()),
      locked: hideable(z.looseObject({ on: flag, reason: z.number().nullish(), lockDate: text })),
      recoveryLocked: hideable(z.looseObject({ on: flag, lockDate: text })),
    })
    .nullish(),
  [ext.mfa]: z
    .looseObject({
      mfaStatus: text,
      preferredAuthenticationFactor: text,
      preferredDevice: hideable(listed),
      devices: listOf(deviceEntity),
      bypassCodes: listOf(listed),
      trustedUserAgents: listOf(listed),
    })
    .nullish(),
  [ext.user]: z.looseObject({ isFederatedUser: yesOrNo, serviceUser: yesOrNo, appRoles: listOf(roleEntity) }).nullish(),
  [ext.password]: z.looseObject({ lastSuccessfulSetDate: text, expired: yesOrNo, mustChange: yesOrNo }).nullish(),
  [ext.capabilities]: z.record(z.string(), z.unknown()).nullish(),
  [ext.adaptive]: z.looseObject({ riskLevel: text }).nullish(),
  [ext.questions]: z.looseObject({ secQuestions: listOf(listed) }).nullish(),
});
export type User = z.output<typeof userEntity>;
export type Device = z.output<typeof deviceEntity>;

/** What is there and may be seen. */
export function seen<T>(value: T | typeof hidden | null | undefined): T | undefined {
  return value === hidden || value === null ? undefined : value;
}

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
  `${ext.state}:recoveryLocked`,
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

/**
 * The user that a plan is about, with what the operator hides: for decisions and for merging into a request, never for an
 * answer. `target` is how an answer names them.
 */
export async function findExact(
  client: OciClient,
  who: string,
  attributes: readonly string[] = planned,
): Promise<{ readonly user: User; readonly target: Target }> {
  const shown = await findUser(client, who, { attributes: ['userName'] });
  const user = await client.domain.getExact({ path: ['Users', shown.id], attributes, entity: userEntity });
  return { user, target: targetUser(shown) };
}

export function targetUser({ id, userName }: User): Target {
  return { type: 'user', id, ...(userName && { name: userName }) };
}

export function isLocked(user: User): boolean {
  return seen(user[ext.state]?.locked)?.on === true;
}

export function isActive(user: User): boolean {
  return user.active !== false;
}

/** Administrator roles of the domain that the user has, also through groups. */
export function adminRolesOf(user: User): readonly string[] {
  const roles = seen(user[ext.user]?.appRoles) ?? [];
  return [...new Set(roles.flatMap(({ adminRole, display, value }) => (adminRole ? [display ?? value] : [])))];
}

/** Why a person must be asked before somebody is let into an account. */
export function askForRoles(user: User): string | undefined {
  const roles = adminRolesOf(user);
  return roles.length === 0 ? undefined : `the account has administrator rights (${roles.join(', ')})`;
}

/** The address that OCI's mails go to. */
export function primaryEmail(user: User): string | undefined {
  return (seen(user.emails) ?? []).find(({ primary }) => primary === true)?.value ?? undefined;
}
