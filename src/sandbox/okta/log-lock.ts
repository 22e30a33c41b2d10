// What every teller of the System Log knows: the company, where people sign in, and how an account comes to be locked.

import { hash } from '../random.ts';
import type { AppRecord } from './app-record.ts';
import type { GroupRecord } from './group-seed.ts';
import type { officeClient } from './log-clients.ts';
import type { LogTarget, NewRecord } from './log-record.ts';
import type { PolicyRecord } from './policy-seed.ts';
import type { UserRecord } from './user-record.ts';

export interface Company {
  users: readonly (UserRecord | undefined)[];
  groups: readonly GroupRecord[];
  apps: readonly AppRecord[];
  policies: readonly PolicyRecord[];
  seed: number;
  opened: number;
}

export const dashboard: LogTarget = {
  kind: 'other',
  type: 'AppInstance',
  id: '0oa0000000000dashbrd',
  name: 'Okta Dashboard',
};

export function tellLock(
  user: UserRecord,
  at: number,
  client: ReturnType<typeof officeClient>,
  attempts: number,
  gap = 20_000,
): NewRecord[] {
  const common = { actor: user.n, client, session: hash(5, 251, user.n) };
  const failures = Array.from(
    { length: attempts },
    (_, i): NewRecord => ({
      ...common,
      at: at - 1000 - (attempts - 1 - i) * gap,
      type: 'user.session.start',
      result: 'FAILURE',
      reason: 'INVALID_CREDENTIALS',
      targets: [dashboard],
    }),
  );
  const lock: NewRecord = {
    ...common,
    at,
    type: 'user.account.lock',
    result: 'FAILURE',
    reason: 'LOCKED_OUT',
    targets: [{ kind: 'user', n: user.n }],
  };
  return [...failures, lock];
}
