// Which attributes an answer has: RFC 7644 §3.9 and Oracle's attributeSets, by what the schema says of each attribute's `returned`.

import { type AttributePath, findPath, keyOf } from './attribute-path.ts';
import type { Attribute } from './attributes.ts';
import type { ScimContext } from './context.ts';
import { extensionsOf, type Kind } from './kind.ts';
import { ScimProblem } from './problem.ts';
import { type Complex, isComplex, isList, type Resource, setAt, type Value } from './resource.ts';

export interface Projection {
  /** Of an attribute in itself; `undefined` for the top. */
  has: (attribute: Attribute, extension: string | undefined) => boolean;
  hasPart: (part: Attribute, attribute: Attribute, extension: string | undefined) => boolean;
}

const setNames = ['all', 'always', 'never', 'request', 'default'] as const;

/** What there is no such attribute of is passed over, as the vendor's own examples do (`attributes=email`). @throws ScimProblem */
export function readProjection(
  kind: Kind,
  attributes: readonly string[] | undefined,
  sets: readonly string[] | undefined,
): Projection {
  const chosen = new Set((sets ?? []).map((each) => each.toLowerCase()));
  for (const each of chosen)
    if (!setNames.some((name) => name === each))
      throw new ScimProblem('query', `attributeSets must be of: ${setNames.join(', ')}.`);
  const named = (attributes ?? []).flatMap((text) => findPath(kind, text.trim()) ?? []);
  const isPlain = attributes === undefined && sets === undefined;
  const whole = new Set(named.map(pathKey));
  const inside = new Set(named.map(keyOf));
  const isInSet = ({ returned }: Attribute) => chosen.has('all') || chosen.has(returned);
  const isOf = ({ returned }: Attribute) => returned === 'always' || (isPlain && returned === 'default');
  return {
    has(attribute, extension) {
      if (attribute.returned === 'never') return false;
      const key = keyOf({ extension, attribute, part: undefined });
      const isWholeExtension = extension !== undefined && whole.has(extension) && attribute.returned === 'default';
      return isOf(attribute) || isInSet(attribute) || inside.has(key) || isWholeExtension;
    },
    hasPart(part, attribute, extension) {
      if (part.returned === 'never') return false;
      const path = { extension, attribute, part };
      if (part.returned === 'always' || chosen.has('all') || whole.has(pathKey(path))) return true;
      if (part.returned === 'request') return chosen.has('request');
      // Where only some parts of it were named, the others stay away.
      const key = keyOf(path);
      const isNarrowed = inside.has(key) && !whole.has(key) && !isInSet(attribute) && !isOf(attribute);
      return !isNarrowed;
    },
  };
}

const pathKey = (path: AttributePath) => (path.part ? `${keyOf(path)}.${path.part.name}` : keyOf(path));

/** Works out what is derived and wanted, and leaves out the rest. */
export function project(context: ScimContext, kind: Kind, resource: Resource, projection: Projection): Complex {
  const urns = new Set(extensionsOf(kind).map(({ name }) => name));
  const full = derive(context, kind, resource, (path) => projection.has(path.attribute, path.extension));
  const answer: Complex = {};
  for (const attribute of kind.attributes) {
    if (urns.has(attribute.name)) {
      const extension = full[attribute.name];
      if (!isComplex(extension)) continue;
      const kept = pick(extension, attribute.parts, projection, attribute.name);
      if (Object.keys(kept).length > 0) answer[attribute.name] = kept;
      continue;
    }
    Object.assign(answer, pick(full, [attribute], projection, undefined));
  }
  return answer;
}

function pick(
  from: Complex,
  attributes: readonly Attribute[],
  projection: Projection,
  extension: string | undefined,
): Complex {
  const kept: Complex = {};
  for (const attribute of attributes) {
    const value = from[attribute.name];
    if (value === undefined || value === null || !projection.has(attribute, extension)) continue;
    const shown = narrow(value, attribute, projection, extension);
    if (shown !== undefined) kept[attribute.name] = shown;
  }
  return kept;
}

function narrow(
  value: Value,
  attribute: Attribute,
  projection: Projection,
  extension: string | undefined,
): Value | undefined {
  if (isList(value)) {
    const kept = value.flatMap((each) => narrow(each, attribute, projection, extension) ?? []);
    return kept.length > 0 ? kept : undefined;
  }
  if (!isComplex(value)) return value;
  const parts = attribute.parts.filter((part) => projection.hasPart(part, attribute, extension));
  const kept: Complex = {};
  for (const part of parts) {
    const each = value[part.name];
    if (each !== undefined && each !== null) kept[part.name] = each;
  }
  return Object.keys(kept).length > 0 ? kept : undefined;
}

/** The resource with those of its derived attributes that somebody wants to know. */
export function derive(
  context: ScimContext,
  kind: Kind,
  resource: Resource,
  isWanted: (path: AttributePath) => boolean,
): Resource {
  if (!kind.derived) return resource;
  const full: Resource = { ...resource };
  for (const [key, work] of Object.entries(kind.derived)) {
    const path = findPath(kind, key);
    if (path && isWanted(path)) setAt(full, key, work(context, resource));
  }
  return full;
}
