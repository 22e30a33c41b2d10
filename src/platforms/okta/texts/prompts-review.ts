// Procedures for looking over who may do what.

import { writeProcedure } from '../../../core/procedure.ts';
import { use } from '../../../core/show-call.ts';

type Input = Readonly<Record<string, string>>;

export function writeAccessReview({ app, group }: Input): string {
  const about = app?.trim()
    ? [
        `${use('list_okta_applications', { q: app })}: the id. Then list_okta_application_group_assignments (which groups give it) and list_okta_application_users to its end (who has it, and whether by a group or alone).`,
      ]
    : [];
  const members = group?.trim()
    ? [
        `${use('list_okta_groups', { query: group })}: the id. Then list_okta_group_members to its end, list_okta_assigned_applications_for_group and list_okta_group_roles: what it gives.`,
      ]
    : [];
  const none = [
    `Which application or group? The ones that matter most: what gives administrator rights (${use('list_okta_administrators')}), money, customers’ data, code.`,
  ];
  return writeProcedure({
    task: 'Review who has access, and prepare for its owner what should stay and what should go. The owner decides; nothing is taken away in this review.',
    given: { app, group },
    steps: [
      ...(about.length + members.length > 0 ? [...about, ...members] : none),
      'A list with complete: false is not all: read it to its end, or say that it is a part. A review of a part is none.',
      'Mark: who is not ACTIVE; who has it alone and not through a group; whose department or title does not fit the others; who is not of the organization (login of another domain); accounts that are no person.',
      `Not used: get_okta_event_logs with app_id and event_type user.authentication.sso, since 90 days. Who is not there did not open it (in as far as the log goes back). Last sign-in at all: last_login in view of the users.`,
      'How did they get it? get_okta_event_logs with user_id and event_type group.user_membership.add or application.user_membership.add, for those in doubt. A rule (list_okta_group_rules) gives it anew if a person is only taken out.',
      'Write the table: person, how they have it, since when, last use, proposal (keep, ask, take away) and why. Proposals only.',
      'What the owner decides is done one by one, later: remove_okta_group_member or unassign_okta_application_user, each with its dry run. Keep the answers: they are the record of the review.',
    ],
    stop: [
      'nobody owns it',
      'you find administrator rights that nobody knows of',
      'somebody who left still has access',
    ],
  });
}

export function writeAdministratorReview(): string {
  return writeProcedure({
    task: 'Review who administers this organization. Administrators are what attackers look for first.',
    given: {},
    steps: [
      `${use('list_okta_administrators')}: everybody, to the end. More than a handful with SUPER_ADMIN is too many; one alone is too few.`,
      'Through a group: list_okta_user_groups and list_okta_group_roles say which. Who can change that group (its members, a rule that fills it) makes administrators.',
      'For each: ACTIVE? last_login within 90 days? An account for administration alone, or the one for mail? list_okta_user_factors: at least one that cannot be phished (a security key, FastPass); SMS and questions alone are not enough.',
      `${use('get_okta_event_logs', { filter_string: 'eventType eq "user.account.privilege.grant" or eventType eq "group.privilege.grant" or eventType eq "app.oauth2.client.privilege.grant"', since: '90 days ago' })}: who made them administrators, and does somebody know why?`,
      `Credentials that are no people: ${use('get_okta_event_logs', { filter_string: 'eventType sw "system.api_token." or eventType sw "app.oauth2.client.lifecycle."', since: '90 days ago' })}. An API token has all rights of the person who made it.`,
      `Support of Okta: ${use('get_okta_event_logs', { filter_string: 'eventType sw "user.session.impersonation."', since: '90 days ago' })}.`,
      `Policies: ${use('list_okta_policies', { type: 'ACCESS_POLICY', query: 'Admin' })} and its rules: does the Admin Console ask for a factor at each sign-in?`,
      'Report by risk: what must be changed today, what soon, what is well. Name the smallest role that would do. Roles are changed by a person in the Admin Console.',
    ],
    stop: [
      'an administrator whom nobody knows',
      'rights given from an unusual place or at night',
      'the review would leave fewer than two super administrators',
    ],
  });
}

export function writePolicyReview({ type = 'ACCESS_POLICY', policy = '' }: Input): string {
  return writeProcedure({
    task: 'Explain what a policy does, to whom and in which order, and what is weak in it, before anybody changes it.',
    given: { type, policy },
    steps: [
      `${use('list_okta_policies', { type, query: policy })}: the id, its place among the others (1 is tried first), whether it is ACTIVE. Several: ask which.`,
      'get_okta_policy with view full: for whom it is. list_okta_policy_rules: in their order; the first rule that fits decides, the catch-all is last.',
      'For each rule in one sentence: who, from where, on what, is asked for what, or refused. Resolve ids: get_okta_group, get_okta_network_zone.',
      'Weak: a catch-all that lets in with a password alone; a rule before it that fits everybody, so that later ones never count; zones that are empty or inactive; groups without members; long sessions; exceptions for single people; rules that are switched off.',
      `Who met it lately: ${use('get_okta_event_logs', { event_type: 'policy.evaluate_sign_on', since: '7 days ago', max_results: 200 })}; the policy stands among the targets.`,
      'A proposal: the smallest change, whom it would lock out, how it is tried first (a rule for a test group before the others), and how it is undone. update_okta_policy_rule with dryRun shows it field by field.',
    ],
    stop: [
      'the change could lock out administrators: keep one way in that does not depend on it',
      'it is the policy of the Admin Console',
      'nobody can say why a rule is there',
    ],
  });
}
