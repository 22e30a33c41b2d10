// Two weeks of sign-ins: most succeed, one customer's fail since its certificate ran out, and somebody tries passwords.

import { hash, pick } from '../../random.ts';
import type { Connection } from './connection-records.ts';
import { customers } from './organization-seed.ts';
import type { AuthRequest, User } from './records.ts';
import type { SeedContext } from './state.ts';

const salts = { user: 830, minute: 831, end: 832 } as const;

export function seedLog(context: SeedContext): void {
  const { state, seed, now, isProduction } = context;
  const users = [...state.users.values()].filter(({ memberships }) => memberships[0]?.membership_status === 'ACTIVE');
  const failing = [...state.organizations.values()].find(({ display_name }) => display_name === customers.failingSso);
  const social = [...state.connections.values()].find(
    ({ organization_id, enabled }) => organization_id === '' && enabled,
  );
  for (let n = 0; n < (isProduction ? 420 : 12) && users.length > 0; n++) {
    const user = pick(users, seed, salts.user, n);
    const minutes = (n * 20160) / 420 + (hash(seed, salts.minute, n) % 40);
    const organizationId = user.memberships[0]?.organization_id ?? '';
    const connection = connectionOf(context, organizationId) ?? social;
    const isBroken = organizationId === failing?.id && minutes < 4 * 1440;
    const status = isBroken
      ? 'FAILED'
      : pick(['SUCCESS', 'SUCCESS', 'SUCCESS', 'SUCCESS', 'SUCCESS', 'FAILED', 'INITIATED'], seed, salts.end, n);
    state.log.push(describe(context, user, connection, status as AuthRequest['status'], now - minutes * 60_000));
  }
  // Everybody there has tried once more this morning.
  const shutOut = users.filter(({ memberships }) => memberships[0]?.organization_id === failing?.id);
  for (const [n, user] of shutOut.entries())
    state.log.push(
      describe(context, user, connectionOf(context, failing?.id ?? ''), 'FAILED', now - (30 + n * 7) * 60_000),
    );
  state.log.sort((a, b) => (a.timestamp < b.timestamp ? 1 : -1));
}

function connectionOf({ state }: SeedContext, organizationId: string): Connection | undefined {
  return [...state.connections.values()].find((each) => each.organization_id === organizationId && each.enabled);
}

function describe(
  { state }: SeedContext,
  user: User,
  connection: Connection | undefined,
  status: AuthRequest['status'],
  at: number,
): AuthRequest {
  const organization_id = user.memberships[0]?.organization_id ?? '';
  const details = {
    connection_id: connection?.id ?? '',
    connection_type: connection?.type ?? '',
    connection_provider: connection?.provider ?? '',
  };
  return {
    auth_request_id: state.newId('areq'),
    environment_id: state.record.id,
    organization_id,
    ...details,
    connection_details: [{ ...details, organization_id }],
    email: user.email,
    status,
    timestamp: new Date(at).toISOString(),
    workflow: 'FSA',
    client_id: state.oauth.app.id,
    client_name: state.clients.get(state.oauth.app.id)?.name ?? '',
    client_type: 'ENV',
  };
}
