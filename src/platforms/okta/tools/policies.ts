// Reading policies and their rules.

import { z } from 'zod';
import { fullObject, listInput, listOutput, viewInput } from '../../../core/listing.ts';
import { defineTools, tableOf } from '../../../core/tool.ts';
import type { OktaClient } from '../client.ts';
import { fullOf, present, type View } from '../views.ts';
import { listParameters, policyId, ruleId } from './shared.ts';

const tool = defineTools<OktaClient>();
const text = z.string().nullish();

export const policyTypes = [
  'OKTA_SIGN_ON',
  'PASSWORD',
  'MFA_ENROLL',
  'ACCESS_POLICY',
  'PROFILE_ENROLLMENT',
  'IDP_DISCOVERY',
  'POST_AUTH_SESSION',
  'ENTITY_RISK',
  'DEVICE_SIGNAL_COLLECTION',
  'SESSION_VIOLATION_DETECTION',
  'CLIENT_UPDATE',
  'IDENTITY_CLAIM_SOURCING',
] as const;

const policyEntity = z.object({
  id: z.string(),
  name: text,
  type: text,
  status: text,
  priority: z.number().nullish(),
  system: z.boolean().nullish(),
  description: text,
});
const policyView = z.object({
  id: z.string(),
  name: z.string(),
  type: z.string().optional(),
  status: z.string().optional(),
  priority: z.number().optional().describe('1 is tried first'),
  system: z.boolean().optional(),
  description: z.string().optional(),
  full: fullObject,
});

const parts = z.record(z.string(), z.unknown()).nullish();
const ruleEntity = policyEntity.extend({ conditions: parts, actions: parts });
const part = z.record(z.string(), z.unknown()).optional();
const ruleView = z.object({
  id: z.string(),
  name: z.string(),
  type: z.string().optional(),
  status: z.string().optional(),
  priority: z.number().optional().describe('1 is tried first'),
  system: z.boolean().optional(),
  conditions: part.describe('to whom and when'),
  actions: part.describe('what it does'),
  full: fullObject,
});

function viewRule(rule: z.output<typeof ruleEntity>, view: View): z.output<typeof ruleView> {
  const { conditions, actions } = fullOf({ conditions: rule.conditions, actions: rule.actions }, 'full').full as {
    conditions?: Record<string, unknown> | null;
    actions?: Record<string, unknown> | null;
  };
  return {
    id: rule.id,
    name: rule.name ?? '',
    ...present({ type: rule.type, status: rule.status, priority: rule.priority, system: rule.system || undefined }),
    ...present({ conditions, actions }),
    ...fullOf(rule, view),
  };
}

function viewPolicy(policy: z.output<typeof policyEntity>, view: View): z.output<typeof policyView> {
  const { id, name, type, status, priority, system, description } = policy;
  return {
    id,
    name: name ?? '',
    ...present({ type, status, priority, system: system || undefined, description }),
    ...fullOf(policy, view),
  };
}

export const policyTools = [
  tool({
    name: 'list_okta_policies',
    title: 'List Okta policies',
    description: 'The policies of one type; priority 1 is tried first. Next: list_okta_policy_rules.',
    access: 'read',
    scopes: ['okta.policies.read'],
    parameterAliases: listParameters,
    input: () =>
      z.strictObject({
        type: z.enum(policyTypes).describe('OKTA_SIGN_ON: sessions; ACCESS_POLICY: apps; MFA_ENROLL: factors'),
        status: z.enum(['ACTIVE', 'INACTIVE']).optional(),
        query: z.string().max(255).optional().describe('Start of the name'),
        ...listInput,
      }),
    output: () => listOutput('policies', policyView),
    table: tableOf<z.output<typeof policyView>>('policies', {
      id: (policy) => policy.id,
      name: (policy) => policy.name,
      status: (policy) => policy.status,
      priority: (policy) => policy.priority,
    }),
    async run({ type, status, query, max_results, cursor, view }, { client, progress }) {
      const { items, ...tail } = await client.list({
        path: ['policies'],
        query: { type, status, q: query },
        entity: policyEntity,
        max: max_results,
        cursor,
        progress,
      });
      return { policies: items.map((policy) => viewPolicy(policy, view)), ...tail };
    },
  }),

  tool({
    name: 'get_okta_policy',
    title: 'Get an Okta policy',
    description: 'One policy with the people it is for and its settings. Next: list_okta_policy_rules.',
    access: 'read',
    scopes: ['okta.policies.read'],
    input: () => z.strictObject({ policy_id: policyId, ...viewInput }),
    output: () =>
      policyView.extend({
        conditions: part.describe('for whom'),
        settings: part,
        created: z.string().optional(),
        last_updated: z.string().optional(),
      }),
    async run({ policy_id, view }, { client }) {
      const entity = policyEntity.extend({ conditions: parts, settings: parts, created: text, lastUpdated: text });
      const policy = await client.get(['policies', policy_id], entity);
      const { conditions, settings, created, lastUpdated } = policy;
      const safe = fullOf(present({ conditions, settings }), 'full').full as Pick<typeof policy, 'settings'>;
      return { ...viewPolicy(policy, view), ...present({ ...safe, created, last_updated: lastUpdated }) };
    },
  }),

  tool({
    name: 'list_okta_policy_rules',
    title: 'List a policy’s rules',
    description:
      'The rules of a policy with conditions and actions: who must do what to get in. Priority 1 is tried first.',
    access: 'read',
    scopes: ['okta.policies.read'],
    parameterAliases: listParameters,
    input: () => z.strictObject({ policy_id: policyId, ...listInput }),
    output: () => listOutput('rules', ruleView),
    table: tableOf<z.output<typeof ruleView>>('rules', {
      id: (rule) => rule.id,
      name: (rule) => rule.name,
      status: (rule) => rule.status,
      priority: (rule) => rule.priority,
      conditions: (rule) => rule.conditions && JSON.stringify(rule.conditions),
      actions: (rule) => rule.actions && JSON.stringify(rule.actions),
    }),
    async run({ policy_id, max_results, cursor, view }, { client, progress }) {
      const request = {
        path: ['policies', policy_id, 'rules'],
        entity: ruleEntity,
        max: max_results,
        cursor,
        progress,
      };
      const { items, ...tail } = await client.list(request);
      return { rules: items.map((rule) => viewRule(rule, view)), ...tail };
    },
  }),

  tool({
    name: 'get_okta_policy_rule',
    title: 'Get a policy rule',
    description: 'One rule of a policy with its conditions and actions.',
    access: 'read',
    scopes: ['okta.policies.read'],
    input: () => z.strictObject({ policy_id: policyId, rule_id: ruleId, ...viewInput }),
    output: () => ruleView.extend({ created: z.string().optional(), last_updated: z.string().optional() }),
    async run({ policy_id, rule_id, view }, { client }) {
      const entity = ruleEntity.extend({ created: text, lastUpdated: text });
      const rule = await client.get(['policies', policy_id, 'rules', rule_id], entity);
      return { ...viewRule(rule, view), ...present({ created: rule.created, last_updated: rule.lastUpdated }) };
    },
  }),
];
