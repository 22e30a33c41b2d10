// A way in for people: an organization's own identity provider, or one that the environment offers to all.

import type * as words from './words.ts';

type Of<W extends readonly string[]> = words.Word<W>;

export interface OidcConfig {
  issuer: string;
  discovery_endpoint: string;
  authorize_uri: string;
  token_uri: string;
  user_info_uri: string;
  jwks_uri: string;
  client_id: string;
  client_secret: string;
  scopes: Of<typeof words.oidcScopes>[];
  token_auth_type: Of<typeof words.tokenAuthTypes>;
  redirect_uri: string;
  pkce_enabled: boolean;
  idp_logout_required: boolean;
  post_logout_redirect_uri: string;
  backchannel_logout_redirect_uri: string;
  sync_user_profile_on_login: boolean;
  jit_provisioning_with_sso_enabled: boolean;
}

export interface SamlConfig {
  sp_entity_id: string;
  sp_assertion_url: string;
  sp_metadata_url: string;
  idp_metadata_url: string;
  idp_entity_id: string;
  idp_sso_url: string;
  idp_slo_url: string;
  idp_certificates: { certificate: string; create_time: string; expiry_time: string; id: string; issuer: string }[];
  idp_name_id_format: Of<typeof words.nameIdFormats>;
  idp_sso_request_binding: Of<typeof words.requestBindings>;
  saml_signing_option: Of<typeof words.samlSigning>;
  allow_idp_initiated_login: boolean;
  force_authn: boolean;
  want_request_signed: boolean;
  assertion_encrypted: boolean;
}

export interface Connection {
  id: string;
  provider: Of<typeof words.identityProviders>;
  type: Of<typeof words.connectionTypes>;
  status: Of<typeof words.connectionStatuses>;
  enabled: boolean;
  debug_enabled: boolean;
  /** Empty: the environment's. */
  organization_id: string;
  ui_button_title: string;
  configuration_type: Of<typeof words.configurationTypes>;
  test_connection_uri: string;
  attribute_mapping: Record<string, string>;
  create_time: string;
  update_time: string;
  key_id: string;
  provider_key: string;
  oidc_config?: OidcConfig;
  saml_config?: SamlConfig;
}

/** What trying a connection out has come to. */
export interface ConnectionTest {
  id: string;
  status: 'PENDING' | 'SUCCESS' | 'FAILURE';
  user_info: string;
  error: string;
  error_description: string;
  error_details: string;
}
