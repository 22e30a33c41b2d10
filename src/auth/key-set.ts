// An issuer's public keys, which are not public everywhere.

import type { Secret } from '../core/secret.ts';
import { fetchJson, IssuerUnavailable, type Json } from './addresses.ts';
import { basic } from './introspection.ts';
import type { Provider } from './provider.ts';

export interface KeySetOptions {
  readonly provider: Provider;
  readonly issuer: string;
  readonly clientId: string | undefined;
  readonly clientSecret: Secret | undefined;
  readonly fetch: typeof fetch;
}

/** Keys that are not public are asked for once more, signed in as a client of our own. */
export async function fetchKeySet(options: KeySetOptions, url: string): Promise<Json> {
  const { provider, issuer, clientId, clientSecret, fetch } = options;
  const { closedKeys } = provider;
  try {
    return await fetchJson(fetch, url);
  } catch (error) {
    const closed = closedKeys && error instanceof IssuerUnavailable && error.status === 401;
    if (!closed) throw error;
    if (clientId === undefined || clientSecret === undefined) {
      throw new IssuerUnavailable(
        `${url} is not public: switch on “Access signing certificate” in the identity domain's settings, or set clientId and clientSecret`,
      );
    }
    const form = new URLSearchParams({ grant_type: 'client_credentials', scope: closedKeys.scope });
    const { access_token: token } = await fetchJson(fetch, closedKeys.tokenEndpoint(issuer), {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        authorization: basic(clientId, clientSecret),
      },
      body: form.toString(),
    });
    if (typeof token !== 'string') throw new IssuerUnavailable('the issuer gave no token for reading its keys');
    return fetchJson(fetch, url, { headers: { authorization: `Bearer ${token}` } });
  }
}
