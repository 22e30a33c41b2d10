// Resources: the MCP servers whose authorization server the environment is.

import { addServer, type ScalekitServer } from '../environment.ts';
import { isAddress } from './clients.ts';
import { baseOf } from './connection-make.ts';
import { type ApiContext, param, type Route } from './context.ts';
import { pageOf } from './paging.ts';
import { ApiProblem, invalid, notFound } from './problem.ts';
import type { Scope } from './records.ts';
import type { ResourceAbout } from './resource-records.ts';
import { checkLength } from './rules.ts';
import type { Read } from './shape.ts';
import { resourceTypes } from './words.ts';

const shape = {
  name: 'text',
  description: 'text',
  resource_uri: 'text',
  resource_id: 'text',
  access_token_expiry: 'int64',
  refresh_token_expiry: 'int64',
  disable_dynamic_client_registration: 'flag',
  logo_uri: 'text',
  provider: 'text',
  scopes: { each: 'text' },
  intersect_scopes_user_permission: 'flag',
  enable_cimd: 'flag',
} as const;

type Given = Read<typeof shape>;

export const resourceRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: 'resources',
    handle(context) {
      const type = context.query.word('resource_type', resourceTypes);
      if (type === undefined) throw invalid('resource_type', 'value is required');
      // There are no others here.
      const all = type === 'MCP_SERVER' ? [...context.state.oauth.servers.values()] : [];
      const { items, places } = pageOf(context, all, { most: 30, usual: 30 });
      return { ...places, resources: items.map((server) => show(context, server)) };
    },
  },
  {
    method: 'POST',
    path: 'resources',
    status: 201,
    handle(context) {
      const { resource_type: type, ...given } = context.read({ ...shape, resource_type: resourceTypes });
      if (type !== 'MCP_SERVER') throw invalid('resource.resource_type', 'must be MCP_SERVER');
      if (!given.name) throw invalid('resource.name', 'value is required');
      check(context, given, undefined);
      const server = addServer(context.state.oauth, {
        url: given.resource_id || given.resource_uri || undefined,
        scopes: [],
      });
      change(context, server, given);
      return { resource: show(context, server) };
    },
  },
  { method: 'GET', path: 'resources/{resource_id}', handle: (context) => ({ resource: show(context, find(context)) }) },
  {
    method: 'PATCH',
    path: 'resources/{resource_id}',
    handle(context) {
      const server = find(context);
      const mask = context.query.texts('update_mask');
      const given = Object.fromEntries(
        Object.entries(context.read(shape)).filter(([name]) => mask.length === 0 || mask.includes(name)),
      ) as Given;
      if (given.name === '') throw invalid('resource.name', 'must not be empty');
      check(context, given, server);
      change(context, server, given);
      return { resource: show(context, server) };
    },
  },
  {
    method: 'DELETE',
    path: 'resources/{resource_id}',
    handle(context) {
      const { state } = context;
      const { id } = find(context);
      state.oauth.servers.delete(id);
      state.resources.delete(id);
      for (const [key, { serverId }] of state.oauth.clients) if (serverId === id) state.oauth.clients.delete(key);
      return {};
    },
  },
  {
    method: 'PUT',
    path: 'resources/{resource_id}/provider:delete',
    handle(context) {
      const server = find(context);
      Object.assign(aboutOf(context, server), { provider: '', update_time: context.at });
      return { resource: show(context, server) };
    },
  },
  {
    method: 'GET',
    path: 'resources/{resource_id}/clients',
    handle(context) {
      const server = find(context);
      const { create_time, update_time } = aboutOf(context, server);
      const clients = [...context.state.oauth.clients.values()].filter(({ serverId }) => serverId === server.id);
      return {
        clients: clients.map(({ id, name, redirectUris }) => ({
          client_id: id,
          name,
          resource_id: server.id,
          redirect_uris: redirectUris,
          scopes: server.scopes,
          create_time,
          update_time,
          is_dcr: true,
          is_cimd: false,
        })),
        total_dcr_clients: clients.length,
        total_static_clients: 0,
      };
    },
  },
];

/** By the API's id, or by the one that its authorization server goes by. */
function find(context: ApiContext): ScalekitServer {
  const id = param(context, 'resource_id');
  const found = [...context.state.oauth.servers.values()].find(
    (server) => server.id === id || aboutOf(context, server).id === id,
  );
  if (!found) throw notFound('resource');
  return found;
}

/** Of a server that was registered otherwise, what a new one has. */
function aboutOf({ state, at }: ApiContext, server: ScalekitServer): ResourceAbout {
  const known = state.resources.get(server.id) ?? {
    id: server.id.replace('res', 'app'),
    description: '',
    logo_uri: '',
    access_token_expiry: '300',
    refresh_token_expiry: '2592000',
    create_time: at,
    update_time: at,
    provider: '',
    intersect_scopes_user_permission: false,
  };
  state.resources.set(server.id, known);
  return known;
}

function check({ state }: ApiContext, given: Given, own: ScalekitServer | undefined): void {
  const url = given.resource_id || given.resource_uri;
  checkLength('resource.name', given.name, 0, 128);
  for (const name of ['description', 'logo_uri', 'provider'] as const)
    checkLength(`resource.${name}`, given[name], 0, 512);
  if (url) {
    if (!isAddress(url)) throw invalid('resource.resource_id', 'must be an absolute address');
    const others = [...state.oauth.servers.values()].filter((server) => server !== own);
    if (others.some((server) => server.url === url))
      throw new ApiProblem(409, 'a resource with this address already exists');
  }
  const names = new Set([...state.scopes.values()].filter(({ enabled }) => enabled).map(({ name }) => name));
  const stray = given.scopes?.find((name) => !names.has(name) && !own?.scopes.includes(name));
  if (stray !== undefined) throw invalid('resource.scopes', `there is no scope '${stray}'`);
  if (given.access_token_expiry !== undefined && Number(given.access_token_expiry) < 1)
    throw invalid('resource.access_token_expiry', 'must be greater than 0');
}

function change(context: ApiContext, server: ScalekitServer, given: Given): void {
  const { name, scopes, resource_id, resource_uri, disable_dynamic_client_registration, enable_cimd, ...about } = given;
  const url = resource_id || resource_uri;
  if (name !== undefined) server.name = name;
  if (scopes) server.scopes = scopes;
  if (url) server.url = url;
  if (disable_dynamic_client_registration !== undefined) server.registersClients = !disable_dynamic_client_registration;
  if (enable_cimd !== undefined) server.readsDocuments = enable_cimd;
  Object.assign(aboutOf(context, server), about, { update_time: context.at });
}

function show(context: ApiContext, server: ScalekitServer) {
  const { state } = context;
  const about = aboutOf(context, server);
  const issuer = `${baseOf(state)}/resources/${server.id}`;
  const url = server.url ?? server.id;
  return {
    ...about,
    name: server.name,
    resource_uri: server.url ?? '',
    resource_id: url,
    resource_type: 'MCP_SERVER',
    disable_dynamic_client_registration: !server.registersClients,
    enable_cimd: server.readsDocuments,
    // RFC 9728: what the server is to publish.
    protected_metadata: {
      resource: url,
      authorization_servers: [issuer],
      bearer_methods_supported: ['header'],
      scopes_supported: server.scopes,
    },
    protected_metadata_uri: server.url ? metadataUri(server.url) : '',
    scopes: server.scopes.map((name) => scopeOf(state.scopes, name, state.newId)),
    disallow_connection_update: false,
  };
}

function metadataUri(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}/.well-known/oauth-protected-resource${pathname === '/' ? '' : pathname}`;
}

/** A server that was registered otherwise may have scopes that nobody has defined. */
function scopeOf(scopes: Map<string, Scope>, name: string, newId: (prefix: string) => string): Scope {
  const known = [...scopes.values()].find((scope) => scope.name === name);
  if (known) return known;
  const scope: Scope = { id: newId('scp'), name, description: '', enabled: true };
  scopes.set(scope.id, scope);
  return scope;
}
