// The devices that people have registered: the phones that hold Okta Verify, and company laptops.

import { cast } from '../company/people.ts';
import { hash, letters, makeId, makeUuid, roll } from '../random.ts';
import { phoneOf } from './phones.ts';
import type { UserRecord } from './user-record.ts';

export interface DeviceRecord {
  id: string;
  /** Ordinal of the person. */
  n: number;
  platform: 'ANDROID' | 'IOS' | 'MACOS' | 'WINDOWS';
  status: 'ACTIVE' | 'DEACTIVATED' | 'SUSPENDED';
  displayName: string;
  manufacturer: string;
  model: string;
  osVersion: string;
  serialNumber: string;
  udid: string;
  sid?: string;
  diskEncryption: 'ALL_INTERNAL_VOLUMES' | 'FULL' | 'NONE';
  managed: boolean;
  /** Id of the tie between person and device. */
  tie: string;
  created: number;
  lastUpdated: number;
}

type Model = Pick<DeviceRecord, 'platform' | 'manufacturer' | 'model' | 'osVersion'>;

const laptops: readonly Model[] = [
  { platform: 'WINDOWS', manufacturer: 'Lenovo', model: 'ThinkPad T14 Gen 5', osVersion: '10.0.26100.4652' },
  { platform: 'WINDOWS', manufacturer: 'Dell Inc.', model: 'Latitude 7450', osVersion: '10.0.22631.5472' },
  { platform: 'MACOS', manufacturer: 'APPLE', model: 'MacBookPro18,3', osVersion: '15.5.0' },
];

const day = 86_400_000;
/** Only the first people of a large company have registered devices: it has just begun with that. */
const most = 200;

export function makeDevices(users: readonly UserRecord[], seed: number, opened: number): DeviceRecord[] {
  const devices: DeviceRecord[] = [];
  for (const user of users.slice(0, most)) {
    if (user.passwordChanged === undefined || user.status === 'DEPROVISIONED') continue;
    if (user.n > cast.head && roll(seed, 450, user.n) >= 0.35) continue;
    const name = phoneOf(seed, user.n);
    const phone: Model = /iPhone/.test(name)
      ? { platform: 'IOS', manufacturer: 'APPLE', model: name, osVersion: '18.5.0' }
      : { platform: 'ANDROID', manufacturer: /Pixel/.test(name) ? 'Google' : 'OEM', model: name, osVersion: '15' };
    const laptop = laptops[hash(seed, 451, user.n) % laptops.length] as Model;
    for (const model of roll(seed, 452, user.n) < 0.7 ? [phone, laptop] : [phone])
      devices.push(makeDevice(user, model, seed, devices.length, opened));
  }
  return devices;
}

function makeDevice(user: UserRecord, model: Model, seed: number, at: number, opened: number): DeviceRecord {
  const mobile = model.platform === 'IOS' || model.platform === 'ANDROID';
  const created = Math.max(user.created, opened - Math.floor((20 + roll(seed, 453, at) * 500) * day));
  const lost = user.n > cast.head && roll(seed, 454, at) < 0.06;
  const own = user.person.login.split('@')[0] ?? '';
  return {
    id: makeId('guo', seed, at),
    n: user.n,
    ...model,
    status: lost ? (roll(seed, 455, at) < 0.5 ? 'SUSPENDED' : 'DEACTIVATED') : 'ACTIVE',
    displayName: mobile ? `${own}'s ${model.model}` : `LL-${letters(6, seed, 456, at).toUpperCase()}`,
    serialNumber: letters(10, seed, 457, at).toUpperCase(),
    udid: makeUuid(seed, 458, at).toUpperCase(),
    ...(model.platform === 'WINDOWS' ? { sid: `S-1-5-21-1004336348-1177238915-682003330-${1100 + at}` } : {}),
    diskEncryption: mobile ? 'FULL' : roll(seed, 459, at) < 0.9 ? 'ALL_INTERNAL_VOLUMES' : 'NONE',
    managed: !mobile,
    tie: makeId('ofu', seed, at),
    created,
    lastUpdated: created + Math.floor(roll(seed, 460, at) * 15 * day),
  };
}
