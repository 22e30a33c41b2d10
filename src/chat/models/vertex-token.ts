// A service account's access token: an assertion that it signs, exchanged at Google (RFC 7523,
// https://developers.google.com/identity/protocols/oauth2/service-account#httprest).

import { importPKCS8, SignJWT } from 'jose';
import { CastellanError } from '../../core/errors.ts';
import { asObject } from '../../core/settings.ts';

export interface ServiceAccount {
  readonly email: string;
  /** PKCS #8, PEM. */
  readonly key: string;
  readonly keyId: string | undefined;
  readonly project: string | undefined;
}

/** The one place to which an assertion goes, whatever a key file says. */
export const tokenAddress = 'https://oauth2.googleapis.com/token';
const scope = 'https://www.googleapis.com/auth/cloud-platform';
/** So long before its end a token is not used any more, ms. */
const marginMs = 60_000;

/** @returns the token of the moment, asked for when it is needed */
export function createTokens(account: ServiceAccount, fetch: typeof globalThis.fetch, now: () => number) {
  let held: { readonly token: string; readonly until: number } | undefined;

  return async (): Promise<string> => {
    if (held && held.until - marginMs > now()) return held.token;
    const issued = Math.floor(now() / 1000);
    const assertion = await new SignJWT({ scope })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT', ...(account.keyId !== undefined && { kid: account.keyId }) })
      .setIssuer(account.email)
      .setAudience(tokenAddress)
      .setIssuedAt(issued)
      .setExpirationTime(issued + 600)
      .sign(await importPKCS8(account.key, 'RS256'));
    const body = new URLSearchParams({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion });
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const response = await fetch(tokenAddress, { method: 'POST', headers, body: body.toString() });
    const answer = asObject(await response.json().catch(() => undefined));
    const { access_token: token, expires_in: seconds } = answer ?? {};
    if (!response.ok || typeof token !== 'string') {
      const why = typeof answer?.error === 'string' ? answer.error : `status ${response.status}`;
      throw new CastellanError({
        code: 'unauthorized',
        message: `Google gives the service account ${account.email} no token (${why}).`,
        hint: 'See that the key in VERTEX_AI_SERVICE_ACCOUNT_FILE is still valid, and this machine’s clock is right.',
      });
    }
    held = { token, until: now() + (typeof seconds === 'number' ? seconds : 300) * 1000 };
    return token;
  };
}
