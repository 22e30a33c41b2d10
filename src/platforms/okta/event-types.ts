// What the System Log calls things: the event types that support and security work needs, each in a few words.

export interface EventType {
  readonly id: string;
  readonly meaning: string;
}

/** One event type a line; those that belong together stand together. Okta knows some 1,300. */
const table = `
user.session.start: somebody signs in to Okta, or fails to; outcome.reason says why
user.session.end: somebody signs out, or their session ends
user.session.clear: an administrator ends all sessions of a person
user.session.expire: a session ends by its age
user.session.access_admin_app: an administrator opens the Admin Console
user.session.context.change: address or device change in the middle of a session
user.session.impersonation.grant: somebody lets Okta support work as an administrator
user.session.impersonation.extend: that permission is made longer
user.session.impersonation.revoke: that permission is taken back
user.session.impersonation.initiate: Okta support begins to work in the organization
user.session.impersonation.end: Okta support stops
user.device_session.start: a session begins on a registered device
user.authentication.sso: somebody opens an application
user.authentication.slo: an application signs somebody out
user.authentication.universal_logout: somebody is signed out of applications everywhere
user.authentication.auth: a request to sign in is looked at
user.authentication.authenticate: a service that asks Okta checks a password
user.authentication.verify: somebody proves who they are to open an application
user.authentication.auth_via_mfa: a second factor is asked for; outcome tells whether it was right
user.authentication.auth_via_AD_agent: Active Directory checks the password
user.authentication.auth_via_LDAP_agent: an LDAP directory checks the password
user.authentication.auth_via_IDP: another identity provider signs somebody in
user.authentication.auth_via_inbound_SAML: sign-in with a SAML assertion from elsewhere
user.authentication.auth_via_social: sign-in with a social account
user.authentication.auth_via_radius: sign-in through RADIUS, such as a VPN
user.authentication.auth_via_iwa: sign-in by the Windows desktop
user.authentication.auth_unconfigured_identifier: sign-in with a name that no policy takes as one
user.account.lock: an account is locked after too many wrong tries
user.account.lock.limit: so many accounts are locked that Okta warns
user.account.unlock: a person unlocks the account themselves
user.account.unlock_by_admin: an administrator unlocks it
user.account.unlock_failure: unlocking fails
user.account.unlock_token: a link or code to unlock is made
user.account.reset_password: a password is reset by an administrator or on request
user.account.update_password: a password is changed
user.account.expire_password: a password is expired; a new one is asked for at the next sign-in
user.account.use_token: a link for activation or recovery is used
user.account.update_profile: attributes of a person are changed
user.account.update_primary_email: the address of a person is changed
user.account.update_secondary_email: the second address, used for recovery, is changed
user.account.privilege.grant: a person becomes an administrator
user.account.privilege.revoke: an administrator role is taken from a person
user.account.report_suspicious_activity_by_enduser: a person reports that something was not them
user.account.access_support_user_app: the support account of Okta is used
user.lifecycle.create: a person is created
user.lifecycle.activate: a person is activated
user.lifecycle.reactivate: the invitation is sent once more
user.lifecycle.deactivate: a person is deactivated and loses all access
user.lifecycle.suspend: a person is suspended
user.lifecycle.unsuspend: a suspension ends
user.lifecycle.delete.initiated: deletion of a person begins
user.lifecycle.delete.completed: a person is deleted
user.lifecycle.password_mass_expiry: all passwords are expired at once
user.mfa.factor.activate: a factor is enrolled
user.mfa.factor.deactivate: a factor is taken away
user.mfa.factor.reset_all: all factors of a person are taken away
user.mfa.factor.update: a factor is changed, such as another phone number
user.mfa.factor.suspend: a factor is paused
user.mfa.factor.unsuspend: a paused factor works again
user.mfa.attempt_bypass: somebody gets past the second factor or tries to
user.mfa.okta_verify: something happens with Okta Verify
user.mfa.okta_verify.deny_push: a person refuses a push; often somebody else knows the password
user.credential.enroll: a credential such as a passkey is enrolled
user.identity_verification: a person proves who they are with a document
user.risk.detect: Okta sees a risk for a person
user.risk.change: the risk level of a person changes
user.behavior.profile.reset: what Okta learned about a person's habits is forgotten
user.import.password: a password is taken over from elsewhere
policy.evaluate_sign_on: a policy decides on a sign-in: ALLOW, DENY or CHALLENGE
policy.auth_reevaluate.enforce: an open session is checked again
policy.auth_reevaluate.fail: an open session no longer meets the policy
policy.entity_risk.evaluate: a policy decides on a risk
policy.entity_risk.action: what was done about a risk
policy.lifecycle.create: a policy is created
policy.lifecycle.update: a policy is changed
policy.lifecycle.delete: a policy is deleted
policy.lifecycle.activate: a policy is switched on
policy.lifecycle.deactivate: a policy is switched off
policy.rule.add: a rule is added to a policy
policy.rule.update: a rule is changed
policy.rule.delete: a rule is deleted
policy.rule.activate: a rule is switched on
policy.rule.deactivate: a rule is switched off
policy.mapping.create: a policy is put on an application
zone.create: a network zone is created
zone.update: a network zone is changed
zone.delete: a network zone is deleted
zone.activate: a network zone is switched on
zone.deactivate: a network zone is switched off
zone.make_blacklist: a zone begins to block
zone.remove_blacklist: a zone stops to block
security.threat.detected: Okta takes an address for a threat
security.threat.configuration.update: the answer to threats is changed
security.request.blocked: a request is refused for where it comes from
security.attack.start: Okta sees an attack on the organization begin
security.attack.end: that attack ends
security.breached_credential.detected: a person's password is known from a leak
security.session.detect_client_roaming: a session goes on from another place
security.behavior.settings.update: what counts as unusual is changed
security.attack_protection.settings.update: the defence against attacks is changed
security.authenticator.lifecycle.create: a kind of factor is added
security.authenticator.lifecycle.activate: a kind of factor is switched on
security.authenticator.lifecycle.deactivate: a kind of factor is switched off
security.authenticator.lifecycle.update: a kind of factor is changed
security.protected_action.attempt: an administrator does what asks for a fresh sign-in
security.trusted_origin.create: a website is allowed to call Okta
security.trusted_origin.update: such a website is changed
security.trusted_origin.delete: such a website is removed
group.lifecycle.create: a group is created
group.lifecycle.delete: a group is deleted
group.profile.update: name or description of a group change
group.user_membership.add: a person is put into a group
group.user_membership.remove: a person is taken out of a group
group.user_membership.rule.trigger: a group rule moves people
group.user_membership.rule.error: a group rule fails
group.user_membership.rule.invalidate: a group rule no longer works, as when its group is gone
group.user_membership.rule.deactivated: a group rule is switched off
group.application_assignment.add: a group is given an application
group.application_assignment.remove: an application is taken from a group
group.privilege.grant: a group makes its members administrators
group.privilege.revoke: a group no longer does
iam.role.create: a custom administrator role is made
iam.role.update: a custom administrator role is changed
iam.role.delete: a custom administrator role is deleted
iam.role.permissions.add: a custom administrator role may do more
iam.role.permissions.delete: a custom administrator role may do less
iam.resourceset.bindings.add: somebody is given a custom role over a set of resources
iam.resourceset.bindings.delete: that is taken back
iam.resourceset.resources.add: a set of resources grows
application.lifecycle.create: an application is added
application.lifecycle.update: an application is changed
application.lifecycle.activate: an application is switched on
application.lifecycle.deactivate: an application is switched off
application.lifecycle.delete: an application is deleted
application.configuration.update: settings of an application change
application.configuration.read_client_secret: somebody looks at a client secret
application.user_membership.add: a person is assigned to an application
application.user_membership.remove: a person is taken from an application
application.user_membership.update: a person's assignment changes
application.user_membership.change_username: a person's name in an application changes
application.user_membership.change_password: a person's password in an application changes
application.user_membership.show_password: somebody looks at a password kept for an application
application.policy.sign_on.deny_access: the application's policy lets somebody not in
application.policy.sign_on.update: the policy of an application changes
application.provision.user.push_profile: attributes are sent to an application
application.provision.user.deactivate: an account is switched off in an application
application.provision.user.sync: accounts are compared with an application
application.integration.authentication_failure: Okta's own credential for an application is refused
application.integration.rate_limit_exceeded: an application slows Okta down
app.generic.unauth_app_access_attempt: somebody opens an application that is not theirs
app.oauth2.signon: sign-in to an OpenID Connect application
app.oauth2.token.grant: an application gets tokens
app.oauth2.token.revoke: tokens of an application are revoked
app.oauth2.token.detect_reuse: a refresh token is used twice: it may be stolen
app.oauth2.invalid_client_credentials: an application proves itself wrongly
app.oauth2.client.lifecycle.create: an OAuth application is created
app.oauth2.client.lifecycle.update: an OAuth application is changed
app.oauth2.client.lifecycle.delete: an OAuth application is deleted
app.oauth2.client.privilege.grant: an application becomes an administrator
app.oauth2.client.privilege.revoke: an application no longer is
app.oauth2.client.read_client_secret: somebody looks at a client secret
app.oauth2.admin.consent.grant: an administrator lets an application use scopes for everybody
app.oauth2.consent.grant: a person lets an application act for them
app.oauth2.as.authorize.scope_denied: a custom authorization server refuses a scope
app.oauth2.as.token.grant: a custom authorization server gives tokens
app.oauth2.as.token.detect_reuse: the same server sees a refresh token twice: it may be stolen
app.oauth2.as.consent.grant: a person consents at a custom authorization server
app.oauth2.as.consent.revoke: a consent there is taken back
system.api_token.create: an API token is made
system.api_token.revoke: an API token is revoked
system.api_token.update: an API token is changed
system.api_token.request_outside_allowed_range: an API token is used from where it must not be
system.idp.lifecycle.create: an identity provider is added; a way in for whoever controls it
system.idp.lifecycle.update: an identity provider is changed
system.idp.lifecycle.activate: an identity provider is switched on
system.idp.lifecycle.deactivate: an identity provider is switched off
system.idp.lifecycle.delete: an identity provider is deleted
system.org.rate_limit.warning: requests come near the organization's limit
system.org.rate_limit.violation: the limit is exceeded and requests are refused
system.client.rate_limit.violation: one client exceeds its limit
system.operation.rate_limit.violation: one kind of operation exceeds its limit
system.email.password_reset.sent_message: an e-mail with a reset link is sent
system.email.account_unlock.sent_message: an e-mail to unlock is sent
system.email.mfa_reset_notification.sent_message: a person is told that a factor was reset
system.email.new_device_notification.sent_message: a person is told of a sign-in on a new device
system.email.delivery: whether an e-mail arrived
system.email.bounce.removal: an address that bounced is tried again
system.sms.send_factor_verify_message: a code is sent by SMS
system.voice.send_mfa_challenge_call: a code is told by phone
system.push.send_factor_verify_push: a push is sent to a phone
system.agent.ad.connect: an Active Directory agent connects
system.agent.ad.deactivate: an Active Directory agent is switched off
system.agent.ldap.disconnect: an LDAP agent is gone
system.import.complete: an import of people ends
system.import.roadblock: an import is stopped because it would remove too many people
system.log_stream.lifecycle.create: the log is sent to another place
system.log_stream.lifecycle.deactivate: the log is no longer sent there
system.log_stream.lifecycle.delete: that way of the log is removed
event_hook.created: a hook that hears of events is added
event_hook.deleted: such a hook is removed
inline_hook.created: a hook that decides in sign-ins or imports is added
inline_hook.executed: such a hook was asked
device.enrollment.create: a device is registered
device.user.add: a person begins to use a device
device.user.remove: a device is taken from a person
device.lifecycle.deactivate: a device is deactivated
device.lifecycle.suspend: a device is suspended
device.lifecycle.delete: a device is deleted
device.assurance.policy.update: what a device must be like is changed
support.org.update: Okta support changes something
workflows.user.flow.activate: a workflow is switched on
workflows.user.flow.deactivate: a workflow is switched off
`;

/** Made anew at each call: who asks for it asks once. */
export function listEventTypes(): readonly EventType[] {
  return table
    .trim()
    .split('\n')
    .map((line) => {
      const cut = line.indexOf(': ');
      return { id: line.slice(0, cut), meaning: line.slice(cut + 2) };
    });
}
