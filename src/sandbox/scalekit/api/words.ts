// The words that the API's enums take, and those only the gateway's older documents name are left out.

export const regions = ['US', 'EU'] as const;
export const environmentTypes = ['PRD', 'DEV'] as const;
export const memberRoles = ['ADMIN', 'USER'] as const;
export const membershipStatuses = ['ACTIVE', 'INACTIVE', 'PENDING_INVITE', 'INVITE_EXPIRED'] as const;
export const resourceTypes = ['WEB', 'MOBILE', 'DESKTOP', 'SERVER', 'MCP_SERVER'] as const;
export const permissionTypes = ['ALL', 'SCALEKIT', 'ENVIRONMENT'] as const;
export const portalFeatures = ['dir_sync', 'sso'] as const;
export const authStatuses = ['INITIATED', 'PENDING', 'SUCCESS', 'FAILED'] as const;
export const domainTypes = ['ALLOWED_EMAIL_DOMAIN', 'ORGANIZATION_DOMAIN'] as const;

export const identityProviders = [
  ...(['OKTA', 'GOOGLE', 'MICROSOFT_AD', 'AUTH0', 'ONELOGIN', 'PING_IDENTITY', 'JUMPCLOUD', 'CUSTOM'] as const),
  ...(['GITHUB', 'GITLAB', 'LINKEDIN', 'SALESFORCE', 'MICROSOFT', 'IDP_SIMULATOR', 'SCALEKIT', 'ADFS'] as const),
] as const;

export const connectionTypes = [
  ...(['OIDC', 'SAML', 'PASSWORD', 'OAUTH', 'PASSWORDLESS', 'BASIC', 'BEARER', 'API_KEY'] as const),
  ...(['WEBAUTHN', 'OAUTH_M2M', 'TRELLO_OAUTH1', 'GOOGLE_DWD'] as const),
] as const;

export const connectionStatuses = ['DRAFT', 'IN_PROGRESS', 'COMPLETED'] as const;
export const oidcScopes = ['openid', 'profile', 'email', 'address', 'phone'] as const;
export const tokenAuthTypes = ['URL_PARAMS', 'BASIC_AUTH'] as const;
export const configurationTypes = ['DISCOVERY', 'MANUAL'] as const;
export const sessionPolicySources = ['APPLICATION', 'CUSTOM'] as const;
export const timeUnits = ['MINUTES', 'HOURS', 'DAYS'] as const;

export const nameIdFormats = ['UNSPECIFIED', 'EMAIL', 'TRANSIENT', 'PERSISTENT'] as const;
export const requestBindings = ['HTTP_POST', 'HTTP_REDIRECT'] as const;
export const directoryProviders = [
  'OKTA',
  'GOOGLE',
  'MICROSOFT_AD',
  'AUTH0',
  'ONELOGIN',
  'JUMPCLOUD',
  'PING_IDENTITY',
] as const;
export const samlSigning = [
  ...(['NO_SIGNING', 'SAML_ONLY_RESPONSE_SIGNING', 'SAML_ONLY_ASSERTION_SIGNING'] as const),
  ...(['SAML_RESPONSE_ASSERTION_SIGNING', 'SAML_RESPONSE_OR_ASSERTION_SIGNING'] as const),
] as const;

export type Word<W extends readonly string[]> = W[number];
