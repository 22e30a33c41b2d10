// Requests to an MCP server whose answers are no longer than one over stdio may be: who answers without an end fills no memory.

import type { FetchLike } from '@modelcontextprotocol/client';
import { CastellanError } from '../core/errors.ts';
import { showUrl } from './connect-failure.ts';

/** Of one answer, or of one event of a stream, which may itself go on for ever: what the SDK takes as one message over stdio. */
const maxBytes = 10 * 1024 * 1024;

export function boundFetch(send: FetchLike): FetchLike {
  return async (input, init) => {
    const response = await send(input, init);
    if (!response.body) return response;
    const { status, statusText, headers } = response;
    const isStream = /^text\/event-stream\b/i.test(headers.get('content-type') ?? '');
    const body = response.body.pipeThrough(createBound(isStream ? countEvents() : countAll(), new URL(input)));
    return new Response(body, { status, statusText, headers });
  };
}

/** Takes what came; says how much of it is one piece. */
type Count = (chunk: Uint8Array) => number;

function createBound(count: Count, url: URL): TransformStream<Uint8Array, Uint8Array> {
  return new TransformStream({
    transform(chunk, controller) {
      if (count(chunk) > maxBytes) throw tooLong(url);
      controller.enqueue(chunk);
    },
  });
}

function countAll(): Count {
  let size = 0;
  return (chunk) => {
    size += chunk.byteLength;
    return size;
  };
}

/** Events end with an empty line, of whichever kind of line end (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
function countEvents(): Count {
  let size = 0;
  let tail = Buffer.alloc(0);
  return (chunk) => {
    const text = Buffer.concat([tail, chunk]);
    const ends = ['\n\n', '\r\n\r\n', '\r\r'].map((end) => text.lastIndexOf(end));
    const end = Math.max(...ends);
    size = end < 0 ? size + chunk.byteLength : text.byteLength - end;
    // The empty line may be cut anywhere; one that was counted is counted again at most, which changes nothing.
    tail = Buffer.from(text.subarray(-3));
    return size;
  };
}

function tooLong(url: URL): CastellanError {
  return new CastellanError({
    code: 'platform_answer_invalid',
    message: `${showUrl(url)} answered with more than ${maxBytes} bytes at once.`,
    hint: 'Ask it for less; if it is always so, tell whoever runs the server.',
  });
}
