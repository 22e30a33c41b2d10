// Registering MCP servers, changing and removing them, and letting Scalekit itself sign people in.

import { z } from 'zod';
import { findChanges } from '../../../core/change.ts';
import { quoted } from '../../../core/plain.ts';
import { defineChanges } from '../../../core/tool.ts';
import type { ScalekitClient } from '../client.ts';
import { loadScopes } from './environment-scopes.ts';
import { summarize } from './field-update.ts';
import { askServer, factsOf, loadServer, type McpServer, serverPath } from './mcp-servers.ts';
import { environmentAlias, environmentId, idOfMade, inSame, itsId, present, sendIfStill, wrong } from './shared.ts';

const change = defineChanges<ScalekitClient>();

const name = z.string().min(1).max(128);
const description = z.string().max(512);
const mcpServerUrl = z.url({ error: 'is no address such as https://mcp.example.com' }).max(2_048);
const accessTokenExpiry = z.int().min(1).max(31_536_000).describe('Seconds');
const provider = z.string().max(100).describe('Who signs people in, where Scalekit does not');
const serverId = z
  .string()
  .regex(/^(app|res)_\w{1,60}$/, { error: 'is no id such as app_123' })
  .describe('app_…');
const aliases = {
  ...environmentAlias,
  url: 'mcpServerUrl',
  access_token_expiry: 'accessTokenExpiry',
  use_scalekit_authentication: 'useScalekitAuthentication',
};

const targetOf = (server: McpServer) => ({ type: 'MCP server', id: server.id, ...present({ name: server.name }) });

/** Of a call that makes it so: the parameters of `update_mcp_server` and `register_mcp_server`. */
function inputOf({
  name,
  description: about,
  resource_id,
  provider: who,
  access_token_expiry,
}: ReturnType<typeof factsOf>) {
  return {
    ...present({ name, description: about, mcpServerUrl: resource_id, provider: who }),
    ...(access_token_expiry !== undefined && { accessTokenExpiry: Number(access_token_expiry) }),
  };
}

export const mcpServerChangeTools = [
  change({
    name: 'register_mcp_server',
    title: 'Register an MCP server',
    description:
      'Lets an MCP server take tokens of the environment. Without Scalekit authentication, name the provider.',
    access: 'write',
    scopes: ['env:write', 'env:read'],
    parameterAliases: aliases,
    input: () =>
      z.strictObject({
        environmentId,
        name,
        description: description.default(''),
        mcpServerUrl,
        accessTokenExpiry: accessTokenExpiry.default(3_600),
        provider: provider.default(''),
        useScalekitAuthentication: z.boolean().default(true),
        scopes: z.array(z.string()).max(100).optional().describe('Names of the environment’s scopes'),
      }),
    async plan(input, { client }) {
      const { environmentId: id, provider: who, useScalekitAuthentication: own, scopes } = input;
      if (own === (who !== ''))
        throw wrong(
          own ? 'provider does not go with Scalekit authentication.' : 'provider is missing.',
          'Either useScalekitAuthentication is true, or provider says who signs people in.',
        );
      const at = client.at(id);
      const known = new Set(scopes ? (await loadScopes(at)).map((scope) => scope.name) : []);
      const strange = scopes?.filter((scope) => !known.has(scope)) ?? [];
      if (strange.length > 0)
        throw wrong(
          `The environment has no scope ${strange.map(quoted).join(', ')}.`,
          'Call create_environment_scope first.',
        );
      const body = {
        name: input.name,
        description: input.description,
        resource_type: 'MCP_SERVER',
        resource_id: input.mcpServerUrl,
        access_token_expiry: String(input.accessTokenExpiry),
        ...present({ provider: who, scopes }),
      };
      const target = { type: 'MCP server', id: '', name: input.name };
      const undo = (made: string) => ({ tool: 'delete_mcp_server', input: { ...inSame(id), id: made } });
      return {
        summary: `Register the MCP server ${quoted(input.name)} at ${quoted(input.mcpServerUrl)}`,
        targets: [target],
        changes: findChanges({}, present(body)),
        undo: undo(itsId),
        async apply() {
          const made = idOfMade(await at.send('POST', ['resources'], { body }), 'resource');
          return { targets: [{ ...target, id: made }], undo: undo(made) };
        },
      };
    },
  }),

  change({
    name: 'update_mcp_server',
    title: 'Update an MCP server',
    description:
      'Changes the named fields of a registered MCP server. To let Scalekit sign people in: switch_mcp_auth_to_scalekit.',
    access: 'write',
    scopes: ['env:write', 'env:read'],
    idempotent: true,
    parameterAliases: aliases,
    input: () =>
      z.strictObject({
        environmentId,
        id: serverId,
        name: name.optional(),
        description: description.optional(),
        mcpServerUrl: mcpServerUrl.optional(),
        accessTokenExpiry: accessTokenExpiry.optional(),
        provider: provider.optional(),
        useScalekitAuthentication: z.boolean().optional(),
      }),
    async plan({ environmentId: environment, id, ...given }, { client }) {
      const at = client.at(environment);
      const server = await loadServer(at, id);
      const before = factsOf(server);
      const who = given.provider || undefined;
      if (given.useScalekitAuthentication === true && (who || before.provider))
        throw wrong('An update does not take the provider away.', 'Call switch_mcp_auth_to_scalekit.');
      if (given.useScalekitAuthentication === false && !who && !before.provider)
        throw wrong('provider is missing.', 'Name who signs people in.');
      const wanted = {
        ...present({ name: given.name, resource_id: given.mcpServerUrl, provider: who }),
        ...(given.description !== undefined && { description: given.description }),
        ...(given.accessTokenExpiry !== undefined && { access_token_expiry: String(given.accessTokenExpiry) }),
      };
      if (Object.keys(wanted).length === 0 && given.useScalekitAuthentication === undefined)
        throw wrong(
          'Nothing was named that is to change.',
          'Pass one of name, description, mcpServerUrl, accessTokenExpiry, provider.',
        );
      const after = { ...before, ...wanted, description: wanted.description ?? before.description };
      const changes = findChanges(before, present(after));
      const changed = changes.map(({ field }) => field);
      const body = Object.fromEntries(Object.entries(wanted).filter(([field]) => changed.includes(field)));
      const newProvider = changed.includes('provider');
      const old = Object.fromEntries(changed.map((field) => [field, before[field as keyof typeof before]]));
      const stuck = changed.filter((field) => old[field] === undefined);
      return {
        summary: summarize(changes, targetOf(server)),
        targets: [targetOf(server)],
        changes,
        warnings: changed.includes('resource_id') ? ['Tokens for the old address are refused from then on.'] : [],
        ask: newProvider ? 'somebody else decides from then on who gets in' : undefined,
        undo:
          stuck.length > 0
            ? stuck.length === 1 && newProvider && changed.length === 1
              ? { tool: 'switch_mcp_auth_to_scalekit', input: { ...inSame(environment), id } }
              : { none: `${stuck.join(' and ')} cannot be made empty again` }
            : {
                tool: 'update_mcp_server',
                input: { ...inSame(environment), id, ...inputOf(old) },
              },
        already: changes.length === 0 ? 'The MCP server is like that already.' : undefined,
        async apply() {
          await sendIfStill(at, askServer(id), factsOf, before, () => at.send('PATCH', serverPath(id), { body }));
          return undefined;
        },
      };
    },
  }),

  change({
    name: 'switch_mcp_auth_to_scalekit',
    title: 'Let Scalekit sign people in',
    description: 'Takes the provider of an MCP server away: Scalekit itself signs people in from then on.',
    access: 'destroy',
    scopes: ['env:write', 'env:read'],
    idempotent: true,
    parameterAliases: environmentAlias,
    input: () => z.strictObject({ environmentId, id: serverId }),
    async plan({ environmentId: environment, id }, { client }) {
      const at = client.at(environment);
      const server = await loadServer(at, id);
      const { provider: who } = factsOf(server);
      return {
        summary: `Let Scalekit sign people in to the MCP server ${quoted(server.name ?? id)}`,
        targets: [targetOf(server)],
        changes: findChanges(present({ provider: who }), {}),
        warnings: ['Whoever signs in through the provider must sign in anew, with Scalekit.'],
        undo:
          who === undefined
            ? { none: 'nothing is taken away' }
            : {
                tool: 'update_mcp_server',
                input: { ...inSame(environment), id, provider: who, useScalekitAuthentication: false },
                but: 'what was set up for the provider (its connection) may have to be set up again',
              },
        already: who === undefined ? 'Scalekit signs people in already.' : undefined,
        async apply() {
          await at.send('PUT', [...serverPath(id), 'provider'], { verb: 'delete' });
          return undefined;
        },
      };
    },
  }),

  change({
    name: 'delete_mcp_server',
    title: 'Delete an MCP server',
    description: 'Removes a registered MCP server; its clients and tokens go with it.',
    access: 'destroy',
    scopes: ['env:write', 'env:read'],
    parameterAliases: environmentAlias,
    input: () => z.strictObject({ environmentId, id: serverId }),
    async plan({ environmentId: environment, id }, { client }) {
      const at = client.at(environment);
      const server = await loadServer(at, id);
      const facts = factsOf(server);
      const names = server.scopes?.flatMap(({ name: scope }) => scope ?? []);
      const again = {
        ...inSame(environment),
        ...inputOf(facts),
        useScalekitAuthentication: facts.provider === undefined,
        ...present({ scopes: names }),
      };
      return {
        summary: `Delete the MCP server ${quoted(server.name ?? id)}`,
        targets: [targetOf(server)],
        changes: findChanges(facts, {}),
        warnings: ['Clients that are registered with it must register anew.'],
        undo:
          facts.name === undefined || facts.resource_id === undefined
            ? { none: 'it has no name or address to be registered with again' }
            : {
                tool: 'register_mcp_server',
                input: again,
                but: 'it gets a new id; its clients, and settings that are not named here, do not come back',
              },
        apply: async () => void (await at.send('DELETE', serverPath(id))),
      };
    },
  }),
];
