// Reads a JSON document that a stranger named: from a public address by https alone, connected to exactly the address that
// was checked, bounded in time and size. No redirects, cookies, compression or proxies; nothing of ours is sent along.

import { lookup as lookUp } from 'node:dns/promises';
import type { IncomingMessage } from 'node:http';
import { request as requestByTls } from 'node:https';
import type { LookupFunction } from 'node:net';
import type { Json } from './addresses.ts';
import { findAddressProblem, isPublicAddress } from './public-address.ts';

export interface Resolved {
  readonly address: string;
  readonly family: 4 | 6;
}

export interface SafeFetchOptions {
  /** All addresses of a name, by the internet's name servers alone; rejects where they do not answer. */
  readonly resolve: (host: string) => Promise<readonly Resolved[]>;
  readonly request?: typeof requestByTls;
  /** Addresses of this machine that may be asked all the same, where everything is simulated. */
  readonly allowFor?: ((url: URL) => boolean) | undefined;
  readonly timeoutMs?: number;
}

export interface Fetched {
  readonly value: Json;
  /** For how long it may be kept, seconds, where the server says so (RFC 9111 §5.2.2.1, §5.3). */
  readonly freshSeconds: number | undefined;
}

/** @throws {NotFetched} */
export type SafeFetch = (address: string, maxBytes: number) => Promise<Fetched>;

/**
 * `refused`: it is not asked at all; `unfit`: what stands there is no such document; `away`: perhaps later. The message is
 * for whoever named it, and tells nothing of what was found where they may not look.
 */
export class NotFetched extends Error {
  readonly kind: 'refused' | 'unfit' | 'away';

  constructor(kind: NotFetched['kind'], message: string) {
    super(message);
    this.name = 'NotFetched';
    this.kind = kind;
  }
}

const defaultTimeoutMs = 5_000;

export function createSafeFetch(options: SafeFetchOptions): SafeFetch {
  const { resolve, allowFor, request = requestByTls, timeoutMs = defaultTimeoutMs } = options;

  async function addressesOf(url: URL): Promise<readonly Resolved[]> {
    const found = await resolve(url.hostname);
    // One that is not public among others is how a name is made to lead inside now and then. Whether a name exists inside is
    // nobody's business.
    if (found.length === 0 || !found.every(({ address }) => isPublicAddress(address)))
      throw new NotFetched('refused', 'the name does not lead to a public address');
    return found;
  }

  async function open(url: URL, address: string, signal: AbortSignal): Promise<IncomingMessage> {
    const here = allowFor?.(url) === true;
    const problem = findAddressProblem(address, here);
    if (problem !== undefined) throw new NotFetched('refused', `the address ${problem}`);
    const found = here ? await lookUpHere(url) : await addressesOf(url);
    signal.throwIfAborted();
    const headers = { accept: 'application/json', 'accept-encoding': 'identity', 'user-agent': 'castellan' };
    return new Promise((answered, failed) => {
      // An agent of its own: no connection and no proxy that somebody else has set up.
      request(url, { method: 'GET', headers, agent: false, lookup: lookupOf(found), signal })
        .on('response', answered)
        .on('error', failed)
        .end();
    });
  }

  async function read(address: string, maxBytes: number, signal: AbortSignal): Promise<Fetched> {
    if (!URL.canParse(address)) throw new NotFetched('refused', 'the address is none');
    const response = await open(new URL(address), address, signal);
    try {
      checkAnswer(response);
      const text = (await readBounded(response, maxBytes)).toString('utf8');
      return { value: parse(text), freshSeconds: freshnessOf(response) };
    } finally {
      response.destroy();
    }
  }

  return async (address, maxBytes) => {
    const signal = AbortSignal.timeout(timeoutMs);
    // A resolver cannot be told to stop.
    const late = new Promise<never>((_resolve, reject) =>
      signal.addEventListener('abort', () => reject(new NotFetched('away', 'the server did not answer in time'))),
    );
    try {
      return await Promise.race([late, read(address, maxBytes, signal)]);
    } catch (error) {
      if (error instanceof NotFetched) throw error;
      throw new NotFetched(
        'away',
        signal.aborted ? 'the server did not answer in time' : 'the server cannot be reached',
      );
    }
  };
}

/** No second resolution that could answer otherwise (DNS rebinding); the certificate is still held against the name. */
function lookupOf(found: readonly Resolved[]): LookupFunction {
  return (_host, { all }, callback) => {
    const [first] = found;
    if (all) callback(null, [...found]);
    else if (first) callback(null, first.address, first.family);
  };
}

async function lookUpHere(url: URL): Promise<readonly Resolved[]> {
  const found = await lookUp(url.hostname.replace(/^\[|\]$/g, ''), { all: true });
  return found.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }));
}

function checkAnswer({ statusCode = 0, headers }: IncomingMessage): void {
  if (statusCode >= 500 || statusCode === 429 || statusCode === 408)
    throw new NotFetched('away', `the server answered ${statusCode}`);
  if (statusCode !== 200) throw new NotFetched('unfit', `the server answered ${statusCode}`);
  if (!/^application\/([\w.-]+\+)?json\s*(;|$)/i.test(headers['content-type'] ?? ''))
    throw new NotFetched('unfit', 'the document is not application/json');
  // It was asked for as it is: what unpacks to more than its size says is not unpacked.
  if (!/^(identity)?$/i.test(headers['content-encoding'] ?? ''))
    throw new NotFetched('unfit', 'the document is compressed');
}

async function readBounded(response: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw new NotFetched('unfit', `the document is larger than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function parse(text: string): Json {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Told below.
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new NotFetched('unfit', 'the document is no JSON object');
  return value as Json;
}

function freshnessOf({ headers }: IncomingMessage): number | undefined {
  const control = headers['cache-control'] ?? '';
  if (/(^|[\s,])no-(store|cache)\b/i.test(control)) return 0;
  const age = /(^|[\s,])max-age\s*=\s*"?(\d{1,9})/i.exec(control)?.[2];
  if (age !== undefined) return Number(age);
  const expires = Date.parse(headers.expires ?? '');
  const date = Date.parse(headers.date ?? '');
  return Number.isNaN(expires) || Number.isNaN(date) ? undefined : Math.max(0, (expires - date) / 1000);
}
