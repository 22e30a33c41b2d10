// What the tools that change something share: how a thing is named to a person, and plans whose undo is another tool.

import type { z } from 'zod';
import { nameTarget, type Target } from '../../../core/change.ts';
import { CastellanError } from '../../../core/errors.ts';
import { quoted } from '../../../core/plain.ts';
import type { OktaClient } from '../client.ts';
import { rolesOfGroup } from '../guard.ts';
import { appEntity, groupEntity, userEntity } from '../views.ts';
import { orUndefined } from './counting.ts';

export type User = z.output<typeof userEntity>;
export type Group = z.output<typeof groupEntity>;
export type App = z.output<typeof appEntity>;

export const loadUser = (client: OktaClient, id: string): Promise<User> => client.get(['users', id], userEntity);
export const loadGroup = (client: OktaClient, id: string): Promise<Group> => client.get(['groups', id], groupEntity);
export const loadApp = (client: OktaClient, id: string): Promise<App> => client.get(['apps', id], appEntity);

export function targetUser({ id, profile }: User): Target {
  return { type: 'user', id, ...(profile.login && { name: profile.login }) };
}

export function targetGroup({ id, profile }: Group): Target {
  return { type: 'group', id, ...(profile.name && { name: profile.name }) };
}

export function targetApp({ id, label }: App): Target {
  return { type: 'application', id, ...(label && { name: label }) };
}

/** @throws CastellanError `invalid_input` unless the thing is in one of the states from which Okta allows the change. */
export function checkStatus(target: Target, status: string, allowed: readonly string[], hint: string): void {
  if (allowed.includes(status)) return;
  throw new CastellanError({
    code: 'invalid_input',
    message: `The ${nameTarget(target)} is ${status}; this works from ${allowed.join(' or ')}.`,
    hint,
  });
}

/**
 * Why a person must be asked before somebody becomes a member of groups: administrator rights that come with them. Rights
 * that the credential may not see could be there.
 */
export async function askForRoles(
  client: OktaClient,
  groups: readonly { readonly id: string; readonly name?: string | undefined }[],
): Promise<string | undefined> {
  const found = await Promise.all(
    groups.map(async ({ id, name }) => {
      const roles = await orUndefined(rolesOfGroup(id, client), 'missing_scope');
      if (roles === undefined)
        return `${quoted(name ?? id)} may give administrator rights, which the credential cannot see`;
      return roles.length === 0 ? [] : `${quoted(name ?? id)} gives administrator rights (${roles.join(', ')})`;
    }),
  );
  const giving = found.flat();
  return giving.length === 0 ? undefined : `membership in ${giving.join(' and in ')}`;
}
