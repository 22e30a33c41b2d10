// Authorization servers with their scopes, claims, access policies and keys, to be read.

import { json, type OktaAnswer, toTime } from './answer.ts';
import type {
  AuthClaim,
  AuthKey,
  AuthPolicy,
  AuthRule,
  AuthScope,
  AuthServerRecord,
} from './authorization-server-seed.ts';
import type { OktaContext, OktaRoute } from './context.ts';
import { compileFilter } from './dialect.ts';
import type { Operator } from './grammar.ts';
import { linkHeaders, pageOf } from './paging.ts';
import { notFound } from './problems.ts';
import { compileOr } from './user-search.ts';

const root = '/api/v1/authorizationServers';
const one = `${root}/{authServerId}`;

export const authServerRoutes: readonly OktaRoute[] = [
  { method: 'GET', path: root, handle: listServers },
  { method: 'GET', path: one, handle: (context) => json(viewServer(context, requireServer(context))) },
  { method: 'GET', path: `${one}/scopes`, handle: listScopes },
  { method: 'GET', path: `${one}/scopes/{itemId}`, handle: (context) => getItem(context, 'scopes') },
  { method: 'GET', path: `${one}/claims`, handle: (context) => listItems(context, 'claims') },
  { method: 'GET', path: `${one}/claims/{itemId}`, handle: (context) => getItem(context, 'claims') },
  { method: 'GET', path: `${one}/policies`, handle: (context) => listItems(context, 'policies') },
  { method: 'GET', path: `${one}/policies/{itemId}`, handle: (context) => getItem(context, 'policies') },
  { method: 'GET', path: `${one}/policies/{policyId}/rules`, handle: listRules },
  { method: 'GET', path: `${one}/policies/{policyId}/rules/{ruleId}`, handle: getRule },
  { method: 'GET', path: `${one}/credentials/keys`, handle: listKeys },
  { method: 'GET', path: `${one}/credentials/keys/{keyId}`, handle: getKey },
];

type View = Record<string, unknown>;

function listServers(context: OktaContext): OktaAnswer {
  const { state, query, call } = context;
  const q = (query.get('q') ?? '').toLowerCase();
  const found = state.authServers.filter(({ name, audiences }) =>
    [name, ...audiences].some((text) => text.toLowerCase().includes(q)),
  );
  const page = pageOf('auth-servers', found, query, { fallback: 200, max: 200 }, (server) => server.id);
  return json(
    page.items.map((server) => viewServer(context, server)),
    linkHeaders(call.url, page.next),
  );
}

function requireServer({ state, params }: OktaContext): AuthServerRecord {
  const server = state.authServers.find(({ id }) => id === params.authServerId);
  if (!server) throw notFound(params.authServerId ?? '', 'AuthorizationServer');
  return server;
}

/** Where tokens of a server say that they come from; without an id, of the org's own server. */
export function issuerOf(base: string, serverId: string | undefined): string {
  return serverId === undefined ? base : `${base}/oauth2/${serverId}`;
}

function viewServer({ base }: OktaContext, server: AuthServerRecord): View {
  const self = `${base}${root}/${server.id}`;
  const issuer = issuerOf(base, server.id);
  const get = { hints: { allow: ['GET'] } };
  return {
    id: server.id,
    name: server.name,
    description: server.description,
    audiences: server.audiences,
    issuer,
    issuerMode: 'ORG_URL',
    status: 'ACTIVE',
    default: server.id === 'default',
    created: toTime(server.created),
    lastUpdated: toTime(server.created),
    credentials: {
      signing: {
        kid: server.keys.find(({ status }) => status === 'ACTIVE')?.kid,
        rotationMode: 'AUTO',
        lastRotated: toTime(server.keysRotated),
        nextRotation: toTime(server.keysRotated + 90 * 86_400_000),
      },
    },
    _links: {
      self: { href: self, hints: { allow: ['GET', 'DELETE', 'PUT'] } },
      scopes: { href: `${self}/scopes`, ...get },
      claims: { href: `${self}/claims`, ...get },
      policies: { href: `${self}/policies`, ...get },
      metadata: ['oauth-authorization-server', 'openid-configuration'].map((name) => ({
        name,
        href: `${issuer}/.well-known/${name}`,
        ...get,
      })),
      rotateKey: { href: `${self}/credentials/lifecycle/keyRotate`, hints: { allow: ['POST'] } },
      deactivate: { href: `${self}/lifecycle/deactivate`, hints: { allow: ['POST'] } },
    },
  };
}

const equal: ReadonlySet<Operator> = new Set(['eq']);

function listScopes(context: OktaContext): OktaAnswer {
  const { query, call } = context;
  const server = requireServer(context);
  const q = (query.get('q') ?? '').toLowerCase();
  const filter = query.get('filter');
  const attribute = (path: string) =>
    path === 'name'
      ? { type: 'text' as const, operators: equal, read: (scope: AuthScope) => scope.name }
      : path === 'system'
        ? { type: 'boolean' as const, operators: equal, read: (scope: AuthScope) => scope.system }
        : undefined;
  const accept =
    filter === null
      ? () => true
      : compileOr('E0000053', () => compileFilter(filter, { attribute, ignoresCase: false, allowsNot: false }));
  const found = server.scopes.filter((scope) => scope.name.toLowerCase().startsWith(q) && accept(scope));
  const page = pageOf(`scopes ${server.id}`, found, query, { fallback: 200, max: 200 }, (scope) => scope.id);
  return json(
    page.items.map((scope) => viewItem(context, server, 'scopes', scope)),
    linkHeaders(call.url, page.next),
  );
}

const kinds = { scopes: 'OAuth2Scope', claims: 'OAuth2Claim', policies: 'AuthorizationServerPolicy' } as const;
type Part = keyof typeof kinds;
type Item = AuthScope | AuthClaim | AuthPolicy;

function listItems(context: OktaContext, part: Part): OktaAnswer {
  const server = requireServer(context);
  return json(
    server[part].map((item) => viewItem(context, server, part, item)),
    linkHeaders(context.call.url, undefined),
  );
}

function getItem(context: OktaContext, part: Part): OktaAnswer {
  const server = requireServer(context);
  const { itemId = '' } = context.params;
  const item = (server[part] as readonly Item[]).find(({ id }) => id === itemId);
  if (!item) throw notFound(itemId, kinds[part]);
  return json(viewItem(context, server, part, item));
}

function viewItem({ base }: OktaContext, server: AuthServerRecord, part: Part, item: Item): View {
  const self = `${base}${root}/${server.id}/${part}/${item.id}`;
  const allow = item.system ? ['GET'] : ['GET', 'PUT', 'DELETE'];
  const links = { self: { href: self, hints: { allow } } };
  if (part === 'scopes') return { ...(item as AuthScope), optional: false, _links: links };
  if (part === 'claims') return { ...viewClaim(item as AuthClaim), _links: links };
  const policy = item as AuthPolicy;
  return {
    id: policy.id,
    type: 'OAUTH_AUTHORIZATION_POLICY',
    status: 'ACTIVE',
    name: policy.name,
    description: policy.description,
    priority: server.policies.indexOf(policy) + 1,
    system: policy.system,
    created: toTime(server.created),
    lastUpdated: toTime(server.created),
    conditions: { clients: { include: policy.clients } },
    _links: {
      ...links,
      deactivate: { href: `${self}/lifecycle/deactivate`, hints: { allow: ['POST'] } },
      rules: { href: `${self}/rules`, hints: { allow: ['GET'] } },
    },
  };
}

function viewClaim({ groupFilter, scopes, ...claim }: AuthClaim): View {
  return {
    ...claim,
    status: 'ACTIVE',
    ...(groupFilter === undefined ? {} : { group_filter_type: groupFilter }),
    conditions: { scopes },
  };
}

function requirePolicy({ params }: OktaContext, server: AuthServerRecord): AuthPolicy {
  const policy = server.policies.find(({ id }) => id === params.policyId);
  if (!policy) throw notFound(params.policyId ?? '', kinds.policies);
  return policy;
}

function listRules(context: OktaContext): OktaAnswer {
  const server = requireServer(context);
  const policy = requirePolicy(context, server);
  return json(
    policy.rules.map((rule) => viewRule(context, server, policy, rule)),
    linkHeaders(context.call.url, undefined),
  );
}

function getRule(context: OktaContext): OktaAnswer {
  const server = requireServer(context);
  const policy = requirePolicy(context, server);
  const { ruleId = '' } = context.params;
  const rule = policy.rules.find(({ id }) => id === ruleId);
  if (!rule) throw notFound(ruleId, 'AuthorizationServerPolicyRule');
  return json(viewRule(context, server, policy, rule));
}

function viewRule({ base }: OktaContext, server: AuthServerRecord, policy: AuthPolicy, rule: AuthRule): View {
  const self = `${base}${root}/${server.id}/policies/${policy.id}/rules/${rule.id}`;
  return {
    id: rule.id,
    type: 'RESOURCE_ACCESS',
    status: 'ACTIVE',
    name: rule.name,
    priority: policy.rules.indexOf(rule) + 1,
    system: rule.system,
    created: toTime(server.created),
    lastUpdated: toTime(server.created),
    conditions: {
      people: { users: { include: [], exclude: [] }, groups: { include: rule.groups, exclude: [] } },
      grantTypes: { include: rule.grantTypes },
      scopes: { include: rule.scopes },
    },
    actions: {
      token: {
        accessTokenLifetimeMinutes: rule.accessTokenMinutes,
        refreshTokenLifetimeMinutes: 0,
        refreshTokenWindowMinutes: 10_080,
      },
    },
    _links: {
      self: { href: self, hints: { allow: ['GET', 'PUT', 'DELETE'] } },
      deactivate: { href: `${self}/lifecycle/deactivate`, hints: { allow: ['POST'] } },
    },
  };
}

function listKeys(context: OktaContext): OktaAnswer {
  const server = requireServer(context);
  return json(server.keys.map((key) => viewKey(context, server, key)));
}

function getKey(context: OktaContext): OktaAnswer {
  const server = requireServer(context);
  const { keyId = '' } = context.params;
  const key = server.keys.find(({ kid }) => kid === keyId);
  if (!key) throw notFound(keyId, 'JsonWebKey');
  return json(viewKey(context, server, key));
}

function viewKey({ base }: OktaContext, server: AuthServerRecord, { kid, status, pair }: AuthKey): View {
  const href = `${base}${root}/${server.id}/credentials/keys/${kid}`;
  return { ...pair().publicJwk, status, _links: { self: { href } } };
}
