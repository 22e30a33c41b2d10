// Everything the simulated organization knows; the handlers read and change it, and a reset makes it anew.

import { makePeople } from '../company/people.ts';
import { makeId } from '../random.ts';
import type { AppRecord } from './app-record.ts';
import { makeApps } from './app-seed.ts';
import { type AuthServerRecord, makeAuthServers } from './authorization-server-seed.ts';
import { type Bits, createBits, setBit } from './bits.ts';
import { type DeviceRecord, makeDevices } from './device-seed.ts';
import { type Consents, makeConsents } from './grant-seed.ts';
import { type GroupRuleRecord, makeGroupRules } from './group-rule-seed.ts';
import { type GroupRecord, makeGroups } from './group-seed.ts';
import { createLog, type SystemLog } from './log-record.ts';
import { writeHistory } from './log-seed.ts';
import { addMcpAccess } from './mcp-access-seed.ts';
import type { OAuthOptions } from './oauth/clients.ts';
import { makeOAuthApps, mcpClientsOf } from './oauth/registered.ts';
import { createOAuthState, type OAuthState } from './oauth/state.ts';
import { makePolicies, type PolicyRecord } from './policy-seed.ts';
import { type Administration, makeAdministration } from './role-seed.ts';
import { makeUser, type UserRecord } from './user-record.ts';
import { makeZones, type ZoneRecord } from './zone-seed.ts';

export interface OktaState extends Administration, Consents {
  seed: number;
  /** When the sandbox opened: the stories and the history are counted back from here. */
  opened: number;
  now: () => number;
  /** By ordinal; a deleted user leaves a hole. */
  users: (UserRecord | undefined)[];
  /** Deleted users, whom the System Log still names. */
  departed: Map<number, UserRecord>;
  usersById: Map<string, number>;
  usersByLogin: Map<string, number>;
  /** Ordinals of whoever is deactivated: they stay in their groups, and have no application. */
  inactive: Bits;
  groups: GroupRecord[];
  groupRules: GroupRuleRecord[];
  /** Every rule that ever was has a number of its own. */
  nextGroupRule: number;
  apps: AppRecord[];
  /** Deleted groups and applications, by ordinal: the System Log still names them. */
  gone: { groups: Map<number, GroupRecord>; apps: Map<number, AppRecord> };
  zones: ZoneRecord[];
  policies: PolicyRecord[];
  devices: DeviceRecord[];
  authServers: readonly AuthServerRecord[];
  log: SystemLog;
  /** Counts the ids of what calls make. */
  made: number;
  orgId: string;
  /** Goes up with every change, so that results of searches can be kept while it stands still. */
  version: number;
  /** Ordinals of users found by the latest searches, by version and criteria. */
  searches: Map<string, Int32Array>;
  /** Users already written as JSON, for one version and one address. */
  texts: { version: number; base: string; of: Map<number, string> };
  userTypeId: string;
  oauth: OAuthState;
}

export interface StateOptions {
  users: number;
  seed: number;
  now: () => number;
  oauth: OAuthOptions;
}

export function createState(options: StateOptions): OktaState {
  const { seed, now } = options;
  const opened = now();
  const users = makePeople(options.users, seed).map((person) => makeUser(person, seed, opened));
  const groups = makeGroups(users, seed, opened);
  const groupRules = makeGroupRules(groups, seed, opened);
  const inactive = createBits(users.length);
  for (const user of users) if (user.status === 'DEPROVISIONED') setBit(inactive, user.n);
  const zones = makeZones(seed, opened);
  const apps = makeApps(users, groups, seed, opened);
  const policies = makePolicies(groups, zones, seed, opened);
  const clients = apps.filter(({ mode }) => mode === 'OPENID_CONNECT').map(({ id }) => id);
  const oauthApps = makeOAuthApps(apps, groups, { ...options, opened });
  const authServers = addMcpAccess(makeAuthServers(clients, seed, opened), {
    clients: mcpClientsOf(oauthApps),
    groups,
    seed,
  });
  return {
    seed,
    opened,
    now,
    users,
    departed: new Map(),
    usersById: new Map(users.map((user) => [user.id, user.n])),
    usersByLogin: new Map(users.map((user) => [user.person.login, user.n])),
    inactive,
    groups,
    groupRules,
    nextGroupRule: 1000,
    gone: { groups: new Map(), apps: new Map() },
    zones,
    policies,
    devices: makeDevices(users, seed, opened),
    authServers,
    ...makeAdministration(users, groups, seed, opened),
    ...makeConsents(users, apps, authServers, seed, opened),
    // Far above any ordinal of the seed, so that the two never meet.
    made: 1_000_000,
    log: createLog(writeHistory({ users, groups, apps, policies, seed, opened })),
    apps: [...apps, ...oauthApps],
    orgId: makeId('00o', seed, 0),
    version: 0,
    searches: new Map(),
    texts: { version: 0, base: '', of: new Map() },
    userTypeId: makeId('oty', seed, 0),
    oauth: createOAuthState(now),
  };
}
