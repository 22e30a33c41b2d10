// Who gets tokens of an authorization server: https://developer.okta.com/docs/api/openapi/okta-management/management/tag/AuthorizationServerPolicies/

import { z } from 'zod';
import { fullObject, listInput, listOutput } from '../../../core/listing.ts';
import { defineTools, tableOf } from '../../../core/tool.ts';
import type { OktaClient } from '../client.ts';
import { fullOf, present, type View } from '../views.ts';
import { serverAliases, serverInput, serverScopes } from './authorization-servers.ts';

const tool = defineTools<OktaClient>();
const text = z.string().nullish();
const words = z.array(z.string());

const chosen = z.object({ include: words.nullish() }).nullish();
const minutes = z.number().nullish();
const ruleEntity = z.object({
  id: z.string(),
  name: text,
  status: text,
  priority: z.number().nullish(),
  conditions: z
    .object({
      people: z.object({ users: chosen, groups: chosen }).nullish(),
      grantTypes: chosen,
      scopes: chosen,
    })
    .nullish(),
  actions: z
    .object({
      token: z.object({ accessTokenLifetimeMinutes: minutes, refreshTokenLifetimeMinutes: minutes }).nullish(),
    })
    .nullish(),
});
const policyEntity = z.object({
  id: z.string(),
  name: text,
  status: text,
  priority: z.number().nullish(),
  description: text,
  conditions: z.object({ clients: chosen }).nullish(),
});
const ruleView = z.object({
  id: z.string(),
  name: z.string(),
  status: z.string().optional(),
  priority: z.number().optional(),
  users: words.optional(),
  groups: words.optional(),
  grant_types: words.optional(),
  scopes: words.optional(),
  access_token_minutes: z.number().optional(),
  refresh_token_minutes: z.number().optional().describe('0: without end'),
  full: fullObject,
});
const policyView = z.object({
  id: z.string(),
  name: z.string(),
  status: z.string().optional(),
  priority: z.number().optional(),
  description: z.string().optional(),
  clients: words.optional(),
  rules: z.array(ruleView),
  full: fullObject,
});
type PolicyView = z.output<typeof policyView>;
type RuleView = z.output<typeof ruleView>;

function viewRule(rule: z.output<typeof ruleEntity>, view: View): RuleView {
  const { people, grantTypes, scopes } = rule.conditions ?? {};
  const { token } = rule.actions ?? {};
  return {
    id: rule.id,
    name: rule.name ?? '',
    ...present({
      status: rule.status,
      priority: rule.priority,
      users: someOf(people?.users),
      groups: someOf(people?.groups),
      grant_types: someOf(grantTypes),
      scopes: someOf(scopes),
      access_token_minutes: token?.accessTokenLifetimeMinutes,
      refresh_token_minutes: token?.refreshTokenLifetimeMinutes,
    }),
    ...fullOf(rule, view),
  };
}

function someOf(choice: z.output<typeof chosen>): string[] | undefined {
  return choice?.include?.length ? choice.include : undefined;
}

/** `Default Rule (0pr…): groups EVERYONE; by authorization_code; scopes *; 60 min`. */
function describeRule(rule: RuleView): string {
  const off = rule.status === 'INACTIVE' ? ', inactive' : '';
  const parts = [
    rule.users && `users ${rule.users.join(' ')}`,
    rule.groups && `groups ${rule.groups.join(' ')}`,
    rule.grant_types && `by ${rule.grant_types.join(' ')}`,
    rule.scopes && `scopes ${rule.scopes.join(' ')}`,
    rule.access_token_minutes !== undefined && `${rule.access_token_minutes} min`,
  ];
  return `${rule.name} (${rule.id}${off}): ${parts.filter(Boolean).join(', ')}`;
}

/** More rules no policy has; the operation has no pages. */
const mostRules = 1_000;
export const authorizationServerPolicyTools = [
  tool({
    name: 'list_okta_authorization_server_policies',
    title: 'List an authorization server’s policies',
    description:
      'Who gets tokens of an authorization server: its access policies with their rules, tried by priority (1 first), and token lifetimes.',
    access: 'read',
    scopes: serverScopes,
    parameterAliases: serverAliases,
    input: () => z.strictObject({ ...serverInput, ...listInput }),
    output: () => listOutput('policies', policyView),
    table: tableOf<PolicyView>('policies', {
      id: (policy) => policy.id,
      name: (policy) => policy.name,
      status: (policy) => policy.status,
      priority: (policy) => policy.priority,
      clients: (policy) => policy.clients?.join(' '),
      rules: (policy) => policy.rules.map(describeRule).join('; '),
    }),
    async run({ authorization_server_id, max_results, cursor, view }, { client, progress }) {
      const path = ['authorizationServers', authorization_server_id, 'policies'];
      const { items, ...tail } = await client.list({ path, entity: policyEntity, max: max_results, cursor, progress });
      const policies = await Promise.all(
        items.map(async (policy): Promise<PolicyView> => {
          const rules = await client.list({ path: [...path, policy.id, 'rules'], entity: ruleEntity, max: mostRules });
          const { id, name, status, priority, description, conditions } = policy;
          return {
            id,
            name: name ?? '',
            ...present({ status, priority, description, clients: someOf(conditions?.clients) }),
            rules: rules.items.map((rule) => viewRule(rule, view)),
            ...fullOf(policy, view),
          };
        }),
      );
      return { policies, ...tail };
    },
  }),
];
