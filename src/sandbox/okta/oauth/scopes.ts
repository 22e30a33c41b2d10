// Which okta.* scope each operation needs: one row for each family of paths, the narrower before the wider.

/** Path with `{}` for each parameter; what it starts with decides. */
const families: readonly (readonly [RegExp, string])[] = [
  [/^\/api\/v1\/(users|groups)\/\{\}\/roles\b/, 'okta.roles'],
  [/^\/oauth2\/v1\/clients\/\{\}\/roles\b/, 'okta.roles'],
  [/^\/api\/v1\/(iam|roles)\b/, 'okta.roles'],
  [/^\/oauth2\/v1\/clients\b/, 'okta.clients'],
  [/^\/api\/v1\/users\/\{\}\/risk\b/, 'okta.userRisk'],
  [/^\/api\/v1\/users\b/, 'okta.users'],
  [/^\/api\/v1\/org\/factors\b/, 'okta.users'],
  [/^\/api\/v1\/idps\/\{\}\/users\/\{\}$/, 'okta.idps'],
  [/^\/api\/v1\/idps\b/, 'okta.idps'],
  [/^\/api\/v1\/groups\b/, 'okta.groups'],
  [/^\/api\/v1\/apps\/\{\}\/grants\b/, 'okta.appGrants'],
  [/^\/api\/v1\/apps\/\{\}\/group-push\b/, 'okta.apps okta.groups'],
  [/^\/api\/v1\/apps\/\{\}\/interclient-/, 'okta.apps.interclientTrust'],
  [/^\/api\/v1\/(apps|first-party-app-settings)\b/, 'okta.apps'],
  [/^\/api\/v1\/policies\b/, 'okta.policies'],
  [/^\/api\/v1\/zones\b/, 'okta.networkZones'],
  [/^\/api\/v1\/logs\b/, 'okta.logs'],
  [/^\/api\/v1\/logStreams\b/, 'okta.logStreams'],
  [/^\/api\/v1\/meta\/schemas\/logStream\b/, 'okta.logStreams'],
  [/^\/api\/v1\/meta\/schemas\/user\/linkedObjects\b/, 'okta.linkedObjects'],
  [/^\/api\/v1\/meta\/schemas\b/, 'okta.schemas'],
  [/^\/api\/v1\/meta\/types\b/, 'okta.userTypes'],
  [/^\/api\/v1\/meta\/uischemas\b/, 'okta.uischemas'],
  [/^\/api\/v1\/mappings\b/, 'okta.profileMappings'],
  [/^\/api\/v1\/org\/captcha\b/, 'okta.captchas'],
  [/^\/api\/v1\/captchas\b/, 'okta.captchas'],
  [/^\/api\/v1\/orgs?(\/|$)/, 'okta.orgs'],
  [/^\/attack-protection\/api\/v1\b/, 'okta.orgs'],
  [/^\/api\/v1\/authorizationServers\b/, 'okta.authorizationServers'],
  [/^\/api\/v1\/sessions\b/, 'okta.sessions'],
  [/^\/api\/v1\/devices\b/, 'okta.devices'],
  [/^\/api\/v1\/device-assurances\b/, 'okta.deviceAssurance'],
  [/^\/api\/v1\/authenticators\b/, 'okta.authenticators'],
  [/^\/api\/v1\/behaviors\b/, 'okta.behaviors'],
  [/^\/api\/v1\/brands\/\{\}\/templates\b/, 'okta.templates'],
  [/^\/api\/v1\/templates\b/, 'okta.templates'],
  [/^\/api\/v1\/brands\b/, 'okta.brands'],
  [/^\/api\/v1\/domains\b/, 'okta.domains'],
  [/^\/api\/v1\/email-domains\b/, 'okta.emailDomains'],
  [/^\/api\/v1\/eventHooks\b/, 'okta.eventHooks'],
  [/^\/api\/v1\/(inlineHooks|hook-keys)\b/, 'okta.inlineHooks'],
  [/^\/api\/v1\/features\b/, 'okta.features'],
  [/^\/api\/v1\/api-tokens\b/, 'okta.apiTokens'],
  [/^\/api\/v1\/trustedOrigins\b/, 'okta.trustedOrigins'],
  [/^\/api\/v1\/threats\b/, 'okta.threatInsights'],
];

/** Operations that do not go by 'GET reads, all else manages', with the scopes they need; none: no token will do. */
const exceptions: Readonly<Record<string, readonly string[]>> = {
  'POST /api/v1/policies/simulate': ['okta.policies.read'],
  'GET /api/v1/org/privacy/aerial': ['okta.orgs.manage'],
  'POST /api/v1/idps/{}/users/{}': ['okta.users.manage'],
  'POST /api/v1/brands/{}/templates/email/{}/test': ['okta.templates.read'],
  'POST /oauth2/v1/clients': ['okta.clients.register'],
  'GET /api/v1/users/{}/factors/questions': [],
  'DELETE /api/v1/api-tokens/current': [],
};

/** What a scope's name may be at the org authorization server, apart from OpenID Connect's own. */
export const grantableScopes: readonly string[] = [
  ...new Set(families.flatMap(([, names]) => names.split(' ').flatMap((name) => [`${name}.read`, `${name}.manage`]))),
  'okta.clients.register',
];

export const openidScopes: readonly string[] = [
  'openid',
  'profile',
  'email',
  'phone',
  'address',
  'groups',
  'offline_access',
];

/** The scopes an operation needs, all of them; empty where only an API token opens it or nothing is published of it. */
export function scopesOf(method: string, path: string): readonly string[] {
  const plain = path.replace(/\{[^}]*\}/g, '{}');
  const exception = exceptions[`${method} ${plain}`];
  if (exception) return exception;
  const names = families.find(([pattern]) => pattern.test(plain))?.[1];
  if (names === undefined) return [];
  return names.split(' ').map((name) => `${name}.${method === 'GET' ? 'read' : 'manage'}`);
}

/** okta.x.manage includes okta.x.read: Okta names the read scope as what is needed and takes either. */
export function covers(held: readonly string[], needed: string): boolean {
  return held.includes(needed) || (needed.endsWith('.read') && held.includes(needed.replace(/read$/, 'manage')));
}
