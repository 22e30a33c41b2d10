// Group rules: the list, one, and what can be done with them.

import { empty, json, type OktaAnswer, toTime } from './answer.ts';
import { note, readBody } from './changes.ts';
import type { OktaContext, OktaRoute } from './context.ts';
import { compileRule, ExpressionFault } from './expression.ts';
import { emptyRule, ruleTarget, runRule } from './group-rule-run.ts';
import { type GroupRuleRecord, makeGroupRuleId } from './group-rule-seed.ts';
import { linkHeaders, pageOf } from './paging.ts';
import { notFound, OktaProblem } from './problems.ts';
import { isObject, readFlag } from './shapes.ts';
import type { OktaState } from './state.ts';

type Body = Record<string, unknown>;

export const groupRuleRoutes: readonly OktaRoute[] = [
  { method: 'GET', path: '/api/v1/groups/rules', handle: listRules },
  { method: 'POST', path: '/api/v1/groups/rules', handle: createRule },
  { method: 'GET', path: '/api/v1/groups/rules/{ruleId}', handle: getRule },
  { method: 'PUT', path: '/api/v1/groups/rules/{ruleId}', handle: replaceRule },
  { method: 'DELETE', path: '/api/v1/groups/rules/{ruleId}', handle: deleteRule },
  { method: 'POST', path: '/api/v1/groups/rules/{ruleId}/lifecycle/activate', handle: activateRule },
  { method: 'POST', path: '/api/v1/groups/rules/{ruleId}/lifecycle/deactivate', handle: deactivateRule },
];

const longestName = 50;
const mostExcluded = 100;

function listRules(context: OktaContext) {
  const { state, query, call } = context;
  const word = (query.get('search') ?? '').toLowerCase();
  const rules = state.groupRules.filter((rule) => rule.name.toLowerCase().includes(word));
  const page = pageOf('group-rules', rules, query, { fallback: 50, max: 200, above: 'refuse' }, (rule) => rule.id);
  return json(
    page.items.map((rule) => viewRule(context, rule)),
    linkHeaders(call.url, page.next),
  );
}

function requireRule({ state, params }: OktaContext): GroupRuleRecord {
  const id = params.ruleId ?? '';
  const rule = state.groupRules.find((candidate) => candidate.id === id);
  if (!rule) throw notFound(id, 'GroupRule');
  return rule;
}

function getRule(context: OktaContext) {
  return json(viewRule(context, requireRule(context)));
}

/** A new rule does nothing until it is activated. */
function createRule(context: OktaContext) {
  const { state } = context;
  const wishes = readWishes(state, readBody(context), undefined);
  const now = state.now();
  const rule: GroupRuleRecord = {
    id: makeGroupRuleId(state.seed, state.nextGroupRule++),
    status: 'INACTIVE',
    created: now,
    lastUpdated: now,
    managed: new Map(),
    ...wishes,
  };
  state.groupRules.push(rule);
  note(context, 'policy.rule.add', ruleTarget(rule));
  return json(viewRule(context, rule));
}

function replaceRule(context: OktaContext) {
  const { state } = context;
  const rule = requireRule(context);
  const body = readBody(context);
  if (rule.status !== 'INACTIVE') throw refusal('Only an inactive group rule can be updated.');
  Object.assign(rule, readWishes(state, body, rule), { lastUpdated: state.now() });
  note(context, 'policy.rule.update', ruleTarget(rule));
  return json(viewRule(context, rule));
}

function deleteRule(context: OktaContext): OktaAnswer {
  const { state } = context;
  const rule = requireRule(context);
  const removesUsers = readFlag(context.query, 'removeUsers') ?? false;
  if (rule.status === 'ACTIVE') throw refusal('An active group rule cannot be deleted.');
  state.groupRules = state.groupRules.filter((other) => other !== rule);
  note(context, 'policy.rule.delete', ruleTarget(rule));
  if (removesUsers) emptyRule(context, rule);
  return empty(202);
}

function activateRule(context: OktaContext): OktaAnswer {
  const rule = requireRule(context);
  if (rule.status === 'INVALID') throw refusal('An invalid group rule cannot be activated.');
  if (rule.status === 'INACTIVE') {
    changeStatus(context, rule, 'ACTIVE');
    note(context, 'group.user_membership.rule.trigger', ruleTarget(rule));
    runRule(context, rule);
  }
  return empty();
}

/** Whom the rule has brought stays. */
function deactivateRule(context: OktaContext): OktaAnswer {
  const rule = requireRule(context);
  if (rule.status === 'INVALID') throw refusal('An invalid group rule cannot be deactivated.');
  if (rule.status === 'ACTIVE') {
    changeStatus(context, rule, 'INACTIVE');
    note(context, 'group.user_membership.rule.deactivated', ruleTarget(rule));
  }
  return empty();
}

function changeStatus({ state }: OktaContext, rule: GroupRuleRecord, status: 'ACTIVE' | 'INACTIVE'): void {
  rule.status = status;
  rule.lastUpdated = state.now();
}

function refusal(sentence: string): OktaProblem {
  return new OktaProblem('E0000001', 'status', [`status: ${sentence}`]);
}

type Wishes = Pick<GroupRuleRecord, 'name' | 'expression' | 'fills' | 'excluded'>;

function readWishes(state: OktaState, body: Body, own: GroupRuleRecord | undefined): Wishes {
  const causes: string[] = [];
  const conditions = isObject(body.conditions) ? body.conditions : {};
  const actions = isObject(body.actions) ? body.actions : {};
  const assign = isObject(actions.assignUserToGroups) ? actions.assignUserToGroups : {};
  if (body.type !== 'group_rule') causes.push("type: It must be 'group_rule'");
  const wishes: Wishes = {
    name: readName(state, body.name, own, causes),
    expression: readExpression(state, conditions.expression, causes),
    fills: readFills(state, assign.groupIds, causes),
    excluded: readExcluded(state, conditions.people, own, causes),
  };
  if (causes.length > 0) throw new OktaProblem('E0000001', causes[0]?.split(':')[0], causes);
  return wishes;
}

function readName(state: OktaState, name: unknown, own: GroupRuleRecord | undefined, causes: string[]): string {
  if (typeof name !== 'string' || name.trim() === '') causes.push('name: The field cannot be left blank');
  else if (name.length > longestName) causes.push(`name: The field must have at most ${longestName} characters`);
  else if (state.groupRules.some((rule) => rule !== own && rule.name === name))
    causes.push('name: Policy rule name already in use');
  return String(name);
}

function readExpression(state: OktaState, expression: unknown, causes: string[]): string {
  const { type, value } = isObject(expression) ? expression : {};
  if (typeof value !== 'string' || value.trim() === '') {
    causes.push('conditions.expression.value: The field cannot be left blank');
    return '';
  }
  if (type !== 'urn:okta:expression:1.0')
    causes.push("conditions.expression.type: It must be 'urn:okta:expression:1.0'");
  try {
    compileRule(state, value);
  } catch (fault) {
    if (!(fault instanceof ExpressionFault)) throw fault;
    causes.push(`validateRule: ${fault.message}`);
  }
  return value;
}

function readFills(state: OktaState, ids: unknown, causes: string[]): string[] {
  if (!Array.isArray(ids) || ids.length === 0 || !ids.every((id) => typeof id === 'string')) {
    causes.push('actions.assignUserToGroups.groupIds: The field cannot be left blank');
    return [];
  }
  for (const id of new Set(ids)) {
    const group = state.groups.find((candidate) => candidate.id === id);
    if (!group) causes.push(`groupIds: Group ${id} does not exist`);
    else if (group.type !== 'OKTA_GROUP') causes.push(`groupIds: Group ${id} is not an Okta group`);
    else if (state.roles.some(({ assignee }) => assignee.kind === 'group' && assignee.id === id))
      causes.push(`groupIds: Group ${id} has an admin role`);
  }
  return [...new Set(ids as string[])];
}

/** Okta leaves ids of deleted users in the list: those that stood there may be sent back. */
function readExcluded(state: OktaState, people: unknown, own: GroupRuleRecord | undefined, causes: string[]): string[] {
  const users = isObject(people) && isObject(people.users) ? people.users : {};
  const groups = isObject(people) && isObject(people.groups) ? people.groups : {};
  if (Array.isArray(groups.exclude) && groups.exclude.length > 0)
    causes.push('conditions.people.groups.exclude: Excluding groups is not supported');
  const ids = users.exclude ?? [];
  if (!Array.isArray(ids) || !ids.every((id) => typeof id === 'string') || ids.length > mostExcluded) {
    causes.push(`conditions.people.users.exclude: It must be a list of at most ${mostExcluded} ids`);
    return [];
  }
  for (const id of ids)
    if (!state.usersById.has(id) && !own?.excluded.includes(id)) causes.push(`exclude: User ${id} does not exist`);
  return [...new Set(ids as string[])];
}

function viewRule({ state, query }: OktaContext, rule: GroupRuleRecord): Body {
  const known = rule.fills.map((id) => [id, state.groups.find((group) => group.id === id)?.name]);
  const names = Object.fromEntries(known.filter(([, name]) => name !== undefined));
  const expands = query.get('expand') === 'groupIdToGroupNameMap';
  return {
    type: 'group_rule',
    id: rule.id,
    name: rule.name,
    status: rule.status,
    created: toTime(rule.created),
    lastUpdated: toTime(rule.lastUpdated),
    conditions: {
      people: { users: { exclude: rule.excluded }, groups: { exclude: [] } },
      expression: { type: 'urn:okta:expression:1.0', value: rule.expression },
    },
    actions: { assignUserToGroups: { groupIds: rule.fills } },
    ...(expands ? { _embedded: { groupIdToGroupNameMap: names } } : {}),
  };
}
