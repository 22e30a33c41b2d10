// What an issuer says of itself (RFC 8414, OpenID Connect Discovery): where its keys and its introspection are.

import { isSafeAddress } from '../core/address.ts';
import { fetchJson, IssuerUnavailable, type Json } from './addresses.ts';

export type Discover = (names: readonly string[]) => Promise<string>;

const retryMs = 2_000;

/** @returns what finds an address by the first of its names that the metadata has; asked for once, when first needed. */
export function createDiscovery(issuer: string, send: typeof fetch, now: () => number): Discover {
  let found: Promise<Json> | undefined;
  let failedAt = Number.NEGATIVE_INFINITY;
  const load = () => {
    if (!found || (failedAt > Number.NEGATIVE_INFINITY && now() - failedAt >= retryMs)) {
      failedAt = Number.NEGATIVE_INFINITY;
      found = loadMetadata(issuer, send);
      found.catch(() => {
        failedAt = now();
      });
    }
    return found;
  };
  return async (names) => {
    const metadata = await load();
    const address = names.map((name) => metadata[name]).find((value) => value !== undefined);
    if (typeof address !== 'string' || !isSafeAddress(address))
      throw new IssuerUnavailable(`the metadata of ${issuer} has no usable ${names[0]}; configure it`);
    return address;
  };
}

/** Where it stands (RFC 8414 §3.1, §5; OpenID Connect Discovery §4.1). */
function placesOf(issuer: string): string[] {
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/\/$/, '');
  return [
    `${origin}/.well-known/oauth-authorization-server${path}`,
    `${origin}${path}/.well-known/openid-configuration`,
    `${origin}/.well-known/openid-configuration${path}`,
  ];
}

/**
 * @param named what the issuer calls itself, where that is not its address
 * @throws {IssuerUnavailable}
 */
export async function loadMetadata(issuer: string, send: typeof fetch, named = issuer): Promise<Json> {
  let failure: unknown;
  for (const place of new Set(placesOf(issuer))) {
    try {
      const metadata = await fetchJson(send, place);
      // RFC 8414 §3.3: else another server's keys could be passed off as this one's.
      if (metadata.issuer === named) return metadata;
      failure = new IssuerUnavailable(`${place} describes another issuer`);
    } catch (error) {
      // An answer that there is nothing leaves the other places; no answer leaves none.
      failure = error;
      if (!(error instanceof IssuerUnavailable) || error.status === undefined) break;
    }
  }
  throw failure;
}
