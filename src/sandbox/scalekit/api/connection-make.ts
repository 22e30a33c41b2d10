// What a new connection has before anybody has configured it.

import type { Connection, OidcConfig, SamlConfig } from './connection-records.ts';
import type { EnvironmentState } from './state.ts';

type Given = Pick<Connection, 'provider' | 'type'> &
  Partial<Pick<Connection, 'id' | 'key_id' | 'provider_key' | 'organization_id'>>;

export function makeConnection(state: EnvironmentState, given: Given, at: string): Connection {
  const id = given.id ?? state.newId('conn');
  const base = baseOf(state);
  const { provider, type, key_id = '', provider_key = provider.toLowerCase(), organization_id = '' } = given;
  return {
    id,
    provider,
    type,
    status: 'DRAFT',
    enabled: false,
    debug_enabled: false,
    organization_id,
    ui_button_title: `Continue with ${provider.charAt(0)}${provider.slice(1).toLowerCase().replace('_', ' ')}`,
    configuration_type: 'DISCOVERY',
    test_connection_uri: '',
    attribute_mapping: {},
    create_time: at,
    update_time: at,
    key_id,
    provider_key,
    ...(type === 'OIDC' && { oidc_config: makeOidc(base, id) }),
    ...(type === 'SAML' && { saml_config: makeSaml(base, id) }),
  };
}

export const baseOf = ({ record }: EnvironmentState) => `http://${record.domain}`;

function makeOidc(base: string, id: string): OidcConfig {
  return {
    issuer: '',
    discovery_endpoint: '',
    authorize_uri: '',
    token_uri: '',
    user_info_uri: '',
    jwks_uri: '',
    client_id: '',
    client_secret: '',
    scopes: ['openid', 'profile', 'email'],
    token_auth_type: 'URL_PARAMS',
    redirect_uri: `${base}/sso/v1/oidc/${id}/callback`,
    pkce_enabled: true,
    idp_logout_required: false,
    post_logout_redirect_uri: `${base}/sso/v1/oidc/${id}/logout/callback`,
    backchannel_logout_redirect_uri: `${base}/sso/v1/oidc/${id}/backchannel-logout`,
    sync_user_profile_on_login: true,
    jit_provisioning_with_sso_enabled: true,
  };
}

function makeSaml(base: string, id: string): SamlConfig {
  return {
    sp_entity_id: `${base}/sso/v1/saml/${id}`,
    sp_assertion_url: `${base}/sso/v1/saml/${id}/callback`,
    sp_metadata_url: `${base}/sso/v1/saml/${id}/metadata`,
    idp_metadata_url: '',
    idp_entity_id: '',
    idp_sso_url: '',
    idp_slo_url: '',
    idp_certificates: [],
    idp_name_id_format: 'EMAIL',
    idp_sso_request_binding: 'HTTP_POST',
    saml_signing_option: 'SAML_ONLY_RESPONSE_SIGNING',
    allow_idp_initiated_login: false,
    force_authn: false,
    want_request_signed: true,
    assertion_encrypted: false,
  };
}

/** A connection is complete with what signing in needs; a half-filled one is in progress. */
export function judge(connection: Connection): void {
  const { oidc_config: oidc, saml_config: saml } = connection;
  const parts = oidc
    ? [oidc.authorize_uri, oidc.token_uri, oidc.jwks_uri, oidc.client_id, oidc.client_secret]
    : saml
      ? [saml.idp_entity_id, saml.idp_sso_url, saml.idp_certificates[0]?.id ?? '']
      : [connection.type];
  if (parts.every((part) => part !== '')) connection.status = 'COMPLETED';
  else connection.status = parts.some((part) => part !== '') ? 'IN_PROGRESS' : 'DRAFT';
}

/** What the issuer's own metadata would say. */
export function discover(config: OidcConfig): void {
  const issuer = config.issuer || config.discovery_endpoint.replace(/\/\.well-known\/.*$/, '');
  if (issuer === '') return;
  config.issuer = issuer;
  config.discovery_endpoint ||= `${issuer}/.well-known/openid-configuration`;
  config.authorize_uri ||= `${issuer}/oauth2/authorize`;
  config.token_uri ||= `${issuer}/oauth2/token`;
  config.user_info_uri ||= `${issuer}/oauth2/userinfo`;
  config.jwks_uri ||= `${issuer}/oauth2/keys`;
}
