// What a simulated platform tells of itself to whoever points a client at it.

import type { FaultSettings } from './faults.ts';
import type { Sandbox } from './index.ts';

/** One way to its API. */
export interface WayIn {
  /** A sentence or two, in lines. */
  readonly says: readonly string[];
  /** Variables that a client of its API reads. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Lines for a POSIX shell. */
  readonly commands?: readonly string[];
}

export interface Introduction {
  /** As "A simulated Okta organization". */
  readonly what: string;
  readonly url: string;
  readonly ways: readonly WayIn[];
}

export interface Circumstances {
  readonly users: number;
  readonly latencyMs: number;
  readonly faults: Partial<FaultSettings> | null;
  /** Whether its service app has a public key. */
  readonly hasServiceKey: boolean;
}

export interface SimulatedPlatform {
  /** Whether it listens at ports after Okta's. */
  readonly isBeside: boolean;
  /** Opens it where it is not open yet. */
  readonly introduce: (sandbox: Sandbox, circumstances: Circumstances) => Promise<Introduction>;
}
