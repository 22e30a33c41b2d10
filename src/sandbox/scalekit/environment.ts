// A Scalekit environment of the company: its organization and people, its own application, and the MCP servers registered in it.

import { createRoster, type Roster } from '../company/roster.ts';
import { administrators } from '../company/teams.ts';
import type { OidcClient } from '../oidc/provider.ts';
import { hash, letters } from '../random.ts';

/** An MCP server ("resource"). */
export interface ScalekitServer {
  id: string;
  name: string;
  /** As an administrator wrote it; absent: the id alone is the audience. */
  url: string | undefined;
  scopes: readonly string[];
  /** "Allow dynamic client registration" and "Allow Client ID Metadata Documents". */
  registersClients: boolean;
  readsDocuments: boolean;
  /** Whether people get only what their roles allow (`intersect_scopes_user_permission`). */
  heedsRoles: boolean;
}

/** A client that registered itself at a server; undefined of the environment's own application. */
export interface ScalekitClient extends OidcClient {
  serverId: string | undefined;
}

export interface ScalekitEnvironment {
  organizationId: string;
  connectionId: string;
  roster: Roster;
  app: ScalekitClient & { secret: string };
  servers: Map<string, ScalekitServer>;
  /** How many servers were ever given an id: no id comes twice. */
  made: number;
  /** Those that registered themselves. */
  clients: Map<string, ScalekitClient>;
}

const salts = {
  user: 711,
  organization: 712,
  connection: 713,
  app: 714,
  secret: 715,
  server: 716,
  client: 717,
} as const;

/** A prefix for the kind and eighteen digits. */
export function makeScalekitId(prefix: string, seed: number, salt: number, n: number): string {
  const digits = `${hash(seed, salt, n)}`.padStart(10, '1') + `${hash(seed + 1, salt, n)}`.padStart(10, '0');
  return `${prefix}_${digits.slice(0, 18)}`;
}

export function makeScalekitEnvironment(
  users: number,
  seed: number,
  roster: Roster = createRoster(users, seed, (n) => makeScalekitId('usr', seed, salts.user, n)),
): ScalekitEnvironment {
  return {
    organizationId: makeScalekitId('org', seed, salts.organization, 0),
    connectionId: makeScalekitId('conn', seed, salts.connection, 0),
    roster,
    app: {
      id: makeScalekitId('skc', seed, salts.app, 0),
      name: 'Castellan',
      secret: `test_${letters(64, seed, salts.secret, 0)}`,
      grants: ['authorization_code', 'refresh_token', 'client_credentials'],
      redirectUris: ['http://127.0.0.1:3000/oauth/callback', 'http://localhost:3000/oauth/callback'],
      logoutUris: ['http://127.0.0.1:3000/', 'http://localhost:3000/'],
      asksConsent: false,
      serverId: undefined,
    },
    servers: new Map(),
    made: 0,
    clients: new Map(),
  };
}

export const mcpScopes: readonly string[] = [
  ...['castellan:read', 'castellan:write', 'castellan:destroy'],
  ...['wks:read', 'wks:write', 'env:read', 'env:write', 'org:read', 'org:write'],
];

interface NewServer {
  url: string | undefined;
  name?: string;
  scopes?: readonly string[];
  id?: string;
  heedsRoles?: boolean;
}

export function addServer(environment: ScalekitEnvironment, given: NewServer): ScalekitServer {
  const { url, name = 'MCP', scopes = mcpScopes, heedsRoles = false } = given;
  const id = given.id ?? makeScalekitId('res', environment.made++, salts.server, 0);
  const server = { id, name, url, scopes, registersClients: true, readsDocuments: true, heedsRoles };
  environment.servers.set(id, server);
  return server;
}

export function nextClientId(n: number): string {
  return makeScalekitId('mcpc', n, salts.client, 0);
}

/** The roles that the environment defines. */
export function rolesOf(teams: readonly string[]): readonly string[] {
  return teams.includes(administrators) ? ['admin', 'member'] : ['member'];
}
