// What a PUT may say about an application, by sign-on mode, and what Okta puts in the place of what it leaves out.

import type { SignOnMode } from './app-record.ts';
import type { Shape } from './shapes.ts';

type Part = Record<string, unknown>;
type Fields = Readonly<Record<string, Shape>>;

export const accessibilityShape: Shape = {
  fields: { selfService: 'flag', errorRedirectUrl: 'text', loginRedirectUrl: 'text' },
};

export const visibilityShape: Shape = {
  fields: {
    autoLaunch: 'flag',
    autoSubmitToolbar: 'flag',
    hide: { fields: { iOS: 'flag', web: 'flag' } },
    appLinks: 'object',
  },
};

const template: Shape = {
  fields: {
    template: 'text',
    type: { oneOf: ['NONE', 'BUILT_IN', 'CUSTOM'] },
    userSuffix: 'text',
    pushStatus: { oneOf: ['PUSH', 'DONT_PUSH', 'NOT_CONFIGURED'] },
  },
};

const withPassword: Fields = {
  userNameTemplate: template,
  scheme: {
    oneOf: [
      'ADMIN_SETS_CREDENTIALS',
      'EDIT_PASSWORD_ONLY',
      'EDIT_USERNAME_AND_PASSWORD',
      'EXTERNAL_PASSWORD_SYNC',
      'SHARED_USERNAME_AND_PASSWORD',
    ],
  },
  userName: 'text',
  revealPassword: 'flag',
};

export const authMethods = [
  'client_secret_basic',
  'client_secret_jwt',
  'client_secret_post',
  'none',
  'private_key_jwt',
] as const;

export function credentialsShape(mode: SignOnMode): Shape {
  if (mode === 'OPENID_CONNECT')
    return {
      fields: {
        userNameTemplate: template,
        oauthClient: {
          fields: {
            autoKeyRotation: 'flag',
            client_id: 'text',
            pkce_required: 'flag',
            token_endpoint_auth_method: { oneOf: authMethods },
          },
        },
      },
    };
  if (mode === 'SAML_2_0' || mode === 'BOOKMARK') return { fields: { userNameTemplate: template } };
  return { fields: withPassword };
}

const commonSettings: Fields = {
  implicitAssignment: 'flag',
  inlineHookId: 'text',
  identityStoreId: 'text',
  notes: { fields: { admin: 'text', enduser: 'text' } },
  notifications: {
    fields: {
      vpn: {
        fields: {
          network: {
            fields: {
              connection: { oneOf: ['ANYWHERE', 'DISABLED', 'ON_NETWORK', 'OFF_NETWORK', 'ZONE'] },
              include: 'texts',
              exclude: 'texts',
            },
          },
          message: 'text',
          helpUrl: 'text',
        },
      },
    },
  },
};

const login: Fields = { url: 'text', usernameField: 'text', passwordField: 'text' };

const saml: Fields = {
  ssoAcsUrl: 'text',
  ssoAcsUrlOverride: 'text',
  recipient: 'text',
  recipientOverride: 'text',
  destination: 'text',
  destinationOverride: 'text',
  audience: 'text',
  audienceOverride: 'text',
  idpIssuer: 'text',
  spIssuer: 'text',
  defaultRelayState: 'text',
  subjectNameIdTemplate: 'text',
  subjectNameIdFormat: {
    oneOf: [
      'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
      'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
      'urn:oasis:names:tc:SAML:2.0:nameid-format:transient',
      'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified',
      'urn:oasis:names:tc:SAML:1.1:nameid-format:x509SubjectName',
    ],
  },
  responseSigned: 'flag',
  assertionSigned: 'flag',
  signatureAlgorithm: { oneOf: ['RSA_SHA1', 'RSA_SHA256'] },
  digestAlgorithm: { oneOf: ['SHA1', 'SHA256'] },
  honorForceAuthn: 'flag',
  authnContextClassRef: {
    oneOf: [
      'urn:federation:authentication:windows',
      'oasis:names:tc:SAML:2.0:ac:classes:Kerberos',
      'urn:oasis:names:tc:SAML:2.0:ac:classes:Password',
      'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport',
      'urn:oasis:names:tc:SAML:2.0:ac:classes:TLSClient',
      'urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified',
      'urn:oasis:names:tc:SAML:2.0:ac:classes:X509',
    ],
  },
  requestCompressed: 'flag',
  samlAssertionLifetimeSeconds: 'number',
  allowMultipleAcsEndpoints: 'flag',
  acsEndpoints: 'objects',
  attributeStatements: 'objects',
  slo: { fields: { enabled: 'flag', issuer: 'text', logoutUrl: 'text' } },
};

const grantTypes = [
  'authorization_code',
  'client_credentials',
  'implicit',
  'interaction_code',
  'password',
  'refresh_token',
  'urn:ietf:params:oauth:grant-type:device_code',
  'urn:ietf:params:oauth:grant-type:jwt-bearer',
  'urn:ietf:params:oauth:grant-type:saml2-bearer',
  'urn:ietf:params:oauth:grant-type:token-exchange',
  'urn:openid:params:grant-type:ciba',
  'urn:okta:params:oauth:grant-type:otp',
  'urn:okta:params:oauth:grant-type:oob',
] as const;

const client: Fields = {
  client_uri: 'text',
  logo_uri: 'text',
  policy_uri: 'text',
  tos_uri: 'text',
  initiate_login_uri: 'text',
  redirect_uris: 'texts',
  post_logout_redirect_uris: 'texts',
  response_types: { someOf: ['code', 'id_token', 'token'] },
  grant_types: { someOf: grantTypes },
  application_type: { oneOf: ['browser', 'native', 'service', 'web'] },
  consent_method: { oneOf: ['REQUIRED', 'TRUSTED'] },
  issuer_mode: { oneOf: ['CUSTOM_URL', 'DYNAMIC', 'ORG_URL'] },
  idp_initiated_login: { fields: { mode: { oneOf: ['DISABLED', 'SPEC', 'OKTA'] }, default_scope: 'texts' } },
  wildcard_redirect: { oneOf: ['DISABLED', 'SUBDOMAIN'] },
  dpop_bound_access_tokens: 'flag',
  jwks: 'object',
  jwks_uri: 'text',
};

export const settingsShapes: Readonly<Record<SignOnMode, Shape>> = {
  SAML_2_0: { fields: { ...commonSettings, app: 'object', signOn: { fields: saml } } },
  OPENID_CONNECT: { fields: { ...commonSettings, oauthClient: { fields: client } } },
  BOOKMARK: { fields: { ...commonSettings, app: { fields: { requestIntegration: 'flag', url: 'text' } } } },
  BROWSER_PLUGIN: {
    fields: { ...commonSettings, app: { fields: { ...login, buttonField: 'text', loginUrlRegex: 'text' } } },
  },
  SECURE_PASSWORD_STORE: { fields: { ...commonSettings, app: { fields: login } } },
  AUTO_LOGIN: { fields: { ...commonSettings, signOn: { fields: { loginUrl: 'text', redirectUrl: 'text' } } } },
};

/** Paths that must be given, whatever else is left out. */
export const requiredPaths: Readonly<Record<SignOnMode, readonly string[]>> = {
  SAML_2_0: [],
  OPENID_CONNECT: ['credentials.oauthClient', 'settings.oauthClient.grant_types'],
  BOOKMARK: ['settings.app.url'],
  BROWSER_PLUGIN: [
    'settings.app.url',
    'settings.app.usernameField',
    'settings.app.passwordField',
    'settings.app.buttonField',
  ],
  SECURE_PASSWORD_STORE: ['settings.app.url', 'settings.app.usernameField', 'settings.app.passwordField'],
  AUTO_LOGIN: ['settings.signOn.loginUrl'],
};

/** A SAML section that is given must say these; one that is left out loses everything. */
export const requiredOfSaml = [
  'allowMultipleAcsEndpoints',
  'assertionSigned',
  'honorForceAuthn',
  'requestCompressed',
  'responseSigned',
] as const;

export const bareSettings: Part = {
  implicitAssignment: false,
  notes: {},
  notifications: { vpn: { network: { connection: 'DISABLED' } } },
  emOptInStatus: 'NONE',
};

export const bareSaml: Part = {
  responseSigned: true,
  assertionSigned: true,
  signatureAlgorithm: 'RSA_SHA256',
  digestAlgorithm: 'SHA256',
  honorForceAuthn: true,
  requestCompressed: false,
  allowMultipleAcsEndpoints: false,
  acsEndpoints: [],
  attributeStatements: [],
  slo: { enabled: false },
};

export const bareClient: Part = {
  redirect_uris: [],
  consent_method: 'TRUSTED',
  issuer_mode: 'ORG_URL',
  idp_initiated_login: { mode: 'DISABLED', default_scope: [] },
  wildcard_redirect: 'DISABLED',
  dpop_bound_access_tokens: false,
};
