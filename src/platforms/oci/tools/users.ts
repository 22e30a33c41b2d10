// Reading the users of an identity domain: https://docs.oracle.com/en-us/iaas/api/#/en/identity-domains/v1/User/ListUsers

import { z } from 'zod';
import { fullObject, listInput, viewInput } from '../../../core/listing.ts';
import { defineTools, tableOf } from '../../../core/tool.ts';
import type { OciClient } from '../client.ts';
import { domainListOutput, fullOf } from './scim-views.ts';
import { groupId, listAliases, present } from './shared.ts';
import {
  adminRolesOf,
  ext,
  findUser,
  isLocked,
  lockReason,
  primaryEmail,
  seen,
  type User,
  userEntity,
  userRef,
} from './user-facts.ts';
import { filterOf } from './user-search.ts';

const tool = defineTools<OciClient>();

const userView = z.object({
  id: z.string(),
  login: z.string().optional(),
  name: z.string().optional(),
  email: z.string().optional(),
  active: z.boolean().optional(),
  locked: z.boolean().optional(),
  mfa: z.string().optional(),
  last_login: z.string().optional(),
  full: fullObject,
});
const addressView = z.object({ address: z.string(), type: z.string().optional(), verified: z.boolean().optional() });
const namedView = z.object({ id: z.string(), name: z.string().optional() });

/** What a row shows. */
const summary = [
  'userName',
  'displayName',
  'name',
  'emails',
  'active',
  `${ext.state}:locked`,
  `${ext.state}:lastSuccessfulLoginDate`,
  `${ext.mfa}:mfaStatus`,
];
/** What comes only when it is asked for, and is worth asking for. */
const onRequest = [
  'groups',
  `${ext.state}:lastSuccessfulLoginDate`,
  `${ext.state}:lastFailedLoginDate`,
  `${ext.state}:loginAttempts`,
  `${ext.user}:appRoles`,
  `${ext.password}:lastSuccessfulSetDate`,
  `${ext.password}:expired`,
  `${ext.password}:mustChange`,
  `${ext.adaptive}:riskLevel`,
];
/** Secrets that have no name by which one knows them. */
const secret = ['password', 'secQuestions', 'userToken', 'x509Certificates', 'passwordVerifiers'];

function viewUser(user: User, view: 'summary' | 'full'): z.output<typeof userView> {
  const { id, userName, displayName } = user;
  const [name, email] = [seen(user.name), primaryEmail(user)];
  const both = [name?.givenName, name?.familyName].filter(Boolean).join(' ');
  return {
    id,
    ...present({
      login: userName,
      name: displayName || both || name?.formatted,
      email: email === userName ? undefined : email,
    }),
    ...present({ active: seen(user.active) }),
    ...(isLocked(user) && { locked: true }),
    ...present({ mfa: user[ext.mfa]?.mfaStatus, last_login: user[ext.state]?.lastSuccessfulLoginDate }),
    ...fullOf(user, view, secret),
  };
}

function stateOf({ active, locked }: z.output<typeof userView>): string | undefined {
  if (locked) return 'locked';
  return active === undefined ? undefined : active ? 'active' : 'inactive';
}

/** More would fill a model’s context; list_oci_groups and list_oci_grants give them all. */
const mostListed = 100;
const time = z.string().max(40).optional();

export const userTools = [
  tool({
    name: 'list_oci_users',
    title: 'List OCI users',
    description:
      'Finds users of the identity domain by name, login or email, state, group, second factor and last sign-in; tells how many there are. Next: get_oci_user.',
    access: 'read',
    scopes: ['oci:read'],
    parameterAliases: { ...listAliases, q: 'query', search: 'query' },
    input: () =>
      z.strictObject({
        query: z.string().min(1).max(200).optional().describe('In login, names or email'),
        match: z.enum(['begins', 'contains']).default('begins').describe('How query is compared'),
        active: z.boolean().optional(),
        locked: z.boolean().optional(),
        mfa: z
          .enum(['ENROLLED', 'UN_ENROLLED', 'IGNORED', 'DISABLED', 'NOT_ENROLLED'])
          .optional()
          .describe('NOT_ENROLLED: all but ENROLLED'),
        group_id: groupId.optional().describe('Members of the group, also through others'),
        last_login_before: time.describe('ISO 8601; who never signed in: never_signed_in'),
        last_login_after: time,
        never_signed_in: z.boolean().optional(),
        created_before: time,
        created_after: time,
        ...listInput,
      }),
    output: () => domainListOutput('users', userView),
    table: tableOf<z.output<typeof userView>>('users', {
      id: (user) => user.id,
      login: (user) => user.login,
      name: (user) => user.name,
      state: stateOf,
      mfa: (user) => user.mfa,
      last_login: (user) => user.last_login,
    }),
    async run({ max_results, cursor, view, ...wanted }, { client, now, progress }) {
      const filter = await filterOf(client, wanted, now());
      const { items, total, ...tail } = await client.domain.list({
        path: ['Users'],
        filter,
        attributes: view === 'full' ? [...new Set([...summary, ...onRequest])] : summary,
        ...(view === 'full' && { attributeSets: ['default'] as const }),
        sortBy: 'userName',
        entity: userEntity,
        max: max_results,
        cursor,
        progress,
      });
      return { users: items.map((user) => viewUser(user, view)), total, ...tail };
    },
  }),

  tool({
    name: 'get_oci_user',
    title: 'Get an OCI user',
    description:
      'One user by id, OCID, login or email: state, lock, sign-ins, groups, roles of administration, password, capabilities. Next: list_oci_user_mfa_factors, list_oci_user_api_keys, list_oci_grants.',
    access: 'read',
    scopes: ['oci:read'],
    input: () => z.strictObject({ user_id: userRef, ...viewInput }),
    output: () =>
      userView.extend({
        ocid: z.string().optional(),
        given_name: z.string().optional(),
        family_name: z.string().optional(),
        title: z.string().optional(),
        department: z.string().optional(),
        user_type: z.string().optional(),
        emails: z.array(addressView).optional(),
        phones: z.array(addressView).optional(),
        lock: z.object({ reason: z.string().optional(), since: z.string().optional() }).optional(),
        recovery_locked: z.boolean().optional(),
        federated: z.boolean().optional().describe('signs in through another identity provider'),
        service_user: z.boolean().optional(),
        last_failed_login: z.string().optional(),
        failed_logins: z.number().optional(),
        password_set: z.string().optional(),
        password_expired: z.boolean().optional(),
        must_change_password: z.boolean().optional(),
        risk: z.string().optional(),
        groups: z.array(namedView).optional(),
        group_count: z.number().optional().describe('where not all are listed'),
        administrator: z.array(z.string()).optional().describe('roles'),
        app_roles: z.array(z.string()).optional().describe('the first 100 others, as “application: role”'),
        capabilities: z.array(z.string()).optional().describe('what the user may use'),
        created: z.string().optional(),
        last_modified: z.string().optional(),
      }),
    async run({ user_id, view }, { client }) {
      const user = await findUser(client, user_id, { attributes: onRequest, attributeSets: ['default'] });
      const [state, more, password] = [user[ext.state], user[ext.user], user[ext.password]];
      const [lock, name] = [seen(state?.locked), seen(user.name)];
      const groups = seen(user.groups) ?? [];
      const others = (seen(more?.appRoles) ?? []).filter(({ adminRole }) => adminRole !== true);
      const { full, ...view_ } = viewUser(user, view);
      return {
        ...view_,
        ...present({
          ocid: user.ocid,
          given_name: name?.givenName,
          family_name: name?.familyName,
          title: textOf(user.title),
          department: textOf(departmentOf(user)),
          user_type: textOf(user.userType),
          emails: addressesOf(user.emails),
          phones: addressesOf(user.phoneNumbers),
          lock: isLocked(user) ? present({ reason: lockReason(lock?.reason), since: lock?.lockDate }) : undefined,
          recovery_locked: seen(state?.recoveryLocked)?.on || undefined,
          federated: seen(more?.isFederatedUser) || undefined,
          service_user: seen(more?.serviceUser) || undefined,
          last_failed_login: state?.lastFailedLoginDate,
          failed_logins: seen(state?.loginAttempts) || undefined,
          password_set: password?.lastSuccessfulSetDate,
          password_expired: seen(password?.expired) || undefined,
          must_change_password: seen(password?.mustChange) || undefined,
          risk: user[ext.adaptive]?.riskLevel,
          groups: groups
            .slice(0, mostListed)
            .map(({ value, display }) => ({ id: value, ...present({ name: display }) })),
          group_count: groups.length > mostListed ? groups.length : undefined,
          administrator: [...adminRolesOf(user)],
          app_roles: others
            .slice(0, mostListed)
            .map(({ appName, display, value }) => `${appName ?? 'an application'}: ${display ?? value}`),
          capabilities: capabilitiesOf(user),
          created: user.meta?.created,
          last_modified: user.meta?.lastModified,
        }),
        ...(full && { full }),
      };
    },
  }),
];

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function departmentOf(user: User): unknown {
  const enterprise = user[ext.enterprise];
  return typeof enterprise === 'object' && enterprise !== null && 'department' in enterprise
    ? enterprise.department
    : undefined;
}

function addressesOf(entries: User['emails']): z.output<typeof addressView>[] {
  return (seen(entries) ?? []).flatMap(({ value, type, primary, verified }) =>
    value
      ? [
          {
            address: value,
            ...present({ type: primary ? `${type ?? 'work'}, primary` : type }),
            ...(verified != null && { verified }),
          },
        ]
      : [],
  );
}

/** `canUseApiKeys` and its like, as words. */
function capabilitiesOf(user: User): string[] {
  return Object.entries(user[ext.capabilities] ?? {}).flatMap(([name, on]) =>
    on === true && name.startsWith('canUse') ? [name.slice('canUse'.length)] : [],
  );
}
