// Application roles and grants: who may do what in an application.

import type { ScimContext } from '../context.ts';
import type { Kind } from '../kind.ts';
import { ScimProblem } from '../problem.ts';
import { endpointOf, refer, requireReference } from '../references.ts';
import { type Complex, isComplex, type Resource, textAt } from '../resource.ts';
import { appIdOf, everybody, granteeOf, roleIdOf } from '../role-holding.ts';
import { appRoleAttributes, grantAttributes } from '../schemas/apps.ts';

const names: Readonly<Record<string, string>> = { User: 'USER', Group: 'GROUP', App: 'APP' };

const grantsOf = ({ store }: Pick<ScimContext, 'store'>, roleId: string): readonly Resource[] =>
  [...store.all('Grants')].filter((grant) => roleIdOf(grant) === roleId);

export const appRoleKind: Kind = {
  path: 'AppRoles',
  name: 'AppRole',
  urn: 'urn:ietf:params:scim:schemas:oracle:idcs:AppRole',
  ocid: 'approle',
  attributes: appRoleAttributes,
  operations: ['list', 'read', 'create', 'patch', 'delete'],
  prepare({ store }, { before, after }) {
    const appId = isComplex(after.app) ? textAt(after.app, 'value') : undefined;
    if (appId === undefined) return;
    requireReference(store, 'AppRole.app', 'Apps', 'App', appId);
    const isTwin = (other: Resource) =>
      other.id !== after.id &&
      other.displayName === after.displayName &&
      isComplex(other.app) &&
      other.app.value === appId;
    if (store.find('AppRoles', isTwin))
      throw new ScimProblem('duplicate', 'An AppRole with the same displayName exists already in the App.');
    if (before) return;
    after.uniqueName = `${appId}_${after.displayName}`;
    for (const name of ['adminRole', 'public', 'availableToClients']) after[name] ??= false;
    for (const name of ['availableToUsers', 'availableToGroups']) after[name] ??= true;
    after.limitedToOneOrMoreGroups = false;
  },
  remove(context, role, isForced) {
    const grants = grantsOf(context, role.id);
    if (!isForced && grants.length > 0)
      throw new ScimProblem('inUse', `The AppRole ${role.id} is referenced by ${grants.length} Grants.`);
    for (const grant of grants) context.store.delete('Grants', grant.id);
  },
  derived: {
    app(context, role) {
      const id = isComplex(role.app) ? (textAt(role.app, 'value') ?? '') : '';
      return refer(context, 'Apps', id, { name: context.store.get('Apps', id)?.name });
    },
    members: (context, role) =>
      grantsOf(context, role.id)
        .filter((grant) => granteeOf(grant).type !== 'App')
        .map((grant) => {
          const { id, type } = granteeOf(grant);
          return refer(context, endpointOf[type] ?? '', id, { type });
        }),
  },
};

export const grantKind: Kind = {
  path: 'Grants',
  name: 'Grant',
  urn: 'urn:ietf:params:scim:schemas:oracle:idcs:Grant',
  ocid: 'grant',
  attributes: grantAttributes,
  operations: ['list', 'read', 'create', 'patch', 'delete'],
  prepare(context, { before, after }) {
    if (before) return;
    const { store, who } = context;
    checkGrantee(context, after);
    const app = requireReference(store, 'Grant.app', 'Apps', 'App', appIdOf(after) ?? '');
    checkEntitlement(context, after, app);
    const { id, type } = granteeOf(after);
    after.compositeKey = [type, id, app.id, roleIdOf(after) ?? ''].join('_');
    after.isFulfilled = true;
    after.grantor = { value: who.id, type: who.kind };
  },
  derived: {
    grantor: (context, { grantor }) => describe(context, grantor),
    grantee: (context, { grantee }) => describe(context, grantee),
    app: (context, grant) => {
      const id = appIdOf(grant);
      return id === undefined ? undefined : refer(context, 'Apps', id);
    },
  },
};

function describe(context: ScimContext, whom: Resource['grantee']): Complex | undefined {
  const id = isComplex(whom) ? textAt(whom, 'value') : undefined;
  const type = isComplex(whom) ? textAt(whom, 'type') : undefined;
  return id === undefined || type === undefined ? undefined : refer(context, endpointOf[type] ?? type, id, { type });
}

/** The mechanism says of what kind the grantee is: ADMINISTRATOR_TO_GROUP. */
function checkGrantee({ store }: ScimContext, grant: Resource): void {
  const { id, type } = granteeOf(grant);
  const path = endpointOf[type];
  if (path === undefined)
    throw new ScimProblem('value', `Grant.grantee.type '${type}' cannot be granted anything here.`);
  if (id !== everybody) requireReference(store, 'Grant.grantee', path, type, id);
  const mechanism = textAt(grant, 'grantMechanism') ?? '';
  if (mechanism.includes('_TO_') && !mechanism.endsWith(`_TO_${names[type]}`))
    throw new ScimProblem('value', `Grant.grantMechanism ${mechanism} does not go with a grantee of type ${type}.`);
}

function checkEntitlement({ store }: ScimContext, grant: Resource, app: Resource): void {
  const roleId = roleIdOf(grant);
  if (roleId === undefined) return;
  const role = requireReference(store, 'Grant.entitlement', 'AppRoles', 'AppRole', roleId);
  if (!isComplex(role.app) || role.app.value !== app.id)
    throw new ScimProblem('value', `The AppRole ${roleId} is not one of the App ${app.id}.`);
  const { type } = granteeOf(grant);
  const flag = { User: 'availableToUsers', Group: 'availableToGroups', App: 'availableToClients' }[type] ?? '';
  if (role[flag] !== true) throw new ScimProblem('value', `The AppRole ${roleId} is not available to a ${type}.`);
}
