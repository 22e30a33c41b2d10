// The streams on which a session's requests are answered, kept event by event (MCP 2025-11-25, basic/transports,
// resumability): a client that lost the connection reads on from where it was, at whichever replica it reaches. What a
// replica left unanswered when it died is answered by the one that is asked for it: that nobody knows what became of it.

import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type EventStore,
  isJSONRPCErrorResponse,
  isJSONRPCResultResponse,
  type JSONRPCMessage,
  type RequestId,
} from '@modelcontextprotocol/server';
import type { EventLog, StreamWriter } from '../stores/events.ts';
import { outcomeUnknown } from './outcome.ts';
import type { Replica } from './replica.ts';

export interface Posted {
  readonly id: RequestId;
  readonly method: string;
}

/** What stands at the first place of a stream. */
interface Header {
  /** Who answers. */
  readonly replica: string;
  readonly requests: readonly Posted[];
}

interface Stream {
  readonly name: string;
  readonly writer: StreamWriter;
  /** Requests without an answer so far. */
  readonly open: Set<RequestId>;
  bytes: number;
}

export interface SessionStreams {
  readonly eventStore: EventStore;
  /** Handles a request that was posted with these in it: their answers are kept. */
  readonly post: <T>(requests: readonly Posted[], handle: () => Promise<T>) => Promise<T>;
  /** The caller gave a request up: no answer comes. */
  readonly giveUp: (request: RequestId) => void;
  /** Whether a request is being answered here. */
  readonly answers: (request: RequestId) => boolean;
}

export interface StreamsOptions {
  readonly log: EventLog;
  readonly replica: Replica;
  readonly say: (text: string) => void;
}

export interface Streams {
  readonly open: (session: string) => SessionStreams;
  /** What comes after an event of a session's; undefined where there is no such event. */
  readonly resume: (session: string, lastEventId: string) => Promise<ReadableStream<Uint8Array> | undefined>;
  /** Ends what is being resumed: it can be elsewhere. */
  readonly drain: () => void;
}

/** More than this and an event is only sent, not kept; bytes. */
const maxEventBytes = 4 * 2 ** 20;
/** Of answers that are out, in all sessions of this process. */
const maxKeptStreams = 1_000;
const maxKeptBytes = 32 * 2 ** 20;
/** How often a resumed stream looks for what another replica wrote, milliseconds. */
const lookMs = 150;
const keepAliveMs = 15_000;
/** A last event that could not be kept is tried again for a while: nobody may be listening but on the store. */
const retryMs = 500;
const retries = 60;

export function createStreams({ log, replica, say }: StreamsOptions): Streams {
  const posting = new AsyncLocalStorage<readonly Posted[]>();
  /** Whose answers are awaited here, by name. */
  const running = new Map<string, Stream>();
  const ended: { readonly name: string; readonly places: number; readonly bytes: number }[] = [];
  let keptBytes = 0;
  const listeners = new Map<string, Set<() => void>>();
  /** Ends the one who reads a resumed stream, by its name. */
  const readers = new Map<string, () => void>();
  const wake = (name: string) => {
    for (const listener of listeners.get(name) ?? []) listener();
  };

  function end(stream: Stream): void {
    running.delete(stream.name);
    replica.end();
    ended.push({ name: stream.name, places: stream.writer.places(), bytes: stream.bytes });
    keptBytes += stream.bytes;
    while (ended.length > maxKeptStreams || (keptBytes > maxKeptBytes && ended.length > 1)) {
      const oldest = ended.shift();
      if (!oldest) break;
      keptBytes -= oldest.bytes;
      // Where the store is away it expires by itself.
      void log.drop(oldest.name, oldest.places).catch(() => {});
    }
  }

  async function begin(name: string, requests: readonly Posted[]): Promise<Stream | undefined> {
    try {
      await replica.begin();
    } catch {
      return undefined;
    }
    const stream = { name, writer: log.write(name), open: new Set(requests.map(({ id }) => id)), bytes: 0 };
    const header: Header = { replica: replica.id, requests };
    const written = await stream.writer.append({ text: JSON.stringify(header), last: false }).catch(() => undefined);
    if (written === 0) {
      running.set(name, stream);
      return stream;
    }
    replica.end();
    return undefined;
  }

  /** The id of the event, empty where it cannot be kept: then it is sent, and that is all. */
  async function keep(stream: Stream, message: JSONRPCMessage): Promise<number | undefined> {
    if (answersRequest(message) && message.id !== undefined) stream.open.delete(message.id);
    const last = stream.open.size === 0;
    let text = JSON.stringify(message);
    const fits = stream.bytes + text.length <= maxEventBytes;
    if (!fits && !answersRequest(message)) return undefined;
    if (!fits && answersRequest(message)) text = JSON.stringify(tooLarge(message));
    stream.bytes += text.length;
    try {
      const place = await stream.writer.append({ text, last });
      if (last) end(stream);
      return fits ? place : undefined;
    } catch {
      if (last) void keepLater(stream, text, retries);
      return undefined;
    } finally {
      wake(stream.name);
    }
  }

  async function keepLater(stream: Stream, text: string, left: number): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, retryMs).unref());
    try {
      await stream.writer.append({ text, last: true });
    } catch {
      if (left > 0) return keepLater(stream, text, left - 1);
      say('An answer could not be kept for a client that may come back for it.');
    }
    end(stream);
    wake(stream.name);
  }

  /** Of a stream that nobody goes on with. */
  async function closeForTheDead(name: string, { requests }: Header): Promise<void> {
    const open = new Map(requests.map((request) => [request.id, request]));
    let place = 1;
    for (let event = await log.read(name, place); event; event = await log.read(name, ++place)) {
      if (event.last) return;
      const message = JSON.parse(event.text) as JSONRPCMessage;
      if (answersRequest(message) && message.id !== undefined) open.delete(message.id);
    }
    const writer = log.write(name, place);
    const left = [...open.values()];
    for (const [index, request] of left.entries()) {
      await writer.append({ text: JSON.stringify(outcomeUnknown(request)), last: index === left.length - 1 });
    }
  }

  const isWorkedOn = async (name: string, header: Header) =>
    header.replica === replica.id ? running.has(name) : replica.lives(header.replica);

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
    open(session) {
      const streams = new Map<string, Promise<Stream | undefined>>();
      /** Whether they are kept or not. */
      const pending = new Set<RequestId>();

      async function storeEvent(streamId: string, message: JSONRPCMessage): Promise<string> {
        if (answersRequest(message) && message.id !== undefined) pending.delete(message.id);
        const requests = posting.getStore();
        let opening = streams.get(streamId);
        if (!opening) {
          if (!requests || requests.length === 0) return '';
          opening = begin(nameOf(session, streamId), requests);
          streams.set(streamId, opening);
        }
        const stream = await opening;
        // The first, empty event tells a client what to come back with.
        if (Object.keys(message).length === 0) return stream ? `${streamId}_0` : '';
        if (!stream) {
          if (answersRequest(message)) streams.delete(streamId);
          return '';
        }
        const place = await keep(stream, message);
        if (stream.open.size === 0) streams.delete(streamId);
        return place === undefined ? '' : `${streamId}_${place}`;
      }

      const find = (request: RequestId) =>
        [...running.values()].find(({ name, open }) => name.startsWith(`${session}:`) && open.has(request));

      return {
        eventStore: {
          storeEvent,
          replayEventsAfter: async () => {
            throw new TypeError('streams are resumed before the transport sees it');
          },
        },
        post(requests, handle) {
          for (const { id } of requests) pending.add(id);
          return posting.run(requests, handle);
        },
        answers: (request) => pending.has(request),
        giveUp(request) {
          pending.delete(request);
          const stream = find(request);
          stream?.open.delete(request);
          if (!stream || stream.open.size > 0) return;
          for (const id of streams.keys()) if (nameOf(session, id) === stream.name) streams.delete(id);
          void stream.writer.append({ text: '', last: true }).catch(() => {});
          end(stream);
          wake(stream.name);
        },
      };
    },

    async resume(session, lastEventId) {
      const [, streamId, after] = /^([\w-]{1,64})_(\d{1,9})$/.exec(lastEventId) ?? [];
      if (streamId === undefined) return undefined;
      const name = nameOf(session, streamId);
      const first = await log.read(name, 0);
      if (!first) return undefined;
      const header = JSON.parse(first.text) as Header;
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

/** Only whoever has the session finds its streams. */
function nameOf(session: string, streamId: string): string {
  return `${session}:${streamId}`;
}

type Answer = JSONRPCMessage & { readonly id?: RequestId };

function answersRequest(message: JSONRPCMessage): message is Answer {
  return isJSONRPCResultResponse(message) || isJSONRPCErrorResponse(message);
}

function tooLarge({ id }: Answer): JSONRPCMessage {
  const message = 'The request was carried out, but its answer is too large to be kept for a client that comes back.';
  return { jsonrpc: '2.0', error: { code: -32603, message }, ...(id !== undefined && { id }) } as JSONRPCMessage;
}
