// Two weeks of Audit events: sign-ins on working days, somebody who is locked out, a key that somebody made, one that a leaver still
// has, and a night on which a policy and a bucket were opened to everybody.

import { cast } from '../../company/people.ts';
import { places } from '../../company/places.ts';
import type { Member } from '../../company/roster.ts';
import { hash, pick } from '../../random.ts';
import { makeOcid, type OciDomain } from '../domain.ts';
import { castOf } from '../scim/seed/people.ts';
import { type AuditEvent, type Happening, principalOf, writeEvent } from './audit-events.ts';
import type { Tenancy } from './tenancy.ts';

const hour = 3_600_000;
const day = 24 * hour;
const salts = { who: 641, minute: 642, what: 643 } as const;

const browser = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/147.0 Safari/537.36';
const cli = 'Oracle-PythonSDK/2.164.0 (python 3.12.3; x86_64-Linux) Oracle-PythonCLI/3.71.0';
/** At no office of the company. */
const strangeAddress = '198.18.200.66';

export function tellStories(tenancy: Tenancy, domain: OciDomain, seed: number, now: number): AuditEvent[] {
  const midnight = now - (now % day);
  const stories = [workingDays, lockedOut, newKey, leaverReturns, openedAtNight];
  return stories
    .flatMap((story) => story({ tenancy, domain, seed, now, midnight }))
    .filter(({ at }) => at < now)
    .map((happening, nth) => writeEvent(tenancy, domain, happening, nth))
    .toSorted((a, b) => (a.eventTime < b.eventTime ? -1 : 1));
}

interface Setting {
  tenancy: Tenancy;
  domain: OciDomain;
  seed: number;
  now: number;
  /** Epoch milliseconds of the beginning of the day, UTC. */
  midnight: number;
}

const addressOf = (member: Member) => `${places[member.place]?.net ?? '203.0.113'}.${20 + (member.n % 200)}`;

function fromConsole(who: Member): Pick<Happening, 'who' | 'address' | 'userAgent' | 'authType'> {
  return { who: principalOf(who), address: addressOf(who), userAgent: browser, authType: 'interactive' };
}

function signIn(who: Member, at: number, isGood = true): Happening {
  return {
    ...fromConsole(who),
    by: 'signOn',
    name: 'InteractiveLogin',
    at,
    action: 'GET',
    path: '/v1/oauth2/authorize',
    status: isGood ? 200 : 401,
    message: isGood ? 'InteractiveLogin succeeded' : 'InteractiveLogin failed: the account is locked',
  };
}

/** Those who work with the cloud: IT, Finance and the warehouses; nobody at the weekend. */
function workingDays({ tenancy, domain, seed, midnight }: Setting): Happening[] {
  const teams = ['IT', 'Finance', 'Warehouse Operations'];
  const users = domain.roster.members.filter(
    (member) => !member.isLocked && member.teams.some((team) => teams.includes(team)),
  );
  const bucket = tenancy.buckets.find(({ name }) => name === 'ledger-exports');
  return Array.from({ length: 14 }, (_, back) => midnight - (13 - back) * day).flatMap((date, n) => {
    if ([0, 6].includes(new Date(date).getUTCDay()) || users.length === 0) return [];
    return Array.from({ length: 9 }, (_, nth): Happening => {
      const which = n * 20 + nth;
      const who = pick(users, seed, salts.who, which);
      const at = date + 7 * hour + (hash(seed, salts.minute, which) % 600) * 60_000;
      const isReading = bucket && who.teams.includes('Finance') && hash(seed, salts.what, which) % 2 === 0;
      if (!isReading) return signIn(who, at);
      return {
        ...fromConsole(who),
        by: 'storage',
        name: 'ListObjects',
        at,
        action: 'GET',
        path: `/n/${tenancy.namespace}/b/${bucket.name}/o`,
        status: 200,
        message: 'ListObjects succeeded',
        compartmentId: bucket.compartmentId,
        resource: { id: `/n/${tenancy.namespace}/b/${bucket.name}`, name: bucket.name },
      };
    });
  });
}

function lockedOut({ domain, now }: Setting): Happening[] {
  const who = domain.roster.members[cast.lockedOut];
  if (!who) return [];
  return Array.from({ length: 6 }, (_, n) => signIn(who, now - 5 * hour + n * 11 * 60_000, false));
}

/** An analyst makes a key for the API, from a place that is none of the company's, an hour after a sign-in at the office. */
function newKey({ tenancy, domain }: Setting): Happening[] {
  const who = domain.roster.members[cast.traveller];
  const key = who && keyOf(domain, who);
  if (!who || !key) return [];
  const at = Date.parse(key.meta?.created ?? '');
  const user = makeOcid('user', who.id);
  return [
    signIn(who, at - hour),
    {
      ...fromConsole(who),
      address: strangeAddress,
      by: 'identity',
      name: 'UploadApiKey',
      at,
      action: 'POST',
      path: `/20160918/users/${user}/apiKeys`,
      status: 200,
      message: 'UploadApiKey succeeded',
      resource: { id: `${tenancy.id}/${user}/${key.fingerprint}`, name: who.login },
    },
  ];
}

const keyOf = ({ apiKeys }: OciDomain, { id }: Member) => [...apiKeys.values()].find(({ user }) => user.value === id);

/** Somebody who left half a year ago still reads what there is to read, with a key that nobody took away. */
function leaverReturns({ tenancy, domain, midnight }: Setting): Happening[] {
  const { leaver } = castOf(domain.roster);
  const key = leaver && keyOf(domain, leaver);
  if (!leaver || !key) return [];
  return [9, 4, 2].map((days) => ({
    by: 'identity',
    name: 'ListCompartments',
    at: midnight - days * day + 22 * hour + 40 * 60_000,
    who: principalOf(leaver),
    address: addressOf(leaver),
    userAgent: cli,
    authType: 'natv',
    credentials: `${tenancy.id}/${makeOcid('user', leaver.id)}/${key.fingerprint}`,
    action: 'GET',
    path: '/20160918/compartments',
    status: 200,
    message: 'ListCompartments succeeded',
  }));
}

/** In the administrator's name, from that same address: who was it? */
function openedAtNight({ tenancy, domain, midnight }: Setting): Happening[] {
  const who = domain.roster.members[cast.admin];
  const policy = tenancy.policies.find(({ name }) => name === 'Scanning-Vendor');
  const bucket = tenancy.buckets.find(({ name }) => name === 'scanner-firmware');
  if (!who || !policy || !bucket) return [];
  const at = midnight - 3 * day + 2 * hour + 13 * 60_000;
  const by = { who: principalOf(who), address: strangeAddress, userAgent: browser, authType: 'interactive' } as const;
  return [
    {
      ...by,
      by: 'identity',
      name: 'CreatePolicy',
      at,
      action: 'POST',
      path: '/20160918/policies',
      status: 200,
      message: 'CreatePolicy succeeded',
      compartmentId: policy.compartmentId,
      resource: { id: policy.id, name: policy.name },
      stateChange: { current: { name: policy.name, statements: policy.statements } },
    },
    {
      ...by,
      by: 'storage',
      name: 'UpdateBucket',
      at: at + 4 * 60_000,
      action: 'POST',
      path: `/n/${tenancy.namespace}/b/${bucket.name}`,
      status: 200,
      message: 'UpdateBucket succeeded',
      region: bucket.region,
      compartmentId: bucket.compartmentId,
      resource: { id: `/n/${tenancy.namespace}/b/${bucket.name}`, name: bucket.name },
      stateChange: {
        previous: { publicAccessType: 'NoPublicAccess' },
        current: { publicAccessType: bucket.publicAccessType },
      },
    },
  ];
}
