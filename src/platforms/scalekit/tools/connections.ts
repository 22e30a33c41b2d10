// Reading Scalekit's connections: how people sign in, at the environment or with their organization's own identity provider.

import { z } from 'zod';
import { fullObject, listInput, listOutput, viewInput } from '../../../core/listing.ts';
import { pick } from '../../../core/merging.ts';
import { withoutSecrets } from '../../../core/redact.ts';
import { defineTools, tableOf } from '../../../core/tool.ts';
import type { ScalekitClient } from '../client.ts';
import {
  type Connection,
  connectionsOf,
  findConnection,
  type ListedConnection,
  listedConnection,
  shownConfiguration,
} from './connection-facts.ts';
import {
  connectionAlias,
  connectionId,
  environmentAlias,
  environmentId,
  listAliases,
  organizationId,
  present,
} from './shared.ts';

const tool = defineTools<ScalekitClient>();
const text = z.string().nullish();

const connectionView = z.object({
  id: z.string(),
  provider: z.string().optional(),
  type: z.string().optional(),
  status: z.string().optional(),
  enabled: z.boolean(),
  key_id: z.string().optional(),
  organization_id: z.string().optional(),
  organization: z.string().optional(),
  domains: z.array(z.string()).optional(),
  full: fullObject,
});
type Row = z.output<typeof connectionView>;
const columns = {
  id: ({ id }: Row) => id,
  provider: ({ provider }: Row) => provider,
  type: ({ type }: Row) => type,
  status: ({ status }: Row) => status,
  enabled: ({ enabled }: Row) => enabled,
  organization: ({ organization, organization_id }: Row) => organization ?? organization_id,
  domains: ({ domains }: Row) => domains?.join(' '),
};

function viewConnection(
  connection: ListedConnection | Connection,
  domains: readonly string[],
  view: 'summary' | 'full',
): Row {
  const { id, provider, type, status, enabled, key_id, organization_id } = connection;
  const organization_name = connection.organization_name as string | undefined;
  return {
    id,
    enabled: enabled ?? false,
    ...present({ provider, type, status, key_id, organization_id, organization: organization_name }),
    ...(domains.length > 0 && { domains: [...domains] }),
    ...(view === 'full' && { full: withoutSecrets(connection) as Record<string, unknown> }),
  };
}

function domainsOf({ domains }: Connection): string[] {
  return (domains ?? []).flatMap(({ domain }) => domain ?? []);
}

const testResult = z.looseObject({ status: text, error: text, error_description: text, error_details: text });

export const connectionTools = [
  tool({
    name: 'list_environment_connections',
    title: 'List a Scalekit environment’s connections',
    description:
      'The environment’s own connections, whether enabled or not; list_organization_connections has those of organizations.',
    access: 'read',
    scopes: ['env:read'],
    parameterAliases: environmentAlias,
    input: () => z.strictObject({ environmentId, ...viewInput }),
    output: () => listOutput('connections', connectionView),
    table: tableOf<Row>('connections', columns),
    async run({ environmentId, view }, { client }) {
      const connections = await connectionsOf(client.at(environmentId));
      return {
        connections: connections.map((connection) => viewConnection(connection, connection.domains ?? [], view)),
        complete: true,
      };
    },
  }),

  tool({
    name: 'list_organization_connections',
    title: 'List organizations’ connections',
    description: 'The connections of one organization, or of all, whether enabled or not.',
    access: 'read',
    scopes: ['org:read'],
    parameterAliases: listAliases,
    input: () => z.strictObject({ environmentId, organizationId: organizationId.optional(), ...listInput }),
    output: () => listOutput('connections', connectionView),
    table: tableOf<Row>('connections', columns),
    async run({ environmentId, organizationId, max_results, cursor, view }, { client, progress }) {
      const { items, ...tail } = await client.at(environmentId).list({
        // Those of one come all at once.
        ...(organizationId === undefined
          ? { path: ['organizations', '-', 'connections'], pageSize: 30 }
          : { path: ['connections'], query: { organization_id: organizationId, include: 'all' } }),
        key: 'connections',
        entity: listedConnection,
        max: max_results,
        cursor,
        progress,
      });
      return {
        connections: items.map((connection) => viewConnection(connection, connection.domains ?? [], view)),
        ...tail,
      };
    },
  }),

  tool({
    name: 'get_environment_connection',
    title: 'Get a Scalekit connection',
    description: 'One connection with its configuration, without secrets.',
    access: 'read',
    scopes: ['env:read'],
    parameterAliases: connectionAlias,
    input: () =>
      z.strictObject({ environmentId, connectionId, organizationId: organizationId.optional(), ...viewInput }),
    output: () =>
      connectionView.extend({
        configuration_type: z.string().optional(),
        configuration: z.record(z.string(), z.unknown()).optional(),
        created: z.string().optional(),
        updated: z.string().optional(),
      }),
    async run({ environmentId, connectionId, organizationId, view }, { client }) {
      const { connection } = await findConnection(client.at(environmentId), connectionId, organizationId);
      const { configuration_type, create_time, update_time } = connection;
      const configuration = shownConfiguration(connection);
      return {
        ...viewConnection(connection, domainsOf(connection), view),
        ...present({ configuration_type, created: create_time, updated: update_time }),
        ...(configuration && { configuration }),
      };
    },
  }),

  tool({
    name: 'get_connection_test_result',
    title: 'Get the result of a connection test',
    description: 'How a test of a connection, made by a person in the dashboard or admin portal, came out.',
    access: 'read',
    scopes: ['env:read'],
    parameterAliases: connectionAlias,
    input: () =>
      z.strictObject({
        environmentId,
        connectionId,
        testRequestId: z
          .string()
          .regex(/^[\w-]{1,100}$/, { error: 'is no id' })
          .describe('test_request_id of the connection’s test_connection_uri'),
      }),
    output: () =>
      z.object({
        status: z.string().describe('PENDING, SUCCESS, FAILURE'),
        error: z.string().optional(),
        error_description: z.string().optional(),
        error_details: z.string().optional(),
      }),
    async run({ environmentId, connectionId, testRequestId }, { client }) {
      const path = ['connections', connectionId, 'test-requests', testRequestId];
      const result = await client.at(environmentId).getWhole({ path, entity: testResult });
      // What the provider said about the person who tested stays there.
      const said = withoutSecrets(pick(result, ['error', 'error_description', 'error_details']));
      return { status: result.status || 'PENDING', ...present(said as Record<string, string>) };
    },
  }),
];
