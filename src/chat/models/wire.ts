// The way to a provider: to its own origins alone, redirects not followed, certificates always verified, an authority of
// the user's where they name one.

import { X509Certificate } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { request as requestByTls } from 'node:https';
import { Readable } from 'node:stream';
import { getCACertificates } from 'node:tls';
import type { Fault } from '../../core/settings.ts';

/** One exchange, for whoever wants to see them: nothing of headers and bodies. */
export interface Exchange {
  readonly method: string;
  /** Origin and path. */
  readonly address: string;
  readonly sent: number;
  readonly status: number;
  readonly ms: number;
}

export interface WireOptions {
  readonly origins: readonly string[];
  /** Certificates in PEM, beside those that are trusted anyway. */
  readonly authority?: string | undefined;
  readonly fetch?: typeof globalThis.fetch | undefined;
  readonly seen?: ((exchange: Exchange) => void) | undefined;
  readonly now: () => number;
}

/** A provider sent us elsewhere, something wanted to go elsewhere by itself, or what answers is no provider. */
export class WireRefusal extends Error {
  readonly hint: string;
  readonly code: 'refused' | 'invalid';

  constructor(message: string, hint: string, code: WireRefusal['code'] = 'refused') {
    super(message);
    this.name = 'WireRefusal';
    this.hint = hint;
    this.code = code;
  }
}

/** Nothing is heard of a request for so long, ms: models think, but not longer. */
const silenceMs = 300_000;

/** A `fetch` that carries keys. */
export function createWire({ origins, authority, fetch, seen, now }: WireOptions): typeof globalThis.fetch {
  const allowed = new Set(origins);
  const send = fetch ?? (authority === undefined ? globalThis.fetch : createTrustingFetch(authority));
  return async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    if (!allowed.has(url.origin))
      throw new WireRefusal(
        `Nothing is sent to ${url.origin}: it is not the provider’s.`,
        'Check the addresses in the provider’s settings.',
      );
    const begun = now();
    const response = await send(input, { ...init, redirect: 'manual' });
    const body = init?.body;
    seen?.({
      method: init?.method ?? 'GET',
      address: `${url.origin}${url.pathname}`,
      sent: typeof body === 'string' ? Buffer.byteLength(body) : 0,
      status: response.status,
      ms: now() - begun,
    });
    if (response.type === 'opaqueredirect' || (response.status >= 300 && response.status < 400)) {
      await response.body?.cancel();
      const target = response.headers.get('location') ?? '';
      const to = URL.canParse(target, url.href) ? new URL(target, url.href).origin : 'elsewhere';
      throw new WireRefusal(
        `${url.origin} sends requests on to ${to}, and a key follows no redirect.`,
        'Set the provider’s address to where it really is.',
      );
    }
    if (response.ok && /^text\/html\b/i.test(response.headers.get('content-type') ?? '')) {
      await response.body?.cancel();
      throw new WireRefusal(
        `${url.origin} answered with a web page, which is no answer of a model.`,
        'Check the provider’s address, which often ends with /v1, and whether a proxy wants you to sign in first.',
        'invalid',
      );
    }
    return response;
  };
}

/** What is wrong with a file of certificates, or its text. */
export function readAuthority(
  path: string | undefined,
  readFile: (path: string) => string,
): { readonly authority: string | undefined; readonly faults: readonly Fault[] } {
  const unfit = (problem: string) => ({
    authority: undefined,
    faults: [{ where: 'CA_BUNDLE_PATH', problem, todo: 'Name a PEM file with the certificates of your authority.' }],
  });
  if (path === undefined) return { authority: undefined, faults: [] };
  let text: string;
  try {
    text = readFile(path);
  } catch {
    return unfit('cannot be read');
  }
  const certificates = text.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  if (certificates.length === 0) return unfit('has no certificate in it');
  try {
    for (const certificate of certificates) new X509Certificate(certificate);
  } catch {
    return unfit('has a certificate in it that is none');
  }
  return { authority: certificates.join('\n'), faults: [] };
}

/** `fetch` over node:https, since the built-in one takes no authority for itself alone. */
function createTrustingFetch(authority: string): typeof globalThis.fetch {
  const ca = [...getCACertificates('default'), authority];
  return async (input, init) => {
    const request = new Request(input, init);
    const url = new URL(request.url);
    // Plain http is for this machine, where no authority vouches for anybody.
    if (url.protocol !== 'https:') return globalThis.fetch(request);
    const body = Buffer.from(await request.arrayBuffer());
    const headers = { ...Object.fromEntries(request.headers), 'content-length': `${body.length}` };
    const answer = await new Promise<IncomingMessage>((answered, failed) => {
      const sent = requestByTls(url, {
        method: request.method,
        headers,
        ca,
        signal: request.signal,
        timeout: silenceMs,
      });
      sent.on('timeout', () => sent.destroy(new Error('nothing was heard for five minutes')));
      sent.on('response', answered).on('error', failed).end(body);
    });
    const status = answer.statusCode ?? 0;
    const heard = new Headers();
    for (const [name, values] of Object.entries(answer.headersDistinct))
      for (const each of values ?? []) heard.append(name, each);
    const empty = status === 204 || status === 304 || request.method === 'HEAD';
    const stream = empty ? null : (Readable.toWeb(answer) as ReadableStream<Uint8Array>);
    return new Response(stream, { status, headers: heard });
  };
}
