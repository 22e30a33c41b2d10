// What a token must say, whoever vouches for it: the issuer's signature or its answer to our question.

import { hash } from 'node:crypto';
import { type Allowance, allowanceOf } from '../core/caller.ts';
import type { Json } from './addresses.ts';

/** What tokens are held against. */
export interface Rules {
  readonly issuer: string;
  /** A token must have one of them. */
  readonly audiences: readonly string[];
  /** What the token's `resource` must be, where it has one (RFC 8707). */
  readonly resource: string;
  readonly clockSkew: number;
  readonly scopeMap: Readonly<Record<string, readonly string[]>>;
  readonly groupsClaim: string;
  readonly groupMap: Readonly<Record<string, readonly string[]>>;
  readonly subjectClaims: readonly string[];
  /** Whether a token without the first subject claim may stand for a machine. */
  readonly machineOnly?: ((claims: Json) => boolean) | undefined;
  readonly tenant?: { readonly name: string; readonly claims: readonly string[] } | undefined;
}

/** A verified token, without the token. */
export interface SignedIn {
  /** `issuer|subject` */
  readonly id: string;
  /** The application that the caller uses, as the issuer knows it. */
  readonly client: string | undefined;
  readonly allowance: Allowance;
  /** The token's own scopes, as the issuer calls them. */
  readonly scopes: readonly string[];
  /** Epoch seconds. */
  readonly expires: number;
}

/** A token that is not taken. `reason` is for the log, the message for the caller; neither quotes the token. */
export class TokenRefused extends Error {
  readonly reason: string;

  constructor(reason: string, message: string) {
    super(message);
    this.name = 'TokenRefused';
    this.reason = reason;
  }
}

/** @throws {TokenRefused} */
export function readClaims(claims: Json, rules: Rules, now: number): SignedIn {
  const seconds = now / 1000;
  const skew = rules.clockSkew;
  if (claims.iss !== rules.issuer) refuse('issuer', 'The token is of another issuer.');
  if (!textsOf(claims.aud).some((audience) => rules.audiences.includes(audience)))
    refuse('audience', 'The token is for another audience.');
  const resources = textsOf(claims.resource);
  if (claims.resource !== undefined && !resources.some((resource) => sameResource(resource, rules.resource)))
    refuse('resource', 'The token is for another resource.');
  checkTenant(claims, rules);

  const expires = timeOf(claims.exp);
  if (expires === undefined) refuse('no expiry', 'The token has no expiry.');
  if (expires <= seconds - skew) refuse('expired', 'The token has expired.');
  const notBefore = claims.nbf === undefined ? undefined : timeOf(claims.nbf);
  if (claims.nbf !== undefined && (notBefore === undefined || notBefore > seconds + skew))
    refuse('not yet valid', 'The token is not valid yet.');
  const issued = claims.iat === undefined ? undefined : timeOf(claims.iat);
  if (claims.iat !== undefined && (issued === undefined || issued > seconds + skew || issued > expires))
    refuse('issue time', 'The time at which the token was issued makes no sense.');
  // Whoever presents it would have to prove that a key is theirs, and a bearer does not (RFC 7800, RFC 9449 §7.2).
  if (claims.cnf !== undefined) refuse('bound', 'The token is bound to a key and cannot be used as a bearer token.');
  checkKind(claims);

  const scopes = scopesOf(claims);
  const groups = textsOf(claims[rules.groupsClaim]);
  return {
    id: `${rules.issuer}|${subjectOf(claims, rules)}`,
    client: [claims.client_id, claims.cid, claims.azp].find((id) => typeof id === 'string'),
    allowance: allowanceOf([
      ...scopes,
      ...scopes.flatMap((scope) => mapped(rules.scopeMap, scope)),
      ...groups.flatMap((group) => mapped(rules.groupMap, group)),
    ]),
    scopes,
    expires,
  };
}

/** Vendors say inside the token what it is, where the header does not. */
function checkKind(claims: Json): void {
  for (const name of ['typ', 'token_use', 'tok_type', 'token_type']) {
    const kind = claims[name];
    if (kind === undefined) continue;
    if (typeof kind !== 'string' || !/^(bearer|access|access_token|at)$/i.test(kind))
      refuse('no access token', 'The token is no access token.');
  }
  // What only ID tokens (OpenID Connect Core §2) and logout tokens (Back-Channel Logout §2.4) say.
  for (const name of ['nonce', 'at_hash', 'c_hash', 's_hash', 'events'])
    if (claims[name] !== undefined) refuse('no access token', 'The token is no access token.');
}

/** @throws {TokenRefused} */
export function checkTenant(claims: Json, { tenant }: Pick<Rules, 'tenant'>): void {
  if (!tenant) return;
  const named = tenant.claims.map((name) => claims[name]).filter((value) => value !== undefined);
  if (named.length === 0 || named.some((name) => name !== tenant.name))
    refuse('tenant', 'The token belongs to another identity domain.');
}

/** What stands in records and seals must be one word. */
const subject = /^[\x21-\x7e]{1,255}$/;

/** @throws {TokenRefused} */
export function subjectOf(
  claims: Json,
  { subjectClaims, machineOnly }: Pick<Rules, 'subjectClaims' | 'machineOnly'>,
): string {
  for (const [place, name] of subjectClaims.entries()) {
    const value = claims[name];
    if (value === undefined) continue;
    if (place > 0 && machineOnly?.(claims) === false) break;
    if (typeof value !== 'string' || !subject.test(value)) break;
    // It stands in records: an address that names a person does so only to whoever knows it already.
    return value.includes('@') ? `sha256-${hash('sha256', value.toLowerCase(), 'base64url')}` : value;
  }
  return refuse('subject', 'The token does not say for whom it is in a way that is understood here.');
}

/** A string with blanks between (RFC 8693 §4.2), or an array (Okta's `scp`). Both at once would be two answers. */
export function scopesOf(claims: Json): readonly string[] {
  const [scope, scp] = [wordsOf(claims.scope), wordsOf(claims.scp)];
  if (scope.length > 0 && scp.length > 0 && scope.toSorted().join(' ') !== scp.toSorted().join(' '))
    refuse('scopes', 'The token names its scopes twice, and not the same.');
  return scope.length > 0 ? scope : scp;
}

function wordsOf(value: unknown): string[] {
  return textsOf(value).flatMap((text) => text.split(' ').filter(Boolean));
}

export function textsOf(value: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.every((item) => typeof item === 'string') ? list : [];
}

export function mapped(map: Rules['scopeMap'], name: string): readonly string[] {
  return Object.hasOwn(map, name) ? (map[name] ?? []) : [];
}

function timeOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : undefined;
}

/** A slash at the end makes no other resource; clients add and drop it. */
export function sameResource(one: string, other: string): boolean {
  const plain = (text: string) => (URL.canParse(text) ? new URL(text).href.replace(/\/$/, '') : text);
  return plain(one) === plain(other);
}

export function refuse(reason: string, message: string): never {
  throw new TokenRefused(reason, message);
}
