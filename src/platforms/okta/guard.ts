// What must not be done through Castellan, whoever asks and whoever agrees: changes to what the operator protects, to the
// account or application that Castellan itself works with, and to the last super administrator.

import { z } from 'zod';
import type { Plan, Target } from '../../core/change.ts';
import { CastellanError } from '../../core/errors.ts';
import type { Access } from '../../core/tool.ts';
import { readBodyPages } from './body-pages.ts';
import type { OktaClient } from './client.ts';

export interface GuardOptions {
  readonly protectUsers: readonly string[];
  readonly protectGroups: readonly string[];
  readonly protectApps: readonly string[];
  /** The application whose credential Castellan uses; an API token has none. */
  readonly clientId: string | undefined;
  /** How the credential proves itself: an API token is a person's, with that person's rights. */
  readonly kind: 'ssws' | 'service' | 'person';
}

export type Guard = (plan: Plan, client: OktaClient, access: Access) => Promise<string | undefined>;

const superAdmin = 'SUPER_ADMIN';
export const roleEntity = z.object({
  id: z.string(),
  type: z.string().nullish(),
  label: z.string().nullish(),
  status: z.string().nullish(),
});
const assignees = z.object({ value: z.array(z.object({ id: z.string() })), _links: z.unknown().optional() });
const accountEntity = z.object({ id: z.string(), status: z.string() });

export function createGuard(options: GuardOptions): Guard {
  const lists: Readonly<Record<string, readonly string[]>> = {
    user: options.protectUsers,
    group: options.protectGroups,
    application: options.protectApps,
  };
  /** Who the credential belongs to does not change while we run. */
  let owner: Promise<string | undefined> | undefined;

  async function ownerOf(client: OktaClient): Promise<string | undefined> {
    if (options.kind === 'service') return undefined;
    owner ??= client.get(['users', 'me'], accountEntity).then(({ id }) => id);
    owner.catch(() => {
      owner = undefined;
    });
    return owner;
  }

  function findProtected({ type, id, name }: Target): string | undefined {
    const named = (entry: string) => entry === id || (name !== undefined && entry.toLowerCase() === name.toLowerCase());
    return lists[type]?.some(named) ? `The ${type} ${name ?? id} is protected by the operator.` : undefined;
  }

  async function checkUser({ id, name }: Target, client: OktaClient): Promise<string | undefined> {
    if (id === (await ownerOf(client))) {
      return `${name ?? id} is the account that Castellan’s own credential belongs to; it does not change itself.`;
    }
    return (await isLastSuperAdmin(id, client, options.kind))
      ? `${name ?? id} is the last active super administrator of this organization.`
      : undefined;
  }

  return async (plan, client, access) => {
    const targets = plan.targets.filter(({ id }) => id !== '');
    for (const target of targets) {
      const reason = findProtected(target);
      if (reason !== undefined) return reason;
    }
    const first = targets[0];
    if (first?.type === 'group' && access === 'destroy' && (await carriesSuperAdmin(first.id, client))) {
      return `The group ${first.name ?? first.id} makes its members super administrators.`;
    }
    for (const target of targets) {
      if (target.type === 'application' && target.id === options.clientId) {
        return `${target.name ?? target.id} is the application that Castellan itself runs on.`;
      }
      const reason = target.type === 'user' && !plan.restores ? await checkUser(target, client) : undefined;
      if (reason !== undefined) return reason;
    }
    return undefined;
  };
}

/** Administrator roles that a group gives to its members. */
export async function rolesOfGroup(groupId: string, client: OktaClient): Promise<readonly string[]> {
  const { items } = await client.list({ path: ['groups', groupId, 'roles'], entity: roleEntity, max: 1_000 });
  return items.map(({ type, label }) => type ?? label ?? 'a custom role');
}

async function carriesSuperAdmin(groupId: string, client: OktaClient): Promise<boolean> {
  return (await rolesOfGroup(groupId, client)).includes(superAdmin);
}

async function isSuperAdmin(userId: string, client: OktaClient): Promise<boolean> {
  const { items } = await client.list({ path: ['users', userId, 'roles'], entity: roleEntity, max: 1_000 });
  return items.some(({ type, status }) => type === superAdmin && (status ?? 'ACTIVE') === 'ACTIVE');
}

async function isLastSuperAdmin(userId: string, client: OktaClient, kind: GuardOptions['kind']): Promise<boolean> {
  try {
    if (!(await isSuperAdmin(userId, client))) return false;
  } catch (error) {
    if (!(error instanceof CastellanError) || error.code !== 'missing_scope') throw error;
    // Who may not read roles is no super administrator, and Okta lets nobody else touch one.
    if (kind === 'ssws') return false;
    throw new CastellanError({
      code: 'missing_scope',
      message: 'Castellan cannot see whether this is the last super administrator, so it changes nothing here.',
      hint: 'Grant okta.roles.read to the application and add it to the scopes setting.',
      cause: error,
    });
  }
  for await (const { value } of readBodyPages(client, ['iam', 'assignees', 'users'], assignees)) {
    for (const { id } of value) {
      if (id === userId) continue;
      const { status } = await client.get(['users', id], accountEntity);
      if (status === 'ACTIVE' && (await isSuperAdmin(id, client))) return false;
    }
  }
  return true;
}
