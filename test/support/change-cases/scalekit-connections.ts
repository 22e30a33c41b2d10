// Connections of the environment and of organizations.

import type { ScalekitWorkspace } from '../scalekit.ts';
import { type Json, listAt, type ScalekitCase } from '../scalekit-changes.ts';
import { at, compareFields, organizationWith } from './scalekit-organizations.ts';

async function connectionThat(workspace: ScalekitWorkspace, fits: (connection: Json) => boolean) {
  const path = 'organizations/-/connections?page_size=30';
  const found = (await listAt(workspace, path, 'connections')).find(fits);
  if (!found) throw new Error('no such connection');
  const { id, organization_id } = found as { readonly id: string; readonly organization_id: string };
  return { id, organization: organization_id, path: `organizations/${organization_id}/connections/${id}` };
}

/** What Scalekit reads from the issuer. */
const discovered = [
  'status',
  ...['authorize_uri', 'token_uri', 'jwks_uri', 'user_info_uri', 'discovery_endpoint'].map(
    (name) => `oidc_config.${name}`,
  ),
];
const inUse = ({ enabled, type }: Json) => enabled === true && type === 'OIDC';

export const scalekitConnectionCases: readonly ScalekitCase[] = [
  {
    tool: 'create_environment_oidc_connection',
    asks: false,
    undo: 'all',
    compare(preview, _before, after) {
      const made = after[0] as Json;
      for (const { field, after: value } of preview)
        if (made[field] !== value) throw new Error(`the preview says ${field} is ${value}: ${JSON.stringify(made)}`);
    },
    prepare: async (workspace) => ({
      input: { ...at(workspace), provider: 'CUSTOM', key_id: 'harbour' },
      reads: ['connections/{made}'],
    }),
  },
  {
    tool: 'create_environment_oidc_connection',
    when: 'of an organization',
    asks: false,
    undo: 'all',
    compare: () => {},
    async prepare(workspace) {
      const { id } = await organizationWith(workspace, 'none');
      const input = { ...at(workspace), provider: 'OKTA', organizationId: id };
      return { input, reads: [`organizations/${id}/connections/{made}`] };
    },
  },
  {
    tool: 'update_environment_oidc_connection',
    asks: false,
    undo: 'all',
    compare: compareFields(...discovered),
    async prepare(workspace) {
      const { connection } = (await workspace.write('POST', 'connections', { provider: 'CUSTOM', type: 'OIDC' })) as {
        readonly connection: Json;
      };
      const input = {
        ...at(workspace),
        connectionId: connection.id,
        provider: 'AUTH0',
        oidc_config: {
          issuer: 'https://idp.tidewater.example',
          client_id: 'castellan',
          scopes: ['openid', 'email'],
          pkce_enabled: true,
        },
      };
      return { input, reads: [`connections/${connection.id}`] };
    },
  },
  {
    tool: 'update_environment_oidc_connection',
    when: 'that people sign in with',
    asks: true,
    undo: 'all',
    compare: compareFields(),
    async prepare(workspace) {
      const { id, path } = await connectionThat(workspace, inUse);
      const oidc_config = { issuer: 'https://elsewhere.example', scopes: ['openid', 'email'], pkce_enabled: false };
      return { input: { ...at(workspace), connectionId: id, oidc_config }, reads: [path] };
    },
  },
  {
    tool: 'enable_environment_connection',
    asks: true,
    undo: 'all',
    compare: compareFields(),
    async prepare(workspace) {
      const { id, path } = await connectionThat(workspace, inUse);
      await workspace.write('PATCH', `${path}:disable`);
      return { input: { ...at(workspace), connectionId: id }, reads: [path] };
    },
  },
  {
    tool: 'disable_environment_connection',
    asks: true,
    undo: 'all',
    compare: compareFields(),
    async prepare(workspace) {
      const { id, path } = await connectionThat(workspace, inUse);
      return { input: { ...at(workspace), connectionId: id }, reads: [path] };
    },
  },
  {
    tool: 'disable_environment_connection',
    when: 'the environment’s own',
    asks: true,
    undo: 'all',
    compare: compareFields(),
    async prepare(workspace) {
      const { connection } = (await workspace.write('POST', 'connections', { provider: 'CUSTOM', type: 'OIDC' })) as {
        readonly connection: Json;
      };
      const id = String(connection.id);
      const oidc_config = {
        issuer: 'https://idp.tidewater.example',
        client_id: 'castellan',
        client_secret: 'by a person',
      };
      const configuration = { provider: 'CUSTOM', type: 'OIDC', configuration_type: 'DISCOVERY', oidc_config };
      await workspace.write('PATCH', `connections/${id}`, configuration);
      await workspace.write('PATCH', `connections/${id}:enable`);
      return { input: { ...at(workspace), connectionId: id }, reads: [`connections/${id}`] };
    },
  },
  {
    tool: 'delete_environment_connection',
    asks: true,
    undo: 'none',
    compare: () => {},
    async prepare(workspace) {
      const { id, organization, path } = await connectionThat(workspace, inUse);
      return { input: { ...at(workspace), connectionId: id, organizationId: organization }, reads: [path] };
    },
  },
];
