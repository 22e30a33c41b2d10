// Administrator roles: whose they are, and how they were given: https://developer.okta.com/docs/api/openapi/okta-management/management/tag/RoleAssignmentAUser/

import { z } from 'zod';
import { fullObject, listInput, listOutput } from '../../../core/listing.ts';
import { collectPages, decodeCursor, encodeCursor } from '../../../core/pages.ts';
import { defineTools, tableOf } from '../../../core/tool.ts';
import { afterIn } from '../body-pages.ts';
import type { OktaClient } from '../client.ts';
import { fullOf, nameUser, present, userEntity, userView, type View, viewUser } from '../views.ts';
import { orUndefined } from './counting.ts';
import { groupId, listParameters, userId } from './shared.ts';

const tool = defineTools<OktaClient>();
const text = z.string().nullish();

const roleEntity = z.object({
  id: text,
  type: z.string(),
  label: text,
  status: text,
  created: text,
  assignmentType: text,
  role: text,
  'resource-set': text,
});
const roleView = z.object({
  id: z.string().optional(),
  type: z.string(),
  label: z.string().optional(),
  status: z.string().optional(),
  given_to: z.string().optional().describe('USER: the person; GROUP: a group of theirs'),
  resource_set: z.string().optional(),
  created: z.string().optional(),
  full: fullObject,
});
type RoleView = z.output<typeof roleView>;

const roleTable = tableOf<RoleView>('roles', {
  id: (role) => role.id,
  type: (role) => role.type,
  label: (role) => role.label,
  status: (role) => role.status,
  given_to: (role) => role.given_to,
  resource_set: (role) => role.resource_set,
});

function viewRole(role: z.output<typeof roleEntity>, view: View): RoleView {
  return {
    type: role.type,
    ...present({
      id: role.id,
      label: role.label,
      status: role.status,
      given_to: role.assignmentType,
      resource_set: role['resource-set'],
      created: role.created,
    }),
    ...fullOf(role, view),
  };
}

/** More roles nobody has; the operation has no pages. */
const mostRoles = 1_000;
const mostAdministrators = 50;
const assignees = z.object({ value: z.array(z.object({ id: z.string() })) });
const administratorView = userView.omit({ full: true }).extend({ roles: z.array(z.string()) });

export const roleTools = [
  tool({
    name: 'list_okta_user_roles',
    title: 'List a user’s administrator roles',
    description:
      'Administrator roles of a user, given to them or through a group; which group: list_okta_user_groups, then list_okta_group_roles.',
    access: 'read',
    scopes: ['okta.roles.read'],
    parameterAliases: listParameters,
    input: () => z.strictObject({ user_id: userId, ...listInput }),
    output: () => listOutput('roles', roleView),
    table: roleTable,
    async run({ user_id, max_results, cursor, view }, { client, progress }) {
      const request = { path: ['users', user_id, 'roles'], entity: roleEntity, max: max_results, cursor, progress };
      const { items, ...tail } = await client.list(request);
      return { roles: items.map((role) => viewRole(role, view)), ...tail };
    },
  }),

  tool({
    name: 'list_okta_group_roles',
    title: 'List a group’s administrator roles',
    description: 'Administrator roles that every member of a group has through it.',
    access: 'read',
    scopes: ['okta.roles.read'],
    parameterAliases: listParameters,
    input: () => z.strictObject({ group_id: groupId, ...listInput }),
    output: () => listOutput('roles', roleView),
    table: roleTable,
    async run({ group_id, max_results, cursor, view }, { client, progress }) {
      const request = { path: ['groups', group_id, 'roles'], entity: roleEntity, max: max_results, cursor, progress };
      const { items, ...tail } = await client.list(request);
      return { roles: items.map((role) => viewRole(role, view)), ...tail };
    },
  }),

  tool({
    name: 'list_okta_administrators',
    title: 'List administrators',
    description:
      'Every person with an administrator role, given to them or through a group, with status and roles. Applications can have roles too and are not here.',
    access: 'read',
    scopes: ['okta.roles.read', 'okta.users.read'],
    parameterAliases: listParameters,
    input: () =>
      z.strictObject({
        max_results: z.int().min(1).max(mostAdministrators).default(mostAdministrators).describe('How many at most'),
        cursor: listInput.cursor,
      }),
    output: () => listOutput('administrators', administratorView),
    table: tableOf<z.output<typeof administratorView>>('administrators', {
      login: nameUser,
      name: (user) => user.name,
      status: (user) => user.status,
      roles: (user) => user.roles.join(', '),
      last_login: (user) => user.last_login,
    }),
    async run({ max_results, cursor }, { client, progress }) {
      const question = JSON.stringify([client.tenant, 'administrators']);
      const found = await collectPages({
        async fetchPage(after, limit) {
          const page = await client.get(['iam', 'assignees', 'users'], assignees, { after, limit });
          return { items: page.value, next: afterIn(page) };
        },
        from: cursor === undefined ? undefined : decodeCursor(cursor, question),
        max: max_results,
        pageSize: 100,
      });
      let done = 0;
      const administrators = await Promise.all(
        found.items.map(async ({ id }) => {
          // Somebody who was deleted in the meantime administers nothing.
          const read = Promise.all([
            client.get(['users', id], userEntity),
            client.list({ path: ['users', id, 'roles'], entity: roleEntity, max: mostRoles }),
          ]);
          const [user, roles] = (await orUndefined(read, 'not_found')) ?? [];
          progress(++done, found.items.length);
          return user && roles ? [{ ...viewUser(user, 'summary'), roles: roles.items.map(nameRole) }] : [];
        }),
      );
      return {
        administrators: administrators.flat(),
        complete: found.next === undefined,
        ...(found.next && { next_cursor: encodeCursor(found.next, question) }),
        ...(found.stopped !== undefined && { note: `Stopped early: ${found.stopped}` }),
      };
    },
  }),
];

function nameRole({ type, label, assignmentType, status }: z.output<typeof roleEntity>): string {
  const name = type === 'CUSTOM' ? `CUSTOM (${label ?? 'without a name'})` : type;
  const how = assignmentType === 'GROUP' ? ' through a group' : '';
  return `${name}${how}${status === 'INACTIVE' ? ', inactive' : ''}`;
}
