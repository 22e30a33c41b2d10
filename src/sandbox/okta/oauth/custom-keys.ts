// The signing keys of a custom authorization server: which one signs, which are published, and their rotation.

import { randomBytes } from 'node:crypto';
import type { SigningKey } from '../../oidc/jwt.ts';
import { type AuthKey, type AuthServerRecord, makeAuthKey } from '../authorization-server-seed.ts';

export function signingKeyOf(server: AuthServerRecord): SigningKey {
  const active = server.keys.find(({ status }) => status === 'ACTIVE');
  if (!active) throw new TypeError(`sandbox: the authorization server '${server.id}' has no active key`);
  active.hasSigned = true;
  return active.pair();
}

/** The active key, the next one, and the one before while its tokens may be about: two or three, as at Okta. */
export function publishedKeys(server: AuthServerRecord): readonly AuthKey[] {
  return server.keys.filter(({ status, hasSigned }) => status !== 'EXPIRED' || hasSigned);
}

/** The next key signs from now on; the one before it is still published, and the one before that no more. */
export function rotateKeys(server: AuthServerRecord, now: number): string {
  const moved = server.keys.flatMap((key): AuthKey[] => {
    if (key.status === 'EXPIRED') return [];
    return [{ ...key, status: key.status === 'NEXT' ? 'ACTIVE' : 'EXPIRED' }];
  });
  const order = { ACTIVE: 0, NEXT: 1, EXPIRED: 2 };
  const next = makeAuthKey(randomBytes(32).toString('base64url'), 'NEXT');
  server.keys = [...moved, next].sort((a, b) => order[a.status] - order[b.status]);
  server.keysRotated = now;
  return signingKeyOf(server).kid;
}
