// A System Log event as Okta writes it.

import { letters, makeUuid } from '../random.ts';
import { type EventKind, eventKinds } from './event-kinds.ts';
import type { LogClient, LogRecord, LogTarget } from './log-record.ts';
import type { OktaState } from './state.ts';
import { fullName, readProfile, type UserRecord } from './user-record.ts';

export type LogEvent = Record<string, unknown>;

export function viewEvent(state: OktaState, record: LogRecord): LogEvent {
  const kind: EventKind = eventKinds[record.type];
  const failed = record.result === 'FAILURE' || record.result === 'DENY';
  return {
    actor: viewActor(state, record),
    ...(record.client ? { client: viewClient(record.client) } : {}),
    authenticationContext: {
      authenticationStep: 0,
      externalSessionId: record.session === undefined ? 'unknown' : `102${letters(17, record.session, 281, 0)}`,
      ...(record.type === 'user.session.start'
        ? { credentialType: 'PASSWORD', authenticationProvider: 'OKTA_AUTHENTICATION_PROVIDER' }
        : {}),
    },
    displayMessage: kind.message,
    eventType: record.type,
    outcome: { result: record.result, ...(record.reason === undefined ? {} : { reason: record.reason }) },
    published: publishedAt(record),
    securityContext: viewSecurity(record),
    severity: kind.severity ?? (failed ? 'WARN' : 'INFO'),
    debugContext: { debugData: { requestId: letters(27, state.seed, 282, record.seq), ...record.debug } },
    ...(kind.legacy === undefined ? {} : { legacyEventType: legacyName(kind.legacy, failed) }),
    transaction: {
      type: record.client ? 'WEB' : 'JOB',
      id: letters(27, state.seed, 283, record.session ?? record.seq),
      detail: {},
    },
    uuid: makeUuid(state.seed, 284, record.seq),
    version: '0',
    request: { ipChain: record.client ? [viewIp(record.client)] : [] },
    target: record.targets.map((target) => viewTarget(state, target)),
  };
}

/** Milliseconds are kept here, unlike elsewhere in Okta. */
export function publishedAt(record: LogRecord): string {
  return new Date(record.at).toISOString();
}

function legacyName(legacy: string, failed: boolean): string {
  return failed ? legacy.replace(/success$/, 'failed') : legacy;
}

function viewActor(state: OktaState, record: LogRecord): LogEvent {
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

function viewTarget(state: OktaState, target: LogTarget): LogEvent {
  if (target.kind === 'other')
    return { id: target.id, type: target.type, alternateId: target.name, displayName: target.name };
  if (target.kind === 'app') {
    const app = state.apps[target.n];
    return {
      id: app?.id,
      type: 'AppInstance',
      alternateId: app?.label,
      displayName: app?.label,
      detailEntry: { signOnModeType: app?.mode },
    };
  }
  if (target.kind === 'group') {
    const group = state.groups[target.n];
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
