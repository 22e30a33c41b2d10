// What a person has allowed applications: consents, the clients they were given to, and refresh tokens; to be read and taken back.

import { empty, json, type OktaAnswer, toTime } from './answer.ts';
import { issuerOf } from './authorization-servers.ts';
import { note, target } from './changes.ts';
import type { OktaContext, OktaRoute } from './context.ts';
import type { GrantRecord, TokenRecord } from './grant-seed.ts';
import type { LogTarget } from './log-record.ts';
import { endGrantsOf } from './oauth/tokens.ts';
import { linkHeaders, pageOf } from './paging.ts';
import { notFound } from './problems.ts';
import type { OktaState } from './state.ts';
import type { UserRecord } from './user-record.ts';
import { requireUser } from './users.ts';

const grants = '/api/v1/users/{userId}/grants';
const clients = '/api/v1/users/{userId}/clients';
const tokens = `${clients}/{clientId}/tokens`;

export const grantRoutes: readonly OktaRoute[] = [
  { method: 'GET', path: grants, handle: listGrants },
  { method: 'DELETE', path: grants, handle: revokeGrants },
  { method: 'GET', path: `${grants}/{grantId}`, handle: getGrant },
  { method: 'DELETE', path: `${grants}/{grantId}`, handle: revokeGrant },
  { method: 'GET', path: clients, handle: listClients },
  { method: 'GET', path: `${clients}/{clientId}/grants`, handle: listClientGrants },
  { method: 'DELETE', path: `${clients}/{clientId}/grants`, handle: revokeClientGrants },
  { method: 'GET', path: tokens, handle: listTokens },
  { method: 'DELETE', path: tokens, handle: revokeTokens },
  { method: 'GET', path: `${tokens}/{tokenId}`, handle: getToken },
  { method: 'DELETE', path: `${tokens}/{tokenId}`, handle: revokeToken },
];

type View = Record<string, unknown>;
const pages = { fallback: 20, max: 200, above: 'refuse' } as const;

function owner({ state, params }: OktaContext): UserRecord {
  return requireUser(state, params.userId ?? '');
}

const grantsOf = (state: OktaState, user: UserRecord) => state.grants.filter(({ n }) => n === user.n);
const tokensOf = (state: OktaState, user: UserRecord) => state.tokens.filter(({ n }) => n === user.n);

/** With the person's sessions, or the person, go the tokens; consents stay. */
export function dropTokensOf(context: OktaContext, user: UserRecord): void {
  const { state } = context;
  for (const token of tokensOf(state, user)) dropToken(context, user, token);
  endGrantsOf(state, user);
}

function dropToken(context: OktaContext, user: UserRecord, token: TokenRecord): void {
  context.state.tokens.splice(context.state.tokens.indexOf(token), 1);
  note(context, 'app.oauth2.as.token.revoke', target(user), targetOf(context.state, token.clientId));
}

function targetOf({ apps }: OktaState, clientId: string): LogTarget {
  const app = apps.find(({ id }) => id === clientId);
  return app ? { kind: 'app', n: app.n } : { kind: 'other', type: 'PublicClientApp', id: clientId, name: clientId };
}

function answerGrants(context: OktaContext, listing: string, found: GrantRecord[]): OktaAnswer {
  const scopeId = context.query.get('scopeId');
  const asked = scopeId === null ? found : found.filter(({ scope }) => scope === scopeId);
  const page = pageOf(listing, asked, context.query, pages, ({ id }) => id);
  return json(
    page.items.map((grant) => viewGrant(context, grant)),
    linkHeaders(context.call.url, page.next),
  );
}

function listGrants(context: OktaContext): OktaAnswer {
  const user = owner(context);
  return answerGrants(context, `grants ${user.id}`, grantsOf(context.state, user));
}

function requireGrant(context: OktaContext, user: UserRecord): GrantRecord {
  const { grantId = '' } = context.params;
  const grant = grantsOf(context.state, user).find(({ id }) => id === grantId);
  if (!grant) throw notFound(grantId, 'OAuth2ScopeConsentGrant');
  return grant;
}

function getGrant(context: OktaContext): OktaAnswer {
  return json(viewGrant(context, requireGrant(context, owner(context))));
}

function revokeGrant(context: OktaContext): OktaAnswer {
  const { state } = context;
  const user = owner(context);
  const grant = requireGrant(context, user);
  state.grants.splice(state.grants.indexOf(grant), 1);
  note(context, 'app.oauth2.as.consent.revoke', target(user), targetOf(state, grant.clientId));
  return empty();
}

function revokeGrants(context: OktaContext): OktaAnswer {
  const { state } = context;
  const user = owner(context);
  state.grants = state.grants.filter(({ n }) => n !== user.n);
  note(context, 'app.oauth2.as.consent.revoke.user', target(user));
  return empty();
}

/** Clients that hold a consent or a token of the person; others are not there. */
function clientsOf(state: OktaState, user: UserRecord): string[] {
  return [...new Set([...grantsOf(state, user), ...tokensOf(state, user)].map(({ clientId }) => clientId))];
}

function requireClient(context: OktaContext, user: UserRecord): string {
  const { clientId = '' } = context.params;
  if (!clientsOf(context.state, user).includes(clientId)) throw notFound(clientId, 'PublicClientApp');
  return clientId;
}

function listClients(context: OktaContext): OktaAnswer {
  const { state, base, call } = context;
  const user = owner(context);
  const views = clientsOf(state, user).map((clientId) => {
    const self = `${base}/api/v1/users/${user.id}/clients/${clientId}`;
    return {
      client_id: clientId,
      client_name: state.apps.find(({ id }) => id === clientId)?.label ?? clientId,
      _links: { grants: { href: `${self}/grants` }, tokens: { href: `${self}/tokens` } },
    };
  });
  return json(views, linkHeaders(call.url, undefined));
}

function listClientGrants(context: OktaContext): OktaAnswer {
  const user = owner(context);
  const client = requireClient(context, user);
  const found = grantsOf(context.state, user).filter(({ clientId }) => clientId === client);
  return answerGrants(context, `grants ${user.id} ${client}`, found);
}

function revokeClientGrants(context: OktaContext): OktaAnswer {
  const { state } = context;
  const user = owner(context);
  const client = requireClient(context, user);
  state.grants = state.grants.filter(({ n, clientId }) => n !== user.n || clientId !== client);
  note(context, 'app.oauth2.as.consent.revoke.user.client', target(user), targetOf(state, client));
  return empty();
}

function clientTokens(context: OktaContext, user: UserRecord): TokenRecord[] {
  const client = requireClient(context, user);
  return tokensOf(context.state, user).filter(({ clientId }) => clientId === client);
}

function listTokens(context: OktaContext): OktaAnswer {
  const user = owner(context);
  const found = clientTokens(context, user);
  const page = pageOf(`tokens ${user.id} ${context.params.clientId}`, found, context.query, pages, ({ id }) => id);
  return json(
    page.items.map((token) => viewToken(context, token)),
    linkHeaders(context.call.url, page.next),
  );
}

function requireToken(context: OktaContext, user: UserRecord): TokenRecord {
  const { tokenId = '' } = context.params;
  const token = clientTokens(context, user).find(({ id }) => id === tokenId);
  if (!token) throw notFound(tokenId, 'OAuth2RefreshToken');
  return token;
}

function getToken(context: OktaContext): OktaAnswer {
  return json(viewToken(context, requireToken(context, owner(context))));
}

function revokeToken(context: OktaContext): OktaAnswer {
  const user = owner(context);
  dropToken(context, user, requireToken(context, user));
  return empty();
}

function revokeTokens(context: OktaContext): OktaAnswer {
  const user = owner(context);
  for (const token of clientTokens(context, user)) dropToken(context, user, token);
  return empty();
}

function linksOf({ state, base }: OktaContext, { n, clientId, serverId }: GrantRecord | TokenRecord): View {
  const user = state.users[n];
  const app = state.apps.find(({ id }) => id === clientId);
  const server = state.authServers.find(({ id }) => id === serverId);
  return {
    app: { href: `${base}/api/v1/apps/${clientId}`, title: app?.label },
    client: { href: `${base}/oauth2/v1/clients/${clientId}`, title: app?.label },
    user: { href: `${base}/api/v1/users/${user?.id}` },
    authorizationServer: { href: `${base}/api/v1/authorizationServers/${serverId}`, title: server?.name },
  };
}

function scopeIdOf(state: OktaState, serverId: string, name: string): string | undefined {
  return state.authServers.find(({ id }) => id === serverId)?.scopes.find((scope) => scope.name === name)?.id;
}

function viewGrant(context: OktaContext, grant: GrantRecord): View {
  const { state, base, query } = context;
  const userId = state.users[grant.n]?.id;
  const id = scopeIdOf(state, grant.serverId, grant.scope);
  return {
    id: grant.id,
    status: 'ACTIVE',
    created: toTime(grant.created),
    createdBy: { id: userId, type: 'User' },
    lastUpdated: toTime(grant.created),
    issuer: issuerOf(base, grant.serverId),
    clientId: grant.clientId,
    userId,
    scopeId: grant.scope,
    source: 'END_USER',
    ...(query.get('expand') === 'scope' ? { _embedded: { scope: { id } } } : {}),
    _links: {
      self: { href: `${base}/api/v1/users/${userId}/grants/${grant.id}`, hints: { allow: ['GET', 'DELETE'] } },
      ...linksOf(context, grant),
      scope: { href: `${base}/api/v1/authorizationServers/${grant.serverId}/scopes/${id}`, title: grant.scope },
    },
  };
}

function viewToken(context: OktaContext, token: TokenRecord): View {
  const { state, base, query } = context;
  const userId = state.users[token.n]?.id;
  const self = `${base}/api/v1/users/${userId}/clients/${token.clientId}/tokens/${token.id}`;
  const server = state.authServers.find(({ id }) => id === token.serverId);
  const scopes = token.scopes.flatMap((name) => server?.scopes.find((scope) => scope.name === name) ?? []);
  return {
    id: token.id,
    status: 'ACTIVE',
    created: toTime(token.created),
    lastUpdated: toTime(token.created),
    expiresAt: toTime(token.expires),
    issuer: issuerOf(base, token.serverId),
    clientId: token.clientId,
    userId,
    scopes: token.scopes,
    ...(query.get('expand') === 'scope'
      ? {
          _embedded: {
            scopes: scopes.map(({ id, name, displayName, description }) => ({ id, name, displayName, description })),
          },
        }
      : {}),
    _links: {
      self: { href: self },
      revoke: { href: self, hints: { allow: ['DELETE'] } },
      ...linksOf(context, token),
    },
  };
}
