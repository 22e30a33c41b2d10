// Network zones, to be read.

import { json, toTime } from './answer.ts';
import type { OktaContext, OktaRoute } from './context.ts';
import { type Attribute, compileFilter } from './dialect.ts';
import type { Operator } from './grammar.ts';
import { linkHeaders, pageOf } from './paging.ts';
import { notFound } from './problems.ts';
import { compileOr } from './user-search.ts';
import type { ZoneRecord } from './zone-seed.ts';

export const zoneRoutes: readonly OktaRoute[] = [
  { method: 'GET', path: '/api/v1/zones', handle: listZones },
  { method: 'GET', path: '/api/v1/zones/{zoneId}', handle: getZone },
];

const equal: ReadonlySet<Operator> = new Set(['eq']);

function attribute(path: string): Attribute<ZoneRecord> | undefined {
  if (path === 'id' || path === 'usage') return { type: 'text', operators: equal, read: (zone) => zone[path] };
  return path === 'system' ? { type: 'boolean', operators: equal, read: (zone) => zone.system } : undefined;
}

function listZones(context: OktaContext) {
  const { state, query, call } = context;
  const filter = query.get('filter');
  const accept =
    filter === null
      ? () => true
      : compileOr('E0000053', () => compileFilter(filter, { attribute, ignoresCase: false, allowsNot: false }));
  const page = pageOf('zones', state.zones.filter(accept), query, { fallback: 200, max: 200 }, (zone) => zone.id);
  return json(
    page.items.map((zone) => viewZone(context, zone)),
    linkHeaders(call.url, page.next),
  );
}

export function requireZone({ state, params }: OktaContext): ZoneRecord {
  const zone = state.zones.find((candidate) => candidate.id === params.zoneId);
  if (!zone) throw notFound(params.zoneId ?? '', 'NetworkZone');
  return zone;
}

function getZone(context: OktaContext) {
  return json(viewZone(context, requireZone(context)));
}

export function viewZone({ base }: OktaContext, zone: ZoneRecord): Record<string, unknown> {
  const self = `${base}/api/v1/zones/${zone.id}`;
  const change = zone.status === 'ACTIVE' ? 'deactivate' : 'activate';
  return {
    type: zone.type,
    id: zone.id,
    name: zone.name,
    status: zone.status,
    usage: zone.usage,
    created: toTime(zone.created),
    lastUpdated: toTime(zone.lastUpdated),
    system: zone.system,
    ...zone.body,
    _links: {
      self: { href: self, hints: { allow: zone.system ? ['GET', 'PUT'] : ['GET', 'PUT', 'DELETE'] } },
      ...(zone.system ? {} : { [change]: { href: `${self}/lifecycle/${change}`, hints: { allow: ['POST'] } } }),
    },
  };
}
