// Reading what applications let people do: their roles, and who was granted them.
// https://docs.oracle.com/en-us/iaas/api/#/en/identity-domains/v1/Grant/

import { z } from 'zod';
import type { Target } from '../../../core/change.ts';
import { fullObject, listInput } from '../../../core/listing.ts';
import { defineTools, tableOf } from '../../../core/tool.ts';
import { loadByIds } from '../by-ids.ts';
import type { OciClient } from '../client.ts';
import { and, not, where } from '../filter.ts';
import { loadNames, type Named } from '../names.ts';
import { domainListOutput, flag, fullOf, metaEntity, text, type View } from './scim-views.ts';
import {
  appId,
  domainId,
  groupId,
  listAliases,
  present,
  referenceEntity,
  referenceView,
  viewReference,
} from './shared.ts';
import { idOfUser, userRef } from './user-facts.ts';

const tool = defineTools<OciClient>();

export const appRoleId = domainId('App role');
export const grantId = domainId('Grant');

export const appRoleEntity = z.looseObject({
  id: z.string().min(1),
  displayName: z.string(),
  description: text,
  adminRole: flag,
  availableToUsers: flag,
  availableToGroups: flag,
  availableToClients: flag,
  app: z.looseObject({ value: z.string(), display: text }),
});
export type AppRole = z.output<typeof appRoleEntity>;

export const grantEntity = z.looseObject({
  id: z.string().min(1),
  grantMechanism: z.string(),
  isFulfilled: flag,
  grantee: referenceEntity,
  grantor: z.looseObject({ value: text, type: text }).nullish(),
  app: referenceEntity.nullish(),
  entitlement: z.looseObject({ attributeName: text, attributeValue: text }).nullish(),
  meta: metaEntity,
});
export type Grant = z.output<typeof grantEntity>;

const roleView = z.object({
  id: z.string(),
  name: z.string(),
  app: referenceView,
  administrator: z.boolean().optional().describe('gives rights over the identity domain or the application'),
  for: z.array(z.string()).optional().describe('whom it can be granted: users, groups, clients'),
  description: z.string().optional(),
  full: fullObject,
});
const party = z.object({ id: z.string(), type: z.string().optional(), name: z.string().optional() });
const grantView = z.object({
  id: z.string(),
  grantee: party,
  app: referenceView.optional(),
  app_role: z
    .object({ id: z.string(), name: z.string().optional(), administrator: z.boolean().optional() })
    .optional()
    .describe('absent: the application alone'),
  mechanism: z.string().describe('GROUP_MEMBERSHIP: comes with a group'),
  granted_by: party.optional(),
  pending: z.boolean().optional().describe('not fulfilled yet'),
  created: z.string().optional(),
  full: fullObject,
});

function viewRole(role: AppRole, view: View): z.output<typeof roleView> {
  const { id, displayName, description, adminRole, availableToUsers, availableToGroups, availableToClients, app } =
    role;
  const takers = [availableToUsers && 'users', availableToGroups && 'groups', availableToClients && 'clients'];
  return {
    id,
    name: displayName,
    app: viewReference(app),
    ...present({
      administrator: adminRole || undefined,
      for: takers.filter((taker) => typeof taker === 'string'),
      description,
    }),
    ...fullOf(role, view),
  };
}

/** The role that a grant gives; undefined for a grant of the application alone, or of something else in it. */
export function roleOf({ entitlement }: Grant): string | undefined {
  return entitlement?.attributeName === 'appRoles' ? (entitlement.attributeValue ?? undefined) : undefined;
}

/** Comes with a membership: a grant of its own cannot be taken from it. */
export const byGroup = 'GROUP_MEMBERSHIP';

const namedRole = z.looseObject({ id: z.string(), displayName: text, adminRole: flag });

/** Roles that grants give, by id. */
export async function loadRolesOf(client: OciClient, grants: readonly Grant[]) {
  const ids = grants.flatMap((grant) => roleOf(grant) ?? []);
  const roles = await loadByIds(client, 'AppRoles', ids, {
    entity: namedRole,
    attributes: ['displayName', 'adminRole'],
  });
  return new Map(roles.map((role) => [role.id, role]));
}

const resourceOf: Readonly<Record<string, Named>> = { User: 'Users', Group: 'Groups', App: 'Apps' };

/** Of people, groups and applications that grants speak of. */
export function loadNamesIn(client: OciClient, grants: readonly Grant[]): Promise<ReadonlyMap<string, string>> {
  const parties = grants.flatMap(({ grantee, grantor, app }) => [
    [grantee.type, grantee.value] as const,
    [grantor?.type, grantor?.value] as const,
    ['App', app?.value] as const,
  ]);
  return loadNames(
    client,
    parties.flatMap(([type, id]) => {
      const resource = resourceOf[type ?? ''];
      return resource && id ? [[resource, id] as const] : [];
    }),
  );
}

export function targetRole({ id, displayName }: Pick<AppRole, 'id' | 'displayName'>): Target {
  return { type: 'app role', id, name: displayName };
}

export const grantTools = [
  tool({
    name: 'list_oci_app_roles',
    title: 'List OCI app roles',
    description:
      'Roles that applications of the identity domain define; administrator: true are those that rule the domain. Next: list_oci_grants with app_role_id says who has one.',
    access: 'read',
    scopes: ['oci:read'],
    parameterAliases: { ...listAliases, search: 'query', application_id: 'app_id' },
    input: () =>
      z.strictObject({
        query: z.string().min(1).max(255).optional().describe('In the name'),
        app_id: appId.optional().describe('Of this application'),
        administrator: z.boolean().optional().describe('true: only administrators’ roles; false: only others'),
        ...listInput,
      }),
    output: () => domainListOutput('app_roles', roleView),
    table: tableOf<z.output<typeof roleView>>('app_roles', {
      id: (role) => role.id,
      name: (role) => role.name,
      app: (role) => role.app.name ?? role.app.id,
      administrator: (role) => role.administrator,
      for: (role) => role.for?.join(' '),
    }),
    async run({ query, app_id, administrator, max_results, cursor, view }, { client, progress }) {
      const admin = where.eq('adminRole', true);
      const { items, ...tail } = await client.domain.list({
        path: ['AppRoles'],
        filter: and(
          query === undefined ? undefined : where.co('displayName', query),
          app_id === undefined ? undefined : where.eq('app.value', app_id),
          administrator === undefined ? undefined : administrator ? admin : not(admin),
        ),
        attributeSets: ['default'],
        sortBy: 'displayName',
        entity: appRoleEntity,
        max: max_results,
        cursor,
        progress,
      });
      return { app_roles: items.map((role) => viewRole(role, view)), ...tail };
    },
  }),

  tool({
    name: 'list_oci_grants',
    title: 'List OCI grants',
    description:
      'Who may use which application, and with which of its roles: by user, group, client application, application or role. Next: revoke_oci_grant.',
    access: 'read',
    scopes: ['oci:read'],
    parameterAliases: { ...listAliases, application_id: 'app_id', role_id: 'app_role_id' },
    input: () =>
      z.strictObject({
        user_id: userRef.optional().describe('Granted to this user: id, OCID, login or email'),
        group_id: groupId.optional().describe('Granted to this group'),
        client_app_id: appId.optional().describe('Granted to this application'),
        app_id: appId.optional().describe('To use this application'),
        app_role_id: appRoleId.optional(),
        inherited: z.boolean().optional().describe('true: only what comes with a group; false: only what does not'),
        ...listInput,
      }),
    output: () => domainListOutput('grants', grantView),
    table: tableOf<z.output<typeof grantView>>('grants', {
      id: (grant) => grant.id,
      type: (grant) => grant.grantee.type,
      grantee: (grant) => grant.grantee.name ?? grant.grantee.id,
      app: (grant) => grant.app?.name ?? grant.app?.id,
      role: (grant) => grant.app_role?.name ?? grant.app_role?.id,
      administrator: (grant) => grant.app_role?.administrator,
      mechanism: (grant) => grant.mechanism,
    }),
    async run(input, { client, progress }) {
      const { app_id, app_role_id, inherited, max_results, cursor, view } = input;
      const user = input.user_id === undefined ? undefined : await idOfUser(client, input.user_id);
      const membership = where.eq('grantMechanism', byGroup);
      const { items, ...tail } = await client.domain.list({
        path: ['Grants'],
        filter: and(
          granteeIs('User', user),
          granteeIs('Group', input.group_id),
          granteeIs('App', input.client_app_id),
          app_id === undefined ? undefined : where.eq('app.value', app_id),
          app_role_id === undefined ? undefined : givesRole(app_role_id),
          inherited === undefined ? undefined : inherited ? membership : not(membership),
        ),
        attributeSets: ['default'],
        sortBy: 'meta.created',
        entity: grantEntity,
        max: max_results,
        cursor,
        progress,
      });
      const [roles, names] = await Promise.all([loadRolesOf(client, items), loadNamesIn(client, items)]);
      const grants = items.map((grant) => viewGrant(grant, roles, names, view));
      return { grants, ...tail };
    },
  }),
];

export function granteeIs(type: 'User' | 'Group' | 'App', id: string | undefined) {
  return id === undefined ? undefined : and(where.eq('grantee.type', type), where.eq('grantee.value', id));
}

export function givesRole(role: string) {
  return and(where.eq('entitlement.attributeName', 'appRoles'), where.eq('entitlement.attributeValue', role));
}

function viewGrant(
  grant: Grant,
  roles: Awaited<ReturnType<typeof loadRolesOf>>,
  names: ReadonlyMap<string, string>,
  view: View,
): z.output<typeof grantView> {
  const { id, grantee, grantor, app, grantMechanism, isFulfilled, meta } = grant;
  const role = roleOf(grant);
  const known = role === undefined ? undefined : roles.get(role);
  return {
    id,
    grantee: { id: grantee.value, ...present({ type: grantee.type, name: names.get(grantee.value) }) },
    ...(app && { app: { id: app.value, ...present({ name: names.get(app.value) }) } }),
    ...(role !== undefined && {
      app_role: { id: role, ...present({ name: known?.displayName, administrator: known?.adminRole || undefined }) },
    }),
    mechanism: grantMechanism,
    ...(grantor?.value && {
      granted_by: { id: grantor.value, ...present({ type: grantor.type, name: names.get(grantor.value) }) },
    }),
    ...present({ pending: isFulfilled === false || undefined, created: meta?.created }),
    ...fullOf(grant, view),
  };
}
