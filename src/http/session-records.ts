// What must be known of a session to go on with it at any replica: whose it is, and how its client introduced itself.

import type { Seal } from '../stores/seal.ts';
import { openText, sealText } from '../stores/sealed.ts';
import type { Store } from '../stores/store.ts';

export interface SessionRecord {
  /** Who opened it, and who alone may use it. */
  readonly caller: string;
  /** The request `initialize`, as it came. */
  readonly initialize: unknown;
}

export interface SessionRecords {
  readonly write: (id: string, record: SessionRecord) => Promise<void>;
  /** `ended` where somebody ended it; undefined where the store knows nothing of it, or nothing any more. */
  readonly read: (id: string) => Promise<SessionRecord | 'ended' | undefined>;
  readonly end: (id: string) => Promise<void>;
}

export interface RecordsOptions {
  readonly store: Store;
  readonly seal: Pick<Seal, 'keys'> | undefined;
  /** Nobody having used it for so long, it is forgotten; milliseconds. */
  readonly idleMs: number;
}

const purpose = 'sessions';
const ended = 'ended';

export function createRecords({ store, seal, idleMs }: RecordsOptions): SessionRecords {
  const keyOf = (id: string) => `session:${id}`;
  return {
    async write(id, record) {
      const [key, text] = [keyOf(id), JSON.stringify(record)];
      await store.set(key, seal ? sealText(await seal.keys(purpose), key, text) : text, idleMs);
    },
    async read(id) {
      const key = keyOf(id);
      const kept = await store.get(key);
      if (kept === ended) return ended;
      const text = kept !== undefined && seal ? openText(await seal.keys(purpose), key, kept) : kept;
      return text === undefined ? undefined : (JSON.parse(text) as SessionRecord);
    },
    // A store that lost what it held must not look like one that was told so.
    end: (id) => store.set(keyOf(id), ended, idleMs),
  };
}
