// Connections: those of the environment, and those of single organizations under their path.

import { discover, judge, makeConnection } from './connection-make.ts';
import type { Connection } from './connection-records.ts';
import { type ApiContext, param, type Route } from './context.ts';
import { findOrganization } from './find.ts';
import { pageOf } from './paging.ts';
import { ApiProblem, invalid, notFound } from './problem.ts';
import { checkLength } from './rules.ts';
import * as words from './words.ts';

const oidcShape = {
  issuer: 'text',
  discovery_endpoint: 'text',
  authorize_uri: 'text',
  token_uri: 'text',
  user_info_uri: 'text',
  jwks_uri: 'text',
  client_id: 'text',
  client_secret: 'text',
  scopes: { each: words.oidcScopes },
  token_auth_type: words.tokenAuthTypes,
  pkce_enabled: 'flag',
  idp_logout_required: 'flag',
  sync_user_profile_on_login: 'flag',
  jit_provisioning_with_sso_enabled: 'flag',
} as const;

const samlShape = {
  idp_metadata_url: 'text',
  idp_entity_id: 'text',
  idp_sso_url: 'text',
  idp_slo_url: 'text',
  idp_name_id_format: words.nameIdFormats,
  idp_sso_request_binding: words.requestBindings,
  saml_signing_option: words.samlSigning,
  force_authn: 'flag',
  want_request_signed: 'flag',
  assertion_encrypted: 'flag',
} as const;

const createShape = {
  provider: words.identityProviders,
  type: words.connectionTypes,
  provider_key: 'text',
  key_id: 'text',
} as const;

const updateShape = {
  ...createShape,
  debug_enabled: 'flag',
  ui_button_title: 'text',
  configuration_type: words.configurationTypes,
  attribute_mapping: 'map',
  oidc_config: { of: oidcShape },
  saml_config: { of: { ...samlShape, idp_certificate: 'text' } },
} as const;

/** Of organizations. */
const unsupported: readonly string[] = ['OAUTH', 'PASSWORDLESS', 'WEBAUTHN'];

/** The same operations for the environment and for an organization. */
function routesAt(prefix: '' | 'organizations/{organization_id}/', name: 'connection_id' | 'id'): readonly Route[] {
  const one = `${prefix}connections/{${name}}`;
  return [
    {
      method: 'POST',
      path: `${prefix}connections`,
      status: 201,
      handle(context) {
        const { provider, type, ...given } = context.read(createShape);
        if (!provider) throw invalid('connection.provider', 'value is required');
        if (!type) throw invalid('connection.type', 'value is required');
        if (prefix !== '' && unsupported.includes(type))
          throw invalid('connection.type', `${type} is not supported yet`);
        checkLength('connection.key_id', given.key_id, 1, 300);
        const organization_id = prefix === '' ? '' : findOrganization(context).id;
        const connection = makeConnection(context.state, { provider, type, organization_id, ...given }, context.at);
        context.state.connections.set(connection.id, connection);
        return { connection: show(context, connection) };
      },
    },
    { method: 'GET', path: one, handle: (context) => ({ connection: show(context, find(context, name)) }) },
    {
      method: 'PATCH',
      path: one,
      handle(context) {
        const connection = find(context, name);
        change(connection, context);
        return { connection: show(context, connection) };
      },
    },
    {
      method: 'DELETE',
      path: one,
      handle(context) {
        context.state.connections.delete(find(context, name).id);
        return {};
      },
    },
    ...([true, false] as const).map(
      (enabled): Route => ({
        method: 'PATCH',
        path: `${one}:${enabled ? 'enable' : 'disable'}`,
        handle(context) {
          const connection = find(context, name);
          // The answer is a success that says no.
          if (enabled && connection.status !== 'COMPLETED')
            return { enabled: connection.enabled, error_message: 'the connection is not configured completely' };
          Object.assign(connection, { enabled, update_time: context.at });
          return { enabled, error_message: '' };
        },
      }),
    ),
  ];
}

export const connectionRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: 'connections',
    handle(context) {
      const { query, state } = context;
      const organizationId = query.text('organization_id');
      const domain = query.text('domain');
      const isAll = query.text('include') === 'all';
      if (organizationId !== undefined && !state.organizations.has(organizationId)) throw notFound('organization');
      const found = [...state.connections.values()].filter(
        (each) =>
          (isAll || each.enabled) &&
          (domain === undefined
            ? each.organization_id === (organizationId ?? '')
            : domainsOf(context, each).some((known) => known.domain === domain)),
      );
      return { connections: found.map((each) => summarize(context, each)) };
    },
  },
  {
    method: 'GET',
    path: 'organizations/-/connections',
    handle(context) {
      const all = [...context.state.connections.values()].filter((each) => each.organization_id !== '');
      const { items, places } = pageOf(context, all, { most: 30 });
      return { ...places, connections: items.map((each) => summarize(context, each)) };
    },
  },
  ...routesAt('', 'connection_id'),
  ...routesAt('organizations/{organization_id}/', 'id'),
  {
    method: 'GET',
    path: 'connections/{connection_id}/test-requests/{test_request_id}',
    handle(context) {
      const key = `${param(context, 'connection_id')}/${param(context, 'test_request_id')}`;
      const test = context.state.connectionTests.get(key);
      if (!test) throw notFound('test request');
      const { id: _, ...result } = test;
      return result;
    },
  },
];

function find(context: ApiContext, name: string): Connection {
  const organizationId = context.params.organization_id === undefined ? '' : findOrganization(context).id;
  const found = context.state.connections.get(param(context, name));
  if (!found || found.organization_id !== organizationId) throw notFound('connection');
  return found;
}

function change(connection: Connection, context: ApiContext): void {
  const { oidc_config: oidc, saml_config: saml, type, ...given } = context.read(updateShape);
  if (type !== undefined && type !== connection.type)
    throw new ApiProblem(400, 'the type of a connection cannot be changed');
  if (oidc && !connection.oidc_config) throw invalid('connection.oidc_config', 'is not for this type of connection');
  if (saml && !connection.saml_config) throw invalid('connection.saml_config', 'is not for this type of connection');
  for (const name of [
    'issuer',
    'discovery_endpoint',
    'authorize_uri',
    'token_uri',
    'user_info_uri',
    'jwks_uri',
  ] as const)
    if (oidc?.[name] && URL.parse(oidc[name]) === null)
      throw invalid(`connection.oidc_config.${name}`, 'must be a URI');
  Object.assign(connection, given);
  if (oidc && connection.oidc_config) {
    // What was found from the issuer before is found anew from the new one.
    const isMoved = oidc.issuer !== undefined && oidc.issuer !== connection.oidc_config.issuer;
    const found = { discovery_endpoint: '', authorize_uri: '', token_uri: '', user_info_uri: '', jwks_uri: '' };
    Object.assign(connection.oidc_config, isMoved && found, oidc);
    if (connection.configuration_type === 'DISCOVERY') discover(connection.oidc_config);
  }
  if (saml && connection.saml_config) {
    const { idp_certificate: certificate, ...rest } = saml;
    Object.assign(connection.saml_config, rest);
    if (certificate) {
      const times = { create_time: context.at, expiry_time: new Date(context.now + 365 * 86_400_000).toISOString() };
      connection.saml_config.idp_certificates = [
        { id: context.state.newId('cert'), issuer: connection.saml_config.idp_entity_id, certificate, ...times },
      ];
    }
  }
  judge(connection);
  connection.update_time = context.at;
}

function domainsOf({ state }: ApiContext, { organization_id }: Connection) {
  return [...state.domains.values()].filter((each) => each.organization_id === organization_id);
}

function show(context: ApiContext, connection: Connection) {
  return { ...connection, domains: domainsOf(context, connection) };
}

function summarize(context: ApiContext, connection: Connection) {
  const { id, provider, type, status, enabled, organization_id, ui_button_title, provider_key, key_id } = connection;
  return {
    ...{ id, provider, type, status, enabled, organization_id, ui_button_title, provider_key, key_id },
    domains: domainsOf(context, connection).map(({ domain }) => domain),
    organization_name: context.state.organizations.get(organization_id)?.display_name ?? '',
    created_at: connection.create_time,
  };
}
