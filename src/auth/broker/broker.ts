// The authorization server for MCP clients, where the identity provider lets none of them register: what others see of it.

import type { Mounted } from '../../core/reply.ts';
import type { Json } from '../addresses.ts';

export interface Broker {
  /** What its tokens call their issuer: the origin of the public address. */
  readonly issuer: string;
  /** Its public keys, for whoever verifies its tokens in the same process. */
  readonly keys: () => Promise<Json>;
  /** Whether what a token rests on still stands: what a person let a client do (the token's `gid`). */
  readonly stands: (gid: string) => Promise<boolean>;
  /** What the person of a token may let a client do at most, by the token's subject; undefined of others. */
  readonly reachOf: (subject: string) => Promise<ReadonlySet<string> | undefined>;
  readonly consents: Consents;
  /** Everything below /oauth but the callback, and the metadata (RFC 8414). */
  readonly mounted: Mounted;
}

/** What people have let which clients do. */
export interface Consents {
  /** The latest first. */
  readonly list: (personId: string) => Promise<readonly Consent[]>;
  /** Ends it, with all tokens that rest on it; false where the person has given no such consent. */
  readonly withdraw: (personId: string, id: string) => Promise<boolean>;
}

export interface Consent {
  readonly id: string;
  readonly client: ConsentClient;
  readonly scopes: readonly string[];
  /** Epoch milliseconds. */
  readonly since: number;
}

export interface ConsentClient {
  readonly id: string;
  /** What the client calls itself: not to be trusted. */
  readonly name: string | undefined;
  readonly redirectUris: readonly string[];
}
