// OCI request signatures: draft-cavage-http-signatures-08 as docs.oracle.com, "Request Signatures" has it, version 1, RSA-SHA256.

import { hash, type KeyObject, sign } from 'node:crypto';
import { promisify } from 'node:util';

/** A key, and the name under which OCI knows it: `TENANCY/USER/FINGERPRINT`, or `ST$` and a session token. */
export interface SigningKey {
  readonly keyId: string;
  /** RSA, 2048 bits or more. */
  readonly key: KeyObject;
}

export interface ToSign {
  readonly method: string;
  readonly url: URL;
  /** What is sent, to the byte; absent where nothing is. Only POST, PUT and PATCH sign it. */
  readonly body?: string | undefined;
  /** Of the body; OCI takes JSON everywhere that Castellan sends something. */
  readonly contentType?: string;
  /** Epoch milliseconds; OCI takes five minutes of difference from its own clock. */
  readonly now: number;
}

const signAsync = promisify(sign);
const bodyMethods = new Set(['POST', 'PUT', 'PATCH']);

/** Headers that must go with the request as they are; `host` and `content-length` are signed and set by whoever sends. */
export async function signRequest(
  { method, url, body = '', contentType = 'application/json', now }: ToSign,
  { keyId, key }: SigningKey,
): Promise<Record<string, string>> {
  const date = new Date(now).toUTCString();
  const lines: [string, string][] = [
    ['x-date', date],
    ['(request-target)', `${method.toLowerCase()} ${url.pathname}${url.search}`],
    ['host', url.host],
  ];
  const sent: Record<string, string> = { 'x-date': date };
  if (bodyMethods.has(method)) {
    const digest = hash('sha256', body, 'base64');
    lines.push(
      ['content-type', contentType],
      ['content-length', String(Buffer.byteLength(body))],
      ['x-content-sha256', digest],
    );
    sent['content-type'] = contentType;
    sent['x-content-sha256'] = digest;
  }
  const text = lines.map(([name, value]) => `${name}: ${value}`).join('\n');
  const signature = (await signAsync('sha256', Buffer.from(text), key)).toString('base64');
  const names = lines.map(([name]) => name).join(' ');
  const parts = `version="1",keyId="${keyId}",algorithm="rsa-sha256",headers="${names}",signature="${signature}"`;
  return { ...sent, authorization: `Signature ${parts}` };
}
