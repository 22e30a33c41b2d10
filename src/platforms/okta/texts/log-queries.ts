// Questions that people ask of the System Log, and the call that answers each.

import { use } from '../../../core/show-call.ts';

interface Example {
  readonly asks: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly look?: string;
}

const signIns: readonly Example[] = [
  {
    asks: 'Why could Maya not sign in this morning?',
    input: { user_id: 'maya@example.com', since: '12 hours ago' },
    look: 'result and reason of user.session.start and policy.evaluate_sign_on',
  },
  { asks: 'Who was locked out today?', input: { event_type: 'user.account.lock', since: '24 hours ago' } },
  {
    asks: 'Is somebody trying passwords on many accounts?',
    input: {
      event_type: 'user.session.start',
      filter_string: 'outcome.result eq "FAILURE" and outcome.reason eq "INVALID_CREDENTIALS"',
      since: '6 hours ago',
      max_results: 1000,
    },
    look: 'few addresses with many names',
  },
  {
    asks: 'What came from this address?',
    input: { filter_string: 'client.ipAddress eq "203.0.113.7"', since: '7 days ago' },
  },
  {
    asks: 'Which sign-ins came through a proxy or an anonymizer?',
    input: { event_type: 'user.session.start', filter_string: 'securityContext.isProxy eq true', since: '7 days ago' },
  },
  {
    asks: 'Who signed in from outside the country?',
    input: {
      event_type: 'user.session.start',
      filter_string: 'outcome.result eq "SUCCESS" and not (client.geographicalContext.country eq "Netherlands")',
      since: '7 days ago',
    },
  },
  { asks: 'Who refused a push?', input: { event_type: 'user.mfa.okta_verify.deny_push', since: '7 days ago' } },
];

const access: readonly Example[] = [
  {
    asks: 'Who opened this application last week?',
    input: { app_id: 'Salesforce', event_type: 'user.authentication.sso', since: '7 days ago' },
  },
  {
    asks: 'Whom did an application’s policy turn away?',
    input: { event_type: 'application.policy.sign_on.deny_access', since: '24 hours ago' },
  },
  {
    asks: 'Who tried an application that is not theirs?',
    input: { event_type: 'app.generic.unauth_app_access_attempt', since: '7 days ago' },
  },
  {
    asks: 'When did Maya get into this group, and by whom?',
    input: { user_id: 'maya@example.com', event_type: 'group.user_membership.add', since: '90 days ago' },
  },
];

const changes: readonly Example[] = [
  {
    asks: 'Who became an administrator in the last three months?',
    input: {
      filter_string: 'eventType eq "user.account.privilege.grant" or eventType eq "group.privilege.grant"',
      since: '90 days ago',
    },
  },
  {
    asks: 'Which policies and rules were changed since Monday, oldest first?',
    input: {
      filter_string: 'eventType sw "policy.lifecycle." or eventType sw "policy.rule."',
      since: 'last Monday',
      sort_order: 'ASCENDING',
    },
  },
  {
    asks: 'Which factors were reset or taken away?',
    input: {
      filter_string: 'eventType eq "user.mfa.factor.reset_all" or eventType eq "user.mfa.factor.deactivate"',
      since: '30 days ago',
    },
  },
  {
    asks: 'Which API tokens were made or revoked?',
    input: { filter_string: 'eventType sw "system.api_token."', since: '90 days ago' },
  },
  {
    asks: 'Which identity providers were added or changed? (a way in for whoever controls them)',
    input: { filter_string: 'eventType sw "system.idp.lifecycle."', since: '90 days ago' },
  },
  {
    asks: 'Did Okta support work in the organization?',
    input: { filter_string: 'eventType sw "user.session.impersonation."', since: '90 days ago' },
  },
  {
    asks: 'Are requests refused for want of rate limits?',
    input: {
      filter_string:
        'eventType eq "system.org.rate_limit.violation" or eventType eq "system.client.rate_limit.violation"',
      since: '24 hours ago',
    },
  },
];

export function writeLogQueries(): string {
  return [
    '# Asking the System Log',
    '',
    'Okta keeps the log for 90 days or longer. Times can be words. A name in capitals or short is found by user_id, which looks it up; in filter_string letter case counts.',
    ...section('Signing in', signIns),
    ...section('Access', access),
    ...section('What was changed', changes),
    '',
    `More event types: ${use('list_okta_event_types', { query: 'password' })} or okta://event-types.`,
    '',
  ].join('\n');
}

function section(title: string, examples: readonly Example[]): string[] {
  const lines = examples.flatMap(({ asks, input, look }) => [
    '',
    asks,
    `  ${use('get_okta_event_logs', input)}`,
    ...(look === undefined ? [] : [`  Look at: ${look}.`]),
  ]);
  return ['', `## ${title}`, ...lines];
}
