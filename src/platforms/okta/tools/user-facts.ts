// What hangs on a user, as a person wants to know it before the user is changed.

import { z } from 'zod';
import { CastellanError } from '../../../core/errors.ts';
import { quoted } from '../../../core/plain.ts';
import type { OktaClient } from '../client.ts';
import { roleEntity, rolesOfGroup } from '../guard.ts';
import { groupEntity } from '../views.ts';
import type { User } from './changing.ts';
import { orUndefined } from './counting.ts';

/** More factors, groups or tiles nobody has. */
const most = 1_000;
const text = z.string().nullish();
const linkEntity = z.object({ id: z.string(), appInstanceId: text });
const credentials = z.object({
  credentials: z.object({ password: z.unknown().optional(), provider: z.object({ type: text }).nullish() }).nullish(),
});

export const factorEntity = z.object({
  id: z.string(),
  factorType: z.string(),
  provider: text,
  status: text,
  created: text,
  lastUpdated: text,
  profile: z
    .object({ name: text, phoneNumber: text, email: text, credentialId: text, authenticatorName: text })
    .nullish(),
});
export type Factor = z.output<typeof factorEntity>;

export function deviceOf({ profile }: Factor): string | undefined {
  const { name, phoneNumber, email, authenticatorName } = profile ?? {};
  return name ?? phoneNumber ?? email ?? authenticatorName ?? undefined;
}

/** `push by OKTA, “Maya’s phone”`. */
export function describeFactor(factor: Factor): string {
  const device = deviceOf(factor);
  const provider = factor.provider ? ` by ${factor.provider}` : '';
  return `${factor.factorType}${provider}${device === undefined ? '' : `, ${quoted(device)}`}`;
}

/** Those that the person has: Okta lists what is not set up, too. */
export async function loadFactors(client: OktaClient, userId: string): Promise<readonly Factor[]> {
  const { items } = await client.list({ path: ['users', userId, 'factors'], entity: factorEntity, max: most });
  return items.filter(({ status }) => status !== 'NOT_SETUP');
}

/** Without Everyone, which nobody leaves. */
async function countGroups(client: OktaClient, userId: string): Promise<number> {
  const { items } = await client.list({ path: ['users', userId, 'groups'], entity: groupEntity, max: most });
  return items.filter(({ type }) => type !== 'BUILT_IN').length;
}

/** An application can have several tiles. */
async function countApps(client: OktaClient, userId: string): Promise<number> {
  const { items } = await client.list({ path: ['users', userId, 'appLinks'], entity: linkEntity, max: most });
  return new Set(items.map(({ id, appInstanceId }) => appInstanceId ?? id)).size;
}

/** @returns undefined where the credential may not see roles. */
export async function rolesOfUser(client: OktaClient, userId: string): Promise<readonly string[] | undefined> {
  const request = { path: ['users', userId, 'roles'], entity: roleEntity, max: most };
  const list = await orUndefined(client.list(request), 'missing_scope');
  const held = list?.items.filter(({ status }) => (status ?? 'ACTIVE') === 'ACTIVE');
  return held?.map(({ type, label }) => type ?? label ?? 'a custom role');
}

/**
 * The same with what comes back with a deactivated account: its groups stay, and with them their roles, which Okta does
 * not tell of it meanwhile.
 */
export async function rolesToCome(client: OktaClient, userId: string): Promise<readonly string[] | undefined> {
  const own = await rolesOfUser(client, userId);
  if (own === undefined) return undefined;
  const { items } = await client.list({ path: ['users', userId, 'groups'], entity: groupEntity, max: most });
  const through = await Promise.all(items.map(({ id }) => orUndefined(rolesOfGroup(id, client), 'missing_scope')));
  if (through.includes(undefined)) return undefined;
  return [...new Set([...own, ...through.flatMap((roles) => roles ?? [])])];
}

/** What the person has: `{ applications, groups, factors }`. */
export async function countAccess(client: OktaClient, userId: string) {
  const [applications, groups, factors] = await Promise.all([
    countApps(client, userId),
    countGroups(client, userId),
    loadFactors(client, userId),
  ]);
  return { applications, groups, factors: factors.length };
}

/** Whether a password is set: Okta shows an empty object in its place. */
export function hasPassword(user: User): boolean {
  const password = credentials.safeParse(user).data?.credentials?.password;
  return password !== undefined && password !== null;
}

/** Where a person’s password is kept: what Okta does not keep it cannot change. */
export function checkOwnPassword(user: User): void {
  const provider = credentials.safeParse(user).data?.credentials?.provider?.type;
  if (provider !== 'FEDERATION' && provider !== 'SOCIAL') return;
  throw new CastellanError({
    code: 'invalid_input',
    message: `The user signs in through another identity provider (${provider}), so Okta has no password of theirs.`,
    hint: 'Change the password there.',
  });
}
