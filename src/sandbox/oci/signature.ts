// Who signed a request, and whether it is as it was signed: docs.oracle.com "Request Signatures" (draft-cavage-http-signatures-08).

import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import type { Call } from '../answer.ts';
import type { Member } from '../company/roster.ts';
import { makeOcid, type OciDomain } from './domain.ts';
import type { SessionTokens } from './session-tokens.ts';

export interface OciCaller {
  member: Member;
  way: 'api-key' | 'session-token';
  /** The key's fingerprint, or the token's id. */
  credential: string;
  /** As it was shown: of a session token, to refresh it. */
  token?: string;
}

export type Verified = { caller: OciCaller } | { refusal: string };

interface Shown {
  keyId: string;
  names: readonly string[];
  signature: Buffer;
}

const minute = 60_000;
const skew = 5 * minute;
const withBody: readonly string[] = ['POST', 'PUT', 'PATCH'];
const ofBody = ['content-length', 'content-type', 'x-content-sha256'] as const;

/** All that is wrong with key, token or signature sounds the same: nobody learns what to try next. */
export const notAuthenticated =
  'The required information to complete authentication was not provided or was incorrect.';

export function isSigned({ headers }: Call): boolean {
  return /^signature\s/i.test(headers.authorization ?? '');
}

export function verifySignature(domain: OciDomain, tokens: SessionTokens, now: number, call: Call): Verified {
  const shown = readAuthorization(call.headers.authorization);
  if (!shown) return { refusal: notAuthenticated };
  const missing = findMissing(call, shown.names);
  if (missing !== undefined) return { refusal: `The required HTTP header '${missing}' is not signed.` };
  const late = checkDate(call, shown.names, now);
  if (late !== undefined) return { refusal: late };
  if (shown.names.includes('x-content-sha256') && call.headers['x-content-sha256'] !== digestOf(call.body))
    return { refusal: "The header 'x-content-sha256' is not the digest of the body." };
  const found = findKey(domain, tokens, shown.keyId);
  if (!found || found.caller.member.isLocked) return { refusal: notAuthenticated };
  const text = shown.names.map((name) => lineOf(call, name)).join('\n');
  if (!verify('sha256', Buffer.from(text), found.key, shown.signature)) return { refusal: notAuthenticated };
  return { caller: found.caller };
}

function readAuthorization(header: string | undefined): Shown | undefined {
  const said = /^signature\s+(.*)$/is.exec(header ?? '')?.[1];
  if (said === undefined) return undefined;
  const given = new Map([...said.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]));
  const { version = '1', keyId, algorithm, headers, signature } = Object.fromEntries(given);
  if (version !== '1' || algorithm !== 'rsa-sha256' || !keyId || !headers || !signature) return undefined;
  return { keyId, names: headers.toLowerCase().split(' '), signature: Buffer.from(signature, 'base64') };
}

/** The header that ought to be signed and is not, or is signed and not there. Uploads of objects may leave the body out. */
function findMissing({ method, url, headers }: Call, names: readonly string[]): string | undefined {
  const isUpload = method === 'PUT' && /^\/n\/[^/]+\/b\/[^/]+\/[ou]\//.test(url.pathname);
  const needed = ['(request-target)', 'host', ...(withBody.includes(method) && !isUpload ? ofBody : [])];
  if (!names.includes('date') && !names.includes('x-date')) return 'date';
  return (
    needed.find((name) => !names.includes(name)) ??
    names.find((name) => name !== '(request-target)' && headers[name] === undefined)
  );
}

function checkDate({ headers }: Call, names: readonly string[], now: number): string | undefined {
  // A browser may not set Date; where both are there, x-date is the one that counts.
  const text = headers[names.includes('x-date') ? 'x-date' : 'date'] ?? '';
  const at = Date.parse(text);
  if (Math.abs(at - now) <= skew) return undefined;
  const [current, first, last] = [now, now - skew, now + skew].map((time) => new Date(time).toUTCString());
  return `Date '${text}' is not within allowed clock skew. Current '${current}', valid datetime range: ['${first}', '${last}']`;
}

function lineOf({ method, url, headers, target }: Call, name: string): string {
  if (name === '(request-target)')
    return `(request-target): ${method.toLowerCase()} ${target ?? url.pathname + url.search}`;
  return `${name}: ${headers[name]}`;
}

const digestOf = (body: string) => createHash('sha256').update(body).digest('base64');

/** `ST$` and a session token, or tenancy, user and fingerprint of a key that is registered for them. */
function findKey(
  domain: OciDomain,
  tokens: SessionTokens,
  keyId: string,
): { caller: OciCaller; key: KeyObject } | undefined {
  if (keyId.startsWith('ST$')) {
    const token = keyId.slice(3);
    const found = tokens.read(token);
    if (!found) return undefined;
    const { member, key, claims } = found;
    return { caller: { member, way: 'session-token', credential: String(claims.jti), token }, key };
  }
  const [tenancy, user, fingerprint, ...rest] = keyId.split('/');
  if (tenancy !== domain.tenancyId || fingerprint === undefined || rest.length > 0) return undefined;
  for (const each of domain.apiKeys.values()) {
    const member = domain.roster.byId(each.user.value);
    if (each.fingerprint !== fingerprint || !member || makeOcid('user', member.id) !== user) continue;
    return { caller: { member, way: 'api-key', credential: fingerprint }, key: createPublicKey(each.key) };
  }
  return undefined;
}
