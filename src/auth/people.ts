// People in a browser: who is signed in there. Sign-in itself is the identity provider's.

import type { IncomingMessage } from 'node:http';
import type { Allowance, Subject } from '../core/caller.ts';
import type { Mounted, Reply } from '../core/reply.ts';

export interface Person {
  /** What the provider calls them for good; a part of `caller`. */
  readonly id: string;
  /** As this person is known when they call over MCP: in records, confirmations and sessions. */
  readonly caller: string;
  /** For pages that this person sees, never for records. */
  readonly name: string;
  readonly groups: readonly string[];
  /** What this person may do at most. */
  readonly allowance: Allowance;
  /** Whether they see everybody's calls and decide everybody's questions. */
  readonly operator: boolean;
  /** Must come back with each form of this browser session. */
  readonly csrf: string;
  /** Epoch milliseconds at which they signed in. */
  readonly since: number;
}

export type KnownPerson = Pick<Person, 'id' | 'caller' | 'groups' | 'allowance' | 'operator'>;

/** How a sign-in goes, beside the usual way. */
export interface SignInWay {
  /** The browser's session here ends, and the provider asks who sits there, whoever is signed in at it. */
  readonly anew?: boolean;
  /** A path of ours that leads whoever does not sign in back to the application that asked for it. */
  readonly wayBack?: string;
}

export interface People {
  /** Whose browser it is. Undefined where nobody is signed in; rejects with what is to be answered where that cannot be found out (`store_unavailable`). */
  readonly of: (request: IncomingMessage) => Promise<Person | undefined>;
  /** Sends the browser to the provider; afterwards it comes back to `returnTo`, a path of ours. */
  readonly begin: (request: IncomingMessage, returnTo: string, way?: SignInWay) => Promise<Reply>;
  /** Ends the browser's session here and says where the provider ends its own. */
  readonly end: (request: IncomingMessage) => Promise<Reply>;
  /** Ends the person's sessions in every browser. */
  readonly endAll: (personId: string) => Promise<void>;
  /** The person's own token at the provider, sealed until it is needed; for exchange alone. */
  readonly subjectOf: (personId: string) => Subject;
  /** What is known of a person who has signed in before, in whichever browser: what they may do, as the provider said last. */
  readonly known: (personId: string) => Promise<KnownPerson | undefined>;
  /** Whether the provider still knows them; asked now and then. Rejects where that cannot be found out. */
  readonly stillThere: (personId: string) => Promise<boolean>;
  /** `/oauth/callback`. */
  readonly mounted: Mounted;
}
