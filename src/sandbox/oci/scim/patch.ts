// PATCH (RFC 7644 §3.5.2): operations with paths and filters in paths, all of them or none.

import { type AttributePath, findPath } from './attribute-path.ts';
import type { Attribute } from './attributes.ts';
import { type Filter, readEntryFilter } from './filter.ts';
import { entryMatches } from './filter-match.ts';
import { checkSchemas, isEmpty, readValue } from './given.ts';
import type { Kind } from './kind.ts';
import { ScimProblem } from './problem.ts';
import { type Complex, isComplex, isList, type Resource, type Value } from './resource.ts';

const patchOp = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

interface Target extends AttributePath {
  filter: Filter<Attribute> | undefined;
}

/** Oracle's SDKs write `op` in capitals, others in small letters. @throws ScimProblem; `before` stays as it is */
export function applyPatch(kind: Kind, before: Resource, body: Complex): Resource {
  checkSchemas(body, patchOp);
  const { Operations: operations } = body;
  if (!isList(operations) || operations.length === 0)
    throw new ScimProblem('missing', 'Missing required attribute(s): Operations.');
  const after = structuredClone(before) as Resource;
  for (const operation of operations) {
    if (!isComplex(operation)) throw new ScimProblem('body', 'An operation is not a JSON object.');
    const op = String(operation.op ?? '').toLowerCase();
    if (op !== 'add' && op !== 'remove' && op !== 'replace')
      throw new ScimProblem('value', 'Operations.op must be one of: add, remove, replace.');
    applyOne(kind, before, after, op, operation);
  }
  return after;
}

type Op = 'add' | 'remove' | 'replace';

function applyOne(kind: Kind, before: Resource, after: Resource, op: Op, { path, value }: Complex): void {
  if (typeof path === 'string' && path !== '') {
    change(kind, before, after, op, readTarget(kind, path), path, value);
    return;
  }
  if (op === 'remove') throw new ScimProblem('path', 'Operations.path is required to remove something.');
  if (!isComplex(value)) throw new ScimProblem('value', 'Operations.value must be an object where there is no path.');
  for (const [name, each] of Object.entries(value)) {
    if (name.toLowerCase() !== 'schemas') change(kind, before, after, op, readTarget(kind, name), name, each);
  }
}

const pathForm = /^([A-Za-z$][\w:.$-]*?)(?:\[(.*)\](?:\.([\w$]+))?)?$/s;

function readTarget(kind: Kind, text: string): Target {
  const [, name = '', filter, partName] = pathForm.exec(text) ?? [];
  const path = findPath(kind, partName === undefined ? name : `${name}.${partName}`);
  if (!path || (filter !== undefined && partName === undefined && path.part))
    throw new ScimProblem('path', `The path '${text.slice(0, 120)}' names nothing that a ${kind.name} has.`);
  if (filter !== undefined && !path.attribute.isMany)
    throw new ScimProblem('path', `${path.attribute.name} has one value, which no filter chooses from.`);
  return { ...path, filter: filter === undefined ? undefined : readEntryFilter(path.attribute, filter) };
}

function change(
  kind: Kind,
  before: Resource,
  after: Resource,
  op: Op,
  target: Target,
  path: string,
  given: Value | undefined,
): void {
  const { extension, attribute, part } = target;
  for (const each of [attribute, ...(part ? [part] : [])]) {
    if (each.mutability === 'readOnly') throw new ScimProblem('readOnly', `The attribute '${path}' is read only.`);
    const held = holderOf(before, extension)[attribute.name];
    if (each.mutability === 'immutable' && !isEmpty(held))
      throw new ScimProblem('immutable', `The attribute '${path}' cannot be changed once it has a value.`);
  }
  if (attribute.name.startsWith('urn:')) {
    changeExtension(kind, before, after, op, attribute, given);
    return;
  }
  const holder = extension === undefined ? after : { ...holderOf(after, extension) };
  if (extension !== undefined) after[extension] = holder;
  const value = op === 'remove' ? undefined : readValue(part ?? attribute, given, path);
  if (target.filter) changeEntries(holder, op, target, target.filter, path, value);
  else if (part) changePart(holder, op, attribute, part, path, value);
  else holder[attribute.name] = changed(op, attribute, holder[attribute.name], value);
}

const holderOf = (resource: Resource, extension: string | undefined): Complex => {
  if (extension === undefined) return resource;
  const found = resource[extension];
  return isComplex(found) ? found : {};
};

/** A whole extension: each of its attributes that is given, or all of it away. */
function changeExtension(
  kind: Kind,
  before: Resource,
  after: Resource,
  op: Op,
  { name, parts }: Attribute,
  given: Value | undefined,
): void {
  if (op === 'remove') {
    delete after[name];
    return;
  }
  if (!isComplex(given)) throw new ScimProblem('value', `${name} must be an object.`);
  for (const [partName, each] of Object.entries(given)) {
    const path = `${name}:${partName}`;
    if (!parts.some((part) => part.name.toLowerCase() === partName.toLowerCase()))
      throw new ScimProblem('attribute', `${name} has no attribute '${partName.slice(0, 80)}'.`);
    change(kind, before, after, op, readTarget(kind, path), path, each);
  }
}

function changed(op: Op, attribute: Attribute, held: Value | undefined, value: Value | undefined): Value | undefined {
  if (op === 'remove' || value === undefined) return undefined;
  if (attribute.isMany && op === 'add') return addEntries(isList(held) ? held : [], isList(value) ? value : [value]);
  return isComplex(value) && isComplex(held) ? { ...held, ...value } : value;
}

/** What is there already is not there twice; an entry with the same value and type takes the place of the one there is. */
function addEntries(held: readonly Value[], added: readonly Value[]): readonly Value[] {
  const list = [...held];
  for (const entry of added) {
    const at = list.findIndex((each) => isSame(each, entry));
    if (at < 0) list.push(entry);
    else if (isComplex(entry)) list[at] = { ...(list[at] as Complex), ...entry };
  }
  return list;
}

function isSame(one: Value, other: Value): boolean {
  if (!isComplex(one) || !isComplex(other)) return one === other;
  if (one.value === undefined) return JSON.stringify(one) === JSON.stringify(other);
  return one.value === other.value && (one.type ?? other.type) === (other.type ?? one.type);
}

function changePart(
  holder: Complex,
  op: Op,
  attribute: Attribute,
  part: Attribute,
  path: string,
  value: Value | undefined,
): void {
  const held = holder[attribute.name];
  if (attribute.isMany) {
    // Without a filter, a part of many values is that of each (RFC 7644 §3.5.2.3).
    if (!isList(held) || held.length === 0) throw new ScimProblem('noTarget', `There is nothing at '${path}'.`);
    holder[attribute.name] = held.map((entry) => withPart(entry, op, part, value));
    return;
  }
  holder[attribute.name] = withPart(isComplex(held) ? held : {}, op, part, value);
}

function withPart(entry: Value, op: Op, { name, isMany }: Attribute, value: Value | undefined): Value {
  const { [name]: held, ...rest } = isComplex(entry) ? entry : ({} as Complex);
  if (op === 'remove' || value === undefined) return rest;
  const isAdded = op === 'add' && isMany && isList(held) && isList(value);
  return { ...rest, [name]: isAdded ? addEntries(held, value) : value };
}

function changeEntries(
  holder: Complex,
  op: Op,
  { attribute, part }: Target,
  filter: Filter<Attribute>,
  path: string,
  value: Value | undefined,
): void {
  const held = holder[attribute.name];
  const list = isList(held) ? held : [];
  const isChosen = (entry: Value) => entryMatches(filter, entry);
  // RFC 7644 §3.12, noTarget: "the path value contains a filter that yields no match".
  if (!list.some(isChosen)) throw new ScimProblem('noTarget', `No value is at '${path.slice(0, 200)}'.`);
  if (part) {
    holder[attribute.name] = list.map((entry) => (isChosen(entry) ? withPart(entry, op, part, value) : entry));
    return;
  }
  if (op === 'remove') {
    holder[attribute.name] = list.filter((entry) => !isChosen(entry));
    return;
  }
  const [one] = isList(value) ? value : [value];
  if (!isComplex(one)) throw new ScimProblem('value', `${path.slice(0, 120)} must be an object.`);
  holder[attribute.name] = list.map((entry) => (isChosen(entry) ? { ...(entry as Complex), ...one } : entry));
}
