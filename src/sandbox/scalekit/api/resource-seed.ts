// MCP servers of the company's product: one gives every client too much, one still signs people in elsewhere.

import { addServer, makeScalekitId } from '../environment.ts';
import type { SeedContext } from './state.ts';

interface Seeded {
  name: string;
  path: string;
  description: string;
  scopes: readonly string[];
  provider?: string;
  expiry: string;
  isOpen: boolean;
  /** How many programs nobody knows have registered. */
  strangers: number;
}

const servers: readonly Seeded[] = [
  {
    name: 'Shipment tracking',
    path: 'tracking',
    description: 'Where shipments are, for customers’ assistants',
    scopes: ['shipments:read'],
    expiry: '300',
    isOpen: true,
    strangers: 3,
  },
  {
    // Read-only by its description, and gives everything to whoever registers.
    name: 'Claims desk',
    path: 'claims',
    description: 'Look up claims (read only)',
    scopes: ['claims:read', 'claims:write', 'invoices:write', 'shipments:write', 'customers:admin'],
    expiry: '86400',
    isOpen: true,
    strangers: 17,
  },
  {
    name: 'EDI gateway',
    path: 'edi',
    description: 'Messages of carriers',
    scopes: ['shipments:write'],
    provider: 'CUSTOM',
    expiry: '3600',
    isOpen: false,
    strangers: 0,
  },
];

export function seedResources({ state, seed, isProduction, daysAgo }: SeedContext): void {
  for (const [n, each] of servers.entries()) {
    if (!isProduction && n > 0) break;
    const host = isProduction ? 'mcp.larkspur.example' : 'mcp-dev.larkspur.example';
    const id = makeScalekitId('res', seed, 840, n);
    const server = addServer(state.oauth, {
      id,
      url: `https://${host}/${each.path}`,
      name: each.name,
      scopes: each.scopes,
    });
    server.registersClients = each.isOpen;
    server.readsDocuments = false;
    state.resources.set(server.id, {
      id: server.id.replace('res', 'app'),
      description: each.description,
      logo_uri: '',
      access_token_expiry: each.expiry,
      refresh_token_expiry: '2592000',
      create_time: daysAgo(150 - n * 31),
      update_time: daysAgo(20 + n),
      provider: each.provider ?? '',
      intersect_scopes_user_permission: n === 0,
    });
    for (let i = 0; i < each.strangers; i++) {
      const clientId = makeScalekitId('mcpc', seed, 841 + n, i);
      state.oauth.clients.set(clientId, {
        id: clientId,
        name: `mcp-client-${i + 1}`,
        grants: ['authorization_code', 'refresh_token'],
        redirectUris: [`http://localhost:${33000 + i}/callback`],
        logoutUris: [],
        asksConsent: true,
        serverId: server.id,
      });
    }
  }
}
