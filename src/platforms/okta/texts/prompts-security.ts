// Procedures for what looks like an attack, and for what happened.

import { writeProcedure } from '../../../core/procedure.ts';
import { use } from '../../../core/show-call.ts';

type Input = Readonly<Record<string, string>>;

export function writeSuspiciousActivity({ user, since = '7 days ago' }: Input): string {
  const whose = user?.trim() || undefined;
  const ask = (input: Record<string, unknown>) => use('get_okta_event_logs', { user_id: whose, since, ...input });
  const hold = whose ? use('suspend_okta_user', { user_id: whose, dryRun: true }) : 'suspend_okta_user';
  return writeProcedure({
    task: 'Something may have been an attack on accounts. Find out what is known, stop what goes on, keep the evidence.',
    given: { user: whose, since },
    steps: [
      `${ask({})}: tell it as a story in UTC: what, from where, with which device. ${whose ? 'Compare with what is usual for this person.' : 'Narrow it by the address or the person that it is about.'}`,
      `Signs: ${ask({ filter_string: 'eventType eq "user.mfa.okta_verify.deny_push" or eventType eq "user.account.report_suspicious_activity_by_enduser"' })} and ${ask({ filter_string: 'eventType eq "security.threat.detected" or eventType eq "user.risk.detect" or eventType eq "security.breached_credential.detected"' })}.`,
      'What an attacker does after getting in: a new factor (user.mfa.factor.activate), another e-mail address (user.account.update_primary_email), a new application with consent (app.oauth2.consent.grant), an API token (system.api_token.create), rights (user.account.privilege.grant, group.privilege.grant), an identity provider (system.idp.lifecycle.create), changed policies. Look for each after the first doubtful event.',
      'The same address elsewhere: get_okta_event_logs with filter_string client.ipAddress eq and that address, without a person. How many accounts does it touch? A success among many failures matters most.',
      `While it goes on: ${hold} stops the account and loses nothing; then revoke_okta_user_sessions with oauth_tokens. Only then look further.`,
      'Take out what the attacker left: factors that are not the person’s own (unenroll_okta_user_factor), consents that they do not know (list_okta_user_grants; a person revokes them in the Admin Console), rights, tokens and applications from step 3.',
      'Give the account back while the person is with somebody who knows them: unsuspend_okta_user and at once reset_okta_user_password with revoke_sessions (of a suspended account it cannot be reset). They choose a new password and enroll.',
      'An address that only attacks can be blocked: list_okta_network_zones for the zone that blocks, update_okta_network_zone with dryRun. Never one that people share, such as an office or a mobile network.',
      'Report: what is certain (with event times and ids), what is likely, what is not known; what was done and how it is undone; who must be told (the person, security, data protection).',
    ],
    stop: [
      'an administrator’s account is in it: tell a second administrator at once',
      'it still goes on: say so first, and that suspending is the change that can be taken back',
      'the organization has people for this: they lead; do not destroy evidence by deleting anything',
    ],
  });
}

export function writeLockoutWave({ since = '6 hours ago' }: Input): string {
  return writeProcedure({
    task: 'Many accounts are locked, or many sign-ins fail. Find out whether somebody guesses passwords, or something of ours broke.',
    given: { since },
    steps: [
      `${use('get_okta_event_logs', { event_type: 'user.account.lock', since, max_results: 500 })}: how many, since when, whose.`,
      `${use('get_okta_event_logs', { event_type: 'user.session.start', filter_string: 'outcome.result eq "FAILURE"', since, max_results: 1000 })}: count by address, by reason, by user agent. Say when the list is not complete.`,
      'Few addresses and many names, or names that do not exist: guessing. One name and many addresses: one account is the aim. One reason for all, from the usual addresses, from one moment on: something was changed.',
      `What was changed: ${use('get_okta_event_logs', { filter_string: 'eventType sw "policy." or eventType sw "zone." or eventType sw "security.authenticator."', since: '48 hours ago' })}. If that is the cause, the answer of that change names its undo.`,
      `Guessing that succeeded: ${use('get_okta_event_logs', { event_type: 'user.session.start', filter_string: 'outcome.result eq "SUCCESS"', since, max_results: 1000 })} from the same addresses. Each is a case for okta-suspicious-activity.`,
      'Against it: a zone that blocks (update_okta_network_zone, dry run first), and whatever the organization’s attack protection offers in the Admin Console. Then unlock_okta_user for those who were only hit, when the guessing is over: before, they are locked again.',
    ],
    stop: [
      'a sign-in of the attacker succeeded',
      'the addresses are shared with your own people',
      'a policy would have to be loosened',
    ],
  });
}

export function writeWhatHappened({ event_type, since = '24 hours ago' }: Input): string {
  const type = event_type?.trim() || undefined;
  return writeProcedure({
    task: 'Tell what happened in the organization, from its log, so that somebody who was not there understands it.',
    given: { event_type: type, since },
    steps: [
      type
        ? `${use('get_okta_event_logs', { event_type: type, since })}. The event type is not known? ${use('list_okta_event_types', { query: type })}.`
        : `Changes by administrators: ${use('get_okta_event_logs', { filter_string: 'eventType sw "policy.lifecycle." or eventType sw "policy.rule." or eventType sw "zone." or eventType sw "application.lifecycle." or eventType sw "system.api_token." or eventType sw "system.idp.lifecycle."', since, max_results: 500 })}. People: ${use('get_okta_event_logs', { filter_string: 'eventType sw "user.lifecycle." or eventType sw "user.account.privilege." or eventType sw "group.privilege."', since, max_results: 500 })}.`,
      'complete: false means that there is more: read on with next_cursor, or say that it is a part.',
      'Group it: by who did it, then by what. For each change its time (UTC), who, from where, what. view full shows what a value was before and after, where Okta tells it.',
      'Say what is unusual: by night, from elsewhere, by somebody who does not do this, a right that was given and taken again.',
      'Say what the log cannot tell: what applications do by themselves, what is older than it is kept.',
    ],
    stop: [
      'a right was given to somebody that nobody knows of',
      'the log itself was sent elsewhere or stopped (log streams, hooks)',
    ],
  });
}

export function writeBlockedByZone({ user = '', zone }: Input): string {
  return writeProcedure({
    task: 'Somebody is refused for where they are. Find the zone and the rule that refuse them.',
    given: { user, zone },
    steps: [
      `${use('get_okta_event_logs', { user_id: user, filter_string: 'outcome.result eq "DENY" or eventType eq "security.request.blocked"', since: '24 hours ago' })}: address, place, and what denied it. A blocked request may not name the person: ask for their address, and look for it.`,
      `${use('list_okta_network_zones')}: which zone holds that address or place, and does it block (usage BLOCKLIST)?${zone?.trim() ? ' The zone that was named may be the one.' : ''} get_okta_network_zone shows all of it.`,
      'Not a zone that blocks: a rule that wants or forbids a zone. list_okta_policies of type OKTA_SIGN_ON and ACCESS_POLICY, then list_okta_policy_rules: conditions.network.',
      'Is the place right for this person? A journey, a new office, a VPN: ask. An address that attacks is rightly refused, whoever sits behind it today.',
      'The smallest change: an address more in a zone that lets in, not a country less in one that blocks. update_okta_network_zone with dryRun shows which policies use it.',
    ],
    stop: [
      'a zone that blocks would be opened for everybody',
      'the person is not where they say',
      'your own address would be refused after the change',
    ],
  });
}
