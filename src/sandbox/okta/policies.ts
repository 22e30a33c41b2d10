// Policies and their rules, to be read.

import { json, toTime } from './answer.ts';
import type { OktaContext, OktaRoute } from './context.ts';
import { linkHeaders, pageOf } from './paging.ts';
import { type PolicyRecord, policyTypes, type RuleRecord } from './policy-seed.ts';
import { invalid, notFound, OktaProblem } from './problems.ts';
import type { OktaState } from './state.ts';

export const policyRoutes: readonly OktaRoute[] = [
  { method: 'GET', path: '/api/v1/policies', handle: listPolicies },
  { method: 'GET', path: '/api/v1/policies/{policyId}', handle: getPolicy },
  { method: 'GET', path: '/api/v1/policies/{policyId}/rules', handle: listRules },
  { method: 'GET', path: '/api/v1/policies/{policyId}/rules/{ruleId}', handle: getRule },
];

function listPolicies(context: OktaContext) {
  const { state, query, call } = context;
  const type = query.get('type');
  if (type === null || type === '') throw new OktaProblem('E0000028', '', ["type: The 'type' parameter is required."]);
  if (!policyTypes.some((known) => known === type)) throw invalid('type', `'${type}' is not a policy type.`);
  const status = query.get('status');
  if (status !== null && status !== 'ACTIVE' && status !== 'INACTIVE')
    throw invalid('status', "It must be 'ACTIVE' or 'INACTIVE'.");
  const q = (query.get('q') ?? '').toLowerCase();
  const found = policiesOf(state, type).filter(
    (policy) => (status === null || policy.status === status) && policy.name.toLowerCase().startsWith(q),
  );
  const page = pageOf('policies', found, query, { fallback: 200, max: 200 }, (policy) => policy.id);
  return json(
    page.items.map((policy) => viewPolicy(context, policy)),
    linkHeaders(call.url, page.next),
  );
}

/** In the order in which Okta asks them. */
export function policiesOf(state: OktaState, type: string): PolicyRecord[] {
  return state.policies.filter((policy) => policy.type === type).toSorted((a, b) => a.priority - b.priority);
}

export function requirePolicy({ state, params }: OktaContext): PolicyRecord {
  const policy = state.policies.find((candidate) => candidate.id === params.policyId);
  if (!policy) throw notFound(params.policyId ?? '', 'Policy');
  return policy;
}

function getPolicy(context: OktaContext) {
  return json(viewPolicy(context, requirePolicy(context)));
}

function listRules(context: OktaContext) {
  const policy = requirePolicy(context);
  const page = pageOf(
    `rules ${policy.id}`,
    policy.rules,
    context.query,
    { fallback: 200, max: 200 },
    (rule) => rule.id,
  );
  return json(
    page.items.map((rule) => viewRule(context, policy, rule)),
    linkHeaders(context.call.url, page.next),
  );
}

export function requireRule({ params }: OktaContext, policy: PolicyRecord): RuleRecord {
  const rule = policy.rules.find((candidate) => candidate.id === params.ruleId);
  if (!rule) throw notFound(params.ruleId ?? '', 'PolicyRule');
  return rule;
}

function getRule(context: OktaContext) {
  const policy = requirePolicy(context);
  return json(viewRule(context, policy, requireRule(context, policy)));
}

export function viewPolicy(context: OktaContext, policy: PolicyRecord): Record<string, unknown> {
  const self = `${context.base}/api/v1/policies/${policy.id}`;
  const expanded = context.query.get('expand') === 'rules';
  return {
    id: policy.id,
    status: policy.status,
    name: policy.name,
    description: policy.description,
    type: policy.type,
    priority: policy.priority,
    system: policy.system,
    created: toTime(policy.created),
    lastUpdated: toTime(policy.lastUpdated),
    ...policy.body,
    ...(expanded ? { _embedded: { rules: policy.rules.map((rule) => viewRule(context, policy, rule)) } } : {}),
    _links: {
      self: linkTo(self, policy),
      ...changeLink(self, policy),
      rules: { href: `${self}/rules`, hints: { allow: ['GET', 'POST'] } },
    },
  };
}

export function viewRule({ base }: OktaContext, policy: PolicyRecord, rule: RuleRecord): Record<string, unknown> {
  const self = `${base}/api/v1/policies/${policy.id}/rules/${rule.id}`;
  return {
    id: rule.id,
    status: rule.status,
    name: rule.name,
    type: rule.type,
    priority: rule.priority,
    system: rule.system,
    created: toTime(rule.created),
    lastUpdated: toTime(rule.lastUpdated),
    ...rule.body,
    _links: { self: linkTo(self, rule), ...changeLink(self, rule) },
  };
}

function linkTo(href: string, { system }: { system: boolean }) {
  return { href, hints: { allow: system ? ['GET', 'PUT'] : ['GET', 'PUT', 'DELETE'] } };
}

function changeLink(self: string, { status, system }: { status: string; system: boolean }) {
  if (system) return {};
  const change = status === 'ACTIVE' ? 'deactivate' : 'activate';
  return { [change]: { href: `${self}/lifecycle/${change}`, hints: { allow: ['POST'] } } };
}
