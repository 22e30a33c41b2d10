// Reading the organizations of a Scalekit environment: https://docs.scalekit.com/apis/#tag/organizations

import { z } from 'zod';
import type { Target } from '../../../core/change.ts';
import { fullObject, listInput, listOutput, viewInput } from '../../../core/listing.ts';
import { withoutSecrets } from '../../../core/redact.ts';
import { defineTools, tableOf } from '../../../core/tool.ts';
import type { EnvironmentClient, ScalekitClient } from '../client.ts';
import { targetOf } from './changing.ts';
import { environmentId, listAliases, organizationId, present, wrong } from './shared.ts';

const tool = defineTools<ScalekitClient>();
const text = z.string().nullish();

const feature = z.looseObject({ name: z.string(), enabled: z.boolean().nullish() });
export const organizationEntity = z.looseObject({
  id: z.string().min(1),
  display_name: text,
  external_id: text,
  region_code: text,
  create_time: text,
  update_time: text,
  slug: text,
  metadata: z.record(z.string(), z.string()).nullish(),
  settings: z.looseObject({ features: z.array(feature).nullish() }).nullish(),
});
export type Organization = z.output<typeof organizationEntity>;

const organizationView = z.object({
  id: z.string(),
  name: z.string().optional(),
  external_id: z.string().optional(),
  created: z.string().optional(),
  full: fullObject,
});

function viewOrganization(organization: Organization, view: 'summary' | 'full') {
  const { id, display_name, external_id, create_time } = organization;
  return {
    id,
    ...present({ name: display_name, external_id, created: create_time }),
    ...(view === 'full' && { full: withoutSecrets(organization) as Record<string, unknown> }),
  };
}

export const loadOrganization = (client: EnvironmentClient, id: string): Promise<Organization> =>
  client.get({ path: ['organizations', id], key: 'organization', entity: organizationEntity });

export function targetOrganization({ id, display_name }: Organization): Target {
  return targetOf('organization', id, display_name);
}

export function featuresOf({ settings }: Organization): Readonly<Record<string, boolean>> {
  return Object.fromEntries((settings?.features ?? []).map(({ name, enabled }) => [name, enabled ?? false]));
}

export const organizationTools = [
  tool({
    name: 'list_organizations',
    title: 'List Scalekit organizations',
    description:
      'The organizations (customers) of an environment; query finds by name or id. Next: list_organization_users, list_organization_connections.',
    access: 'read',
    scopes: ['org:read'],
    parameterAliases: listAliases,
    input: () =>
      z.strictObject({
        environmentId,
        query: z.string().min(3).max(100).optional().describe('In the name, id or external id'),
        externalId: z.string().min(1).max(256).optional().describe('Exactly this one'),
        ...listInput,
      }),
    output: () => listOutput('organizations', organizationView),
    table: tableOf<z.output<typeof organizationView>>('organizations', {
      id: (organization) => organization.id,
      name: (organization) => organization.name,
      external_id: (organization) => organization.external_id,
    }),
    async run({ environmentId, query, externalId, max_results, cursor, view }, { client, progress }) {
      if (query !== undefined && externalId !== undefined) {
        throw wrong('query and externalId cannot be combined.', 'Leave one of them out.');
      }
      const { items, ...tail } = await client.at(environmentId).list({
        ...(query === undefined
          ? { path: ['organizations'], query: { external_id: externalId }, pageSize: 100 }
          : { path: ['organizations'], verb: 'search', query: { query }, pageSize: 30 }),
        key: 'organizations',
        entity: organizationEntity,
        max: max_results,
        cursor,
        progress,
      });
      return { organizations: items.map((organization) => viewOrganization(organization, view)), ...tail };
    },
  }),

  tool({
    name: 'get_organization_details',
    title: 'Get a Scalekit organization',
    description: 'One organization with its metadata and the features that are on (sso, dir_sync).',
    access: 'read',
    scopes: ['org:read'],
    input: () => z.strictObject({ environmentId, organizationId, ...viewInput }),
    output: () =>
      organizationView.extend({
        updated: z.string().optional(),
        region: z.string().optional(),
        metadata: z.record(z.string(), z.string()).optional(),
        features: z.record(z.string(), z.boolean()).describe('on or off'),
      }),
    async run({ environmentId, organizationId, view }, { client }) {
      const organization = await loadOrganization(client.at(environmentId), organizationId);
      const { update_time, region_code, metadata } = organization;
      return {
        ...viewOrganization(organization, view),
        ...present({ updated: update_time, region: region_code, metadata }),
        features: featuresOf(organization),
      };
    },
  }),
];
