// One user as the simulated organization keeps it: a small record; the JSON is made when somebody asks.

import { cast, type Person } from '../company/people.ts';
import { company, departments, places } from '../company/places.ts';
import { hash, makeId, roll } from '../random.ts';
import { toTime } from './answer.ts';
import { storyTimes } from './story-times.ts';

export type UserStatus =
  | 'ACTIVE'
  | 'DEPROVISIONED'
  | 'LOCKED_OUT'
  | 'PASSWORD_EXPIRED'
  | 'PROVISIONED'
  | 'RECOVERY'
  | 'STAGED'
  | 'SUSPENDED';

export interface UserRecord {
  n: number;
  id: string;
  person: Person;
  status: UserStatus;
  created: number;
  activated: number | undefined;
  statusChanged: number | undefined;
  lastLogin: number | undefined;
  lastUpdated: number;
  passwordChanged?: number | undefined;
  /** Whoever was made by a call, or had the factors reset, has none. */
  withoutFactors?: boolean;
  /** Ids of factors that were taken away one by one. */
  unenrolled?: string[];
  /** Properties that writes have changed; null takes one away. */
  changes?: Record<string, unknown>;
}

export type Profile = Record<string, unknown>;

const day = 86_400_000;
const salts = { status: 20, joined: 21, changed: 22, login: 23, seen: 24, password: 25, phone: 26 } as const;

const statusShares: readonly (readonly [UserStatus, number])[] = [
  ['ACTIVE', 0.865],
  ['DEPROVISIONED', 0.905],
  ['STAGED', 0.922],
  ['PROVISIONED', 0.945],
  ['SUSPENDED', 0.962],
  ['PASSWORD_EXPIRED', 0.98],
  ['RECOVERY', 0.99],
  ['LOCKED_OUT', 1],
];

export function makeUser(person: Person, seed: number, opened: number): UserRecord {
  const { n } = person;
  const status = drawStatus(n, seed);
  const created = opened - person.hiredDaysAgo * day - Math.floor(roll(seed, salts.joined, n) * day);
  const everActive = status !== 'STAGED';
  const activated = everActive ? created + 600_000 + Math.floor(roll(seed, salts.joined + 50, n) * 2 * day) : undefined;
  const ago = 1 + Math.floor(roll(seed, salts.changed, n) * 13 * day);
  const steady = status === 'ACTIVE' || status === 'STAGED' || status === 'PROVISIONED';
  const changedAt = steady ? activated : opened - ago;
  const hasPassword = everActive && status !== 'PROVISIONED';
  const lastLogin = hasPassword ? drawLastLogin(n, seed, status, opened, changedAt ?? opened) : undefined;
  const record: UserRecord = {
    n,
    id: makeId('00u', seed, n),
    person,
    status,
    created,
    activated,
    statusChanged: changedAt,
    lastLogin,
    lastUpdated: Math.max(
      created,
      changedAt ?? created,
      opened - Math.floor(roll(seed, salts.changed + 50, n) * 200 * day),
    ),
    passwordChanged:
      status !== 'DEPROVISIONED' && hasPassword
        ? Math.max(activated ?? 0, opened - Math.floor(roll(seed, salts.password, n) * 85 * day))
        : undefined,
  };
  takePart(record, opened);
  return record;
}

/** The records of the people in the stories agree with what the System Log tells of them. */
function takePart(user: UserRecord, opened: number): void {
  if (user.n === cast.lockedOut) {
    user.statusChanged = opened - storyTimes.lock;
    user.lastUpdated = user.statusChanged;
    user.lastLogin = opened - storyTimes.lastGoodLogin;
    user.passwordChanged = opened - storyTimes.passwordChange;
  }
  if (user.n === cast.traveller) user.lastLogin = opened - storyTimes.travellerSecond;
  if (user.n === cast.lostApp) user.lastLogin = opened - storyTimes.lostAppLogin;
}

function drawStatus(n: number, seed: number): UserStatus {
  if (n === cast.lockedOut) return 'LOCKED_OUT';
  if (n <= cast.head) return 'ACTIVE';
  const chance = roll(seed, salts.status, n);
  return statusShares.find(([, upTo]) => chance < upTo)?.[0] ?? 'ACTIVE';
}

/** Most people were here in the last three days; someone who is not active any more came last before that changed. */
function drawLastLogin(n: number, seed: number, status: UserStatus, opened: number, changedAt: number): number {
  const recent = roll(seed, salts.login, n) < 0.88 ? 3 : 45;
  const ago = Math.floor(roll(seed, salts.seen, n) ** 1.5 * recent * day) + 120_000;
  return status === 'ACTIVE' ? opened - ago : Math.min(changedAt, opened) - ago;
}

type Users = readonly (UserRecord | undefined)[];
type Reader = (user: UserRecord, users: Users) => unknown;

const placeOf = (user: UserRecord) => places[user.person.place] as (typeof places)[number];
const departmentOf = (user: UserRecord) => departments[user.person.department] as (typeof departments)[number];
const managerOf = (user: UserRecord, users: Users) =>
  user.person.manager === undefined ? undefined : users[user.person.manager];
const none: Reader = () => undefined;

/** Every property of the organization's user schema, and where its value comes from; Okta's own ones that nobody fills give nothing. */
export const profileReaders: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['firstName', (user) => user.person.given],
  ['lastName', (user) => user.person.family],
  ['displayName', (user) => `${user.person.given} ${user.person.family}`],
  ['login', (user) => user.person.login],
  ['email', (user) => user.person.login],
  ['mobilePhone', makePhone],
  ['title', (user) => user.person.title],
  ['userType', (user) => (user.person.contractor ? 'Contractor' : 'Employee')],
  ['employeeNumber', (user) => `LL${10_001 + user.n}`],
  ['organization', () => company.name],
  ['division', (user) => departmentOf(user).division],
  ['department', (user) => departmentOf(user).name],
  ['costCenter', (user) => departmentOf(user).costCenter],
  ['manager', (user, users) => fullName(managerOf(user, users))],
  ['managerId', (user, users) => managerOf(user, users)?.id],
  ['streetAddress', (user) => placeOf(user).street],
  ['city', (user) => placeOf(user).city],
  ['state', (user) => placeOf(user).state],
  ['zipCode', (user) => placeOf(user).zip],
  ['countryCode', (user) => placeOf(user).countryCode],
  ['timezone', (user) => placeOf(user).timezone],
  ['locale', (user) => placeOf(user).locale],
  ['preferredLanguage', (user) => placeOf(user).locale.replace('_', '-')],
  ['hireDate', (user) => toTime(user.created).slice(0, 10)],
  ...[
    'secondEmail',
    'middleName',
    'honorificPrefix',
    'honorificSuffix',
    'nickName',
    'profileUrl',
    'primaryPhone',
    'postalAddress',
  ].map((name): [string, Reader] => [name, none]),
]);

const readerList = [...profileReaders];

function makePhone(user: UserRecord): string {
  const digits = hash(1, salts.phone, user.n);
  const part = (value: number, width: number) => String(value % 10 ** width).padStart(width, '0');
  return `${placeOf(user).dial} ${part(digits, 3)} ${part(digits >>> 10, 4)}`;
}

export function fullName(user: UserRecord | undefined): string | undefined {
  return user && `${readProfile(user, 'firstName', [])} ${readProfile(user, 'lastName', [])}`;
}

export function readProfile(user: UserRecord, name: string, users: Users): unknown {
  const changed = user.changes?.[name];
  if (changed !== undefined) return changed ?? undefined;
  return profileReaders.get(name)?.(user, users);
}

export function profileOf(user: UserRecord, users: Users): Profile {
  const profile: Profile = {};
  for (const [name, read] of readerList) {
    const value = user.changes && name in user.changes ? user.changes[name] : read(user, users);
    if (value !== undefined && value !== null) profile[name] = value;
  }
  return profile;
}
