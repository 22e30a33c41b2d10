// What hangs on a group, and what is to be known of group rules before anything is changed that they depend on.

import { z } from 'zod';
import { quoted } from '../../../core/plain.ts';
import type { OktaClient } from '../client.ts';
import { type Count, countList, orUndefined } from './counting.ts';

const text = z.string().nullish();
const ids = z.array(z.string()).nullish();
const people = z.object({ exclude: ids }).nullish();

export const groupRuleEntity = z.object({
  id: z.string(),
  name: text,
  status: text,
  created: text,
  lastUpdated: text,
  conditions: z
    .object({
      expression: z.object({ value: text }).nullish(),
      people: z.object({ users: people, groups: people }).nullish(),
    })
    .nullish(),
  actions: z.object({ assignUserToGroups: z.object({ groupIds: ids }).nullish() }).nullish(),
  _embedded: z.object({ groupIdToGroupNameMap: z.record(z.string(), z.string()).nullish() }).nullish(),
});
export type GroupRule = z.output<typeof groupRuleEntity>;

export const expressionOf = ({ conditions }: GroupRule): string => conditions?.expression?.value ?? '';
export const groupsOf = ({ actions }: GroupRule): readonly string[] => actions?.assignUserToGroups?.groupIds ?? [];
export const excludedUsersOf = ({ conditions }: GroupRule): readonly string[] =>
  conditions?.people?.users?.exclude ?? [];

/** Okta allows 2,000 rules to an organization. */
const most = 2_000;

/** @returns undefined where the credential may not see them. */
export async function loadRules(client: OktaClient): Promise<readonly GroupRule[] | undefined> {
  const request = { path: ['groups', 'rules'], entity: groupRuleEntity, max: most, pageSize: 200 };
  return (await orUndefined(client.list(request), 'missing_scope'))?.items;
}

/** What a change of a person’s attributes does beside: rules put people into groups by them. */
export async function warnOfRules(client: OktaClient, attributes: readonly string[]): Promise<string[]> {
  const rules = await loadRules(client);
  if (!rules) return ['Group rules may move the person to other groups; the credential cannot see the rules.'];
  const about = new RegExp(`\\buser\\.(?:${attributes.join('|')})\\b`);
  const active = rules.filter((rule) => rule.status === 'ACTIVE' && about.test(expressionOf(rule)));
  return active.length === 0 ? [] : [`Group rules may move the person to other groups: ${nameRules(active)}.`];
}

const shown = 5;

/** The first few, each with its name. */
export function nameRules(rules: readonly GroupRule[]): string {
  const names = rules.slice(0, shown).map(({ id, name }) => quoted(name ?? id));
  return rules.length > shown ? `${names.join(', ')} and ${rules.length - shown} more` : names.join(', ');
}

export const countGroupApps = (client: OktaClient, group: string): Promise<Count> =>
  countList(client, { path: ['groups', group, 'apps'], what: 'applications of the group', pageSize: 200 });

export const countGroupMembers = (client: OktaClient, group: string): Promise<Count> =>
  countList(client, { path: ['groups', group, 'users'], what: 'members of the group', pageSize: 200 });
