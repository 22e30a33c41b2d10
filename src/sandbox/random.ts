// Chance that can be repeated: every figure is a hash of the seed and of what it is for, so that nothing need be stored or drawn in order.

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** A well-mixed 32-bit number for (seed, what for, which one). */
export function hash(seed: number, salt: number, n: number): number {
  let h =
    Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(salt + 0x7f4a7c15, 0xc2b2ae35) ^ Math.imul(n + 1, 0x27d4eb2f);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  return (h ^ (h >>> 16)) >>> 0;
}

/** 0 ≤ x < 1. */
export function roll(seed: number, salt: number, n: number): number {
  return hash(seed, salt, n) / 0x1_0000_0000;
}

export function pick<T>(list: readonly T[], seed: number, salt: number, n: number): T {
  const item = list[hash(seed, salt, n) % list.length];
  if (item === undefined) throw new TypeError('pick: the list is empty');
  return item;
}

export function letters(count: number, seed: number, salt: number, n: number): string {
  let text = '';
  for (let word = 0; text.length < count; word++) {
    let bits = hash(seed + word * 7919, salt + 31 * word, n);
    for (let i = 0; i < 5 && text.length < count; i++) {
      text += alphabet[bits % 62];
      bits = (bits / 62) >>> 0;
    }
  }
  return text;
}

/** An id of Okta's form: a prefix for the kind, twenty characters in all. */
export function makeId(prefix: string, seed: number, n: number): string {
  let salt = 0;
  for (let i = 0; i < prefix.length; i++) salt = salt * 64 + prefix.charCodeAt(i);
  return prefix + letters(20 - prefix.length, seed, salt, n);
}

export function makeUuid(seed: number, salt: number, n: number): string {
  const hex = [0, 1, 2, 3]
    .map((word) =>
      hash(seed + word, salt + word * 17, n)
        .toString(16)
        .padStart(8, '0'),
    )
    .join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
