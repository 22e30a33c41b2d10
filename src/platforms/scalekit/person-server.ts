// Where a person signs in for a tenant, if that is how it is used.

import type { Values } from '../../core/settings.ts';
import type { ServerOptions } from './oauth/server.ts';
import type { scalekitSettings } from './settings.ts';

export type PersonServer = Pick<ServerOptions, 'issuer' | 'clientId' | 'clientSecret' | 'resource' | 'login'>;

/** @returns undefined where the tenant has another credential */
export function personServerOf(tenant: string, settings: Values<typeof scalekitSettings>): PersonServer | undefined {
  const { workspaceUrl, authorizationServer, clientId, clientSecret, exchangeAudience } = settings;
  if (workspaceUrl === undefined || authorizationServer === undefined || clientId === undefined) return undefined;
  return {
    issuer: new URL(authorizationServer),
    clientId,
    clientSecret,
    // As addresses of servers are registered: without a slash that nobody typed.
    resource: exchangeAudience ?? new URL(workspaceUrl).origin,
    login: loginCommand(tenant),
  };
}

/** How a person signs in. */
function loginCommand(tenant: string): string {
  return tenant === 'scalekit' ? 'castellan login scalekit' : `castellan login ${tenant}`;
}
