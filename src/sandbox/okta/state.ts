// Everything the simulated organization knows; the handlers read and change it, and a reset makes it anew.

import { makePeople } from '../company/people.ts';
import { makeId } from '../random.ts';
import { type AppRecord, makeApps } from './app-seed.ts';
import { type GroupRecord, makeGroups } from './group-seed.ts';
import { createLog, type SystemLog } from './log-record.ts';
import { writeHistory } from './log-seed.ts';
import { makePolicies, type PolicyRecord } from './policy-seed.ts';
import { makeUser, type UserRecord } from './user-record.ts';
import { makeZones, type ZoneRecord } from './zone-seed.ts';

export interface OktaState {
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
  groups: GroupRecord[];
  apps: AppRecord[];
  zones: ZoneRecord[];
  policies: PolicyRecord[];
  log: SystemLog;
  orgId: string;
  /** Goes up with every change, so that results of searches can be kept while it stands still. */
  version: number;
  /** Ordinals of users found by the latest searches, by version and criteria. */
  searches: Map<string, Int32Array>;
  /** Users already written as JSON, for one version and one address. */
  texts: { version: number; base: string; of: Map<number, string> };
  userTypeId: string;
}

export function createState(options: { users: number; seed: number; now: () => number }): OktaState {
  const { seed, now } = options;
  const opened = now();
  const users = makePeople(options.users, seed).map((person) => makeUser(person, seed, opened));
  const groups = makeGroups(users, seed, opened);
  const zones = makeZones(seed, opened);
  const apps = makeApps(users, groups, seed, opened);
  const policies = makePolicies(groups, zones, seed, opened);
  return {
    seed,
    opened,
    now,
    users,
    departed: new Map(),
    usersById: new Map(users.map((user) => [user.id, user.n])),
    usersByLogin: new Map(users.map((user) => [user.person.login, user.n])),
    groups,
    zones,
    policies,
    log: createLog(writeHistory({ users, groups, apps, policies, seed, opened })),
    apps,
    orgId: makeId('00o', seed, 0),
    version: 0,
    searches: new Map(),
    texts: { version: 0, base: '', of: new Map() },
    userTypeId: makeId('oty', seed, 0),
  };
}
