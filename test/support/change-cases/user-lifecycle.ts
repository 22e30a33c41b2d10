// Moving users through Okta's states.

import type { ChangeCase } from '../changes.ts';
import type { Organization } from '../organization.ts';

/** Nobody of the story, with the status ACTIVE: the last of the list. */
export async function anybody(organization: Organization): Promise<string> {
  const users = await organization.read('/api/v1/users?filter=status%20eq%20%22ACTIVE%22&limit=200');
  const last = users.at(-1);
  if (!last) throw new Error('the organization has no active user');
  return last.id;
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
];
