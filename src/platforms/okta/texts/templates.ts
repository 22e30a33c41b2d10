// Forms to fill in: a change of a profile, of an application, and what to write to the person who asked.

import { use } from '../../../core/show-call.ts';

export function writeUserUpdate(): string {
  return `# Changing a user's profile

Only what is named changes. null removes a value. Begin with a dry run, show what it says, then call again without dryRun.

  ${use('update_okta_user_profile', { user_id: 'maya@example.com', profile: { title: 'Team lead', department: 'Operations' }, dryRun: true })}

## What people ask for most

- name: firstName, lastName, middleName, displayName, nickName
- work: title, department, division, organization, costCenter, employeeNumber, userType, manager, managerId
- reach: email, secondEmail, mobilePhone, primaryPhone, streetAddress, city, state, zipCode, countryCode (two letters), timezone, locale, preferredLanguage
- the organization's own attributes stand beside the others, by the name that get_okta_user with view full shows

## Think first

- login: the person signs in with the new one from then on, and applications that use it as their name may not know them. Tell the person before.
- email and secondEmail: mails to recover the account go there. Who can change these can take the account over: make sure who asks, and by another way than the address that is to be changed.
- department, title and the like can move a person between groups: ${use('list_okta_group_rules')} shows what rules look at.
- Attributes that another system owns (HR, Active Directory) are refused, or written over at the next import: change them there.

Statuses, passwords and memberships are no part of a profile and have tools of their own.
`;
}

export function writeApplicationConfig(): string {
  return `# Changing an application

Only what is named changes; everything else stays as it is. null removes a value. Begin with a dry run.

  ${use('update_okta_application', { app_id: '0oa1b2c3d4e5f6g7h8i9', config_updates: { label: 'Expenses (new)', visibility: { hide: { web: false, iOS: true } } }, dryRun: true })}

## What can be set

- label: what people see
- visibility: hide.web, hide.iOS, autoSubmitToolbar, appLinks (which tiles are shown)
- accessibility: selfService, errorRedirectUrl, loginRedirectUrl
- settings: app (what this kind of application takes), signOn (SAML and the like: addresses, audience, attributes), notes, notifications
- profile: attributes of the application itself

## What cannot

Secrets, signing keys and credentials are set by a person in the Admin Console. Status: activate_okta_application, deactivate_okta_application. Features follow from provisioning.

## Think first

- A wrong address or audience in signOn locks everybody out of the application. Keep a session open, change outside working hours, try it with one account.
- Read the present settings with view full of get_okta_application, and keep them: the answer of the change names the call that takes it back.
`;
}

export function writeResponses(): string {
  return `# Writing to the person who asked

Fill in what stands in [ ]. Say what you did and what they will see; name no policy, address or attempt of somebody else. Never put a password, code or link into the text: Okta sends those itself.

## Unlocked

Your account was locked after several wrong passwords, the last at [time]. I have unlocked it. If those tries were not yours, tell us now and do not sign in: somebody may be guessing your password.

## New password

I have asked Okta to mail you a link to set a new password at [address, partly hidden]. It works for a short time. We never ask for your password, and nobody of ours will call you for it.

## Factor reset

I have taken the lost [phone] off your account. At your next sign-in you will be asked to set up a new one; have the new phone at hand. If the old one turns up, you can set it up again.

## No access to an application

You can open [application] through the group [group]; you are not in it. Access is decided by [owner]. I have asked them / please ask them at [way].

## A policy says no

Your password is right. Your sign-in from [place or kind of device] is not allowed for [application]. It works from [what is allowed]. If you need it, your manager can ask for an exception.

## Cannot be done here

This is kept in [other system], not in Okta; I have passed it on to [team] as [reference].

## Suspicious

We saw a sign-in that may not have been you: [time], [place], [device]. We have ended all your sessions and the password no longer works. Please call us at [the number you know], not at one from a mail.
`;
}
