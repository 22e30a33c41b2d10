// Scopes (permissions for applications) of a Scalekit environment. Client credentials do not reach them: hence wks.

import { z } from 'zod';
import { findChanges } from '../../../core/change.ts';
import { CastellanError } from '../../../core/errors.ts';
import { listOutput } from '../../../core/listing.ts';
import { isSame } from '../../../core/merging.ts';
import { quoted } from '../../../core/plain.ts';
import { defineChanges, defineTools, tableOf } from '../../../core/tool.ts';
import type { EnvironmentClient, ScalekitClient } from '../client.ts';
import {
  changedMeanwhile,
  environmentAlias,
  environmentId,
  idOfMade,
  inSame,
  present,
  undoTo,
  wrong,
} from './shared.ts';

const tool = defineTools<ScalekitClient>();
const change = defineChanges<ScalekitClient>();
const text = z.string().nullish();

const scopeEntity = z.looseObject({
  id: z.string(),
  name: z.string(),
  description: text,
  enabled: z.boolean().nullish(),
});
type Scope = z.output<typeof scopeEntity>;

const scopeView = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string().optional(),
  enabled: z.boolean(),
});

const scopeName = z
  .string()
  .regex(/^[A-Za-z0-9:]{1,64}$/, { error: 'is no name for a scope such as invoices:read: letters, digits and colons' })
  .describe('e.g. invoices:read');
const description = z.string().max(2_000);

export async function loadScopes(client: EnvironmentClient): Promise<readonly Scope[]> {
  return (await client.list({ path: ['scopes'], key: 'scopes', entity: scopeEntity, max: 10_000 })).items;
}

async function loadScope(client: EnvironmentClient, name: string): Promise<Scope> {
  const scope = (await loadScopes(client)).find((each) => each.name === name || each.id === name);
  if (scope) return scope;
  throw new CastellanError({
    code: 'not_found',
    message: `The environment has no scope ${quoted(name)}.`,
    hint: 'list_environment_scopes names them.',
  });
}

/** Ids of the MCP servers whose tokens can have it. */
async function serversWith(client: EnvironmentClient, name: string): Promise<readonly string[]> {
  const { items } = await client.list({
    path: ['resources'],
    query: { resource_type: 'MCP_SERVER' },
    key: 'resources',
    entity: z.looseObject({ id: z.string(), scopes: z.array(z.looseObject({ name: text })).nullish() }),
    max: 1_000,
    pageSize: 30,
  });
  return items.filter(({ scopes }) => scopes?.some((scope) => scope.name === name)).map(({ id }) => id);
}

const factsOf = ({ name, description, enabled }: Scope) => ({
  ...present({ name, description }),
  enabled: enabled === true,
});

export const environmentScopeTools = [
  tool({
    name: 'list_environment_scopes',
    title: 'List a Scalekit environment’s scopes',
    description: 'The scopes that applications and MCP servers of the environment can ask for.',
    access: 'read',
    scopes: ['env:read', 'wks:read'],
    parameterAliases: environmentAlias,
    input: () => z.strictObject({ environmentId }),
    output: () => listOutput('scopes', scopeView),
    table: tableOf<z.output<typeof scopeView>>('scopes', {
      id: (scope) => scope.id,
      name: (scope) => scope.name,
      enabled: (scope) => scope.enabled,
      description: (scope) => scope.description,
    }),
    async run({ environmentId: id }, { client }) {
      const scopes = await loadScopes(client.at(id));
      return { scopes: scopes.map((scope) => ({ id: scope.id, name: scope.name, ...factsOf(scope) })), complete: true };
    },
  }),

  change({
    name: 'create_environment_scope',
    title: 'Create a scope',
    description: 'Adds a scope that applications of the environment can then ask for.',
    access: 'write',
    scopes: ['env:write', 'env:read', 'wks:write'],
    parameterAliases: environmentAlias,
    input: () => z.strictObject({ environmentId, scopeName, description: description.default('') }),
    async plan({ environmentId: id, scopeName: name, description: about }, { client }) {
      const at = client.at(id);
      if ((await loadScopes(at)).some((scope) => scope.name === name))
        throw wrong(`There is a scope ${quoted(name)} already.`, 'Call update_environment_scope to describe it anew.');
      const target = { type: 'scope', id: '', name };
      const undo = { tool: 'delete_environment_scope', input: { ...inSame(id), scopeName: name } };
      return {
        summary: `Create the scope ${quoted(name)}`,
        targets: [target],
        changes: findChanges({}, present({ name, description: about })),
        undo,
        async apply() {
          const made = await at.send('POST', ['scopes'], { body: { name, description: about } });
          return { targets: [{ ...target, id: idOfMade(made, 'scope') }] };
        },
      };
    },
  }),

  change({
    name: 'update_environment_scope',
    title: 'Update a scope',
    description: 'Describes a scope anew, or switches it on or off.',
    access: 'write',
    scopes: ['env:write', 'env:read', 'wks:write'],
    idempotent: true,
    parameterAliases: environmentAlias,
    input: () =>
      z.strictObject({
        environmentId,
        scopeName,
        description: description.optional(),
        enabled: z.boolean().optional(),
      }),
    async plan({ environmentId: id, scopeName: name, description: about, enabled }, { client }) {
      if (about === undefined && enabled === undefined)
        throw wrong('Nothing was named that is to change.', 'Pass description or enabled.');
      const at = client.at(id);
      const scope = await loadScope(at, name);
      const before = factsOf(scope);
      const after = {
        ...before,
        ...(about !== undefined && { description: about || undefined }),
        ...(enabled !== undefined && { enabled }),
      };
      const changes = findChanges(before, after);
      const back = {
        ...(about !== undefined && { description: scope.description ?? '' }),
        ...(enabled !== undefined && { enabled: before.enabled }),
      };
      const off = enabled === false && before.enabled;
      return {
        summary: `Update the scope ${quoted(scope.name)}`,
        targets: [{ type: 'scope', id: scope.id, name: scope.name }],
        changes,
        warnings: off ? ['Applications that ask for it are refused from then on.'] : [],
        ask: off ? 'applications that ask for it are refused from then on' : undefined,
        undo: undoTo('update_environment_scope', { ...inSame(id), scopeName: scope.name }, back),
        already: changes.length === 0 ? 'The scope is like that already.' : undefined,
        async apply() {
          const body = { description: about ?? scope.description ?? '', enabled: enabled ?? before.enabled };
          const path = ['scopes', scope.id];
          // Both are sent: of changes at the same time only the first finds what it was planned on.
          return at.inTurn(path, async () => {
            if (!isSame(factsOf(await loadScope(at, scope.id)), before)) throw changedMeanwhile();
            await at.send('PATCH', path, { body });
            return undefined;
          });
        },
      };
    },
  }),

  change({
    name: 'delete_environment_scope',
    title: 'Delete a scope',
    description: 'Removes a scope; applications that ask for it are refused.',
    access: 'destroy',
    scopes: ['env:write', 'env:read', 'wks:write'],
    parameterAliases: environmentAlias,
    input: () => z.strictObject({ environmentId, scopeName }),
    async plan({ environmentId: id, scopeName: name }, { client }) {
      const at = client.at(id);
      const scope = await loadScope(at, name);
      const servers = await serversWith(at, scope.name);
      return {
        summary: `Delete the scope ${quoted(scope.name)}`,
        targets: [{ type: 'scope', id: scope.id, name: scope.name }],
        changes: findChanges(factsOf(scope), {}),
        touches: { mcp_servers: servers.length },
        warnings: [
          'Applications that ask for it are refused from then on.',
          ...(servers.length > 0
            ? [
                `In use by the MCP ${servers.length === 1 ? 'server' : 'servers'} ${servers.slice(0, 10).join(', ')}${servers.length > 10 ? ' and more' : ''}.`,
              ]
            : []),
          'Which other applications use it Scalekit does not tell.',
        ],
        undo: {
          tool: 'create_environment_scope',
          input: { ...inSame(id), scopeName: scope.name, description: scope.description ?? '' },
          but: `it gets a new id${scope.enabled ? ', and whoever had it does not get it back' : ' and is switched on'}`,
        },
        apply: async () => void (await at.send('DELETE', ['scopes', scope.id])),
      };
    },
  }),
];
