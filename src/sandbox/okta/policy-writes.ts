// Making, replacing and deleting policies, and switching them on and off.

import { empty, json, type OktaAnswer } from './answer.ts';
import { note, readBody } from './changes.ts';
import type { OktaContext, OktaRoute } from './context.ts';
import type { EventType } from './event-kinds.ts';
import type { LogTarget } from './log-record.ts';
import { makeNewId } from './new-id.ts';
import { policiesOf, requirePolicy, viewPolicy } from './policies.ts';
import { checkConditions, place, readName, readPart, readPolicyType, readPriority } from './policy-checks.ts';
import { appSignOn, authenticators, type Part, passwordSettings, profileEnrollment, provider } from './policy-parts.ts';
import type { PolicyRecord, RuleRecord } from './policy-seed.ts';
import { invalid, OktaProblem } from './problems.ts';
import { readFlag } from './shapes.ts';
import type { OktaState } from './state.ts';

export const policyWriteRoutes: readonly OktaRoute[] = [
  { method: 'POST', path: '/api/v1/policies', handle: createPolicy },
  { method: 'PUT', path: '/api/v1/policies/{policyId}', handle: replacePolicy },
  { method: 'DELETE', path: '/api/v1/policies/{policyId}', handle: deletePolicy },
  {
    method: 'POST',
    path: '/api/v1/policies/{policyId}/lifecycle/activate',
    handle: (context) => setStatus(context, 'ACTIVE'),
  },
  {
    method: 'POST',
    path: '/api/v1/policies/{policyId}/lifecycle/deactivate',
    handle: (context) => setStatus(context, 'INACTIVE'),
  },
];

/** The kinds that the API can make; of the others an organization has one, which Okta gave it. */
const creatable: ReadonlySet<string> = new Set([
  'ACCESS_POLICY',
  'DEVICE_SIGNAL_COLLECTION',
  'MFA_ENROLL',
  'OKTA_SIGN_ON',
  'PASSWORD',
  'PROFILE_ENROLLMENT',
]);
const withConditions: ReadonlySet<string> = new Set(['OKTA_SIGN_ON', 'PASSWORD', 'MFA_ENROLL']);

export function targetOf(policy: PolicyRecord): LogTarget {
  return { kind: 'other', type: 'PolicyEntity', id: policy.id, name: policy.name };
}

/** `activate` of the query: true unless told otherwise. */
export function readActivate({ query }: OktaContext): 'ACTIVE' | 'INACTIVE' {
  return readFlag(query, 'activate') === false ? 'INACTIVE' : 'ACTIVE';
}

function createPolicy(context: OktaContext): OktaAnswer {
  const { state } = context;
  const body = readBody(context);
  const type = readPolicyType(body);
  if (!creatable.has(type)) throw invalid('type', `Policies of type ${type} cannot be created.`);
  const status = readActivate(context);
  const wanted = readPriority(body);
  const now = state.now();
  const policy: PolicyRecord = {
    id: makeNewId(state, '00p'),
    name: readFreeName(state, body, type, undefined),
    description: readDescription(body),
    type,
    priority: 0,
    status,
    system: false,
    created: now,
    lastUpdated: now,
    body: readSettings(state, body, type),
    rules: [],
  };
  policy.rules.push(...firstRules(state, type));
  place(policiesOf(state, type), policy, wanted);
  state.policies.push(policy);
  state.version++;
  note(context, 'policy.lifecycle.create', targetOf(policy));
  return json(viewPolicy(context, policy));
}

function readFreeName(state: OktaState, body: Part, type: string, own: PolicyRecord | undefined): string {
  const name = readName(body, 255);
  if (policiesOf(state, type).some((other) => other !== own && other.name === name))
    throw invalid('name', 'Policy name already in use');
  return name;
}

function readDescription({ description }: Part): string {
  if (description === undefined || description === null) return '';
  if (typeof description !== 'string') throw new OktaProblem('E0000003');
  return description;
}

/** What a policy has besides its name; what a password or enrolment policy does not say is as Okta has it at first. */
function readSettings(state: OktaState, body: Part, type: string): Part {
  if (!withConditions.has(type)) return {};
  const conditions = readPart(body, 'conditions');
  checkConditions(state, conditions);
  const settings = readPart(body, 'settings');
  if (type === 'OKTA_SIGN_ON') return conditions ? { conditions } : {};
  if (type === 'PASSWORD')
    return { conditions: { ...provider, ...conditions }, settings: { ...passwordSettings(8, 0, 10), ...settings } };
  return { ...(conditions ? { conditions } : {}), settings: settings ?? authenticators(false) };
}

/** These two kinds are made with their last rule, which always stays. */
function firstRules(state: OktaState, type: string): RuleRecord[] {
  if (type !== 'ACCESS_POLICY' && type !== 'PROFILE_ENROLLMENT') return [];
  const now = state.now();
  return [
    {
      id: makeNewId(state, '0pr'),
      name: 'Catch-all Rule',
      type,
      priority: 1,
      status: 'ACTIVE',
      system: true,
      created: now,
      lastUpdated: now,
      body: { actions: type === 'ACCESS_POLICY' ? appSignOn('2FA', 'PT2H') : profileEnrollment },
    },
  ];
}

function replacePolicy(context: OktaContext): OktaAnswer {
  const { state } = context;
  const policy = requirePolicy(context);
  const body = readBody(context);
  if (readPolicyType(body) !== policy.type) throw invalid('type', 'The policy type cannot be changed.');
  const wanted = readPriority(body);
  const name = readFreeName(state, body, policy.type, policy);
  const settings = readSettings(state, body, policy.type);
  if (policy.system) {
    checkReadOnly(policy, name, wanted);
    // Whom Okta's own policies apply to is Okta's.
    if (policy.body.conditions) settings.conditions = policy.body.conditions;
  }
  policy.name = name;
  policy.description = readDescription(body);
  policy.body = settings;
  policy.lastUpdated = state.now();
  if (!policy.system && wanted !== undefined) {
    const others = policiesOf(state, policy.type).filter((other) => other !== policy);
    place(others, policy, wanted);
  }
  state.version++;
  note(context, 'policy.lifecycle.update', targetOf(policy));
  return json(viewPolicy(context, policy));
}

/** Name and place of what Okta made cannot be changed; saying again what they are is no change. */
export function checkReadOnly(own: { name: string; priority: number }, name: string, wanted: number | undefined): void {
  if (name !== own.name) throw new OktaProblem('E0000077', 'name');
  if (wanted !== undefined && wanted !== own.priority) throw new OktaProblem('E0000077', 'priority');
}

function deletePolicy(context: OktaContext): OktaAnswer {
  const { state } = context;
  const policy = requirePolicy(context);
  if (policy.system) throw new OktaProblem('E0000111', 'policy');
  state.policies.splice(state.policies.indexOf(policy), 1);
  for (const [at, other] of policiesOf(state, policy.type).entries()) other.priority = at + 1;
  state.version++;
  note(context, 'policy.lifecycle.delete', targetOf(policy));
  return empty();
}

function setStatus(context: OktaContext, status: 'ACTIVE' | 'INACTIVE'): OktaAnswer {
  const policy = requirePolicy(context);
  if (policy.system) throw new OktaProblem('E0000077', 'status');
  const event = status === 'ACTIVE' ? 'policy.lifecycle.activate' : 'policy.lifecycle.deactivate';
  switchStatus(context, policy, status, event, targetOf(policy));
  return empty();
}

/** Doing it twice is no fault, and no event. */
export function switchStatus(
  context: OktaContext,
  own: { status: 'ACTIVE' | 'INACTIVE'; lastUpdated: number },
  status: 'ACTIVE' | 'INACTIVE',
  event: EventType,
  ...targets: LogTarget[]
): void {
  if (own.status === status) return;
  own.status = status;
  own.lastUpdated = context.state.now();
  context.state.version++;
  note(context, event, ...targets);
}
