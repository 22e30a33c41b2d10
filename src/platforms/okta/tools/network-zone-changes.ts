// Making, changing, switching and deleting network zones.

import { z } from 'zod';
import type { Target, Undo } from '../../../core/change.ts';
import { nameTarget, statusChange } from '../../../core/change.ts';
import { CastellanError } from '../../../core/errors.ts';
import {
  type Fields,
  fieldsInput,
  mergeFields,
  narrow,
  pick,
  previewChanges,
  undoMerge,
  without,
} from '../../../core/merging.ts';
import { quoted } from '../../../core/plain.ts';
import { defineChanges } from '../../../core/tool.ts';
import type { OktaClient } from '../client.ts';
import { changesMore, tellWhole } from './asking.ts';
import { checkUpdates, idOfMade, replaceWhole, warnOfDifference } from './merging.ts';
import { zoneId } from './shared.ts';
import { askForZone, findZoneUses, warnOfBlocking } from './zone-uses.ts';

const change = defineChanges<OktaClient>();
const scopes = ['okta.networkZones.manage'];

const text = z.string().nullish();
const zoneEntity = z.looseObject({
  id: z.string(),
  name: text,
  type: text,
  status: text,
  usage: text,
  system: z.boolean().nullish(),
});
type Zone = z.output<typeof zoneEntity>;

const types = ['IP', 'DYNAMIC', 'DYNAMIC_V2'];
const settable = [
  'name',
  'usage',
  'gateways',
  'proxies',
  'locations',
  'asns',
  'proxyType',
  'ipServiceCategories',
  'useAsExemptList',
];
const readOnly = ['id', 'system', 'created', 'lastUpdated', '_links', '_embedded'];

const loadZone = (client: OktaClient, id: string): Promise<Zone> => client.getExact(['zones', id], zoneEntity);

function targetZone({ id, name }: Zone): Target {
  return { type: 'zone', id, ...(name && { name }) };
}

function refuseSystem(target: Target, { system }: Zone, what: string): void {
  if (!system) return;
  throw new CastellanError({
    code: 'invalid_input',
    message: `The ${nameTarget(target)} is Okta’s own and cannot be ${what}.`,
    hint: 'update_okta_network_zone changes its addresses.',
  });
}

function checkZone(given: Fields): void {
  if ('name' in given && (typeof given.name !== 'string' || given.name.trim() === '')) {
    throw new CastellanError({ code: 'invalid_input', message: 'zone_data.name must be a text with something in it.' });
  }
  if (given.usage != null && given.usage !== 'POLICY' && given.usage !== 'BLOCKLIST') {
    throw new CastellanError({
      code: 'invalid_input',
      message: 'zone_data.usage must be POLICY or BLOCKLIST.',
      hint: 'POLICY: rules may name it. BLOCKLIST: whoever comes from it is turned away.',
    });
  }
  for (const name of ['gateways', 'proxies']) {
    if (given[name] == null || isAddressList(given[name])) continue;
    throw new CastellanError({
      code: 'invalid_input',
      message: `zone_data.${name} must be a list of addresses.`,
      hint: 'e.g. [{"type":"CIDR","value":"203.0.113.0/24"},{"type":"RANGE","value":"198.51.100.1-198.51.100.9"}]',
    });
  }
}

/** Okta deletes no active zone; one that is inactive is as good as none. */
function undoCreate(zone_id: string, status: 'ACTIVE' | 'INACTIVE'): Undo {
  if (status === 'INACTIVE') return { tool: 'delete_okta_network_zone', input: { zone_id } };
  const but = 'it stays as an inactive zone until delete_okta_network_zone';
  return { tool: 'deactivate_okta_network_zone', input: { zone_id }, but };
}

const addressList = z.array(z.strictObject({ type: z.enum(['CIDR', 'RANGE']), value: z.string().min(1) }));
const isAddressList = (value: unknown) => addressList.safeParse(value).success;

export const networkZoneChangeTools = [
  change({
    name: 'create_okta_network_zone',
    title: 'Create a network zone',
    description: 'Makes a network zone that policy rules can name, or (usage BLOCKLIST) that is turned away.',
    access: 'write',
    scopes,
    input: () =>
      z.strictObject({
        zone_data: fieldsInput.describe(
          'e.g. {"type":"IP","name":"…","usage":"POLICY","gateways":[{"type":"CIDR","value":"203.0.113.0/24"}]}',
        ),
      }),
    async plan({ zone_data }, { client }) {
      checkUpdates('zone_data', zone_data, ['type', 'status', ...settable]);
      checkZone(zone_data);
      const { type, name, status = 'ACTIVE', usage = 'POLICY' } = zone_data;
      if (typeof name !== 'string' || !types.some((each) => each === type)) {
        throw new CastellanError({
          code: 'invalid_input',
          message: 'zone_data needs a name and a type.',
          hint: `Types are ${types.join(', ')}.`,
        });
      }
      if (status !== 'ACTIVE' && status !== 'INACTIVE') {
        throw new CastellanError({ code: 'invalid_input', message: 'zone_data.status must be ACTIVE or INACTIVE.' });
      }
      const body = mergeFields({ status, usage }, zone_data);
      return {
        summary: `Create the network zone ${quoted(name)} (${type}, ${usage})`,
        targets: [{ type: 'zone', id: '', name }],
        changes: previewChanges(client, {}, body),
        warnings: warnOfBlocking(undefined, body),
        ask: askForZone(undefined, body),
        undo: undoCreate('the id that it gets', status),
        async apply() {
          const made = await client.send('POST', ['zones'], { body });
          const id = idOfMade(made);
          return {
            targets: [{ type: 'zone', id, name }],
            undo: undoCreate(id, status),
            ...warnOfDifference(body, narrow(made, body)),
          };
        },
      };
    },
  }),

  change({
    name: 'update_okta_network_zone',
    title: 'Update a network zone',
    description: 'Changes addresses, places, name or usage of a zone; what is not named stays.',
    access: 'write',
    scopes,
    idempotent: true,
    input: () =>
      z.strictObject({
        zone_id: zoneId,
        zone_data: fieldsInput.describe('What changes; null removes, lists are replaced'),
      }),
    async plan({ zone_id, zone_data }, { client }) {
      const { type, ...updates } = zone_data;
      checkUpdates('zone_data', updates, settable);
      checkZone(updates);
      const current = await loadZone(client, zone_id);
      const target = targetZone(current);
      if (type !== undefined && type !== current.type) {
        throw new CastellanError({
          code: 'invalid_input',
          message: `The type of the ${nameTarget(target)} is ${current.type} and cannot be changed.`,
          hint: 'Create another zone with create_okta_network_zone.',
        });
      }
      const body = mergeFields(without(current, readOnly), updates);
      const [before, after] = [pick(current, settable), pick(body, settable)];
      const changes = previewChanges(client, before, after);
      const uses = await findZoneUses(client, current.id);
      // Another name decides about nobody.
      const renamed = !changesMore(before, after, ['name']);
      const undo = { tool: 'update_okta_network_zone', input: { zone_id: current.id }, parameter: 'zone_data' };
      return {
        summary: `Update the ${nameTarget(target)}`,
        targets: [target],
        changes,
        touches: uses.touches,
        warnings: [...(renamed ? [] : warnOfBlocking(current, body)), ...uses.warnings],
        ask: renamed ? undefined : askForZone(current, body),
        undo: undoMerge(client, undo, before, after),
        already: changes.length === 0 ? 'The zone is like that already.' : undefined,
        apply: () => replaceWhole(client, { path: ['zones', current.id], planned: current, body, names: settable }),
      };
    },
  }),

  change({
    name: 'activate_okta_network_zone',
    title: 'Activate a network zone',
    description: 'Puts an inactive zone into force: rules that name it apply, and a blocking one blocks.',
    access: 'write',
    scopes,
    idempotent: true,
    input: () => z.strictObject({ zone_id: zoneId }),
    async plan({ zone_id }, { client }) {
      const zone = await loadZone(client, zone_id);
      const target = targetZone(zone);
      const active = zone.status === 'ACTIVE';
      const uses = await findZoneUses(client, zone.id);
      return {
        summary: `Activate the ${nameTarget(target)}`,
        targets: [target],
        changes: active ? [] : statusChange(zone.status ?? '', 'ACTIVE'),
        touches: uses.touches,
        warnings: [
          ...warnOfBlocking(zone, { ...zone, status: 'ACTIVE' }),
          ...uses.warnings,
          ...(active ? [] : tellWhole(client, zone, ['type', ...settable])),
        ],
        ask: askForZone(zone, { ...zone, status: 'ACTIVE' }),
        undo: { tool: 'deactivate_okta_network_zone', input: { zone_id: zone.id } },
        already: active ? 'The zone is active already.' : undefined,
        apply: async () => void (await client.send('POST', ['zones', zone.id, 'lifecycle', 'activate'])),
      };
    },
  }),

  change({
    name: 'deactivate_okta_network_zone',
    title: 'Deactivate a network zone',
    description: 'Takes a zone out of force: no rule applies by it, and nothing is blocked by it.',
    access: 'destroy',
    scopes,
    idempotent: true,
    input: () => z.strictObject({ zone_id: zoneId }),
    async plan({ zone_id }, { client }) {
      const zone = await loadZone(client, zone_id);
      const target = targetZone(zone);
      refuseSystem(target, zone, 'deactivated');
      const inactive = zone.status === 'INACTIVE';
      const uses = await findZoneUses(client, zone.id);
      return {
        summary: `Deactivate the ${nameTarget(target)}`,
        targets: [target],
        changes: inactive ? [] : statusChange(zone.status ?? '', 'INACTIVE'),
        touches: uses.touches,
        warnings: [...warnOfBlocking(zone, { ...zone, status: 'INACTIVE' }), ...uses.warnings],
        undo: { tool: 'activate_okta_network_zone', input: { zone_id: zone.id } },
        already: inactive ? 'The zone is inactive already.' : undefined,
        apply: async () => void (await client.send('POST', ['zones', zone.id, 'lifecycle', 'deactivate'])),
      };
    },
  }),

  change({
    name: 'delete_okta_network_zone',
    title: 'Delete a network zone',
    description: 'Deletes an inactive zone that no rule needs.',
    access: 'destroy',
    scopes,
    input: () => z.strictObject({ zone_id: zoneId }),
    async plan({ zone_id }, { client }) {
      const zone = await loadZone(client, zone_id);
      const target = targetZone(zone);
      refuseSystem(target, zone, 'deleted');
      if (zone.status === 'ACTIVE') {
        throw new CastellanError({
          code: 'invalid_input',
          message: `The ${nameTarget(target)} is active; Okta deletes only inactive zones.`,
          hint: 'Call deactivate_okta_network_zone first.',
        });
      }
      const uses = await findZoneUses(client, zone.id);
      const made = pick(zone, ['type', 'status', ...settable]);
      const again = undoMerge(
        client,
        { tool: 'create_okta_network_zone', input: {}, parameter: 'zone_data' },
        made,
        {},
      );
      const but = 'it gets another id, and rules that named it must name it again';
      return {
        summary: `Delete the ${nameTarget(target)}`,
        targets: [target],
        changes: previewChanges(client, made, {}),
        touches: uses.touches,
        warnings: uses.warnings,
        undo: 'none' in again ? again : { ...again, but },
        apply: async () => void (await client.send('DELETE', ['zones', zone.id])),
      };
    },
  }),
];
