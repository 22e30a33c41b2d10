// Profiles that a caller writes, of users and groups: what may stand in them, and how they differ.

import { CastellanError } from '../../../core/errors.ts';
import { type Fields, isMap } from '../../../core/merging.ts';
import { hidden } from '../../../core/privacy.ts';
import { refuseSecrets } from './merging.ts';

/** What stands in answers in the place of a value; written back it would destroy the value. */
const placeholders = new Set([hidden, '[removed]']);
const attribute = /^[A-Za-z]\w{0,99}$/;

/**
 * A profile as Okta takes it: attributes by their names, custom ones beside the others.
 * @throws CastellanError `invalid_input` for what is no attribute, no value of one, a secret, or a placeholder.
 */
export function checkProfile(given: Fields): Fields {
  const { customAttributes, ...base } = given;
  // The support server's form: custom attributes in a map of their own.
  const profile = isMap(customAttributes) ? { ...base, ...customAttributes } : given;
  const names = Object.keys(profile);
  if (names.length === 0) throw wrong('profile is empty: there is nothing to set.', 'Name the attributes to set.');
  for (const name of names) checkAttribute(name, profile[name]);
  refuseSecrets('profile', profile);
  return profile;
}

function checkAttribute(name: string, value: unknown): void {
  if (!attribute.test(name))
    throw wrong(`profile.${name.slice(0, 100)} is no attribute name.`, 'Use letters, digits, _.');
  if (name === 'credentials' || name === 'status' || name === 'id') {
    throw wrong(
      `profile.${name} is no part of a profile.`,
      'Other tools change statuses; nothing sets ids or passwords.',
    );
  }
  if (typeof value === 'string' && placeholders.has(value)) {
    throw wrong(
      `profile.${name} is “${value}”, which only stands for a value that is not shown.`,
      'Leave the attribute out to keep it.',
    );
  }
  if (value === '') throw wrong(`profile.${name} is empty.`, 'Give null to remove a value.');
  if (!isValue(value)) throw wrong(`profile.${name} must be a text, number, boolean, list of texts or null.`);
}

function isValue(value: unknown): boolean {
  if (Array.isArray(value)) return value.every((item) => typeof item === 'string' || typeof item === 'number');
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}

/** The attributes of a profile that are not null. */
export function givenOf(profile: Fields): Fields {
  return Object.fromEntries(Object.entries(profile).filter(([, value]) => value !== null));
}

/** A text attribute. @throws CastellanError `invalid_input` where it is missing or no text. */
export function textOf(profile: Fields, name: string, why: string): string {
  const value = profile[name];
  if (typeof value === 'string') return value;
  throw wrong(`profile.${name} is missing: ${why}.`);
}

export function wrong(message: string, hint?: string): CastellanError {
  return new CastellanError({ code: 'invalid_input', message, hint });
}
