// Who may do what in the domain, by the administrator roles that they hold (docs.oracle.com "Understanding Administrator Roles").

import { ScimProblem } from './problem.ts';

export type Doing = 'read' | 'write';

const people = ['Users', 'Groups', 'ApiKeys', 'AuthTokens', 'CustomerSecretKeys', 'Devices'];
const changers = ['UserStatusChanger', 'UserPasswordResetter', 'UserPasswordChanger', 'UserCapabilitiesChanger'];
const factors = ['AuthenticationFactorsRemover'];
const applications = ['Apps', 'AppRoles', 'Grants', 'AppStatusChanger'];
const security = [
  ...['Policies', 'Rules', 'Conditions', 'PasswordPolicies', 'IdentityProviders', 'Settings', 'NetworkPerimeters'],
  ...['AuthenticationFactorSettings', 'IdentityPropagationTrusts'],
];
const all = [...people, ...changers, ...factors, ...applications, ...security];

/** What everybody may read, whoever they are. */
const open = ['Schemas', 'ResourceTypes', 'ServiceProviderConfig'];

interface Right {
  reads: readonly string[];
  writes: readonly string[];
}

export const domainAdministrator = 'Identity Domain Administrator';

export const rights: Readonly<Record<string, Right>> = {
  [domainAdministrator]: { reads: all, writes: all },
  'Security Administrator': { reads: all, writes: security },
  'Application Administrator': { reads: [...people, ...applications], writes: applications },
  'User Administrator': {
    reads: [...people, ...applications, 'PasswordPolicies'],
    writes: [...people, ...changers, ...factors, 'Grants'],
  },
  'User Manager': { reads: people, writes: ['Users', ...changers, ...factors, 'Devices'] },
  'Help Desk Administrator': {
    reads: people,
    // Users for the sake of unlocking them.
    writes: ['UserPasswordResetter', 'Devices', ...factors, 'Users'],
  },
  'Audit Administrator': { reads: all, writes: [] },
};

/** Roles have whatever names administrators give them. */
const rightOf = (role: string): Right | undefined => (Object.hasOwn(rights, role) ? rights[role] : undefined);

/** What a help desk may change of a user. */
const unlocking = /^urn:ietf:params:scim:schemas:oracle:idcs:extension:userState:User:locked(\.\w+)?$/i;

/** @throws ScimProblem where none of the roles gives it */
export function checkRight(roles: readonly string[], path: string, doing: Doing): void {
  if (open.includes(path)) return;
  const has = roles.some((role) => rightOf(role)?.[doing === 'read' ? 'reads' : 'writes'].includes(path));
  if (!has) throw new ScimProblem('forbidden', 'You are not authorized to perform this operation.');
}

/** Somebody of the help desk alone unlocks users and changes nothing else of them. @throws ScimProblem */
export function checkUserPatch(roles: readonly string[], paths: readonly (string | undefined)[]): void {
  const isMore = roles.some((role) => role !== 'Help Desk Administrator' && rightOf(role)?.writes.includes('Users'));
  if (isMore || paths.every((path) => path !== undefined && unlocking.test(path))) return;
  throw new ScimProblem('forbidden', 'You are not authorized to perform this operation.');
}
