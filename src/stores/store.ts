// The contract of a store: small text values under keys, with expiry, and an atomic `take` for what may be used once.

/** Every operation but `keys` is atomic by itself. Expired entries are never seen. Keys and values are Unicode text without limits of our own. */
export interface Store {
  readonly get: (key: string) => Promise<string | undefined>;
  /** Replaces what was there. `ttlMs` milliseconds later the entry is gone; without it, it stays. */
  readonly set: (key: string, value: string, ttlMs?: number) => Promise<void>;
  /** Writes only when there is no live entry; says whether it did. */
  readonly add: (key: string, value: string, ttlMs?: number) => Promise<boolean>;
  /** Reads and removes in one step: of several callers at once, one gets the value. */
  readonly take: (key: string) => Promise<string | undefined>;
  readonly delete: (key: string) => Promise<void>;
  /** The live keys that begin so, in order of their code points. */
  readonly keys: (prefix: string) => Promise<readonly string[]>;
  readonly close: () => Promise<void>;
  /** What makes it less than it should be, with what to do, where that can be known. */
  readonly weakness?: () => Promise<string | undefined>;
  /** What it runs on and how far what it keeps outlives a crash, where that is a matter of its own settings. */
  readonly about?: () => Promise<About | undefined>;
}

export interface About {
  readonly says: string;
  /** Whether what was written last outlives a crash. */
  readonly lasting: boolean;
}
