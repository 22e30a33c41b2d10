// SCIM filters (RFC 7644 §3.4.2.2), built from typed parts: values are quoted here, attribute names are literals of ours.

import { CastellanError } from '../../core/errors.ts';

/** A whole filter. Nothing but this file makes one. */
export interface Filter {
  readonly text: string;
  /** Whether it must stand in parentheses beside `and`. */
  readonly loose: boolean;
}

export type FilterValue = string | number | boolean | Date;

/** Also with the URN of an extension in front (`urn:ietf:params:scim:schemas:oracle:idcs:extension:userState:User:locked.on`). */
const attributeName = /^(?:urn:[A-Za-z0-9:._-]+:)?[A-Za-z$][\w$-]*(?:\.[A-Za-z$][\w$-]*)?$/;
const longest = 4_000;

const compare =
  (operator: string) =>
  (attribute: string, value: FilterValue): Filter => ({
    text: `${checkName(attribute)} ${operator} ${write(value)}`,
    loose: false,
  });

/** `where.eq('userName', 'ana@acme.example')`. Text is compared without regard to case unless the attribute is case-exact. */
export const where = {
  eq: compare('eq'),
  ne: compare('ne'),
  /** contains */
  co: compare('co'),
  /** starts with */
  sw: compare('sw'),
  gt: compare('gt'),
  ge: compare('ge'),
  lt: compare('lt'),
  le: compare('le'),
  /** is there */
  pr: (attribute: string): Filter => ({ text: `${checkName(attribute)} pr`, loose: false }),
} as const;

type Part = Filter | undefined;

/** All of the parts; absent ones are left out. Undefined where none is left, which is a list without a filter. */
export function and(...parts: readonly Part[]): Filter | undefined {
  const given = parts.filter((part) => part !== undefined);
  if (given.length < 2) return given[0];
  return bounded({
    text: given.map((part) => (part.loose ? `(${part.text})` : part.text)).join(' and '),
    loose: false,
  });
}

/** Any of the parts; otherwise as `and`. */
export function or(...parts: readonly Part[]): Filter | undefined {
  const given = parts.filter((part) => part !== undefined);
  if (given.length < 2) return given[0];
  return bounded({ text: given.map(({ text }) => text).join(' or '), loose: true });
}

export function not(part: Filter): Filter {
  return bounded({ text: `not (${part.text})`, loose: false });
}

/** Some value of a list for which `inner` holds: `has('emails', where.eq('type', 'work'))` is `emails[type eq "work"]`. */
export function has(attribute: string, inner: Filter): Filter {
  return bounded({ text: `${checkName(attribute)}[${inner.text}]`, loose: false });
}

function checkName(attribute: string): string {
  if (attributeName.test(attribute)) return attribute;
  throw new TypeError(`${JSON.stringify(attribute)} is no attribute`);
}

/** As JSON writes it (RFC 7644 §3.4.2.2), which leaves nothing of a value outside its quotes. */
function write(value: FilterValue): string {
  if (value instanceof Date) return `"${value.toISOString()}"`;
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError('a filter needs a finite number');
  if (typeof value === 'string' && !value.isWellFormed()) throw tooStrange('holds half of a character');
  return JSON.stringify(value);
}

function bounded(filter: Filter): Filter {
  if (filter.text.length > longest) throw tooStrange('is too long');
  return filter;
}

function tooStrange(problem: string): CastellanError {
  return new CastellanError({
    code: 'invalid_input',
    message: `What is to be looked for ${problem}.`,
    hint: 'Look for something shorter or simpler.',
  });
}
