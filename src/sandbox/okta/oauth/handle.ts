// How a test or the demo sets up the two apps of a running sandbox, as an administrator of Okta would.

import type { JsonWebKey } from 'node:crypto';
import type { OktaState } from '../state.ts';
import { addKey, type OAuthClient } from './clients.ts';

export interface OAuthHandle {
  serviceClientId: string;
  nativeClientId: string;
  /** Registers a public key with the service app, or the app of another id, which then has no secret; returns its kid. */
  registerKey: (jwk: JsonWebKey, clientId?: string) => string;
  /** For the service app, or the app of another id. */
  setRequireDpop: (required: boolean, clientId?: string) => void;
  /** Which okta.* scopes are granted to an app, in the place of those before; what was issued keeps its own. */
  setScopes: (scopes: readonly string[], clientId?: string) => void;
  /** Which standard admin roles the service app has. */
  setServiceRoles: (roles: readonly string[]) => void;
}

/** Works on the state of the moment: a reset makes the apps anew, as they were at the opening. */
export function createOAuthHandle(state: () => OktaState): OAuthHandle {
  const idOf = (kind: OAuthClient['kind']) => state().apps.find((app) => app.oauth?.kind === kind)?.id ?? '';
  const [serviceClientId, nativeClientId] = [idOf('service'), idOf('native')];
  const clientOf = (id: string): OAuthClient => {
    const client = state().apps.find((app) => app.id === id)?.oauth;
    if (!client) throw new TypeError(`sandbox: there is no OAuth client '${id}'`);
    return client;
  };
  return {
    serviceClientId,
    nativeClientId,
    registerKey: (jwk, clientId = serviceClientId) => addKey(clientOf(clientId), jwk),
    setRequireDpop(required, clientId = serviceClientId) {
      clientOf(clientId).requireDpop = required;
    },
    setScopes(scopes, clientId = serviceClientId) {
      clientOf(clientId).scopes = new Set(scopes);
    },
    setServiceRoles(roles) {
      clientOf(serviceClientId).roles = roles;
    },
  };
}
