// Scalekit's directories: where an organization's users and groups come from without anybody's doing (SCIM).

import { z } from 'zod';
import { nameTarget, type Plan, type Target } from '../../../core/change.ts';
import { fullObject, listInput, listOutput, viewInput } from '../../../core/listing.ts';
import { withoutSecrets } from '../../../core/redact.ts';
import { defineChanges, defineTools, tableOf } from '../../../core/tool.ts';
import type { ScalekitClient } from '../client.ts';
import { checkToggled, targetOf } from './changing.ts';
import { type Directory, directoriesOf, directoryEntity } from './connection-facts.ts';
import {
  directoryId,
  environmentAlias,
  environmentId,
  inSame,
  listAliases,
  organizationId,
  present,
} from './shared.ts';

const tool = defineTools<ScalekitClient>();
const change = defineChanges<ScalekitClient>();
const text = z.string().nullish();

const directoryView = z.object({
  id: z.string(),
  name: z.string().optional(),
  provider: z.string().optional(),
  type: z.string().optional(),
  status: z.string().optional(),
  enabled: z.boolean(),
  last_synced: z.string().optional(),
  users: z.number(),
  groups: z.number(),
  full: fullObject,
});

const person = z.looseObject({
  id: z.string(),
  email: text,
  given_name: text,
  family_name: text,
  updated_at: text,
  groups: z.array(z.looseObject({ display_name: text })).nullish(),
});
const personView = z.object({
  id: z.string(),
  email: z.string().optional(),
  name: z.string().optional(),
  groups: z.array(z.string()).optional(),
  updated: z.string().optional(),
  full: fullObject,
});

const group = z.looseObject({
  id: z.string(),
  display_name: text,
  total_users: z.number().nullish(),
  updated_at: text,
});
const groupView = z.object({
  id: z.string(),
  name: z.string().optional(),
  users: z.number(),
  updated: z.string().optional(),
  full: fullObject,
});

const switchInput = () => z.strictObject({ environmentId, organizationId, directoryId });

export const directoryTools = [
  tool({
    name: 'list_organization_directories',
    title: 'List an organization’s directories',
    description: 'The directories of an organization, when each was last synchronized, and how many people it brought.',
    access: 'read',
    scopes: ['org:read'],
    parameterAliases: environmentAlias,
    input: () => z.strictObject({ environmentId, organizationId, ...viewInput }),
    output: () => listOutput('directories', directoryView),
    table: tableOf<z.output<typeof directoryView>>('directories', {
      id: (directory) => directory.id,
      name: (directory) => directory.name,
      provider: (directory) => directory.provider,
      enabled: (directory) => directory.enabled,
      status: (directory) => directory.status,
      last_synced: (directory) => directory.last_synced,
      users: (directory) => directory.users,
    }),
    async run({ environmentId, organizationId, view }, { client }) {
      const directories = await directoriesOf(client.at(environmentId), organizationId);
      return {
        directories: directories.map((directory) => ({
          id: directory.id,
          enabled: directory.enabled ?? false,
          ...countsOf(directory),
          ...present({
            name: directory.name,
            provider: directory.directory_provider,
            type: directory.directory_type,
            status: directory.status,
            last_synced: directory.last_synced_at,
          }),
          ...(view === 'full' && { full: withoutSecrets(directory) as Record<string, unknown> }),
        })),
        complete: true,
      };
    },
  }),

  tool({
    name: 'list_directory_users',
    title: 'List a directory’s users',
    description: 'The people whom a directory brought, with their groups; groupId takes those of one group.',
    access: 'read',
    scopes: ['org:read'],
    parameterAliases: listAliases,
    input: () =>
      z.strictObject({
        environmentId,
        organizationId,
        directoryId,
        groupId: z
          .string()
          .regex(/^\w{1,64}$/, { error: 'is no id of a group' })
          .optional(),
        ...listInput,
      }),
    output: () => listOutput('users', personView),
    table: tableOf<z.output<typeof personView>>('users', {
      id: (user) => user.id,
      email: (user) => user.email,
      name: (user) => user.name,
      groups: (user) => user.groups?.join(', '),
    }),
    async run(
      { environmentId, organizationId, directoryId, groupId, max_results, cursor, view },
      { client, progress },
    ) {
      const { items, ...tail } = await client.at(environmentId).list({
        path: ['organizations', organizationId, 'directories', directoryId, 'users'],
        query: { directory_group_id: groupId, include_detail: view === 'full' ? true : undefined },
        key: 'users',
        entity: person,
        max: max_results,
        cursor,
        pageSize: 30,
        progress,
      });
      const users = items.map((user) => ({
        id: user.id,
        ...present({
          email: user.email,
          name: [user.given_name, user.family_name].filter(Boolean).join(' '),
          groups: (user.groups ?? []).flatMap(({ display_name }) => display_name ?? []),
          updated: user.updated_at,
        }),
        ...(view === 'full' && { full: withoutSecrets(user) as Record<string, unknown> }),
      }));
      return { users, ...tail };
    },
  }),

  tool({
    name: 'list_directory_groups',
    title: 'List a directory’s groups',
    description: 'The groups that a directory brought, with how many people are in each.',
    access: 'read',
    scopes: ['org:read'],
    parameterAliases: listAliases,
    input: () => z.strictObject({ environmentId, organizationId, directoryId, ...listInput }),
    output: () => listOutput('groups', groupView),
    table: tableOf<z.output<typeof groupView>>('groups', {
      id: (each) => each.id,
      name: (each) => each.name,
      users: (each) => each.users,
    }),
    async run({ environmentId, organizationId, directoryId, max_results, cursor, view }, { client, progress }) {
      const { items, ...tail } = await client.at(environmentId).list({
        path: ['organizations', organizationId, 'directories', directoryId, 'groups'],
        key: 'groups',
        entity: group,
        max: max_results,
        cursor,
        pageSize: 30,
        progress,
      });
      const groups = items.map((each) => ({
        id: each.id,
        users: each.total_users ?? 0,
        ...present({ name: each.display_name, updated: each.updated_at }),
        ...(view === 'full' && { full: withoutSecrets(each) as Record<string, unknown> }),
      }));
      return { groups, ...tail };
    },
  }),

  change({
    name: 'enable_organization_directory',
    title: 'Enable a Scalekit directory',
    description: 'Lets a directory bring, change and remove an organization’s users.',
    access: 'write',
    scopes: ['org:write', 'org:read'],
    idempotent: true,
    parameterAliases: environmentAlias,
    input: switchInput,
    plan: (input, { client }) => planSwitch(client, input, true),
  }),

  change({
    name: 'disable_organization_directory',
    title: 'Disable a Scalekit directory',
    description: 'Stops a directory: it brings, changes and removes nobody until it is enabled again.',
    access: 'destroy',
    scopes: ['org:write', 'org:read'],
    idempotent: true,
    parameterAliases: environmentAlias,
    input: switchInput,
    plan: (input, { client }) => planSwitch(client, input, false),
  }),
];

/** What is different between switching a directory on and off. */
const switches = {
  on: {
    verb: 'enable',
    back: 'disable_organization_directory',
    warning: 'From then on whoever is in it gets in, and whoever leaves it loses access.',
    but: { but: 'whom it brings or removes meanwhile stays so' },
    ask: 'the directory then decides who gets in',
  },
  off: {
    verb: 'disable',
    back: 'enable_organization_directory',
    warning:
      'Whoever joins the organization’s directory does not get in, and whoever leaves it keeps access, until it is enabled again.',
    but: {},
    ask: undefined,
  },
} as const;

async function planSwitch(
  client: ScalekitClient,
  { environmentId, organizationId, directoryId }: z.output<ReturnType<typeof switchInput>>,
  enabled: boolean,
): Promise<Plan> {
  const { verb, back, warning, but, ask } = switches[enabled ? 'on' : 'off'];
  const environment = client.at(environmentId);
  const path = ['organizations', organizationId, 'directories', directoryId];
  const directory = await environment.get({ path, key: 'directory', entity: directoryEntity });
  const target: Target = targetOf('directory', directoryId, directory.name || directory.directory_provider);
  return {
    summary: `${enabled ? 'Enable' : 'Disable'} the ${nameTarget(target)} of the organization ${organizationId}`,
    targets: [target, { type: 'organization', id: organizationId }],
    changes: [{ field: 'enabled', before: !enabled, after: enabled }],
    touches: countsOf(directory),
    warnings: [warning],
    undo: { tool: back, input: { ...inSame(environmentId), organizationId, directoryId }, ...but },
    ask,
    already: (directory.enabled ?? false) === enabled ? `The directory is ${verb}d already.` : undefined,
    async apply() {
      checkToggled(await environment.send('PATCH', path, { verb }), enabled);
      return undefined;
    },
  };
}

function countsOf({ stats, total_users, total_groups }: Directory) {
  return { users: stats?.total_users ?? total_users ?? 0, groups: stats?.total_groups ?? total_groups ?? 0 };
}
