// Moving users through Okta's states: https://developer.okta.com/docs/api/openapi/okta-management/management/tag/UserLifecycle/

import { z } from 'zod';
import { defineChanges } from '../../../core/tool.ts';
import type { OktaClient } from '../client.ts';
import { checkStatus, loadUser, nameTarget, statusChange, targetUser } from './changing.ts';
import { userId } from './shared.ts';

const change = defineChanges<OktaClient>();

export const userLifecycleTools = [
  change({
    name: 'suspend_okta_user',
    title: 'Suspend an Okta user',
    description: 'Locks an active user out of everything until unsuspend_okta_user; groups, apps and factors stay.',
    access: 'destroy',
    scopes: ['okta.users.manage'],
    idempotent: true,
    input: () => z.strictObject({ user_id: userId }),
    async plan({ user_id }, { client }) {
      const user = await loadUser(client, user_id);
      const target = targetUser(user);
      const already = user.status === 'SUSPENDED' ? 'The user is suspended already.' : undefined;
      if (!already) checkStatus(target, user.status, ['ACTIVE'], 'Only an active user can be suspended.');
      return {
        summary: `Suspend the ${nameTarget(target)}`,
        targets: [target],
        changes: statusChange(user.status, 'SUSPENDED'),
        warnings: ['The user is signed out and cannot sign in.'],
        undo: { tool: 'unsuspend_okta_user', input: { user_id: user.id } },
        already,
        apply: async () => void (await client.send('POST', ['users', user.id, 'lifecycle', 'suspend'])),
      };
    },
  }),

  change({
    name: 'unsuspend_okta_user',
    title: 'Unsuspend an Okta user',
    description: 'Lets a suspended user sign in again.',
    access: 'write',
    scopes: ['okta.users.manage'],
    idempotent: true,
    input: () => z.strictObject({ user_id: userId }),
    async plan({ user_id }, { client }) {
      const user = await loadUser(client, user_id);
      const target = targetUser(user);
      const already = user.status === 'ACTIVE' ? 'The user is active already.' : undefined;
      if (!already)
        checkStatus(
          target,
          user.status,
          ['SUSPENDED'],
          'For LOCKED_OUT take unlock_okta_user, for DEPROVISIONED or STAGED activate_okta_user.',
        );
      return {
        summary: `Unsuspend the ${nameTarget(target)}`,
        targets: [target],
        changes: statusChange(user.status, 'ACTIVE'),
        undo: { tool: 'suspend_okta_user', input: { user_id: user.id } },
        already,
        restores: true,
        apply: async () => void (await client.send('POST', ['users', user.id, 'lifecycle', 'unsuspend'])),
      };
    },
  }),
];
