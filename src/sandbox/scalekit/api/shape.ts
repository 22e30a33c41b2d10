// Reads a JSON body as proto3 JSON does: names in snake or camel case, unknown fields passed over, a wrong type refused.

import { ApiProblem, invalid } from './problem.ts';

/** A list of words is an enum; `each` a list; `of` an object. */
export type Kind =
  | 'text'
  | 'flag'
  | 'whole'
  | 'int64'
  | 'map'
  | 'object'
  | readonly string[]
  | { readonly each: Kind }
  | { readonly of: Shape };

export interface Shape {
  readonly [field: string]: Kind;
}

export type Value<K> = K extends 'text' | 'int64'
  ? string
  : K extends 'flag'
    ? boolean
    : K extends 'whole'
      ? number
      : K extends 'map'
        ? Record<string, string>
        : K extends 'object'
          ? Record<string, unknown>
          : K extends readonly string[]
            ? K[number]
            : K extends { readonly each: infer E }
              ? Value<E>[]
              : K extends { readonly of: infer S }
                ? Read<S>
                : never;

export type Read<S> = { -readonly [P in keyof S]?: Value<S[P]> };

type Json = Record<string, unknown>;

/** @throws ApiProblem */
export function readShape<const S extends Shape>(text: string, shape: S): Read<S> {
  let value: unknown;
  try {
    value = text === '' ? {} : JSON.parse(text);
  } catch {
    throw new ApiProblem(400, 'proto: syntax error: the body is not JSON');
  }
  return readObject(value, shape, '') as Read<S>;
}

/** Null is as if the field were not there. */
function readObject(value: unknown, shape: Shape, path: string): Json {
  if (!isObject(value)) throw new ApiProblem(400, `proto: unexpected token for ${path || 'the message'}`);
  const read: Json = {};
  for (const [name, kind] of Object.entries(shape)) {
    const given = value[name] ?? value[toCamel(name)];
    if (given !== undefined && given !== null) read[name] = readValue(given, kind, path ? `${path}.${name}` : name);
  }
  return read;
}

function readValue(value: unknown, kind: Kind, path: string): unknown {
  const wrong = () =>
    new ApiProblem(400, `proto: invalid value for field ${path}: ${JSON.stringify(value)?.slice(0, 60)}`);
  if (kind === 'text' || kind === 'flag') {
    if (typeof value !== (kind === 'text' ? 'string' : 'boolean')) throw wrong();
    return value;
  }
  if (kind === 'whole' || kind === 'int64') {
    const number = typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value;
    if (!Number.isSafeInteger(number)) throw wrong();
    return kind === 'int64' ? String(number) : number;
  }
  if (kind === 'map' || kind === 'object') {
    if (!isObject(value)) throw wrong();
    if (kind === 'map' && Object.values(value).some((item) => typeof item !== 'string')) throw wrong();
    return value;
  }
  if (isWords(kind)) {
    if (typeof value !== 'string' || !kind.includes(value)) throw invalid(path, `must be one of ${kind.join(', ')}`);
    return value;
  }
  if ('of' in kind) return readObject(value, kind.of, path);
  if (!Array.isArray(value)) throw wrong();
  return value.map((item, i) => readValue(item, kind.each, `${path}[${i}]`));
}

const isWords = (kind: Kind): kind is readonly string[] => Array.isArray(kind);

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export const toCamel = (name: string) => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
