// The rules that fill groups by themselves: one for each department and office, and some that nobody has switched on yet.

import { makeId, roll } from '../random.ts';
import { type Bits, copyBits } from './bits.ts';
import type { GroupRecord } from './group-seed.ts';

export interface GroupRuleRecord {
  id: string;
  name: string;
  /** INVALID: a group that it fills was deleted; it can then only be read and deleted. */
  status: 'ACTIVE' | 'INACTIVE' | 'INVALID';
  created: number;
  lastUpdated: number;
  expression: string;
  /** Ids of groups. */
  fills: string[];
  /** Ids of users it passes over; Okta keeps those of deleted users too. */
  excluded: string[];
  /** By id of group: whom this rule has brought there. They stay when it is deactivated, and are still its own. */
  managed: Map<string, Bits>;
}

interface Plan {
  name: string;
  expression: string;
  fills: string;
}

const day = 86_400_000;

export function makeGroupRules(groups: readonly GroupRecord[], seed: number, opened: number): GroupRuleRecord[] {
  const rules = groups.flatMap((group): GroupRuleRecord[] =>
    group.rule === undefined
      ? []
      : [
          {
            id: makeGroupRuleId(seed, group.n),
            name: `Fill ${group.name}`,
            status: 'ACTIVE',
            created: group.created,
            lastUpdated: group.lastUpdated,
            expression: group.rule,
            fills: [group.id],
            excluded: [],
            managed: new Map([[group.id, copyBits(group.members)]]),
          },
        ],
  );
  const idOf = (name: string) => groups.find((group) => group.name === name)?.id ?? '';
  for (const [at, plan] of planIdle(idOf).entries()) {
    const created = opened - Math.floor((30 - at * 9 + roll(seed, 66, at)) * day);
    rules.push({
      id: makeGroupRuleId(seed, groups.length + at),
      name: plan.name,
      status: 'INACTIVE',
      created,
      lastUpdated: created,
      expression: plan.expression,
      fills: [idOf(plan.fills)],
      excluded: [],
      managed: new Map(),
    });
  }
  return rules;
}

export function makeGroupRuleId(seed: number, n: number): string {
  return makeId('0pr', seed, 10_000 + n);
}

/** Two that were prepared and left: a head start for the pager, and warehouse people who would all get a scanner. */
function planIdle(idOf: (name: string) => string): Plan[] {
  return [
    {
      name: 'Pager for senior engineers',
      expression: `isMemberOfAnyGroup("${idOf('Engineering')}") and String.startsWith(user.title, "Senior")`,
      fills: 'On-call Engineers',
    },
    {
      name: 'Scanners for the whole warehouse',
      expression:
        'user.department=="Warehouse Operations" and !(user.userType=="Contractor" or String.stringContains(user.title, "Analyst"))',
      fills: 'Warehouse Handheld Users',
    },
  ];
}
