// Policies and their rules.

import type { ChangeCase, Prepared } from '../changes.ts';
import type { Entity, Organization } from '../organization.ts';

const listed = '/api/v1/policies?type=OKTA_SIGN_ON';

async function aPolicy(organization: Organization, name = 'Administrators'): Promise<Entity> {
  const found = (await organization.read(listed)).find((policy) => policy.name === name);
  if (!found) throw new Error(`the organization has no policy ${name}`);
  return found;
}

async function aRule(organization: Organization, name = 'Second factor each time') {
  const { id } = await aPolicy(organization, name === 'Second factor by device' ? 'Default Policy' : 'Administrators');
  const rules = `/api/v1/policies/${id}/rules`;
  const found = (await organization.read(rules)).find((rule) => rule.name === name);
  if (!found) throw new Error(`the policy has no rule ${name}`);
  return { policy: id, rule: found.id, rules, path: `${rules}/${found.id}` };
}

async function ofRule(
  organization: Organization,
  more: Record<string, unknown> = {},
  name?: string,
): Promise<Prepared> {
  const { policy, rule, rules, path } = await aRule(organization, name);
  return { input: { policy_id: policy, rule_id: rule, ...more }, reads: [path, rules] };
}

const contractors = {
  type: 'OKTA_SIGN_ON',
  name: 'Contractors',
  description: 'Short sessions',
  priority: 1,
};

async function withPeople(organization: Organization) {
  return { ...contractors, conditions: (await aPolicy(organization)).conditions };
}

export const policyCases: readonly ChangeCase[] = [
  {
    tool: 'create_okta_policy',
    when: 'in force, before the others',
    asks: true,
    undo: 'all',
    besides: ['id', 'system'],
    async prepare(organization) {
      return {
        input: { policy_data: await withPeople(organization) },
        reads: ['/api/v1/policies/{made}', listed],
      };
    },
  },
  {
    tool: 'create_okta_policy',
    when: 'not in force',
    asks: false,
    undo: 'all',
    besides: ['id', 'system'],
    async prepare(organization) {
      return {
        input: { policy_data: await withPeople(organization), activate: false },
        reads: ['/api/v1/policies/{made}', listed],
      };
    },
  },
  {
    tool: 'update_okta_policy',
    when: 'its name and its people',
    asks: true,
    undo: 'all',
    async prepare(organization) {
      const { id } = await aPolicy(organization);
      const groups = await organization.read('/api/v1/groups?limit=200');
      const include = groups.filter(({ type }) => type === 'OKTA_GROUP').slice(0, 2);
      const conditions = { people: { groups: { include: include.map((group) => group.id) } } };
      return {
        input: { policy_id: id, policy_data: { name: 'Administrators and others', conditions } },
        reads: [`/api/v1/policies/${id}`, listed],
      };
    },
  },
  {
    tool: 'update_okta_policy',
    when: 'one number among its settings',
    asks: true,
    undo: 'all',
    async prepare(organization) {
      const [policy] = await organization.read('/api/v1/policies?type=PASSWORD');
      const id = policy?.id ?? '';
      return {
        input: { policy_id: id, policy_data: { settings: { password: { complexity: { minLength: 20 } } } } },
        reads: [`/api/v1/policies/${id}`],
      };
    },
  },
  {
    tool: 'update_okta_policy',
    when: 'its place among the others',
    asks: true,
    undo: 'all',
    async prepare(organization) {
      const made = await organization.write('POST', '/api/v1/policies', { ...contractors, priority: 2 });
      return {
        input: { policy_id: made.id, policy_data: { priority: 1 } },
        reads: [`/api/v1/policies/${made.id}`, listed],
      };
    },
  },
  {
    tool: 'update_okta_policy',
    when: 'its name and description',
    asks: false,
    undo: 'all',
    async prepare(organization) {
      const { id } = await aPolicy(organization);
      const policy_data = { name: 'Admins', description: 'Who administers' };
      return { input: { policy_id: id, policy_data }, reads: [`/api/v1/policies/${id}`, listed] };
    },
  },
  {
    tool: 'update_okta_policy',
    when: 'that is a draft',
    asks: false,
    undo: 'all',
    async prepare(organization) {
      const made = await organization.write('POST', '/api/v1/policies?activate=false', contractors);
      const { conditions } = await aPolicy(organization);
      return { input: { policy_id: made.id, policy_data: { conditions } }, reads: [`/api/v1/policies/${made.id}`] };
    },
  },
  {
    tool: 'deactivate_okta_policy',
    asks: true,
    undo: 'all',
    async prepare(organization) {
      const { id } = await aPolicy(organization);
      return { input: { policy_id: id }, reads: [`/api/v1/policies/${id}`, `/api/v1/policies/${id}/rules`] };
    },
  },
  {
    tool: 'deactivate_okta_policy',
    when: 'that applications choose',
    asks: true,
    undo: 'all',
    async prepare(organization) {
      const [policy] = await organization.read('/api/v1/policies?type=ACCESS_POLICY');
      return { input: { policy_id: policy?.id }, reads: [`/api/v1/policies/${policy?.id}`] };
    },
  },
  {
    tool: 'activate_okta_policy',
    asks: true,
    undo: 'all',
    async prepare(organization) {
      const { id } = await aPolicy(organization);
      const first = [['deactivate_okta_policy', { policy_id: id }]] as const;
      return { input: { policy_id: id }, reads: [`/api/v1/policies/${id}`], first };
    },
  },
  {
    tool: 'delete_okta_policy',
    when: 'with rules',
    asks: true,
    undo: 'none',
    besides: ['id', 'system'],
    async prepare(organization) {
      const { id } = await aPolicy(organization);
      return { input: { policy_id: id }, reads: [`/api/v1/policies/${id}`] };
    },
  },
  {
    tool: 'delete_okta_policy',
    when: 'without rules',
    asks: true,
    undo: 'partly',
    besides: ['id', 'system'],
    async prepare(organization) {
      const made = await organization.write('POST', '/api/v1/policies', contractors);
      return { input: { policy_id: made.id }, reads: [`/api/v1/policies/${made.id}`] };
    },
  },
  {
    tool: 'create_okta_policy_rule',
    when: 'that denies',
    asks: true,
    undo: 'all',
    besides: ['id', 'system'],
    async prepare(organization) {
      const { policy, rules } = await aRule(organization);
      const rule_data = {
        name: 'Nobody at night',
        priority: 1,
        conditions: { network: { connection: 'ANYWHERE' } },
        actions: { signon: { access: 'DENY' } },
      };
      return { input: { policy_id: policy, rule_data }, reads: [`${rules}/{made}`, rules] };
    },
  },
  {
    tool: 'create_okta_policy_rule',
    when: 'that is not in force',
    asks: false,
    undo: 'all',
    besides: ['id', 'system', 'priority', 'conditions'],
    async prepare(organization) {
      const { policy, rules } = await aRule(organization);
      const rule_data = { name: 'Later', actions: { signon: { access: 'ALLOW' } } };
      return { input: { policy_id: policy, rule_data, activate: false }, reads: [`${rules}/{made}`, rules] };
    },
  },
  {
    tool: 'update_okta_policy_rule',
    when: 'so that it asks for no second factor',
    asks: true,
    undo: 'all',
    prepare: (organization) => ofRule(organization, { rule_data: { actions: { signon: { requireFactor: false } } } }),
  },
  {
    tool: 'update_okta_policy_rule',
    when: 'one of its actions',
    asks: true,
    undo: 'all',
    prepare: (organization) =>
      ofRule(organization, { rule_data: { actions: { signon: { session: { maxSessionIdleMinutes: 15 } } } } }),
  },
  {
    tool: 'update_okta_policy_rule',
    when: 'its place and its network',
    asks: true,
    undo: 'all',
    async prepare(organization) {
      const [zone] = await organization.read('/api/v1/zones?limit=1');
      const network = { connection: 'ZONE', include: [zone?.id] };
      return ofRule(organization, { rule_data: { priority: 1, conditions: { network } } });
    },
  },
  {
    tool: 'update_okta_policy_rule',
    when: 'its name',
    asks: false,
    undo: 'all',
    prepare: (organization) => ofRule(organization, { rule_data: { name: 'Always two' } }),
  },
  {
    tool: 'update_okta_policy_rule',
    when: 'that is a draft',
    asks: false,
    undo: 'all',
    prepare: (organization) =>
      ofRule(organization, { rule_data: { actions: { signon: { access: 'DENY' } } } }, 'Second factor by device'),
  },
  {
    tool: 'deactivate_okta_policy_rule',
    asks: true,
    undo: 'all',
    prepare: (organization) => ofRule(organization),
  },
  {
    tool: 'activate_okta_policy_rule',
    asks: true,
    undo: 'all',
    prepare: (organization) => ofRule(organization, {}, 'Second factor by device'),
  },
  {
    tool: 'delete_okta_policy_rule',
    asks: true,
    undo: 'partly',
    besides: ['id', 'system'],
    prepare: (organization) => ofRule(organization),
  },
];
