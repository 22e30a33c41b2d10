// The phone that each person carries: it holds Okta Verify, and is a device of the organization.

import { pick } from '../random.ts';

const phones = ['iPhone 15', 'Pixel 9', 'Galaxy S24', 'iPhone 13 mini', 'Fairphone 5'] as const;

/** `n` is the ordinal of the person. */
export function phoneOf(seed: number, n: number): string {
  return pick(phones, seed, 171, n);
}
