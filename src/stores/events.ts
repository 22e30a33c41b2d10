// What was sent on a stream, kept for a while so that whoever lost the connection can go on reading elsewhere. It stands on
// the store, and so on whichever machine shares that. Each stream is written by one process; another may end it in its place.

import type { Seal } from './seal.ts';
import { openText, sealText } from './sealed.ts';
import type { Store } from './store.ts';

export interface StreamEvent {
  readonly text: string;
  /** After it nothing comes. */
  readonly last: boolean;
}

export interface StreamWriter {
  /**
   * Says at which place the event stands, from 0 on; undefined where the stream has ended. One after the other, in the
   * order of the calls. When it rejects, the event may stand there all the same.
   */
  readonly append: (event: StreamEvent) => Promise<number | undefined>;
  /** Places that were written. */
  readonly places: () => number;
}

export interface EventLog {
  /** @param from where the next event stands, at the earliest */
  readonly write: (stream: string, from?: number) => StreamWriter;
  /** What stands at a place; undefined where nothing stands yet, or any more. */
  readonly read: (stream: string, place: number) => Promise<StreamEvent | undefined>;
  /** Forgets the first so many places. */
  readonly drop: (stream: string, places: number) => Promise<void>;
}

export interface EventLogOptions {
  readonly store: Store;
  /** Events hold answers: what others may read is sealed. Without it they lie open, as only a process's own memory allows. */
  readonly seal?: Pick<Seal, 'keys'> | undefined;
  /** How long an event is kept, milliseconds. */
  readonly keepMs: number;
}

const purpose = 'events';

export function createEventLog({ store, seal, keepMs }: EventLogOptions): EventLog {
  const keyOf = (stream: string, place: number) => `event:${stream}:${place}`;

  async function write(key: string, { text, last }: StreamEvent): Promise<boolean> {
    const marked = `${last ? '1' : '0'}${text}`;
    return store.add(key, seal ? sealText(await seal.keys(purpose), key, marked) : marked, keepMs);
  }

  async function read(stream: string, place: number): Promise<StreamEvent | undefined> {
    const key = keyOf(stream, place);
    const kept = await store.get(key);
    if (kept === undefined) return undefined;
    const marked = seal ? openText(await seal.keys(purpose), key, kept) : kept;
    return marked === undefined ? undefined : { text: marked.slice(1), last: marked.startsWith('1') };
  }

  return {
    read,
    write(stream, from = 0) {
      let next = from;
      let ended = false;
      let before: Promise<unknown> = Promise.resolve();

      async function append(event: StreamEvent): Promise<number | undefined> {
        while (!ended) {
          const place = next;
          if (await write(keyOf(stream, place), event)) {
            next = place + 1;
            ended = event.last;
            return place;
          }
          // Somebody else's event, or one of ours whose answer was lost. What cannot be read was not written by us.
          const there = await read(stream, place);
          next = place + 1;
          ended = there?.last ?? true;
        }
        return undefined;
      }

      return {
        append(event) {
          const appended = before.then(() => append(event));
          before = appended.catch(() => {});
          return appended;
        },
        places: () => next,
      };
    },
    async drop(stream, places) {
      for (let place = 0; place < places; place++) await store.delete(keyOf(stream, place));
    },
  };
}
