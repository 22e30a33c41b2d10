// Two weeks of ordinary life for the System Log: people sign in, open applications, and administrators do their work.

import { cast } from '../company/people.ts';
import { hash, roll } from '../random.ts';
import type { AppRecord } from './app-record.ts';
import { assignedTo } from './assignments.ts';
import { homeClient, officeClient } from './log-clients.ts';
import { type Company, dashboard, tellLock } from './log-lock.ts';
import type { LogTarget, NewRecord } from './log-record.ts';
import { tellStories } from './log-stories.ts';
import type { UserRecord } from './user-record.ts';

const minute = 60_000;
const day = 86_400_000;
const fortnight = 14 * day;
const most = 20_000;
const eventsEach = 12;

export function writeHistory(company: Company): NewRecord[] {
  const { users } = company;
  const records: NewRecord[] = [];
  // In a huge company only every k-th person's days are told.
  const step = Math.max(1, Math.ceil((users.length * eventsEach) / most));
  for (const user of users) {
    if (!user || (user.n > cast.head && user.n % step !== 0)) continue;
    records.push(...tellSignIns(company, user), ...tellChange(company, user));
  }
  records.push(...tellAdministration(company), ...tellStories(company));
  return records.filter((record) => record.at <= company.opened);
}

/** The last sign-in is the one that the user's own record names. */
function tellSignIns(company: Company, user: UserRecord): NewRecord[] {
  const { seed, opened } = company;
  const last = user.lastLogin;
  if (last === undefined || last < opened - fortnight) return [];
  const records: NewRecord[] = [];
  // The traveller's last sign-in belongs to a story, which tells it itself.
  let at = user.n === cast.traveller ? last - day : last;
  for (let session = 0; at > opened - fortnight; session++) {
    records.push(...tellSession(company, user, at, session));
    at -= Math.floor((1.2 + roll(seed, 191 + session, user.n) * 5) * day);
  }
  return records;
}

function tellSession(company: Company, user: UserRecord, at: number, session: number): NewRecord[] {
  const { seed, apps } = company;
  const chance = (salt: number) => roll(seed, 200 + salt + session * 20, user.n);
  const client = chance(0) < 0.8 ? officeClient(user) : homeClient(user);
  const common = { actor: user.n, client, session: hash(seed, 220 + session, user.n) };
  const records: NewRecord[] = [];
  if (chance(1) < 0.08) {
    records.push({
      ...common,
      at: at - 25_000,
      type: 'user.session.start',
      result: 'FAILURE',
      reason: 'INVALID_CREDENTIALS',
      targets: [dashboard],
    });
  }
  const policy = company.policies.find((candidate) => candidate.type === 'OKTA_SIGN_ON' && candidate.system);
  const rule: LogTarget = { kind: 'other', type: 'PolicyEntity', id: policy?.id ?? '', name: policy?.name ?? '' };
  const needsFactor = chance(2) < 0.5;
  records.push({
    ...common,
    at: at - 2000,
    type: 'policy.evaluate_sign_on',
    result: needsFactor ? 'CHALLENGE' : 'ALLOW',
    reason: `Sign-on policy evaluation resulted in ${needsFactor ? 'CHALLENGE' : 'ALLOW'}`,
    targets: [rule],
  });
  records.push({ ...common, at, type: 'user.session.start', result: 'SUCCESS', targets: [dashboard] });
  if (needsFactor) {
    records.push({
      ...common,
      at: at + 9000,
      type: 'user.authentication.auth_via_mfa',
      result: 'SUCCESS',
      targets: [{ kind: 'user', n: user.n }],
      debug: { factor: 'OKTA_VERIFY_PUSH' },
    });
  }
  const mine = apps.filter((app) => app.status === 'ACTIVE' && app.client !== 'service' && assignedTo(app, user));
  const opens = mine.length === 0 ? 0 : Math.floor(chance(3) * 3);
  for (let i = 0; i < opens; i++) {
    const app = mine[hash(seed, 240 + i + session * 5, user.n) % mine.length] as AppRecord;
    records.push({
      ...common,
      at: at + (2 + i * 11) * minute,
      type: 'user.authentication.sso',
      result: 'SUCCESS',
      targets: [
        { kind: 'app', n: app.n },
        { kind: 'user', n: user.n },
      ],
    });
  }
  if (chance(4) < 0.3)
    records.push({
      ...common,
      at: at + 300 * minute,
      type: 'user.session.end',
      result: 'SUCCESS',
      targets: [dashboard],
    });
  return records;
}

/** Whoever is not active any more became so in these two weeks, and the log says how. */
function tellChange(company: Company, user: UserRecord): NewRecord[] {
  const { users, opened } = company;
  const at = user.statusChanged;
  if (at === undefined || at < opened - fortnight || user.n <= cast.head) return [];
  const desk = users[cast.helpDesk] ?? users[cast.admin];
  const target: LogTarget = { kind: 'user', n: user.n };
  const byAdmin = desk ? { actor: desk.n, client: officeClient(desk) } : {};
  switch (user.status) {
    case 'SUSPENDED':
      return [{ ...byAdmin, at, type: 'user.lifecycle.suspend', result: 'SUCCESS', targets: [target] }];
    case 'DEPROVISIONED':
      return [{ ...byAdmin, at, type: 'user.lifecycle.deactivate', result: 'SUCCESS', targets: [target] }];
    case 'PASSWORD_EXPIRED':
      return [{ ...byAdmin, at, type: 'user.account.expire_password', result: 'SUCCESS', targets: [target] }];
    case 'RECOVERY':
      return [{ ...byAdmin, at, type: 'user.account.reset_password', result: 'SUCCESS', targets: [target] }];
    case 'LOCKED_OUT':
      return tellLock(user, at, officeClient(user), 6);
    default:
      return [];
  }
}

function tellAdministration(company: Company): NewRecord[] {
  const { users, groups, policies, opened, seed } = company;
  const admin = users[cast.admin];
  if (!admin) return [];
  const common = { actor: admin.n, client: officeClient(admin), result: 'SUCCESS' } as const;
  const console: LogTarget = {
    kind: 'other',
    type: 'AppInstance',
    id: '0oa0000000000admincn',
    name: 'Okta Admin Console',
  };
  const rule = policies[0]?.rules[0];
  const records: NewRecord[] = [];
  for (let i = 0; i < 10; i++) {
    const at = opened - Math.floor((i * 1.3 + 0.4) * day);
    const user = users[hash(seed, 260, i) % users.length];
    const group = groups.find((candidate) => candidate.name === (i % 2 ? 'VPN Users' : 'On-call Engineers'));
    records.push({ ...common, at: at - 5 * minute, type: 'user.session.access_admin_app', targets: [console] });
    if (user && group && user.n > cast.head) {
      records.push({ ...common, at, type: 'user.account.update_profile', targets: [{ kind: 'user', n: user.n }] });
      records.push({
        ...common,
        at: at + minute,
        type: 'group.user_membership.add',
        targets: [
          { kind: 'user', n: user.n },
          { kind: 'group', n: group.n },
        ],
      });
    }
  }
  if (rule)
    records.push({
      ...common,
      at: opened - 9 * day,
      type: 'policy.rule.update',
      targets: [{ kind: 'other', type: 'PolicyRule', id: rule.id, name: rule.name }],
    });
  return records;
}
