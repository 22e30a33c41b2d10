// The signing keys of a simulated provider: one signs, it and the one before it are published.

import type { JsonWebKey } from 'node:crypto';
import { makeSigningKey, type SigningKey } from './jwt.ts';

export interface KeyRing {
  /** The key that signs. */
  current: () => SigningKey;
  /** The newest first. */
  published: () => readonly JsonWebKey[];
  /** A new key signs from now on; its kid. */
  rotate: () => string;
}

/** Making a key takes a while, so it is made when it is needed. */
export function createKeyRing(nameOf: (n: number) => string | undefined): KeyRing {
  let keys: SigningKey[] = [];
  let made = 0;
  const make = () => makeSigningKey(nameOf(made++));
  const current = (): SigningKey => {
    const [key = make()] = keys;
    if (keys.length === 0) keys = [key];
    return key;
  };
  return {
    current,
    published() {
      current();
      return keys.map(({ publicJwk }) => publicJwk);
    },
    rotate() {
      const before = current();
      const key = make();
      keys = [key, before];
      return key.kid;
    },
  };
}
