// Making, replacing and deleting the rules of policies, and switching them on and off.

import { empty, json, type OktaAnswer } from './answer.ts';
import { note, readBody } from './changes.ts';
import type { OktaContext, OktaRoute } from './context.ts';
import type { EventType } from './event-kinds.ts';
import type { LogTarget } from './log-record.ts';
import { makeNewId } from './new-id.ts';
import { requirePolicy, requireRule, viewRule } from './policies.ts';
import { checkActions, checkConditions, place, readName, readPart, readPriority } from './policy-checks.ts';
import { anywhere, type Part } from './policy-parts.ts';
import { type PolicyRecord, type RuleRecord, ruleTypeOf } from './policy-seed.ts';
import { checkReadOnly, readActivate, switchStatus, targetOf } from './policy-writes.ts';
import { invalid, OktaProblem } from './problems.ts';
import type { OktaState } from './state.ts';

export const ruleWriteRoutes: readonly OktaRoute[] = [
  { method: 'POST', path: '/api/v1/policies/{policyId}/rules', handle: createRule },
  { method: 'PUT', path: '/api/v1/policies/{policyId}/rules/{ruleId}', handle: replaceRule },
  { method: 'DELETE', path: '/api/v1/policies/{policyId}/rules/{ruleId}', handle: deleteRule },
  {
    method: 'POST',
    path: '/api/v1/policies/{policyId}/rules/{ruleId}/lifecycle/activate',
    handle: (context) => setStatus(context, 'ACTIVE'),
  },
  {
    method: 'POST',
    path: '/api/v1/policies/{policyId}/rules/{ruleId}/lifecycle/deactivate',
    handle: (context) => setStatus(context, 'INACTIVE'),
  },
];

/** Of these two kinds not even the actions of the default rule can be changed. */
const fixedDefaults: ReadonlySet<string> = new Set(['MFA_ENROLL', 'IDP_DISCOVERY']);

function targetsOf(policy: PolicyRecord, rule: RuleRecord): LogTarget[] {
  return [{ kind: 'other', type: 'PolicyRule', id: rule.id, name: rule.name }, targetOf(policy)];
}

function createRule(context: OktaContext): OktaAnswer {
  const { state } = context;
  const policy = requirePolicy(context);
  if (policy.type === 'PROFILE_ENROLLMENT') throw invalid('type', 'Profile enrollment policies have exactly one rule.');
  const body = readBody(context);
  const status = readActivate(context);
  const wanted = readPriority(body);
  const now = state.now();
  const rule: RuleRecord = {
    id: makeNewId(state, '0pr'),
    name: readFreeName(body, policy, undefined),
    type: ruleTypeOf(policy.type),
    priority: 0,
    status,
    system: false,
    created: now,
    lastUpdated: now,
    body: readContent(state, policy, body),
  };
  putInPlace(policy, rule, wanted);
  state.version++;
  note(context, 'policy.rule.add', ...targetsOf(policy, rule));
  return json(viewRule(context, policy, rule));
}

function putInPlace(policy: PolicyRecord, rule: RuleRecord, wanted: number | undefined): void {
  const others = policy.rules.filter((other) => other !== rule);
  place(others, rule, wanted);
  policy.rules = [...others, rule].toSorted((a, b) => a.priority - b.priority);
}

function readFreeName(body: Part, policy: PolicyRecord, own: RuleRecord | undefined): string {
  const name = readName(body, 50);
  if (policy.rules.some((other) => other !== own && other.name === name))
    throw invalid('name', 'Policy rule name already in use');
  return name;
}

function readContent(state: OktaState, policy: PolicyRecord, body: Part): Part {
  const type = ruleTypeOf(policy.type);
  if (body.type !== undefined && body.type !== type) throw invalid('type', `Rules of this policy are of type ${type}.`);
  const actions = readPart(body, 'actions');
  checkActions(type, actions);
  const conditions = readPart(body, 'conditions');
  checkConditions(state, conditions);
  const hasNetwork = type === 'SIGN_ON' || type === 'PASSWORD' || type === 'IDP_DISCOVERY';
  const known = hasNetwork ? { ...anywhere, ...conditions } : conditions;
  return { ...(actions ? { actions } : {}), ...(known ? { conditions: known } : {}) };
}

function replaceRule(context: OktaContext): OktaAnswer {
  const { state } = context;
  const policy = requirePolicy(context);
  const rule = requireRule(context, policy);
  const body = readBody(context);
  const wanted = readPriority(body);
  const name = readFreeName(body, policy, rule);
  const content = readContent(state, policy, body);
  if (rule.system) {
    if (fixedDefaults.has(policy.type)) throw new OktaProblem('E0000111', 'policy rule');
    checkReadOnly(rule, name, wanted);
    // The default rule is for everybody that no other rule was for.
    if (rule.body.conditions) content.conditions = rule.body.conditions;
    else delete content.conditions;
  }
  rule.name = name;
  rule.body = content;
  rule.lastUpdated = state.now();
  if (!rule.system && wanted !== undefined) putInPlace(policy, rule, wanted);
  state.version++;
  note(context, 'policy.rule.update', ...targetsOf(policy, rule));
  return json(viewRule(context, policy, rule));
}

function deleteRule(context: OktaContext): OktaAnswer {
  const policy = requirePolicy(context);
  const rule = requireRule(context, policy);
  if (rule.system) throw new OktaProblem('E0000111', 'policy rule');
  policy.rules = policy.rules.filter((other) => other !== rule);
  for (const [at, other] of policy.rules.entries()) other.priority = at + 1;
  context.state.version++;
  note(context, 'policy.rule.delete', ...targetsOf(policy, rule));
  return empty();
}

function setStatus(context: OktaContext, status: 'ACTIVE' | 'INACTIVE'): OktaAnswer {
  const policy = requirePolicy(context);
  const rule = requireRule(context, policy);
  if (rule.system) throw new OktaProblem('E0000077', 'status');
  const event: EventType = status === 'ACTIVE' ? 'policy.rule.activate' : 'policy.rule.deactivate';
  switchStatus(context, rule, status, event, ...targetsOf(policy, rule));
  return empty();
}
