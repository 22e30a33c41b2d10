// Groups: their members and owners, and those that are the domain's own.

import { referTo, type ScimContext } from '../context.ts';
import { allOperations, type Kind } from '../kind.ts';
import { ScimProblem } from '../problem.ts';
import { ocidOf, refer, requireReference } from '../references.ts';
import { type Complex, entriesAt, idsAt, type Resource, setAt, textAt, valueAt } from '../resource.ts';
import { appIdOf, grantsTo, holdingsOf } from '../role-holding.ts';
import { groupAttributes } from '../schemas/people.ts';
import { syncTeams } from '../sign-in-state.ts';
import { describeRole } from './users.ts';

export const groupExtension = 'urn:ietf:params:scim:schemas:oracle:idcs:extension:group:Group';
export const dynamicExtension = 'urn:ietf:params:scim:schemas:oracle:idcs:extension:dynamic:Group';

export const groupKind: Kind = {
  path: 'Groups',
  name: 'Group',
  urn: 'urn:ietf:params:scim:schemas:core:2.0:Group',
  ocid: 'group',
  attributes: groupAttributes,
  operations: allOperations,
  prepare(context, { before, after }) {
    if (!before) {
      setAt(
        after,
        `${dynamicExtension}:membershipType`,
        valueAt(after, `${dynamicExtension}:membershipType`) ?? 'static',
      );
      setAt(
        after,
        `${groupExtension}:creationMechanism`,
        valueAt(after, `${groupExtension}:creationMechanism`) ?? 'api',
      );
    }
    if (!before || before.displayName !== after.displayName) after.nonUniqueDisplayName = after.displayName;
    keepMembers(context, before, after);
    for (const owner of entriesAt(after, `${groupExtension}:owners`)) {
      const [path, name] = owner.type === 'App' ? ['Apps', 'App'] : ['Users', 'User'];
      requireReference(context.store, 'Group.owners', path, name, textAt(owner, 'value') ?? '');
    }
  },
  settle({ domain, store }, { before, after }) {
    const isRenamed = before !== undefined && before.displayName !== after.displayName;
    const [old, now] = [new Set(before ? idsAt(before, 'members') : []), new Set(idsAt(after, 'members'))];
    syncTeams(
      domain,
      store,
      isRenamed ? new Set([...old, ...now]) : [...old, ...now].filter((id) => !(old.has(id) && now.has(id))),
    );
  },
  remove({ domain, store }, group, isForced) {
    const grants = grantsTo(store, group.id);
    const members = idsAt(group, 'members');
    if (!isForced && (grants.length > 0 || members.length > 0)) {
      const what = [
        members.length > 0 ? `${members.length} Users` : [],
        grants.length > 0 ? `${grants.length} Grants` : [],
      ];
      throw new ScimProblem('inUse', `The Group ${group.id} is referenced by ${what.flat().join(' and ')}.`);
    }
    for (const grant of grants) store.delete('Grants', grant.id);
    store.delete('Groups', group.id);
    syncTeams(domain, store, members);
  },
  derived: {
    members: (context, group) => entriesAt(group, 'members').map((member) => describeMember(context, group, member)),
    [`${groupExtension}:owners`]: (context, group) =>
      entriesAt(group, `${groupExtension}:owners`).map(({ value, type }) =>
        refer(context, type === 'App' ? 'Apps' : 'Users', String(value), { type }),
      ),
    [`${groupExtension}:grants`]: (context, group) =>
      grantsTo(context.store, group.id).map((grant) => ({
        value: grant.id,
        $ref: referTo(context, 'Grants', grant.id),
        appId: appIdOf(grant),
        grantMechanism: grant.grantMechanism,
      })),
    [`${groupExtension}:appRoles`]: (context, group) =>
      holdingsOf(context.store, group.id, false).map(({ role, type }) => describeRole(context, role, type)),
  },
};

/** Who is new is looked up; of whom was there before, it is known when they came. */
function keepMembers({ store, at }: ScimContext, before: Resource | undefined, after: Resource): void {
  const known = new Map((before ? entriesAt(before, 'members') : []).map((member) => [member.value, member]));
  const kept = new Map<unknown, Complex>();
  const isDynamic = valueAt(after, `${dynamicExtension}:membershipType`) === 'dynamic';
  for (const member of entriesAt(after, 'members')) {
    const { value } = member;
    const old = known.get(value);
    if (!old && isDynamic)
      throw new ScimProblem('prevented', 'Members of a dynamic Group are chosen by its rule, and cannot be changed.');
    if (!old) requireReference(store, 'Group.members', 'Users', 'User', String(value));
    kept.set(value, old ?? { value, type: 'User', dateAdded: at });
  }
  after.members = [...kept.values()] as Complex[];
}

function describeMember(context: ScimContext, group: Resource, { value, dateAdded }: Complex): Complex {
  const id = String(value);
  const user = context.store.get('Users', id);
  const name = user && textAt(user, 'userName');
  return {
    ...refer(context, 'Users', id, { type: 'User' }),
    ocid: ocidOf('user', id),
    membershipOcid: ocidOf('groupmembership', `${group.id} ${id}`),
    ...(dateAdded !== undefined && { dateAdded }),
    ...(name !== undefined && { name }),
  };
}
