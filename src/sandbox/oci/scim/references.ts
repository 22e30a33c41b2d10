// What a resource says of others: their ids are kept, the rest is read off them when somebody asks.

import { makeOcid } from '../domain.ts';
import { referTo, type ScimContext } from './context.ts';
import { ScimProblem } from './problem.ts';
import { type Complex, type Resource, textAt } from './resource.ts';
import type { Store } from './store.ts';

export const endpointOf: Readonly<Record<string, string>> = {
  User: 'Users',
  Group: 'Groups',
  App: 'Apps',
  Condition: 'Conditions',
};

export function displayOf(resource: Resource | undefined): string | undefined {
  if (!resource) return undefined;
  return textAt(resource, 'displayName') ?? textAt(resource, 'name') ?? textAt(resource, 'userName');
}

/** `{ value, $ref, display }` of something by its id, with more where there is more to say. */
export function refer(context: ScimContext, path: string, id: string, more: Complex = {}): Complex {
  const display = displayOf(context.store.get(path, id));
  return { value: id, $ref: referTo(context, path, id), ...(display !== undefined && { display }), ...more };
}

/** @throws ScimProblem as Oracle words it: "… references a User with ID … that does not exist." */
export function requireReference(store: Store, at: string, path: string, name: string, id: string): Resource {
  const found = store.get(path, id);
  if (found) return found;
  throw new ScimProblem('reference', `${at} references a ${name} with ID ${id.slice(0, 60)} that does not exist.`);
}

export const ocidOf = (kind: string, id: string): string => makeOcid(kind, id);

/** The owner of a credential or a device, by id or by OCID. */
export function findOwner(store: Store, at: string, { value, ocid }: Complex): Resource {
  if (typeof value === 'string') return requireReference(store, at, 'Users', 'User', value);
  const found = typeof ocid === 'string' ? store.find('Users', (user) => user.ocid === ocid) : undefined;
  if (!found) throw new ScimProblem('reference', `${at} references a User that does not exist.`);
  return found;
}

export function describeOwner(context: ScimContext, id: string): Complex {
  const user = context.store.get('Users', id);
  const name = user && textAt(user, 'userName');
  return { ...refer(context, 'Users', id), ocid: ocidOf('user', id), ...(name !== undefined && { name }) };
}
