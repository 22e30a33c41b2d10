// Reading users and what hangs on them.

import { z } from 'zod';
import { CastellanError } from '../../../core/errors.ts';
import { fullObject, listInput, listOutput, viewInput } from '../../../core/listing.ts';
import { defineTools, tableOf } from '../../../core/tool.ts';
import type { OktaClient } from '../client.ts';
import { checkExpression } from '../filter.ts';
import {
  fullOf,
  groupEntity,
  groupView,
  nameUser,
  present,
  userEntity,
  userView,
  viewGroup,
  viewUser,
} from '../views.ts';
import { checkOneOf, listParameters, refuseHidden, refuseHiddenWords, renaming, userId } from './shared.ts';

const tool = defineTools<OktaClient>();

type UserView = z.output<typeof userView>;
type GroupView = z.output<typeof groupView>;

export const userTable = tableOf<UserView>('users', {
  login: nameUser,
  name: (user) => user.name,
  status: (user) => user.status,
});

const text = z.string().nullish();
const linkEntity = z.object({
  id: z.string(),
  label: text,
  appInstanceId: text,
  appName: text,
  linkUrl: text,
  hidden: z.boolean().nullish(),
});
const linkView = z.object({
  app_id: z.string().optional(),
  label: z.string(),
  name: z.string().optional().describe('kind of app'),
  url: z.string().optional(),
  hidden: z.boolean().optional(),
  full: fullObject,
});
/** What `query` looks at. */
const foundByWords = ['profile.firstName', 'profile.lastName', 'profile.email'];
const insteadOfWords =
  'Name the user by login or id (get_okta_user), or use search with an attribute that is shown, such as profile.department sw "Fin".';

export const userTools = [
  tool({
    name: 'list_okta_users',
    title: 'List Okta users',
    description:
      'Find users by one of: query (start of a name or email), search (any attribute; lags changes by seconds), filter_type (few attributes, immediate). With none: all but deprovisioned users. Next: get_okta_user.',
    access: 'read',
    scopes: ['okta.users.read'],
    parameterAliases: { ...listParameters, q: 'query', filter: 'filter_type' },
    input: () =>
      z.strictObject({
        query: z.string().max(200).optional().describe('Start of first name, last name or email'),
        search: z.string().optional().describe('e.g. status eq "LOCKED_OUT" and profile.department sw "Fin"'),
        filter_type: z.string().optional().describe('e.g. lastUpdated gt "2026-01-01T00:00:00.000Z"'),
        sort_by: z
          .string()
          .regex(/^[\w.]{1,100}$/, { error: 'must be the name of an attribute, such as profile.lastName' })
          .optional()
          .describe('With search only; default created'),
        sort_order: z.enum(['asc', 'desc']).optional().describe('With search only; default desc'),
        ...listInput,
      }),
    output: () => listOutput('users', userView),
    table: userTable,
    async run({ query, search, filter_type, sort_by, sort_order, max_results, cursor, view }, { client, progress }) {
      checkOneOf({ search, filter_type, query });
      if (query !== undefined) refuseHiddenWords(client, 'query', foundByWords, insteadOfWords);
      if (search !== undefined) {
        checkExpression('users.search', 'search', search);
        refuseHidden(client, 'search', search);
      }
      if (filter_type !== undefined) {
        checkExpression('users.filter', 'filter_type', filter_type);
        refuseHidden(client, 'filter_type', filter_type);
      }
      if (search === undefined && (sort_by ?? sort_order) !== undefined) {
        throw new CastellanError({
          code: 'invalid_input',
          message: 'sort_by and sort_order need search: Okta sorts nothing else.',
          hint: 'Add search, for instance status pr for everybody, or leave the order out.',
        });
      }
      if (sort_by !== undefined) refuseHidden(client, 'sort_by', sort_by);
      const sort = search === undefined ? {} : { sortBy: sort_by ?? 'created', sortOrder: sort_order ?? 'desc' };
      const { items, ...tail } = await client.list({
        path: ['users'],
        query: { search, filter: filter_type, q: query, ...sort },
        entity: userEntity,
        max: max_results,
        cursor,
        pageSize: 200,
        ...(query !== undefined && { capped: 200 }),
        progress,
      });
      return { users: items.map((user) => viewUser(user, view)), ...tail };
    },
  }),

  tool({
    name: 'get_okta_user',
    title: 'Get an Okta user',
    description:
      'One user: status, dates, profile. Next: list_okta_user_groups, list_okta_user_applications, list_okta_user_factors; get_okta_event_logs tells what happened.',
    access: 'read',
    scopes: ['okta.users.read'],
    aliases: { get_user_details: renaming({ user_identifier: 'user_id' }) },
    parameterAliases: { user_identifier: 'user_id' },
    input: () => z.strictObject({ user_id: userId, ...viewInput }),
    output: () =>
      userView.extend({
        created: z.string().optional(),
        activated: z.string().optional(),
        status_changed: z.string().optional(),
        last_updated: z.string().optional(),
        password_changed: z.string().optional(),
        profile: z.record(z.string(), z.unknown()).describe('further attributes'),
      }),
    async run({ user_id, view }, { client }) {
      const user = await client.get(['users', user_id], userEntity);
      const { full, ...summary } = viewUser(user, view);
      const { login: _login, firstName: _first, lastName: _last, ...profile } = user.profile;
      return {
        ...summary,
        ...present({
          created: user.created,
          activated: user.activated,
          status_changed: user.statusChanged,
          last_updated: user.lastUpdated,
          password_changed: user.passwordChanged,
        }),
        profile: present(fullOf({ profile }, 'full').full?.profile as Record<string, unknown>),
        ...(full && { full }),
      };
    },
  }),

  tool({
    name: 'list_okta_user_groups',
    title: 'List a user’s groups',
    description: 'The groups that a user belongs to. Next: list_okta_assigned_applications_for_group.',
    access: 'read',
    scopes: ['okta.users.read'],
    parameterAliases: listParameters,
    input: () => z.strictObject({ user_id: userId, ...listInput }),
    output: () => listOutput('groups', groupView),
    table: tableOf<GroupView>('groups', {
      id: (group) => group.id,
      name: (group) => group.name,
      type: (group) => group.type,
    }),
    async run({ user_id, max_results, cursor, view }, { client, progress }) {
      const request = { path: ['users', user_id, 'groups'], entity: groupEntity, max: max_results, cursor, progress };
      const { items, ...tail } = await client.list(request);
      return { groups: items.map((group) => viewGroup(group, view)), ...tail };
    },
  }),

  tool({
    name: 'list_okta_user_applications',
    title: 'List a user’s applications',
    description: 'What a user can open: the tiles of their dashboard, with app_id for get_okta_application.',
    access: 'read',
    scopes: ['okta.users.read'],
    parameterAliases: listParameters,
    input: () =>
      z.strictObject({
        user_id: userId,
        show_all: z.boolean().default(true).describe('Hidden ones too'),
        ...listInput,
      }),
    output: () => listOutput('applications', linkView),
    table: tableOf<z.output<typeof linkView>>('applications', {
      app_id: (link) => link.app_id,
      label: (link) => link.label,
      name: (link) => link.name,
    }),
    async run({ user_id, show_all, max_results, cursor, view }, { client, progress }) {
      const request = { path: ['users', user_id, 'appLinks'], entity: linkEntity, max: max_results, cursor, progress };
      const { items, ...tail } = await client.list(request);
      const shown = items.filter((link) => show_all || link.hidden !== true);
      const applications = shown.map((link) => ({
        ...present({ app_id: link.appInstanceId }),
        label: link.label ?? '',
        ...present({ name: link.appName, url: link.linkUrl, hidden: link.hidden === true ? true : undefined }),
        ...fullOf(link, view),
      }));
      return { applications, ...tail };
    },
  }),
];
