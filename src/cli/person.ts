// Which tenant a person signs in to or out of, and what that takes: shared by login and logout.

import type { ArgsDef } from 'citty';
import type { Config, TenantConfig } from '../config.ts';
import { CastellanError } from '../core/errors.ts';
import type { Fault } from '../core/settings.ts';
import { dpopChoice, kindOf, loginCommand } from '../platforms/okta/credential.ts';
import type { LoginOptions as OktaLogin } from '../platforms/okta/oauth/login.ts';
import type { LoginOptions as ScalekitLogin } from '../platforms/scalekit/oauth/login.ts';
import { personServerOf } from '../platforms/scalekit/person-server.ts';
import { version } from '../version.ts';
import { flagsOf, loadFor } from './flags.ts';
import { paint, tell } from './output.ts';
import { openVault } from './remote.ts';

export const personArgs = {
  place: {
    type: 'positional',
    description: 'Platform (okta, scalekit) or tenant, or the address of an MCP server.',
    required: false,
  },
  tenant: { type: 'string', description: 'Tenant, where several are configured.', valueHint: 'name' },
  ...flagsOf(),
} as const satisfies ArgsDef;

export type OktaPerson = Pick<
  OktaLogin,
  'tenant' | 'origin' | 'asking' | 'vault' | 'dpop' | 'fetch' | 'now' | 'userAgent'
>;

export type Person = ({ readonly platform: 'okta' } & OktaPerson) | ({ readonly platform: 'scalekit' } & ScalekitLogin);

/** What must be configured for somebody to sign in, by platform. */
const wanting = {
  okta: [
    'Set OKTA_CLIENT_ORGURL and OKTA_CLIENT_ID: the client id of a native OIDC app with the grant types',
    '    Authorization Code, Refresh Token and Device Authorization, and the Okta API scopes granted to it.',
  ].join('\n'),
  scalekit: [
    'Set SCALEKIT_WORKSPACE_URL, SCALEKIT_AUTHORIZATION_SERVER and SCALEKIT_CLIENT_ID: the central API, where people',
    '    sign in for it, and a public client there with the redirect URI http://127.0.0.1/callback.',
  ].join('\n'),
} as const;

type SignInPlatform = keyof typeof wanting;

/** The tenant that is meant, or every fault at once. */
export function loadPerson(
  rawArgs: readonly string[],
  given: Readonly<Record<string, unknown>>,
  args: ArgsDef,
  faults: readonly Fault[] = [],
): Person {
  const { config } = loadFor(rawArgs, given, args, (loaded) => [...faults, ...findFaults(loaded, given)]);
  const tenant = chooseTenant(config, given);
  const shared = { vault: openVault(config), fetch, now: Date.now, userAgent: `castellan/${version}` };
  if (tenant?.platform === 'okta') {
    const { name, settings } = tenant;
    const { orgUrl, clientId, scopes, dpop } = settings;
    if (!orgUrl || !clientId) throw new TypeError('no tenant was chosen');
    const asking = { clientId, keyId: undefined, scopes, login: loginCommand(name) };
    return { platform: 'okta', ...shared, tenant: name, origin: new URL(orgUrl), asking, dpop: dpopChoice(dpop) };
  }
  const server = tenant?.platform === 'scalekit' ? personServerOf(tenant.name, tenant.settings) : undefined;
  if (!tenant || !server) throw new TypeError('no tenant was chosen');
  return { platform: 'scalekit', ...shared, ...server, tenant: tenant.name };
}

/** Tenants that a person signs in to, in the order of the configuration. */
export function personTenants({ tenants }: Pick<Config, 'tenants'>): readonly TenantConfig[] {
  return tenants.filter((tenant) => {
    if (tenant.platform === 'okta') return kindOf(tenant.settings) === 'person';
    return tenant.platform === 'scalekit' && personServerOf(tenant.name, tenant.settings) !== undefined;
  });
}

interface Wanted {
  readonly platform: SignInPlatform | undefined;
  readonly tenant: string | undefined;
}

/** A platform has its name before a tenant of that name: the one that the environment describes is called so. */
function wantedOf({ place, tenant }: Readonly<Record<string, unknown>>, config: Config): Wanted {
  const named = typeof tenant === 'string' ? tenant : undefined;
  if (isSignInPlatform(place)) {
    const own = personTenants(config).find(({ name, platform }) => name === place && platform === place);
    return { platform: place, tenant: named ?? own?.name };
  }
  const found = config.tenants.find(({ name }) => name === place);
  return { platform: isSignInPlatform(found?.platform) ? found.platform : undefined, tenant: found?.name };
}

function isSignInPlatform(name: unknown): name is SignInPlatform {
  return typeof name === 'string' && Object.hasOwn(wanting, name);
}

function chooseTenant(config: Config, given: Readonly<Record<string, unknown>>): TenantConfig | undefined {
  const { platform, tenant } = wantedOf(given, config);
  const people = personTenants(config).filter((each) => each.platform === platform);
  return people.length === 1 && tenant === undefined ? people[0] : people.find(({ name }) => name === tenant);
}

function findFaults(config: Config, given: Readonly<Record<string, unknown>>): Fault[] {
  const { platform, tenant: wanted } = wantedOf(given, config);
  const isTenant = !isSignInPlatform(given.place);
  if (isTenant && given.tenant !== undefined)
    return [{ where: '--tenant', problem: 'goes with a platform', todo: 'Write castellan login okta --tenant NAME.' }];
  if (platform === undefined) {
    const todo = `Write one of ${placesOf(config).join(', ')}, or the address of an MCP server.`;
    if (given.place === undefined) return [{ where: 'place', problem: 'is missing', todo }];
    return [{ where: String(given.place), problem: 'is no platform to sign in to', todo }];
  }
  const people = personTenants(config)
    .filter((tenant) => tenant.platform === platform)
    .map(({ name }) => name);
  const where = isTenant ? `tenant ${wanted}` : `--tenant ${wanted}`;
  const named = config.tenants.find((tenant) => tenant.platform === platform && tenant.name === wanted);
  if (named && !people.includes(named.name)) {
    const todo = 'Nobody needs to sign in there. To sign in yourself, configure the tenant with clientId alone.';
    return [{ where, problem: credentialOf(named), todo }];
  }
  if (wanted !== undefined && !named) {
    const todo = people.length > 0 ? `Tenants to sign in to: ${people.join(', ')}.` : 'None is configured for it.';
    return [{ where, problem: 'is no tenant', todo }];
  }
  if (people.length === 0)
    return [{ where: 'tenants', problem: 'none is configured for a person to sign in to', todo: wanting[platform] }];
  if (wanted === undefined && people.length > 1)
    return [{ where: '--tenant', problem: 'is missing', todo: `Name one of: ${people.join(', ')}.` }];
  return [];
}

function credentialOf(tenant: TenantConfig): string {
  if (tenant.platform === 'okta' && kindOf(tenant.settings) === 'ssws') return 'has an API token';
  return tenant.platform === 'okta' ? 'has the key of a service app' : 'has a credential of its own';
}

/** What can be written after login. */
export function placesOf(config: Pick<Config, 'tenants'>): string[] {
  return [...new Set([...Object.keys(wanting), ...personTenants(config).map(({ name }) => name)])];
}

/** A failure as a person reads it: what is wrong, then what to do. */
export function tellFailure(error: unknown): void {
  if (!(error instanceof CastellanError)) throw error;
  tell(`${paint('red', '✗', process.stderr)} ${error.message}`);
  if (error.hint !== undefined) tell(`  ${error.hint}`);
  process.exitCode = 1;
}
