// Requests to what an MCP server names for signing in: its metadata, and its authorization server. All of it is a stranger's
// word, so these go nowhere without TLS, follow no redirect and read no more than a little.

import type { FetchLike } from '@modelcontextprotocol/client';
import { isLoopbackName } from '../../core/address.ts';
import { CastellanError } from '../../core/errors.ts';
import { showUrl } from '../connect-failure.ts';

const timeoutMs = 15_000;
/** Metadata and token answers are a few kilobytes. */
const maxBytes = 256 * 1024;

/** Whether what is sent there can be read on no network. */
export function isPrivateAddress(url: URL): boolean {
  return url.protocol === 'https:' || isOnThisMachine(url);
}

export function isOnThisMachine(url: URL): boolean {
  return url.protocol === 'http:' && isLoopbackName(url.hostname);
}

/**
 * Whether a server may name an address for signing in: https; http on this machine only by a server that is itself there,
 * or else any site could have this client ask programs on the person's machine.
 */
export function mayName(server: URL, url: URL): boolean {
  if (url.username !== '' || url.password !== '') return false;
  return url.protocol === 'https:' || (isOnThisMachine(url) && isOnThisMachine(server));
}

/** @param server for whose sign-in it is */
export function guardFetch(send: FetchLike, server: URL, signal?: AbortSignal): FetchLike {
  return async (input, init) => {
    const url = new URL(input);
    if (!mayName(server, url)) throw notAllowed(server, url);
    const ends = [AbortSignal.timeout(timeoutMs), signal, init?.signal].filter((each) => each instanceof AbortSignal);
    const response = await send(url, { ...init, redirect: 'manual', signal: AbortSignal.any(ends) });
    const text = await readBounded(response, url);
    const { status, headers } = response;
    return new Response([204, 205, 304].includes(status) ? null : text, { status, headers: passed(headers) });
  };
}

/** The body is decoded by now. */
function passed(headers: Headers): Headers {
  const kept = new Headers(headers);
  for (const name of ['content-encoding', 'content-length', 'transfer-encoding']) kept.delete(name);
  return kept;
}

async function readBounded(response: Response, url: URL): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > maxBytes)
      throw new CastellanError({
        code: 'platform_answer_invalid',
        message: `${showUrl(url)} answered with more than ${maxBytes} bytes.`,
        hint: 'It is no answer of an authorization server; tell whoever runs the MCP server.',
      });
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function notAllowed(server: URL, url: URL): CastellanError {
  const names = isOnThisMachine(url) ? 'a program on this machine' : 'an address without TLS';
  return new CastellanError({
    code: 'not_allowed',
    message: `${showUrl(server)} names ${names} for signing in (${url.origin}), so nothing was sent there.`,
    hint: 'Signing in needs https. Tell whoever runs the server.',
  });
}
