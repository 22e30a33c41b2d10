// Reading network zones.

import { z } from 'zod';
import { fullObject, listInput, listOutput, viewInput } from '../../../core/listing.ts';
import { defineTools, tableOf } from '../../../core/tool.ts';
import type { OktaClient } from '../client.ts';
import { checkExpression } from '../filter.ts';
import { fullOf, present } from '../views.ts';
import { listParameters, zoneId } from './shared.ts';

const tool = defineTools<OktaClient>();
const text = z.string().nullish();
const addresses = z.array(z.object({ type: text, value: text })).nullish();

/** Zones of type DYNAMIC list what belongs to them; those of type DYNAMIC_V2 also what does not. */
function either<T extends z.ZodType>(item: T) {
  const items = z.array(item).nullish();
  return z.union([z.array(item), z.object({ include: items, exclude: items })]).nullish();
}

const zoneEntity = z.object({
  id: z.string(),
  name: text,
  type: text,
  status: text,
  usage: text,
  system: z.boolean().nullish(),
  gateways: addresses,
  proxies: addresses,
  locations: either(z.object({ country: text, region: text })),
  asns: either(z.union([z.string(), z.number()])),
  ipServiceCategories: either(z.string()),
  proxyType: text,
});
const names = z.array(z.string()).optional();
const zoneView = z.object({
  id: z.string(),
  name: z.string(),
  type: z.string().optional(),
  status: z.string().optional(),
  usage: z.string().optional(),
  system: z.boolean().optional(),
  gateways: names.describe('CIDR or range'),
  proxies: names,
  locations: names.describe('country/region'),
  asns: names,
  services: names.describe('anonymizers'),
  full: fullObject,
});

type ZoneView = z.output<typeof zoneView>;
type Either<T> = T[] | { include?: T[] | null | undefined; exclude?: T[] | null | undefined } | null | undefined;

/** What does not belong is written with `not`. */
function valuesOf<T>(given: Either<T>, name: (item: T) => string | null | undefined): string[] | undefined {
  if (!given) return undefined;
  const { include, exclude } = Array.isArray(given) ? { include: given } : given;
  const named = (items: readonly T[] | null | undefined) => (items ?? []).flatMap((item) => name(item) ?? []);
  return [...named(include), ...named(exclude).map((value) => `not ${value}`)];
}

function viewZone(zone: z.output<typeof zoneEntity>): Omit<ZoneView, 'full'> {
  const values = (list: z.output<typeof addresses>) => list?.flatMap((address) => address.value ?? []);
  // "null" is how Okta writes that no kind of proxy was chosen.
  const proxyType = zone.proxyType && zone.proxyType !== 'null' ? [zone.proxyType] : undefined;
  return {
    id: zone.id,
    name: zone.name ?? '',
    ...present({
      type: zone.type,
      status: zone.status,
      usage: zone.usage,
      system: zone.system || undefined,
      gateways: values(zone.gateways),
      proxies: values(zone.proxies),
      locations: valuesOf(zone.locations, ({ country, region }) => region ?? country),
      asns: valuesOf(zone.asns, String),
      services: valuesOf(zone.ipServiceCategories, (category) => category) ?? proxyType,
    }),
  };
}

export const networkZoneTools = [
  tool({
    name: 'list_okta_network_zones',
    title: 'List network zones',
    description: 'The network zones that policies refer to: addresses, proxies, places, and which zone blocks.',
    access: 'read',
    scopes: ['okta.networkZones.read'],
    parameterAliases: { ...listParameters, filter: 'filter_type' },
    input: () =>
      z.strictObject({
        filter_type: z.string().optional().describe('By id, usage or system, e.g. usage eq "BLOCKLIST"'),
        ...listInput,
      }),
    output: () => listOutput('zones', zoneView),
    table: tableOf<ZoneView>('zones', {
      id: (zone) => zone.id,
      name: (zone) => zone.name,
      type: (zone) => zone.type,
      status: (zone) => zone.status,
      usage: (zone) => zone.usage,
      holds: (zone) =>
        [zone.gateways, zone.proxies, zone.locations, zone.asns, zone.services]
          .flatMap((list) => list ?? [])
          .join(', '),
    }),
    async run({ filter_type, max_results, cursor, view }, { client, progress }) {
      if (filter_type !== undefined) checkExpression('zones.filter', 'filter_type', filter_type);
      const { items, ...tail } = await client.list({
        path: ['zones'],
        query: { filter: filter_type },
        entity: zoneEntity,
        max: max_results,
        cursor,
        pageSize: 200,
        progress,
      });
      return { zones: items.map((zone) => ({ ...viewZone(zone), ...fullOf(zone, view) })), ...tail };
    },
  }),

  tool({
    name: 'get_okta_network_zone',
    title: 'Get a network zone',
    description: 'One network zone with what belongs to it. view full shows it as update_okta_network_zone takes it.',
    access: 'read',
    scopes: ['okta.networkZones.read'],
    input: () => z.strictObject({ zone_id: zoneId, ...viewInput }),
    output: () => zoneView.extend({ created: z.string().optional(), last_updated: z.string().optional() }),
    async run({ zone_id, view }, { client }) {
      const zone = await client.get(['zones', zone_id], zoneEntity.extend({ created: text, lastUpdated: text }));
      const { created, lastUpdated } = zone;
      return { ...viewZone(zone), ...present({ created, last_updated: lastUpdated }), ...fullOf(zone, view) };
    },
  }),
];
