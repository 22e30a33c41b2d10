// Reading the groups of an identity domain: https://docs.oracle.com/en-us/iaas/api/#/en/identity-domains/v1/Group/

import { z } from 'zod';
import { nameTarget, type Target } from '../../../core/change.ts';
import { fullObject, listInput, viewInput } from '../../../core/listing.ts';
import { quoted } from '../../../core/plain.ts';
import { defineTools, tableOf } from '../../../core/tool.ts';
import { loadByIds } from '../by-ids.ts';
import type { OciClient } from '../client.ts';
import { and, not, where } from '../filter.ts';
import { orUnseen } from '../seeing.ts';
import { domainListOutput, flag, fullOf, metaEntity, preventedEntity, text, type View } from './scim-views.ts';
import { groupId, listAliases, present, referenceEntity, wrong } from './shared.ts';
import { idOfUser, userRef } from './user-facts.ts';

const tool = defineTools<OciClient>();

const extension = 'urn:ietf:params:scim:schemas:oracle:idcs:extension:group:Group';
const dynamic = 'urn:ietf:params:scim:schemas:oracle:idcs:extension:dynamic:Group';
export const groupSchemas = { core: 'urn:ietf:params:scim:schemas:core:2.0:Group', extension, dynamic } as const;

const roleEntity = z.looseObject({
  id: z.string(),
  displayName: text,
  adminRole: flag,
  app: z.looseObject({ display: text }).nullish(),
});
export const groupEntity = z.looseObject({
  id: z.string().min(1),
  ocid: text,
  displayName: z.string(),
  externalId: text,
  meta: metaEntity,
  idcsPreventedOperations: preventedEntity,
  [extension]: z
    .looseObject({
      description: text,
      creationMechanism: text,
      owners: z.array(referenceEntity).nullish(),
      appRoles: z.array(z.looseObject({ value: z.string() })).nullish(),
      passwordPolicy: z.looseObject({ value: text, name: text }).nullish(),
      syncedFromApp: z.looseObject({ value: text, display: text }).nullish(),
    })
    .nullish(),
  [dynamic]: z.looseObject({ membershipType: text, membershipRule: text }).nullish(),
});
export type Group = z.output<typeof groupEntity>;

/** Returned only when asked for. */
const details = [
  'idcsPreventedOperations',
  `${extension}:creationMechanism`,
  `${extension}:owners`,
  `${extension}:appRoles`,
  `${extension}:passwordPolicy`,
  `${extension}:syncedFromApp`,
];

export const groupView = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string().optional(),
  dynamic: z.boolean().optional().describe('a rule decides who is in it'),
  full: fullObject,
});
const reference = z.object({ id: z.string(), name: z.string().optional(), type: z.string().optional() });
const roleView = z.object({
  id: z.string(),
  name: z.string().optional(),
  app: z.string().optional(),
  administrator: z.boolean().optional(),
});
const memberView = z.object({
  id: z.string(),
  login: z.string().optional(),
  name: z.string().optional(),
  active: z.boolean(),
});

const memberEntity = z.looseObject({ id: z.string(), userName: text, displayName: text, active: flag });

export function viewGroup(group: Group, view: View): z.output<typeof groupView> {
  const { id, displayName } = group;
  return {
    id,
    name: displayName,
    ...present({ description: group[extension]?.description, dynamic: isDynamic(group) || undefined }),
    ...fullOf(group, view),
  };
}

export function isDynamic(group: Group): boolean {
  return group[dynamic]?.membershipType === 'dynamic';
}

export function targetGroup({ id, displayName }: Pick<Group, 'id' | 'displayName'>): Target {
  return { type: 'group', id, name: displayName };
}

export function loadGroup(client: OciClient, id: string): Promise<Group> {
  return client.domain.get({
    path: ['Groups', id],
    attributes: details,
    attributeSets: ['default'],
    entity: groupEntity,
  });
}

/** A page of a group's members, by name. The attribute `members` has no pages; users can be asked for by their groups. */
export function listMembers(client: OciClient, group: string, max: number) {
  return client.domain.list({
    path: ['Users'],
    filter: where.eq('groups.value', group),
    attributes: ['userName', 'displayName', 'active'],
    sortBy: 'userName',
    entity: memberEntity,
    max,
  });
}

const owned = where.pr(`${extension}:owners.value`);

/** More members of a group belong into a list of users. */
const maxMembers = 100;

export const groupTools = [
  tool({
    name: 'list_oci_groups',
    title: 'List OCI groups',
    description:
      'Groups of the identity domain: by name, words in the name, or those of a user. Next: get_oci_group, list_oci_users with group_id for members.',
    access: 'read',
    scopes: ['oci:read'],
    parameterAliases: { ...listAliases, search: 'query', display_name: 'name' },
    input: () =>
      z.strictObject({
        query: z.string().min(1).max(255).optional().describe('In the name'),
        name: z.string().min(1).max(255).optional().describe('The whole name'),
        user_id: userRef.optional().describe('Whose groups: id, OCID, login or email'),
        has_owner: z.boolean().optional(),
        ...listInput,
      }),
    output: () => domainListOutput('groups', groupView),
    table: tableOf<z.output<typeof groupView>>('groups', {
      id: (group) => group.id,
      name: (group) => group.name,
      dynamic: (group) => group.dynamic,
      description: (group) => group.description,
    }),
    async run({ query, name, user_id, has_owner, max_results, cursor, view }, { client, progress }) {
      const user = user_id === undefined ? undefined : await idOfUser(client, user_id);
      const { items, ...tail } = await client.domain.list({
        path: ['Groups'],
        filter: and(
          query === undefined ? undefined : where.co('displayName', query),
          name === undefined ? undefined : where.eq('displayName', name),
          user === undefined ? undefined : where.eq('members.value', user),
          has_owner === undefined ? undefined : has_owner ? owned : not(owned),
        ),
        attributeSets: ['default'],
        sortBy: 'displayName',
        entity: groupEntity,
        max: max_results,
        cursor,
        progress,
      });
      return { groups: items.map((group) => viewGroup(group, view)), ...tail };
    },
  }),

  tool({
    name: 'get_oci_group',
    title: 'Get an OCI group',
    description:
      'One group with its owners, the app roles that it gives and how many are in it; members: true names them (100; list_oci_users with group_id pages through).',
    access: 'read',
    scopes: ['oci:read'],
    input: () => z.strictObject({ group_id: groupId, members: z.boolean().default(false), ...viewInput }),
    output: () =>
      groupView.extend({
        ocid: z.string().optional(),
        created: z.string().optional(),
        last_modified: z.string().optional(),
        made_by: z.string().optional().describe('how it came to be: api, import, adsync, …'),
        comes_from: z.string().optional().describe('the application that keeps it'),
        rule: z.string().optional().describe('who is in a dynamic group'),
        password_policy: z.string().optional(),
        prevented: z.array(z.string()).optional().describe('what only Oracle may do with it'),
        owners: z.array(reference),
        app_roles: z.array(roleView),
        member_count: z.number(),
        members: z.array(memberView).optional(),
        note: z.string().optional(),
      }),
    async run({ group_id, members, view }, { client }) {
      const [group, people] = await Promise.all([
        loadGroup(client, group_id),
        listMembers(client, group_id, members ? maxMembers : 1),
      ]);
      const { ocid, meta, idcsPreventedOperations, [extension]: more, [dynamic]: rule } = group;
      const roleIds = (more?.appRoles ?? []).map(({ value }) => value);
      const asked = { entity: roleEntity, attributes: ['displayName', 'adminRole', 'app'] };
      const known = new Map(
        (await orUnseen(loadByIds(client, 'AppRoles', roleIds, asked)))?.map((role) => [role.id, role]),
      );
      return {
        ...viewGroup(group, view),
        ...present({
          ocid,
          created: meta?.created,
          last_modified: meta?.lastModified,
          made_by: more?.creationMechanism,
          comes_from: more?.syncedFromApp?.display ?? more?.syncedFromApp?.value,
          rule: rule?.membershipRule,
          password_policy: more?.passwordPolicy?.name,
          prevented: idcsPreventedOperations,
        }),
        owners: (more?.owners ?? []).map(({ value, display, type }) => ({
          id: value,
          ...present({ name: display, type }),
        })),
        app_roles: roleIds.map((id) => {
          const { displayName, app, adminRole } = known.get(id) ?? {};
          return { id, ...present({ name: displayName, app: app?.display, administrator: adminRole || undefined }) };
        }),
        member_count: people.total,
        ...(members && {
          members: people.items.map(({ id, userName, displayName, active }) => ({
            id,
            ...present({ login: userName, name: displayName }),
            active: active ?? true,
          })),
        }),
        ...(members &&
          people.total > people.items.length && {
            note: `The first ${people.items.length} of ${people.total} members; list_oci_users with group_id gives all.`,
          }),
      };
    },
  }),
];

/** @throws CastellanError `invalid_input` for what only Oracle's own clients may do with a group. */
export function refusePrevented(group: Group, operations: readonly string[], done: string): void {
  if (!group.idcsPreventedOperations?.some((operation) => operations.includes(operation))) return;
  throw wrong(
    `The ${nameTarget(targetGroup(group))} belongs to the identity domain itself and cannot be ${done}.`,
    'Take a group of your own.',
  );
}

/** Groups that a directory or an application keeps are changed by the next synchronization. */
export function warnOfSource(group: Group): readonly string[] {
  const from = group[extension]?.syncedFromApp;
  const source = from?.display ?? from?.value;
  return source ? [`It comes from ${quoted(source)}, which may take the change back when it is next read.`] : [];
}
