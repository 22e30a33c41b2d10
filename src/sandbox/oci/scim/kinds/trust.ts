// Password policies, identity providers, and the trusts by which tokens are exchanged.

import { allOperations, type Kind } from '../kind.ts';
import { ScimProblem } from '../problem.ts';
import { requireReference } from '../references.ts';
import { idsAt, isList, type Resource } from '../resource.ts';
import { identityProviderAttributes, passwordPolicyAttributes, trustAttributes } from '../schemas/access.ts';
import { groupsOfPolicy } from './sign-on.ts';

const idcs = 'urn:ietf:params:scim:schemas:oracle:idcs:';

/** Rules of a password policy that are listed as those that are set. */
const listed: readonly string[] = [
  ...[
    'minLength',
    'maxLength',
    'minNumerals',
    'minLowerCase',
    'minUpperCase',
    'minSpecialChars',
    'maxIncorrectAttempts',
  ],
  ...['lockoutDuration', 'passwordExpiresAfter', 'numPasswordsInHistory'],
];

export const passwordPolicyKind: Kind = {
  path: 'PasswordPolicies',
  name: 'PasswordPolicy',
  urn: `${idcs}PasswordPolicy`,
  ocid: 'domainpasswordpolicy',
  attributes: passwordPolicyAttributes,
  operations: allOperations,
  prepare({ store }, { after }) {
    for (const id of idsAt(after, 'groups')) requireReference(store, 'PasswordPolicy.groups', 'Groups', 'Group', id);
    const { minLength, maxLength } = after;
    if (typeof minLength === 'number' && typeof maxLength === 'number' && minLength > maxLength)
      throw new ScimProblem('value', 'PasswordPolicy.minLength must not be greater than maxLength.');
  },
  derived: {
    groups: groupsOfPolicy,
    configuredPasswordPolicyRules: (_, policy) =>
      listed.flatMap((key) => (policy[key] === undefined ? [] : [{ key, value: `${policy[key]}` }])),
  },
};

export const identityProviderKind: Kind = {
  path: 'IdentityProviders',
  name: 'IdentityProvider',
  urn: `${idcs}IdentityProvider`,
  ocid: 'domainidentityprovider',
  attributes: identityProviderAttributes,
  operations: allOperations,
  remove(_, provider) {
    if (provider.enabled === true)
      throw new ScimProblem('prevented', `The IdentityProvider ${provider.id} is enabled, and must be disabled first.`);
  },
};

/** docs.oracle.com, IAM limits. */
const mostTrusts = 30;
const mostPropagations = 3;

export const trustKind: Kind = {
  path: 'IdentityPropagationTrusts',
  name: 'IdentityPropagationTrust',
  urn: `${idcs}IdentityPropagationTrust`,
  ocid: 'domainidentitypropagationtrust',
  attributes: trustAttributes,
  operations: allOperations,
  prepare({ store }, { before, after }) {
    if (!before && store.count('IdentityPropagationTrusts') >= mostTrusts)
      throw new ScimProblem('tooManyKeys', `There are ${mostTrusts} IdentityPropagationTrusts, which is the limit.`);
    setDefaults(after);
    for (const id of textsOf(after, 'oauthClients')) {
      if (!store.find('Apps', ({ name }) => name === id))
        throw new ScimProblem(
          'reference',
          `IdentityPropagationTrust.oauthClients names '${id.slice(0, 60)}', which is no client.`,
        );
    }
    if (textsOf(after, 'claimPropagations').length > mostPropagations)
      throw new ScimProblem(
        'value',
        `IdentityPropagationTrust.claimPropagations can have ${mostPropagations} values at most.`,
      );
    for (const id of idsAt(after, 'impersonationServiceUsers'))
      requireReference(store, 'IdentityPropagationTrust.impersonationServiceUsers', 'Users', 'User', id);
  },
};

/** A trust begins switched off unless it is said otherwise (docs.oracle.com, IdentityPropagationTrusts). */
function setDefaults(trust: Resource): void {
  trust.active ??= false;
  trust.allowImpersonation ??= false;
  trust.subjectType ??= 'User';
  trust.oauthClients ??= [];
}

const textsOf = (resource: Resource, name: string): readonly string[] => {
  const value = resource[name];
  return isList(value) ? value.filter((each) => typeof each === 'string') : [];
};
