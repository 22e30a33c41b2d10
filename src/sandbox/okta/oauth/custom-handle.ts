// How a test or the demo uses a custom authorization server of a running sandbox: its addresses, its clients, its keys, tokens at will.

import type { Claims } from '../../oidc/jwt.ts';
import type { AuthServerRecord } from '../authorization-server-seed.ts';
import { issuerOf } from '../authorization-servers.ts';
import type { OktaState } from '../state.ts';
import type { OAuthClient } from './clients.ts';
import { rotateKeys } from './custom-keys.ts';
import { endpointsOf } from './problems.ts';
import { mcpClientsOf } from './registered.ts';
import { issueAccessToken } from './tokens.ts';

export interface ConfidentialClient {
  id: string;
  secret: string;
}

/** What a token is to say; the rules of the server are not asked. */
export interface TokenOrder {
  /** Login of a person of the company; without one, the token is the client's own. */
  login?: string;
  scopes: readonly string[];
  /** Default: the public MCP client for a person, the API client without one. */
  clientId?: string;
  /** Seconds; default 3600. */
  expiresIn?: number;
  /** Claims in the place of those that would be; undefined takes one out. */
  over?: Claims;
}

export interface CustomServerHandle {
  id: string;
  issuer: string;
  audience: string;
  authorizeUrl: string;
  tokenUrl: string;
  introspectUrl: string;
  jwksUrl: string;
  clients: {
    /** "MCP Gateway", a web app: authorization_code and refresh_token. */
    gateway: ConfidentialClient;
    /** "MCP Clients", a public native app: any port of this machine, at /, /callback or /oauth/callback. */
    native: { id: string };
    /** "MCP API", a service app: introspection, client_credentials, token exchange. */
    api: ConfidentialClient;
  };
  /** The next key signs from now on; twice, and tokens from before are signed by a key that is not published. The kid. */
  rotateKeys: () => string;
  /** @throws TypeError for somebody whom the company does not have */
  issueToken: (order: TokenOrder) => string;
  /** Where the gateway may be returned to, in the place of what was registered; after signing out, to the origins. */
  setGatewayRedirectUris: (uris: readonly string[], logoutUris?: readonly string[]) => void;
}

/** Works on the state of the moment: a reset brings the first keys' names back, with new keys. */
export function createCustomServerHandle(state: () => OktaState, base: string, key: string): CustomServerHandle {
  const serverNow = (): AuthServerRecord => {
    const server = state().authServers.find(({ id, name }) => id === key || name === key);
    if (!server) throw new TypeError(`sandbox: there is no authorization server '${key}'`);
    return server;
  };
  const clientNow = (id: string): OAuthClient => {
    const client = state().apps.find((app) => app.id === id)?.oauth;
    if (!client) throw new TypeError(`sandbox: there is no OAuth client '${id}'`);
    return client;
  };
  const { id, audiences } = serverNow();
  const issuer = issuerOf(base, id);
  const endpoints = endpointsOf(issuer);
  const clients = mcpClientsOf(state().apps);
  const withSecret = (clientId: string) => ({ id: clientId, secret: clientNow(clientId).secret ?? '' });
  return {
    id,
    issuer,
    audience: audiences[0] ?? '',
    authorizeUrl: `${endpoints}/authorize`,
    tokenUrl: `${endpoints}/token`,
    introspectUrl: `${endpoints}/introspect`,
    jwksUrl: `${endpoints}/keys`,
    clients: {
      gateway: withSecret(clients.gateway),
      native: { id: clients.native },
      api: withSecret(clients.api),
    },
    rotateKeys: () => rotateKeys(serverNow(), state().now()),
    issueToken(order) {
      const userId = order.login === undefined ? undefined : findPerson(state(), order.login);
      const clientId = order.clientId ?? (userId === undefined ? clients.api : clients.native);
      clientNow(clientId);
      const now = state().now();
      const grant = {
        clientId,
        userId,
        scopes: order.scopes,
        jkt: undefined,
        authTime: userId === undefined ? undefined : Math.floor(now / 1000),
        nonce: undefined,
        serverId: id,
        revoked: false,
      };
      return issueAccessToken(state(), grant, {
        issuer,
        now,
        scopes: order.scopes,
        jkt: undefined,
        ...(order.expiresIn !== undefined && { life: order.expiresIn }),
        ...(order.over && { over: order.over }),
      }).text;
    },
    setGatewayRedirectUris(uris, logoutUris = uris.map((uri) => `${new URL(uri).origin}/`)) {
      const gateway = clientNow(clients.gateway);
      gateway.redirectUris = uris;
      gateway.logoutUris = logoutUris;
    },
  };
}

function findPerson(state: OktaState, login: string): string {
  const user = state.users[state.usersByLogin.get(login.toLowerCase()) ?? -1];
  if (user?.status !== 'ACTIVE') throw new TypeError(`sandbox: nobody can sign in as '${login}'`);
  return user.id;
}
