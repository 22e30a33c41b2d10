// The domain's people and groups as IAM, version 20160918, shows them.

import type { Member } from '../../company/roster.ts';
import { findMember, groupIdOf, makeOcid } from '../domain.ts';
import { need, type ServiceAnswer, type ServiceContext, type ServiceRoute } from './context.ts';
import { pageOf, sortNamed } from './paging.ts';
import { notFound, ServiceProblem } from './problem.ts';
import { mayReadPeople } from './rights.ts';

const day = 86_400_000;

function showUser({ tenancy, now }: ServiceContext, member: Member) {
  return {
    id: makeOcid('user', member.id),
    compartmentId: tenancy.id,
    name: member.login,
    description: `${member.given} ${member.family}`,
    email: member.login,
    emailVerified: true,
    timeCreated: new Date(now - member.hiredDaysAgo * day).toISOString(),
    lifecycleState: member.isLocked ? 'INACTIVE' : 'ACTIVE',
    // A bit for each reason: the third is "blocked".
    ...(member.isLocked && { inactiveStatus: 4 }),
    isMfaActivated: false,
    freeformTags: {},
    definedTags: {},
  };
}

/** Everybody may read themselves. */
function findUser(context: ServiceContext): Member {
  const found = findMember(context.domain, context.params[0] ?? '');
  if (!found || !(found.id === context.caller.member.id || mayReadPeople(context))) throw notFound();
  return found;
}

function listUsers(context: ServiceContext): ServiceAnswer {
  checkPeople(context);
  return pageOf(
    context,
    sortNamed(
      context,
      context.domain.roster.members.map((member) => showUser(context, member)),
    ),
  );
}

/** @throws ServiceProblem for any compartment but the tenancy, and for those who may not look people up */
function checkPeople(context: ServiceContext): void {
  if (need(context, 'compartmentId') !== context.tenancy.id || !mayReadPeople(context)) throw notFound();
}

function groupsOf({ domain, tenancy, now }: ServiceContext) {
  const names = [...new Set(domain.roster.members.flatMap(({ teams }) => teams))];
  return names.map((name) => ({
    id: makeOcid('group', groupIdOf(name)),
    compartmentId: tenancy.id,
    name,
    description: name,
    timeCreated: new Date(now - 1400 * day).toISOString(),
    lifecycleState: 'ACTIVE',
    freeformTags: {},
    definedTags: {},
  }));
}

function listGroups(context: ServiceContext): ServiceAnswer {
  checkPeople(context);
  return pageOf(context, sortNamed(context, groupsOf(context)));
}

function getGroup(context: ServiceContext): ServiceAnswer {
  const found = groupsOf(context).find(({ id }) => id === context.params[0]);
  if (!found || !mayReadPeople(context)) throw notFound();
  return { body: found };
}

function listMemberships(context: ServiceContext): ServiceAnswer {
  checkPeople(context);
  const { query, domain, tenancy, now } = context;
  const [userId, groupId] = [query.get('userId'), query.get('groupId')];
  if (userId === null && groupId === null) throw new ServiceProblem('MissingParameter', 'Missing userId or groupId');
  const all = domain.roster.members.flatMap((member) =>
    member.teams.map((team) => {
      const [user, group] = [makeOcid('user', member.id), makeOcid('group', groupIdOf(team))];
      return {
        id: makeOcid('groupmembership', `${user} ${group}`),
        compartmentId: tenancy.id,
        userId: user,
        groupId: group,
        timeCreated: new Date(now - member.hiredDaysAgo * day).toISOString(),
        lifecycleState: 'ACTIVE',
      };
    }),
  );
  return pageOf(
    context,
    all.filter((each) => each.userId === (userId ?? each.userId) && each.groupId === (groupId ?? each.groupId)),
  );
}

function listApiKeys(context: ServiceContext): ServiceAnswer {
  const member = findUser(context);
  const user = makeOcid('user', member.id);
  const own = [...context.domain.apiKeys.values()].filter((each) => each.user.value === member.id);
  return {
    body: own.map(({ fingerprint, key, created }) => ({
      keyId: `${context.tenancy.id}/${user}/${fingerprint}`,
      keyValue: key,
      fingerprint,
      userId: user,
      timeCreated: new Date(created).toISOString(),
      lifecycleState: 'ACTIVE',
    })),
  };
}

const at = (path: string) => new RegExp(`^/20160918/${path.replace('{}', '([^/]+)')}$`);

export const peopleRoutes: readonly ServiceRoute[] = [
  { method: 'GET', path: at('users'), handle: listUsers },
  { method: 'GET', path: at('users/{}'), handle: (context) => ({ body: showUser(context, findUser(context)) }) },
  { method: 'GET', path: at('users/{}/apiKeys'), handle: listApiKeys },
  { method: 'GET', path: at('groups'), handle: listGroups },
  { method: 'GET', path: at('groups/{}'), handle: getGroup },
  { method: 'GET', path: at('userGroupMemberships'), handle: listMemberships },
];
