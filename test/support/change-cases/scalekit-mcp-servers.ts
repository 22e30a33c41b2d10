// MCP servers that are registered in an environment.

import type { ScalekitWorkspace } from '../scalekit.ts';
import type { Json, ScalekitCase } from '../scalekit-changes.ts';

const at = ({ scalekit }: ScalekitWorkspace) => ({ environmentId: scalekit.production.id });
const url = 'https://mcp.larkspur.example';
const besides = [
  'id',
  'enable_cimd',
  'refresh_token_expiry',
  'resource_uri',
  'scopes',
  'connection_details',
  'protected_metadata',
  'protected_metadata_uri',
];

async function makeServer(workspace: ScalekitWorkspace, more: Json = {}): Promise<string> {
  const server = {
    name: 'Freight tools',
    description: 'Quotes and bookings',
    resource_type: 'MCP_SERVER',
    resource_id: 'https://freight.larkspur.example/mcp',
    access_token_expiry: '3600',
    ...more,
  };
  const made = (await workspace.write('POST', 'resources', server)) as { resource: { id: string } };
  return made.resource.id;
}

export const scalekitMcpServerCases: readonly ScalekitCase[] = [
  {
    tool: 'register_mcp_server',
    asks: false,
    undo: 'all',
    besides,
    prepare: async (workspace) => ({
      input: { ...at(workspace), name: 'Docks', description: 'Who docks where', url, access_token_expiry: 600 },
      reads: ['resources/{made}'],
    }),
  },
  {
    tool: 'update_mcp_server',
    asks: false,
    undo: 'all',
    besides,
    async prepare(workspace) {
      const id = await makeServer(workspace);
      const input = { ...at(workspace), id, name: 'Freight', accessTokenExpiry: 900 };
      return { input, reads: [`resources/${id}`] };
    },
  },
  {
    tool: 'update_mcp_server',
    when: 'of which somebody else is to sign people in',
    asks: true,
    undo: 'all',
    besides,
    async prepare(workspace) {
      const id = await makeServer(workspace);
      const input = { ...at(workspace), id, provider: 'okta', useScalekitAuthentication: false };
      return { input, reads: [`resources/${id}`] };
    },
  },
  {
    tool: 'switch_mcp_auth_to_scalekit',
    asks: true,
    undo: 'partly',
    besides,
    async prepare(workspace) {
      const id = await makeServer(workspace, { provider: 'okta' });
      return { input: { ...at(workspace), id }, reads: [`resources/${id}`] };
    },
  },
  {
    tool: 'delete_mcp_server',
    asks: true,
    undo: 'partly',
    besides: [...besides, 'resource_type'],
    async prepare(workspace) {
      const id = await makeServer(workspace);
      return { input: { ...at(workspace), id }, reads: [`resources/${id}`] };
    },
  },
];
