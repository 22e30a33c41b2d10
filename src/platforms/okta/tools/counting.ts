// How many a change touches, found out with few requests, and what cannot be found out.

import { z } from 'zod';
import { CastellanError, type ErrorCode } from '../../../core/errors.ts';
import type { OktaClient } from '../client.ts';

/** Counting further costs requests that the organization needs for its work. */
const maxCounted = 1_000;
const counted = z.object({ id: z.string() });

export interface Count {
  readonly count: number;
  /** Absent where it is exact. */
  readonly warning?: string;
}

interface CountRequest {
  readonly path: readonly string[];
  /** In the plural, for the warning. */
  readonly what: string;
  /** Absent for an operation that knows no `limit`. */
  readonly pageSize?: number;
  readonly minPageSize?: number;
}

export async function countList(client: OktaClient, { what, ...request }: CountRequest): Promise<Count> {
  const { items, complete } = await client.list({ ...request, entity: counted, max: maxCounted });
  if (complete) return { count: items.length };
  return { count: items.length, warning: `There are more ${what} than the ${items.length} that were counted.` };
}

export const countAppUsers = (client: OktaClient, app: string): Promise<Count> =>
  countList(client, { path: ['apps', app, 'users'], what: 'people with the application', pageSize: 500 });

export const countAppGroups = (client: OktaClient, app: string): Promise<Count> =>
  countList(client, {
    path: ['apps', app, 'groups'],
    what: 'groups with the application',
    pageSize: 200,
    minPageSize: 20,
  });

/** Undefined for an answer of the kind that was expected; anything else that goes wrong is thrown on. */
export async function orUndefined<T>(reading: Promise<T>, ...codes: readonly ErrorCode[]): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof CastellanError && codes.includes(error.code)) return undefined;
    throw error;
  }
}

const sizedGroup = z.object({
  id: z.string(),
  profile: z.object({ name: z.string().nullish() }),
  _embedded: z.object({ stats: z.object({ usersCount: z.number().nullish() }).nullish() }).nullish(),
});

interface SizedGroup {
  readonly id: string;
  readonly name: string;
  /** Undefined where Okta does not say. */
  readonly members: number | undefined;
}

/** Okta takes no longer filters. */
const maxGroups = 20;

/**
 * Names and sizes of groups, in one request; of the first 20.
 * @returns undefined when the credential may not read groups.
 */
export async function loadSizes(client: OktaClient, ids: readonly string[]): Promise<SizedGroup[] | undefined> {
  if (ids.length === 0) return [];
  const filter = ids
    .slice(0, maxGroups)
    .map((id) => `id eq ${JSON.stringify(id)}`)
    .join(' or ');
  const request = { path: ['groups'], query: { filter, expand: 'stats' }, entity: sizedGroup, max: maxGroups };
  const found = await orUndefined(client.list({ ...request, pageSize: 200 }), 'missing_scope');
  return found?.items.map(({ id, profile, _embedded }) => ({
    id,
    name: profile.name ?? id,
    members: _embedded?.stats?.usersCount ?? undefined,
  }));
}
