// Making, changing, switching and deleting policies.

import { z } from 'zod';
import { nameTarget, statusChange } from '../../../core/change.ts';
import { CastellanError } from '../../../core/errors.ts';
import { fieldsInput, mergeFields, narrow, pick, previewChanges, undoMerge, without } from '../../../core/merging.ts';
import { quoted } from '../../../core/plain.ts';
import { defineChanges } from '../../../core/tool.ts';
import type { OktaClient } from '../client.ts';
import { isInForce, tellWhole } from './asking.ts';
import { idOfMade, replaceWhole, warnOfDifference } from './merging.ts';
import { policyTypes } from './policies.ts';
import {
  askForForce,
  askForUpdate,
  type Concerned,
  checkParts,
  countApps,
  describeShifts,
  findConcerned,
  listPolicies,
  listRules,
  loadPolicy,
  type Placed,
  placedReadOnly,
  refuseSystem,
  targetPlaced,
} from './policy-facts.ts';
import { policyId } from './shared.ts';

const change = defineChanges<OktaClient>();
const scopes = ['okta.policies.manage'];

const settable = ['name', 'description', 'priority', 'conditions', 'settings'];
const maps = ['conditions', 'settings'];
/** Okta's own policies have a fixed name and place, and are for everybody. */
const fixed = ['name', 'priority', 'conditions'];

async function findTouched(client: OktaClient, policy: Placed, conditions: unknown): Promise<Concerned> {
  const [people, apps] = await Promise.all([findConcerned(client, conditions), countApps(client, policy)]);
  return { touches: { ...people.touches, ...apps.touches }, warnings: [...people.warnings, ...apps.warnings] };
}

export const policyChangeTools = [
  change({
    name: 'create_okta_policy',
    title: 'Create an Okta policy',
    description: 'Makes a policy. Then add rules with create_okta_policy_rule: without rules it decides nothing.',
    access: 'write',
    scopes,
    input: () =>
      z.strictObject({
        policy_data: fieldsInput.describe(
          'e.g. {"type":"OKTA_SIGN_ON","name":"…","priority":1,"conditions":{"people":{"groups":{"include":["00g…"]}}}}',
        ),
        activate: z.boolean().default(true),
      }),
    async plan({ policy_data, activate }, { client }) {
      checkParts('policy_data', policy_data, ['type', ...settable], maps);
      const { type, name, priority } = policy_data;
      if (typeof name !== 'string' || !policyTypes.some((each) => each === type)) {
        throw new CastellanError({
          code: 'invalid_input',
          message: 'policy_data needs a name and a type.',
          hint: `Types are ${policyTypes.join(', ')}.`,
        });
      }
      const body = mergeFields({}, policy_data);
      const [others, concerned] = await Promise.all([
        listPolicies(client, String(type)),
        findConcerned(client, body.conditions),
      ]);
      return {
        summary: `Create the policy ${quoted(name)} (${type})`,
        targets: [{ type: 'policy', id: '', name }],
        changes: previewChanges(client, {}, { status: activate ? 'ACTIVE' : 'INACTIVE', ...body }),
        touches: concerned.touches,
        warnings: [
          ...concerned.warnings,
          ...(typeof priority === 'number' ? describeShifts(others, { to: priority }) : []),
        ],
        ask: askForForce(activate),
        undo: { tool: 'delete_okta_policy', input: { policy_id: 'the id that it gets' } },
        async apply() {
          const made = await client.send('POST', ['policies'], { query: { activate }, body });
          const id = idOfMade(made);
          return {
            targets: [{ type: 'policy', id, name }],
            undo: { tool: 'delete_okta_policy', input: { policy_id: id } },
            ...warnOfDifference(body, narrow(made, body)),
          };
        },
      };
    },
  }),

  change({
    name: 'update_okta_policy',
    title: 'Update an Okta policy',
    description: 'Changes name, description, priority, conditions or settings of a policy; what is not named stays.',
    access: 'write',
    scopes,
    idempotent: true,
    input: () =>
      z.strictObject({
        policy_id: policyId,
        policy_data: fieldsInput.describe('What changes; null removes, lists are replaced'),
      }),
    async plan({ policy_id, policy_data }, { client }) {
      const { type, ...updates } = policy_data;
      checkParts('policy_data', updates, settable, maps);
      const current = await loadPolicy(client, policy_id);
      const target = targetPlaced('policy', current);
      if (type !== undefined && type !== current.type) {
        throw new CastellanError({
          code: 'invalid_input',
          message: `The type of the ${nameTarget(target)} is ${current.type} and cannot be changed.`,
          hint: 'Create another policy with create_okta_policy.',
        });
      }
      if (fixed.some((name) => name in updates)) refuseSystem(target, current, `changed in ${fixed.join(', ')}`);
      const body = mergeFields(without(current, placedReadOnly), updates);
      const [before, after] = [pick(current, settable), pick(body, settable)];
      const changes = previewChanges(client, before, after);
      const moves = changes.some(({ field }) => field === 'priority') && typeof after.priority === 'number';
      const others = moves && current.type ? await listPolicies(client, current.type) : [];
      const { touches, warnings } = await findTouched(client, current, after.conditions);
      const undo = { tool: 'update_okta_policy', input: { policy_id: current.id }, parameter: 'policy_data' };
      return {
        summary: `Update the ${nameTarget(target)}`,
        targets: [target],
        changes,
        touches,
        warnings: [...warnings, ...describeShifts(others, moveOf(current, after.priority))],
        ask: askForUpdate(current, before, after),
        undo: undoMerge(client, undo, before, after),
        already: changes.length === 0 ? 'The policy is like that already.' : undefined,
        apply: () => replaceWhole(client, { path: ['policies', current.id], planned: current, body, names: settable }),
      };
    },
  }),

  change({
    name: 'activate_okta_policy',
    title: 'Activate an Okta policy',
    description: 'Puts an inactive policy into force.',
    access: 'write',
    scopes,
    idempotent: true,
    input: () => z.strictObject({ policy_id: policyId }),
    async plan({ policy_id }, { client }) {
      const policy = await loadPolicy(client, policy_id);
      const target = targetPlaced('policy', policy);
      const active = policy.status === 'ACTIVE';
      const [rules, { touches, warnings }] = await Promise.all([
        listRules(client, policy.id),
        findTouched(client, policy, policy.conditions),
      ]);
      const deciding = rules.filter(({ status }) => isInForce(status)).map(({ name, id }) => quoted(name ?? id));
      return {
        summary: `Activate the ${nameTarget(target)}`,
        targets: [target],
        changes: active ? [] : statusChange(policy.status ?? '', 'ACTIVE'),
        touches: { ...touches, rules: deciding.length },
        warnings: [
          ...warnings,
          ...(deciding.length > 0 ? [`Its active rules decide then: ${deciding.join(', ')}.`] : []),
          ...(active ? [] : tellWhole(client, policy, settable)),
        ],
        ask: askForForce(true),
        undo: { tool: 'deactivate_okta_policy', input: { policy_id: policy.id } },
        already: active ? 'The policy is active already.' : undefined,
        apply: async () => void (await client.send('POST', ['policies', policy.id, 'lifecycle', 'activate'])),
      };
    },
  }),

  change({
    name: 'deactivate_okta_policy',
    title: 'Deactivate an Okta policy',
    description: 'Takes a policy out of force; the next one in order then decides. Its rules stay.',
    access: 'destroy',
    scopes,
    idempotent: true,
    input: () => z.strictObject({ policy_id: policyId }),
    async plan({ policy_id }, { client }) {
      const policy = await loadPolicy(client, policy_id);
      const target = targetPlaced('policy', policy);
      refuseSystem(target, policy, 'deactivated');
      const inactive = policy.status === 'INACTIVE';
      const { touches, warnings } = await findTouched(client, policy, policy.conditions);
      return {
        summary: `Deactivate the ${nameTarget(target)}`,
        targets: [target],
        changes: inactive ? [] : statusChange(policy.status ?? '', 'INACTIVE'),
        touches,
        warnings: ['What it asked of people is no longer asked: the next policy in order decides.', ...warnings],
        undo: { tool: 'activate_okta_policy', input: { policy_id: policy.id } },
        already: inactive ? 'The policy is inactive already.' : undefined,
        apply: async () => void (await client.send('POST', ['policies', policy.id, 'lifecycle', 'deactivate'])),
      };
    },
  }),

  change({
    name: 'delete_okta_policy',
    title: 'Delete an Okta policy',
    description: 'Deletes a policy with all its rules. deactivate_okta_policy can be undone fully.',
    access: 'destroy',
    scopes,
    input: () => z.strictObject({ policy_id: policyId }),
    async plan({ policy_id }, { client }) {
      const policy = await loadPolicy(client, policy_id);
      const target = targetPlaced('policy', policy);
      refuseSystem(target, policy, 'deleted');
      const [rules, { touches, warnings }] = await Promise.all([
        listRules(client, policy.id),
        findTouched(client, policy, policy.conditions),
      ]);
      const made = pick(policy, ['type', ...settable]);
      const undo = {
        tool: 'create_okta_policy',
        input: { activate: policy.status === 'ACTIVE' },
        parameter: 'policy_data',
      };
      const names = rules.map(({ name, id }) => quoted(name ?? id));
      const again = undoMerge(client, undo, made, {});
      const but = 'it gets another id, and what referred to it (applications too) must be told again';
      return {
        summary: `Delete the ${nameTarget(target)}`,
        targets: [target],
        changes: previewChanges(client, { ...made, status: policy.status }, {}),
        touches: { ...touches, rules: rules.length },
        warnings: [
          ...(names.length > 0 ? [`Its rules go with it: ${names.slice(0, 10).join(', ')}.`] : []),
          ...(policy.status === 'ACTIVE' ? ['It is in force; the next policy in order then decides.'] : []),
          ...warnings,
        ],
        undo:
          rules.length > 0
            ? {
                none: `its ${rules.length} rules are deleted too, and no one call makes them again; deactivating can be undone`,
              }
            : 'none' in again
              ? again
              : { ...again, but },
        apply: async () => void (await client.send('DELETE', ['policies', policy.id])),
      };
    },
  }),
];

function moveOf({ id, priority }: Placed, to: unknown) {
  return { id, ...(priority != null && { from: priority }), ...(typeof to === 'number' && { to }) };
}
