// Users: what the domain decides about them, what hangs on them, and what they are to those who sign in.

import type { ScimContext } from '../context.ts';
import { referTo } from '../context.ts';
import { allOperations, type Kind } from '../kind.ts';
import { checkPassword } from '../password-rules.ts';
import { ScimProblem } from '../problem.ts';
import { displayOf, ocidOf, refer, requireReference } from '../references.ts';
import {
  type Complex,
  entriesAt,
  idsAt,
  isComplex,
  type Resource,
  setAt,
  textAt,
  type Value,
  valueAt,
} from '../resource.ts';
import { appIdOf, grantsTo, holdingsOf } from '../role-holding.ts';
import { capabilities, userAttributes } from '../schemas/people.ts';
import { syncPerson } from '../sign-in-state.ts';

const idcs = 'urn:ietf:params:scim:schemas:oracle:idcs:extension:';
export const userExtension = `${idcs}user:User`;
export const userState = `${idcs}userState:User`;
export const passwordState = `${idcs}passwordState:User`;
export const mfaExtension = `${idcs}mfa:User`;
export const credentialsExtension = `${idcs}userCredentials:User`;
export const capabilitiesExtension = `${idcs}capabilities:User`;
export const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

export const userKind: Kind = {
  path: 'Users',
  name: 'User',
  urn: 'urn:ietf:params:scim:schemas:core:2.0:User',
  ocid: 'user',
  attributes: userAttributes,
  operations: allOperations,
  prepare(context, { before, after }) {
    if (!before) setDefaults(after);
    // Some were taken over from where people need no address: they stay until their addresses are changed.
    if (!before || JSON.stringify(before.emails) !== JSON.stringify(after.emails)) checkEmails(after);
    checkManager(context, after);
    takePassword(context, after);
    if (isLocked(after) !== (before !== undefined && isLocked(before))) markLock(context, after);
  },
  settle(context, { before, after }) {
    syncPerson(context.domain, context.store, after, before);
  },
  remove(context, user, isForced) {
    const { store } = context;
    const grants = grantsTo(store, user.id);
    const groups = store.groupsOf(user.id);
    if (!isForced && (grants.length > 0 || groups.length > 0)) {
      const what = [
        groups.length > 0 ? `${groups.length} Groups` : [],
        grants.length > 0 ? `${grants.length} Grants` : [],
      ];
      throw new ScimProblem('inUse', `The User ${user.id} is referenced by ${what.flat().join(' and ')}.`);
    }
    for (const grant of grants) store.delete('Grants', grant.id);
    for (const id of groups) takeOut(context, id, user.id);
    for (const path of ['ApiKeys', 'AuthTokens', 'CustomerSecretKeys', 'Devices'])
      for (const each of context.store.ownedBy(path, user.id)) store.delete(path, each.id);
    context.domain.roster.remove(user.id);
  },
  derived: {
    groups: (context, user) => context.store.groupsOf(user.id).map((id) => describeMembership(context, id)),
    [`${userExtension}:grants`]: ({ store, ...context }, user) =>
      grantsTo(store, user.id).map((grant) => ({
        value: grant.id,
        $ref: referTo(context, 'Grants', grant.id),
        appId: appIdOf(grant),
        grantMechanism: grant.grantMechanism,
        grantorId: isComplex(grant.grantor) ? grant.grantor.value : undefined,
      })),
    [`${userExtension}:appRoles`]: (context, user) =>
      holdingsOf(context.store, user.id).map(({ role, type }) => describeRole(context, role, type)),
    [`${userExtension}:status`]: (_, user) => (isVerified(user) ? 'verified' : 'pendingVerification'),
    [`${enterprise}:manager`](context, user) {
      const manager = valueAt(user, `${enterprise}:manager`);
      if (!isComplex(manager) || typeof manager.value !== 'string') return undefined;
      const { value } = manager;
      const name = displayOf(context.store.get('Users', value));
      return { value, $ref: referTo(context, 'Users', value), ...(name !== undefined && { displayName: name }) };
    },
    [`${passwordState}:applicablePasswordPolicy`](context) {
      const policy = context.store.find('PasswordPolicies', ({ id }) => id === 'PasswordPolicy');
      return policy && { ...refer(context, 'PasswordPolicies', policy.id), priority: policy.priority };
    },
    [`${mfaExtension}:mfaStatus`]: (context, user) =>
      context.store.ownedBy('Devices', user.id).some(({ status }) => status === 'ENROLLED') ? 'ENROLLED' : undefined,
    [`${mfaExtension}:preferredDevice`](context, user) {
      const preferred = valueAt(user, `${mfaExtension}:preferredDevice`);
      const id = isComplex(preferred) ? textAt(preferred, 'value') : undefined;
      return id !== undefined && context.store.get('Devices', id) ? refer(context, 'Devices', id) : undefined;
    },
    [`${mfaExtension}:bypassCodes`]: (context, user) => referAll(context, user, 'bypassCodes', 'BypassCodes'),
    [`${mfaExtension}:trustedUserAgents`]: (context, user) =>
      referAll(context, user, 'trustedUserAgents', 'TrustedUserAgents').map((agent) => ({
        ...agent,
        display: 'Firefox',
      })),
    [`${mfaExtension}:devices`]: (context, user) =>
      context.store.ownedBy('Devices', user.id).map((device) => describeDevice(context, device)),
    [`${credentialsExtension}:apiKeys`]: (context, user) => describeCredentials(context, 'ApiKeys', user.id),
    [`${credentialsExtension}:authTokens`]: (context, user) => describeCredentials(context, 'AuthTokens', user.id),
    [`${credentialsExtension}:customerSecretKeys`]: (context, user) =>
      describeCredentials(context, 'CustomerSecretKeys', user.id),
  },
};

/** What the answer to the creation of one shows (docs.oracle.com "Response Body"). */
function setDefaults(user: Resource): void {
  user.active ??= true;
  const name = isComplex(user.name) ? user.name : {};
  const formatted = [name.givenName, name.middleName, name.familyName].filter(Boolean).join(' ');
  if (formatted !== '') user.name = { formatted, ...name };
  user.displayName ??= formatted === '' ? (user.userName ?? null) : formatted;
  fill(user, userExtension, { isFederatedUser: false, creationMechanism: 'api' });
  fill(user, userState, { locked: { on: false } });
  fill(user, capabilitiesExtension, Object.fromEntries(capabilities.map((each) => [each, true])));
  const emails = entriesAt(user, 'emails');
  const primary = emails.find((email) => email.primary === true);
  if (!primary) return;
  const recovery = { type: 'recovery', value: primary.value, primary: false };
  const all = emails.some(({ type }) => type === 'recovery') ? emails : [recovery, ...emails];
  user.emails = all.map((email) => ({ secondary: false, verified: false, primary: false, ...email }));
}

function fill(user: Resource, extension: string, usual: Complex): void {
  const given = user[extension];
  user[extension] = { ...usual, ...(isComplex(given) ? given : {}) };
}

function checkEmails(user: Resource): void {
  const primary = entriesAt(user, 'emails').filter((email) => email.primary === true);
  if (primary.length === 0) throw new ScimProblem('noPrimaryEmail', 'The primary email must be specified.');
  if (primary.length > 1) throw new ScimProblem('value', 'User.emails can have one value with primary=true only.');
}

function checkManager({ store }: ScimContext, user: Resource): void {
  const manager = valueAt(user, `${enterprise}:manager`);
  const id = isComplex(manager) ? textAt(manager, 'value') : undefined;
  if (id !== undefined) requireReference(store, 'User.manager', 'Users', 'User', id);
}

/** A password is heeded and forgotten: nothing gives it back. */
function takePassword(context: ScimContext, user: Resource): void {
  const { password, ...rest } = user;
  if (typeof password !== 'string') return;
  checkPassword(context.store, user, password);
  delete user.password;
  Object.assign(user, rest);
  setAt(user, `${passwordState}:lastSuccessfulSetDate`, context.at);
  setAt(user, `${passwordState}:mustChange`, false);
}

export function isLocked(user: Resource): boolean {
  const locked = valueAt(user, `${userState}:locked`);
  return isComplex(locked) && locked.on === true;
}

function markLock({ at }: ScimContext, user: Resource): void {
  if (isLocked(user)) {
    setAt(user, `${userState}:locked`, { on: true, reason: 0, lockDate: at });
    return;
  }
  setAt(user, `${userState}:locked`, { on: false });
  setAt(user, `${userState}:loginAttempts`, 0);
}

function isVerified(user: Resource): boolean {
  return entriesAt(user, 'emails').some(({ primary, verified }) => primary === true && verified === true);
}

function takeOut({ store }: ScimContext, groupId: string, userId: string): void {
  const group = store.get('Groups', groupId);
  if (!group) return;
  store.put('Groups', { ...group, members: entriesAt(group, 'members').filter(({ value }) => value !== userId) });
}

function describeMembership(context: ScimContext, groupId: string): Complex {
  const name = displayOf(context.store.get('Groups', groupId));
  return {
    ...refer(context, 'Groups', groupId),
    ocid: ocidOf('group', groupId),
    ...(name !== undefined && { nonUniqueDisplay: name }),
    type: 'direct',
  };
}

export function describeRole(context: ScimContext, role: Resource, type: string): Complex {
  const app = isComplex(role.app) ? textAt(role.app, 'value') : undefined;
  const appName = displayOf(context.store.get('Apps', app ?? ''));
  return {
    ...refer(context, 'AppRoles', role.id),
    type,
    ...(app !== undefined && { appId: app }),
    ...(appName !== undefined && { appName }),
    adminRole: role.adminRole === true,
  };
}

function describeCredentials(context: ScimContext, path: string, userId: string): Value {
  return context.store.ownedBy(path, userId).map(({ id, ocid, key }) => ({
    value: id,
    ocid,
    $ref: referTo(context, path, id),
    ...(path === 'ApiKeys' && { key }),
  }));
}

/** Of a user's second factors what has an endpoint of its own. */
function referAll(context: ScimContext, user: Resource, name: string, path: string): Complex[] {
  return idsAt(user, `${mfaExtension}:${name}`).map((value) => ({ value, $ref: referTo(context, path, value) }));
}

function describeDevice(context: ScimContext, device: Resource): Complex {
  const [factor] = entriesAt(device, 'authenticationFactors');
  return {
    ...refer(context, 'Devices', device.id),
    status: device.status,
    lastSyncTime: device.lastSyncTime,
    factorType: factor?.type,
    factorStatus: factor?.status,
    authenticationMethod: device.authenticationMethod,
  };
}
