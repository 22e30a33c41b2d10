// Reading how people sign in: sign-on policies, with what each rule asks and answers.
// https://docs.oracle.com/en-us/iaas/api/#/en/identity-domains/v1/Policy/

import { z } from 'zod';
import { fullObject, listInput, viewInput } from '../../../core/listing.ts';
import { quoted } from '../../../core/plain.ts';
import { defineTools, tableOf } from '../../../core/tool.ts';
import { loadByIds } from '../by-ids.ts';
import type { OciClient } from '../client.ts';
import { and, or, where } from '../filter.ts';
import { count, domainListOutput, flag, fullOf, metaEntity, text, type View } from './scim-views.ts';
import { domainId, listAliases, present, referenceView, wrong } from './shared.ts';
import { readConditions } from './sign-on-conditions.ts';

const tool = defineTools<OciClient>();

const policyEntity = z.looseObject({
  id: z.string().min(1),
  name: z.string(),
  description: text,
  active: flag,
  policyType: z.looseObject({ value: z.string() }).nullish(),
  rules: z.array(z.looseObject({ value: z.string(), sequence: count, name: text })).nullish(),
  meta: metaEntity,
});
type Policy = z.output<typeof policyEntity>;

const ruleEntity = z.looseObject({
  id: z.string(),
  name: text,
  description: text,
  active: flag,
  locked: flag,
  condition: text,
  conditionGroup: z.looseObject({ value: text, type: text, name: text }).nullish(),
  return: z.array(z.looseObject({ name: z.string(), value: z.unknown() })).nullish(),
});
type Rule = z.output<typeof ruleEntity>;

const signOn = 'SignOn';
/** An application names its policy under one of two names. */
const policyOfApps = ['signonPolicy.value', 'appSignonPolicy.value'];
const maxApps = 50;

const policyView = z.object({
  id: z.string(),
  name: z.string(),
  active: z.boolean(),
  rule_count: z.number(),
  description: z.string().optional(),
  full: fullObject,
});
const ruleView = z.object({
  id: z.string(),
  name: z.string(),
  sequence: z.number().optional().describe('1 is tried first; the first that applies decides'),
  active: z.boolean(),
  locked: z.boolean().optional(),
  description: z.string().optional(),
  when: z.array(z.string()).describe('all must hold; empty: always'),
  outcome: z.record(z.string(), z.unknown()).describe('effect, factors and the rest, as the domain calls them'),
  full: fullObject,
});

function viewPolicy(policy: Policy, view: View): z.output<typeof policyView> {
  const { id, name, active, rules, description } = policy;
  return {
    id,
    name,
    active: active ?? false,
    rule_count: rules?.length ?? 0,
    ...present({ description }),
    ...fullOf(policy, view),
  };
}

/** Values are texts, some of which are lists or booleans written as JSON. */
function readReturn(list: Rule['return']): Record<string, unknown> {
  return Object.fromEntries((list ?? []).map(({ name, value }) => [name, readJson(value)]));
}

function readJson(value: unknown): unknown {
  if (typeof value !== 'string' || !/^(?:\[.*\]|true|false|-?\d{1,15})$/s.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

export const signOnPolicyTools = [
  tool({
    name: 'list_oci_sign_on_policies',
    title: 'List OCI sign-on policies',
    description: 'Policies that decide how people sign in. Next: get_oci_sign_on_policy for the rules.',
    access: 'read',
    scopes: ['oci:read'],
    parameterAliases: { ...listAliases, search: 'query' },
    input: () =>
      z.strictObject({
        query: z.string().min(1).max(255).optional().describe('In the name'),
        active: z.boolean().optional(),
        ...listInput,
      }),
    output: () => domainListOutput('policies', policyView),
    table: tableOf<z.output<typeof policyView>>('policies', {
      id: (policy) => policy.id,
      name: (policy) => policy.name,
      active: (policy) => policy.active,
      rules: (policy) => policy.rule_count,
      description: (policy) => policy.description,
    }),
    async run({ query, active, max_results, cursor, view }, { client, progress }) {
      const { items, ...tail } = await client.domain.list({
        path: ['Policies'],
        filter: and(
          where.eq('policyType.value', signOn),
          query === undefined ? undefined : where.co('name', query),
          active === undefined ? undefined : where.eq('active', active),
        ),
        attributeSets: ['default'],
        attributes: ['rules'],
        sortBy: 'name',
        entity: policyEntity,
        max: max_results,
        cursor,
        progress,
      });
      return { policies: items.map((policy) => viewPolicy(policy, view)), ...tail };
    },
  }),

  tool({
    name: 'get_oci_sign_on_policy',
    title: 'Get an OCI sign-on policy',
    description:
      'One sign-on policy with its rules in order: whom each is for (groups, networks and identity providers by name), what it then asks or denies, and which applications use the policy.',
    access: 'read',
    scopes: ['oci:read'],
    input: () => z.strictObject({ policy_id: domainId('Policy'), ...viewInput }),
    output: () =>
      policyView.extend({
        created: z.string().optional(),
        last_modified: z.string().optional(),
        rules: z.array(ruleView),
        applications: z.array(referenceView).describe(`${maxApps} at most`),
        application_count: z.number(),
      }),
    async run({ policy_id, view }, { client }) {
      const policy = await client.domain.get({
        path: ['Policies', policy_id],
        attributeSets: ['default'],
        attributes: ['rules'],
        entity: policyEntity,
      });
      const type = policy.policyType?.value;
      if (type !== undefined && type !== signOn)
        throw wrong(
          `The policy ${quoted(policy.name)} is of the type ${quoted(type)}, not about signing in.`,
          'list_oci_sign_on_policies names those that are.',
        );
      const places = new Map((policy.rules ?? []).map(({ value, sequence }) => [value, sequence]));
      const [rules, apps] = await Promise.all([
        loadByIds(client, 'Rules', places.keys(), { entity: ruleEntity, attributeSets: ['default'] }),
        client.domain.list({
          path: ['Apps'],
          filter: or(...policyOfApps.map((attribute) => where.eq(attribute, policy.id))),
          attributes: ['displayName'],
          sortBy: 'displayName',
          entity: z.looseObject({ id: z.string(), displayName: text }),
          max: maxApps,
        }),
      ]);
      const conditions = await readConditions(client, rules);
      const { created, lastModified } = policy.meta ?? {};
      return {
        ...viewPolicy(policy, view),
        ...present({ created, last_modified: lastModified }),
        rules: rules
          .map((rule) => ({
            id: rule.id,
            name: rule.name ?? rule.id,
            ...present({ sequence: places.get(rule.id) }),
            active: rule.active ?? true,
            ...present({ locked: rule.locked || undefined, description: rule.description }),
            when: [...(conditions.get(rule.id) ?? [])],
            outcome: readReturn(rule.return),
            ...fullOf(rule, view),
          }))
          .sort((one, other) => (one.sequence ?? 0) - (other.sequence ?? 0)),
        applications: apps.items.map(({ id, displayName }) => ({ id, ...present({ name: displayName }) })),
        application_count: apps.total,
      };
    },
  }),
];
