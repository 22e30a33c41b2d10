// Applications: their secrets, whether they are in use, and which of them are the domain's own.

import type { OciDomain } from '../../domain.ts';
import type { ScimContext } from '../context.ts';
import { referTo } from '../context.ts';
import { allOperations, type Kind } from '../kind.ts';
import { ScimProblem } from '../problem.ts';
import { type Complex, entriesAt, isComplex, type Resource, textAt } from '../resource.ts';
import { appIdOf, granteeOf, holdingsOf } from '../role-holding.ts';
import { appAttributes } from '../schemas/apps.ts';
import { describeRole } from './users.ts';

export const appKind: Kind = {
  path: 'Apps',
  name: 'App',
  urn: 'urn:ietf:params:scim:schemas:oracle:idcs:App',
  ocid: 'domainapp',
  attributes: appAttributes,
  operations: allOperations,
  prepare(context, { before, after }) {
    if (!before) setDefaults(context, after);
    const audience = textAt(after, 'audience') ?? '';
    after.scopes = entriesAt(after, 'scopes').map((scope) => ({ ...scope, fqs: `${audience}${scope.value}` }));
  },
  settle({ domain }, { before, after }) {
    syncResource(domain, before, after);
    const client = [domain.app, domain.exchangeApp].find(({ id }) => id === after.name);
    if (!client || !before) return;
    client.name = textAt(after, 'displayName') ?? client.name;
    client.grants = (after.allowedGrants as readonly string[] | undefined) ?? [];
    client.redirectUris = (after.redirectUris as readonly string[] | undefined) ?? [];
    client.logoutUris = (after.postLogoutRedirectUris as readonly string[] | undefined) ?? [];
  },
  remove({ domain, store }, app, isForced) {
    if (app.active === true)
      throw new ScimProblem('active', `The App ${app.id} is active, and must be deactivated first.`);
    const roles = rolesOf(store, app.id);
    const grants = [...store.all('Grants')].filter(
      (grant) => appIdOf(grant) === app.id || granteeOf(grant).id === app.id,
    );
    if (!isForced && grants.length > 0)
      throw new ScimProblem('inUse', `The App ${app.id} is referenced by ${grants.length} Grants.`);
    for (const grant of grants) store.delete('Grants', grant.id);
    for (const role of roles) store.delete('AppRoles', role.id);
    syncResource(domain, app, undefined);
  },
  derived: {
    basedOnTemplate(context, app) {
      const template = isComplex(app.basedOnTemplate) ? app.basedOnTemplate : {};
      const value = textAt(template, 'value') ?? '';
      return { value, wellKnownId: value, $ref: referTo(context, 'AppTemplates', value) };
    },
    grantedAppRoles: (context, app) =>
      holdingsOf(context.store, app.id, false).map(({ role, type }) => describeRole(context, role, type)),
    grants: (context, app) =>
      [...context.store.all('Grants')]
        .filter((grant) => appIdOf(grant) === app.id && ['User', 'Group'].includes(granteeOf(grant).type))
        .map((grant) => ({
          value: grant.id,
          $ref: referTo(context, 'Grants', grant.id),
          granteeId: granteeOf(grant).id,
          granteeType: granteeOf(grant).type,
          grantMechanism: grant.grantMechanism,
        })),
    adminRoles: (context, app) => describeRoles(context, app, true),
    userRoles: (context, app) => describeRoles(context, app, false),
  },
};

/** Of an application that was just made it is not said whether it is in use: it must be activated first. */
function setDefaults({ store }: ScimContext, app: Resource): void {
  app.active ??= false;
  app.name ??= store.newId();
  if (app.isOAuthClient === true && app.clientType !== 'public') app.clientSecret = `idcscs-${store.newId()}`;
  Object.assign(app, { ...usualFlags, ...app });
}

/** Scopes can be asked for that an application defines and its audience stands before. */
function syncResource(domain: OciDomain, before: Resource | undefined, after: Resource | undefined): void {
  const old = before && textAt(before, 'audience');
  const audience = after && textAt(after, 'audience');
  const others = domain.resources.filter((each) => each.audience !== old && each.audience !== audience);
  const scopes = after ? entriesAt(after, 'scopes').map(({ value }) => String(value)) : [];
  const isResource = after?.isOAuthResource === true && audience !== undefined;
  domain.resources.splice(0, domain.resources.length, ...others, ...(isResource ? [{ audience, scopes }] : []));
}

export const usualFlags: Complex = {
  meterAsOPCService: false,
  migrated: false,
  infrastructure: false,
  isLoginTarget: true,
  showInMyApps: false,
  isOPCService: false,
  isUnmanagedApp: false,
  allowAccessControl: false,
  isOAuthClient: false,
  isOAuthResource: false,
  isMobileTarget: false,
  isSamlServiceProvider: false,
  isWebTierPolicy: false,
  isKerberosRealm: false,
  isAliasApp: false,
  isManagedApp: false,
  isObligationCapable: false,
  readyToUpgrade: false,
  isDatabaseService: false,
  isEnterpriseApp: false,
  isFormFill: false,
  isRadiusApp: false,
  disableKmsiTokenAuthentication: false,
  isMulticloudServiceApp: false,
};

const rolesOf = (store: ScimContext['store'], appId: string): readonly Resource[] =>
  [...store.all('AppRoles')].filter(({ app }) => isComplex(app) && app.value === appId);

function describeRoles(context: ScimContext, app: Resource, isAdmin: boolean): Complex[] {
  return rolesOf(context.store, app.id)
    .filter(({ adminRole }) => (adminRole === true) === isAdmin)
    .map((role) => ({
      value: role.id,
      $ref: referTo(context, 'AppRoles', role.id),
      display: role.displayName,
      description: role.description,
    }));
}
