// Procedures for frequent work on an OCI identity domain and its tenancy.

import { writeProcedure } from '../../../core/procedure.ts';
import { use } from '../../../core/show-call.ts';

type Input = Readonly<Record<string, string>>;

export function writeCannotSignIn({ user = '' }: Input): string {
  return writeProcedure({
    task: 'Somebody cannot sign in at the identity domain. Find out why, and help with the smallest change that does.',
    given: { user },
    steps: [
      `${use('get_oci_user', { user_id: user })}: whether the account is active, locked, and when it was last used. Nobody: ${use('list_oci_users', { query: user, match: 'contains' })}.`,
      `Locked: ${use('unlock_oci_user', { user_id: user, dryRun: true })}. Not active: who deactivated it and why decides whether ${use('activate_oci_user', { user_id: user, dryRun: true })} is right.`,
      `${use('list_oci_audit_events', { actor: user, since: '2 days ago', event: 'InteractiveLogin' })}: what came of their tries. Where names are hidden, ask with their OCID.`,
      `${use('list_oci_user_mfa_factors', { user_id: user })}: a lost phone is a reason; take a factor away only when it is certain who asks.`,
      `${use('list_oci_sign_on_policies', { active: true })}, then ${use('get_oci_sign_on_policy', { policy_id: '…' })}: whether a rule denies them (network, group, identity provider).`,
      `A forgotten password: ${use('reset_oci_user_password', { user_id: user, dryRun: true })}; the domain sends them an e-mail.`,
      'Say what was wrong, what was changed, how it is undone, and what the person should do now.',
    ],
    stop: [
      'it is not certain who asks',
      'the account was deactivated on purpose, or its tries come from where the person is not',
      'a sign-on policy would have to be changed: that is about everybody',
    ],
  });
}

export function writeLeaving({ user = '' }: Input): string {
  return writeProcedure({
    task: 'Somebody leaves. End what they can do at OCI, and keep what others need.',
    given: { user },
    steps: [
      `${use('get_oci_user', { user_id: user })}: who they are; say the name and ask whether it is the right person.`,
      `${use('deactivate_oci_user', { user_id: user, dryRun: true })}: first, for it ends sign-in and sessions, and can be taken back.`,
      `${use('list_oci_user_api_keys', { user_id: user })} and ${use('list_oci_user_auth_tokens', { user_id: user })}: what programs may still use in their name. Ask who owns those programs before each is deleted.`,
      `${use('list_oci_groups', { user_id: user })} and ${use('list_oci_grants', { user_id: user })}: what they had. Administrator roles go at once, the rest as your rules say.`,
      `${use('list_oci_audit_events', { actor: user, since: '7 days ago' })}: what they did last, for whoever has to know.`,
      'Say what was ended, what was left and why, and who has to decide about it. Deleting the account comes later, if at all.',
    ],
    stop: [
      'they are the last administrator of the domain, or own programs that others depend on',
      'what they did last looks like taking data away: a person of security decides first',
    ],
  });
}

export function writeWhoCan({ compartment = '' }: Input): string {
  const of = compartment === '' ? {} : { compartment_id: compartment };
  return writeProcedure({
    task: 'Say who may do what in a compartment, in words that its owner understands.',
    given: { compartment },
    steps: [
      `${use('list_oci_compartments', { in_subtree: true })}: which compartment it is, and which are above it: policies of those count there as well.`,
      `${use('list_oci_policies', of)}, then the same for each compartment above it up to the tenancy’s root: their statements.`,
      `${use('get_oci_group', { group_id: '…', members: true })} for each group that a statement names (${use('list_oci_groups', { name: '…' })} finds its id): who is meant.`,
      `${use('list_oci_app_roles', { administrator: true })} and ${use('list_oci_grants', { app_role_id: '…' })}: who administers the domain, and could give themselves the rest.`,
      'Write a table: who, what, by which statement, through which group. Mark what is broader than it needs to be: manage all-resources, any-user, groups of nobody.',
    ],
    stop: ['a statement is one that you cannot read: show it as it is', 'something should be changed: propose it only'],
  });
}

export function writeLostPhone({ user = '' }: Input): string {
  return writeProcedure({
    task: 'A phone is lost or new. Let the person enrol another one, after making sure who asks.',
    given: { user },
    steps: [
      `${use('get_oci_user', { user_id: user })} and ${use('list_oci_user_mfa_factors', { user_id: user })}: which factors there are, and whether another one would do.`,
      `${use('list_oci_audit_events', { actor: user, since: '2 days ago' })}: whether somebody else was at the account meanwhile.`,
      `${use('remove_oci_user_mfa_factor', { user_id: user, dryRun: true })}: the domain knows no single factor to remove; all of them go.`,
      `A stolen phone: also ${use('reset_oci_user_password', { user_id: user, dryRun: true })}.`,
      'Say that they enrol again at the next sign-in, and what was changed.',
    ],
    stop: [
      'it is not certain who asks: a lost phone is the story that thieves of accounts tell',
      'the person administers the domain',
    ],
  });
}
