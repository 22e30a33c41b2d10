// Conditions of sign-on rules as sentences, with the names of what they speak of in the place of ids.

import { z } from 'zod';
import { quoted } from '../../../core/plain.ts';
import { loadByIds } from '../by-ids.ts';
import type { OciClient } from '../client.ts';
import { loadNames, type Named } from '../names.ts';
import { orUnseen } from '../seeing.ts';
import { text } from './scim-views.ts';

interface RuleOfConditions {
  readonly id: string;
  readonly condition?: string | null | undefined;
  readonly conditionGroup?:
    | {
        readonly value?: string | null | undefined;
        readonly type?: string | null | undefined;
        readonly name?: string | null | undefined;
      }
    | null
    | undefined;
}

const conditionEntity = z.looseObject({
  id: z.string(),
  name: text,
  attributeName: z.string(),
  operator: z.string(),
  attributeValue: z.string(),
});
type Condition = z.output<typeof conditionEntity>;

/** https://docs.oracle.com/en/cloud/paas/identity-cloud/rest-api/ (ConditionGroups); Oracle's SDKs have no model of it. */
const conditionGroupEntity = z.looseObject({
  id: z.string(),
  operator: text,
  conditions: z.array(z.looseObject({ value: z.string(), type: text })).nullish(),
});

/** What is left of a condition tree once it is read: sentences that must hold together, or one of which must. */
type Tree =
  | { readonly all: readonly Tree[] }
  | { readonly any: readonly Tree[] }
  | { readonly id: string }
  | { readonly says: string };

/** Deeper ones no console makes. */
const deepest = 5;

const operators: Readonly<Record<string, string>> = {
  eq: 'is',
  ne: 'is not',
  co: 'contains',
  coany: 'contains any of',
  sw: 'begins with',
  ew: 'ends with',
  gt: 'is more than',
  ge: 'is at least',
  lt: 'is less than',
  le: 'is at most',
  in: 'is one of',
  nin: 'is none of',
};

/** What an attribute of a condition holds ids of. */
const resources: readonly (readonly [about: RegExp, resource: Named])[] = [
  [/groups/i, 'Groups'],
  [/authenticatedby|identityprovider|idp/i, 'IdentityProviders'],
  [/ipaddress|perimeter|network/i, 'NetworkPerimeters'],
  [/approle|adminrole/i, 'AppRoles'],
  [/subject\.(?:id|user)|users/i, 'Users'],
];

/** By rule: sentences all of which must hold. None where a rule is for everybody. */
export async function readConditions(
  client: OciClient,
  rules: readonly RuleOfConditions[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const trees = await Promise.all(rules.map(async (rule) => [rule.id, await readTree(client, rule)] as const));
  const conditions = await loadByIds(
    client,
    'Conditions',
    trees.flatMap(([, tree]) => idsIn(tree)),
    {
      entity: conditionEntity,
      attributeSets: ['default'],
    },
  );
  const names = await loadNames(client, mentioned(conditions));
  const known = new Map(conditions.map((condition) => [condition.id, describe(condition, names)]));
  return new Map(
    trees.map(([id, tree]) => [id, 'all' in tree ? tree.all.map((part) => write(part, known)) : [write(tree, known)]]),
  );
}

async function readTree(client: OciClient, { condition, conditionGroup: group }: RuleOfConditions): Promise<Tree> {
  // A rule for everybody says `true`.
  if (!group?.value) return { all: condition && condition !== 'true' ? [{ says: condition }] : [] };
  if (group.type !== 'ConditionGroup') return { all: [{ id: group.value }] };
  return readGroup(client, group.value, group.name ?? group.value, deepest);
}

async function readGroup(client: OciClient, id: string, name: string, left: number): Promise<Tree> {
  const unread: Tree = { all: [{ says: `the condition group ${quoted(name)}, which cannot be read` }] };
  if (left === 0) return unread;
  const group = await orUnseen(client.domain.get({ path: ['ConditionGroups', id], entity: conditionGroupEntity }));
  if (group === undefined) return unread;
  const parts = await Promise.all(
    (group.conditions ?? []).map(({ value, type }) =>
      type === 'ConditionGroup' ? readGroup(client, value, value, left - 1) : { id: value },
    ),
  );
  return group.operator?.toLowerCase() === 'or' ? { any: parts } : { all: parts };
}

function idsIn(tree: Tree): readonly string[] {
  if ('id' in tree) return [tree.id];
  if ('says' in tree) return [];
  return ('all' in tree ? tree.all : tree.any).flatMap(idsIn);
}

function write(tree: Tree, known: ReadonlyMap<string, string>): string {
  if ('says' in tree) return tree.says;
  if ('id' in tree) return known.get(tree.id) ?? `the condition ${quoted(tree.id)}, which cannot be read`;
  const [parts, word] = 'all' in tree ? [tree.all, ' and '] : [tree.any, ' or '];
  const sentences = parts.map((part) => write(part, known));
  return sentences.length === 1 ? (sentences[0] ?? '') : `(${sentences.join(word)})`;
}

function describe({ attributeName, operator, attributeValue }: Condition, names: ReadonlyMap<string, string>): string {
  const values = valuesOf(attributeValue).map((value) => {
    const name = names.get(value);
    return name === undefined ? quoted(value) : `${quoted(name)} (${value})`;
  });
  return `${attributeName} ${operators[operator] ?? operator} ${values.join(', ')}`;
}

/** A text in quotes, or a list of such; JSON. */
function valuesOf(written: string): readonly string[] {
  try {
    const value: unknown = JSON.parse(written);
    return (Array.isArray(value) ? value : [value]).map((one) => (typeof one === 'string' ? one : JSON.stringify(one)));
  } catch {
    return [written];
  }
}

const id = /^[\w-]{1,64}$/;

/** What conditions speak of by id. */
function mentioned(conditions: readonly Condition[]): (readonly [Named, string])[] {
  return conditions.flatMap(({ attributeName, attributeValue }) => {
    const [, resource] = resources.find(([about]) => about.test(attributeName)) ?? [];
    if (!resource) return [];
    return valuesOf(attributeValue).flatMap((value) => (id.test(value) ? [[resource, value] as const] : []));
  });
}
