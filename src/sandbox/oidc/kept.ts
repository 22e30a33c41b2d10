// What a simulated identity provider keeps for a while, and the random text that it gives out.

import { randomBytes } from 'node:crypto';

/** A sandbox that runs for weeks must not keep what ended long ago; an hour's grace still tells 'expired' from 'never was'. */
export function dropEnded(of: Map<string, { expires: number }>, at: number): void {
  for (const [key, { expires }] of of) {
    if (expires + 3_600_000 > at) break;
    of.delete(key);
  }
}

export function randomText(bytes = 32): string {
  return randomBytes(bytes).toString('base64url');
}
