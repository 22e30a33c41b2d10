// What Audit tells: the shape of an event, and how one is written down.

import { createHash } from 'node:crypto';
import type { Member } from '../../company/roster.ts';
import { makeOcid, type OciDomain } from '../domain.ts';
import type { Tenancy } from './tenancy.ts';

export interface AuditEvent {
  /** Not part of the event: where it is kept. */
  region: string;
  eventType: string;
  cloudEventsVersion: '0.1';
  eventTypeVersion: '2.0';
  source: string;
  eventId: string;
  eventTime: string;
  contentType: 'application/json';
  data: AuditData;
}

export interface AuditData {
  eventGroupingId: string;
  eventName: string;
  compartmentId: string;
  compartmentName: string;
  resourceName?: string;
  resourceId?: string;
  availabilityDomain: string;
  freeformTags: Record<string, string>;
  definedTags: Record<string, Record<string, unknown>>;
  identity: Record<string, string>;
  request: Record<string, unknown>;
  response: Record<string, unknown>;
  stateChange?: { previous?: Record<string, unknown>; current?: Record<string, unknown> };
  additionalDetails?: Record<string, unknown>;
}

/** Sources of events, and how their types begin. */
const sources = {
  signOn: { source: 'IdentitySignOn', type: 'identitySignOn' },
  identity: { source: 'IdentityControlPlane', type: 'identityControlPlane' },
  storage: { source: 'ObjectStorage', type: 'objectstorage' },
  audit: { source: 'AuditControlPlane', type: 'auditControlPlane' },
} as const;

/** Whoever did it: a person, or an application of the domain. */
export interface Principal {
  ocid: string;
  name: string;
}

export const principalOf = ({ id, login }: Member): Principal => ({ ocid: makeOcid('user', id), name: login });

/** What happened, in few words. */
export interface Happening {
  by: keyof typeof sources;
  /** As "CreatePolicy". */
  name: string;
  /** Epoch milliseconds. */
  at: number;
  who: Principal;
  address: string;
  userAgent: string;
  /** Keys of the API, or a session of the console. */
  authType: 'natv' | 'interactive';
  credentials?: string;
  action: 'GET' | 'POST' | 'PUT' | 'DELETE';
  path: string;
  status: number;
  message: string;
  /** Default: the home region. */
  region?: string;
  /** Default: the tenancy. */
  compartmentId?: string;
  resource?: { id: string; name: string };
  stateChange?: AuditData['stateChange'];
}

export function writeEvent(
  { id, compartments }: Tenancy,
  domain: OciDomain,
  happening: Happening,
  nth: number,
): AuditEvent {
  const { by, name, at, who, compartmentId = id, region = domain.region, resource } = happening;
  const time = new Date(at).toISOString();
  const { ocid: principalId, name: principalName } = who;
  const digest = createHash('sha256')
    .update(`${name} ${at} ${principalId} ${region} ${nth}`)
    .digest('hex')
    .toUpperCase();
  const requestId = `${digest.slice(0, 32)}/${digest.slice(32)}`;
  const { source, type } = sources[by];
  return {
    region,
    eventType: `com.oraclecloud.${type}.${name}`,
    cloudEventsVersion: '0.1',
    eventTypeVersion: '2.0',
    source,
    eventId:
      `${digest.slice(0, 8)}-${digest.slice(8, 12)}-${digest.slice(12, 16)}-${digest.slice(16, 20)}-${digest.slice(20, 32)}`.toLowerCase(),
    eventTime: time,
    contentType: 'application/json',
    data: {
      eventGroupingId: requestId,
      eventName: name,
      compartmentId,
      compartmentName: compartments.find((each) => each.id === compartmentId)?.name ?? '',
      ...(resource && { resourceName: resource.name, resourceId: resource.id }),
      availabilityDomain: 'AD1',
      freeformTags: {},
      definedTags: {},
      identity: {
        principalName,
        principalId,
        authType: happening.authType,
        tenantId: id,
        ipAddress: happening.address,
        userAgent: happening.userAgent,
        ...(happening.credentials !== undefined && { credentials: happening.credentials }),
      },
      request: { id: requestId, path: happening.path, action: happening.action, parameters: {}, headers: {} },
      response: { status: `${happening.status}`, responseTime: time, message: happening.message, headers: {} },
      ...(happening.stateChange && { stateChange: happening.stateChange }),
    },
  };
}
