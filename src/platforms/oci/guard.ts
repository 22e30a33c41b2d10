// What must not be done through Castellan, whoever asks and whoever agrees: changes to what the operator protects, to the
// account or application that Castellan itself works with, and to the last administrator of the domain.

import { z } from 'zod';
import type { Plan, Target } from '../../core/change.ts';
import { CastellanError } from '../../core/errors.ts';
import { createOnce } from '../../core/once.ts';
import { showTarget as show } from '../../core/protected.ts';
import type { Access } from '../../core/tool.ts';
import type { OciClient } from './client.ts';
import { and, or, where } from './filter.ts';
import type { Protected } from './protected.ts';
import { textOf } from './token-claims.ts';

export interface GuardOptions {
  readonly protects: Protected;
  /** OAuth client ids of the applications that Castellan works with, as far as the settings name them: token exchange. */
  readonly clientIds: readonly string[];
}

export type Guard = (plan: Plan, client: OciClient, access: Access) => Promise<string | undefined>;

/** The app role that may do everything in an identity domain (docs.oracle.com, "Understanding Administrator Roles"). */
export const domainAdministrator = 'Identity Domain Administrator';
const userExtension = 'urn:ietf:params:scim:schemas:oracle:idcs:extension:user:User';

const accountEntity = z.looseObject({
  id: z.string(),
  ocid: z.string().nullish(),
  [userExtension]: z
    .looseObject({ appRoles: z.array(z.looseObject({ display: z.string().nullish() })).nullish() })
    .nullish(),
});
type Account = z.output<typeof accountEntity>;
const idEntity = z.looseObject({ id: z.string() });
/** An application's `name` is its OAuth client id. */
const appEntity = z.looseObject({ id: z.string(), name: z.string().nullish() });
const roleEntity = z.looseObject({ id: z.string(), app: z.looseObject({ value: z.string() }).nullish() });
const grantEntity = z.looseObject({ grantee: z.looseObject({ value: z.string(), type: z.string() }) });
/** More holders of one role, given directly, no domain has. */
const most = 1_000;
/** Of a filter: each is some 50 characters. */
const perFilter = 40;

interface Holders {
  readonly users: readonly string[];
  readonly groups: readonly string[];
}

export function createGuard({ protects, clientIds }: GuardOptions): Guard {
  /** What a domain calls its role does not change. */
  const roleOnce = createOnce<z.output<typeof roleEntity> | undefined>((role) => role !== undefined);

  async function holdersOf(client: OciClient): Promise<Holders> {
    const { user } = await client.identity();
    const role = await roleOnce(user, async () => {
      const filter = and(where.eq('displayName', domainAdministrator), where.eq('adminRole', true));
      const attributes = ['id', 'app'];
      const request = { path: ['AppRoles'], filter, attributes, entity: roleEntity, max: 1 };
      return (await client.domain.list(request)).items[0];
    });
    if (role === undefined) return { users: [], groups: [] };
    const filter = and(
      ...(role.app ? [where.eq('app.value', role.app.value)] : []),
      where.eq('entitlement.attributeName', 'appRoles'),
      where.eq('entitlement.attributeValue', role.id),
    );
    const request = { path: ['Grants'], filter, attributes: ['grantee'], entity: grantEntity, max: most };
    const { items } = await client.domain.list(request);
    const of = (type: string) =>
      items.flatMap(({ grantee }) => (grantee.type.toLowerCase() === type ? [grantee.value] : []));
    return { users: of('user'), groups: of('group') };
  }

  /** Whether somebody active is such an administrator, by a grant of their own or a group's, and none of these. */
  async function isThereAnother(client: OciClient, leaving: readonly string[]): Promise<boolean> {
    const { users, groups } = await holdersOf(client);
    const ways = [
      ...users.filter((id) => !leaving.includes(id)).map((id) => where.eq('id', id)),
      ...groups.map((id) => where.eq('groups.value', id)),
    ];
    for (let from = 0; from < ways.length; from += perFilter) {
      const filter = and(where.eq('active', true), or(...ways.slice(from, from + perFilter)));
      const request = { path: ['Users'], filter, attributes: ['id'], entity: idEntity, max: leaving.length + 1 };
      const { items } = await client.domain.list(request);
      if (items.some(({ id }) => !leaving.includes(id))) return true;
    }
    return false;
  }

  async function checkUser(target: Target, client: OciClient, leaving: readonly string[]): Promise<string | undefined> {
    const { user, kind } = await client.identity();
    const attributes = ['ocid', `${userExtension}:appRoles`];
    const account = await orGone(
      client.domain.getExact({ path: ['Users', target.id], attributes, entity: accountEntity }),
    );
    if (account === undefined) return undefined;
    if (account.ocid === user || account.id === user) {
      return kind === 'caller'
        ? `${show(target)} is the caller’s own account; nobody changes their own here.`
        : `${show(target)} is the account that Castellan’s own credential belongs to; it does not change itself.`;
    }
    if (!isAdministrator(account)) return undefined;
    const another = await seeing('this is the last administrator of the domain', isThereAnother(client, leaving));
    return another ? undefined : `${show(target)} is the last active ${domainAdministrator}.`;
  }

  async function givesAdministration(group: Target, client: OciClient): Promise<boolean> {
    const holders = await seeing('this group makes administrators of the domain', holdersOf(client));
    return holders.groups.includes(group.id);
  }

  async function isOwnApp(id: string, client: OciClient): Promise<boolean> {
    // Where callers sign in at the domain themselves, their tokens name the application that they signed in with.
    const signIn = textOf((await client.claims()).domain?.client_id);
    const ownIds = signIn === undefined ? clientIds : [...clientIds, signIn];
    if (ownIds.length === 0) return false;
    const request = { path: ['Apps', id], attributes: ['name'], entity: appEntity };
    const name = (await orGone(client.domain.getExact(request)))?.name;
    return ownIds.some((own) => own === name || own === id);
  }

  return async (plan, client, access) => {
    const targets = plan.targets.filter(({ id }) => id !== '');
    const kept = await protects.judge(targets, client);
    if (kept !== undefined) return kept;
    const [first] = targets;
    const people = targets.filter(({ type }) => type === 'user').map(({ id }) => id);
    // Who leaves a group one by one is judged one by one.
    const wholeGroup = access === 'destroy' && first?.type === 'group' && people.length === 0;
    if (wholeGroup && (await givesAdministration(first, client)))
      return `The group ${show(first)} makes its members ${domainAdministrator}s.`;
    for (const target of targets) {
      if (target.type === 'application' && (await isOwnApp(target.id, client))) {
        return `${show(target)} is the application that Castellan itself runs on.`;
      }
      const reason = target.type === 'user' && !plan.restores ? await checkUser(target, client, people) : undefined;
      if (reason !== undefined) return reason;
    }
    return undefined;
  };
}

/** The domain counts roles in that come through groups. */
function isAdministrator(account: Account): boolean {
  return (account[userExtension]?.appRoles ?? []).some(({ display }) => display === domainAdministrator);
}

async function orGone<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof CastellanError && error.code === 'not_found') return undefined;
    throw error;
  }
}

/** What may not be seen could be so: then nothing is changed. */
async function seeing<T>(what: string, asking: Promise<T>): Promise<T> {
  try {
    return await asking;
  } catch (error) {
    if (!(error instanceof CastellanError) || error.code !== 'missing_scope') throw error;
    throw new CastellanError({
      code: 'missing_scope',
      message: `Castellan cannot see whether ${what}, so it changes nothing here.`,
      hint: 'Whoever the requests are made as needs a role that reads grants, such as User Administrator.',
      cause: error,
    });
  }
}
