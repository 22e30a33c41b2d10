// Devices: the list with its search, one device, the devices of a person and the people of a device.

import { json, type OktaAnswer, toTime } from './answer.ts';
import type { OktaContext, OktaRoute } from './context.ts';
import type { DeviceRecord } from './device-seed.ts';
import { type Attribute, compileFilter } from './dialect.ts';
import type { Operator } from './grammar.ts';
import { linkHeaders, pageOf } from './paging.ts';
import { invalid, notFound } from './problems.ts';
import { profileOf } from './user-record.ts';
import { compileOr } from './user-search.ts';
import { viewUser } from './user-view.ts';
import { requireUser, viewOptionsOf } from './users.ts';

export const deviceRoutes: readonly OktaRoute[] = [
  { method: 'GET', path: '/api/v1/devices', handle: listDevices },
  {
    method: 'GET',
    path: '/api/v1/devices/{deviceId}',
    handle: (context) => json(viewDevice(context, requireDevice(context))),
  },
  { method: 'GET', path: '/api/v1/devices/{deviceId}/users', handle: listUsers },
  { method: 'GET', path: '/api/v1/users/{userId}/devices', handle: listDevicesOfUser },
];

type View = Record<string, unknown>;

const compared: readonly Operator[] = ['eq', 'ne', 'gt', 'ge', 'lt', 'le', 'pr', 'sw'];
const operators = { text: new Set<Operator>(compared), named: new Set<Operator>([...compared, 'co']) } as const;

/** Okta finds parts of a text only in these. */
const named: ReadonlySet<string> = new Set(['displayName', 'serialNumber', 'imei', 'meid', 'udid', 'sid']);
const flags: ReadonlySet<string> = new Set(['registered', 'secureHardwarePresent', 'managed']);
const texts: ReadonlySet<string> = new Set(['platform', 'manufacturer', 'model', 'osVersion', 'diskEncryptionType']);

function attribute(path: string): Attribute<DeviceRecord> | undefined {
  if (path === 'id' || path === 'status')
    return { type: 'text', operators: operators.text, read: (each) => each[path] };
  if (path === 'created' || path === 'lastUpdated')
    return { type: 'date', operators: operators.text, read: (each) => each[path] };
  const [first, name = '', ...rest] = path.split('.');
  if (first !== 'profile' || rest.length > 0) return undefined;
  const read = (each: DeviceRecord) => profile(each)[name];
  if (flags.has(name)) return { type: 'boolean', operators: operators.text, read };
  if (named.has(name)) return { type: 'text', operators: operators.named, read };
  return texts.has(name) ? { type: 'text', operators: operators.text, read } : undefined;
}

function listDevices(context: OktaContext): OktaAnswer {
  const { state, query, call } = context;
  const search = query.get('search');
  const expand = query.get('expand');
  if (expand !== null && expand !== 'user' && expand !== 'userSummary')
    throw invalid('expand', "It must be 'user' or 'userSummary'.");
  const accept =
    search === null
      ? () => true
      : compileOr('E0000031', () => compileFilter(search, { attribute, ignoresCase: true, allowsNot: true }));
  const page = pageOf('devices', state.devices.filter(accept), query, { fallback: 200, max: 200 }, ({ id }) => id);
  return json(
    page.items.map((device) => ({
      ...viewDevice(context, device),
      ...(expand === null ? {} : { _embedded: { users: viewUsers(context, device, expand) } }),
    })),
    linkHeaders(call.url, page.next),
  );
}

function requireDevice({ state, params }: OktaContext): DeviceRecord {
  const device = state.devices.find(({ id }) => id === params.deviceId);
  if (!device) throw notFound(params.deviceId ?? '', 'Device');
  return device;
}

function listDevicesOfUser(context: OktaContext): OktaAnswer {
  const { state, call } = context;
  const user = requireUser(state, context.params.userId ?? '');
  const own = state.devices.filter(({ n }) => n === user.n);
  return json(
    own.map((device) => ({
      created: toTime(device.created),
      deviceUserId: device.tie,
      device: viewDevice(context, device),
    })),
    linkHeaders(call.url, undefined),
  );
}

function listUsers(context: OktaContext): OktaAnswer {
  return json(viewUsers(context, requireDevice(context), 'user'), linkHeaders(context.call.url, undefined));
}

/** A deleted person's device stays, and is nobody's. */
function viewUsers(context: OktaContext, device: DeviceRecord, how: 'user' | 'userSummary'): View[] {
  const { state } = context;
  const user = state.users[device.n];
  if (!user) return [];
  const summary = () => {
    const { login, email, firstName, lastName } = profileOf(user, state.users);
    return { id: user.id, profile: { login, email, firstName, lastName } };
  };
  return [
    {
      created: toTime(device.created),
      managementStatus: device.managed ? 'MANAGED' : 'NOT_MANAGED',
      screenLockType: device.platform === 'IOS' ? 'BIOMETRIC' : 'PASSCODE',
      user: how === 'user' ? viewUser(state, user, viewOptionsOf(context)) : summary(),
    },
  ];
}

function profile(device: DeviceRecord): View {
  return {
    displayName: device.displayName,
    platform: device.platform,
    manufacturer: device.manufacturer,
    model: device.model,
    osVersion: device.osVersion,
    serialNumber: device.serialNumber,
    udid: device.udid,
    ...(device.sid === undefined ? {} : { sid: device.sid }),
    registered: true,
    secureHardwarePresent: true,
    diskEncryptionType: device.diskEncryption,
    managed: device.managed,
  };
}

const changes = { ACTIVE: ['deactivate', 'suspend'], SUSPENDED: ['unsuspend'], DEACTIVATED: ['activate'] } as const;

function viewDevice({ base }: OktaContext, device: DeviceRecord): View {
  const self = `${base}/api/v1/devices/${device.id}`;
  const link = (name: string) => [name, { href: `${self}/lifecycle/${name}`, hints: { allow: ['POST'] } }];
  return {
    id: device.id,
    status: device.status,
    created: toTime(device.created),
    lastUpdated: toTime(device.lastUpdated),
    profile: profile(device),
    resourceType: 'UDDevice',
    resourceDisplayName: { value: device.displayName, sensitive: false },
    resourceId: device.id,
    _links: {
      self: { href: self, hints: { allow: ['GET', 'DELETE'] } },
      users: { href: `${self}/users`, hints: { allow: ['GET'] } },
      ...Object.fromEntries(changes[device.status].map(link)),
    },
  };
}
