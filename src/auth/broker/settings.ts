// Settings of the broker: which clients it takes, and how long what it issues lasts.

import { z } from 'zod';
import { defineSettings, type Values } from '../../core/settings.ts';

const word = z.string().regex(/^[\x21-\x7e]{1,255}$/, { error: 'is empty, too long, or holds blanks' });

const client = z.strictObject({
  id: word.describe('Its client id.'),
  secret: z.string().min(16).optional().describe('Its secret; without one it is a public client.'),
  name: z.string().min(1).max(80).describe('What people are told it is called.'),
  redirectUris: z.array(z.string().min(1)).min(1).max(10).describe('Where it may send people back to.'),
});

export const brokerSettings = defineSettings({
  registration: {
    schema: z.boolean(),
    description: 'Whether MCP clients may register themselves (RFC 7591), as most do.',
    env: ['CASTELLAN_BROKER_REGISTRATION'],
    default: true,
  },
  clients: {
    schema: z.array(client),
    description: 'Clients that need not register themselves; in a file only.',
    default: [],
  },
  accessTokenLife: {
    schema: z.number().int().min(60).max(3_600),
    description: 'Seconds for which an access token is good, 60 to 3600.',
    env: ['CASTELLAN_BROKER_ACCESS_TOKEN_LIFE'],
    default: 600,
  },
  refreshTokenLife: {
    schema: z.number().int().min(1).max(365),
    description: 'Days after which a client must send its person to sign in again, 1 to 365.',
    env: ['CASTELLAN_BROKER_REFRESH_TOKEN_LIFE'],
    default: 30,
  },
  refreshTokenIdle: {
    schema: z.number().int().min(1).max(365),
    description: 'The same for a client that was not used for so many days, 1 to 365.',
    env: ['CASTELLAN_BROKER_REFRESH_TOKEN_IDLE'],
    default: 7,
  },
});

export type BrokerSettings = Values<typeof brokerSettings>;
export type RegisteredClient = BrokerSettings['clients'][number];
