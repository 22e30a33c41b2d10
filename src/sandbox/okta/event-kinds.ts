// The kinds of System Log events the sandbox writes, under Okta's own names.

export interface EventKind {
  message: string;
  legacy?: string;
  severity?: 'INFO' | 'WARN' | 'ERROR' | 'DEBUG';
}

export const eventKinds = {
  'user.session.start': { message: 'User login to Okta', legacy: 'core.user_auth.login_success' },
  'user.session.end': { message: 'User logout from Okta', legacy: 'core.user_auth.logout_success' },
  'user.session.access_admin_app': { message: 'User accessing Okta admin app', legacy: 'app.admin.sso.login.success' },
  'user.authentication.sso': { message: 'User single sign on to app', legacy: 'app.auth.sso' },
  'user.authentication.auth_via_mfa': {
    message: 'Authentication of user via MFA',
    legacy: 'core.user.factor.attempt_success',
  },
  'user.mfa.okta_verify.deny_push': { message: 'User rejected Okta push verify', severity: 'WARN' },
  'policy.evaluate_sign_on': { message: 'Evaluation of sign-on policy' },
  'user.account.lock': {
    message: 'Max sign in attempts exceeded',
    legacy: 'core.user_auth.account_locked',
    severity: 'WARN',
  },
  'user.account.unlock': { message: 'Unlock user account', legacy: 'core.user.config.user_unlocked' },
  'user.account.unlock_by_admin': { message: 'Unlock user account by admin', legacy: 'core.user.config.user_unlocked' },
  'user.account.update_password': {
    message: 'User update password for Okta',
    legacy: 'core.user.config.password_update.success',
  },
  'user.account.reset_password': {
    message: 'User reset password for Okta (by admin)',
    legacy: 'core.user.config.password_reset',
  },
  'user.account.expire_password': { message: 'Expire all user passwords', legacy: 'core.user.config.password_expired' },
  'user.account.update_profile': { message: 'Update user profile for Okta', legacy: 'core.user.config.profile_update' },
  'user.lifecycle.create': { message: 'Create Okta user', legacy: 'core.user.config.user_creation.success' },
  'user.lifecycle.activate': { message: 'Activate Okta user', legacy: 'core.user.config.user_activated' },
  'user.lifecycle.reactivate': { message: 'Reactivate Okta user' },
  'user.lifecycle.deactivate': { message: 'Deactivate Okta user', legacy: 'core.user.config.user_deactivated' },
  'user.lifecycle.suspend': { message: 'Suspend Okta user', legacy: 'core.user.config.user_suspended' },
  'user.lifecycle.unsuspend': { message: 'Unsuspend Okta user', legacy: 'core.user.config.user_unsuspended' },
  'user.lifecycle.delete.initiated': { message: 'Delete Okta user initiated' },
  'user.lifecycle.delete.completed': { message: 'Delete Okta user completed' },
  'user.session.clear': { message: 'Clear user session', legacy: 'core.user.config.session_clear' },
  'user.mfa.factor.reset_all': { message: 'Reset all factors for user', legacy: 'core.user.factor.reset_all' },
  'user.risk.detect': { message: 'User risk detected', severity: 'WARN' },
  'group.user_membership.add': { message: 'Add user to group membership', legacy: 'core.user_group_member.user_add' },
  'group.user_membership.remove': {
    message: 'Remove user from group membership',
    legacy: 'core.user_group_member.user_remove',
  },
  'group.user_membership.rule.trigger': { message: 'Trigger group membership rule' },
  'group.user_membership.rule.deactivated': { message: 'Deactivate group membership rule' },
  'group.user_membership.rule.invalidate': { message: 'Invalidate group membership rule', severity: 'WARN' },
  'group.user_membership.rule.add_exclusion': { message: 'Add user to exclusion list of group membership rule' },
  'group.lifecycle.create': { message: 'Create Okta group' },
  'group.lifecycle.delete': { message: 'Delete Okta group' },
  'group.profile.update': { message: 'Update Okta group profile' },
  'group.application_assignment.add': { message: 'Add assigned application to group' },
  'group.application_assignment.update': { message: 'Update assigned application of group' },
  'group.application_assignment.remove': { message: 'Remove assigned application from group' },
  'application.lifecycle.update': { message: 'Update application', legacy: 'app.generic.config.app_updated' },
  'application.lifecycle.activate': { message: 'Activate application', legacy: 'app.generic.config.app_activated' },
  'application.lifecycle.deactivate': {
    message: 'Deactivate application',
    legacy: 'app.generic.config.app_deactivated',
  },
  'application.lifecycle.delete': { message: 'Delete application', legacy: 'app.generic.config.app_deleted' },
  'application.user_membership.update': { message: "Update user's application membership" },
  'application.user_membership.change_username': { message: "Change user's application username" },
  'application.user_membership.change_password': { message: "Change user's application password" },
  'application.user_membership.add': {
    message: 'Add user to application membership',
    legacy: 'app.generic.provision.assign_user_to_app',
  },
  'application.user_membership.remove': {
    message: "Remove user's application membership",
    legacy: 'app.generic.provision.deactivate_user_from_app',
  },
  'app.generic.unauth_app_access_attempt': {
    message: 'User attempted unauthorized access to app',
    legacy: 'app.generic.unauth_app_access_attempt',
    severity: 'WARN',
  },
  'user.account.privilege.grant': {
    message: 'Grant user privilege',
    legacy: 'core.user.admin_privilege.granted',
  },
  'user.account.privilege.revoke': {
    message: 'Revoke user privilege',
    legacy: 'core.user.admin_privilege.revoked',
  },
  'group.privilege.grant': { message: 'Grant group privilege' },
  'group.privilege.revoke': { message: 'Revoke group privilege' },
  'user.mfa.factor.deactivate': { message: 'Reset factor for user', legacy: 'core.user.factor.reset' },
  'app.oauth2.as.consent.revoke': { message: 'User revoked consent' },
  'app.oauth2.as.consent.revoke.user': { message: 'All consents of a user revoked' },
  'app.oauth2.as.consent.revoke.user.client': { message: 'All consents of a user to a client revoked' },
  'app.oauth2.as.token.revoke': {
    message: 'OAuth2 token revocation request',
    legacy: 'app.oauth2.as.token.revoke_success',
  },
  'policy.lifecycle.create': { message: 'Create policy', legacy: 'policy.lifecycle.create' },
  'policy.lifecycle.update': { message: 'Update policy', legacy: 'policy.lifecycle.update' },
  'policy.lifecycle.delete': { message: 'Delete policy', legacy: 'policy.lifecycle.delete' },
  'policy.lifecycle.activate': { message: 'Activate policy', legacy: 'policy.lifecycle.activate' },
  'policy.lifecycle.deactivate': { message: 'Deactivate policy', legacy: 'policy.lifecycle.deactivate' },
  'policy.rule.add': { message: 'Add policy rule', legacy: 'policy.rule.add' },
  'policy.rule.update': { message: 'Update policy rule', legacy: 'policy.rule.update' },
  'policy.rule.delete': { message: 'Delete policy rule', legacy: 'policy.rule.delete' },
  'policy.rule.activate': { message: 'Activate policy rule', legacy: 'policy.rule.activate' },
  'policy.rule.deactivate': { message: 'Deactivate policy rule', legacy: 'policy.rule.deactivate' },
  'zone.create': { message: 'Create network zone' },
  'zone.update': { message: 'Update network zone' },
  'zone.delete': { message: 'Delete network zone' },
  'zone.activate': { message: 'Activate network zone' },
  'zone.deactivate': { message: 'Deactivate network zone' },
  'zone.make_blacklist': { message: 'Mark network zone as blocklisted' },
  'zone.remove_blacklist': { message: 'Unmark network zone as blocklisted' },
} as const satisfies Record<string, EventKind>;

export type EventType = keyof typeof eventKinds;
