// The token that a request came with, as that for which another one can be had (RFC 8693): held with the request, no longer.

import type { Subject } from '../core/caller.ts';
import { CastellanError } from '../core/errors.ts';
import { Secret } from '../core/secret.ts';

/** @param expires epoch milliseconds */
export function holdToken(token: string, expires: number, now: () => number): Subject {
  const held = new Secret(token);
  return {
    async load() {
      if (expires <= now()) {
        throw new CastellanError({
          code: 'unauthorized',
          message: 'The caller’s sign-in has ended.',
          hint: 'Sign in again, or call again with a new token.',
        });
      }
      return { token: held, type: 'urn:ietf:params:oauth:token-type:access_token', expires };
    },
  };
}
