// Devices that are registered with Okta: https://developer.okta.com/docs/api/openapi/okta-management/management/tag/Device/

import { z } from 'zod';
import { fullObject, listInput, listOutput } from '../../../core/listing.ts';
import { defineTools, tableOf } from '../../../core/tool.ts';
import type { OktaClient } from '../client.ts';
import { checkExpression } from '../filter.ts';
import { fullOf, nameUser, present, type View } from '../views.ts';
import { listParameters, refuseHidden, userId } from './shared.ts';

const tool = defineTools<OktaClient>();
const text = z.string().nullish();
const flag = z.boolean().nullish();

const deviceEntity = z.object({
  id: z.string(),
  status: text,
  lastUpdated: text,
  profile: z.object({
    displayName: text,
    platform: text,
    osVersion: text,
    manufacturer: text,
    model: text,
    serialNumber: text,
    managed: flag,
    registered: flag,
    diskEncryptionType: text,
    integrityJailbreak: flag,
  }),
});
type Device = z.output<typeof deviceEntity>;

/** An owner as Okta puts it beside a device in a list. */
const ownerEntity = z.object({ user: z.object({ id: z.string(), profile: z.object({ login: text }).nullish() }) });
const ownedEntity = deviceEntity.extend({ _embedded: z.object({ users: z.array(ownerEntity).nullish() }).nullish() });

const deviceView = z.object({
  id: z.string(),
  name: z.string(),
  status: z.string().optional(),
  platform: z.string().optional(),
  os_version: z.string().optional(),
  model: z.string().optional(),
  serial_number: z.string().optional(),
  managed: z.boolean().optional(),
  disk_encryption: z.string().optional(),
  jailbroken: z.boolean().optional(),
  last_updated: z.string().optional(),
  full: fullObject,
});
const ownedView = deviceView.extend({ users: z.array(z.string()).optional().describe('login or id') });

type DeviceView = z.output<typeof ownedView>;

const columns: Readonly<Record<string, (device: DeviceView) => string | boolean | undefined>> = {
  id: (device) => device.id,
  name: (device) => device.name,
  status: (device) => device.status,
  platform: (device) => [device.platform, device.os_version].filter(Boolean).join(' '),
  model: (device) => device.model,
  serial_number: (device) => device.serial_number,
  managed: (device) => device.managed,
  users: (device) => device.users?.join(', '),
};

function viewDevice(device: Device, view: View) {
  const { profile } = device;
  return {
    id: device.id,
    name: profile.displayName ?? '',
    ...present({
      status: device.status,
      platform: profile.platform,
      os_version: profile.osVersion,
      model: [profile.manufacturer, profile.model].filter(Boolean).join(' '),
      serial_number: profile.serialNumber,
      managed: profile.managed,
      disk_encryption: profile.diskEncryptionType,
      jailbroken: profile.integrityJailbreak,
      last_updated: device.lastUpdated,
    }),
    ...fullOf(device, view),
  };
}

export const deviceTools = [
  tool({
    name: 'list_okta_user_devices',
    title: 'List a user’s devices',
    description:
      'Computers and phones of a user that are registered with Okta. Phones as factors: list_okta_user_factors.',
    access: 'read',
    scopes: ['okta.users.read'],
    parameterAliases: listParameters,
    input: () => z.strictObject({ user_id: userId, ...listInput }),
    output: () => listOutput('devices', deviceView.extend({ since: z.string().optional().describe('used by them') })),
    table: tableOf('devices', columns),
    async run({ user_id, max_results, cursor, view }, { client, progress }) {
      const { items, ...tail } = await client.list({
        path: ['users', user_id, 'devices'],
        entity: z.object({ created: text, device: deviceEntity }),
        max: max_results,
        cursor,
        progress,
      });
      const devices = items.map(({ created, device }) => ({
        ...viewDevice(device, view),
        ...present({ since: created }),
      }));
      return { devices, ...tail };
    },
  }),

  tool({
    name: 'list_okta_devices',
    title: 'List devices',
    description: 'Find devices that are registered with Okta, and whose they are. With no search: all.',
    access: 'read',
    scopes: ['okta.devices.read'],
    parameterAliases: listParameters,
    input: () =>
      z.strictObject({
        search: z.string().optional().describe('e.g. profile.platform eq "MACOS" and status eq "ACTIVE"'),
        ...listInput,
      }),
    output: () => listOutput('devices', ownedView),
    table: tableOf('devices', columns),
    async run({ search, max_results, cursor, view }, { client, progress }) {
      if (search !== undefined) {
        checkExpression('devices.search', 'search', search);
        refuseHidden(client, 'search', search);
      }
      const { items, ...tail } = await client.list({
        path: ['devices'],
        query: { search, expand: 'userSummary' },
        entity: ownedEntity,
        max: max_results,
        cursor,
        pageSize: 200,
        progress,
      });
      const devices = items.map((device) => ({
        ...viewDevice(device, view),
        ...present({
          users: device._embedded?.users?.map(({ user }) => nameUser({ id: user.id, login: user.profile?.login })),
        }),
      }));
      return { devices, ...tail };
    },
  }),
];
