// Environments of a Scalekit workspace, and the client that an environment's own application uses.

import { z } from 'zod';
import { fullObject, listOutput, viewInput } from '../../../core/listing.ts';
import { withoutSecrets } from '../../../core/redact.ts';
import { defineTools, tableOf } from '../../../core/tool.ts';
import type { ScalekitClient } from '../client.ts';
import { loadEnvironmentClient } from './environment-client.ts';
import { environmentAlias, environmentId, listAliases, numberedListInput, present } from './shared.ts';

const tool = defineTools<ScalekitClient>();
const text = z.string().nullish();

const environmentEntity = z.looseObject({
  id: z.string(),
  display_name: text,
  domain: text,
  type: text,
  region_code: text,
  custom_domain: text,
  custom_domain_status: text,
  create_time: text,
  update_time: text,
});

const environmentView = z.object({
  id: z.string(),
  display_name: z.string().optional(),
  domain: z.string().optional(),
  type: z.string().optional().describe('PRD or DEV'),
  region_code: z.string().optional(),
  full: fullObject,
});

function viewEnvironment(entity: z.output<typeof environmentEntity>, view: 'summary' | 'full') {
  const { id, display_name, domain, type, region_code } = entity;
  return {
    id,
    ...present({ display_name, domain, type, region_code }),
    ...(view === 'full' && { full: withoutSecrets(entity) as Record<string, unknown> }),
  };
}

export const environmentTools = [
  tool({
    name: 'list_environments',
    title: 'List Scalekit environments',
    description: 'The workspace’s environments, whose ids other tools take as environmentId.',
    access: 'read',
    scopes: ['env:read', 'wks:read'],
    parameterAliases: listAliases,
    input: () => z.strictObject(numberedListInput),
    output: () => listOutput('environments', environmentView),
    table: tableOf<z.output<typeof environmentView>>('environments', {
      id: (environment) => environment.id,
      display_name: (environment) => environment.display_name,
      type: (environment) => environment.type,
      domain: (environment) => environment.domain,
    }),
    async run({ max_results, cursor, view }, { client, progress }) {
      const { items, ...tail } = await client.workspace.list({
        path: ['environments'],
        key: 'environments',
        entity: environmentEntity,
        max: max_results,
        cursor,
        pageSize: 100,
        numbered: true,
        progress,
      });
      return { environments: items.map((each) => viewEnvironment(each, view)), ...tail };
    },
  }),

  tool({
    name: 'get_environment_details',
    title: 'Get a Scalekit environment',
    description: 'One environment: its name, address, type and region.',
    access: 'read',
    scopes: ['env:read', 'wks:read'],
    parameterAliases: environmentAlias,
    input: () => z.strictObject({ environmentId: environmentId.unwrap(), ...viewInput }),
    output: () =>
      environmentView.extend({
        custom_domain: z.string().optional(),
        custom_domain_status: z.string().optional(),
        created: z.string().optional(),
        updated: z.string().optional(),
      }),
    async run({ environmentId: id, view }, { client }) {
      const path = ['environments', id];
      const environment = await client.workspace.get({ path, key: 'environment', entity: environmentEntity });
      const { custom_domain, custom_domain_status, create_time, update_time } = environment;
      return {
        ...viewEnvironment(environment, view),
        ...present({ custom_domain, custom_domain_status, created: create_time, updated: update_time }),
      };
    },
  }),

  tool({
    name: 'get_environment_credentials',
    title: 'Get an environment’s address and client id',
    description: 'What an application needs to use an environment: its address and client id. Secrets are never shown.',
    access: 'read',
    scopes: ['env:read'],
    parameterAliases: environmentAlias,
    input: () => z.strictObject({ environmentId }),
    output: () =>
      z.object({
        environment_url: z.string().optional(),
        client_id: z.string(),
        secret_suffixes: z.array(z.string()).describe('last characters, to tell secrets apart'),
      }),
    async run({ environmentId: id }, { client }) {
      const [own, environment] = await Promise.all([
        loadEnvironmentClient(client.at(id)),
        client.origin === undefined && id !== undefined
          ? client.workspace.get({ path: ['environments', id], key: 'environment', entity: environmentEntity })
          : undefined,
      ]);
      const url = client.origin ?? (environment?.domain ? `https://${environment.domain}` : undefined);
      return {
        ...present({ environment_url: url }),
        client_id: own.id,
        secret_suffixes: (own.secrets ?? []).flatMap(({ secret_suffix }) => secret_suffix ?? []),
      };
    },
  }),
];
