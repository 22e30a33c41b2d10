// Reads parts of a request's body by a table of what may stand where: what is unknown or null is dropped, what is of the wrong kind is named.

import { invalid } from './problems.ts';

export type Shape =
  | 'text'
  | 'flag'
  | 'number'
  | 'texts'
  | 'objects'
  | 'object'
  | { oneOf: readonly string[] }
  | { someOf: readonly string[] }
  | { fields: Readonly<Record<string, Shape>> };

/** The value as far as it is known; the causes say what is wrong, in Okta's way: `field: sentence`. */
export function readShape(value: unknown, shape: Shape, path: string, causes: string[]): unknown {
  if (value === undefined || value === null) return undefined;
  const refuse = (sentence: string) => {
    causes.push(`${path}: ${sentence}`);
    return undefined;
  };
  if (typeof shape === 'object') {
    if ('oneOf' in shape)
      return shape.oneOf.some((allowed) => allowed === value)
        ? value
        : refuse(`'${String(value)}' is not one of the allowed values`);
    if ('someOf' in shape)
      return Array.isArray(value) && value.every((item) => shape.someOf.includes(item as string))
        ? value
        : refuse('The list holds a value that is not allowed');
    return isObject(value) ? readFields(value, shape.fields, path, causes) : refuse('The value must be an object');
  }
  if (isOfKind[shape](value)) return value;
  return refuse(`The value must be ${names[shape]}`);
}

function readFields(
  value: Record<string, unknown>,
  fields: Readonly<Record<string, Shape>>,
  path: string,
  causes: string[],
): Record<string, unknown> {
  const read: Record<string, unknown> = {};
  for (const [name, shape] of Object.entries(fields)) {
    const part = readShape(value[name], shape, path === '' ? name : `${path}.${name}`, causes);
    if (part !== undefined) read[name] = part;
  }
  return read;
}

/** A parameter that is 'true' or 'false'; undefined where it is not given. */
export function readFlag(query: URLSearchParams, name: string): boolean | undefined {
  const wish = query.get(name);
  if (wish !== null && wish !== 'true' && wish !== 'false') throw invalid(name, "It must be 'true' or 'false'.");
  return wish === null ? undefined : wish === 'true';
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const isOfKind = {
  text: (value: unknown) => typeof value === 'string',
  flag: (value: unknown) => typeof value === 'boolean',
  number: (value: unknown) => Number.isInteger(value),
  texts: (value: unknown) => Array.isArray(value) && value.every((item) => typeof item === 'string'),
  objects: (value: unknown) => Array.isArray(value) && value.every(isObject),
  object: isObject,
} as const;

const names = {
  text: 'a string',
  flag: 'true or false',
  number: 'a whole number',
  texts: 'a list of strings',
  objects: 'a list of objects',
  object: 'an object',
} as const;
