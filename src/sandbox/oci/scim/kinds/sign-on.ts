// Sign-on policies, their rules and the conditions of those, and the networks that conditions name.

import { referTo, type ScimContext } from '../context.ts';
import { allOperations, type Kind } from '../kind.ts';
import { ScimProblem } from '../problem.ts';
import { displayOf, endpointOf, refer, requireReference } from '../references.ts';
import { type Complex, entriesAt, idsAt, isComplex, type Resource, textAt } from '../resource.ts';
import {
  conditionAttributes,
  networkPerimeterAttributes,
  policyAttributes,
  ruleAttributes,
} from '../schemas/access.ts';

const idcs = 'urn:ietf:params:scim:schemas:oracle:idcs:';

const policyType = (context: ScimContext, { policyType: type }: Resource): Complex | undefined => {
  const value = isComplex(type) ? textAt(type, 'value') : undefined;
  return value === undefined ? undefined : { value, $ref: referTo(context, 'PolicyTypes', value) };
};

/** @throws ScimProblem unless it is forced */
function refuseUsed(what: Resource, kind: string, by: readonly Resource[], byKind: string, isForced: boolean): void {
  if (isForced || by.length === 0) return;
  throw new ScimProblem('inUse', `The ${kind} ${what.id} is referenced by ${by.length} ${byKind}.`);
}

const having = (context: ScimContext, path: string, attribute: string, id: string): readonly Resource[] =>
  [...context.store.all(path)].filter((resource) => idsAt(resource, attribute).includes(id));

export const policyKind: Kind = {
  path: 'Policies',
  name: 'Policy',
  urn: `${idcs}Policy`,
  ocid: 'domainpolicy',
  attributes: policyAttributes,
  operations: allOperations,
  prepare(context, { before, after }) {
    if (!before) after.active ??= true;
    const sequences = new Set<unknown>();
    for (const { value, sequence } of entriesAt(after, 'rules')) {
      requireReference(context.store, 'Policy.rules', 'Rules', 'Rule', String(value));
      if (sequences.has(sequence)) throw new ScimProblem('value', `Policy.rules has the sequence ${sequence} twice.`);
      sequences.add(sequence);
    }
  },
  remove(context, policy, isForced) {
    refuseUsed(policy, 'Policy', having(context, 'Apps', 'signonPolicy', policy.id), 'Apps', isForced);
  },
  derived: {
    policyType,
    rules: (context, policy) =>
      entriesAt(policy, 'rules').map(({ value, sequence }) => ({
        value,
        sequence,
        $ref: referTo(context, 'Rules', String(value)),
        name: displayOf(context.store.get('Rules', String(value))),
      })),
  },
};

export const ruleKind: Kind = {
  path: 'Rules',
  name: 'Rule',
  urn: `${idcs}Rule`,
  ocid: 'domainrule',
  attributes: ruleAttributes,
  operations: allOperations,
  prepare({ store }, { before, after }) {
    if (!before) {
      after.active ??= true;
      after.locked ??= false;
    }
    const group = isComplex(after.conditionGroup) ? after.conditionGroup : undefined;
    if (group?.type === 'Condition')
      requireReference(store, 'Rule.conditionGroup', 'Conditions', 'Condition', textAt(group, 'value') ?? '');
  },
  remove(context, rule, isForced) {
    const policies = having(context, 'Policies', 'rules', rule.id);
    refuseUsed(rule, 'Rule', policies, 'Policies', isForced);
    for (const policy of policies) {
      const rules = entriesAt(policy, 'rules').filter(({ value }) => value !== rule.id);
      context.store.put('Policies', { ...policy, rules });
    }
  },
  derived: {
    policyType,
    conditionGroup(context, { conditionGroup: group }) {
      if (!isComplex(group)) return undefined;
      const id = textAt(group, 'value') ?? '';
      const path = endpointOf[textAt(group, 'type') ?? ''] ?? 'ConditionGroups';
      const name = displayOf(context.store.get(path, id));
      return { ...group, $ref: referTo(context, path, id), ...(name !== undefined && { name }) };
    },
  },
};

export const conditionKind: Kind = {
  path: 'Conditions',
  name: 'Condition',
  urn: `${idcs}Condition`,
  ocid: 'domaincondition',
  attributes: conditionAttributes,
  operations: allOperations,
  remove(context, condition, isForced) {
    const rules = having(context, 'Rules', 'conditionGroup', condition.id);
    refuseUsed(condition, 'Condition', rules, 'Rules', isForced);
    for (const { conditionGroup: _, ...rule } of rules) context.store.put('Rules', rule as Resource);
  },
};

export const networkPerimeterKind: Kind = {
  path: 'NetworkPerimeters',
  name: 'NetworkPerimeter',
  urn: `${idcs}NetworkPerimeter`,
  ocid: 'domainnetworkperimeter',
  attributes: networkPerimeterAttributes,
  operations: allOperations,
  remove({ store }, perimeter, isForced) {
    const conditions = [...store.all('Conditions')].filter((each) =>
      (textAt(each, 'attributeValue') ?? '').includes(perimeter.id),
    );
    refuseUsed(perimeter, 'NetworkPerimeter', conditions, 'Conditions', isForced);
  },
};

export const groupsOfPolicy = (context: ScimContext, policy: Resource): Complex[] =>
  idsAt(policy, 'groups').map((id) => refer(context, 'Groups', id));
