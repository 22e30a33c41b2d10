// Accounts at other services that customers' people have connected; some have run out.

import { hash, pick } from '../../random.ts';
import { type Account, connectors } from './account-records.ts';
import type { SeedContext } from './state.ts';

export function seedAccounts({ state, seed, daysAgo, isProduction }: SeedContext): void {
  const people = [...state.users.values()].filter((_, n) => n % 9 === 4).slice(0, isProduction ? 44 : 3);
  const connections = connectors.map(() => state.newId('conn'));
  for (const [n, { email }] of people.entries()) {
    const kind = pick(connectors, seed, 820, n);
    const status = n % 11 === 3 ? 'EXPIRED' : n % 13 === 5 ? 'PENDING_AUTH' : 'ACTIVE';
    const used = (hash(seed, 821, n) % 30) + (status === 'EXPIRED' ? 40 : 0);
    const account: Account = {
      id: state.newId('ca'),
      identifier: email,
      provider: kind.provider,
      connector: kind.connector,
      connection_id: connections[connectors.indexOf(kind)] ?? '',
      status,
      authorization_type: kind.type,
      updated_at: daysAgo(used),
      ...(kind.type === 'OAUTH' &&
        status !== 'PENDING_AUTH' && { token_expires_at: daysAgo(status === 'EXPIRED' ? 39 : -0.04) }),
      ...(status !== 'PENDING_AUTH' && { last_used_at: daysAgo(used) }),
    };
    state.accounts.set(account.id, account);
  }
}
