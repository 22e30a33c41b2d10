// Whether a resource is what a filter asks for. Texts are compared without regard to capitals unless the schema says caseExact.

import type { AttributePath } from './attribute-path.ts';
import type { Attribute } from './attributes.ts';
import { type Comparison, comparedOf, type Filter, type Literal } from './filter.ts';
import { type Complex, isComplex, isList, type Value } from './resource.ts';

export function matches(filter: Filter<AttributePath>, resource: Complex): boolean {
  return decide(filter, (path) => valuesAt(resource, path));
}

export function entryMatches(filter: Filter<Attribute>, entry: Value): boolean {
  return decide(filter, (part) => (isComplex(entry) ? listOf(entry[part.name]) : []));
}

function decide<P>(filter: Filter<P>, valuesOf: (path: P) => readonly Value[]): boolean {
  switch (filter.is) {
    case 'and':
      return decide(filter.left, valuesOf) && decide(filter.right, valuesOf);
    case 'or':
      return decide(filter.left, valuesOf) || decide(filter.right, valuesOf);
    case 'not':
      return !decide(filter.inner, valuesOf);
    case 'present':
      return valuesOf(filter.path).some(isThere);
    case 'some':
      return valuesOf(filter.path).some((entry) => entryMatches(filter.inner, entry));
    case 'compare':
      return compareAll(filter.path, filter.by, filter.literal, valuesOf);
  }
}

function compareAll<P>(path: P, by: Comparison, literal: Literal, valuesOf: (path: P) => readonly Value[]): boolean {
  const compared = comparedOf(path);
  const values = valuesOf(path)
    .map((value) => (isComplex(value) ? (value[compared.name] ?? null) : value))
    .filter((value) => value !== null);
  if (by === 'ne') return !values.some((value) => compare(compared, value, 'eq', literal));
  if (literal === null) return by === 'eq' && values.length === 0;
  return values.some((value) => compare(compared, value, by, literal));
}

function compare({ isExact }: Attribute, value: Value, by: Comparison, literal: Literal): boolean {
  if (typeof value === 'boolean') return by === 'eq' && value === literal;
  const [left, right] = comparable(value, literal, isExact);
  if (left === undefined || right === undefined) return false;
  if (by === 'eq') return left === right;
  if (by === 'gt') return left > right;
  if (by === 'ge') return left >= right;
  if (by === 'lt') return left < right;
  if (by === 'le') return left <= right;
  if (typeof left !== 'string' || typeof right !== 'string') return false;
  if (by === 'co') return left.includes(right);
  return by === 'sw' ? left.startsWith(right) : left.endsWith(right);
}

const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

function comparable(value: Value, literal: Literal, isExact: boolean): [string | number, string | number] | [] {
  if (typeof value === 'number' && typeof literal === 'number') return [value, literal];
  if (typeof value !== 'string' || typeof literal !== 'string') return [];
  if (time.test(value) && time.test(literal)) return [Date.parse(value), Date.parse(literal)];
  return isExact ? [value, literal] : [value.toLowerCase(), literal.toLowerCase()];
}

export function valuesAt(resource: Complex, { extension, attribute, part }: AttributePath): readonly Value[] {
  const holder = extension === undefined ? resource : resource[extension];
  const values = isComplex(holder) ? listOf(holder[attribute.name]) : [];
  return part ? values.flatMap((value) => (isComplex(value) ? listOf(value[part.name]) : [])) : values;
}

const listOf = (value: Value | undefined): readonly Value[] =>
  value === undefined || value === null ? [] : isList(value) ? value : [value];

const isThere = (value: Value): boolean =>
  value !== '' && (!isComplex(value) || Object.values(value).some((each) => each !== undefined && each !== null));
