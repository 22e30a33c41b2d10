// The streams on which a session's requests are answered, kept event by event (MCP 2025-11-25, basic/transports,
// resumability): a client that lost the connection reads on from where it was, at whichever replica it reaches
// (`session-resume.ts`).

import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type EventStore,
  isJSONRPCErrorResponse,
  isJSONRPCResultResponse,
  type JSONRPCMessage,
  type RequestId,
} from '@modelcontextprotocol/server';
import type { EventLog, StreamWriter } from '../stores/events.ts';
import { answerUnknown } from './outcome.ts';
import type { Replica } from './replica.ts';

export interface Posted {
  readonly id: RequestId;
  readonly method: string;
}

/** What stands at the first place of a stream. */
export interface StreamHeader {
  /** Who answers. */
  readonly replica: string;
  readonly requests: readonly Posted[];
}

interface Stream {
  readonly name: string;
  readonly writer: StreamWriter;
  readonly requests: readonly Posted[];
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
  /** The session is served here no more: what was not answered will not be. */
  readonly close: () => Promise<void>;
  /** Whether a request is being answered here. */
  readonly answers: (request: RequestId) => boolean;
}

export interface StreamsOptions {
  readonly log: EventLog;
  readonly replica: Replica;
  readonly say: (text: string) => void;
  /** Tells whoever reads a stream that something came. */
  readonly wake: (name: string) => void;
}

export interface Streams {
  readonly open: (session: string) => SessionStreams;
  /** Whether answers on a stream are awaited here. */
  readonly runs: (name: string) => boolean;
}

/** More than this and an event is only sent, not kept; bytes. */
const maxEventBytes = 4 * 2 ** 20;
/** Of answers that are out, in all sessions of this process. */
const maxKeptStreams = 1_000;
const maxKeptBytes = 32 * 2 ** 20;
/** A last event that could not be kept is tried again for a while: nobody may be listening but on the store. */
const retryMs = 500;
const retries = 60;

export function createStreams({ log, replica, say, wake }: StreamsOptions): Streams {
  const posting = new AsyncLocalStorage<readonly Posted[]>();
  /** Whose answers are awaited here, by name. */
  const running = new Map<string, Stream>();
  const ended: { readonly name: string; readonly places: number; readonly bytes: number }[] = [];
  let keptBytes = 0;

  function end(stream: Stream): void {
    if (!running.delete(stream.name)) return;
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
    const stream = { name, writer: log.write(name), requests, open: new Set(requests.map(({ id }) => id)), bytes: 0 };
    const header: StreamHeader = { replica: replica.id, requests };
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

  async function leave(stream: Stream): Promise<void> {
    const unanswered = stream.requests.filter(({ id }) => stream.open.has(id));
    end(stream);
    await answerUnknown(stream.writer, unanswered);
    wake(stream.name);
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
          opening = begin(streamName(session, streamId), requests);
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
          for (const id of streams.keys()) if (streamName(session, id) === stream.name) streams.delete(id);
          void stream.writer.append({ text: '', last: true }).catch(() => {});
          end(stream);
          wake(stream.name);
        },
        async close() {
          const left = [...running.values()].filter(({ name }) => name.startsWith(`${session}:`));
          // Where the store is away others find out by themselves.
          await Promise.all(left.map((stream) => leave(stream).catch(() => {})));
        },
      };
    },

    runs: (name) => running.has(name),
  };
}

/** Only whoever has the session finds its streams. */
export function streamName(session: string, streamId: string): string {
  return `${session}:${streamId}`;
}

type Answer = JSONRPCMessage & { readonly id?: RequestId };

export function answersRequest(message: JSONRPCMessage): message is Answer {
  return isJSONRPCResultResponse(message) || isJSONRPCErrorResponse(message);
}

function tooLarge({ id }: Answer): JSONRPCMessage {
  const message = 'The request was carried out, but its answer is too large to be kept for a client that comes back.';
  return { jsonrpc: '2.0', error: { code: -32603, message }, ...(id !== undefined && { id }) } as JSONRPCMessage;
}
