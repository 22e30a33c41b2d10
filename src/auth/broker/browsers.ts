// In which browser a request for authorization began. The library's own cookies are signed, but whoever begins a request gets
// good ones for it, and a neighbouring host of the same site could put those into somebody else's browser (RFC 6265bis §8.6):
// that person's answer would then be the beginner's to fetch. A `__Host-` cookie cannot be put there.

import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Store } from '../../stores/store.ts';
import { readCookie, writeCookie } from '../people/cookies.ts';
import { digestOf } from './records.ts';

export interface Browsers {
  /** This request began in the browser that is answered. */
  readonly bind: (uid: string, request: IncomingMessage, response: ServerResponse) => Promise<void>;
  /** Whether it is the same browser that asks. */
  readonly isSame: (uid: string, request: IncomingMessage) => Promise<boolean>;
}

const name = 'castellan-browser';
const cookieSeconds = 30 * 86_400;

export function createBrowsers(store: Pick<Store, 'get' | 'set'>, secure: boolean, keepMs: number): Browsers {
  const placeOf = (uid: string) => `oauth:browser:${digestOf(uid)}`;

  function read(request: IncomingMessage): string | undefined {
    const value = readCookie(request, name, secure);
    return value !== undefined && /^[\w-]{43}$/.test(value) ? value : undefined;
  }

  return {
    async bind(uid, request, response) {
      const known = read(request);
      const value = known ?? randomBytes(32).toString('base64url');
      await store.set(placeOf(uid), digestOf(value), keepMs);
      // Set once, so that requests in several tabs have it in common.
      if (known === undefined)
        response.appendHeader('set-cookie', writeCookie(request, { name, value, seconds: cookieSeconds }, secure));
    },
    async isSame(uid, request) {
      const value = read(request);
      return value !== undefined && (await store.get(placeOf(uid))) === digestOf(value);
    },
  };
}
