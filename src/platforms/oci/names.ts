// Names of what an identity domain speaks of by id. Many references have a `display` that comes only when it is asked for, some
// have none; asked for together, names cost one request a kind.

import { z } from 'zod';
import { loadByIds } from './by-ids.ts';
import type { OciClient } from './client.ts';
import { orUnseen } from './seeing.ts';

/** By which attribute one knows a resource: a person by their login, which other tools take. */
const naming = {
  Users: 'userName',
  Groups: 'displayName',
  Apps: 'displayName',
  AppRoles: 'displayName',
  IdentityProviders: 'partnerName',
  NetworkPerimeters: 'name',
} as const;
export type Named = keyof typeof naming;

const entity = z.looseObject({ id: z.string() });

/** By id; without those that are not there, or that whoever the requests are made as may not see. */
export async function loadNames(
  client: OciClient,
  wanted: Iterable<readonly [resource: Named, id: string]>,
): Promise<ReadonlyMap<string, string>> {
  const ids = new Map<Named, Set<string>>();
  for (const [resource, id] of wanted) ids.set(resource, (ids.get(resource) ?? new Set()).add(id));
  const found = await Promise.all([...ids].map(([resource, some]) => namesOf(client, resource, some)));
  return new Map(found.flat());
}

async function namesOf(client: OciClient, resource: Named, ids: Iterable<string>): Promise<[string, string][]> {
  const attribute = naming[resource];
  const items = await orUnseen(loadByIds(client, resource, ids, { entity, attributes: [attribute] }));
  return (items ?? []).flatMap(({ id, [attribute]: name }): [string, string][] =>
    typeof name === 'string' ? [[id, name]] : [],
  );
}
