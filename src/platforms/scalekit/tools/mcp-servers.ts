// MCP servers that an environment's people and clients sign in to (Scalekit's resources of the type MCP_SERVER).

import { z } from 'zod';
import { CastellanError } from '../../../core/errors.ts';
import { fullObject, listInput, listOutput } from '../../../core/listing.ts';
import { withoutSecrets } from '../../../core/redact.ts';
import { defineTools, tableOf } from '../../../core/tool.ts';
import type { EnvironmentClient, ScalekitClient } from '../client.ts';
import { environmentId, listAliases, present } from './shared.ts';

const tool = defineTools<ScalekitClient>();
const text = z.string().nullish();
/** proto3 JSON: int64 is a string. */
const int64 = z.union([z.string(), z.number()]).nullish();

export const serverEntity = z.looseObject({
  id: z.string(),
  name: text,
  description: text,
  resource_type: text,
  resource_id: text,
  resource_uri: text,
  provider: text,
  access_token_expiry: int64,
  scopes: z.array(z.looseObject({ name: text })).nullish(),
});
export type McpServer = z.output<typeof serverEntity>;

const serverView = z.object({
  id: z.string(),
  name: z.string().optional(),
  description: z.string().optional(),
  url: z.string().optional(),
  provider: z.string().optional().describe('Who signs people in; absent: Scalekit'),
  access_token_expiry: z.string().optional().describe('Seconds'),
  scopes: z.array(z.string()).optional(),
  full: fullObject,
});

export const serverPath = (id: string) => ['resources', id];
export const askServer = (id: string) => ({ path: serverPath(id), key: 'resource', entity: serverEntity });

/** What a tool speaks of, by the names of its fields in Scalekit's object. */
export function factsOf({ name, description, resource_id, provider, access_token_expiry: expiry }: McpServer) {
  const seconds = expiry === undefined || expiry === null ? undefined : String(expiry);
  return present({ name, description, resource_id, provider, access_token_expiry: seconds });
}

/** @throws CastellanError where a resource is something else than an MCP server. */
export async function loadServer(client: EnvironmentClient, id: string): Promise<McpServer> {
  const server = await client.getExact(askServer(id));
  if (!server.resource_type || server.resource_type === 'MCP_SERVER') return server;
  throw new CastellanError({
    code: 'invalid_input',
    message: `${id} is no MCP server but a resource of the type ${server.resource_type}.`,
    hint: 'list_mcp_servers names MCP servers.',
  });
}

export const mcpServerTools = [
  tool({
    name: 'list_mcp_servers',
    title: 'List MCP servers',
    description: 'The MCP servers registered in the environment, and who signs people in to each.',
    access: 'read',
    scopes: ['env:read'],
    parameterAliases: listAliases,
    input: () => z.strictObject({ environmentId, ...listInput }),
    output: () => listOutput('mcp_servers', serverView),
    table: tableOf<z.output<typeof serverView>>('mcp_servers', {
      id: (server) => server.id,
      name: (server) => server.name,
      url: (server) => server.url,
      provider: (server) => server.provider,
    }),
    async run({ environmentId: id, max_results, cursor, view }, { client, progress }) {
      const { items, ...tail } = await client.at(id).list({
        path: ['resources'],
        query: { resource_type: 'MCP_SERVER' },
        key: 'resources',
        entity: serverEntity,
        max: max_results,
        cursor,
        pageSize: 30,
        progress,
      });
      const mcp_servers = items.map((server) => {
        const { resource_id, ...facts } = factsOf(server);
        const scopes = server.scopes?.flatMap(({ name }) => name ?? []);
        return {
          id: server.id,
          ...facts,
          ...present({ url: resource_id ?? server.resource_uri, scopes }),
          ...(view === 'full' && { full: withoutSecrets(server) as Record<string, unknown> }),
        };
      });
      return { mcp_servers, ...tail };
    },
  }),
];
