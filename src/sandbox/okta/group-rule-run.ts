// What group rules do: an active one puts whoever fits into its groups, and takes out again whom it put there and who fits no longer.

import { clearBit, createBits, hasBit, setBit } from './bits.ts';
import { note, setMembership, target } from './changes.ts';
import type { OktaContext } from './context.ts';
import { compileRule } from './expression.ts';
import type { GroupRuleRecord } from './group-rule-seed.ts';
import type { GroupRecord } from './group-seed.ts';
import type { LogTarget } from './log-record.ts';
import type { UserRecord } from './user-record.ts';

/** Rules may look at groups that other rules fill; a ring of them ends here. */
const mostRounds = 8;

export function ruleTarget(rule: GroupRuleRecord): LogTarget {
  return { kind: 'other', type: 'GroupRule', id: rule.id, name: rule.name };
}

/** After a person was made or changed, or came into a group or out of one. Whoever is deactivated stays where they are. */
export function runRulesFor(context: OktaContext, user: UserRecord): void {
  if (user.status === 'DEPROVISIONED') return;
  const rules = context.state.groupRules
    .filter((rule) => rule.status === 'ACTIVE')
    .map((rule) => prepare(context, rule));
  for (let round = 0; round < mostRounds; round++) {
    const changes = rules.filter((run) => run(user));
    if (changes.length === 0) return;
  }
}

/** When a rule is activated: over everybody, and then whatever follows from that. */
export function runRule(context: OktaContext, rule: GroupRuleRecord): void {
  const run = prepare(context, rule);
  const moved = context.state.users.filter(
    (user) => user !== undefined && user.status !== 'DEPROVISIONED' && run(user),
  );
  const others = context.state.groupRules.some((other) => other !== rule && looksAtGroups(other));
  if (others || looksAtGroups(rule)) for (const user of moved) if (user) runRulesFor(context, user);
}

function looksAtGroups({ status, expression }: GroupRuleRecord): boolean {
  return status === 'ACTIVE' && expression.includes('isMemberOf');
}

/** Okta's System Log names the system where a rule moves somebody. */
function asSystem(context: OktaContext): OktaContext {
  return { ...context, bySystem: true };
}

/** One rule, ready to be run over people; it says whether somebody moved. */
function prepare(caller: OktaContext, rule: GroupRuleRecord): (user: UserRecord) => boolean {
  const context = asSystem(caller);
  const { state } = context;
  const fits = compileRule(state, rule.expression);
  const excluded = new Set(rule.excluded);
  const groups = state.groups.filter((group) => rule.fills.includes(group.id));
  return (user) => {
    const wanted = !excluded.has(user.id) && fits(user);
    let moved = false;
    for (const group of groups) {
      if (wanted) moved = bring(context, rule, group, user) || moved;
      else if (letGo(rule, group, user) && !isManaged(context, group, user)) {
        setMembership(context, group, user, false);
        moved = true;
      }
    }
    return moved;
  };
}

/** Somebody who was put there by hand and fits is the rule's from then on. */
function bring(context: OktaContext, rule: GroupRuleRecord, group: GroupRecord, user: UserRecord): boolean {
  const managed = rule.managed.get(group.id) ?? createBits();
  rule.managed.set(group.id, managed);
  setBit(managed, user.n);
  if (hasBit(group.members, user.n)) return false;
  setMembership(context, group, user, true);
  return true;
}

function letGo(rule: GroupRuleRecord, group: GroupRecord, user: UserRecord): boolean {
  const managed = rule.managed.get(group.id);
  return managed !== undefined && clearBit(managed, user.n);
}

function isManaged({ state }: OktaContext, group: GroupRecord, user: UserRecord): boolean {
  return state.groupRules.some((rule) => {
    const managed = rule.managed.get(group.id);
    return rule.status === 'ACTIVE' && managed !== undefined && hasBit(managed, user.n);
  });
}

/** Whoever is taken by hand out of a group that a rule fills is passed over by the rule from then on. */
export function excludeFromRules(context: OktaContext, group: GroupRecord, user: UserRecord): void {
  for (const rule of context.state.groupRules) {
    if (!letGo(rule, group, user) || rule.status !== 'ACTIVE' || rule.excluded.includes(user.id)) continue;
    rule.excluded.push(user.id);
    rule.lastUpdated = context.state.now();
    note(asSystem(context), 'group.user_membership.rule.add_exclusion', ruleTarget(rule), target(user));
  }
}

/** Takes out everybody whom the rule, and no other, keeps in its groups. */
export function emptyRule(context: OktaContext, rule: GroupRuleRecord): void {
  const { state } = context;
  const moved: UserRecord[] = [];
  for (const group of state.groups) {
    const managed = rule.managed.get(group.id);
    if (!managed) continue;
    for (const user of state.users) {
      if (!user || !clearBit(managed, user.n) || isManaged(context, group, user)) continue;
      setMembership(asSystem(context), group, user, false);
      moved.push(user);
    }
  }
  if (state.groupRules.some(looksAtGroups)) for (const user of moved) runRulesFor(context, user);
}

/** A rule that fills a deleted group can only be read and deleted. */
export function invalidateRules(context: OktaContext, group: GroupRecord): void {
  for (const rule of context.state.groupRules) {
    if (!rule.fills.includes(group.id)) continue;
    rule.managed.delete(group.id);
    if (rule.status === 'INVALID') continue;
    rule.status = 'INVALID';
    rule.lastUpdated = context.state.now();
    note(asSystem(context), 'group.user_membership.rule.invalidate', ruleTarget(rule), { kind: 'group', n: group.n });
  }
}
