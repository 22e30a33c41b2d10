// The product's own apps as applications of the company, last in the list, so that all others keep their places and ids.

import { letters, makeId } from '../../random.ts';
import type { AppRecord } from '../app-record.ts';
import { createBits } from '../bits.ts';
import type { GroupRecord } from '../group-seed.ts';
import type { McpClients } from '../mcp-access-seed.ts';
import {
  makeApiClient,
  makeGatewayClient,
  makeMcpClient,
  makeNativeClient,
  makeServiceClient,
  type OAuthClient,
  type OAuthOptions,
} from './clients.ts';

const mcpLabels: Readonly<Record<keyof McpClients, string>> = {
  gateway: 'MCP Gateway',
  native: 'MCP Clients',
  api: 'MCP API',
};

/** Ids of the apps around MCP. */
export function mcpClientsOf(apps: readonly AppRecord[]): McpClients {
  const idOf = (label: string) => {
    const app = apps.find(({ firstLabel }) => firstLabel === label);
    if (!app) throw new TypeError(`sandbox: there is no app '${label}'`);
    return app.id;
  };
  const { gateway, native, api } = mcpLabels;
  return { gateway: idOf(gateway), native: idOf(native), api: idOf(api) };
}

const day = 86_400_000;

/** The service app first, then the native app, then those around MCP. */
export function makeOAuthApps(
  apps: readonly AppRecord[],
  groups: readonly GroupRecord[],
  options: { users: number; seed: number; opened: number; oauth: OAuthOptions },
): AppRecord[] {
  const { oauth, opened, seed, users } = options;
  const plans: readonly (readonly [string, OAuthClient])[] = [
    ['Castellan', makeServiceClient(oauth)],
    ['Castellan CLI', makeNativeClient(oauth)],
    [mcpLabels.gateway, makeGatewayClient(letters(64, seed, 451, 0), oauth)],
    [mcpLabels.native, makeMcpClient()],
    [mcpLabels.api, makeApiClient(letters(64, seed, 451, 1))],
  ];
  const everyone = groups.filter((group) => group.name === 'Everyone');
  return plans.map(([label, client], i) => {
    const n = apps.length + i;
    const created = opened - (30 - i) * day;
    return {
      n,
      id: makeId('0oa', seed, n),
      name: 'oidc_client',
      label,
      mode: 'OPENID_CONNECT',
      status: 'ACTIVE',
      features: [],
      created,
      lastUpdated: created,
      url: 'https://castellan.larkspur.example',
      groups:
        client.kind === 'service'
          ? []
          : everyone.map((group) => ({ group, profile: {}, lastUpdated: created + 3_600_000 })),
      direct: createBits(users),
      people: new Map(),
      firstLabel: label,
      written: undefined,
      client: client.kind,
      everybody: undefined,
      oauth: client,
    };
  });
}
