// The servers that issue tokens for an organization’s own APIs: https://developer.okta.com/docs/api/openapi/okta-management/management/tag/AuthorizationServer/

import { z } from 'zod';
import { fullObject, listInput, listOutput, viewInput } from '../../../core/listing.ts';
import { defineTools, tableOf } from '../../../core/tool.ts';
import type { OktaClient } from '../client.ts';
import { fullOf, present, type View } from '../views.ts';
import { authorizationServerId, listParameters } from './shared.ts';

const tool = defineTools<OktaClient>();
const text = z.string().nullish();
const flag = z.boolean().nullish();
const words = z.array(z.string());

const serverEntity = z.object({
  id: z.string(),
  name: text,
  description: text,
  audiences: words.nullish(),
  issuer: text,
  status: text,
  created: text,
  lastUpdated: text,
});
const serverView = z.object({
  id: z.string(),
  name: z.string(),
  audiences: words.optional(),
  issuer: z.string().optional(),
  status: z.string().optional(),
  description: z.string().optional(),
  full: fullObject,
});

function viewServer(server: z.output<typeof serverEntity>, view: View): z.output<typeof serverView> {
  const { audiences, issuer, status, description } = server;
  return {
    id: server.id,
    name: server.name ?? '',
    ...present({ audiences, issuer, status, description }),
    ...fullOf(server, view),
  };
}

const scopeEntity = z.object({
  id: text,
  name: z.string(),
  description: text,
  consent: text,
  default: flag,
  system: flag,
});
const scopeView = z.object({
  id: z.string().optional(),
  name: z.string(),
  description: z.string().optional(),
  consent: z.string().optional(),
  default: z.boolean().optional().describe('given when none is asked for'),
  system: z.boolean().optional(),
  full: fullObject,
});

const claimEntity = z.object({
  id: text,
  name: text,
  status: text,
  claimType: text,
  valueType: text,
  value: text,
  alwaysIncludeInToken: flag,
  system: flag,
  conditions: z.object({ scopes: words.nullish() }).nullish(),
});
const claimView = z.object({
  id: z.string().optional(),
  name: z.string(),
  status: z.string().optional(),
  token: z.string().optional().describe('RESOURCE: access token; IDENTITY: ID token'),
  value_type: z.string().optional(),
  value: z.string().optional(),
  scopes: words.optional().describe('only with one of these'),
  always: z.boolean().optional(),
  full: fullObject,
});

export const serverInput = { authorization_server_id: authorizationServerId };
export const serverAliases = { ...listParameters, auth_server_id: 'authorization_server_id' };
export const serverScopes = ['okta.authorizationServers.read'];

export const authorizationServerTools = [
  tool({
    name: 'list_okta_authorization_servers',
    title: 'List authorization servers',
    description:
      'Servers that issue tokens for the organization’s own APIs. Next: list_okta_authorization_server_policies, list_okta_authorization_server_scopes.',
    access: 'read',
    scopes: serverScopes,
    parameterAliases: { ...listParameters, q: 'query' },
    input: () =>
      z.strictObject({ query: z.string().max(200).optional().describe('Part of name or audience'), ...listInput }),
    output: () => listOutput('authorization_servers', serverView),
    table: tableOf<z.output<typeof serverView>>('authorization_servers', {
      id: (server) => server.id,
      name: (server) => server.name,
      status: (server) => server.status,
      audiences: (server) => server.audiences?.join(', '),
      issuer: (server) => server.issuer,
    }),
    async run({ query, max_results, cursor, view }, { client, progress }) {
      const { items, ...tail } = await client.list({
        path: ['authorizationServers'],
        query: { q: query },
        entity: serverEntity,
        max: max_results,
        cursor,
        pageSize: 200,
        progress,
      });
      return { authorization_servers: items.map((server) => viewServer(server, view)), ...tail };
    },
  }),

  tool({
    name: 'get_okta_authorization_server',
    title: 'Get an authorization server',
    description: 'One authorization server: issuer, audiences, dates.',
    access: 'read',
    scopes: serverScopes,
    parameterAliases: { auth_server_id: 'authorization_server_id' },
    input: () => z.strictObject({ ...serverInput, ...viewInput }),
    output: () => serverView.extend({ created: z.string().optional(), last_updated: z.string().optional() }),
    async run({ authorization_server_id, view }, { client }) {
      const server = await client.get(['authorizationServers', authorization_server_id], serverEntity);
      const { created, lastUpdated } = server;
      return { ...viewServer(server, view), ...present({ created, last_updated: lastUpdated }) };
    },
  }),

  tool({
    name: 'list_okta_authorization_server_scopes',
    title: 'List an authorization server’s scopes',
    description: 'The scopes that applications can ask an authorization server for.',
    access: 'read',
    scopes: serverScopes,
    parameterAliases: serverAliases,
    input: () => z.strictObject({ ...serverInput, ...listInput }),
    output: () => listOutput('scopes', scopeView),
    table: tableOf<z.output<typeof scopeView>>('scopes', {
      id: (scope) => scope.id,
      name: (scope) => scope.name,
      consent: (scope) => scope.consent,
      default: (scope) => scope.default,
      description: (scope) => scope.description,
    }),
    async run({ authorization_server_id, max_results, cursor, view }, { client, progress }) {
      const path = ['authorizationServers', authorization_server_id, 'scopes'];
      const request = { path, entity: scopeEntity, max: max_results, cursor, pageSize: 200, progress };
      const { items, ...tail } = await client.list(request);
      const found = items.map((scope) => ({
        name: scope.name,
        ...present({
          id: scope.id,
          description: scope.description,
          consent: scope.consent,
          default: scope.default || undefined,
          system: scope.system || undefined,
        }),
        ...fullOf(scope, view),
      }));
      return { scopes: found, ...tail };
    },
  }),

  tool({
    name: 'list_okta_authorization_server_claims',
    title: 'List an authorization server’s claims',
    description: 'What an authorization server writes into its tokens, and when.',
    access: 'read',
    scopes: serverScopes,
    parameterAliases: serverAliases,
    input: () => z.strictObject({ ...serverInput, ...listInput }),
    output: () => listOutput('claims', claimView),
    table: tableOf<z.output<typeof claimView>>('claims', {
      id: (claim) => claim.id,
      name: (claim) => claim.name,
      token: (claim) => claim.token,
      value: (claim) => claim.value,
      value_type: (claim) => claim.value_type,
      scopes: (claim) => claim.scopes?.join(', '),
      status: (claim) => claim.status,
    }),
    async run({ authorization_server_id, max_results, cursor, view }, { client, progress }) {
      const path = ['authorizationServers', authorization_server_id, 'claims'];
      const { items, ...tail } = await client.list({ path, entity: claimEntity, max: max_results, cursor, progress });
      const claims = items.map((claim) => ({
        name: claim.name ?? '',
        ...present({
          id: claim.id,
          status: claim.status,
          token: claim.claimType,
          value_type: claim.valueType,
          value: claim.value,
          scopes: claim.conditions?.scopes?.length ? claim.conditions.scopes : undefined,
          always: claim.alwaysIncludeInToken,
        }),
        ...fullOf(claim, view),
      }));
      return { claims, ...tail };
    },
  }),
];
