// Reading on where a connection broke: what the log of a stream holds, and what still comes. What a replica left unanswered
// when it died is answered by the one that is asked for it: that nobody knows what became of it.

import type { JSONRPCMessage } from '@modelcontextprotocol/server';
import type { EventLog } from '../stores/events.ts';
import { answerUnknown } from './outcome.ts';
import type { Replica } from './replica.ts';
import { answersRequest, type StreamHeader, streamName } from './session-streams.ts';

export interface Resuming {
  /** What comes after an event of a session's; undefined where there is no such event. */
  readonly resume: (session: string, lastEventId: string) => Promise<ReadableStream<Uint8Array> | undefined>;
  /** Ends what is being resumed: it can be elsewhere. */
  readonly drain: () => void;
}

export interface ResumingOptions {
  readonly log: EventLog;
  readonly replica: Replica;
  readonly waking: Waking;
  /** Whether answers on a stream are awaited here. */
  readonly runs: (name: string) => boolean;
}

/** How often a resumed stream looks for what another replica wrote, milliseconds. */
const lookMs = 150;
const keepAliveMs = 15_000;

export function createResuming({ log, replica, waking: { wait, wake }, runs }: ResumingOptions): Resuming {
  /** Ends the one who reads a resumed stream, by its name. */
  const readers = new Map<string, () => void>();

  /** Of a stream that nobody goes on with. */
  async function closeForTheDead(name: string, { requests }: StreamHeader): Promise<void> {
    const open = new Map(requests.map((request) => [request.id, request]));
    let place = 1;
    for (let event = await log.read(name, place); event; event = await log.read(name, ++place)) {
      if (event.last) return;
      const message = JSON.parse(event.text) as JSONRPCMessage;
      if (answersRequest(message) && message.id !== undefined) open.delete(message.id);
    }
    await answerUnknown(log.write(name, place), [...open.values()]);
  }

  const isWorkedOn = async (name: string, header: StreamHeader) =>
    header.replica === replica.id ? runs(name) : replica.lives(header.replica);

  return {
    async resume(session, lastEventId) {
      const [, streamId, after] = /^([\w-]{1,64})_(\d{1,9})$/.exec(lastEventId) ?? [];
      if (streamId === undefined) return undefined;
      const name = streamName(session, streamId);
      const first = await log.read(name, 0);
      if (!first) return undefined;
      const header = JSON.parse(first.text) as StreamHeader;
      const encoder = new TextEncoder();
      let place = Number(after);
      let gone = false;
      let cancelled = false;
      const stop = () => {
        gone = true;
        wake(name);
      };
      // Whoever comes back again has lost the connection before.
      readers.get(name)?.();
      readers.set(name, stop);

      /** The next event as it is sent; undefined at the end. A store that is away is waited for. */
      async function next(): Promise<string | undefined> {
        const silentSince = performance.now();
        for (let looks = 0; !gone; looks++) {
          try {
            // Now and then, and not at once: an answer may be on its way to the store.
            const closely = looks % 4 === 3;
            if (looks === 0 || closely) {
              const before = await log.read(name, place);
              if (!before || before.last) return undefined;
            }
            const event = await log.read(name, place + 1);
            if (event) {
              place++;
              return event.text === ''
                ? undefined
                : `event: message\nid: ${streamId}_${place}\ndata: ${event.text}\n\n`;
            }
            if (closely && !(await isWorkedOn(name, header))) await closeForTheDead(name, header);
          } catch {
            // The store is away; asked again below.
          }
          if (performance.now() - silentSince > keepAliveMs) return ': keepalive\n\n';
          await wait(name, lookMs);
        }
        return undefined;
      }

      // One event at a time, when the reader wants it: a slow one holds nothing.
      return new ReadableStream<Uint8Array>({
        async pull(controller) {
          const text = await next();
          if (text !== undefined && !gone) return controller.enqueue(encoder.encode(text));
          if (readers.get(name) === stop) readers.delete(name);
          if (!cancelled) controller.close();
        },
        cancel() {
          cancelled = true;
          stop();
        },
      });
    },

    drain() {
      for (const stop of readers.values()) stop();
    },
  };
}

export interface Waking {
  readonly wake: (name: string) => void;
  /** Resolves when something of ours came, or it is time to look for others’. */
  readonly wait: (name: string, ms: number) => Promise<void>;
}

export function createWaking(): Waking {
  const listeners = new Map<string, Set<() => void>>();

  /** Resolves when something of ours came, or it is time to look for others’. */
  function wait(name: string, ms: number): Promise<void> {
    return new Promise((resolve) => {
      const own = listeners.get(name) ?? new Set();
      listeners.set(name, own);
      const done = () => {
        clearTimeout(timer);
        own.delete(done);
        if (own.size === 0) listeners.delete(name);
        resolve();
      };
      const timer = setTimeout(done, ms).unref();
      own.add(done);
    });
  }

  return {
    wait,
    wake(name) {
      for (const listener of listeners.get(name) ?? []) listener();
    },
  };
}
