// A System Log event as Okta writes it.

import { letters, makeUuid } from '../random.ts';
import { type EventKind, eventKinds } from './event-kinds.ts';
import type { LogClient, LogRecord, LogTarget } from './log-record.ts';
import type { OktaState } from './state.ts';
import { fullName, readProfile, type UserRecord } from './user-record.ts';

export type LogEvent = Record<string, unknown>;

type Section = (state: OktaState, record: LogRecord) => unknown;

const failed = (record: LogRecord) => record.result === 'FAILURE' || record.result === 'DENY';
const kindOf = (record: LogRecord): EventKind => eventKinds[record.type];

/** Each property by itself: a filter over many events writes only what it looks at. What is undefined is left out. */
const sections: Readonly<Record<string, Section>> = {
  actor: viewActor,
  client: (_state, { client }) => client && viewClient(client),
  authenticationContext: (_state, { session, type }) => ({
    authenticationStep: 0,
    externalSessionId: session === undefined ? 'unknown' : `102${letters(17, session, 281, 0)}`,
    ...(type === 'user.session.start'
      ? { credentialType: 'PASSWORD', authenticationProvider: 'OKTA_AUTHENTICATION_PROVIDER' }
      : {}),
  }),
  displayMessage: (_state, record) => kindOf(record).message,
  eventType: (_state, record) => record.type,
  outcome: (_state, { result, reason }) => ({ result, ...(reason === undefined ? {} : { reason }) }),
  // Milliseconds are kept here, unlike elsewhere in Okta.
  published: (_state, record) => new Date(record.at).toISOString(),
  securityContext: (_state, record) => viewSecurity(record),
  severity: (_state, record) => kindOf(record).severity ?? (failed(record) ? 'WARN' : 'INFO'),
  debugContext: (state, record) => ({
    debugData: { requestId: letters(27, state.seed, 282, record.seq), ...record.debug },
  }),
  legacyEventType: (_state, record) => legacyName(kindOf(record).legacy, failed(record)),
  transaction: (state, { client, session, seq }) => ({
    type: client ? 'WEB' : 'JOB',
    id: letters(27, state.seed, 283, session ?? seq),
    detail: {},
  }),
  uuid: (state, record) => makeUuid(state.seed, 284, record.seq),
  version: () => '0',
  request: (_state, { client }) => ({ ipChain: client ? [viewIp(client)] : [] }),
  target: (state, record) => record.targets.map((target) => viewTarget(state, target)),
};

export function viewEvent(state: OktaState, record: LogRecord): LogEvent {
  const event: LogEvent = {};
  for (const name in sections) {
    const value = sections[name]?.(state, record);
    if (value !== undefined) event[name] = value;
  }
  return event;
}

/** One property of an event, down a path such as 'client.geographicalContext.city'; a list gives the values of its elements. */
export function readEvent(state: OktaState, record: LogRecord, path: readonly string[]): unknown {
  const [first = '', ...rest] = path;
  return rest.reduce<unknown>(stepInto, sections[first]?.(state, record));
}

function stepInto(value: unknown, name: string): unknown {
  if (Array.isArray(value))
    return value.map((element) => stepInto(element, name)).filter((found) => found !== undefined);
  return typeof value === 'object' && value !== null ? (value as LogEvent)[name] : undefined;
}

function legacyName(legacy: string | undefined, failed: boolean): string | undefined {
  return failed ? legacy?.replace(/success$/, 'failed') : legacy;
}

function viewActor(state: OktaState, record: LogRecord): LogEvent {
  const app = record.actorApp === undefined ? undefined : findApp(state, record.actorApp);
  if (app) return { id: app.id, type: 'PublicClientApp', alternateId: app.id, displayName: app.label };
  const user = record.actor === undefined ? undefined : findAnyone(state, record.actor);
  if (!user)
    return {
      id: 'sprz0000000000000001',
      type: 'SystemPrincipal',
      alternateId: 'system@okta.com',
      displayName: 'Okta System',
    };
  return {
    id: user.id,
    type: 'User',
    alternateId: readProfile(user, 'login', state.users),
    displayName: fullName(user),
  };
}

function findAnyone(state: OktaState, n: number): UserRecord | undefined {
  return state.users[n] ?? state.departed.get(n);
}

function findApp(state: OktaState, n: number) {
  return state.apps[n]?.n === n ? state.apps[n] : (state.gone.apps.get(n) ?? state.apps.find((app) => app.n === n));
}

function findGroup(state: OktaState, n: number) {
  const group = state.groups[n];
  return group?.n === n ? group : (state.gone.groups.get(n) ?? state.groups.find((other) => other.n === n));
}

function viewTarget(state: OktaState, target: LogTarget): LogEvent {
  if (target.kind === 'other')
    return { id: target.id, type: target.type, alternateId: target.name, displayName: target.name };
  if (target.kind === 'app') {
    const app = findApp(state, target.n);
    return {
      id: app?.id,
      type: 'AppInstance',
      alternateId: app?.label,
      displayName: app?.label,
      detailEntry: { signOnModeType: app?.mode },
    };
  }
  if (target.kind === 'group') {
    const group = findGroup(state, target.n);
    return { id: group?.id, type: 'UserGroup', alternateId: 'unknown', displayName: group?.name };
  }
  const user = findAnyone(state, target.n);
  if (!user) return { id: 'unknown', type: 'User', alternateId: 'unknown', displayName: 'unknown' };
  return {
    id: user.id,
    type: 'User',
    alternateId: readProfile(user, 'login', state.users),
    displayName: fullName(user),
  };
}

function viewPlace({ geo }: LogClient): LogEvent {
  return {
    city: geo.city,
    state: geo.state,
    country: geo.country,
    postalCode: geo.zip,
    geolocation: { lat: geo.lat, lon: geo.lon },
  };
}

function viewIp(client: LogClient): LogEvent {
  return { ip: client.ip, geographicalContext: viewPlace(client), version: 'V4' };
}

function viewClient(client: LogClient): LogEvent {
  const { agent } = client;
  return {
    userAgent: { rawUserAgent: agent.raw, os: agent.os, browser: agent.browser },
    zone: client.zone,
    device: agent.device,
    ipAddress: client.ip,
    geographicalContext: viewPlace(client),
  };
}

function viewSecurity({ client, risk }: LogRecord): LogEvent {
  if (!client) return {};
  return {
    asNumber: client.geo.asn,
    asOrg: client.geo.isp,
    isp: client.geo.isp,
    isProxy: false,
    ...(risk
      ? {
          risk: { level: risk.level, reasons: risk.reasons },
          userBehaviors: risk.behaviors.map((name) => ({ name, result: 'POSITIVE' })),
        }
      : {}),
  };
}
