// Reads what a client sends as a resource or as the value of an attribute: known attributes of the right type, and nothing else.

import { type Attribute, findPart } from './attributes.ts';
import type { Kind } from './kind.ts';
import { ScimProblem } from './problem.ts';
import { type Complex, isComplex, isList, type Value } from './resource.ts';

const longest = 4000;
/** Certificates, keys and metadata have room. */
const longNames = ['metadata', 'signingCertificate', 'encryptionCertificate', 'publicCertificate', 'key', 'icon'];
/** What stands for a resource elsewhere has 40 characters at most. */
const longestReference = 40;

/** @throws ScimProblem */
export function readBody(text: string): Complex {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new ScimProblem('body', 'The request body is not valid JSON.');
  }
  if (!isComplex(body)) throw new ScimProblem('body', 'The request body is not a JSON object.');
  return body;
}

/** @throws ScimProblem where the body does not name the schema */
export function checkSchemas(body: Complex, urn: string): void {
  const { schemas } = body;
  if (!isList(schemas)) throw new ScimProblem('missing', 'Missing required attribute(s): schemas.');
  if (!schemas.some((each) => String(each).toLowerCase() === urn.toLowerCase()))
    throw new ScimProblem('schema', `The attribute schemas must contain ${urn}.`);
}

/** By their proper names; null takes an attribute away. @throws ScimProblem */
export function readResource(kind: Kind, body: Complex): Complex {
  return readParts(kind.attributes, body, kind.name);
}

/** @throws ScimProblem */
export function readValue(attribute: Attribute, value: unknown, at = attribute.name): Value | undefined {
  if (value === null || value === undefined) return undefined;
  if (!attribute.isMany) return readOne(attribute, value, at);
  // A single entry is taken as a list of one (RFC 7644 §3.5.2.1 shows both).
  const entries = isList(value) ? value : [value];
  return entries.map((each) => readOne(attribute, each, at));
}

function readParts(parts: readonly Attribute[], given: Complex, at: string, isWithin = false): Complex {
  const read: Complex = {};
  for (const [name, value] of Object.entries(given)) {
    const part = findPart(parts, name);
    if (!part) throw new ScimProblem('attribute', `${at} has no attribute '${name.slice(0, 80)}'.`);
    // What the domain says of a reference ($ref, display) comes back with it, and is passed over.
    if (isWithin && part.mutability === 'readOnly') continue;
    const taken = readValue(part, value, `${at}.${part.name}`);
    if (taken !== undefined) read[part.name] = taken;
  }
  return read;
}

function readOne(attribute: Attribute, value: unknown, at: string): Value {
  if (attribute.type === 'complex') {
    if (!isComplex(value)) throw new ScimProblem('value', `${at} must be an object.`);
    return readParts(attribute.parts, value, at, !attribute.name.startsWith('urn:'));
  }
  const wanted = attribute.type === 'integer' ? 'number' : attribute.type;
  if (typeof value !== wanted || (attribute.type === 'integer' && !Number.isSafeInteger(value)))
    throw new ScimProblem('value', `${at} must be of type ${attribute.type}.`);
  if (typeof value === 'string') checkText(attribute, value, at);
  return value as Value;
}

function checkText({ name, words, mutability }: Attribute, value: string, at: string): void {
  if (words && !words.includes(value)) throw new ScimProblem('value', `${at} must be one of: ${words.join(', ')}.`);
  const isReference = name === 'value' && mutability === 'immutable';
  const most = isReference ? longestReference : longest;
  if (value.length > most && !longNames.includes(name))
    throw new ScimProblem('tooLong', `${at} exceeds the maximum length of ${most}.`);
}

/** @throws ScimProblem naming all that is missing, also in the entries that there are */
export function checkRequired(kind: Kind, resource: Complex): void {
  const missing = findMissing(kind.attributes, resource, '');
  if (missing.length > 0) throw new ScimProblem('missing', `Missing required attribute(s): ${missing.join(',')}.`);
}

function findMissing(parts: readonly Attribute[], holder: Complex, prefix: string): string[] {
  return parts.flatMap((part) => {
    const value = holder[part.name];
    const at = `${prefix}${part.name}`;
    // What the domain alone writes is no client's to bring.
    if (isEmpty(value)) return part.isRequired && part.mutability !== 'readOnly' ? [at] : [];
    const entries = isList(value) ? value : [value];
    return entries.flatMap((entry) => (isComplex(entry) ? findMissing(part.parts, entry, `${at}.`) : []));
  });
}

export const isEmpty = (value: Value | undefined): boolean =>
  value === undefined || value === null || value === '' || (isList(value) && value.length === 0);
