// Reading groups, their members and the applications that they give.

import { z } from 'zod';
import { listInput, listOutput, viewInput } from '../../../core/listing.ts';
import { defineTools, tableOf } from '../../../core/tool.ts';
import type { OktaClient } from '../client.ts';
import { checkExpression } from '../filter.ts';
import {
  appEntity,
  appView,
  groupEntity,
  groupView,
  present,
  userEntity,
  userView,
  viewApp,
  viewGroup,
  viewUser,
} from '../views.ts';
import { appColumns } from './apps.ts';
import { checkOneOf, groupId, listParameters, refuseHidden, renaming } from './shared.ts';
import { userTable } from './users.ts';

const tool = defineTools<OktaClient>();

export const groupTools = [
  tool({
    name: 'list_okta_groups',
    title: 'List Okta groups',
    description:
      'Find groups by one of: query (start of the name), search, filter_type. With none: all. Next: list_okta_group_members, list_okta_assigned_applications_for_group.',
    access: 'read',
    scopes: ['okta.groups.read'],
    parameterAliases: { ...listParameters, q: 'query', filter: 'filter_type' },
    input: () =>
      z.strictObject({
        query: z.string().max(255).optional().describe('Start of the name'),
        search: z.string().optional().describe('e.g. profile.name co "admin" or type eq "APP_GROUP"'),
        filter_type: z.string().optional().describe('e.g. type eq "OKTA_GROUP"'),
        ...listInput,
      }),
    output: () => listOutput('groups', groupView),
    table: tableOf<z.output<typeof groupView>>('groups', {
      id: (group) => group.id,
      name: (group) => group.name,
      type: (group) => group.type,
      description: (group) => group.description,
    }),
    async run({ query, search, filter_type, max_results, cursor, view }, { client, progress }) {
      checkOneOf({ search, filter_type, query });
      if (search !== undefined) {
        checkExpression('groups.search', 'search', search);
        refuseHidden(client, 'search', search);
      }
      if (filter_type !== undefined) {
        checkExpression('groups.filter', 'filter_type', filter_type);
        refuseHidden(client, 'filter_type', filter_type);
      }
      const { items, ...tail } = await client.list({
        path: ['groups'],
        query: { search, filter: filter_type, q: query },
        entity: groupEntity,
        max: max_results,
        cursor,
        pageSize: 200,
        ...(query !== undefined && { capped: 300 }),
        progress,
      });
      return { groups: items.map((group) => viewGroup(group, view)), ...tail };
    },
  }),

  tool({
    name: 'get_okta_group',
    title: 'Get an Okta group',
    description: 'One group with its description and dates. Next: list_okta_group_members.',
    access: 'read',
    scopes: ['okta.groups.read'],
    input: () => z.strictObject({ group_id: groupId, ...viewInput }),
    output: () =>
      groupView.extend({
        created: z.string().optional(),
        last_updated: z.string().optional(),
        last_membership_updated: z.string().optional(),
      }),
    async run({ group_id, view }, { client }) {
      const group = await client.get(['groups', group_id], groupEntity);
      return {
        ...viewGroup(group, view),
        ...present({
          created: group.created,
          last_updated: group.lastUpdated,
          last_membership_updated: group.lastMembershipUpdated,
        }),
      };
    },
  }),

  tool({
    name: 'list_okta_group_members',
    title: 'List a group’s members',
    description: 'The users in a group.',
    access: 'read',
    scopes: ['okta.groups.read'],
    aliases: { list_okta_group_users: renaming() },
    parameterAliases: listParameters,
    input: () => z.strictObject({ group_id: groupId, ...listInput }),
    output: () => listOutput('users', userView),
    table: userTable,
    async run({ group_id, max_results, cursor, view }, { client, progress }) {
      const request = {
        path: ['groups', group_id, 'users'],
        entity: userEntity,
        max: max_results,
        cursor,
        pageSize: 200,
        progress,
      };
      const { items, ...tail } = await client.list(request);
      return { users: items.map((user) => viewUser(user, view)), ...tail };
    },
  }),

  tool({
    name: 'list_okta_assigned_applications_for_group',
    title: 'List a group’s applications',
    description: 'The applications that a group gives to its members.',
    access: 'read',
    scopes: ['okta.groups.read'],
    parameterAliases: listParameters,
    input: () => z.strictObject({ group_id: groupId, ...listInput }),
    output: () => listOutput('applications', appView),
    table: tableOf('applications', appColumns),
    async run({ group_id, max_results, cursor, view }, { client, progress }) {
      const request = {
        path: ['groups', group_id, 'apps'],
        entity: appEntity,
        max: max_results,
        cursor,
        pageSize: 200,
        progress,
      };
      const { items, ...tail } = await client.list(request);
      return { applications: items.map((app) => viewApp(app, view)), ...tail };
    },
  }),
];
