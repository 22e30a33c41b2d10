// Reading the audit log of a tenancy: https://docs.oracle.com/en-us/iaas/api/#/en/audit/20190901/AuditEvent/

import { z } from 'zod';
import { fullObject, listInput, listOutput } from '../../../core/listing.ts';
import { withoutSecrets } from '../../../core/redact.ts';
import { formatTime, parseTime } from '../../../core/time.ts';
import { defineTools, tableOf } from '../../../core/tool.ts';
import type { OciClient } from '../client.ts';
import { compartmentId, listAliases, present, wrong } from './shared.ts';

const tool = defineTools<OciClient>();
const text = z.string().nullish();

const eventEntity = z.looseObject({
  eventId: z.string(),
  eventTime: z.string(),
  eventType: z.string(),
  source: text,
  data: z
    .looseObject({
      eventName: text,
      compartmentName: text,
      resourceName: text,
      resourceId: text,
      identity: z
        .looseObject({ principalName: text, principalId: text, authType: text, ipAddress: text, userAgent: text })
        .nullish(),
      request: z.looseObject({ action: text, path: text }).nullish(),
      response: z.looseObject({ status: text, message: text }).nullish(),
    })
    .nullish(),
});
type Event = z.output<typeof eventEntity>;

const eventView = z.object({
  id: z.string(),
  time: z.string().describe('UTC'),
  event: z.string(),
  type: z.string(),
  actor: z.string().optional(),
  actor_id: z.string().optional().describe('OCID'),
  resource: z.string().optional(),
  resource_id: z.string().optional(),
  compartment: z.string().optional(),
  status: z.string().optional().describe('HTTP status'),
  message: z.string().optional(),
  ip: z.string().optional(),
  agent: z.string().optional(),
  full: fullObject,
});
type EventView = z.output<typeof eventView>;

const minuteMs = 60_000;
const dayMs = 86_400_000;
/** How long OCI keeps the log (docs.oracle.com, "Audit"). */
const keptMs = 365 * dayMs;
/** What was sent and given back with the request, and what proved the right to it. */
const unshown = new Set(['headers', 'payload', 'credentials', 'parameters']);

export const auditEventTools = [
  tool({
    name: 'list_oci_audit_events',
    title: 'Search the OCI audit log',
    description:
      'What was done through OCI’s APIs in one compartment, in a time window: by whom, to what, with what result. The tenancy’s root by default, where changes to users and policies are.',
    access: 'read',
    scopes: ['oci:read'],
    parameterAliases: { ...listAliases, start_time: 'since', end_time: 'until', startTime: 'since', endTime: 'until' },
    input: () =>
      z.strictObject({
        compartment_id: compartmentId.optional().describe('Compartment OCID; default: the tenancy’s root'),
        since: z.string().max(200).optional().describe('"2 hours ago" or ISO 8601; default a day before until'),
        until: z.string().max(200).optional().describe('Default now'),
        actor: z.string().min(1).max(320).optional().describe('OCID or name of whoever did it'),
        resource: z.string().min(1).max(320).optional().describe('OCID or name of what it was done to'),
        event: z.string().min(1).max(100).optional().describe('Part of the event’s name, such as DeleteUser'),
        time_zone: z.string().max(64).default('UTC').describe('IANA zone for times in words'),
        ...listInput,
      }),
    output: () => listOutput('events', eventView),
    table: tableOf<EventView>('events', {
      time: (event) => event.time,
      event: (event) => event.event,
      actor: (event) => event.actor,
      resource: (event) => event.resource,
      result: (event) => [event.status, event.message].filter(Boolean).join(' '),
      from: (event) => [event.ip, event.agent].filter(Boolean).join(', '),
    }),
    async run(input, { client, progress, now }) {
      const clock = { now: now(), timeZone: input.time_zone };
      const until = input.until === undefined ? clock.now : (await parseTime(input.until, clock)).at;
      const since = input.since === undefined ? until - dayMs : (await parseTime(input.since, clock)).at;
      if (since >= until)
        throw wrong(
          `The window is empty: since is ${formatTime(since)}, until is ${formatTime(until)}.`,
          'Let since be the earlier of the two.',
        );
      if (until < clock.now - keptMs)
        throw wrong('OCI keeps its audit log for 365 days, and the window ends before.', 'Ask for a later window.');
      const { compartment_id, actor, resource, event, max_results, cursor, view } = input;
      if (actor !== undefined && !actor.startsWith('ocid1.') && client.hides('principalName'))
        throw wrong('actor is a name, which the operator hides from assistants.', 'Give the OCID of the user.');
      const asked = [input.since, input.until, input.time_zone, actor, resource, event];
      const { items, ...tail } = await client.service('audit').list({
        path: ['auditEvents'],
        query: { compartmentId: compartment_id ?? (await client.identity()).tenancy },
        // A window that ends now is another one at each call; OCI reads its log by whole minutes.
        firstPage: {
          startTime: formatTime(Math.floor(since / minuteMs) * minuteMs),
          endTime: formatTime(Math.ceil(until / minuteMs) * minuteMs),
        },
        asked,
        entity: eventEntity,
        keep: (each) => matches(each, { actor, resource, event }),
        max: max_results,
        cursor,
        progress,
      });
      return { events: items.map((each) => viewEvent(each, view)), ...tail };
    },
  }),
];

function matches(
  { data, eventType }: Event,
  { actor, resource, event }: { actor: string | undefined; resource: string | undefined; event: string | undefined },
): boolean {
  const is = (wanted: string | undefined, ...values: readonly (string | null | undefined)[]) =>
    wanted === undefined || values.some((value) => value?.toLowerCase() === wanted.toLowerCase());
  const names = [data?.eventName, eventType].map((name) => name?.toLowerCase() ?? '');
  return (
    is(actor, data?.identity?.principalId, data?.identity?.principalName) &&
    is(resource, data?.resourceId, data?.resourceName) &&
    (event === undefined || names.some((name) => name.includes(event.toLowerCase())))
  );
}

function viewEvent(event: Event, view: 'summary' | 'full'): EventView {
  const { data } = event;
  return {
    id: event.eventId,
    time: event.eventTime,
    event: data?.eventName ?? event.eventType,
    type: event.eventType,
    ...present({
      actor: data?.identity?.principalName,
      actor_id: data?.identity?.principalId,
      resource: data?.resourceName,
      resource_id: data?.resourceId,
      compartment: data?.compartmentName,
      status: data?.response?.status,
      message: data?.response?.message,
      ip: data?.identity?.ipAddress,
      agent: data?.identity?.userAgent,
    }),
    ...(view === 'full' && { full: withoutSecrets(event, unshown) as Record<string, unknown> }),
  };
}
