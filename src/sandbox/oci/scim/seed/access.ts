// How people sign in to begin with: policies and their rules, passwords, networks and identity providers.

import { administrators } from '../../../company/teams.ts';
import { groupIdOf } from '../../domain.ts';
import { conditionKind, networkPerimeterKind, policyKind, ruleKind } from '../kinds/sign-on.ts';
import { identityProviderKind, passwordPolicyKind } from '../kinds/trust.ts';
import type { Complex } from '../resource.ts';
import { idFor, plant, type Soil } from './plant.ts';

const signOn = { value: 'SignOn' };

export function plantAccess(soil: Soil): void {
  plantPasswords(soil);
  plantPolicies(soil);
  plantProviders(soil);
}

function plantPasswords(soil: Soil): void {
  const usual = {
    minLength: 8,
    maxLength: 40,
    minNumerals: 1,
    minLowerCase: 1,
    minUpperCase: 1,
    minSpecialChars: 0,
    userNameDisallowed: true,
    firstNameDisallowed: true,
    lastNameDisallowed: true,
    maxIncorrectAttempts: 5,
    lockoutDuration: 30,
    numPasswordsInHistory: 1,
    passwordExpiresAfter: 0,
    passwordStrength: 'Standard',
  };
  plant(
    soil,
    passwordPolicyKind,
    'PasswordPolicy',
    {
      ...usual,
      name: 'DefaultPasswordPolicy',
      description: 'For everybody',
      priority: 10,
      idcsPreventedOperations: ['delete'],
    },
    { created: 1500, changed: 900 },
  );
  const strong = {
    ...usual,
    name: 'AdministratorPasswordPolicy',
    description: 'For those who administer the domain',
    minLength: 16,
    minSpecialChars: 1,
    passwordExpiresAfter: 90,
    passwordStrength: 'Custom',
    priority: 1,
    groups: [{ value: groupIdOf(administrators) }],
  };
  plant(soil, passwordPolicyKind, idFor(soil, 'password policy administrators'), strong, { created: 500 });
}

const returns = (values: Record<string, string>): Complex[] =>
  Object.entries(values).map(([name, value]) => ({ name, value }));

function plantPolicies(soil: Soil): void {
  const office = idFor(soil, 'perimeter offices');
  const addresses = ['203.0.113.0/24', '198.51.100.0/24'].map((value) => ({ type: 'CIDR', version: 'IPV4', value }));
  plant(
    soil,
    networkPerimeterKind,
    office,
    { name: 'Offices', description: 'Rotterdam and Leeds', ipAddresses: addresses },
    { created: 700 },
  );
  const condition = (name: string, attributeName: string, operator: string, attributeValue: string) => {
    const id = idFor(soil, `condition ${name}`);
    plant(soil, conditionKind, id, { name, attributeName, operator, attributeValue }, { created: 700 });
    return { value: id, type: 'Condition' };
  };
  const isAdmin = condition(
    'Is an administrator',
    'subject.groups[*].value',
    'coany',
    `["${groupIdOf(administrators)}"]`,
  );
  const isAway = condition('Is not in an office', 'subject.ipAddress', 'nin', `["${office}"]`);
  const allow = { effect: 'ALLOW', reAuthenticate: 'false' };
  const rules: readonly (readonly [id: string, attributes: Complex])[] = [
    [
      idFor(soil, 'rule administrators'),
      {
        name: 'Administrators',
        conditionGroup: isAdmin,
        return: returns({ ...allow, '2FAEnabled': 'true', '2FAPerSession': 'true' }),
      },
    ],
    [
      idFor(soil, 'rule away'),
      {
        name: 'Away from the offices',
        conditionGroup: isAway,
        return: returns({ ...allow, '2FAEnabled': 'true', '2FAPerSession': 'false' }),
      },
    ],
    ['DefaultSignOnRule', { name: 'Default Sign-On Rule', locked: true, return: returns(allow) }],
  ];
  for (const [id, attributes] of rules)
    plant(
      soil,
      ruleKind,
      id,
      { active: true, locked: false, condition: 'true', policyType: signOn, ...attributes },
      { created: 690 },
    );
  plant(
    soil,
    policyKind,
    'DefaultSignOnPolicy',
    {
      name: 'Default Sign-On Policy',
      description: 'For every application that has none of its own',
      active: true,
      policyType: signOn,
      rules: rules.map(([value], n) => ({ value, sequence: n + 1 })),
      idcsPreventedOperations: ['delete'],
    },
    { created: 1500, changed: 690 },
  );
  const open = idFor(soil, 'rule everybody');
  plant(
    soil,
    ruleKind,
    open,
    {
      name: 'Anybody from anywhere',
      active: true,
      locked: false,
      condition: 'true',
      policyType: signOn,
      return: returns(allow),
    },
    { created: 410 },
  );
  plant(
    soil,
    policyKind,
    idFor(soil, 'policy pilot'),
    {
      name: 'Carrier Portal Pilot',
      description: 'Of the pilot; without a second factor',
      active: false,
      policyType: signOn,
      rules: [{ value: open, sequence: 1 }],
    },
    { created: 410 },
  );
}

function plantProviders(soil: Soil): void {
  plant(
    soil,
    identityProviderKind,
    'UserNamePassword',
    {
      partnerName: 'UserNamePassword',
      description: 'User names and passwords of the domain',
      type: 'LOCAL',
      enabled: true,
      shownOnLoginPage: true,
      idcsPreventedOperations: ['delete'],
    },
    { created: 1500 },
  );
  plant(
    soil,
    identityProviderKind,
    idFor(soil, 'identity provider okta'),
    {
      partnerName: 'Larkspur Okta',
      description: 'Sign-in with the company account',
      type: 'SAML',
      enabled: true,
      shownOnLoginPage: true,
      partnerProviderId: 'http://www.okta.com/exk1larkspur',
      idpSsoUrl: 'https://larkspur.okta.example/app/oci/sso/saml',
      nameIdFormat: 'saml-emailaddress',
      authnRequestBinding: 'Redirect',
      logoutBinding: 'Redirect',
      logoutEnabled: false,
      signatureHashAlgorithm: 'SHA-256',
      userMappingMethod: 'NameIDToUserAttribute',
      userMappingStoreAttribute: 'userName',
      jitUserProvEnabled: true,
      jitUserProvCreateUserEnabled: true,
      jitUserProvAttributeUpdateEnabled: false,
    },
    { created: 980, changed: 300 },
  );
  plant(
    soil,
    identityProviderKind,
    idFor(soil, 'identity provider google'),
    {
      partnerName: 'Google',
      description: 'Tried out, and switched off again',
      type: 'SOCIAL',
      enabled: false,
      shownOnLoginPage: false,
      'urn:ietf:params:scim:schemas:oracle:idcs:extension:social:IdentityProvider': {
        accountLinkingEnabled: true,
        registrationEnabled: false,
        serviceProviderName: 'Google',
        consumerKey: '551-larkspur.apps.example',
        consumerSecret: idFor(soil, 'google secret'),
        scope: ['openid', 'email'],
      },
    },
    { created: 620 },
  );
}
