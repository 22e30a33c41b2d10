// A set of ordinals in one bit each: a group of 100,000 people takes 12 kB, and its members come out in order.

export interface Bits {
  words: Uint32Array;
  count: number;
}

export function createBits(capacity = 1024): Bits {
  return { words: new Uint32Array((capacity >>> 5) + 1), count: 0 };
}

export function copyBits(bits: Bits): Bits {
  return { words: bits.words.slice(), count: bits.count };
}

export function hasBit(bits: Bits, n: number): boolean {
  return (((bits.words[n >>> 5] ?? 0) >>> (n & 31)) & 1) === 1;
}

export function setBit(bits: Bits, n: number): boolean {
  const word = n >>> 5;
  if (word >= bits.words.length) {
    const wider = new Uint32Array(Math.max(word + 1, bits.words.length * 2));
    wider.set(bits.words);
    bits.words = wider;
  }
  if (hasBit(bits, n)) return false;
  bits.words[word] = (bits.words[word] as number) | (1 << (n & 31));
  bits.count++;
  return true;
}

export function clearBit(bits: Bits, n: number): boolean {
  if (!hasBit(bits, n)) return false;
  const word = n >>> 5;
  bits.words[word] = (bits.words[word] as number) & ~(1 << (n & 31));
  bits.count--;
  return true;
}

/** The ordinals after `after` (exclusive), lowest first, at most `limit`. */
export function bitsAfter(bits: Bits, after: number, limit: number): number[] {
  const found: number[] = [];
  for (let n = after + 1; n < bits.words.length * 32 && found.length < limit; n++) {
    if ((n & 31) === 0 && bits.words[n >>> 5] === 0) n += 31;
    else if (hasBit(bits, n)) found.push(n);
  }
  return found;
}

export function unite(sets: readonly Bits[]): Bits {
  const united = createBits(Math.max(0, ...sets.map((set) => set.words.length)) * 32);
  for (const set of sets) {
    for (let i = 0; i < set.words.length; i++) united.words[i] = (united.words[i] as number) | (set.words[i] as number);
  }
  for (const word of united.words) united.count += countOnes(word);
  return united;
}

/** The ordinals in `set` that are not in `other`. */
export function subtract(set: Bits, other: Bits): Bits {
  const rest = createBits(set.words.length * 32);
  for (let i = 0; i < set.words.length; i++) {
    const word = ((set.words[i] as number) & ~(other.words[i] ?? 0)) >>> 0;
    rest.words[i] = word;
    rest.count += countOnes(word);
  }
  return rest;
}

function countOnes(word: number): number {
  let n = word - ((word >>> 1) & 0x55555555);
  n = (n & 0x33333333) + ((n >>> 2) & 0x33333333);
  return (((n + (n >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
}
