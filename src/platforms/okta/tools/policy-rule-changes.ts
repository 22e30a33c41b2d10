// Making, changing, switching and deleting the rules of policies.

import { z } from 'zod';
import { nameTarget, statusChange } from '../../../core/change.ts';
import { CastellanError } from '../../../core/errors.ts';
import { fieldsInput, mergeFields, narrow, pick, previewChanges, undoMerge, without } from '../../../core/merging.ts';
import { quoted } from '../../../core/plain.ts';
import { defineChanges } from '../../../core/tool.ts';
import type { OktaClient } from '../client.ts';
import { tellWhole } from './asking.ts';
import { idOfMade, replaceWhole, warnOfDifference } from './merging.ts';
import {
  askForForce,
  askForUpdate,
  checkNetwork,
  checkParts,
  describeShifts,
  findConcerned,
  listRules,
  loadPolicy,
  loadRule,
  type Placed,
  placedReadOnly,
  refuseSystem,
  targetPlaced,
  warnOfActions,
} from './policy-facts.ts';
import { policyId, ruleId } from './shared.ts';

const change = defineChanges<OktaClient>();
const scopes = ['okta.policies.manage'];

const settable = ['name', 'priority', 'conditions', 'actions'];
const maps = ['conditions', 'actions'];
/** What Okta keeps fixed in its own rules, which apply last and to everybody. */
const fixed = ['name', 'priority', 'conditions'];

const pathOf = (policy: string, rule: string) => ['policies', policy, 'rules', rule];

/** A rule has the type of its policy, but for one that is called otherwise. */
function typeOfRules({ type }: Placed): string | undefined {
  return type === 'OKTA_SIGN_ON' ? 'SIGN_ON' : (type ?? undefined);
}

async function load(client: OktaClient, policy_id: string, rule_id: string) {
  const [policy, rule] = await Promise.all([loadPolicy(client, policy_id), loadRule(client, policy_id, rule_id)]);
  const [target, of] = [targetPlaced('rule', rule), targetPlaced('policy', policy)];
  const named = `${nameTarget(target)} of the ${nameTarget(of)}`;
  return { policy, rule, target, targets: [target, of], named, ids: { policy_id: policy.id, rule_id: rule.id } };
}

function warnOfPolicy({ status }: Placed): readonly string[] {
  return status === 'INACTIVE' ? ['Its policy is inactive, so the rule decides nothing yet.'] : [];
}

export const policyRuleChangeTools = [
  change({
    name: 'create_okta_policy_rule',
    title: 'Create a policy rule',
    description: 'Adds a rule to a policy. list_okta_policy_rules shows how rules of this policy look.',
    access: 'write',
    scopes,
    input: () =>
      z.strictObject({
        policy_id: policyId,
        rule_data: fieldsInput.describe(
          'e.g. {"name":"…","priority":1,"conditions":{"network":{"connection":"ANYWHERE"}},"actions":{"signon":{"access":"DENY"}}}',
        ),
        activate: z.boolean().default(true),
      }),
    async plan({ policy_id, rule_data, activate }, { client }) {
      checkParts('rule_data', rule_data, ['type', ...settable], maps);
      const { name, priority } = rule_data;
      if (typeof name !== 'string') {
        throw new CastellanError({ code: 'invalid_input', message: 'rule_data needs a name.' });
      }
      checkNetwork('rule_data', rule_data.conditions);
      const policy = await loadPolicy(client, policy_id);
      const type = typeOfRules(policy);
      if (rule_data.type !== undefined && rule_data.type !== type) {
        throw new CastellanError({
          code: 'invalid_input',
          message: `rule_data.type must be ${type}, as the policy is of type ${policy.type}.`,
        });
      }
      const body = mergeFields({ type }, rule_data);
      const [others, concerned] = await Promise.all([
        typeof priority === 'number' ? listRules(client, policy.id) : [],
        findConcerned(client, body.conditions),
      ]);
      const of = targetPlaced('policy', policy);
      return {
        summary: `Create the rule ${quoted(name)} in the ${nameTarget(of)}`,
        targets: [{ type: 'rule', id: '', name }, of],
        changes: previewChanges(client, {}, { status: activate ? 'ACTIVE' : 'INACTIVE', ...body }),
        touches: concerned.touches,
        warnings: [
          ...warnOfActions(undefined, body.actions),
          ...concerned.warnings,
          ...(typeof priority === 'number' ? describeShifts(others, { to: priority }) : []),
          ...warnOfPolicy(policy),
        ],
        ask: askForForce(activate),
        undo: {
          tool: 'delete_okta_policy_rule',
          input: { policy_id: policy.id, rule_id: 'the id that it gets' },
        },
        async apply() {
          const made = await client.send('POST', ['policies', policy.id, 'rules'], { query: { activate }, body });
          const id = idOfMade(made);
          return {
            targets: [{ type: 'rule', id, name }, of],
            undo: { tool: 'delete_okta_policy_rule', input: { policy_id: policy.id, rule_id: id } },
            ...warnOfDifference(body, narrow(made, body)),
          };
        },
      };
    },
  }),

  change({
    name: 'update_okta_policy_rule',
    title: 'Update a policy rule',
    description: 'Changes name, priority, conditions or actions of a rule; what is not named stays.',
    access: 'write',
    scopes,
    idempotent: true,
    input: () =>
      z.strictObject({
        policy_id: policyId,
        rule_id: ruleId,
        rule_data: fieldsInput.describe('What changes; null removes, lists are replaced'),
      }),
    async plan({ policy_id, rule_id, rule_data }, { client }) {
      const { type, ...updates } = rule_data;
      checkParts('rule_data', updates, settable, maps);
      const { policy, rule, target, targets, named, ids } = await load(client, policy_id, rule_id);
      if (type !== undefined && type !== rule.type) {
        throw new CastellanError({
          code: 'invalid_input',
          message: `The type of the ${nameTarget(target)} is ${rule.type} and cannot be changed.`,
        });
      }
      if (fixed.some((name) => name in updates)) refuseSystem(target, rule, `changed in ${fixed.join(', ')}`);
      const body = mergeFields(without(rule, placedReadOnly), updates);
      checkNetwork('rule_data', body.conditions);
      const [before, after] = [pick(rule, settable), pick(body, settable)];
      const changes = previewChanges(client, before, after);
      const to = changes.some(({ field }) => field === 'priority') ? after.priority : undefined;
      const [others, concerned] = await Promise.all([
        typeof to === 'number' ? listRules(client, policy.id) : [],
        findConcerned(client, after.conditions),
      ]);
      const moving = { id: rule.id, ...(rule.priority != null && { from: rule.priority }) };
      return {
        summary: `Update the ${named}`,
        targets,
        changes,
        touches: concerned.touches,
        warnings: [
          ...warnOfActions(before.actions, after.actions),
          ...concerned.warnings,
          ...(typeof to === 'number' ? describeShifts(others, { ...moving, to }) : []),
          ...warnOfPolicy(policy),
        ],
        ask: askForUpdate(rule, before, after),
        undo: undoMerge(client, { tool: 'update_okta_policy_rule', input: ids, parameter: 'rule_data' }, before, after),
        already: changes.length === 0 ? 'The rule is like that already.' : undefined,
        apply: () => replaceWhole(client, { path: pathOf(policy.id, rule.id), planned: rule, body, names: settable }),
      };
    },
  }),

  change({
    name: 'activate_okta_policy_rule',
    title: 'Activate a policy rule',
    description: 'Puts an inactive rule into force.',
    access: 'write',
    scopes,
    idempotent: true,
    input: () => z.strictObject({ policy_id: policyId, rule_id: ruleId }),
    async plan({ policy_id, rule_id }, { client }) {
      const { policy, rule, targets, named, ids } = await load(client, policy_id, rule_id);
      const active = rule.status === 'ACTIVE';
      const { touches, warnings } = await findConcerned(client, rule.conditions);
      return {
        summary: `Activate the ${named}`,
        targets,
        changes: active ? [] : statusChange(rule.status ?? '', 'ACTIVE'),
        touches,
        warnings: [
          ...warnOfActions(undefined, rule.actions),
          ...warnings,
          ...warnOfPolicy(policy),
          ...(active ? [] : tellWhole(client, rule, settable)),
        ],
        ask: askForForce(true),
        undo: { tool: 'deactivate_okta_policy_rule', input: ids },
        already: active ? 'The rule is active already.' : undefined,
        apply: async () => void (await client.send('POST', [...pathOf(policy.id, rule.id), 'lifecycle', 'activate'])),
      };
    },
  }),

  change({
    name: 'deactivate_okta_policy_rule',
    title: 'Deactivate a policy rule',
    description: 'Takes a rule out of force; the next one in order then decides.',
    access: 'destroy',
    scopes,
    idempotent: true,
    input: () => z.strictObject({ policy_id: policyId, rule_id: ruleId }),
    async plan({ policy_id, rule_id }, { client }) {
      const { policy, rule, target, targets, named, ids } = await load(client, policy_id, rule_id);
      refuseSystem(target, rule, 'deactivated');
      const inactive = rule.status === 'INACTIVE';
      const { touches, warnings } = await findConcerned(client, rule.conditions);
      return {
        summary: `Deactivate the ${named}`,
        targets,
        changes: inactive ? [] : statusChange(rule.status ?? '', 'INACTIVE'),
        touches,
        warnings: ['The next rule in order decides for those whom it applied to.', ...warnings],
        undo: { tool: 'activate_okta_policy_rule', input: ids },
        already: inactive ? 'The rule is inactive already.' : undefined,
        apply: async () => void (await client.send('POST', [...pathOf(policy.id, rule.id), 'lifecycle', 'deactivate'])),
      };
    },
  }),

  change({
    name: 'delete_okta_policy_rule',
    title: 'Delete a policy rule',
    description: 'Deletes a rule; the next one in order then decides.',
    access: 'destroy',
    scopes,
    input: () => z.strictObject({ policy_id: policyId, rule_id: ruleId }),
    async plan({ policy_id, rule_id }, { client }) {
      const { policy, rule, target, targets, named } = await load(client, policy_id, rule_id);
      refuseSystem(target, rule, 'deleted');
      const made = pick(rule, ['type', ...settable]);
      const input = { policy_id: policy.id, activate: rule.status === 'ACTIVE' };
      const again = undoMerge(client, { tool: 'create_okta_policy_rule', input, parameter: 'rule_data' }, made, {});
      const { touches, warnings } = await findConcerned(client, rule.conditions);
      return {
        summary: `Delete the ${named}`,
        targets,
        changes: previewChanges(client, { ...made, status: rule.status }, {}),
        touches,
        warnings: [
          ...(rule.status === 'ACTIVE' ? ['It is in force; the next rule in order then decides.'] : []),
          ...warnings,
        ],
        undo: 'none' in again ? again : { ...again, but: 'it gets another id' },
        apply: async () => void (await client.send('DELETE', pathOf(policy.id, rule.id))),
      };
    },
  }),
];
