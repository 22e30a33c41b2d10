// What is done with a request before the authorization server sees it: whom it is for, from where, how large, how often.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { createBucket } from '../bucket.ts';

const maxBytes = 64 * 1024;
const maxAddress = 4 * 1024;
const hourMs = 3_600_000;

/**
 * The server makes addresses of what a request says of itself. Whatever stands before us may have changed that, and anybody
 * can write such headers: the public address is a setting.
 */
export function addressRightly({ headers }: IncomingMessage, issuer: string): void {
  const { protocol, host } = new URL(issuer);
  headers['x-forwarded-proto'] = protocol.slice(0, -1);
  headers['x-forwarded-host'] = host;
  headers.host = host;
}

/**
 * Clients that run in a browser, from wherever: no cookie is heeded where they ask.
 * @returns whether that was all there was to answer
 */
export function answerCrossOrigin({ method, headers }: IncomingMessage, response: ServerResponse): boolean {
  if (headers.origin === undefined) return false;
  response.setHeader('access-control-allow-origin', '*');
  response.setHeader('access-control-expose-headers', 'www-authenticate, retry-after');
  if (method !== 'OPTIONS') return false;
  response.setHeader('access-control-allow-methods', 'GET, POST');
  response.setHeader('access-control-allow-headers', 'authorization, content-type, mcp-protocol-version');
  response.setHeader('access-control-max-age', '3600');
  response.statusCode = 204;
  response.end();
  return true;
}

/** By what it announces; what sends more than it says, or says nothing, is cut off by whoever reads it. */
export function isTooLarge({ headers }: IncomingMessage): boolean {
  return Number(headers['content-length'] ?? 0) > maxBytes;
}

/** What asks for authorization is kept as it came while its person signs in, and anybody can ask. */
export function isTooLong({ url = '' }: IncomingMessage): boolean {
  return url.length > maxAddress;
}

export interface Pace {
  readonly burst: number;
  readonly perHour: number;
}

/** Everybody can ask for these, and each leaves something in the store for a while. */
export const registrations: Pace = { burst: 200, perHour: 200 };
export const authorizations: Pace = { burst: 2_000, perHour: 200_000 };

/** @returns whether one more is within the pace, for all who ask this process together */
export function createPace({ burst, perHour }: Pace, now: () => number): () => boolean {
  return createBucket(burst, (burst / perHour) * hourMs, now);
}
