// A rate budget learned from an upstream's own answers, shared by all callers of a tenant and, through a shared
// memory, by every process that uses it.

/** What an upstream said about one of its buckets: what is left until `resetAt` (epoch milliseconds). */
export interface Allowance {
  readonly limit: number;
  readonly remaining: number;
  readonly resetAt: number;
}

/** Where processes tell each other about a bucket that runs low. A store fits. */
export interface SharedMemory {
  readonly get: (key: string) => Promise<string | undefined>;
  readonly set: (key: string, value: string, ttlMs: number) => Promise<void>;
}

export interface RateBudget {
  /** Milliseconds to wait before a request of this bucket may go out; 0 when it may go now (it is then counted). */
  readonly take: (bucket: string) => Promise<number>;
  /** What an answer said. A request that is over gives its place back through this or `release`. */
  readonly learn: (bucket: string, allowance: Allowance) => Promise<void>;
  /** The request ended without an answer that could be read. */
  readonly release: (bucket: string) => void;
  readonly view: () => ReadonlyMap<string, Allowance>;
}

interface Bucket {
  allowance: Allowance;
  /** Requests sent whose answers have not been read: the last `remaining` does not count them yet. */
  underway: number;
  told: boolean;
  /** When the shared memory was last asked, epoch milliseconds. */
  askedAt: number;
  hearing?: Promise<void>;
}

/** Below this share of the limit, other processes are told, so that a fleet does not run into the wall together. */
const lowShare = 0.2;
const askEveryMs = 1_000;
const unknown: Allowance = { limit: Number.POSITIVE_INFINITY, remaining: Number.POSITIVE_INFINITY, resetAt: 0 };

export function createRateBudget(options: {
  readonly now: () => number;
  readonly shared?: SharedMemory | undefined;
  /** Prefix of the keys in the shared memory: one tenant's. */
  readonly scope: string;
}): RateBudget {
  const { now, shared, scope } = options;
  const buckets = new Map<string, Bucket>();

  function bucketOf(name: string): Bucket {
    const known = buckets.get(name);
    if (known) return known;
    const bucket: Bucket = { allowance: unknown, underway: 0, told: false, askedAt: Number.NEGATIVE_INFINITY };
    buckets.set(name, bucket);
    return bucket;
  }

  /** Between windows, once a second at most: has another process found this bucket nearly empty? All who come wait for the answer. */
  async function hearOthers(name: string, bucket: Bucket): Promise<void> {
    const time = now();
    if (!shared || bucket.allowance.resetAt > time) return;
    if (time - bucket.askedAt >= askEveryMs) {
      bucket.askedAt = time;
      bucket.hearing = askOthers(shared, name, bucket);
    }
    await bucket.hearing;
  }

  /** A store that fails must not stop reads. */
  async function askOthers(memory: SharedMemory, name: string, bucket: Bucket): Promise<void> {
    const text = await memory.get(`${scope}${name}`).catch(() => undefined);
    const heard = text === undefined ? undefined : parseAllowance(text);
    if (heard && heard.resetAt > now()) bucket.allowance = heard;
  }

  return {
    async take(name) {
      const bucket = bucketOf(name);
      await hearOthers(name, bucket);
      const { remaining, resetAt } = bucket.allowance;
      const time = now();
      if (resetAt > time && remaining - bucket.underway <= 0) return resetAt - time;
      bucket.underway++;
      return 0;
    },

    async learn(name, allowance) {
      const bucket = bucketOf(name);
      bucket.underway = Math.max(0, bucket.underway - 1);
      const current = bucket.allowance;
      const sameWindow = Math.abs(allowance.resetAt - current.resetAt) < 2_000;
      // Answers overtake one another: within a window the lowest figure is the newest.
      bucket.allowance = sameWindow && current.remaining < allowance.remaining ? current : allowance;
      if (!sameWindow) bucket.told = false;
      const low = allowance.remaining <= allowance.limit * lowShare;
      if (shared && low && (!bucket.told || allowance.remaining === 0)) {
        bucket.told = true;
        const ttl = allowance.resetAt - now();
        if (ttl > 0) await shared.set(`${scope}${name}`, JSON.stringify(allowance), ttl).catch(() => undefined);
      }
    },

    release(name) {
      const bucket = bucketOf(name);
      bucket.underway = Math.max(0, bucket.underway - 1);
    },

    view: () => new Map([...buckets].map(([name, bucket]) => [name, bucket.allowance])),
  };
}

function parseAllowance(text: string): Allowance | undefined {
  try {
    const { limit, remaining, resetAt } = JSON.parse(text) as Record<string, unknown>;
    if (typeof limit !== 'number' || typeof remaining !== 'number' || typeof resetAt !== 'number') return undefined;
    return { limit, remaining, resetAt };
  } catch {
    return undefined;
  }
}
