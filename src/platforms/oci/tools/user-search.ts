// How users of an identity domain are looked for: a SCIM filter from typed parts.

import { CastellanError } from '../../../core/errors.ts';
import { parseTime } from '../../../core/time.ts';
import type { OciClient } from '../client.ts';
import { and, type Filter, not, or, where } from '../filter.ts';
import { wrong } from './shared.ts';
import { ext } from './user-facts.ts';

/** What a query looks at. */
const foundByWords = ['userName', 'displayName', 'name.givenName', 'name.familyName', 'emails.value'];

export interface Wanted {
  readonly query?: string | undefined;
  readonly match: 'begins' | 'contains';
  readonly active?: boolean | undefined;
  readonly locked?: boolean | undefined;
  readonly mfa?: string | undefined;
  readonly group_id?: string | undefined;
  readonly last_login_before?: string | undefined;
  readonly last_login_after?: string | undefined;
  readonly never_signed_in?: boolean | undefined;
  readonly created_before?: string | undefined;
  readonly created_after?: string | undefined;
}

export async function filterOf(client: OciClient, wanted: Wanted, now: number): Promise<Filter | undefined> {
  const { query, match, active, locked, mfa, group_id, never_signed_in } = wanted;
  if (query !== undefined) refuseHidden(client, 'query', foundByWords);
  if (active !== undefined) refuseHidden(client, 'active', ['active']);
  if (locked !== undefined) refuseHidden(client, 'locked', ['locked']);
  if (mfa !== undefined) refuseHidden(client, 'mfa', ['mfaStatus']);
  if (never_signed_in !== undefined) refuseHidden(client, 'never_signed_in', ['lastSuccessfulLoginDate']);
  const [lastLogin, lockedOn] = [`${ext.state}:lastSuccessfulLoginDate`, `${ext.state}:locked.on`];
  const bounds = {
    last_login_before: [lastLogin, 'lt'],
    last_login_after: [lastLogin, 'gt'],
    created_before: ['meta.created', 'lt'],
    created_after: ['meta.created', 'gt'],
  } as const;
  if (never_signed_in === true && (wanted.last_login_before ?? wanted.last_login_after) !== undefined)
    throw wrong('Who never signed in has no last sign-in to compare.', 'Ask for one of the two.');
  const times: Filter[] = [];
  for (const [parameter, [attribute, operator]] of Object.entries(bounds)) {
    const given = wanted[parameter as keyof typeof bounds];
    if (given === undefined) continue;
    refuseHidden(client, parameter, [attribute.split(':').at(-1) ?? attribute]);
    times.push(where[operator](attribute, await readTime(parameter, given, now)));
  }
  const compare = where[match === 'begins' ? 'sw' : 'co'];
  return and(
    query === undefined ? undefined : or(...foundByWords.map((attribute) => compare(attribute, query))),
    active === undefined ? undefined : where.eq('active', active),
    // Who was never locked has no such attribute.
    locked === undefined ? undefined : locked ? where.eq(lockedOn, true) : not(where.eq(lockedOn, true)),
    mfa === undefined ? undefined : ofMfa(mfa),
    group_id === undefined ? undefined : where.eq('groups.value', group_id),
    ...times,
    never_signed_in === undefined ? undefined : never_signed_in ? not(where.pr(lastLogin)) : where.pr(lastLogin),
  );
}

/** Somebody who never met a second factor may have no status at all. */
function ofMfa(status: string): Filter {
  const attribute = `${ext.mfa}:mfaStatus`;
  return status === 'NOT_ENROLLED' ? not(where.eq(attribute, 'ENROLLED')) : where.eq(attribute, status);
}

/** Only whole dates: words such as "90 days ago" would mean another list on every page. */
async function readTime(parameter: string, text: string, now: number): Promise<Date> {
  if (!/^\d{4}-\d\d-\d\d/.test(text))
    throw wrong(`${parameter} is no time.`, 'Write it as 2026-08-31 or 2026-08-31T12:00:00Z.');
  const { at } = await parseTime(text, { now, timeZone: 'UTC' });
  return new Date(at);
}

/**
 * What assistants must not see they must not find out by asking either: whose address begins with a, with ab, with abc.
 * @throws CastellanError `not_allowed`
 */
function refuseHidden(client: OciClient, parameter: string, fields: readonly string[]): void {
  const field = fields.find((name) => client.hides(name));
  if (field === undefined) return;
  throw new CastellanError({
    code: 'not_allowed',
    message: `${parameter} is about ${field}, which the operator hides from assistants.`,
    hint: 'Look for something else, or name the user by id or login (get_oci_user).',
  });
}
