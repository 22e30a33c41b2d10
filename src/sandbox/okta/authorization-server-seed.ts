// The company's authorization servers: Okta's default one, and one for the logistics interfaces, with scopes, claims and access policies.

import { makeSigningKey, type SigningKey } from '../oidc/jwt.ts';
import { letters, makeId } from '../random.ts';

export interface AuthScope {
  id: string;
  name: string;
  displayName: string;
  description: string;
  system: boolean;
  default: boolean;
  consent: 'FLEXIBLE' | 'IMPLICIT' | 'REQUIRED';
  metadataPublish: 'ALL_CLIENTS' | 'NO_CLIENTS';
}

export interface AuthClaim {
  id: string;
  name: string;
  claimType: 'IDENTITY' | 'RESOURCE';
  valueType: 'EXPRESSION' | 'GROUPS' | 'SYSTEM';
  value: string;
  groupFilter?: 'STARTS_WITH' | 'EQUALS' | 'CONTAINS' | 'REGEX';
  system: boolean;
  alwaysIncludeInToken: boolean;
  /** Names; for any scope where there is none. */
  scopes: readonly string[];
}

export interface AuthRule {
  id: string;
  name: string;
  system: boolean;
  grantTypes: readonly string[];
  scopes: readonly string[];
  groups: readonly string[];
  accessTokenMinutes: number;
}

export interface AuthPolicy {
  id: string;
  name: string;
  description: string;
  system: boolean;
  /** Client ids, or ALL_CLIENTS. */
  clients: readonly string[];
  rules: readonly AuthRule[];
}

export interface AuthKey {
  kid: string;
  status: 'ACTIVE' | 'NEXT' | 'EXPIRED';
  /** Made when it is first needed: that takes a while. */
  pair: () => SigningKey;
  /** Whether tokens that it signed may still be about: an expired key without any is not published. */
  hasSigned: boolean;
}

export interface AuthServerRecord {
  id: string;
  name: string;
  description: string;
  audiences: readonly string[];
  created: number;
  scopes: readonly AuthScope[];
  claims: readonly AuthClaim[];
  policies: readonly AuthPolicy[];
  /** Changed by a rotation. */
  keys: readonly AuthKey[];
  /** Epoch milliseconds. */
  keysRotated: number;
  /** Ids of the servers whose tokens may be exchanged here. */
  trusted: readonly string[];
}

type ScopePlan = readonly [name: string, displayName: string, description: string, consent?: AuthScope['consent']];

const standard: readonly ScopePlan[] = [
  ['openid', 'openid', 'Signals that a request is an OpenID request'],
  ['profile', 'View your profile information', 'The exact data varies based on what was set up for you'],
  ['email', 'View your email address', 'This allows the app to view your email address'],
  ['address', 'View your address', 'This allows the app to view your address'],
  ['phone', 'View your phone number', 'This allows the app to view your phone number'],
  [
    'offline_access',
    'Keep you signed in to the app',
    'This keeps you signed in to the app, even when you do not use it',
  ],
  ['device_sso', 'Device SSO', 'Lets apps on one device share a sign-in'],
];

const logistics: readonly ScopePlan[] = [
  ['shipments:read', 'See shipments', 'Where shipments are and when they arrive', 'IMPLICIT'],
  ['shipments:write', 'Change shipments', 'Redirect, hold and release shipments', 'REQUIRED'],
  ['drivers:location', 'See where drivers are', 'Positions of vehicles on the road', 'FLEXIBLE'],
];

const day = 86_400_000;

export function makeAuthServers(clients: readonly string[], seed: number, opened: number): AuthServerRecord[] {
  let made = 0;
  const id = (prefix: string) => makeId(prefix, seed, made++);
  const scopes = (own: readonly ScopePlan[]): AuthScope[] =>
    [...standard, ...own].map(([name, displayName, description, consent]) => ({
      id: id('scp'),
      name,
      displayName,
      description,
      system: consent === undefined,
      default: false,
      consent: consent ?? 'IMPLICIT',
      metadataPublish: consent === undefined ? 'ALL_CLIENTS' : 'NO_CLIENTS',
    }));
  const subject: AuthClaim = {
    id: id('ocl'),
    name: 'sub',
    claimType: 'RESOURCE',
    valueType: 'EXPRESSION',
    value: '(appuser != null) ? appuser.userName : app.clientId',
    system: true,
    alwaysIncludeInToken: true,
    scopes: [],
  };
  const keys = (server: number): AuthKey[] =>
    (['ACTIVE', 'NEXT', 'EXPIRED'] as const).map((status, n) =>
      makeAuthKey(letters(43, seed, 411 + server, n), status),
    );
  const rule = (name: string, more: Partial<AuthRule>): AuthRule => ({
    id: id('0pr'),
    name,
    system: false,
    grantTypes: ['authorization_code', 'client_credentials', 'password', 'implicit', 'interaction_code'],
    scopes: ['*'],
    groups: ['EVERYONE'],
    accessTokenMinutes: 60,
    ...more,
  });
  return [
    {
      id: 'default',
      name: 'default',
      description: 'Default Authorization Server for your Applications',
      audiences: ['api://default'],
      created: opened - 1500 * day,
      scopes: scopes([]),
      claims: [subject],
      policies: [
        {
          id: id('00p'),
          name: 'Default Policy',
          description: 'Default policy for the default authorization server',
          system: false,
          clients: ['ALL_CLIENTS'],
          rules: [rule('Default Policy Rule', {})],
        },
      ],
      keys: keys(0),
      keysRotated: opened - 40 * day,
      trusted: [],
    },
    {
      id: id('aus'),
      name: 'Logistics APIs',
      description: 'Tokens for shipments, routes and drivers',
      audiences: ['https://api.larkspur.example'],
      created: opened - 700 * day,
      scopes: scopes(logistics),
      claims: [
        { ...subject, id: id('ocl') },
        {
          id: id('ocl'),
          name: 'groups',
          claimType: 'RESOURCE',
          valueType: 'GROUPS',
          value: 'Warehouse',
          groupFilter: 'STARTS_WITH',
          system: false,
          alwaysIncludeInToken: true,
          scopes: ['shipments:read', 'shipments:write'],
        },
        {
          id: id('ocl'),
          name: 'cost_center',
          claimType: 'IDENTITY',
          valueType: 'EXPRESSION',
          value: 'user.costCenter',
          system: false,
          alwaysIncludeInToken: false,
          scopes: ['profile'],
        },
      ],
      policies: [
        {
          id: id('00p'),
          name: 'Own clients',
          description: 'Applications that the company runs itself',
          system: false,
          clients,
          rules: [
            rule('People in the apps', { grantTypes: ['authorization_code'], accessTokenMinutes: 30 }),
            rule('Machines', {
              grantTypes: ['client_credentials'],
              scopes: ['shipments:read'],
              accessTokenMinutes: 10,
            }),
          ],
        },
      ],
      keys: keys(1),
      keysRotated: opened - 40 * day,
      trusted: ['default'],
    },
  ];
}

export function makeAuthKey(kid: string, status: AuthKey['status']): AuthKey {
  let pair: SigningKey | undefined;
  return {
    kid,
    status,
    hasSigned: false,
    pair() {
      pair ??= makeSigningKey(kid);
      return pair;
    },
  };
}
