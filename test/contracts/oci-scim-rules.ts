// What the models of an identity domain say of each attribute, as rules: what is returned when, what a filter may name, what a
// patch may change (RFC 7643 §7, RFC 7644 §3.4 and §3.5.2).

import { alwaysAlong, customExtension, type Json } from './oci-overlay.ts';
import { readFilter } from './oci-scim-filter.ts';

export type Models = Readonly<Record<string, Json>>;

export interface Asked {
  /** Asked without changing anything: only then is nothing given that was sent. */
  isRead: boolean;
  attributes: readonly string[] | undefined;
  sets: readonly string[] | undefined;
  filter: string | undefined;
  sortBy: string | undefined;
}

interface Operation {
  op: string;
  path: string;
  value?: unknown;
}

type Validate = (name: string, schema: Json, value: unknown) => string[];

export function createScimRules(models: Models, validate: Validate) {
  const resolve = (schema: Json | undefined): Json | undefined => {
    const name = typeof schema?.$ref === 'string' ? schema.$ref.split('/').at(-1) : undefined;
    return name === undefined ? schema : models[name];
  };
  const partsOf = (schema: Json | undefined): Record<string, Json> => {
    const whole = resolve(schema);
    const one = whole?.type === 'array' ? resolve(whole.items as Json) : whole;
    return (one?.properties ?? {}) as Record<string, Json>;
  };
  /** Attribute names are matched in any letters (RFC 7643 §2.1). */
  const partOf = (schema: Json | undefined, name: string): Json | undefined => {
    const found = Object.entries(partsOf(schema)).find(([key]) => key.toLowerCase() === name.toLowerCase());
    return found?.[1];
  };

  /** 'emails.value', 'urn:…:User:isFederatedUser', 'urn:…:User:locked.on'. */
  function findAttribute(model: Json | undefined, path: string): Json | undefined {
    const extension = Object.keys(partsOf(model)).find(
      (key) => key.startsWith('urn:') && path.toLowerCase().startsWith(key.toLowerCase()),
    );
    if (extension === undefined) {
      const core = /^urn:ietf:params:scim:schemas:oracle:idcs:\w+:(.*)$/.exec(path)?.[1] ?? path;
      return walk(model, core.replace(/^urn:ietf:params:scim:schemas:core:2\.0:\w+:/, ''));
    }
    const rest = path.slice(extension.length).replace(/^:/, '');
    const inside = partsOf(model)[extension];
    return rest === '' ? inside : walk(inside, rest);
  }
  const walk = (from: Json | undefined, path: string) =>
    path.split('.').reduce<Json | undefined>((at, name) => at && partOf(at, name), from);

  /** The model of one resource, of whatever the operation answers with. */
  function itemOf(answer: string): Json | undefined {
    const model = models[answer];
    const list = (model?.properties as Record<string, Json> | undefined)?.Resources;
    return list ? resolve(list.items as Json) : model;
  }

  function checkReturned(name: string, answer: string, body: unknown, asked: Asked): string[] {
    const model = itemOf(answer);
    const { Resources } = body as { Resources?: Json[] };
    const resources = Resources ?? [body as Json];
    return [...new Set(resources.flatMap((resource) => checkResource(name, model, resource, asked)))];
  }

  function checkResource(name: string, model: Json | undefined, resource: Json, asked: Asked): string[] {
    return Object.entries(resource).flatMap(([key, value]) => {
      const schema = partsOf(model)[key];
      if (!key.startsWith('urn:')) return checkOne(name, key, schema, asked, '');
      if (!schema) return customExtension.test(key) ? [] : [`${name} has an extension '${key}' that nobody knows`];
      const inside = Object.keys(value as Json).flatMap((part) =>
        checkOne(name, part, partsOf(schema)[part], asked, `${key}:`),
      );
      // The wide schema of the whole resource leaves extensions open.
      const unknown = Object.keys(value as Json).filter((part) => !(part in partsOf(schema)));
      return [...inside, ...unknown.map((part) => `${name} has '${key}:${part}' that nobody knows`)];
    });
  }

  function checkOne(name: string, key: string, schema: Json | undefined, asked: Asked, before: string): string[] {
    const returned = schema?.['x-returned'] ?? 'default';
    if (returned === 'never') return [`${name} gives ${before}${key}, which is never returned`];
    if (returned === 'always' || alwaysAlong.includes(key)) return [];
    if (asked.sets?.some((set) => set === 'all' || set === returned)) return [];
    const path = `${before}${key}`.toLowerCase();
    const isNamed = asked.attributes?.some((attribute) => {
      const wanted = attribute.toLowerCase();
      return (
        wanted === path || wanted.startsWith(`${path}.`) || (before !== '' && `${wanted}:` === before.toLowerCase())
      );
    });
    // RFC 7643 §7: what the client sent may come back; the models say nothing of it here.
    if (isNamed || (!asked.isRead && !asked.attributes)) return [];
    if (returned === 'request') return [`${name} gives ${before}${key} unasked: it is returned on request only`];
    return asked.attributes && !asked.sets
      ? [`${name} gives ${before}${key}, and other attributes were asked for`]
      : [];
  }

  function checkSearchable(name: string, model: Json | undefined, path: string): string[] {
    const attribute = findAttribute(model, path);
    if (!attribute) return customExtension.test(path) ? [] : [`${name}: there is no attribute '${path}'`];
    const named = attribute['x-idcsSearchable'] ? attribute : partOf(attribute, 'value');
    return named?.['x-idcsSearchable'] === 'true' ? [] : [`${name}: '${path}' is not searchable`];
  }

  function checkAsked(name: string, answer: string | null, asked: Asked, patch: unknown): string[] {
    const model = answer === null ? undefined : itemOf(answer);
    if (!model) return [];
    const unknown = (asked.attributes ?? []).filter(
      (path) => !findAttribute(model, path) && !customExtension.test(path),
    );
    const filter = asked.filter === undefined ? { paths: [] } : readFilter(asked.filter);
    if ('problem' in filter) return [`${name} ?filter ${filter.problem}`];
    const sorted = asked.sortBy === undefined ? [] : checkSearchable(`${name} ?sortBy`, model, asked.sortBy);
    return [
      ...unknown.map((path) => `${name} ?attributes: there is no attribute '${path}'`),
      ...filter.paths.flatMap((path) => checkSearchable(`${name} ?filter`, model, path)),
      ...sorted,
      ...((patch as { Operations?: Operation[] } | undefined)?.Operations ?? []).flatMap((each) =>
        checkPatch(name, model, each),
      ),
    ];
  }

  function checkPatch(name: string, model: Json, { op, path, value }: Operation): string[] {
    const [, before = '', filter, after = ''] = /^([^[]+)(?:\[(.*)\])?(?:\.([\w$]+))?$/.exec(path) ?? [];
    const says = `${name} ${op} '${path}'`;
    const inner = filter === undefined ? { paths: [] } : readFilter(filter);
    if ('problem' in inner) return [`${says} ${inner.problem}`];
    const attribute = findAttribute(model, filter === undefined && after ? `${before}.${after}` : before);
    const target = filter !== undefined && after ? attribute && partOf(attribute, after) : attribute;
    if (!target || !attribute) return customExtension.test(path) ? [] : [`${says}: there is no such attribute`];
    const strange = inner.paths.filter((part) => !walk(attribute, part));
    const isFixed = [attribute, target].some((each) => each['x-mutability'] === 'readOnly');
    const isChangedForGood = target['x-mutability'] === 'immutable' && op.toLowerCase() !== 'add';
    return [
      ...strange.map((part) => `${says}: there is no '${part}' to choose by`),
      ...(isFixed ? [`${says}: it is read only`] : []),
      ...(isChangedForGood ? [`${says}: it never changes`] : []),
      ...checkValue(says, op.toLowerCase(), target, filter !== undefined && !after, value),
    ];
  }

  function checkValue(says: string, op: string, target: Json, isOneOfMany: boolean, value: unknown): string[] {
    if (value === undefined) return op === 'remove' ? [] : [`${says} needs a value`];
    const whole = resolve(target) ?? {};
    // One value may be given in the place of a list of one.
    const isItem = whole.type === 'array' && (isOneOfMany || !Array.isArray(value));
    const schema = isItem ? (whole.items as Json) : whole;
    return validate(says, pointToSent(schema) as Json, value);
  }

  return { checkReturned, checkAsked };
}

function pointToSent(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(pointToSent);
  if (typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => [
      key,
      key === '$ref' ? `oci-identity-domains-sent${String(value)}` : pointToSent(value),
    ]),
  );
}
