// Reads filters (RFC 7644 §3.4.2.2, figure 1): the whole grammar, resolved against a kind's schema.

import { type AttributePath, findPath } from './attribute-path.ts';
import { type Attribute, findPart } from './attributes.ts';
import type { Kind } from './kind.ts';
import { ScimProblem } from './problem.ts';

export type Comparison = 'eq' | 'ne' | 'co' | 'sw' | 'ew' | 'gt' | 'ge' | 'lt' | 'le';

export type Literal = string | number | boolean | null;

/** `P` says what is compared: a path of the resource, or a part of one of its entries. */
export type Filter<P> =
  | { is: 'and' | 'or'; left: Filter<P>; right: Filter<P> }
  | { is: 'not'; inner: Filter<P> }
  | { is: 'present'; path: P }
  | { is: 'compare'; path: P; by: Comparison; literal: Literal }
  | { is: 'some'; path: P; inner: Filter<Attribute> };

const comparisons: readonly string[] = ['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le'];
const token = /\s*(?:([()[\]])|("(?:[^"\\]|\\.)*")|([^\s()[\]"]+))/y;

const wrong = (detail: string) => new ScimProblem('filter', `The filter is not valid: ${detail}.`);

function readTokens(text: string): string[] {
  const tokens: string[] = [];
  token.lastIndex = 0;
  const trimmed = text.trim();
  while (token.lastIndex < trimmed.length) {
    const at = token.lastIndex;
    const match = token.exec(trimmed);
    if (!match) throw wrong(`nothing can be made of it from character ${at + 1}`);
    tokens.push(match[1] ?? match[2] ?? match[3] ?? '');
  }
  return tokens;
}

/** @throws ScimProblem */
export function readFilter(kind: Kind, text: string): Filter<AttributePath> {
  return readAll(text, (name) => {
    const path = findPath(kind, name);
    if (!path) throw wrong(`${kind.name} has no attribute '${name.slice(0, 80)}'`);
    checkSearchable(name, [path.attribute, ...(path.part ? [path.part] : [])]);
    return path;
  });
}

/** The filter in the brackets of a PATCH path: about the parts of one attribute. @throws ScimProblem */
export function readEntryFilter(attribute: Attribute, text: string): Filter<Attribute> {
  return readAll(text, (name) => findPartOr(attribute, name));
}

function findPartOr(attribute: Attribute, name: string): Attribute {
  const part = findPart(attribute.parts, name);
  if (!part) throw wrong(`${attribute.name} has no attribute '${name.slice(0, 80)}'`);
  return part;
}

function checkSearchable(name: string, chain: readonly Attribute[]): void {
  const last = chain.at(-1);
  if (!last || last.isSearchable) return;
  throw new ScimProblem('notSearchable', `The attribute '${name}' is not searchable.`);
}

function readAll<P>(text: string, resolve: (name: string) => P): Filter<P> {
  const reader: Reader = { tokens: readTokens(text), at: 0, depth: 0 };
  const filter = readOr(reader, resolve);
  if (reader.at < reader.tokens.length) throw wrong(`'${reader.tokens[reader.at]?.slice(0, 40)}' is not expected`);
  return filter;
}

interface Reader {
  tokens: readonly string[];
  at: number;
  depth: number;
}

const peek = ({ tokens, at }: Reader) => tokens[at];
const isWord = (reader: Reader, word: string) => peek(reader)?.toLowerCase() === word;

function expect(reader: Reader, mark: string): void {
  if (peek(reader) !== mark) throw wrong(`'${mark}' is missing`);
  reader.at++;
}

function readOr<P>(reader: Reader, resolve: (name: string) => P): Filter<P> {
  if (++reader.depth > 40) throw wrong('it is nested too deeply');
  let left = readAnd(reader, resolve);
  while (isWord(reader, 'or')) {
    reader.at++;
    left = { is: 'or', left, right: readAnd(reader, resolve) };
  }
  reader.depth--;
  return left;
}

function readAnd<P>(reader: Reader, resolve: (name: string) => P): Filter<P> {
  let left = readOne(reader, resolve);
  while (isWord(reader, 'and')) {
    reader.at++;
    left = { is: 'and', left, right: readOne(reader, resolve) };
  }
  return left;
}

function readOne<P>(reader: Reader, resolve: (name: string) => P): Filter<P> {
  if (isWord(reader, 'not') && reader.tokens[reader.at + 1] === '(') {
    reader.at++;
    return { is: 'not', inner: readGroup(reader, resolve) };
  }
  if (peek(reader) === '(') return readGroup(reader, resolve);
  const name = peek(reader);
  if (name === undefined || !/^[A-Za-z$][\w:.$-]*$/.test(name)) throw wrong('the name of an attribute is missing');
  reader.at++;
  const path = resolve(name);
  if (peek(reader) === '[') return readEntries(reader, path, name);
  const by = peek(reader)?.toLowerCase();
  reader.at++;
  if (by === 'pr') return { is: 'present', path };
  if (by === undefined || !comparisons.includes(by)) throw wrong(`'${name}' is followed by no operator`);
  const literal = readLiteral(peek(reader));
  reader.at++;
  checkLiteral(path, name, by as Comparison, literal);
  return { is: 'compare', path, by: by as Comparison, literal };
}

function readGroup<P>(reader: Reader, resolve: (name: string) => P): Filter<P> {
  expect(reader, '(');
  const inner = readOr(reader, resolve);
  expect(reader, ')');
  return inner;
}

function readEntries<P>(reader: Reader, path: P, name: string): Filter<P> {
  const attribute = attributeOf(path);
  if (attribute.type !== 'complex') throw wrong(`'${name}' has no parts`);
  expect(reader, '[');
  const inner = readOr(reader, (partName) => {
    const part = findPartOr(attribute, partName);
    checkSearchable(`${name}.${partName}`, [part]);
    return part;
  });
  expect(reader, ']');
  return { is: 'some', path, inner };
}

function readLiteral(text: string | undefined): Literal {
  if (text === undefined) throw wrong('a value is missing');
  if (text === 'true' || text === 'false') return text === 'true';
  if (text === 'null') return null;
  if (/^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  try {
    if (text.startsWith('"')) return JSON.parse(text) as string;
  } catch {
    // Told below.
  }
  throw wrong(`${text.slice(0, 40)} is not a value: texts stand in double quotes`);
}

/** What a filter is about: RFC 7643 §2.4 has `value` for a complex attribute that is compared by itself. */
export function attributeOf(path: unknown): Attribute {
  const { attribute, part } = path as Partial<AttributePath>;
  const found = part ?? attribute ?? (path as Attribute);
  return found;
}

export function comparedOf(path: unknown): Attribute {
  const found = attributeOf(path);
  return found.type === 'complex' ? (findPart(found.parts, 'value') ?? found) : found;
}

function checkLiteral(path: unknown, name: string, by: Comparison, literal: Literal): void {
  const { type } = comparedOf(path);
  if (type === 'complex') throw wrong(`'${name}' cannot be compared with a value`);
  if (literal === null) return;
  const wanted = type === 'integer' ? 'number' : type;
  const isText = by === 'co' || by === 'sw' || by === 'ew';
  if (typeof literal !== wanted || (isText && type !== 'string') || (type === 'boolean' && by !== 'eq' && by !== 'ne'))
    throw wrong(`'${name}' is a ${type}, which cannot be compared so`);
}
