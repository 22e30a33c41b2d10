// Moving users through Okta's states.

import type { ChangeCase } from '../changes.ts';
import type { Organization } from '../organization.ts';

/** Nobody of the story, with a status: the last of the list. */
export async function anybody(organization: Organization, status = 'ACTIVE'): Promise<string> {
  const users = await organization.read(`/api/v1/users?filter=status%20eq%20%22${status}%22&limit=200`);
  const last = users.at(-1);
  if (!last) throw new Error(`the organization has no user that is ${status}`);
  return last.id;
}

/** A call that is about nothing but a user with a status. */
function about(status: string, more: Readonly<Record<string, unknown>> = {}) {
  return async (organization: Organization) => {
    const id = await anybody(organization, status);
    return { input: { user_id: id, ...more }, reads: [`/api/v1/users/${id}`] };
  };
}

export const userLifecycleCases: readonly ChangeCase[] = [
  {
    tool: 'suspend_okta_user',
    asks: true,
    undo: 'all',
    async prepare(organization) {
      const id = await anybody(organization);
      return { input: { user_id: id }, reads: [`/api/v1/users/${id}`, `/api/v1/users/${id}/groups`] };
    },
  },
  {
    tool: 'unsuspend_okta_user',
    asks: false,
    undo: 'all',
    async prepare(organization) {
      const id = await anybody(organization);
      const first = [['suspend_okta_user', { user_id: id }]] as const;
      return { input: { user_id: id }, reads: [`/api/v1/users/${id}`], first };
    },
  },
  {
    tool: 'activate_okta_user',
    when: 'of one who was staged',
    asks: false,
    undo: 'partly',
    prepare: about('STAGED'),
  },
  {
    tool: 'activate_okta_user',
    when: 'of one who was deactivated, with the link for the operator',
    asks: true,
    undo: 'all',
    prepare: about('DEPROVISIONED', { send_email: false }),
  },
  { tool: 'reactivate_okta_user', asks: false, undo: 'none', prepare: about('PROVISIONED') },
  {
    tool: 'reactivate_okta_user',
    when: 'of one who recovers, with the link for the operator',
    asks: true,
    undo: 'none',
    prepare: about('RECOVERY', { send_email: false }),
  },
  {
    tool: 'reactivate_okta_user',
    when: 'of an administrator',
    asks: true,
    undo: 'none',
    async prepare(organization) {
      const id = await anybody(organization, 'PROVISIONED');
      await organization.write('POST', `/api/v1/users/${id}/roles`, { type: 'HELP_DESK_ADMIN' });
      return { input: { user_id: id }, reads: [`/api/v1/users/${id}`] };
    },
  },
  {
    tool: 'activate_okta_user',
    when: 'of an administrator',
    asks: true,
    undo: 'partly',
    async prepare(organization) {
      const id = await anybody(organization, 'STAGED');
      await organization.write('POST', `/api/v1/users/${id}/roles`, { type: 'HELP_DESK_ADMIN' });
      return { input: { user_id: id }, reads: [`/api/v1/users/${id}`] };
    },
  },
  { tool: 'deactivate_okta_user', asks: true, undo: 'partly', besides: ['credentials'], prepare: about('ACTIVE') },
  {
    tool: 'deactivate_okta_user',
    when: 'of one who is suspended',
    asks: true,
    undo: 'partly',
    besides: ['credentials'],
    prepare: about('SUSPENDED'),
  },
  {
    tool: 'delete_okta_user',
    asks: true,
    undo: 'none',
    besides: ['id', 'type', 'credentials', 'lastLogin'],
    prepare: about('DEPROVISIONED'),
  },
  { tool: 'unlock_okta_user', asks: false, undo: 'none', prepare: about('LOCKED_OUT') },
  { tool: 'reset_okta_user_password', asks: true, undo: 'none', prepare: about('ACTIVE', { revoke_sessions: true }) },
  {
    tool: 'reset_okta_user_password',
    when: 'with the link for the operator',
    asks: true,
    undo: 'none',
    prepare: about('LOCKED_OUT', { send_email: false }),
  },
  { tool: 'expire_okta_user_password', asks: true, undo: 'none', prepare: about('ACTIVE') },
  {
    tool: 'expire_okta_user_password',
    when: 'with a temporary one',
    asks: true,
    undo: 'none',
    prepare: about('PASSWORD_EXPIRED', { temporary_password: true, revoke_sessions: true }),
  },
  { tool: 'revoke_okta_user_sessions', asks: true, undo: 'none', prepare: about('ACTIVE', { oauth_tokens: true }) },
];
