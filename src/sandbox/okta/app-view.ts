// An application as Okta writes it: the common part, then what its sign-on mode adds.

import { letters } from '../random.ts';
import { toTime } from './answer.ts';
import type { AppParts, AppRecord } from './app-record.ts';
import type { OktaContext } from './context.ts';
import type { OktaState } from './state.ts';

type Part = Record<string, unknown>;

export function viewApp(context: OktaContext, app: AppRecord): Part {
  const { base, state } = context;
  const self = `${base}/api/v1/apps/${app.id}`;
  const change = app.status === 'ACTIVE' ? 'deactivate' : 'activate';
  return {
    id: app.id,
    orn: `orn:okta:idp:${state.orgId}:apps:${app.name}:${app.id}`,
    name: app.name,
    label: app.label,
    status: app.status,
    lastUpdated: toTime(app.lastUpdated),
    created: toTime(app.created),
    features: app.features,
    signOnMode: app.mode,
    ...partsOf(context, app),
    _links: {
      self: { href: self },
      appLinks: [{ name: linkName(app), href: linkOf(base, app), type: 'text/html' }],
      ...(app.mode === 'SAML_2_0' ? { metadata: { href: `${self}/sso/saml/metadata`, type: 'application/xml' } } : {}),
      groups: { href: `${self}/groups` },
      users: { href: `${self}/users` },
      logo: [{ name: 'medium', href: `${base}/assets/img/logos/${app.name}.png`, type: 'image/png' }],
      [change]: { href: `${self}/lifecycle/${change}` },
    },
  };
}

export function partsOf({ state, base }: OktaContext, app: AppRecord): AppParts {
  if (app.written) return app.written;
  return {
    accessibility: { selfService: false },
    visibility: {
      autoLaunch: false,
      autoSubmitToolbar: app.mode === 'BROWSER_PLUGIN',
      hide: { iOS: app.client === 'service', web: app.client === 'service' },
      appLinks: { [linkName(app)]: true },
    },
    credentials: viewCredentials(state, app),
    settings: viewSettings(base, app),
  };
}

export function linkName(app: AppRecord): string {
  return app.mode === 'OPENID_CONNECT' ? 'oidc_client_link' : `${app.name}_link`;
}

export function linkOf(base: string, app: AppRecord): string {
  return `${base}/home/${app.name}/${app.id}/aln${app.id.slice(3)}`;
}

function viewCredentials(state: OktaState, app: AppRecord): Part {
  const userNameTemplate = { template: `\${source.login}`, type: 'BUILT_IN' };
  if (app.mode === 'BOOKMARK') return { userNameTemplate };
  if (app.mode === 'SAML_2_0') return { userNameTemplate, signing: { kid: letters(43, state.seed, 151, app.n) } };
  if (app.mode !== 'OPENID_CONNECT') {
    return { scheme: 'EDIT_USERNAME_AND_PASSWORD', userNameTemplate, revealPassword: false, signing: {} };
  }
  return {
    userNameTemplate,
    signing: { kid: letters(43, state.seed, 151, app.n) },
    oauthClient: {
      autoKeyRotation: true,
      client_id: app.id,
      token_endpoint_auth_method: methodOf(app),
      pkce_required: app.client === 'browser' || app.client === 'native' || app.oauth?.kind === 'web',
    },
  };
}

function methodOf({ client, oauth }: AppRecord): string {
  if (oauth && oauth.keys.size > 0) return 'private_key_jwt';
  return oauth?.secret === undefined ? authMethods[client] : 'client_secret_basic';
}

const authMethods = {
  web: 'client_secret_basic',
  browser: 'none',
  native: 'none',
  service: 'private_key_jwt',
} as const;

function viewSettings(base: string, app: AppRecord): Part {
  const common = {
    implicitAssignment: false,
    notes: {},
    notifications: { vpn: { network: { connection: 'DISABLED' } } },
    emOptInStatus: 'NONE',
  };
  switch (app.mode) {
    case 'SAML_2_0':
      return { ...common, app: {}, signOn: viewSaml(base, app) };
    case 'OPENID_CONNECT':
      return { ...common, oauthClient: viewClient(app) };
    case 'BOOKMARK':
      return { ...common, app: { requestIntegration: false, url: app.url } };
    case 'BROWSER_PLUGIN':
      return {
        ...common,
        app: { url: `${app.url}/login`, usernameField: '#user', passwordField: '#pass', buttonField: '#go' },
      };
    case 'SECURE_PASSWORD_STORE':
      return { ...common, app: { url: `${app.url}/login`, usernameField: '#user', passwordField: '#pass' } };
    case 'AUTO_LOGIN':
      return { ...common, signOn: { loginUrl: `${app.url}/login`, redirectUrl: app.url } };
  }
}

function viewSaml(base: string, app: AppRecord): Part {
  const acs = `${app.url}/saml/acs`;
  return {
    ssoAcsUrl: acs,
    recipient: acs,
    destination: acs,
    audience: app.url,
    idpIssuer: `http://www.okta.com/\${org.externalKey}`,
    subjectNameIdTemplate: `\${user.userName}`,
    subjectNameIdFormat: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
    responseSigned: true,
    assertionSigned: true,
    signatureAlgorithm: 'RSA_SHA256',
    digestAlgorithm: 'SHA256',
    honorForceAuthn: true,
    authnContextClassRef: 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport',
    requestCompressed: false,
    allowMultipleAcsEndpoints: false,
    acsEndpoints: [],
    attributeStatements: [],
    slo: { enabled: false },
    defaultRelayState: `${base}/app/UserHome`,
  };
}

const grantsOf = {
  web: ['authorization_code'],
  browser: ['authorization_code'],
  native: ['authorization_code', 'refresh_token'],
  service: ['client_credentials'],
} as const;

function viewClient(app: AppRecord): Part {
  const service = app.client === 'service';
  return {
    client_uri: app.url,
    redirect_uris: app.oauth?.redirectUris ?? (service ? [] : [`${app.url}/callback`]),
    ...(app.oauth?.logoutUris && { post_logout_redirect_uris: app.oauth.logoutUris }),
    response_types: service ? ['token'] : ['code'],
    grant_types: app.oauth?.grants ?? grantsOf[app.client],
    application_type: app.client,
    consent_method: 'REQUIRED',
    issuer_mode: 'DYNAMIC',
    idp_initiated_login: { mode: 'DISABLED', default_scope: [] },
    wildcard_redirect: 'DISABLED',
    dpop_bound_access_tokens: app.oauth?.requireDpop ?? service,
    ...(app.oauth && app.oauth.keys.size > 0 && { jwks: { keys: [...app.oauth.keys.values()] } }),
  };
}
