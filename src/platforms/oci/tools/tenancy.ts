// The tenancy and what it is divided into: https://docs.oracle.com/en-us/iaas/api/#/en/identity/20160918/

import { z } from 'zod';
import { fullObject, listInput, listOutput, viewInput } from '../../../core/listing.ts';
import { withoutSecrets } from '../../../core/redact.ts';
import { defineTools, tableOf } from '../../../core/tool.ts';
import type { OciClient } from '../client.ts';
import { checkRegion } from './regions.ts';
import { compartmentId, listAliases, ocid, present } from './shared.ts';

const tool = defineTools<OciClient>();
const text = z.string().nullish();

const tenancyEntity = z.looseObject({ id: z.string(), name: text, description: text, homeRegionKey: text });
const compartmentEntity = z.looseObject({
  id: z.string(),
  compartmentId: text,
  name: z.string(),
  description: text,
  lifecycleState: text,
  isAccessible: z.boolean().nullish(),
  timeCreated: text,
});
const availabilityDomainEntity = z.looseObject({ name: z.string(), id: text });
const regionEntity = z.looseObject({
  regionKey: z.string(),
  regionName: z.string(),
  status: text,
  isHomeRegion: z.boolean().nullish(),
});
const policyEntity = z.looseObject({
  id: z.string(),
  name: z.string(),
  compartmentId: text,
  description: text,
  statements: z.array(z.string()),
  lifecycleState: text,
  timeCreated: text,
});

const compartmentView = z.object({
  id: z.string(),
  name: z.string(),
  parent: z.string().optional().describe('OCID'),
  description: z.string().optional(),
  state: z.string().optional(),
  accessible: z.boolean().optional().describe('to whom requests are made as'),
  created: z.string().optional(),
  full: fullObject,
});
const policyView = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string().optional(),
  statements: z.array(z.string()),
  compartment: z.string().optional().describe('OCID'),
  state: z.string().optional(),
  created: z.string().optional(),
  full: fullObject,
});
const regionView = z.object({ name: z.string(), key: z.string(), home: z.boolean(), status: z.string().optional() });

const region = z
  .string()
  .regex(/^[a-z][a-z0-9-]{1,62}$/, { error: 'is no region such as eu-frankfurt-1' })
  .optional()
  .describe('Default: home region');
const tenancyId = ocid('tenancy', 'Tenancy OCID').optional();
/** Asked in the compartment that is meant, or the whole tenancy's root. */
const inCompartment = {
  compartment_id: compartmentId.optional().describe('Compartment OCID; default: the tenancy’s root'),
};
/** What IAM lists take as `limit`. */
const pageSize = 1_000;

function fullOf(entity: object, view: 'summary' | 'full') {
  return view === 'full' ? { full: withoutSecrets(entity) as Record<string, unknown> } : {};
}

function viewCompartment(entity: z.output<typeof compartmentEntity>, view: 'summary' | 'full') {
  const { id, name, compartmentId: parent, description, lifecycleState, isAccessible, timeCreated } = entity;
  return {
    id,
    name,
    ...present({ parent, description, state: lifecycleState, accessible: isAccessible, created: timeCreated }),
    ...fullOf(entity, view),
  };
}

/** Names of Oracle's server: `limit` too, where none of its own is given. */
const same = (input: Record<string, unknown>) => input;

async function rootOr(client: OciClient, id: string | undefined): Promise<string> {
  return id ?? (await client.identity()).tenancy;
}

export const tenancyTools = [
  tool({
    name: 'get_oci_tenancy',
    title: 'Get the OCI tenancy',
    description: 'The tenancy that requests are made in, or another one by its OCID: its name and home region.',
    access: 'read',
    scopes: ['oci:read'],
    aliases: { get_tenancy: same, get_current_tenancy: same },
    input: () => z.strictObject({ tenancy_id: tenancyId, ...viewInput }),
    output: () =>
      z.object({
        id: z.string(),
        name: z.string().optional(),
        description: z.string().optional(),
        home_region_key: z.string().optional().describe('such as FRA'),
        full: fullObject,
      }),
    async run({ tenancy_id, view }, { client }) {
      const path = ['tenancies', await rootOr(client, tenancy_id)];
      const tenancy = await client.service('identity').get({ path, entity: tenancyEntity });
      const { id, name, description, homeRegionKey } = tenancy;
      return { id, ...present({ name, description, home_region_key: homeRegionKey }), ...fullOf(tenancy, view) };
    },
  }),

  tool({
    name: 'list_oci_compartments',
    title: 'List OCI compartments',
    description:
      'Compartments directly below one, or with in_subtree (from the tenancy’s root) all of them; by name where that is given. Their OCIDs go into other tools.',
    access: 'read',
    scopes: ['oci:read'],
    aliases: {
      list_compartments: same,
      get_compartment_by_name: ({ parent_compartment_id, ...input }) => ({
        ...input,
        ...(parent_compartment_id !== undefined && { compartment_id: parent_compartment_id }),
      }),
    },
    parameterAliases: { ...listAliases, compartment_id_in_subtree: 'in_subtree' },
    input: () =>
      z.strictObject({
        ...inCompartment,
        name: z.string().min(1).max(100).optional().describe('Exactly this name'),
        in_subtree: z.boolean().default(false).describe('All below; the tenancy’s root only'),
        access_level: z
          .enum(['ANY', 'ACCESSIBLE'])
          .default('ANY')
          .describe('ACCESSIBLE: only where something is allowed'),
        include_root: z.boolean().default(false).describe('Also the compartment itself'),
        ...listInput,
      }),
    output: () => listOutput('compartments', compartmentView),
    table: tableOf<z.output<typeof compartmentView>>('compartments', {
      name: (compartment) => compartment.name,
      id: (compartment) => compartment.id,
      parent: (compartment) => compartment.parent,
      state: (compartment) => compartment.state,
    }),
    async run(input, { client, progress }) {
      const { name, in_subtree, access_level, include_root, max_results, cursor, view } = input;
      const compartment = await rootOr(client, input.compartment_id);
      const identity = client.service('identity');
      const { items, ...tail } = await identity.list({
        path: ['compartments'],
        query: {
          compartmentId: compartment,
          name,
          accessLevel: access_level,
          ...(in_subtree && { compartmentIdInSubtree: true }),
        },
        entity: compartmentEntity,
        max: max_results,
        cursor,
        pageSize,
        progress,
      });
      // IAM lists what is below; other servers show the root among them.
      const root =
        include_root && !cursor
          ? [await identity.get({ path: ['compartments', compartment], entity: compartmentEntity })]
          : [];
      const shown = [...root.filter((each) => name === undefined || each.name === name), ...items];
      return { compartments: shown.map((each) => viewCompartment(each, view)), ...tail };
    },
  }),

  tool({
    name: 'list_oci_availability_domains',
    title: 'List OCI availability domains',
    description: 'The availability domains of a region.',
    access: 'read',
    scopes: ['oci:read'],
    aliases: { list_availability_domains: same },
    input: () => z.strictObject({ ...inCompartment, region }),
    output: () => listOutput('availability_domains', z.object({ name: z.string(), id: z.string().optional() })),
    async run({ compartment_id, region: where }, { client }) {
      await checkRegion(client, where);
      const { items, ...tail } = await client.service('identity', where).list({
        path: ['availabilityDomains'],
        query: { compartmentId: await rootOr(client, compartment_id) },
        entity: availabilityDomainEntity,
        max: 100,
      });
      return { availability_domains: items.map(({ name, id }) => ({ name, ...present({ id }) })), ...tail };
    },
  }),

  tool({
    name: 'list_oci_regions',
    title: 'List the regions of an OCI tenancy',
    description: 'Regions that the tenancy is subscribed to, and which of them is its home.',
    access: 'read',
    scopes: ['oci:read'],
    aliases: { list_subscribed_regions: same },
    input: () => z.strictObject({ tenancy_id: tenancyId }),
    output: () => listOutput('regions', regionView),
    table: tableOf<z.output<typeof regionView>>('regions', {
      name: (each) => each.name,
      key: (each) => each.key,
      home: (each) => each.home,
      status: (each) => each.status,
    }),
    async run({ tenancy_id }, { client }) {
      const { items, ...tail } = await client.service('identity').list({
        path: ['tenancies', await rootOr(client, tenancy_id), 'regionSubscriptions'],
        entity: regionEntity,
        max: 200,
      });
      const regions = items.map(({ regionName, regionKey, isHomeRegion, status }) => ({
        name: regionName,
        key: regionKey,
        home: isHomeRegion === true,
        ...present({ status }),
      }));
      return { regions, ...tail };
    },
  }),

  tool({
    name: 'list_oci_policies',
    title: 'List OCI policies',
    description:
      'Policies of a compartment with their statements: who may do what. Those of compartments above it count there as well; sign-on policies are list_oci_sign_on_policies.',
    access: 'read',
    scopes: ['oci:read'],
    parameterAliases: listAliases,
    input: () =>
      z.strictObject({
        ...inCompartment,
        name: z.string().min(1).max(100).optional().describe('Exactly this name'),
        ...listInput,
      }),
    output: () => listOutput('policies', policyView),
    async run({ compartment_id, name, max_results, cursor, view }, { client, progress }) {
      const { items, ...tail } = await client.service('identity').list({
        path: ['policies'],
        query: { compartmentId: await rootOr(client, compartment_id), name },
        entity: policyEntity,
        max: max_results,
        cursor,
        pageSize,
        progress,
      });
      const policies = items.map((policy) => {
        const { id, statements, compartmentId: compartment, description, lifecycleState, timeCreated } = policy;
        return {
          id,
          name: policy.name,
          statements,
          ...present({ compartment, description, state: lifecycleState, created: timeCreated }),
          ...fullOf(policy, view),
        };
      });
      return { policies, ...tail };
    },
  }),

  tool({
    name: 'get_oci_object_storage_namespace',
    title: 'Get the Object Storage namespace',
    description: 'The namespace in which all buckets of the tenancy are.',
    access: 'read',
    scopes: ['oci:read'],
    aliases: { get_os_namespace: same },
    input: () => z.strictObject({ region }),
    output: () => z.object({ namespace: z.string() }),
    async run({ region: where }, { client }) {
      await checkRegion(client, where);
      return { namespace: await client.service('objectstorage', where).get({ path: ['n'], entity: z.string() }) };
    },
  }),
];
