// Machines: clients that sign in as themselves (OAuth client credentials), with a secret or with keys of their own.

import type { ClientMetadata } from 'oidc-provider';
import type { MachineClient } from './settings.ts';

export function machineClientOf({ id, secret, keys, name }: MachineClient): ClientMetadata {
  return {
    client_id: id,
    client_name: name ?? id,
    ...(keys
      ? { jwks: { keys: [...keys] as NonNullable<ClientMetadata['jwks']>['keys'] } }
      : { client_secret: secret }),
    token_endpoint_auth_method: keys ? 'private_key_jwt' : 'client_secret_basic',
    grant_types: ['client_credentials'],
    response_types: [],
    redirect_uris: [],
  };
}
