// How often others are asked because strangers say so: a server that is named again and again must not suffer from us.

export interface FetchBudget {
  /** Whether one more may be asked now. `known`: one that was read before is not held up by those who invent others. */
  readonly take: (host: string, known: boolean) => boolean;
}

const perHost = 10;
const inAll = 60;
const minuteMs = 60_000;
const maxHosts = 1_000;

export function createFetchBudget(now: () => number): FetchBudget {
  const all = createBucket(inAll, now);
  const hosts = new Map<string, () => boolean>();
  return {
    take(host, known) {
      let bucket = hosts.get(host);
      if (!bucket) {
        const [oldest] = hosts.keys();
        if (hosts.size >= maxHosts && oldest !== undefined) hosts.delete(oldest);
        bucket = createBucket(perHost, now);
        hosts.set(host, bucket);
      }
      return bucket() && (known || all());
    },
  };
}

/** So many at once, and as many a minute. */
function createBucket(size: number, now: () => number): () => boolean {
  let left = size;
  let at = now();
  return () => {
    const passed = now() - at;
    at += passed;
    left = Math.min(size, left + (passed / minuteMs) * size);
    if (left < 1) return false;
    left -= 1;
    return true;
  };
}
