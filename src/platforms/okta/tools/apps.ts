// Reading applications and who is assigned to them.

import { z } from 'zod';
import { fullObject, listInput, listOutput, viewInput } from '../../../core/listing.ts';
import { defineTools, tableOf } from '../../../core/tool.ts';
import type { OktaClient } from '../client.ts';
import { checkExpression } from '../filter.ts';
import { appEntity, appView, fullOf, present, viewApp } from '../views.ts';
import { appId, listParameters, refuseHiddenWords, renaming } from './shared.ts';

const tool = defineTools<OktaClient>();
const text = z.string().nullish();

export const appColumns: Parameters<typeof tableOf<z.output<typeof appView>>>[1] = {
  id: (app) => app.id,
  label: (app) => app.label,
  name: (app) => app.name,
  status: (app) => app.status,
};

const { max_results, cursor, view } = listInput;

const listedApp = appView.extend({ assignment: z.record(z.string(), z.unknown()).optional().describe('with expand') });

export const appUserEntity = z.object({
  id: z.string(),
  status: text,
  scope: text,
  created: text,
  statusChanged: text,
  credentials: z.object({ userName: text }).nullish(),
});
export const appUserView = z.object({
  id: z.string().describe('user id'),
  username: z.string().optional().describe('name in the app'),
  scope: z.string().optional().describe('USER: direct, GROUP: by a group'),
  status: z.string().optional(),
  created: z.string().optional(),
  full: fullObject,
});
export const appGroupEntity = z.object({
  id: z.string(),
  priority: z.number().nullish(),
  lastUpdated: text,
  _embedded: z.object({ group: z.object({ profile: z.object({ name: text }).nullish() }).nullish() }).nullish(),
});
export const appGroupView = z.object({
  id: z.string().describe('group id'),
  name: z.string().optional(),
  priority: z.number().optional(),
  last_updated: z.string().optional(),
  full: fullObject,
});

/** What `query` looks at in an application’s users. */
const foundByWords = ['credentials.userName', 'profile.firstName', 'profile.lastName', 'profile.email'];
const insteadOfWords = 'Name the user: get_okta_application_user.';

export const appTools = [
  tool({
    name: 'list_okta_applications',
    title: 'List Okta applications',
    description:
      'Find applications by q (start of label or name) or filter; with none, all. Next: list_okta_application_users, list_okta_application_group_assignments.',
    access: 'read',
    scopes: ['okta.apps.read'],
    aliases: { list_applications: renaming({ filter_expr: 'filter' }) },
    parameterAliases: {
      max_results: 'limit',
      cursor: 'after',
      query: 'q',
      filter_type: 'filter',
      filter_expr: 'filter',
    },
    input: () =>
      z.strictObject({
        q: z.string().max(255).optional().describe('Start of label or name'),
        filter: z.string().optional().describe('e.g. status eq "ACTIVE"'),
        limit: max_results,
        after: cursor,
        include_non_deleted: z.boolean().default(false).describe('Deactivated ones too'),
        use_optimization: z.boolean().default(false).describe('Ask Okta for fewer fields'),
        expand: z
          .string()
          .regex(/^user\/[^/\s]{1,320}$/, { error: 'must be user/ and a user id' })
          .optional()
          .describe('user/{id}: adds that user’s assignment'),
        view,
      }),
    output: () => listOutput('applications', listedApp, 'after'),
    table: tableOf('applications', appColumns, 'after'),
    async run(input, { client, progress }) {
      if (input.filter !== undefined) checkExpression('apps.filter', 'filter', input.filter);
      const { items, ...tail } = await client.list({
        path: ['apps'],
        query: {
          q: input.q,
          filter: input.filter,
          expand: input.expand,
          includeNonDeleted: input.include_non_deleted || undefined,
          useOptimization: input.use_optimization || undefined,
        },
        entity: appEntity.extend({ _embedded: z.object({ user: z.object({}).nullish() }).nullish() }),
        max: input.limit,
        cursor: input.after,
        pageSize: 200,
        progress,
      });
      const applications = items.map((app) => ({
        ...viewApp(app, input.view),
        ...present({ assignment: fullOf(app._embedded?.user ?? {}, input.expand ? 'full' : 'summary').full }),
      }));
      return { applications, ...tail };
    },
  }),

  tool({
    name: 'get_okta_application',
    title: 'Get an Okta application',
    description: 'One application with its sign-on mode, state and features. view full shows its settings.',
    access: 'read',
    scopes: ['okta.apps.read'],
    aliases: { get_application_details: renaming({ app_identifier: 'app_id' }) },
    parameterAliases: { app_identifier: 'app_id' },
    input: () => z.strictObject({ app_id: appId, ...viewInput }),
    output: () =>
      appView.extend({
        created: z.string().optional(),
        last_updated: z.string().optional(),
        features: z.array(z.string()).optional(),
      }),
    async run({ app_id, view }, { client }) {
      const entity = appEntity.extend({ features: z.array(z.string()).nullish() });
      const app = await client.get(['apps', app_id], entity);
      const { created, lastUpdated, features } = app;
      return { ...viewApp(app, view), ...present({ created, last_updated: lastUpdated, features }) };
    },
  }),

  tool({
    name: 'list_okta_application_users',
    title: 'List an application’s users',
    description: 'Who is assigned to an application, directly (USER) or by a group (GROUP).',
    access: 'read',
    scopes: ['okta.apps.read'],
    parameterAliases: { ...listParameters, q: 'query' },
    input: () =>
      z.strictObject({
        app_id: appId,
        query: z.string().max(200).optional().describe('Start of a name or username'),
        ...listInput,
      }),
    output: () => listOutput('users', appUserView),
    table: tableOf<z.output<typeof appUserView>>('users', {
      id: (user) => user.id,
      username: (user) => user.username,
      scope: (user) => user.scope,
      status: (user) => user.status,
    }),
    async run({ app_id, query, max_results, cursor, view }, { client, progress }) {
      if (query !== undefined) refuseHiddenWords(client, 'query', foundByWords, insteadOfWords);
      const { items, ...tail } = await client.list({
        path: ['apps', app_id, 'users'],
        query: { q: query },
        entity: appUserEntity,
        max: max_results,
        cursor,
        pageSize: 500,
        progress,
      });
      const users = items.map((user) => ({
        id: user.id,
        ...present({
          username: user.credentials?.userName,
          scope: user.scope,
          status: user.status,
          created: user.created,
        }),
        ...fullOf(user, view),
      }));
      return { users, ...tail };
    },
  }),

  tool({
    name: 'list_okta_application_group_assignments',
    title: 'List an application’s groups',
    description: 'The groups whose members get an application, with their priority.',
    access: 'read',
    scopes: ['okta.apps.read'],
    aliases: { list_okta_application_groups: renaming() },
    parameterAliases: { ...listParameters, q: 'query' },
    input: () =>
      z.strictObject({
        app_id: appId,
        query: z.string().max(255).optional().describe('Start of the group’s name'),
        ...listInput,
      }),
    output: () => listOutput('groups', appGroupView),
    table: tableOf<z.output<typeof appGroupView>>('groups', {
      id: (group) => group.id,
      name: (group) => group.name,
      priority: (group) => group.priority,
    }),
    async run({ app_id, query, max_results, cursor, view }, { client, progress }) {
      const { items, ...tail } = await client.list({
        path: ['apps', app_id, 'groups'],
        query: { q: query, expand: 'group' },
        entity: appGroupEntity,
        max: max_results,
        cursor,
        minPageSize: 20,
        pageSize: 200,
        progress,
      });
      const groups = items.map((group) => ({
        id: group.id,
        ...present({
          name: group._embedded?.group?.profile?.name,
          priority: group.priority,
          last_updated: group.lastUpdated,
        }),
        ...fullOf(group, view),
      }));
      return { groups, ...tail };
    },
  }),
];
