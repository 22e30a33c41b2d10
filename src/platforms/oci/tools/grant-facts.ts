// What hangs on grants, found out with few requests: how many there are, of how many applications, and whether administrators'
// roles are among them.

import { z } from 'zod';
import type { OciClient } from '../client.ts';
import { and, type Filter } from '../filter.ts';
import { grantEntity, granteeIs, loadRolesOf, roleOf } from './grants.ts';

/** Counting further costs requests that the domain needs for its work. */
const maxCounted = 1_000;
const anything = z.looseObject({ id: z.string() });

export async function countGrants(client: OciClient, filter: Filter | undefined): Promise<number> {
  const request = { path: ['Grants'], filter, attributes: ['grantMechanism'], entity: anything, max: 1 };
  return (await client.domain.list(request)).total;
}

async function listGrants(client: OciClient, filter: Filter | undefined) {
  return client.domain.list({
    path: ['Grants'],
    filter,
    attributes: ['grantMechanism', 'grantee', 'app', 'entitlement'],
    entity: grantEntity,
    max: maxCounted,
  });
}

/** How many applications are granted. */
export async function countAppsOf(
  client: OciClient,
  filter: Filter | undefined,
): Promise<{ readonly count: number; readonly warning?: string }> {
  const { items, complete } = await listGrants(client, filter);
  const count = new Set(items.flatMap(({ app }) => app?.value ?? [])).size;
  return complete ? { count } : { count, warning: `Applications of the first ${items.length} grants were counted.` };
}

/** Names of the administrators' roles that a group gives to its members. */
export async function findAdminRoles(client: OciClient, group: string): Promise<readonly string[]> {
  const { items } = await listGrants(client, and(granteeIs('Group', group)));
  const roles = await loadRolesOf(client, items);
  const given = new Set(items.flatMap((grant) => roleOf(grant) ?? []));
  return [...given].flatMap((id) => {
    const role = roles.get(id);
    // A role that cannot be read could be one.
    return role === undefined || role.adminRole ? [role?.displayName ?? id] : [];
  });
}
