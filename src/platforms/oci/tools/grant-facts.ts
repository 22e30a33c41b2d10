// What hangs on grants, found out with few requests: how many there are, of how many applications, and whether administrators'
// roles are among them.

import { z } from 'zod';
import type { OciClient } from '../client.ts';
import type { Filter } from '../filter.ts';
import { grantEntity, granteeIs, loadRolesOf, roleOf } from './grants.ts';

/** Reading further costs requests that the domain needs for its work. */
const maxRead = 1_000;
const anything = z.looseObject({ id: z.string() });

export async function countGrants(client: OciClient, filter: Filter | undefined): Promise<number> {
  const request = { path: ['Grants'], filter, attributes: ['grantMechanism'], entity: anything, max: 1 };
  return (await client.domain.list(request)).total;
}

/** What a group gives its members, or an application has itself. */
export interface Given {
  readonly grants: number;
  readonly applications: number;
  /** Names of administrators' roles. */
  readonly admin: readonly string[];
  /** What is not known of it. */
  readonly warnings: readonly string[];
}

export async function findGiven(client: OciClient, id: string, type: 'Group' | 'App' = 'Group'): Promise<Given> {
  const { items, total, complete } = await client.domain.list({
    path: ['Grants'],
    filter: granteeIs(type, id),
    attributes: ['grantMechanism', 'grantee', 'app', 'entitlement'],
    entity: grantEntity,
    max: maxRead,
  });
  const roles = await loadRolesOf(client, items);
  const given = new Set(items.flatMap((grant) => roleOf(grant) ?? []));
  return {
    grants: total,
    applications: new Set(items.flatMap(({ app }) => app?.value ?? [])).size,
    admin: [...given].flatMap((id) => {
      const role = roles.get(id);
      // A role that cannot be read could be one.
      return role === undefined || role.adminRole ? [role?.displayName ?? id] : [];
    }),
    warnings: complete ? [] : [`Of ${total} grants the first ${items.length} were looked at.`],
  };
}
