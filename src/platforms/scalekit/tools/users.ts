// Reading the users of a Scalekit environment and of its organizations: https://docs.scalekit.com/apis/#tag/users

import { z } from 'zod';
import type { Target } from '../../../core/change.ts';
import { fullObject, listInput, listOutput, viewInput } from '../../../core/listing.ts';
import { withoutSecrets } from '../../../core/redact.ts';
import { defineTools, tableOf } from '../../../core/tool.ts';
import type { EnvironmentClient, ScalekitClient } from '../client.ts';
import { refuseHidden, targetOf } from './changing.ts';
import { environmentAlias, environmentId, listAliases, organizationId, present, userId } from './shared.ts';

const tool = defineTools<ScalekitClient>();
const text = z.string().nullish();

const role = z.looseObject({ name: text, display_name: text });
export const membershipEntity = z.looseObject({
  organization_id: z.string(),
  membership_status: text,
  join_time: text,
  expires_at: text,
  roles: z.array(role).nullish(),
  metadata: z.record(z.string(), z.string()).nullish(),
});
export type Membership = z.output<typeof membershipEntity>;

const profile = z.looseObject({
  given_name: text,
  family_name: text,
  first_name: text,
  last_name: text,
  name: text,
  locale: text,
  phone_number: text,
});
export const userEntity = z.looseObject({
  id: z.string().min(1),
  email: text,
  external_id: text,
  create_time: text,
  last_login_time: text,
  user_profile: profile.nullish(),
  metadata: z.record(z.string(), z.string()).nullish(),
  memberships: z.array(membershipEntity).nullish(),
});
export type User = z.output<typeof userEntity>;

const membershipView = z.object({
  organization_id: z.string(),
  status: z.string().optional(),
  roles: z.array(z.string()).optional(),
  joined: z.string().optional(),
  expires: z.string().optional().describe('the invitation'),
});
const userView = z.object({
  id: z.string(),
  email: z.string().optional(),
  name: z.string().optional(),
  external_id: z.string().optional(),
  last_login: z.string().optional(),
  full: fullObject,
});
const memberView = userView.extend({ status: z.string().optional(), roles: z.array(z.string()).optional() });

function viewUser(user: User, view: 'summary' | 'full') {
  const { id, email, external_id, last_login_time, user_profile } = user;
  const { name, given_name, first_name, family_name, last_name } = user_profile ?? {};
  const both = [given_name || first_name, family_name || last_name].filter(Boolean).join(' ');
  return {
    id,
    ...present({ email, name: name || both, external_id, last_login: last_login_time }),
    ...(view === 'full' && { full: withoutSecrets(user) as Record<string, unknown> }),
  };
}

export function rolesOf(membership: Membership | undefined): string[] {
  return (membership?.roles ?? []).flatMap(({ name }) => name ?? []);
}

export function membershipIn(user: User, organization: string): Membership | undefined {
  return user.memberships?.find(({ organization_id }) => organization_id === organization);
}

export function loadUser(client: EnvironmentClient, id: string): Promise<User> {
  return client.get({ path: ['users', id], key: 'user', entity: userEntity });
}

export function targetUser({ id, email }: User): Target {
  return targetOf('user', id, email);
}

const query = z.string().min(3).max(100).optional().describe('In the email, id or external id');

export const userTools = [
  tool({
    name: 'list_organization_users',
    title: 'List a Scalekit organization’s users',
    description: 'The members of an organization with their roles and whether they accepted; query finds some of them.',
    access: 'read',
    scopes: ['org:read'],
    parameterAliases: listAliases,
    input: () => z.strictObject({ environmentId, organizationId, query, ...listInput }),
    output: () => listOutput('users', memberView),
    table: tableOf<z.output<typeof memberView>>('users', {
      id: (user) => user.id,
      email: (user) => user.email,
      name: (user) => user.name,
      status: (user) => user.status,
      roles: (user) => user.roles?.join(' '),
    }),
    async run({ environmentId, organizationId, query, max_results, cursor, view }, { client, progress }) {
      if (query !== undefined) refuseHidden(client, 'query', ['email']);
      const { items, ...tail } = await client.at(environmentId).list({
        path: ['organizations', organizationId, 'users'],
        ...(query === undefined ? { pageSize: 100 } : { verb: 'search', query: { query }, pageSize: 30 }),
        key: 'users',
        entity: userEntity,
        max: max_results,
        cursor,
        progress,
      });
      const users = items.map((user) => {
        const membership = membershipIn(user, organizationId);
        return {
          ...viewUser(user, view),
          ...present({ status: membership?.membership_status, roles: rolesOf(membership) }),
        };
      });
      return { users, ...tail };
    },
  }),

  tool({
    name: 'list_environment_users',
    title: 'List Scalekit users',
    description: 'The users of a whole environment, whatever their organizations; query finds some of them.',
    access: 'read',
    scopes: ['org:read'],
    parameterAliases: listAliases,
    input: () => z.strictObject({ environmentId, query, ...listInput }),
    output: () => listOutput('users', userView),
    table: tableOf<z.output<typeof userView>>('users', {
      id: (user) => user.id,
      email: (user) => user.email,
      name: (user) => user.name,
    }),
    async run({ environmentId, query, max_results, cursor, view }, { client, progress }) {
      if (query !== undefined) refuseHidden(client, 'query', ['email']);
      const { items, ...tail } = await client.at(environmentId).list({
        path: ['users'],
        ...(query === undefined ? { pageSize: 100 } : { verb: 'search', query: { query }, pageSize: 30 }),
        key: 'users',
        entity: userEntity,
        max: max_results,
        cursor,
        progress,
      });
      return { users: items.map((user) => viewUser(user, view)), ...tail };
    },
  }),

  tool({
    name: 'get_environment_user',
    title: 'Get a Scalekit user',
    description: 'One user with the organizations that they belong to, their roles there and open invitations.',
    access: 'read',
    scopes: ['org:read'],
    parameterAliases: environmentAlias,
    input: () => z.strictObject({ environmentId, userId, ...viewInput }),
    output: () =>
      userView.extend({
        created: z.string().optional(),
        metadata: z.record(z.string(), z.string()).optional(),
        memberships: z.array(membershipView),
      }),
    async run({ environmentId, userId, view }, { client }) {
      const user = await loadUser(client.at(environmentId), userId);
      const memberships = (user.memberships ?? []).map((membership) => ({
        organization_id: membership.organization_id,
        ...present({
          status: membership.membership_status,
          roles: rolesOf(membership),
          joined: membership.join_time,
          expires: membership.membership_status === 'ACTIVE' ? undefined : membership.expires_at,
        }),
      }));
      const { create_time, metadata } = user;
      return { ...viewUser(user, view), ...present({ created: create_time, metadata }), memberships };
    },
  }),
];
