// Which scopes a Scalekit environment gives, and for which MCP server.

import { administrators } from '../company/teams.ts';
import { type Parameters, splitScopes } from '../oidc/parameters.ts';
import { OidcProblem } from '../oidc/problem.ts';
import type { OidcClient, Rights } from '../oidc/provider.ts';
import type { ScalekitClient, ScalekitEnvironment, ScalekitServer } from './environment.ts';

export const openidScopes: readonly string[] = ['openid', 'profile', 'email', 'offline_access'];

/**
 * A client that registered at a server is for that one; another says which by `resource` (RFC 8707), as it is registered, or
 * by the server's id. The environment's own application needs none.
 * @throws OidcProblem
 */
export function decideScalekitRights(
  environment: ScalekitEnvironment,
  client: OidcClient,
  given: Parameters,
  by: 'person' | 'client',
): Rights {
  const server = findServer(environment, client as ScalekitClient, given.get('resource'));
  const known = server?.scopes ?? [];
  const asked = splitScopes(given.get('scope'));
  const scopes = asked.length > 0 ? asked : known;
  const allowed = by === 'person' ? [...openidScopes, ...known] : known;
  const stray = scopes.find((scope) => !allowed.includes(scope));
  if (stray !== undefined) throw new OidcProblem('invalid_scope', `The scope '${stray}' is not allowed.`);
  return { scopes, audience: server ? audienceOf(server) : [client.id] };
}

/** Whoever is no administrator only reads at a server that heeds roles. */
export function narrowToRoles({ servers }: ScalekitEnvironment, rights: Rights, teams: readonly string[]): Rights {
  const server = [...servers.values()].find((each) => audienceOf(each).join() === rights.audience.join());
  if (!server?.heedsRoles || teams.includes(administrators)) return rights;
  const mayHave = (scope: string) => openidScopes.includes(scope) || scope.endsWith(':read');
  return { ...rights, scopes: rights.scopes.filter(mayHave) };
}

/** The address comes first where there is one; the id is always among them. */
export function audienceOf({ id, url }: ScalekitServer): readonly string[] {
  return url === undefined ? [id] : [url, id];
}

function findServer(
  { servers, app }: ScalekitEnvironment,
  client: ScalekitClient,
  resource: string | undefined,
): ScalekitServer | undefined {
  const own = client.serverId === undefined ? undefined : servers.get(client.serverId);
  if (resource === undefined) {
    if (own || client.id === app.id) return own;
    throw new OidcProblem('invalid_target', 'The request must name its resource.');
  }
  const named = [...servers.values()].find(
    ({ id, url }) => resource === url || resource === id || resource.endsWith(`/resources/${id}`),
  );
  if (!named || (own && own !== named)) throw new OidcProblem('invalid_target', 'There is no such resource.');
  return named;
}
