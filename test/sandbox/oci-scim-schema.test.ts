// The schemas of the simulated domain against the models of Oracle's SDKs, attribute by attribute.

import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type Attribute, attributesOf } from '../../src/sandbox/oci/scim/attributes.ts';
import { kinds } from '../../src/sandbox/oci/scim/kinds.ts';
import { appStatusChangerAttributes } from '../../src/sandbox/oci/scim/schemas/apps.ts';
import * as changers from '../../src/sandbox/oci/scim/schemas/changers.ts';

interface Model {
  type?: string;
  items?: Model;
  enum?: string[];
  required?: string[];
  properties?: Record<string, Model>;
  $ref?: string;
  [characteristic: `x-${string}`]: string | undefined;
}

const folder = process.env.CASTELLAN_CONTRACTS ?? fileURLToPath(new URL('../../../shared/contracts', import.meta.url));
const file = `${folder}/oci-identity-domains.json`;
const models = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')).$defs as Record<string, Model>) : undefined;

const resolve = (model: Model): Model =>
  model.$ref === undefined ? model : (models?.[model.$ref.split('/').at(-1) ?? ''] ?? {});

/** Device has no model of its own but that of one's own devices. */
const modelOf: Readonly<Record<string, string>> = {
  Device: 'MyDevice',
  Settings: 'Setting',
  AuthenticationFactorSettings: 'AuthenticationFactorSetting',
};

function differences(attributes: readonly Attribute[], model: Model, at: string): string[] {
  return attributes.flatMap((attribute) => {
    const here = `${at}.${attribute.name}`;
    const found = model.properties?.[attribute.name];
    if (!found) return [`${here} is in no model`];
    const isMany = found.type === 'array';
    const one = resolve(isMany ? (found.items ?? {}) : found);
    const wrong = (what: string, mine: unknown, theirs: unknown) =>
      mine === theirs ? [] : [`${here}: ${what} is ${mine}, in the model ${theirs}`];
    const says = <T>(name: `x-${string}`, usual: T) => found[name] ?? usual;
    return [
      // In the models, it is the whole that says which of its attributes are required.
      ...wrong('required', attribute.isRequired, model.required?.includes(attribute.name) ?? false),
      ...wrong('multiValued', attribute.isMany, isMany),
      ...(one.properties ? [] : wrong('type', attribute.type, one.type)),
      // Of a single complex attribute the models have the parts alone.
      ...(found.$ref === undefined
        ? [
            ...wrong('returned', attribute.returned, says('x-returned', 'default')),
            ...wrong('mutability', attribute.mutability, says('x-mutability', 'readWrite')),
            ...wrong('searchable', attribute.isSearchable || hasSearchable(attribute), isOrHasSearchable(found, one)),
            ...wrong('uniqueness', attribute.uniqueness, says('x-uniqueness', 'none')),
          ]
        : []),
      ...(attribute.type === 'complex'
        ? []
        : wrong('caseExact', attribute.isExact, says('x-caseExact', 'false') === 'true')),
      ...wrong('words', attribute.words?.toSorted().join(), one.enum?.toSorted().join()),
      ...(attribute.parts.length > 0 ? differences(attribute.parts, one, here) : []),
    ];
  });
}

const hasSearchable = ({ parts }: Attribute) => parts.some(({ isSearchable }) => isSearchable);
const isOrHasSearchable = (found: Model, one: Model) =>
  found['x-idcsSearchable'] === 'true' ||
  Object.values(one.properties ?? {}).some((part) => part['x-idcsSearchable'] === 'true');

describe.skipIf(models === undefined)('the schemas are those of the SDKs’ models', () => {
  it.each(kinds.map((kind) => [kind.name, kind.attributes] as const))('%s', (name, attributes) => {
    expect(differences(attributes, models?.[modelOf[name] ?? name] ?? {}, name)).toEqual([]);
  });

  it.each([
    ['UserStatusChanger', changers.userStatusChangerAttributes],
    ['UserPasswordResetter', changers.passwordResetterAttributes],
    ['UserPasswordChanger', changers.passwordChangerAttributes],
    ['UserCapabilitiesChanger', changers.capabilitiesChangerAttributes],
    ['AuthenticationFactorsRemover', changers.factorsRemoverAttributes],
    ['AppStatusChanger', appStatusChangerAttributes],
  ])('%s', (name, attributes) => {
    expect(differences(attributes, models?.[name] ?? {}, name)).toEqual([]);
  });
});

it('an attribute that is not written as one is a fault at once', () => {
  expect(() => attributesOf('name search; drop')).toThrow(TypeError);
  expect(attributesOf('a* search = x y\n  b integer')).toMatchObject([
    { name: 'a', isMany: true, type: 'complex', words: ['x', 'y'], parts: [{ name: 'b', type: 'integer' }] },
  ]);
});
