// Okta's rate limits: a bucket for each method and longest matching path, refilled by windows of a minute that start with the first request.

export interface RateLimits {
  /** Counts the request; `allowed` is false when its bucket was empty. */
  take: (method: string, pathname: string) => RateVerdict;
  reset: () => void;
}

export interface RateVerdict {
  allowed: boolean;
  headers: Record<string, string>;
}

interface Bucket {
  name: string;
  limit: number;
}

const window = 60_000;
const unlimited = 1_000_000;

/** Per minute, Workforce organizations; the first that matches counts. */
const buckets: readonly (readonly [RegExp, Readonly<Record<string, number>>])[] = [
  [/^\/api\/v1\/users\/[^/]+$/, { GET: 2000, other: 600 }],
  [/^\/api\/v1\/users$/, { GET: 600, other: 600 }],
  [/^\/api\/v1\/groups\/[^/]+$/, { GET: 1000, other: 1000 }],
  [/^\/api\/v1\/groups$/, { GET: 500, other: 500 }],
  [/^\/api\/v1\/apps\/[^/]+$/, { GET: 500, other: 500 }],
  [/^\/api\/v1\/apps$/, { GET: 100, other: 100 }],
  [/^\/api\/v1\/logs$/, { GET: 120, other: 120 }],
  [/^\/api\/v1\/sessions/, { GET: 750, other: 750 }],
  [/^\/api\/v1\/devices/, { GET: 100, other: 100 }],
  [/^\/oauth2\/v1\/clients/, { GET: 100, other: 100 }],
  [/^\/oauth2\/v1/, { GET: 2000, other: 2000 }],
  [/^\/oauth2\/[^/]+\/v1/, { GET: 2000, other: 2000 }],
];

function bucketOf(method: string, pathname: string): Bucket {
  const at = buckets.findIndex(([pattern]) => pattern.test(pathname));
  const limits = buckets[at]?.[1];
  return { name: `${method} ${at}`, limit: limits?.[method] ?? limits?.other ?? 1200 };
}

export function createRateLimits(mode: 'okta' | 'off' | number, now: () => number): RateLimits {
  const windows = new Map<string, { ends: number; used: number }>();
  return {
    take(method, pathname) {
      const bucket = bucketOf(method, pathname);
      const limit = mode === 'okta' ? bucket.limit : mode === 'off' ? unlimited : mode;
      const at = now();
      let open = windows.get(bucket.name);
      if (!open || at >= open.ends) {
        open = { ends: at + window, used: 0 };
        windows.set(bucket.name, open);
      }
      const allowed = mode === 'off' || open.used < limit;
      if (allowed) open.used++;
      const headers = {
        'x-rate-limit-limit': String(limit),
        'x-rate-limit-remaining': String(mode === 'off' ? limit : Math.max(0, limit - open.used)),
        'x-rate-limit-reset': String(Math.ceil(open.ends / 1000)),
      };
      return { allowed, headers };
    },
    reset: () => windows.clear(),
  };
}
