// How settings are shown to people: what each is called, what it is, and where it came from.

import { Secret } from './core/secret.ts';
import { asObject, type Setting } from './core/settings.ts';

/** A value for `doctor`: how a setting is called, what it is (secrets masked) and where it came from. */
export interface Shown {
  readonly name: string;
  readonly value: string;
  readonly origin: string;
}

/** As it is shown: secrets masked. */
export function formatValue(value: unknown, setting: Setting | undefined): string {
  if (value === undefined) return '';
  if (value instanceof Secret) return setting?.shown ? setting.shown(value.reveal()) : String(value);
  if (Array.isArray(value)) return value.map(nameOf).join(', ');
  const pairs = asObject(value);
  if (pairs)
    return Object.entries(pairs)
      .map(([name, each]) => `${name}=${String(each)}`)
      .join(', ');
  return typeof value === 'string' ? value : String(value);
}

/** What an object in a list is called: it may hold secrets. */
function nameOf(item: unknown): string {
  const object = asObject(item);
  return String(object ? (object.id ?? object.issuer ?? '(no name)') : item);
}
