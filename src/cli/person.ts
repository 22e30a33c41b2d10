// Which tenant a person signs in to or out of, and what that takes: shared by login and logout.

import { join } from 'node:path';
import type { ArgsDef } from 'citty';
import type { Config } from '../config.ts';
import { CastellanError } from '../core/errors.ts';
import type { Fault } from '../core/settings.ts';
import { dpopChoice, kindOf, loginCommand } from '../platforms/okta/credential.ts';
import type { LoginOptions } from '../platforms/okta/oauth/login.ts';
import { createVault } from '../stores/vault.ts';
import { version } from '../version.ts';
import { flagsOf, loadFor } from './flags.ts';
import { paint, tell } from './output.ts';

export const personArgs = {
  platform: {
    type: 'positional',
    description: 'Platform or tenant (okta), or the address of an MCP server.',
    required: true,
  },
  tenant: { type: 'string', description: 'Tenant, where several are configured.', valueHint: 'name' },
  ...flagsOf(),
} as const satisfies ArgsDef;

export type Person = Pick<
  LoginOptions,
  'tenant' | 'origin' | 'asking' | 'vault' | 'dpop' | 'fetch' | 'now' | 'userAgent'
>;

/** The tenant that is meant, or every fault at once. */
export function loadPerson(
  rawArgs: readonly string[],
  given: Readonly<Record<string, unknown>>,
  args: ArgsDef,
  faults: readonly Fault[] = [],
): Person {
  const { config } = loadFor(rawArgs, given, args, (loaded) => [...faults, ...findFaults(loaded, given)]);
  const { name, settings } = chooseTenant(config, given.tenant) ?? {};
  if (name === undefined || !settings?.orgUrl || !settings.clientId) throw new TypeError('no tenant was chosen');
  const login = loginCommand(name);
  return {
    tenant: name,
    origin: new URL(settings.orgUrl),
    asking: { clientId: settings.clientId, keyId: undefined, scopes: settings.scopes, login },
    vault: createVault({ folder: join(config.dataFolder, 'credentials'), say: tell }),
    dpop: dpopChoice(settings.dpop),
    fetch,
    now: Date.now,
    userAgent: `castellan/${version}`,
  };
}

function personTenants(config: Config) {
  return oktaTenants(config).filter(({ settings }) => kindOf(settings) === 'person');
}

/** People sign in at the terminal to these alone. */
function oktaTenants(config: Config) {
  return config.tenants.filter((tenant) => tenant.platform === 'okta');
}

function chooseTenant(config: Config, wanted: unknown) {
  const people = personTenants(config);
  return people.length === 1 && wanted === undefined ? people[0] : people.find(({ name }) => name === wanted);
}

function findFaults(config: Config, given: Readonly<Record<string, unknown>>): Fault[] {
  if (given.platform !== 'okta') {
    return [{ where: String(given.platform), problem: 'is no platform to sign in to', todo: 'Write okta.' }];
  }
  const wanted = typeof given.tenant === 'string' ? given.tenant : undefined;
  const named = oktaTenants(config).find(({ name }) => name === wanted);
  const people = personTenants(config).map(({ name }) => name);
  if (named && !people.includes(named.name)) {
    const has = kindOf(named.settings) === 'ssws' ? 'an API token' : 'the key of a service app';
    const todo = 'Nobody needs to sign in there. To sign in yourself, configure the tenant with clientId alone.';
    return [{ where: `--tenant ${named.name}`, problem: `has ${has}`, todo }];
  }
  if (wanted !== undefined && !named) {
    const todo = people.length > 0 ? `Tenants to sign in to: ${people.join(', ')}.` : 'None is configured for it.';
    return [{ where: `--tenant ${wanted}`, problem: 'is no tenant', todo }];
  }
  if (people.length === 0) {
    const todo = [
      'Set OKTA_CLIENT_ORGURL and OKTA_CLIENT_ID: the client id of a native OIDC app with the grant types',
      '    Authorization Code, Refresh Token and Device Authorization, and the Okta API scopes granted to it.',
    ].join('\n');
    return [{ where: 'tenants', problem: 'none is configured for a person to sign in to', todo }];
  }
  if (wanted === undefined && people.length > 1) {
    return [{ where: '--tenant', problem: 'is missing', todo: `Name one of: ${people.join(', ')}.` }];
  }
  return [];
}

/** A failure as a person reads it: what is wrong, then what to do. */
export function tellFailure(error: unknown): void {
  if (!(error instanceof CastellanError)) throw error;
  tell(`${paint('red', '✗', process.stderr)} ${error.message}`);
  if (error.hint !== undefined) tell(`  ${error.hint}`);
  process.exitCode = 1;
}
