// The short ways from what somebody says to its cause.

import { use } from '../../../core/show-call.ts';

const who = 'maya@example.com';

export function writeTroubleshooting(): string {
  return `# From complaint to cause

Each way begins with reading. Changes come last, with a dry run first.

## "I cannot sign in"

1. ${use('get_okta_user', { user_id: who })}: the status says the most.
   - STAGED: never activated. activate_okta_user.
   - PROVISIONED: invited, but the invitation was not used. reactivate_okta_user sends it again.
   - LOCKED_OUT: too many wrong tries. Who tried? Then unlock_okta_user.
   - PASSWORD_EXPIRED: they must choose a new one at sign-in. Nothing to do, unless they forgot the old one.
   - RECOVERY: a reset is under way; the mail was not used.
   - SUSPENDED: somebody stopped the account. Ask why before unsuspend_okta_user.
   - DEPROVISIONED: they have left, as far as Okta knows. Ask HR or the manager.
   - ACTIVE: go on.
   - none, nothing found: the login is another one, or it is another organization.
2. ${use('get_okta_event_logs', { user_id: who, since: '24 hours ago' })}: reasons of failures.
   - INVALID_CREDENTIALS: wrong password. From the person's own place? Then it is forgotten or saved wrongly somewhere.
   - LOCKED_OUT: see above.
   - VERIFICATION_ERROR and the like at user.authentication.auth_via_mfa: the second factor. ${use('list_okta_user_factors', { user_id: who })}.
   - policy.evaluate_sign_on with DENY: a policy. Its name stands among the targets; list_okta_policy_rules tells what it wants.
   - nothing at all: the person does not reach Okta, or uses another login.
3. Passwords that are kept elsewhere (Active Directory, LDAP) are changed there.

## "I cannot open the application"

1. ${use('list_okta_user_applications', { user_id: who })}: is it there?
2. Not there: ${use('list_okta_application_group_assignments', { app_id: '0oa1b2c3d4e5f6g7h8i9' })} says through which groups it comes; list_okta_user_groups whether they are in one; list_okta_group_rules why not.
3. There, and refused: ${use('get_okta_event_logs', { user_id: who, app_id: '0oa1b2c3d4e5f6g7h8i9', since: '24 hours ago' })}. A denying policy is named among the targets.
4. There, and the application itself says no: get_okta_application_user for the username that Okta sends. Accounts inside the application are the application's own business.
5. Application INACTIVE: get_okta_application; ask its owner.

## "I get no code, no push"

1. ${use('list_okta_user_factors', { user_id: who })}: is the factor ACTIVE, is it the phone they hold?
2. ${use('get_okta_event_logs', { user_id: who, q: 'verify', since: '2 hours ago' })}: was one sent?
3. Sent and not received: number, signal, notifications of Okta Verify. Not sent: policy or another factor.
4. A new phone is a lost phone for Okta: make sure who asks, then unenroll_okta_user_factor for that one factor.

## "My account is gone" or "is disabled"

1. ${use('get_okta_event_logs', { user_id: who, filter_string: 'eventType sw "user.lifecycle."', since: '90 days ago' })}: who did it, and when.
2. By an import or a provisioning system: correct it at the source, or it happens again.
3. By an administrator: ask them. Restoring what somebody else ended needs their word.

## "Nobody can sign in"

1. server://health: does Okta answer at all? Then status.okta.com.
2. ${use('get_okta_event_logs', { event_type: 'user.session.start', filter_string: 'outcome.result eq "FAILURE"', since: '1 hour ago', max_results: 200 })}: one reason for all, or many?
3. ${use('get_okta_event_logs', { filter_string: 'eventType sw "policy." or eventType sw "zone."', since: '24 hours ago' })}: what was changed just before? The answer of a change names its undo.
4. Passwords kept in a directory: E0000241 or agent events say that no agent is connected.
`;
}
