// What an environment keeps, in the form in which the API shows it.

import type * as words from './words.ts';

type Of<W extends readonly string[]> = words.Word<W>;
type Texts = Record<string, string>;

interface Dated {
  id: string;
  create_time: string;
  update_time: string;
}

export interface Organization extends Dated {
  display_name: string;
  region_code: Of<typeof words.regions>;
  external_id?: string;
  slug?: string;
  logo_url?: string;
  metadata: Texts;
  settings: { features: { name: string; enabled: boolean }[] };
}

export interface Membership {
  organization_id: string;
  name: string;
  display_name: string;
  membership_status: Of<typeof words.membershipStatuses>;
  roles: { id: string; name: string; display_name: string }[];
  metadata: Texts;
  provisioning_method: string;
  created_at: string;
  join_time?: string;
  accepted_at?: string;
  inviter_email?: string;
  /** Of an invitation. */
  expires_at?: string;
}

export interface Profile {
  id: string;
  given_name: string;
  family_name: string;
  /** The same two by their older names. */
  first_name: string;
  last_name: string;
  name: string;
  locale: string;
  email_verified: boolean;
  phone_number: string;
  phone_number_verified: boolean;
  preferred_username: string;
  picture: string;
  gender: string;
  groups: string[];
  metadata: Texts;
  custom_attributes: Texts;
}

export interface User extends Dated {
  environment_id: string;
  email: string;
  external_id?: string;
  memberships: Membership[];
  user_profile: Profile;
  metadata: Texts;
  last_login_time?: string;
}

export interface Role {
  id: string;
  name: string;
  display_name: string;
  description: string;
  default_creator: boolean;
  default_member: boolean;
  extends?: string;
  /** Names; shown with what the permission says of itself. */
  permissions: string[];
  is_org_role: boolean;
}

export interface Permission extends Dated {
  name: string;
  description: string;
  is_scalekit_permission: boolean;
}

export interface Scope {
  id: string;
  name: string;
  description: string;
  enabled: boolean;
}

export interface ClientSecret extends Dated {
  secret_suffix: string;
  created_by: string;
  status: 'ACTIVE' | 'INACTIVE';
  expire_time?: string;
  last_used_time?: string;
}

export interface ApiClient extends Dated {
  keyId: string;
  name: string;
  client_type: string;
  secrets: ClientSecret[];
  post_login_uris: string[];
  post_logout_redirect_uris: string[];
  back_channel_logout_uris: string[];
  initiate_login_uri: string;
  /** int64 */
  access_token_expiry: string;
  scopes: string[];
  custom_claims: { key: string; value: string }[];
  disallow_scalekit_api_access: boolean;
  grant_types: string[];
  enforce_pkce: boolean;
}

export interface Domain extends Dated {
  domain: string;
  environment_id: string;
  organization_id: string;
  txt_record_key: string;
  txt_record_secret: string;
  verification_status: 'PENDING' | 'VERIFIED' | 'FAILED' | 'AUTO_VERIFIED';
  domain_type: Of<typeof words.domainTypes>;
}

export interface PortalLink {
  id: string;
  location: string;
  expire_time: string;
}

export interface AuthRequest {
  auth_request_id: string;
  environment_id: string;
  organization_id: string;
  connection_id: string;
  connection_type: string;
  connection_provider: string;
  connection_details: Texts[];
  email: string;
  status: Of<typeof words.authStatuses>;
  timestamp: string;
  workflow: string;
  resource_id?: string;
  resource_name?: string;
  resource_type?: string;
  client_id: string;
  client_name: string;
  client_type: string;
}

export interface SessionPolicy {
  policy_source: Of<typeof words.sessionPolicySources>;
  absolute_session_timeout: number;
  absolute_session_timeout_unit: Of<typeof words.timeUnits>;
  idle_session_timeout_enabled: boolean;
  idle_session_timeout: number;
  idle_session_timeout_unit: Of<typeof words.timeUnits>;
}

export interface EnvironmentRecord extends Dated {
  display_name: string;
  domain: string;
  region_code: Of<typeof words.regions>;
  type: Of<typeof words.environmentTypes>;
  custom_domain: string;
  custom_domain_status: 'PENDING' | 'ACTIVE' | 'FAILED' | 'INITIAL';
}
