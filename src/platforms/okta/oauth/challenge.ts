// What stands in WWW-Authenticate when Okta refuses a token or its proof (RFC 6750 §3, RFC 9449 §7.1): often all that it says.

import { cleanText } from './problems.ts';

export interface Challenge {
  /** One of `invalid_token`, `insufficient_scope`, `invalid_dpop_proof`, `use_dpop_nonce`, `invalid_request`; or another word. */
  readonly error: string;
  /** Okta's sentence, on one line and without secrets; empty where there is none. */
  readonly says: string;
  /** What a token would need. */
  readonly scopes: readonly string[];
}

/** Undefined where no token is refused: a proxy's own challenge names no error. */
export function challengeOf(headers: Headers): Challenge | undefined {
  const text = headers.get('www-authenticate') ?? '';
  if (!/^\s*(?:Bearer|DPoP)\s/i.test(text)) return undefined;
  const read = (name: string) => new RegExp(`[\\s,]${name}="([^"]*)"`, 'i').exec(text)?.[1] ?? '';
  const error = read('error');
  if (!/^\w{1,60}$/.test(error)) return undefined;
  return {
    error,
    says: cleanText(read('error_description'), []),
    scopes: read('scope')
      .split(' ')
      .filter((scope) => /^[\w.:-]{1,80}$/.test(scope)),
  };
}
