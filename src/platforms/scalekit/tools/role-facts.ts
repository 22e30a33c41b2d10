// Which roles the users of an organization can have: the environment's and the organization's own.

import { z } from 'zod';
import { quoted } from '../../../core/plain.ts';
import type { EnvironmentClient } from '../client.ts';
import { wrong } from './shared.ts';

export const roleName = z.string().regex(/^[\w.:-]{1,100}$/, { error: 'is no name of a role, such as admin' });

const roleEntity = z.looseObject({
  name: z.string(),
  default_creator: z.boolean().nullish(),
  permissions: z.array(z.looseObject({ name: z.string().nullish() })).nullish(),
});

/**
 * @returns what a person should know before somebody gets the roles.
 * @throws CastellanError `invalid_input` for a name that is none.
 */
export async function checkRoles(
  client: EnvironmentClient,
  organization: string,
  names: readonly string[],
): Promise<{ readonly warnings: readonly string[] }> {
  if (names.length === 0) return { warnings: [] };
  const request = { key: 'roles', entity: roleEntity, max: Number.POSITIVE_INFINITY };
  const [own, shared] = await Promise.all([
    client.list({ ...request, path: ['organizations', organization, 'roles'] }),
    client.list({ ...request, path: ['roles'] }),
  ]);
  const known = [...own.items, ...shared.items];
  const found = names.map((name) => known.find((role) => role.name === name));
  const strange = names.filter((_, index) => found[index] === undefined);
  if (strange.length > 0) {
    const some = [...new Set(known.map(({ name }) => name))].slice(0, 30).join(', ');
    throw wrong(`There is no role ${strange.map((name) => quoted(name)).join(' or ')}.`, `There are: ${some}.`);
  }
  const warnings = found.flatMap((role) => {
    if (!role) return [];
    const permissions = (role.permissions ?? []).flatMap(({ name }) => name ?? []);
    return [
      ...(role.default_creator ? [`${quoted(role.name)} is the role of whoever creates an organization.`] : []),
      ...(permissions.length > 0 ? [`${quoted(role.name)} permits ${permissions.slice(0, 30).join(', ')}.`] : []),
    ];
  });
  return { warnings };
}
