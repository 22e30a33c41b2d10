// Three things that happened at Larkspur Logistics and that only the System Log explains: a lock-out, a journey too fast, a lost application.

import { cast } from '../company/people.ts';
import { hash } from '../random.ts';
import { lostApp } from './app-seed.ts';
import { handheldGroup } from './group-seed.ts';
import { homeClient, officeClient, phoneMail, strangeBrowser } from './log-clients.ts';
import { type Company, dashboard, tellLock } from './log-lock.ts';
import type { LogClient, LogTarget, NewRecord } from './log-record.ts';
import { storyTimes } from './story-times.ts';
import type { UserRecord } from './user-record.ts';

const minute = 60_000;
const hour = 60 * minute;

export function tellStories(company: Company): NewRecord[] {
  return [...tellLockOut(company), ...tellImpossibleTravel(company), ...tellLostApp(company)];
}

/** She changed her password yesterday; her telephone's mail went on with the old one until the account was locked. */
function tellLockOut({ users, opened }: Company): NewRecord[] {
  const user = users[cast.lockedOut];
  if (!user) return [];
  const at = opened - storyTimes.lock;
  const laptop = officeClient(user);
  const me: LogTarget = { kind: 'user', n: user.n };
  return [
    {
      at: opened - storyTimes.passwordChange,
      type: 'user.account.update_password',
      actor: user.n,
      client: laptop,
      result: 'SUCCESS',
      targets: [me],
    },
    ...tellLock(user, at, homeClient(user, phoneMail), 6, 5 * minute).map((record) => ({
      ...record,
      debug: { requestUri: '/api/v1/authn', authnRequestId: 'mail-sync', loginResult: record.reason ?? '' },
    })),
    ...[6, 19].map(
      (later): NewRecord => ({
        at: at + later * minute,
        type: 'user.session.start',
        actor: user.n,
        client: laptop,
        result: 'FAILURE',
        reason: 'LOCKED_OUT',
        targets: [dashboard],
        session: hash(6, 271, later),
      }),
    ),
  ];
}

const jakarta: LogClient = {
  ip: '100.64.81.17',
  agent: strangeBrowser,
  geo: {
    city: 'Jakarta',
    state: 'Jakarta',
    country: 'Indonesia',
    zip: '10110',
    lat: -6.2088,
    lon: 106.8456,
    isp: 'nusantara hosting',
    asn: 64_777,
  },
  zone: 'OFF_NETWORK',
};

const highRisk = {
  level: 'HIGH',
  reasons: ['Anomalous Geo-Distance', 'Anomalous Location', 'Anomalous Device'],
  behaviors: ['New Geo-Location', 'New Country', 'New Device', 'New IP', 'Velocity'],
} as const;

/** He signed in at the office in Rotterdam; forty minutes later somebody signed in as him in Jakarta, and a push was approved at last. */
function tellImpossibleTravel({ users, apps, opened }: Company): NewRecord[] {
  const user = users[cast.traveller];
  if (!user) return [];
  const first = opened - storyTimes.office;
  const second = first + 40 * minute;
  const session = hash(6, 272, 1);
  const there = { actor: user.n, client: jakarta, session };
  const me: LogTarget = { kind: 'user', n: user.n };
  const debug = {
    risk: `{reasons=${highRisk.reasons.join(', ')}, level=HIGH}`,
    behaviors: `{${highRisk.behaviors.map((name) => `${name}=POSITIVE`).join(', ')}}`,
    requestUri: '/idp/idx/identify',
  };
  const opens = ['Manifest ERP', 'Tidewater Payroll', 'Stowage Files'].flatMap(
    (label) => apps.find((app) => app.label === label) ?? [],
  );
  return [
    {
      at: first,
      type: 'user.session.start',
      actor: user.n,
      client: officeClient(user),
      session: hash(6, 272, 0),
      result: 'SUCCESS',
      targets: [dashboard],
    },
    {
      ...there,
      at: second - 70_000,
      type: 'user.session.start',
      result: 'FAILURE',
      reason: 'INVALID_CREDENTIALS',
      targets: [dashboard],
      risk: highRisk,
      debug,
    },
    {
      ...there,
      at: second - 40_000,
      type: 'user.mfa.okta_verify.deny_push',
      result: 'FAILURE',
      reason: 'User rejected Okta push verify',
      targets: [me],
      risk: highRisk,
      debug,
    },
    {
      ...there,
      at: second - 12_000,
      type: 'user.authentication.auth_via_mfa',
      result: 'SUCCESS',
      targets: [me],
      risk: highRisk,
      debug: { ...debug, factor: 'OKTA_VERIFY_PUSH' },
    },
    {
      ...there,
      at: second,
      type: 'user.session.start',
      result: 'SUCCESS',
      reason: 'Impossible travel: 11,350 km in 40 minutes',
      targets: [dashboard],
      risk: highRisk,
      debug,
    },
    {
      ...there,
      at: second + 4000,
      type: 'user.risk.detect',
      result: 'SUCCESS',
      reason: 'Velocity',
      targets: [me],
      risk: highRisk,
      debug,
    },
    ...opens.map(
      (app, i): NewRecord => ({
        ...there,
        at: second + (3 + i * 4) * minute,
        type: 'user.authentication.sso',
        result: 'SUCCESS',
        targets: [{ kind: 'app', n: app.n }, me],
        risk: highRisk,
      }),
    ),
  ];
}

/** An access review took her out of the group that carried the application; since then the application turns her away. */
function tellLostApp({ users, groups, apps, opened }: Company): NewRecord[] {
  const user = users[cast.lostApp];
  const admin = users[cast.admin];
  const group = groups.find((candidate) => candidate.name === handheldGroup);
  const app = apps.find((candidate) => candidate.label === lostApp);
  if (!user || !admin || !group || !app) return [];
  const at = opened - storyTimes.removal;
  const me: LogTarget = { kind: 'user', n: user.n };
  const it: LogTarget = { kind: 'app', n: app.n };
  return [
    ...useBefore(user, it, at),
    {
      at,
      type: 'group.user_membership.remove',
      actor: admin.n,
      client: officeClient(admin),
      result: 'SUCCESS',
      reason: 'Quarterly access review Q3: not confirmed by owner',
      targets: [me, { kind: 'group', n: group.n }],
    },
    {
      at: at + 3000,
      type: 'application.user_membership.remove',
      result: 'SUCCESS',
      reason: `User removed from group ${handheldGroup}`,
      targets: [{ kind: 'other', type: 'AppUser', id: user.id, name: user.person.login }, it, me],
    },
    ...[17 * hour, 17 * hour + 3 * minute, 41 * hour].flatMap((later): NewRecord[] => {
      const common = { actor: user.n, client: officeClient(user), session: hash(6, 273, later), targets: [it, me] };
      return [
        {
          ...common,
          at: at + later,
          type: 'app.generic.unauth_app_access_attempt',
          result: 'FAILURE',
          reason: 'User is not assigned to the application',
        },
        {
          ...common,
          at: at + later + 1000,
          type: 'user.authentication.sso',
          result: 'FAILURE',
          reason: 'User is not assigned to the application',
        },
      ];
    }),
  ];
}

function useBefore(user: UserRecord, app: LogTarget, at: number): NewRecord[] {
  return [70, 46, 23, 2].map(
    (ago): NewRecord => ({
      at: at - ago * hour,
      type: 'user.authentication.sso',
      actor: user.n,
      client: officeClient(user),
      session: hash(6, 274, ago),
      result: 'SUCCESS',
      targets: [app, { kind: 'user', n: user.n }],
    }),
  );
}
