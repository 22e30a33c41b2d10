// The product's own two apps as applications of the company, last in the list, so that all others keep their places and ids.

import { makeId } from '../../random.ts';
import type { AppRecord } from '../app-record.ts';
import { createBits } from '../bits.ts';
import type { GroupRecord } from '../group-seed.ts';
import { makeNativeClient, makeServiceClient, type OAuthClient, type OAuthOptions } from './clients.ts';

const day = 86_400_000;

/** The service app first, then the native app. */
export function makeOAuthApps(
  apps: readonly AppRecord[],
  groups: readonly GroupRecord[],
  options: { users: number; seed: number; opened: number; oauth: OAuthOptions },
): AppRecord[] {
  const { oauth, opened, seed, users } = options;
  const plans: readonly (readonly [string, OAuthClient])[] = [
    ['Castellan', makeServiceClient(oauth)],
    ['Castellan CLI', makeNativeClient(oauth)],
  ];
  const everyone = groups.filter((group) => group.name === 'Everyone');
  return plans.map(([label, client], i) => {
    const n = apps.length + i;
    const created = opened - (30 - i) * day;
    return {
      n,
      id: makeId('0oa', seed, n),
      name: 'oidc_client',
      label,
      mode: 'OPENID_CONNECT',
      status: 'ACTIVE',
      features: [],
      created,
      lastUpdated: created,
      url: 'https://castellan.larkspur.example',
      groups:
        client.kind === 'service'
          ? []
          : everyone.map((group) => ({ group, profile: {}, lastUpdated: created + 3_600_000 })),
      direct: createBits(users),
      people: new Map(),
      firstLabel: label,
      written: undefined,
      client: client.kind,
      everybody: undefined,
      oauth: client,
    };
  });
}
