// The host for the whole workspace as an authorization server: for those who build with Scalekit, in place of their customers.

import type { Roster } from '../company/roster.ts';
import {
  makeScalekitEnvironment,
  makeScalekitId,
  type ScalekitClient,
  type ScalekitEnvironment,
  type ScalekitServer,
} from './environment.ts';
import { exchangeGrant } from './exchange.ts';

/** Those that Scalekit's own MCP server asks for. */
export const workspaceScopes: readonly string[] = [
  'wks:read',
  'wks:write',
  'env:read',
  'env:write',
  'org:read',
  'org:write',
];

/** Scalekit does not publish how people get a token for its API: that it is by a resource of an environment is an assumption. */
export function makeCentral(users: number, seed: number, roster: Roster): ScalekitEnvironment {
  const central = makeScalekitEnvironment(users, seed ^ 0xce27a1, roster);
  return { ...central, app: { ...central.app, grants: [...central.app.grants, exchangeGrant] } };
}

/** A program on somebody's own machine: public, and returned to at any port of it (RFC 8252 §7.3). */
export function addLoginClient({ clients }: ScalekitEnvironment, server: ScalekitServer): ScalekitClient {
  const client: ScalekitClient = {
    id: makeScalekitId('skc', 1, 772, 0),
    name: 'Castellan on the command line',
    grants: ['authorization_code', 'refresh_token'],
    redirectUris: ['http://127.0.0.1/callback', 'http://localhost/callback'],
    logoutUris: [],
    asksConsent: true,
    serverId: server.id,
  };
  clients.set(client.id, client);
  return client;
}
