// What people have allowed applications to do for them: consents to scopes, and the refresh tokens that came of them.

import { cast } from '../company/people.ts';
import { makeId, roll } from '../random.ts';
import type { AppRecord } from './app-record.ts';
import type { AuthServerRecord } from './authorization-server-seed.ts';
import type { UserRecord } from './user-record.ts';

export interface GrantRecord {
  id: string;
  /** Ordinal of the person. */
  n: number;
  clientId: string;
  serverId: string;
  scope: string;
  created: number;
}

export interface TokenRecord {
  id: string;
  /** Ordinal of the person. */
  n: number;
  clientId: string;
  serverId: string;
  scopes: readonly string[];
  created: number;
  expires: number;
}

export interface Consents {
  grants: GrantRecord[];
  tokens: TokenRecord[];
}

const day = 86_400_000;
/** In a large company too, only the first people's consents are told. */
const most = 200;

export function makeConsents(
  users: readonly UserRecord[],
  apps: readonly AppRecord[],
  servers: readonly AuthServerRecord[],
  seed: number,
  opened: number,
): Consents {
  const server = servers.find(({ id }) => id !== 'default');
  const clients = apps.filter(({ label }) => label === 'Driver App' || label === 'Waypoint Route Planner');
  const grants: GrantRecord[] = [];
  const tokens: TokenRecord[] = [];
  if (!server) return { grants, tokens };
  const has = (user: UserRecord, at: number) =>
    user.status === 'ACTIVE' && (user.n === cast.lostApp || roll(seed, 430 + at, user.n) < 0.12);
  for (const user of users.slice(0, most)) {
    for (const [at, { id: clientId }] of clients.entries()) {
      if (!has(user, at)) continue;
      const created = opened - Math.floor((2 + roll(seed, 440 + at, user.n) * 20) * day);
      const common = { n: user.n, clientId, serverId: server.id };
      const scopes = ['shipments:read', 'shipments:write', ...(at === 0 ? ['drivers:location'] : [])];
      for (const scope of scopes) grants.push({ id: makeId('oag', seed, grants.length), ...common, scope, created });
      tokens.push({
        id: makeId('oar', seed, tokens.length),
        ...common,
        scopes: ['offline_access', ...scopes],
        created,
        expires: opened + 7 * day,
      });
    }
  }
  return { grants, tokens };
}
