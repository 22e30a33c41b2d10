// How often something may happen that strangers can set off: so many at once, and as many again in a while.

/** @returns whether one more may happen now */
export function createBucket(size: number, everyMs: number, now: () => number): () => boolean {
  let left = size;
  let at = now();
  return () => {
    const passed = now() - at;
    at += passed;
    left = Math.min(size, left + (passed / everyMs) * size);
    if (left < 1) return false;
    left -= 1;
    return true;
  };
}
