// What stands in front of every request: who may address us by which name, and how much anybody may send.

import type { IncomingMessage } from 'node:http';
import { isLoopbackName } from '../core/address.ts';
import { maxMessageBytes, maxNesting, nestsTooDeep } from '../core/limits.ts';

export interface GuardOptions {
  /** Host names by which clients may address the server, beside those of this machine. */
  readonly allowedHosts: readonly string[];
  readonly allowedOrigins: readonly string[];
}

export interface Refusal {
  readonly status: 400 | 401 | 403 | 413 | 415 | 503;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Against DNS rebinding (MCP, basic/transports, security): a web page that made its own name point here is known by the
 * Host it asks for and the Origin that its browser adds. Clients that are no browsers send no Origin.
 * @param anyOrigin where what is asked for is for pages of any origin
 */
export function checkAddress(request: IncomingMessage, options: GuardOptions, anyOrigin = false): Refusal | undefined {
  const { host, origin } = request.headers;
  // Node keeps the first of several; whatever stands before us may have gone by another (RFC 9112 §3.2).
  if (countHeader(request, 'host') > 1) return { status: 400, message: 'A request has one Host header.' };
  const name = host === undefined ? undefined : hostNameOf(host);
  if (
    name === undefined ||
    !(isLoopbackName(name) || options.allowedHosts.some((allowed) => hostNameOf(allowed) === name))
  ) {
    return {
      status: 403,
      message: 'The Host header does not name this server. An operator can add the name to allowed-hosts.',
    };
  }
  if (origin === undefined || anyOrigin) return undefined;
  const local = URL.canParse(origin) && isLoopbackName(new URL(origin).hostname) && /^https?:/i.test(origin);
  if (local || options.allowedOrigins.some((allowed) => originOf(allowed) === originOf(origin))) return undefined;
  return {
    status: 403,
    message: 'Web pages of this origin may not call the server. An operator can add it to allowed-origins.',
  };
}

/** Nobody between us and it: whatever forwards a request for others says so, or asks for the public name. */
export function isFromThisMachine({ headers, socket }: IncomingMessage): boolean {
  const address = (socket.remoteAddress ?? '').replace(/^::ffff:/, '');
  const near = address === '::1' || /^127\./.test(address);
  const forwarded = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip'].some(
    (name) => name in headers,
  );
  return near && !forwarded && isLoopbackName(hostNameOf(headers.host ?? '') ?? '');
}

/** As browsers send it (RFC 6454 §6): in lower case, without a path or the scheme's own port. */
function originOf(text: string): string {
  const origin = URL.canParse(text) ? new URL(text).origin : 'null';
  // Schemes that URL knows no origins of, such as those of browser extensions.
  return origin === 'null' ? text.toLowerCase().replace(/\/+$/, '') : origin;
}

/** `rawHeaders` holds names at even places and values at odd ones. */
function countHeader({ rawHeaders }: IncomingMessage, name: string): number {
  return rawHeaders.filter((text, place) => place % 2 === 0 && text.toLowerCase() === name).length;
}

function hostNameOf(host: string): string | undefined {
  return /^(\[[\da-f:.]+\]|[\w.-]+)(:\d{1,5})?$/i.exec(host)?.[1]?.toLowerCase();
}

export type Body = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly refusal: Refusal };

/**
 * Reads a JSON body within our bounds. What is over them is refused without being parsed, by its announced length or as
 * soon as it has sent too much.
 */
export async function readJsonBody(request: IncomingMessage): Promise<Body> {
  if (!/^application\/json\s*(;|$)/i.test(request.headers['content-type'] ?? '')) {
    return refuse(415, 'Send application/json.');
  }
  const tooLarge = `A request may have ${maxMessageBytes} bytes at most.`;
  if (Number(request.headers['content-length'] ?? 0) > maxMessageBytes) return refuse(413, tooLarge);
  const bytes = await readBytes(request);
  if (bytes === 'too large') return refuse(413, tooLarge);
  // The sender is gone, or sent no HTTP: nothing of ours broke.
  if (bytes === 'cut') return refuse(400, 'The body ended before it was whole.');
  if (nestsTooDeep(bytes)) return refuse(400, `A request may nest ${maxNesting} levels at most.`);
  try {
    return { ok: true, value: JSON.parse(bytes.toString('utf8')) };
  } catch {
    return refuse(400, 'The body is not JSON.');
  }
}

/** Events rather than iteration: this runs for every request, and an iterator costs as much as all else here together. */
function readBytes(request: IncomingMessage): Promise<Buffer | 'too large' | 'cut'> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxMessageBytes) {
        request.pause();
        resolve('too large');
      } else chunks.push(chunk);
    });
    request.once('end', () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
    request.once('error', () => resolve('cut'));
    request.once('close', () => resolve('cut'));
  });
}

function refuse(status: Refusal['status'], message: string): Body {
  return { ok: false, refusal: { status, message } };
}
