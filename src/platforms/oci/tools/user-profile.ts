// What of a user can be set: each as a parameter of ours, where it stands in the domain's resource, and how a PATCH moves it
// (RFC 7644 §3.5.2; attributes of https://docs.oracle.com/en-us/iaas/api/#/en/identity-domains/v1/User/).

import type { Applied, FieldChange } from '../../../core/change.ts';
import { type Hiding, isMap, ownValue } from '../../../core/merging.ts';
import { hidden } from '../../../core/privacy.ts';
import type { Operation } from '../client.ts';
import { wrong } from './shared.ts';
import { ext, seen, type User } from './user-facts.ts';

/** An entry of a list of addresses. */
interface EntryPlace {
  readonly label: readonly string[];
  readonly list: 'emails' | 'phoneNumbers';
  /** The entry as a filter of a path, and what it holds beside its value. */
  readonly which: string;
  readonly entry: Readonly<Record<string, unknown>>;
}
type Place = EntryPlace | { readonly label: readonly string[]; readonly path: string };

const at = (path: string): Place => ({ label: path.split('.'), path });
const work = (name: string): Place => ({ label: [ext.enterprise, name], path: `${ext.enterprise}:${name}` });

const places = {
  login: at('userName'),
  given_name: at('name.givenName'),
  middle_name: at('name.middleName'),
  family_name: at('name.familyName'),
  display_name: at('displayName'),
  nick_name: at('nickName'),
  title: at('title'),
  description: at('description'),
  user_type: at('userType'),
  email: {
    label: ['emails', 'primary'],
    list: 'emails',
    which: 'primary eq true',
    entry: { type: 'work', primary: true },
  },
  recovery_email: {
    label: ['emails', 'recovery'],
    list: 'emails',
    which: 'type eq "recovery"',
    entry: { type: 'recovery' },
  },
  mobile_phone: {
    label: ['phoneNumbers', 'mobile'],
    list: 'phoneNumbers',
    which: 'type eq "mobile"',
    entry: { type: 'mobile' },
  },
  locale: at('locale'),
  preferred_language: at('preferredLanguage'),
  timezone: at('timezone'),
  external_id: at('externalId'),
  employee_number: work('employeeNumber'),
  department: work('department'),
  division: work('division'),
  organization: work('organization'),
  cost_center: work('costCenter'),
} satisfies Record<string, Place>;

export type Parameter = keyof typeof places;
/** null: to be made empty. */
export type Values = Readonly<Partial<Record<Parameter, string | null | undefined>>>;

/** An identity domain wants these of everybody. */
const needed = new Set<Parameter>(['login', 'family_name', 'email']);
const parameters = Object.keys(places) as Parameter[];
export const removable = parameters.filter((name) => !needed.has(name)) as [Parameter, ...Parameter[]];

/** What a request asks for so that all of this is in the answer. */
export const profileAttributes = [
  'userName',
  'name',
  'displayName',
  'nickName',
  'title',
  'description',
  'userType',
  'emails',
  'phoneNumbers',
  'locale',
  'preferredLanguage',
  'timezone',
  'externalId',
  ext.enterprise,
];

/** Who can be signed in as: a login, and addresses to which links go that set a password. */
export const sensitive: readonly Parameter[] = ['login', 'email', 'recovery_email'];

/** How a change of a parameter is told: by the attribute in the domain's resource. */
function fieldOf(parameter: Parameter): string {
  return places[parameter].label.join('.');
}

/** As rules of dynamic groups name it: the list, or the attribute itself. */
export function attributeOf(parameter: Parameter): string {
  const place: Place = places[parameter];
  return 'list' in place ? place.list : (place.label.at(-1) ?? parameter);
}

/** @throws CastellanError `invalid_input` for an empty text, and for what only stands in the place of a value. */
export function checkValues(given: Readonly<Record<string, unknown>>): Values {
  const values = Object.entries(given).filter(([, value]) => typeof value === 'string') as [Parameter, string][];
  for (const [parameter, value] of values) {
    if (value.trim() === '') throw wrong(`${parameter} is empty.`, 'Leave it out, or name it in remove.');
    if (value === hidden || value === '[removed]')
      throw wrong(
        `${parameter} is “${value}”, which only stands for a value that is not shown.`,
        'Leave it out to keep it.',
      );
  }
  return Object.fromEntries(values);
}

/** What a user has. */
export function valuesOf(user: User): Values {
  return Object.fromEntries(
    parameters.flatMap((parameter) => {
      const value = valueAt(user, places[parameter]);
      return typeof value === 'string' && value !== '' ? [[parameter, value]] : [];
    }),
  );
}

function valueAt(user: User, place: Place): unknown {
  if ('list' in place) return entryOf(user, place)?.value;
  return place.label.reduce<unknown>((value, name) => (isMap(value) ? ownValue(value, name) : undefined), user);
}

function entryOf(user: User, place: EntryPlace) {
  const primary = place.entry.primary === true;
  return (seen(user[place.list]) ?? []).find((entry) =>
    primary ? entry.primary === true : entry.type === place.entry.type,
  );
}

/**
 * How wanted values differ from those that are there, and by which parameters. What is set of the hidden is always a change,
 * from a value that is not shown, or whoever guesses right would be told so.
 */
export function changesTo(client: Hiding, current: Values, wanted: Values): readonly [Parameter, FieldChange][] {
  return (Object.entries(wanted) as [Parameter, string | null][]).flatMap(([parameter, value]) => {
    const [field, before] = [fieldOf(parameter), current[parameter]];
    const after = value !== null && { after: value };
    if (client.hides(field)) return [[parameter, { field, before: hidden, ...after }]];
    if ((before ?? null) === value) return [];
    return [[parameter, { field, ...(before != null && { before }), ...after }]];
  });
}

function put(resource: Record<string, unknown>, [name = '', ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) {
    resource[name] = value;
    return;
  }
  const inner = isMap(resource[name]) ? { ...resource[name] } : {};
  put(inner, rest, value);
  resource[name] = inner;
}

export function pickValues(values: Values, names: readonly string[]): Values {
  return Object.fromEntries(Object.entries(values).filter(([parameter]) => names.includes(parameter)));
}

/** The whole resource of somebody new. */
export function resourceOf(values: Values): Record<string, unknown> {
  const resource: Record<string, unknown> = {};
  for (const [parameter, value] of Object.entries(values)) {
    if (value === undefined || value === null) continue;
    const place: Place = places[parameter as Parameter];
    if ('list' in place)
      resource[place.list] = [...((resource[place.list] as unknown[] | undefined) ?? []), { value, ...place.entry }];
    else put(resource, place.label, value);
  }
  return resource;
}

/** What moves a user from what they have to these values, one operation a value. */
export function operationsTo(values: Values, user: User): Operation[] {
  return Object.entries(values).map(([parameter, value]): Operation => {
    const place: Place = places[parameter as Parameter];
    if (!('list' in place))
      return value === null ? { op: 'remove', path: place.path } : { op: 'replace', path: place.path, value };
    const path = `${place.list}[${place.which}]`;
    if (value === null) return { op: 'remove', path };
    return entryOf(user, place) === undefined
      ? { op: 'add', path: place.list, value: [{ value, ...place.entry }] }
      : { op: 'replace', path: `${path}.value`, value };
  });
}

/** What no later change to the same addresses brings back: OCI alone says which are verified, and we set no number as primary. */
export function lostWith(values: Values, user: User): string[] {
  return Object.entries(values).flatMap(([parameter, value]) => {
    const place: Place = places[parameter as Parameter];
    const entry = 'list' in place ? entryOf(user, place) : undefined;
    const wasPrimary = value === null && entry?.primary === true;
    return [
      ...(entry?.verified === true ? [`${parameter} is then unverified`] : []),
      ...(wasPrimary ? [`${parameter} is then not the primary one`] : []),
    ];
  });
}

/** What OCI made of what was sent: it may have its own mind of names and addresses. */
export function warnOfDifference(sent: Values, user: User): Applied {
  const made = valuesOf(user);
  const other = Object.entries(sent).flatMap(([parameter, value]) =>
    (made[parameter as Parameter] ?? null) === (value ?? null) ? [] : [parameter],
  );
  if (other.length === 0) return {};
  return { warnings: [`OCI set ${other.join(', ')} otherwise than it was sent; read the user again to see.`] };
}
