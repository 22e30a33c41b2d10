// Audit, version 20190901: what happened in a compartment of a region. docs.oracle.com/iaas/api/#/en/audit/20190901.

import type { AuditEvent } from './audit-events.ts';
import { need, readBody, type ServiceAnswer, type ServiceContext, type ServiceRoute } from './context.ts';
import { readPage, writePage } from './paging.ts';
import { notFound, ServiceProblem } from './problem.ts';

const perPage = 100;
const window = 86_400_000;
const day = 86_400_000;

/** RFC 3339, to the minute: "Seconds (and milliseconds, if included) must be set to 0". */
function readTime(context: ServiceContext, name: string): number {
  const text = need(context, name);
  const at = Date.parse(text);
  const isWhole = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:00(\.0+)?)?(Z|[+-]\d{2}:?\d{2})$/.test(text) && at % 60_000 === 0;
  if (isWhole) return at;
  const why = `${name} '${text}' is not valid: it must be of RFC 3339, with seconds and milliseconds of 0.`;
  throw new ServiceProblem('InvalidParameter', why);
}

function checkCompartment(context: ServiceContext): string {
  const compartmentId = need(context, 'compartmentId');
  const isThere = context.tenancy.compartments.some(({ id }) => id === compartmentId);
  if (!isThere || !(context.isAdministrator || context.auditsTenancy)) throw notFound();
  return compartmentId;
}

/** Oldest first. A page ends after so many events or so long a time, whichever is sooner: it may be empty and not the last. */
function listEvents(context: ServiceContext): ServiceAnswer {
  const compartmentId = checkCompartment(context);
  const [start, end] = [readTime(context, 'startTime'), readTime(context, 'endTime')];
  if (start >= end) throw new ServiceProblem('InvalidParameter', 'startTime must be before endTime.');
  const oldest = context.now - context.tenancy.retentionPeriodDays * day;
  const all = context.events.filter(
    (event) =>
      event.data.compartmentId === compartmentId &&
      event.region === context.region &&
      Date.parse(event.eventTime) >= Math.max(start, oldest) &&
      Date.parse(event.eventTime) < end,
  );
  const from = readPage(context);
  const { page, next } = takePage(all, start, end, from);
  return {
    headers: next === undefined ? {} : { 'opc-next-page': writePage(context, next) },
    body: page.map(({ region: _, ...event }) => event),
  };
}

/** Where a page begins is a number of minutes after the start, and behind the point how many of that window were given. */
function takePage(
  all: readonly AuditEvent[],
  start: number,
  end: number,
  from: number,
): { page: readonly AuditEvent[]; next: number | undefined } {
  const windows = Math.ceil((end - start) / window);
  const [nth, given] = [Math.floor(from / 1_000_000), from % 1_000_000];
  const first = start + nth * window;
  const inWindow = all.filter(({ eventTime }) => {
    const time = Date.parse(eventTime);
    return time >= first && time < first + window;
  });
  const page = inWindow.slice(given, given + perPage);
  if (given + perPage < inWindow.length) return { page, next: nth * 1_000_000 + given + perPage };
  return { page, next: nth + 1 < windows ? (nth + 1) * 1_000_000 : undefined };
}

function getConfiguration(context: ServiceContext): ServiceAnswer {
  if (checkCompartment(context) !== context.tenancy.id) throw notFound();
  return { body: { retentionPeriodDays: context.tenancy.retentionPeriodDays } };
}

function updateConfiguration(context: ServiceContext): ServiceAnswer {
  if (checkCompartment(context) !== context.tenancy.id || !context.isAdministrator) throw notFound();
  const { retentionPeriodDays: days } = readBody(context);
  if (typeof days !== 'number' || !Number.isInteger(days) || days < 90 || days > 365)
    throw new ServiceProblem('InvalidParameter', 'retentionPeriodDays must be 90 to 365.');
  context.tenancy.retentionPeriodDays = days;
  return { status: 202 };
}

export const auditRoutes: readonly ServiceRoute[] = [
  { method: 'GET', path: /^\/20190901\/auditEvents$/, handle: listEvents },
  { method: 'GET', path: /^\/20190901\/configuration$/, handle: getConfiguration },
  {
    method: 'PUT',
    path: /^\/20190901\/configuration$/,
    handle: updateConfiguration,
    event: { by: 'audit', name: 'UpdateConfiguration' },
  },
];
