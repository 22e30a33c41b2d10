// The factors a person has set up: drawn from the seed, less those that were taken away.

import { cast } from '../company/people.ts';
import { makeId, roll } from '../random.ts';
import { empty, json, toTime } from './answer.ts';
import { note, target, touch } from './changes.ts';
import type { OktaContext, OktaRoute } from './context.ts';
import { linkHeaders } from './paging.ts';
import { phoneOf } from './phones.ts';
import { notFound } from './problems.ts';
import type { OktaState } from './state.ts';
import { readProfile, type UserRecord } from './user-record.ts';
import { requireUser } from './users.ts';

export const factorRoutes: readonly OktaRoute[] = [
  { method: 'GET', path: '/api/v1/users/{userId}/factors', handle: listFactors },
  { method: 'GET', path: '/api/v1/users/{userId}/factors/catalog', handle: listCatalog },
  { method: 'GET', path: '/api/v1/users/{userId}/factors/{factorId}', handle: getFactor },
  { method: 'DELETE', path: '/api/v1/users/{userId}/factors/{factorId}', handle: unenrollFactor },
];

interface FactorKind {
  factorType: string;
  provider: string;
  prefix: string;
  /** Share of people who have it. */
  share: number;
  profile: (state: OktaState, user: UserRecord) => Record<string, unknown>;
}

const kinds: readonly FactorKind[] = [
  {
    factorType: 'push',
    provider: 'OKTA',
    prefix: 'opf',
    share: 0.82,
    profile: (state, user) => {
      const name = phoneOf(state.seed, user.n);
      return {
        credentialId: user.person.login,
        deviceType: 'SmartPhone_IPhone',
        name,
        platform: /iPhone/.test(name) ? 'IOS' : 'ANDROID',
        version: '17.4',
      };
    },
  },
  {
    factorType: 'token:software:totp',
    provider: 'OKTA',
    prefix: 'ost',
    share: 0.6,
    profile: (_state, user) => ({ credentialId: user.person.login }),
  },
  {
    factorType: 'sms',
    provider: 'OKTA',
    prefix: 'sms',
    share: 0.35,
    profile: (state, user) => ({
      phoneNumber: String(readProfile(user, 'mobilePhone', state.users) ?? '').replace(/[^\d+]/g, ''),
    }),
  },
  {
    factorType: 'webauthn',
    provider: 'FIDO',
    prefix: 'fwf',
    share: 0.22,
    profile: (state, user) => ({ credentialId: makeId('cred', state.seed, user.n), authenticatorName: 'Security key' }),
  },
  {
    factorType: 'question',
    provider: 'OKTA',
    prefix: 'ufs',
    share: 0.25,
    profile: () => ({ question: 'first_thing_cooked', questionText: 'What was the first thing you learned to cook?' }),
  },
];

/** Somebody who never activated the account has set nothing up. */
function has(state: OktaState, user: UserRecord, kind: FactorKind): boolean {
  if (user.withoutFactors || user.passwordChanged === undefined || user.status === 'DEPROVISIONED') return false;
  if (user.unenrolled?.includes(idOf(state, user, kind))) return false;
  if (kind.factorType === 'push' && user.n <= cast.head) return true;
  return roll(state.seed, 172 + kinds.indexOf(kind), user.n) < kind.share;
}

const idOf = (state: OktaState, user: UserRecord, kind: FactorKind) => makeId(kind.prefix, state.seed, user.n);

export function factorsOf(context: OktaContext, user: UserRecord): Record<string, unknown>[] {
  const { state, base } = context;
  return kinds
    .filter((kind) => has(state, user, kind))
    .map((kind) => {
      const id = idOf(state, user, kind);
      const since = toTime((user.activated ?? user.created) + 1_200_000 + kinds.indexOf(kind) * 60_000);
      const self = `${base}/api/v1/users/${user.id}/factors/${id}`;
      return {
        id,
        factorType: kind.factorType,
        provider: kind.provider,
        vendorName: kind.provider,
        status: 'ACTIVE',
        created: since,
        lastUpdated: since,
        profile: kind.profile(state, user),
        _links: {
          self: { href: self, hints: { allow: ['GET', 'DELETE'] } },
          verify: { href: `${self}/verify`, hints: { allow: ['POST'] } },
          user: { href: `${base}/api/v1/users/${user.id}`, hints: { allow: ['GET'] } },
        },
      };
    });
}

function listFactors(context: OktaContext) {
  const user = requireUser(context.state, context.params.userId ?? '');
  return json(factorsOf(context, user), linkHeaders(context.call.url, undefined));
}

function requireFactor(context: OktaContext, user: UserRecord) {
  const factor = factorsOf(context, user).find((candidate) => candidate.id === context.params.factorId);
  if (!factor) throw notFound(context.params.factorId ?? '', 'UserFactor');
  return factor;
}

function getFactor(context: OktaContext) {
  return json(requireFactor(context, requireUser(context.state, context.params.userId ?? '')));
}

/** With Okta Verify's push goes its one-time code: both live in one enrolment on one phone. */
function unenrollFactor(context: OktaContext) {
  const { state } = context;
  const user = requireUser(state, context.params.userId ?? '');
  const { id, factorType } = requireFactor(context, user);
  const gone = factorType === 'push' ? kinds.filter(({ prefix }) => prefix === 'opf' || prefix === 'ost') : [];
  user.unenrolled = [...(user.unenrolled ?? []), String(id), ...gone.map((kind) => idOf(state, user, kind))];
  touch(state, user);
  note(context, 'user.mfa.factor.deactivate', target(user));
  return empty();
}

function listCatalog(context: OktaContext) {
  const { state, base, call } = context;
  const user = requireUser(state, context.params.userId ?? '');
  const supported = kinds.map((kind) => ({
    factorType: kind.factorType,
    provider: kind.provider,
    vendorName: kind.provider,
    status: has(state, user, kind) ? 'ACTIVE' : 'NOT_SETUP',
    enrollment: kind.factorType === 'push' ? 'REQUIRED' : 'OPTIONAL',
    _links: { enroll: { href: `${base}/api/v1/users/${user.id}/factors`, hints: { allow: ['POST'] } } },
  }));
  return json(supported, linkHeaders(call.url, undefined));
}
