// How often others are asked because strangers say so: a server that is named again and again must not suffer from us.

import { createBucket } from '../bucket.ts';

export interface FetchBudget {
  /** Whether one more may be asked now. `known`: one that was read before is not held up by those who invent others. */
  readonly take: (host: string, known: boolean) => boolean;
}

const perHost = 10;
const inAll = 60;
const minuteMs = 60_000;
const maxHosts = 1_000;

export function createFetchBudget(now: () => number): FetchBudget {
  const all = createBucket(inAll, minuteMs, now);
  const hosts = new Map<string, () => boolean>();
  return {
    take(host, known) {
      let bucket = hosts.get(host);
      if (!bucket) {
        const [oldest] = hosts.keys();
        if (hosts.size >= maxHosts && oldest !== undefined) hosts.delete(oldest);
        bucket = createBucket(perHost, minuteMs, now);
        hosts.set(host, bucket);
      }
      return bucket() && (known || all());
    },
  };
}
