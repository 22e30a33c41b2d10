// The domain's people and groups as IAM, version 20160918, shows them.

import { findMember, makeOcid } from '../domain.ts';
import { entriesAt, isComplex, type Resource, textAt } from '../scim/resource.ts';
import { need, type ServiceAnswer, type ServiceContext, type ServiceRoute } from './context.ts';
import { pageOf, sortNamed } from './paging.ts';
import { notFound, ServiceProblem } from './problem.ts';
import { mayReadPeople } from './rights.ts';

const userState = 'urn:ietf:params:scim:schemas:oracle:idcs:extension:userState:User';

function showUser({ store, tenancy }: ServiceContext, user: Resource) {
  const { [userState]: state } = user;
  const login = textAt(user, 'userName') ?? '';
  const isLocked = isComplex(state) && isComplex(state.locked) && state.locked.on === true;
  const devices = [...store.all('Devices')].filter((each) => isComplex(each.user) && each.user.value === user.id);
  const seen = isComplex(state) ? state.lastSuccessfulLoginDate : undefined;
  const email = entriesAt(user, 'emails').find(({ primary }) => primary === true);
  return {
    id: makeOcid('user', user.id),
    compartmentId: tenancy.id,
    name: login,
    description: textAt(user, 'displayName') ?? login,
    ...(email && { email: email.value, emailVerified: email.verified === true }),
    timeCreated: createdOf(user),
    lifecycleState: user.active === true && !isLocked ? 'ACTIVE' : 'INACTIVE',
    // A bit for each reason: the second is "disabled", the third "blocked".
    ...(user.active !== true ? { inactiveStatus: 2 } : isLocked && { inactiveStatus: 4 }),
    isMfaActivated: devices.some(({ status }) => status === 'ENROLLED'),
    ...(typeof seen === 'string' && { lastSuccessfulLoginTime: seen }),
    freeformTags: {},
    definedTags: {},
  };
}

/** Everybody may read themselves. */
function findUser(context: ServiceContext): Resource {
  const found = context.store.get('Users', findMember(context.domain, context.params[0] ?? '')?.id ?? '');
  if (!found || !(found.id === context.caller.member.id || mayReadPeople(context))) throw notFound();
  return found;
}

function listUsers(context: ServiceContext): ServiceAnswer {
  checkPeople(context);
  return pageOf(
    context,
    sortNamed(
      context,
      [...context.store.all('Users')].map((user) => showUser(context, user)),
    ),
  );
}

/** @throws ServiceProblem for any compartment but the tenancy, and for those who may not look people up */
function checkPeople(context: ServiceContext): void {
  if (need(context, 'compartmentId') !== context.tenancy.id || !mayReadPeople(context)) throw notFound();
}

const groupExtension = 'urn:ietf:params:scim:schemas:oracle:idcs:extension:group:Group';

function groupsOf({ store, tenancy }: ServiceContext) {
  return [...store.all('Groups')].map((group) => {
    const name = textAt(group, 'displayName') ?? '';
    return {
      id: makeOcid('group', group.id),
      compartmentId: tenancy.id,
      name,
      description: textAt(group, `${groupExtension}:description`) ?? name,
      timeCreated: createdOf(group),
      lifecycleState: 'ACTIVE',
      freeformTags: {},
      definedTags: {},
    };
  });
}

const createdOf = ({ meta }: Resource) => (isComplex(meta) ? textAt(meta, 'created') : undefined) ?? '';

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
  const { query, store, tenancy } = context;
  const [userId, groupId] = [query.get('userId'), query.get('groupId')];
  if (userId === null && groupId === null) throw new ServiceProblem('MissingParameter', 'Missing userId or groupId');
  const all = [...store.all('Groups')].flatMap((group) =>
    entriesAt(group, 'members').map(({ value, dateAdded }) => {
      const [user, of] = [makeOcid('user', String(value)), makeOcid('group', group.id)];
      return {
        id: makeOcid('groupmembership', `${user} ${of}`),
        compartmentId: tenancy.id,
        userId: user,
        groupId: of,
        timeCreated: typeof dateAdded === 'string' ? dateAdded : createdOf(group),
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
    body: own.map(({ fingerprint, key, meta, created = 0 }) => ({
      keyId: `${context.tenancy.id}/${user}/${fingerprint}`,
      keyValue: key,
      fingerprint,
      userId: user,
      timeCreated: meta?.created ?? new Date(created).toISOString(),
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
