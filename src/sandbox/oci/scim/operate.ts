// The six operations that a kind of resource can have, by its schema; what is particular to a kind is in its rules.

import { type AttributePath, keyOf } from './attribute-path.ts';
import type { Attribute } from './attributes.ts';
import type { ScimContext } from './context.ts';
import type { Filter } from './filter.ts';
import { checkRequired, checkSchemas, isEmpty, readResource } from './given.ts';
import type { Change, Kind } from './kind.ts';
import { choose, type Listing } from './listing.ts';
import { applyPatch } from './patch.ts';
import { ScimProblem } from './problem.ts';
import { derive } from './projection.ts';
import { ocidOf } from './references.ts';
import { type Complex, isComplex, type Resource, type Value } from './resource.ts';
import { complete } from './whole.ts';

export function findResource({ store }: ScimContext, kind: Kind, id: string): Resource {
  const found = store.get(kind.path, id);
  if (found) return found;
  throw new ScimProblem('notFound', `${kind.name} with ID ${id.slice(0, 60)} does not exist.`);
}

/** RFC 7644 §3.3. What only the domain writes is passed over in silence, as Oracle's description of POST has it. */
export function create(context: ScimContext, kind: Kind, body: Complex): Resource {
  checkSchemas(body, kind.urn);
  const given = withoutReadOnly(kind.attributes, readResource(kind, body));
  const id = context.store.newId();
  const { who, at } = context;
  const by = { value: who.id, type: who.kind, display: who.display, ocid: who.ocid };
  const after: Resource = {
    ...given,
    id,
    ...(kind.ocid !== undefined && { ocid: ocidOf(kind.ocid, id) }),
    meta: { created: at, lastModified: at, version: context.store.newId() },
    idcsCreatedBy: by,
    idcsLastModifiedBy: by,
  };
  return keep(context, kind, { before: undefined, after });
}

/** RFC 7644 §3.5.1: what can be written and is not sent is cleared; what cannot must be as it is. */
export function replace(context: ScimContext, kind: Kind, before: Resource, body: Complex): Resource {
  checkPrevented(before, 'replace');
  checkSchemas(body, kind.urn);
  const given = readResource(kind, body);
  const whole = complete(
    context,
    kind,
    derive(context, kind, before, () => true),
  );
  const after = replaceParts(kind.attributes, before, given, body, whole) as Resource;
  return keep(context, kind, { before, after: { ...after, id: before.id } });
}

function replaceParts(
  attributes: readonly Attribute[],
  before: Complex,
  given: Complex,
  raw: Complex,
  whole: Complex,
): Complex {
  const after: Complex = {};
  for (const attribute of attributes) {
    const { name, mutability } = attribute;
    const [held, sent] = [before[name], given[name]];
    if (name.startsWith('urn:')) {
      const of = (value: Value | undefined) => (isComplex(value) ? value : {});
      const inside = replaceParts(attribute.parts, of(held), of(sent), of(raw[name]), of(whole[name]));
      if (Object.values(inside).some((value) => !isEmpty(value))) after[name] = inside;
    } else if (mutability === 'readOnly') {
      if (name !== 'schemas' && raw[name] !== undefined && !isSameValue(raw[name], whole[name]))
        throw new ScimProblem('readOnly', `The attribute '${name}' is read only.`);
      after[name] = held;
    } else if (mutability === 'immutable' && !isEmpty(held)) {
      if (sent !== undefined && held !== undefined && !isWithin(sent, held))
        throw new ScimProblem('immutable', `The attribute '${name}' cannot be changed once it has a value.`);
      after[name] = held;
    } else after[name] = sent;
  }
  return after;
}

const isSameValue = (one: Value | undefined, other: Value | undefined): boolean =>
  isComplex(one) && isComplex(other) ? isWithin(one, other) : JSON.stringify(one) === JSON.stringify(other);

/** Whether everything that the one says, the other says too. */
function isWithin(one: Value, other: Value): boolean {
  if (!isComplex(one) || !isComplex(other)) return JSON.stringify(one) === JSON.stringify(other);
  return Object.entries(one).every(([name, value]) => JSON.stringify(value) === JSON.stringify(other[name]));
}

export function patch(context: ScimContext, kind: Kind, before: Resource, body: Complex): Resource {
  const after = applyPatch(kind, before, body);
  checkPrevented(before, 'update');
  return keep(context, kind, { before, after });
}

/** Oracle's forceDelete: "the resource and all its references (if any)". */
export function remove(context: ScimContext, kind: Kind, resource: Resource, isForced: boolean): void {
  checkPrevented(resource, 'delete');
  kind.remove?.(context, resource, isForced);
  context.store.delete(kind.path, resource.id);
}

/** Everything is checked before anything is kept. */
export function keep(context: ScimContext, kind: Kind, change: Change): Resource {
  const { before, after } = change;
  checkRequired(kind, { ...after, schemas: [kind.urn] });
  kind.prepare?.(context, change);
  checkUnique(context, kind, after);
  if (before) touch(context, after);
  context.store.put(kind.path, after);
  kind.settle?.(context, change);
  return after;
}

function touch({ store, who, at }: ScimContext, after: Resource): void {
  const meta = isComplex(after.meta) ? after.meta : {};
  after.meta = { ...meta, lastModified: at, version: store.newId() };
  after.idcsLastModifiedBy = { value: who.id, type: who.kind, display: who.display, ocid: who.ocid };
}

function checkUnique({ store }: ScimContext, kind: Kind, after: Resource): void {
  const unique = kind.attributes.filter(({ uniqueness, name }) => uniqueness !== 'none' && name !== 'id');
  for (const { name, isExact } of unique) {
    const value = after[name];
    if (isEmpty(value)) continue;
    const fold = (each: Value | undefined) => (isExact || typeof each !== 'string' ? each : each.toLowerCase());
    const wanted = fold(value);
    if (store.find(kind.path, (other) => other.id !== after.id && fold(other[name]) === wanted))
      throw new ScimProblem('duplicate', `A ${kind.name} with the same ${name} exists already.`);
  }
}

function checkPrevented({ idcsPreventedOperations: prevented, id }: Resource, operation: string): void {
  if (Array.isArray(prevented) && prevented.includes(operation))
    throw new ScimProblem('prevented', `The operation ${operation} is not allowed on the resource ${id}.`);
}

function withoutReadOnly(attributes: readonly Attribute[], given: Complex): Complex {
  const kept: Complex = {};
  for (const attribute of attributes) {
    const value = given[attribute.name];
    if (value === undefined || attribute.mutability === 'readOnly' || attribute.name === 'ocid') continue;
    const isExtension = attribute.name.startsWith('urn:') && isComplex(value);
    kept[attribute.name] = isExtension ? withoutReadOnly(attribute.parts, value) : value;
  }
  delete kept.schemas;
  return kept;
}

/** What every resource says that is not kept of it. */
const saidByAll: readonly string[] = ['schemas', 'meta', 'idcsCreatedBy', 'idcsLastModifiedBy'];

/** The resources that a list is of, each with what the filter and the order need to know of it. */
export function select(context: ScimContext, kind: Kind, listing: Listing): readonly Resource[] {
  const needed = new Set([
    ...(listing.filter ? keysOf(listing.filter) : []),
    ...(listing.sort ? [keyOf(listing.sort.path)] : []),
  ]);
  const isWhole = saidByAll.some((key) => needed.has(key));
  const isDerived = Object.keys(kind.derived ?? {}).some((key) => needed.has(key));
  const all = [...context.store.all(kind.path)];
  if (!isWhole && !isDerived) return choose(listing, all);
  return choose(
    listing,
    all.map((resource) => {
      const derived = isDerived ? derive(context, kind, resource, (path) => needed.has(keyOf(path))) : resource;
      return isWhole ? complete(context, kind, derived) : derived;
    }),
  );
}

function keysOf(filter: Filter<AttributePath>): string[] {
  if ('left' in filter) return [...keysOf(filter.left), ...keysOf(filter.right)];
  return 'path' in filter ? [keyOf(filter.path)] : keysOf(filter.inner);
}
