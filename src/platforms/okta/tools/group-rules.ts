// Rules that put people into groups: https://developer.okta.com/docs/api/openapi/okta-management/management/tag/GroupRule/

import { z } from 'zod';
import { findChanges, nameTarget, statusChange, type Target, type Undo } from '../../../core/change.ts';
import { fullObject, listInput, listOutput, viewInput } from '../../../core/listing.ts';
import { quoted } from '../../../core/plain.ts';
import { defineChanges, defineTools, tableOf } from '../../../core/tool.ts';
import type { OktaClient } from '../client.ts';
import { fullOf, present, type View } from '../views.ts';
import { askForRoles, checkStatus, loadGroup, targetGroup } from './changing.ts';
import { excludedUsersOf, expressionOf, type GroupRule, groupRuleEntity, groupsOf, loadRules } from './group-facts.ts';
import { checkOwnMembership } from './group-members.ts';
import { idOfMade } from './merging.ts';
import { wrong } from './profiles.ts';
import { groupId, listParameters, refuseHiddenNames, ruleId, userId } from './shared.ts';

const tool = defineTools<OktaClient>();
const change = defineChanges<OktaClient>();

const ruleView = z.object({
  id: z.string(),
  name: z.string(),
  status: z.string().optional(),
  expression: z.string().describe('whom it chooses'),
  groups: z.array(z.object({ id: z.string(), name: z.string().optional() })).describe('where it puts them'),
  excluded_user_ids: z.array(z.string()).optional(),
  full: fullObject,
});
const withNames = { expand: 'groupIdToGroupNameMap' };
/** For the undo of what does not exist yet. */
const itsId = '(its id, once it is made)';

export const groupRuleTools = [
  tool({
    name: 'list_okta_group_rules',
    title: 'List group rules',
    description: 'Rules that put people into groups by their attributes. Next: get_okta_group_rule.',
    access: 'read',
    scopes: ['okta.groups.read'],
    parameterAliases: { ...listParameters, search: 'query' },
    input: () => z.strictObject({ query: z.string().max(255).optional().describe('Words of the name'), ...listInput }),
    output: () => listOutput('rules', ruleView),
    table: tableOf<z.output<typeof ruleView>>('rules', {
      id: (rule) => rule.id,
      name: (rule) => rule.name,
      status: (rule) => rule.status,
      expression: (rule) => rule.expression,
    }),
    async run({ query, max_results, cursor, view }, { client, progress }) {
      const { items, ...tail } = await client.list({
        path: ['groups', 'rules'],
        query: { search: query, ...withNames },
        entity: groupRuleEntity,
        max: max_results,
        cursor,
        pageSize: 200,
        progress,
      });
      return { rules: items.map((rule) => viewRule(rule, view)), ...tail };
    },
  }),

  tool({
    name: 'get_okta_group_rule',
    title: 'Get a group rule',
    description: 'One group rule: whom it chooses and where it puts them.',
    access: 'read',
    scopes: ['okta.groups.read'],
    input: () => z.strictObject({ rule_id: ruleId, ...viewInput }),
    output: () => ruleView.extend({ created: z.string().optional(), last_updated: z.string().optional() }),
    async run({ rule_id, view }, { client }) {
      const rule = await loadRule(client, rule_id);
      return { ...viewRule(rule, view), ...present({ created: rule.created, last_updated: rule.lastUpdated }) };
    },
  }),

  change({
    name: 'create_okta_group_rule',
    title: 'Create a group rule',
    description: 'Makes an inactive rule; activate_okta_group_rule then puts people into the groups.',
    access: 'write',
    scopes: ['okta.groups.manage'],
    input: () =>
      z.strictObject({
        name: z.string().min(1).max(50),
        expression: z.string().min(1).max(10_000).describe('e.g. user.department=="Sales"'),
        group_ids: z.array(groupId).min(1).max(100),
        excluded_user_ids: z.array(userId).max(100).default([]).describe('Never moved'),
      }),
    async plan({ name, expression, group_ids, excluded_user_ids }, { client }) {
      // Who becomes a member would tell what is hidden.
      refuseHiddenNames(client, 'expression', expression);
      const rules = await loadRules(client);
      const same = rules?.find((rule) => rule.name?.toLowerCase() === name.toLowerCase());
      if (same) throw wrong(`There is a rule with this name already: the ${nameTarget(targetRule(same))}.`);
      const groups = await Promise.all([...new Set(group_ids)].map((id) => loadGroup(client, id)));
      for (const group of groups) checkOwnMembership(group);
      const targets = groups.map(targetGroup);
      const target: Target = { type: 'group_rule', id: '', name };
      const rule = {
        type: 'group_rule',
        name,
        conditions: {
          expression: { type: 'urn:okta:expression:1.0', value: expression },
          people: { users: { exclude: excluded_user_ids }, groups: { exclude: [] } },
        },
        actions: { assignUserToGroups: { groupIds: groups.map(({ id }) => id) } },
      };
      return {
        summary: `Create the inactive rule ${quoted(name)} for the ${targets.map(nameTarget).join(', the ')}`,
        targets: [target, ...targets],
        changes: findChanges({}, { ...rule, status: 'INACTIVE' }),
        warnings: ['It moves nobody until it is activated.'],
        undo: undoCreation(itsId),
        ask: await askForRoles(client, targets),
        async apply() {
          const id = idOfMade(await client.send('POST', ['groups', 'rules'], { body: rule }));
          return { targets: [{ ...target, id }, ...targets], undo: undoCreation(id) };
        },
      };
    },
  }),

  change({
    name: 'activate_okta_group_rule',
    title: 'Activate a group rule',
    description: 'Puts everybody whom the rule chooses into its groups, now and from now on.',
    access: 'write',
    scopes: ['okta.groups.manage'],
    idempotent: true,
    input: () => z.strictObject({ rule_id: ruleId }),
    async plan({ rule_id }, { client }) {
      const rule = await loadRule(client, rule_id);
      const [target, groups] = [targetRule(rule), targetsOf(rule)];
      const already = rule.status === 'ACTIVE' ? 'The rule is active already.' : undefined;
      if (!already) checkStatus(target, rule.status ?? '', ['INACTIVE'], invalid);
      return {
        summary: `Activate the ${nameTarget(target)}: ${describeRule(rule)}`,
        targets: [target, ...groups],
        changes: statusChange(rule.status ?? '', 'ACTIVE'),
        touches: { groups: groups.length },
        warnings: ['How many people it moves is known only afterwards; Okta moves them in the background.'],
        undo: {
          tool: 'deactivate_okta_group_rule',
          input: { rule_id: rule.id },
          but: 'the people whom it put into groups stay there',
        },
        ask: already ? undefined : await askForRoles(client, groups),
        already,
        apply: async () => void (await client.send('POST', [...pathOf(rule), 'lifecycle', 'activate'])),
      };
    },
  }),

  change({
    name: 'deactivate_okta_group_rule',
    title: 'Deactivate a group rule',
    description: 'Stops a rule; whom it put into groups stays there. Needed before delete_okta_group_rule.',
    access: 'destroy',
    scopes: ['okta.groups.manage'],
    idempotent: true,
    input: () => z.strictObject({ rule_id: ruleId }),
    async plan({ rule_id }, { client }) {
      const rule = await loadRule(client, rule_id);
      const [target, groups] = [targetRule(rule), targetsOf(rule)];
      const already = rule.status === 'INACTIVE' ? 'The rule is inactive already.' : undefined;
      if (!already) checkStatus(target, rule.status ?? '', ['ACTIVE'], invalid);
      return {
        summary: `Deactivate the ${nameTarget(target)}: ${describeRule(rule)}`,
        targets: [target, ...groups],
        changes: statusChange(rule.status ?? '', 'INACTIVE'),
        touches: { groups: groups.length },
        warnings: ['Nobody is put into these groups by it any more, nor taken out; members stay.'],
        undo: { tool: 'activate_okta_group_rule', input: { rule_id: rule.id } },
        already,
        apply: async () => void (await client.send('POST', [...pathOf(rule), 'lifecycle', 'deactivate'])),
      };
    },
  }),

  change({
    name: 'delete_okta_group_rule',
    title: 'Delete a group rule',
    description: 'Removes an inactive rule, and with remove_users those whom it put into groups.',
    access: 'destroy',
    scopes: ['okta.groups.manage'],
    input: () =>
      z.strictObject({
        rule_id: ruleId,
        remove_users: z.boolean().default(false).describe('Take out of the groups whom it put there'),
      }),
    async plan({ rule_id, remove_users }, { client }) {
      const rule = await loadRule(client, rule_id);
      const [target, groups] = [targetRule(rule), targetsOf(rule)];
      const hint = 'Call deactivate_okta_group_rule first; then delete the rule in a call of its own.';
      checkStatus(target, rule.status ?? '', ['INACTIVE', 'INVALID'], hint);
      const { name, status, conditions, actions } = rule;
      return {
        summary: `Delete the ${nameTarget(target)}: ${describeRule(rule)}`,
        targets: [target, ...groups],
        changes: findChanges({ name, status, conditions, actions }, {}),
        touches: { groups: groups.length },
        warnings: [
          remove_users
            ? 'Whom it put into the groups is taken out and loses what the groups gave; Okta does it in the background.'
            : 'Whom it put into the groups stays there.',
        ],
        undo: undoDeletion(rule, remove_users),
        async apply() {
          await client.send('DELETE', pathOf(rule), { query: { removeUsers: remove_users } });
          return undefined;
        },
      };
    },
  }),
];

const invalid = 'An INVALID rule refers to a group or attribute that is gone: delete it and create it anew.';

const pathOf = ({ id }: { readonly id: string }) => ['groups', 'rules', id];

async function loadRule(client: OktaClient, id: string): Promise<GroupRule> {
  return client.get(pathOf({ id }), groupRuleEntity, withNames);
}

function targetRule({ id, name }: GroupRule): Target {
  return { type: 'group_rule', id, ...(name && { name }) };
}

function targetsOf(rule: GroupRule): Target[] {
  const names = rule._embedded?.groupIdToGroupNameMap ?? {};
  return groupsOf(rule).map((id) => ({ type: 'group', id, name: names[id] }));
}

/** `if “user.title=="x"” then into the group “A” (00g…)`. */
function describeRule(rule: GroupRule): string {
  return `if ${quoted(expressionOf(rule), 2_000)} then into the ${targetsOf(rule).map(nameTarget).join(', the ')}`;
}

function viewRule(rule: GroupRule, view: View): z.output<typeof ruleView> {
  const excluded = excludedUsersOf(rule);
  return {
    id: rule.id,
    name: rule.name ?? '',
    ...present({ status: rule.status }),
    expression: expressionOf(rule),
    groups: targetsOf(rule).map(({ id, name }) => ({ id, ...present({ name }) })),
    ...(excluded.length > 0 && { excluded_user_ids: [...excluded] }),
    ...fullOf(rule, view),
  };
}

function undoCreation(rule: string): Undo {
  return { tool: 'delete_okta_group_rule', input: { rule_id: rule } };
}

function undoDeletion(rule: GroupRule, removed: boolean): Undo {
  const excluded = excludedUsersOf(rule);
  const groups = rule.conditions?.people?.groups?.exclude ?? [];
  const lost = [
    'the new rule has another id and is inactive',
    ...(removed ? ['whom it took out of groups comes back only when it is activated'] : []),
    ...(groups.length > 0 ? [`the excluded groups ${groups.join(', ')} are not excluded again`] : []),
  ];
  return {
    tool: 'create_okta_group_rule',
    input: {
      name: rule.name ?? rule.id,
      expression: expressionOf(rule),
      group_ids: groupsOf(rule),
      ...(excluded.length > 0 && { excluded_user_ids: excluded }),
    },
    but: lost.join('; '),
  };
}
