// The clients of an environment: its own application, which people sign in at, and one for programs.

import type { ApiClient, ClientSecret } from './records.ts';
import type { SeedContext } from './state.ts';

export function seedClients({ state, isProduction, daysAgo }: SeedContext): void {
  const { app } = state.oauth;
  const site = isProduction ? 'https://app.larkspur.example' : 'https://dev.larkspur.example';
  const secret = (suffix: string, createdDaysAgo: number, usedDaysAgo: number | undefined): ClientSecret => ({
    id: state.newId('sks'),
    create_time: daysAgo(createdDaysAgo),
    update_time: daysAgo(createdDaysAgo),
    secret_suffix: suffix,
    created_by: 'helena.brandt@larkspur.example',
    status: 'ACTIVE',
    ...(usedDaysAgo !== undefined && { last_used_time: daysAgo(usedDaysAgo) }),
  });
  const plain = {
    create_time: daysAgo(411),
    update_time: daysAgo(45),
    back_channel_logout_uris: [],
    initiate_login_uri: '',
    scopes: [],
    custom_claims: [],
    disallow_scalekit_api_access: false,
    enforce_pkce: false,
  };
  const own: ApiClient = {
    ...plain,
    id: app.id,
    keyId: app.id,
    name: 'Environment client',
    client_type: 'ENV',
    // The older one was to be withdrawn when the newer one was made.
    secrets: [
      secret(app.secret.slice(-4), 45, 0),
      ...(isProduction ? [{ ...secret('9fQx', 411, 46), expire_time: daysAgo(-12) }] : []),
    ],
    post_login_uris: isProduction
      ? [`${site}/auth/callback`]
      : [`${site}/auth/callback`, 'http://localhost:5173/callback'],
    post_logout_redirect_uris: [`${site}/bye`],
    initiate_login_uri: `${site}/login`,
    access_token_expiry: '300',
    grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
  };
  const program: ApiClient = {
    ...plain,
    id: state.newId('skc'),
    keyId: '',
    name: 'Nightly billing export',
    client_type: 'M2M',
    secrets: [secret('b7Lw', 203, 1)],
    post_login_uris: [],
    post_logout_redirect_uris: [],
    access_token_expiry: '3600',
    scopes: ['invoices:read'],
    grant_types: ['client_credentials'],
  };
  for (const client of [own, { ...program, keyId: program.id }]) state.clients.set(client.id, client);
}
