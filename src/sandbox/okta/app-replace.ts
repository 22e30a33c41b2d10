// What becomes of an application when it is replaced: the body's parts, and Okta's defaults where the body is silent. Nothing of before is kept but what cannot be written.

import type { AppParts, AppRecord } from './app-record.ts';
import {
  accessibilityShape,
  bareClient,
  bareSaml,
  bareSettings,
  credentialsShape,
  requiredOfSaml,
  requiredPaths,
  settingsShapes,
  visibilityShape,
} from './app-shapes.ts';
import { linkName, partsOf } from './app-view.ts';
import type { OktaContext } from './context.ts';
import { OktaProblem } from './problems.ts';
import { isObject, readShape, type Shape } from './shapes.ts';

type Part = Record<string, unknown>;

/** The label and parts that a body asks for; E0000001 with every cause, E0000040 for a label that another application has. */
export function readReplacement(context: OktaContext, app: AppRecord, body: Part): { label: string; parts: AppParts } {
  const causes: string[] = [];
  const label = readLabel(body, causes);
  checkFixed(context, app, body, causes);
  for (const path of requiredPaths[app.mode])
    if (isMissing(at(body, path))) causes.push(`${path}: The field cannot be left blank`);
  const read = (name: string, shape: Shape) => (readShape(body[name], shape, name, causes) ?? {}) as Part;
  const given = {
    accessibility: read('accessibility', accessibilityShape),
    visibility: read('visibility', visibilityShape),
    credentials: read('credentials', credentialsShape(app.mode)),
    settings: read('settings', settingsShapes[app.mode]),
    profile: read('profile', 'object'),
    licensing: read('licensing', { fields: { seatCount: 'number' } }),
  };
  checkSections(given.settings, app, causes);
  if (causes.length > 0) throw new OktaProblem('E0000001', causes[0]?.split(':')[0], causes);
  const taken = context.state.apps.some((other) => other !== app && other.label.toLowerCase() === label.toLowerCase());
  if (taken) throw new OktaProblem('E0000040');
  const now = partsOf(context, app);
  return {
    label,
    parts: {
      accessibility: { selfService: false, ...given.accessibility },
      visibility: fillVisibility(app, given.visibility),
      credentials: fillCredentials(app, given.credentials, now.credentials),
      settings: fillSettings(app, given.settings),
      ...('profile' in body && isObject(body.profile) ? { profile: given.profile } : {}),
      ...(isObject(body.licensing) ? { licensing: given.licensing } : {}),
    },
  };
}

function readLabel(body: Part, causes: string[]): string {
  const { label } = body;
  if (typeof label !== 'string' || label.trim() === '') {
    causes.push('label: The field cannot be left blank');
    return '';
  }
  if (label.length > 100) causes.push('label: The field is too long');
  return label;
}

/** Kind, sign-on mode and client id are settled when an application is made. */
function checkFixed(context: OktaContext, app: AppRecord, body: Part, causes: string[]): void {
  if (isMissing(body.signOnMode)) causes.push('signOnMode: The field cannot be left blank');
  if (app.mode === 'OPENID_CONNECT' && isMissing(body.name)) causes.push('name: The field cannot be left blank');
  const now = { ...partsOf(context, app), name: app.name, signOnMode: app.mode };
  const fixed = [
    'name',
    'signOnMode',
    'credentials.oauthClient.client_id',
    'settings.oauthClient.application_type',
  ] as const;
  for (const path of fixed) {
    const wanted = at(body, path);
    if (!isMissing(wanted) && wanted !== at(now, path)) causes.push(`${path}: The field is immutable`);
  }
}

function checkSections(settings: Part, app: AppRecord, causes: string[]): void {
  if (app.mode === 'SAML_2_0' && isObject(settings.signOn)) {
    for (const name of requiredOfSaml)
      if (isMissing(settings.signOn[name])) causes.push(`settings.signOn.${name}: The field cannot be left blank`);
  }
  const client = settings.oauthClient;
  if (app.mode !== 'OPENID_CONNECT' || !isObject(client)) return;
  const grants = (client.grant_types ?? []) as string[];
  const redirects = (client.redirect_uris ?? []) as string[];
  if (grants.some((grant) => grant === 'authorization_code' || grant === 'implicit') && redirects.length === 0)
    causes.push('settings.oauthClient.redirect_uris: At least one redirect URI is needed for these grant types');
}

function fillVisibility(app: AppRecord, given: Part): Part {
  return {
    autoLaunch: false,
    autoSubmitToolbar: false,
    ...given,
    hide: { iOS: false, web: false, ...(given.hide as Part | undefined) },
    appLinks: { [linkName(app)]: true, ...flags(given.appLinks) },
  };
}

function flags(links: unknown): Part {
  return Object.fromEntries(Object.entries(links ?? {}).filter(([, value]) => typeof value === 'boolean'));
}

function fillCredentials(app: AppRecord, given: Part, now: Part): Part {
  const userNameTemplate = given.userNameTemplate ?? { template: `\${source.login}`, type: 'BUILT_IN' };
  // Keys are turned elsewhere: a PUT neither brings nor loses them.
  const signing = now.signing === undefined ? {} : { signing: now.signing };
  if (app.mode === 'BOOKMARK' || app.mode === 'SAML_2_0') return { userNameTemplate, ...signing };
  if (app.mode !== 'OPENID_CONNECT')
    return { scheme: 'EDIT_USERNAME_AND_PASSWORD', revealPassword: false, ...given, userNameTemplate, ...signing };
  return {
    userNameTemplate,
    ...signing,
    oauthClient: {
      autoKeyRotation: true,
      token_endpoint_auth_method: 'client_secret_basic',
      pkce_required: true,
      ...(given.oauthClient as Part),
      client_id: app.id,
    },
  };
}

function fillSettings(app: AppRecord, given: Part): Part {
  const common = { ...bareSettings, ...given };
  if (app.mode === 'SAML_2_0')
    return { ...common, app: given.app ?? {}, signOn: { ...bareSaml, ...(given.signOn as Part | undefined) } };
  if (app.mode === 'BOOKMARK') return { ...common, app: { requestIntegration: false, ...(given.app as Part) } };
  if (app.mode !== 'OPENID_CONNECT') return common;
  const client = given.oauthClient as Part;
  const byToken = (client.grant_types as string[]).every((grant) => grant === 'client_credentials');
  const oauthClient = {
    ...bareClient,
    response_types: [byToken ? 'token' : 'code'],
    ...client,
    application_type: app.client,
  };
  return { ...common, oauthClient };
}

function at(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((part, name) => (isObject(part) ? part[name] : undefined), value);
}

function isMissing(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}
