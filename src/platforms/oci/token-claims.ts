// What a token says of itself. Nothing is proved by it: it came from OCI itself over TLS, or is shown to whoever it belongs to.

import { asObject } from '../../core/settings.ts';

/** The payload of a JWT (RFC 7519 §3); undefined for what is none. */
export function readClaims(token: string): Readonly<Record<string, unknown>> | undefined {
  const [, payload, signature] = token.split('.');
  if (payload === undefined || signature === undefined) return undefined;
  try {
    return asObject(JSON.parse(Buffer.from(payload, 'base64url').toString()));
  } catch {
    return undefined;
  }
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
