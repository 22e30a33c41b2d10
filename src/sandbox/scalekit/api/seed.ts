// How an environment is made anew from the seed.

import { hash } from '../../random.ts';
import { makeScalekitId, type ScalekitEnvironment } from '../environment.ts';
import { seedAccounts } from './account-seed.ts';
import { seedClients } from './client-seed.ts';
import { seedConnections } from './connection-seed.ts';
import { seedDirectories } from './directory-seed.ts';
import { seedLog } from './log-seed.ts';
import { seedOrganizations } from './organization-seed.ts';
import { seedResources } from './resource-seed.ts';
import { seedRoles } from './role-seed.ts';
import type { EnvironmentState, SeedContext } from './state.ts';

export interface EnvironmentStateOptions {
  oauth: ScalekitEnvironment;
  /** Host and port. */
  domain: string;
  type: 'PRD' | 'DEV';
  seed: number;
  now: number;
}

const day = 86_400_000;

export function createEnvironmentState({ oauth, domain, type, seed, now }: EnvironmentStateOptions): EnvironmentState {
  const isProduction = type === 'PRD';
  const own = hash(seed, isProduction ? 760 : 761, 0);
  let made = 0;
  const newId = (prefix: string) => makeScalekitId(prefix, own, 762, made++);
  const daysAgo = (days: number) => new Date(now - days * day).toISOString();
  const state: EnvironmentState = {
    record: {
      id: newId('env'),
      create_time: daysAgo(411),
      update_time: daysAgo(isProduction ? 19 : 64),
      display_name: isProduction ? 'Production' : 'Development',
      domain,
      region_code: 'EU',
      type,
      custom_domain: isProduction ? 'login.larkspur.example' : '',
      custom_domain_status: isProduction ? 'ACTIVE' : 'INITIAL',
    },
    oauth,
    organizations: new Map(),
    users: new Map(),
    roles: new Map(),
    organizationRoles: new Map(),
    permissions: new Map(),
    scopes: new Map(),
    clients: new Map(),
    connections: new Map(),
    connectionTests: new Map(),
    domains: new Map(),
    directories: new Map(),
    accounts: new Map(),
    log: [],
    resources: new Map(),
    portalLinks: new Map(),
    sessionPolicies: new Map(),
    seats: new Map(),
    reminders: new Map(),
    newId,
  };
  const context: SeedContext = { state, seed: own, now, isProduction, daysAgo };
  const seeds = [
    seedRoles,
    seedClients,
    seedOrganizations,
    seedConnections,
    seedDirectories,
    seedAccounts,
    seedResources,
    seedLog,
  ];
  for (const each of seeds) each(context);
  return state;
}
