// What each of Okta's endpoints supports in a search or filter expression.

import { OPERATORS } from './filter-grammar.ts';

export type ExpressionKind =
  | 'users.search'
  | 'users.filter'
  | 'groups.search'
  | 'groups.filter'
  | 'apps.filter'
  | 'zones.filter'
  | 'logs.filter';

/** What an attribute may be compared with. Where Okta's documents leave doubt, nothing is said here and Okta decides. */
export interface AttributeRule {
  readonly operators?: readonly string[];
  readonly is?: 'date' | 'boolean';
  readonly values?: readonly string[];
}

export interface Rules {
  readonly title: string;
  readonly operators: readonly string[];
  readonly not: boolean;
  readonly brackets: boolean;
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
const DATE: AttributeRule = { is: 'date' };
const ORDERED_DATE: AttributeRule = { is: 'date', operators: ORDERED };
const ANY: AttributeRule = {};
const EQUAL: AttributeRule = { operators: ['eq'] };
const USER_STATUS: AttributeRule = {
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
const GROUP_TYPE: AttributeRule = { values: ['OKTA_GROUP', 'APP_GROUP', 'BUILT_IN'] };
const NAMES = ['profile.firstName', 'profile.lastName', 'profile.email', 'profile.login'];
const LOG_FIELDS =
  'eventType severity displayMessage uuid legacyEventType version actor.id actor.type actor.alternateId actor.displayName ' +
  'target.id target.type target.alternateId target.displayName client.id client.ipAddress client.zone client.device ' +
  'client.userAgent.rawUserAgent client.userAgent.os client.userAgent.browser client.geographicalContext.city ' +
  'client.geographicalContext.state client.geographicalContext.country outcome.result outcome.reason ' +
  'authenticationContext.externalSessionId authenticationContext.rootSessionId authenticationContext.authenticationProvider ' +
  'securityContext.asNumber securityContext.asOrg securityContext.isp securityContext.domain securityContext.isProxy ' +
  'transaction.id transaction.type request.ipChain.ip debugContext.debugData.requestUri debugContext.debugData.url';

/** Source: Okta's management API reference and its page on user queries, as of 2026. */
export const RULES: Readonly<Record<ExpressionKind, Rules>> = {
  'users.search': {
    title: 'a search of users',
    operators: [...ORDERED, 'sw', 'co', 'pr'],
    not: false,
    brackets: true,
    exactCase: false,
    attributes: {
      id: ANY,
      status: USER_STATUS,
      created: DATE,
      activated: DATE,
      statusChanged: DATE,
      lastUpdated: DATE,
      'type.id': ANY,
      realmId: ANY,
      ...Object.fromEntries(NAMES.map((name) => [name, ANY])),
    },
    roots: ['profile.'],
    contains: NAMES,
    example: 'status eq "ACTIVE" and profile.department eq "Sales"',
  },
  'users.filter': {
    title: 'a filter of users',
    operators: ORDERED,
    not: false,
    brackets: false,
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
    brackets: false,
    exactCase: false,
    attributes: {
      id: ANY,
      type: GROUP_TYPE,
      created: DATE,
      lastUpdated: DATE,
      lastMembershipUpdated: DATE,
      'source.id': ANY,
      'profile.name': ANY,
      'profile.description': ANY,
    },
    roots: ['profile.'],
    contains: ['profile.name', 'profile.description'],
    example: 'type eq "OKTA_GROUP" and profile.name sw "Sales"',
  },
  'groups.filter': {
    title: 'a filter of groups',
    operators: ORDERED,
    not: false,
    brackets: false,
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
    brackets: false,
    exactCase: true,
    attributes: {
      id: ANY,
      name: ANY,
      status: { values: ['ACTIVE', 'INACTIVE', 'DELETED'] },
      'credentials.signing.kid': ANY,
      'settings.slo.enabled': { is: 'boolean' },
      'user.id': ANY,
      'group.id': ANY,
    },
    roots: [],
    refused: { label: 'q finds applications by the start of their label' },
    example: 'status eq "ACTIVE"',
  },
  'zones.filter': {
    title: 'a filter of network zones',
    operators: ['eq'],
    not: false,
    brackets: false,
    exactCase: true,
    attributes: { id: ANY, usage: { values: ['POLICY', 'BLOCKLIST'] }, system: { is: 'boolean' } },
    roots: [],
    example: 'usage eq "BLOCKLIST"',
  },
  'logs.filter': {
    title: 'a filter of the System Log',
    operators: OPERATORS,
    not: true,
    brackets: false,
    exactCase: true,
    attributes: Object.fromEntries(LOG_FIELDS.split(' ').map((field) => [field, ANY])),
    roots: [
      ...['actor.', 'target.', 'client.', 'device.', 'outcome.', 'debugContext.debugData.', 'securityContext.'],
      ...['authenticationContext.', 'transaction.', 'request.'],
    ],
    refused: { published: 'since and until narrow the time of events' },
    example: 'eventType eq "user.session.start" and outcome.result eq "FAILURE"',
  },
};
