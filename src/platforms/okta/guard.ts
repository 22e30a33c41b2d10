// What must not be done through Castellan, whoever asks and whoever agrees: changes to what the operator protects, to the
// account or application that Castellan itself works with, and to the last super administrator.

import { z } from 'zod';
import type { Plan, Target } from '../../core/change.ts';
import { CastellanError } from '../../core/errors.ts';
import { createOnce } from '../../core/once.ts';
import { showTarget as show } from '../../core/protected.ts';
import type { Access } from '../../core/tool.ts';
import { readBodyPages } from './body-pages.ts';
import type { OktaClient } from './client.ts';
import type { Protected } from './protected.ts';

export interface GuardOptions {
  readonly protects: Protected;
  /** The application whose credential Castellan uses; an API token has none. */
  readonly clientId: string | undefined;
  /** How the credential proves itself: an API token is a person's, with that person's rights. */
  readonly kind: 'ssws' | 'service' | 'person' | 'caller';
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
const ownAppEntity = z.object({
  credentials: z.object({ oauthClient: z.object({ client_id: z.string().nullish() }).nullish() }).nullish(),
});

export function createGuard(options: GuardOptions): Guard {
  const { protects } = options;
  /** Who a credential belongs to, or who a caller is, does not change while we run. */
  const ownerOnce = createOnce<string>(() => true);

  async function ownerOf(client: OktaClient): Promise<string | undefined> {
    if (options.kind === 'service') return undefined;
    return ownerOnce(
      client.credential.caller ?? 'me',
      async () => (await client.get(['users', 'me'], accountEntity)).id,
    );
  }

  /** Okta makes the client id of an application its id, unless whoever made the application chose another. */
  async function isOwnApp(id: string, client: OktaClient): Promise<boolean> {
    if (options.clientId === undefined) return false;
    if (id === options.clientId) return true;
    const { credentials } = await client.getExact(['apps', id], ownAppEntity);
    return credentials?.oauthClient?.client_id === options.clientId;
  }

  async function checkUser(target: Target, client: OktaClient): Promise<string | undefined> {
    const { id } = target;
    if (id === (await ownerOf(client))) {
      if (options.kind === 'caller')
        return `${show(target)} is the caller’s own account; nobody changes their own here.`;
      return `${show(target)} is the account that Castellan’s own credential belongs to; it does not change itself.`;
    }
    return (await isLastSuperAdmin(id, client, options.kind))
      ? `${show(target)} is the last active super administrator of this organization.`
      : undefined;
  }

  return async (plan, client, access) => {
    const targets = plan.targets.filter(({ id }) => id !== '');
    const kept = await protects.judge(targets, client);
    if (kept !== undefined) return kept;
    // Okta lets no rule fill such a group, so its members go only one by one, or with it.
    const [first] = targets;
    if (first?.type === 'group' && access === 'destroy' && (await carriesSuperAdmin(first.id, client, options.kind))) {
      return `The group ${show(first)} makes its members super administrators.`;
    }
    for (const target of targets) {
      if (target.type === 'application' && (await isOwnApp(target.id, client))) {
        return `${show(target)} is the application that Castellan itself runs on.`;
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

async function carriesSuperAdmin(groupId: string, client: OktaClient, kind: GuardOptions['kind']): Promise<boolean> {
  return whereRolesShow(kind, 'this group makes super administrators', async () =>
    (await rolesOfGroup(groupId, client)).includes(superAdmin),
  );
}

async function isSuperAdmin(userId: string, client: OktaClient): Promise<boolean> {
  const { items } = await client.list({ path: ['users', userId, 'roles'], entity: roleEntity, max: 1_000 });
  return items.some(({ type, status }) => type === superAdmin && (status ?? 'ACTIVE') === 'ACTIVE');
}

async function isLastSuperAdmin(userId: string, client: OktaClient, kind: GuardOptions['kind']): Promise<boolean> {
  const what = 'this is the last super administrator';
  if (!(await whereRolesShow(kind, what, () => isSuperAdmin(userId, client)))) return false;
  for await (const { value } of readBodyPages(client, ['iam', 'assignees', 'users'], assignees)) {
    for (const { id } of value) {
      if (id === userId) continue;
      const { status } = await client.get(['users', id], accountEntity);
      if (status === 'ACTIVE' && (await isSuperAdmin(id, client))) return false;
    }
  }
  return true;
}

/** What roles say, where the credential may see them; false where their absence is certain all the same. */
async function whereRolesShow(kind: GuardOptions['kind'], what: string, ask: () => Promise<boolean>): Promise<boolean> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof CastellanError) || error.code !== 'missing_scope') throw error;
    // Who may not read roles is no super administrator, and Okta lets nobody else touch one, nor a group that makes them.
    if (kind === 'ssws') return false;
    throw new CastellanError({
      code: 'missing_scope',
      message: `Castellan cannot see whether ${what}, so it changes nothing here.`,
      hint: 'Grant okta.roles.read to the application and add it to the scopes setting.',
      cause: error,
    });
  }
}
