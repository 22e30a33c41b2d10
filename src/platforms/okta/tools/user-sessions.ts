// Ending what users are signed in to: https://developer.okta.com/docs/api/openapi/okta-management/management/tag/UserSessions/

import { z } from 'zod';
import { nameTarget } from '../../../core/change.ts';
import { defineChanges } from '../../../core/tool.ts';
import type { OktaClient } from '../client.ts';
import { loadUser, targetUser } from './changing.ts';
import { userId } from './shared.ts';

const change = defineChanges<OktaClient>();
const clientEntity = z.object({ client_id: z.string() });
const mostClients = 1_000;

export const userSessionTools = [
  change({
    name: 'revoke_okta_user_sessions',
    title: 'Sign an Okta user out',
    description:
      'Ends all Okta sessions of a user, on every device, as when a laptop is stolen. They can sign in again.',
    access: 'destroy',
    scopes: ['okta.users.manage'],
    input: () =>
      z.strictObject({
        user_id: userId,
        oauth_tokens: z.boolean().default(false).describe('OAuth tokens of apps too'),
        forget_devices: z.boolean().default(true).describe('Ask for MFA again on known devices'),
      }),
    async plan({ user_id, oauth_tokens, forget_devices }, { client }) {
      const user = await loadUser(client, user_id);
      const target = targetUser(user);
      const request = { path: ['users', user.id, 'clients'], entity: clientEntity, max: mostClients };
      const clients = oauth_tokens ? await client.list(request) : undefined;
      return {
        summary: `Sign the ${nameTarget(target)} out everywhere${oauth_tokens ? ' and revoke the OAuth tokens' : ''}`,
        targets: [target],
        changes: [],
        ...(clients && { touches: { applications_with_tokens: clients.items.length } }),
        warnings: [
          'Okta does not tell how many sessions are open. Sessions that applications keep by themselves stay open.',
          ...(oauth_tokens ? [] : ['Applications that hold OAuth tokens keep them: oauth_tokens revokes those too.']),
          ...(forget_devices ? ['Devices that were remembered are asked for a second factor again.'] : []),
        ],
        undo: { none: 'the person signs in again' },
        async apply() {
          const query = { oauthTokens: oauth_tokens, forgetDevices: forget_devices };
          await client.send('DELETE', ['users', user.id, 'sessions'], { query });
          return undefined;
        },
      };
    },
  }),
];
