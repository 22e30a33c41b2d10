// Procedures for people who join and leave.

import { writeProcedure } from '../../../core/procedure.ts';
import { use } from '../../../core/show-call.ts';

type Input = Readonly<Record<string, string>>;

export function writeOffboarding({ user = '' }: Input): string {
  return writeProcedure({
    task: 'Somebody leaves. End their access completely, in an order in which nothing is forgotten and nothing is lost.',
    given: { user },
    steps: [
      'Ask who ordered it (HR or the manager, never a mail alone), when it is to be done, and whether it must be done at once.',
      `${use('get_okta_user', { user_id: user })}: the right person? Say login, name, department and manager, and have them confirmed.`,
      `Write down what they have, for the record and for whoever takes over: ${use('list_okta_user_groups', { user_id: user })}, ${use('list_okta_user_applications', { user_id: user })}, ${use('list_okta_user_roles', { user_id: user })}, ${use('list_okta_user_clients', { user_id: user })}, ${use('list_okta_user_devices', { user_id: user })}.`,
      'What would stop with them? API tokens and integrations that run in their name, flows, applications that they own. Someone must take these over first: deactivating an account ends its API tokens.',
      `At once and in doubt: ${use('suspend_okta_user', { user_id: user, dryRun: true })} and revoke_okta_user_sessions with oauth_tokens. Both can be taken back; nothing is lost.`,
      `Then, when it is certain: ${use('deactivate_okta_user', { user_id: user, dryRun: true })}. Applications with provisioning may delete the account there: is its data saved? Administrator roles are gone for good, also after activate_okta_user.`,
      'Not delete_okta_user: it cannot be taken back, and the log then names nobody. That is for much later.',
      `Look again: ${use('get_okta_event_logs', { user_id: user, since: '1 hour ago' })} shows the deactivation and no use after it. Applications that do not take part in provisioning, shared accounts, phones and badges are listed for a person to close.`,
    ],
    stop: [
      'the order is not confirmed, or names somebody else than you found',
      'the person is an administrator, or the last of some role',
      'something depends on the account and nobody takes it over',
    ],
  });
}

export function writeOnboarding({ email = '', like }: Input): string {
  return writeProcedure({
    task: 'Somebody new begins. Give them an account and what their work needs, no more.',
    given: { email, like },
    steps: [
      `${use('get_okta_user', { user_id: email })}: is there one already? DEPROVISIONED: a person who comes back is activated (activate_okta_user), after asking whether it is the same person. If accounts come from an HR system or a directory, this one should too: stop.`,
      'Ask for first and last name, department, title, manager, first day. Nothing is made up.',
      ...(like?.trim()
        ? [
            `${use('list_okta_user_groups', { user_id: like })}: what the colleague has. Do not copy it: over years people gather more than they need. Name each group and let the manager choose; leave out what list_okta_group_roles says gives administrator rights.`,
          ]
        : [
            `Which groups does the work need? ${use('list_okta_groups', { search: 'type eq "OKTA_GROUP"' })}; the manager chooses.`,
          ]),
      'list_okta_group_rules: groups that rules fill need the right attributes, not a membership by hand.',
      `${use('create_okta_user', { profile: { login: email, email, firstName: 'First', lastName: 'Last' }, activate: false, dryRun: true })} with the true names: staged, nothing is sent yet. Then activate_okta_user shortly before the first day: Okta mails the invitation. Take an address that they can read before they have an account.`,
      'Look again: list_okta_user_groups and list_okta_user_applications show what they have. Say it to the manager.',
    ],
    stop: [
      'a group gives administrator rights',
      'there is an account with this login or address already',
      'nobody with the right to do so ordered it',
    ],
  });
}
