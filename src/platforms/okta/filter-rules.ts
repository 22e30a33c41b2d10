// What each of Okta's endpoints supports in a search or filter expression.

import { OPERATORS } from './filter-grammar.ts';

export type ExpressionKind =
  | 'users.search'
  | 'users.filter'
  | 'groups.search'
  | 'groups.filter'
  | 'apps.filter'
  | 'zones.filter'
  | 'devices.search'
  | 'logs.filter';

/** What an attribute may be compared with. Where Okta's documents leave doubt, nothing is said here and Okta decides. */
export interface AttributeRule {
  readonly operators?: readonly string[];
  readonly is?: 'text' | 'date' | 'boolean';
  readonly values?: readonly string[];
}

export interface Rules {
  readonly title: string;
  readonly operators: readonly string[];
  readonly not: boolean;
  /** Whether the letter case of `values` matters. */
  readonly exactCase: boolean;
  readonly attributes: Readonly<Record<string, AttributeRule>>;
  /** Attributes that are accepted by how they begin. */
  readonly roots: readonly string[];
  /** The only attributes that `co` works on. */
  readonly contains?: readonly string[];
  /** Attributes that are refused, each with what to do instead. */
  readonly refused?: Readonly<Record<string, string>>;
  readonly example: string;
}

const ORDERED = ['eq', 'ge', 'gt', 'le', 'lt'];
const DATE: AttributeRule = { is: 'date', operators: [...ORDERED, 'pr'] };
const ORDERED_DATE: AttributeRule = { is: 'date', operators: ORDERED };
const ANY: AttributeRule = {};
const TEXT: AttributeRule = { is: 'text' };
const EQUAL: AttributeRule = { is: 'text', operators: ['eq'] };
const USER_STATUS: AttributeRule = {
  is: 'text',
  values: [
    'ACTIVE',
    'DEPROVISIONED',
    'LOCKED_OUT',
    'PASSWORD_EXPIRED',
    'PROVISIONED',
    'RECOVERY',
    'STAGED',
    'SUSPENDED',
  ],
};
const GROUP_TYPE: AttributeRule = { is: 'text', values: ['OKTA_GROUP', 'APP_GROUP', 'BUILT_IN'] };
const NAMES = ['profile.firstName', 'profile.lastName', 'profile.email', 'profile.login'];
const DEVICE_NAMES = ['displayName', 'serialNumber', 'imei', 'meid', 'udid', 'sid'].map((name) => `profile.${name}`);
const PLACE = 'city state country postalCode geolocation.lat geolocation.lon';
const IP_DETAILS =
  'asNumber asOrg domain isp ipServiceCategories.isAnonymous ipServiceCategories.operator ipServiceCategories.type';
/** What an event has at each place, as its schema in Okta's description closes it; what is free there is in the roots. */
const LOG_FIELDS: Readonly<Record<string, string>> = {
  '': 'eventType severity displayMessage uuid legacyEventType version',
  'actor.': 'id type alternateId displayName',
  'target.': 'id type alternateId displayName',
  'client.': 'id ipAddress zone device userAgent.rawUserAgent userAgent.os userAgent.browser',
  'client.geographicalContext.': PLACE,
  'outcome.': 'result reason',
  'authenticationContext.':
    'externalSessionId rootSessionId authenticationProvider authenticationStep credentialProvider credentialType interface ' +
    'issuer.id issuer.type',
  'securityContext.':
    'asNumber asOrg isp domain isProxy botProtection.level risk.level risk.previousLevel risk.reasons risk.issuer ' +
    'risk.detectionName userBehaviors.id userBehaviors.name userBehaviors.result',
  'securityContext.ipDetails.': IP_DETAILS,
  'transaction.': 'id type',
  'request.ipChain.': 'ip source version',
  'request.ipChain.geographicalContext.': PLACE,
  'request.ipChain.ipDetails.': IP_DETAILS,
};

/** Source: Okta's management API reference and its page on user queries, as of 2026. */
export const RULES: Readonly<Record<ExpressionKind, Rules>> = {
  'users.search': {
    title: 'a search of users',
    operators: [...ORDERED, 'sw', 'co', 'pr'],
    not: false,
    exactCase: false,
    attributes: {
      id: TEXT,
      status: USER_STATUS,
      created: DATE,
      activated: DATE,
      statusChanged: DATE,
      lastUpdated: DATE,
      'type.id': TEXT,
      realmId: TEXT,
      ...Object.fromEntries(NAMES.map((name) => [name, TEXT])),
    },
    roots: ['profile.'],
    contains: NAMES,
    example: 'status eq "ACTIVE" and profile.department eq "Sales"',
  },
  'users.filter': {
    title: 'a filter of users',
    operators: ORDERED,
    not: false,
    exactCase: true,
    attributes: {
      id: EQUAL,
      status: { ...USER_STATUS, ...EQUAL },
      lastUpdated: ORDERED_DATE,
      ...Object.fromEntries(NAMES.map((name) => [name, EQUAL])),
    },
    roots: [],
    example: 'status eq "ACTIVE" and lastUpdated gt "2026-01-01T00:00:00.000Z"',
  },
  'groups.search': {
    title: 'a search of groups',
    operators: [...ORDERED, 'sw', 'co', 'pr'],
    not: false,
    exactCase: false,
    attributes: {
      id: TEXT,
      type: GROUP_TYPE,
      created: ORDERED_DATE,
      lastUpdated: ORDERED_DATE,
      lastMembershipUpdated: ORDERED_DATE,
      'source.id': TEXT,
      'profile.name': TEXT,
      'profile.description': TEXT,
    },
    roots: ['profile.'],
    contains: ['profile.name', 'profile.description'],
    example: 'type eq "OKTA_GROUP" and profile.name sw "Sales"',
  },
  'groups.filter': {
    title: 'a filter of groups',
    operators: ORDERED,
    not: false,
    exactCase: true,
    attributes: {
      id: EQUAL,
      type: { ...GROUP_TYPE, ...EQUAL },
      lastUpdated: ORDERED_DATE,
      lastMembershipUpdated: ORDERED_DATE,
    },
    roots: [],
    example: 'type eq "OKTA_GROUP" and lastUpdated gt "2026-01-01T00:00:00.000Z"',
  },
  'apps.filter': {
    title: 'a filter of applications',
    operators: ['eq'],
    not: false,
    exactCase: true,
    attributes: {
      id: TEXT,
      name: TEXT,
      status: { is: 'text', values: ['ACTIVE', 'INACTIVE', 'DELETED'] },
      'credentials.signing.kid': TEXT,
      'settings.slo.enabled': { is: 'boolean' },
      'user.id': TEXT,
      'group.id': TEXT,
    },
    roots: [],
    refused: { label: 'q finds applications by the start of their label' },
    example: 'status eq "ACTIVE"',
  },
  'zones.filter': {
    title: 'a filter of network zones',
    operators: ['eq'],
    not: false,
    exactCase: true,
    attributes: { id: TEXT, usage: { is: 'text', values: ['POLICY', 'BLOCKLIST'] }, system: { is: 'boolean' } },
    roots: [],
    example: 'usage eq "BLOCKLIST"',
  },
  'devices.search': {
    title: 'a search of devices',
    operators: [...ORDERED, 'ne', 'sw', 'co', 'pr'],
    not: true,
    exactCase: false,
    attributes: {
      id: TEXT,
      status: { is: 'text', values: ['ACTIVE', 'CREATED', 'DEACTIVATED', 'SUSPENDED'] },
      created: { is: 'date' },
      lastUpdated: { is: 'date' },
      ...Object.fromEntries(DEVICE_NAMES.map((name) => [name, TEXT])),
      'profile.registered': { is: 'boolean' },
      'profile.managed': { is: 'boolean' },
      'profile.secureHardwarePresent': { is: 'boolean' },
    },
    roots: ['profile.'],
    contains: DEVICE_NAMES,
    example: 'profile.platform eq "MACOS" and status eq "ACTIVE"',
  },
  'logs.filter': {
    title: 'a filter of the System Log',
    operators: OPERATORS,
    not: true,
    exactCase: true,
    // Okta's documents compare log fields with texts, numbers and booleans alike.
    attributes: Object.fromEntries(
      Object.entries(LOG_FIELDS).flatMap(([at, names]) => names.split(' ').map((name) => [at + name, ANY])),
    ),
    roots: [
      ...['debugContext.debugData.', 'actor.detailEntry.', 'target.detailEntry.', 'target.changeDetails.from.'],
      ...['target.changeDetails.to.', 'transaction.detail.', 'device.'],
    ],
    refused: { published: 'since and until narrow the time of events' },
    example: 'eventType eq "user.session.start" and outcome.result eq "FAILURE"',
  },
};
