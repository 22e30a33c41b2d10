// Procedures for people who need help: signing in, an application, a phone or a device.

import { writeProcedure } from '../../../core/procedure.ts';
import { use } from '../../../core/show-call.ts';

type Input = Readonly<Record<string, string>>;

const identity =
  'Ask how the administrator made sure who is asking: a call back to a number known from before, the manager, a face. A mail, a chat or a number from the ticket proves nothing.';
const privileged =
  'the person is an administrator: whoever takes over their account takes over the organization; a second administrator should decide';

export function writeCannotSignIn({ user = '' }: Input): string {
  return writeProcedure({
    task: 'Somebody cannot sign in to Okta. Find out why, and help with the smallest change that does.',
    given: { user },
    steps: [
      `${use('get_okta_user', { user_id: user })}: the status. Not found: ${use('list_okta_users', { query: user })}, and let the administrator choose; never guess.`,
      `${use('get_okta_event_logs', { user_id: user, since: '24 hours ago' })}: results and reasons of the tries, and where they came from. Nothing there: look back seven days, and ask which login and address they use.`,
      'Judge whether the tries are the person’s own. Many wrong passwords from places they are not at, refused pushes, or new devices mean an attack: say so, and go on with okta-suspicious-activity instead of unlocking.',
      `By the status: LOCKED_OUT with their own mistakes: ${use('unlock_okta_user', { user_id: user, dryRun: true })}. PROVISIONED: ${use('reactivate_okta_user', { user_id: user, dryRun: true })}. STAGED: ${use('activate_okta_user', { user_id: user, dryRun: true })}. SUSPENDED or DEPROVISIONED: somebody decided that; find who in the log, and ask them.`,
      `ACTIVE and a wrong password: ${use('reset_okta_user_password', { user_id: user, dryRun: true })}, once it is certain who asks. A password that is kept in a directory is changed there.`,
      `ACTIVE and the second factor fails: ${use('list_okta_user_factors', { user_id: user })}; go on with okta-lost-phone.`,
      'ACTIVE and a policy denies (policy.evaluate_sign_on with DENY): list_okta_policy_rules of the policy that the event names, and the zone if it is about the network. Explain what it wants; do not change it for one person.',
      'Say what was wrong, what was changed, how it is undone, and what the person should do now. okta://templates/responses has words for it.',
    ],
    stop: [
      'it is not certain who asks',
      'signs of an attack',
      privileged,
      'the same happens to several people: it is not about this person',
    ],
  });
}

export function writeCannotOpenApp({ user = '', app = '' }: Input): string {
  return writeProcedure({
    task: 'Somebody cannot open an application. Find out whether they should be able to, and what is in the way.',
    given: { user, app },
    steps: [
      `${use('get_okta_user', { user_id: user })}: not ACTIVE? Then this is about signing in: okta-cannot-sign-in.`,
      `${use('list_okta_applications', { q: app })}: its id and status. Several: ask which. INACTIVE: nobody can open it; ask its owner.`,
      `${use('list_okta_user_applications', { user_id: user })}: is it there? Then look at get_okta_application_user: the username that Okta sends may be unknown to the application.`,
      'Not there: list_okta_application_group_assignments says through which groups it comes; list_okta_user_groups whether they are in one; list_okta_group_rules why a rule did not put them there (an attribute is wrong: correct it at its source).',
      `${use('get_okta_event_logs', { user_id: user, app_id: app, since: '24 hours ago' })}: what happened when they tried. app.generic.unauth_app_access_attempt: not assigned. application.policy.sign_on.deny_access or policy.evaluate_sign_on with DENY: the policy; read its rules with list_okta_policy_rules.`,
      'Who may have the application is for its owner to say. With their word: add_okta_group_member to the group that gives it, rather than assign_okta_application_user to the person alone, which nobody reviews. Dry run first; see whether the group gives more than this application (list_okta_assigned_applications_for_group) or an administrator role (list_okta_group_roles).',
      'Say what was in the way, what was changed, and how it is undone.',
    ],
    stop: [
      'nobody said that this person should have it',
      'the group gives administrator rights or much more than was asked for',
      'a policy would have to be changed',
    ],
  });
}

export function writeLostPhone({ user = '' }: Input): string {
  return writeProcedure({
    task: 'Somebody lost or changed the phone that proves who they are. Take that factor off, no more, and let them enroll a new one. This is also how attackers ask to be let in.',
    given: { user },
    steps: [
      identity,
      `${use('get_okta_user', { user_id: user })} and ${use('list_okta_user_factors', { user_id: user })}: which factors are there, and which one is lost? If another one works, they can sign in with it and change the rest themselves: then nothing needs to be reset.`,
      `${use('get_okta_event_logs', { user_id: user, since: '7 days ago' })}: sign-ins from new places, refused pushes, a changed e-mail address or phone number just before. Any of these: okta-suspicious-activity first.`,
      `${use('list_okta_user_roles', { user_id: user })}: is it an administrator?`,
      'Lost or stolen: revoke_okta_user_sessions, so that what is open on it is closed. Only changed for a new one: not needed.',
      'unenroll_okta_user_factor for the lost one. reset_okta_user_factors only if all of them were on that phone. Dry run first; with no factor left the password alone may be enough until a new one is enrolled, so do it while the person is there.',
      'The person signs in and enrolls. Then look once more: list_okta_user_factors shows the new one, get_okta_event_logs the user.mfa.factor.activate from where they are.',
      'A registered phone also stands in list_okta_user_devices; a person deactivates it in the Admin Console.',
    ],
    stop: [
      'it is not certain who asks, or they are in a hurry that leaves no time to make sure',
      privileged,
      'the log shows something that they cannot explain',
    ],
  });
}

export function writeLostDevice({ user = '' }: Input): string {
  return writeProcedure({
    task: 'A laptop or another device of somebody was lost or stolen. Close what is open on it.',
    given: { user },
    steps: [
      `${use('list_okta_user_devices', { user_id: user })}: which one is it? Whether its disk is encrypted, and whether it is managed, says how bad it is.`,
      `${use('get_okta_event_logs', { user_id: user, since: '7 days ago' })}: since when is it gone, and did anything happen after that?`,
      `${use('revoke_okta_user_sessions', { user_id: user, oauth_tokens: true, dryRun: true })}: ends the sessions and the tokens of applications (${use('list_okta_user_clients', { user_id: user })} shows them). Applications that keep sessions by themselves stay open: name them to the administrator.`,
      'Was the password saved on it, or could somebody have seen it? Then reset_okta_user_password. Was it locked and encrypted? Then signing out is enough.',
      'Was it a factor (list_okta_user_factors: Okta Verify, a security key on it)? Then unenroll_okta_user_factor for that one.',
      'A person deactivates the device in the Admin Console, and locks or wipes it with what manages it. Say both clearly: Castellan does not.',
      'Watch: the same log tomorrow. A try from that device is a reason to suspend_okta_user until the person is reached.',
    ],
    stop: ['something happened on it after it was lost: okta-suspicious-activity', privileged],
  });
}
