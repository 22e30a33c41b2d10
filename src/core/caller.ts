// Who calls, as a front door verified it. The door makes it, the MCP server heeds it; neither knows the other.

import type { Secret } from './secret.ts';

export interface Caller {
  /** Stable, free of personal data beyond an id; `local` on stdio and where nobody signs in. */
  readonly id: string;
  /** The application that asks for the caller, as the issuer knows it: what a person agreed to, it alone may do. */
  readonly client?: string | undefined;
  /** What this caller may do; absent where nobody signs in: then the operator's limits alone count. */
  readonly allowance?: Allowance | undefined;
  /** The caller's own token, where one is at hand: to be exchanged for another, never to be sent on as it is. */
  readonly subject?: Subject | undefined;
}

/** RFC 8693 §2.1: whom a token exchange is for. */
export interface Subject {
  /** Who issued it to Castellan itself, when the person signed in here; absent for a token that came with a request. */
  readonly issuer?: string | undefined;
  /** Fresh for long enough to be exchanged. Rejects with a CastellanError that says to sign in again where there is none any more. */
  readonly load: (signal: AbortSignal) => Promise<SubjectToken>;
}

export interface SubjectToken {
  readonly token: Secret;
  readonly type: 'urn:ietf:params:oauth:token-type:access_token' | 'urn:ietf:params:oauth:token-type:id_token';
  /** Epoch milliseconds. */
  readonly expires: number;
}

export interface Allowance {
  /** `castellan:read`, `okta:write` and so on, and nothing else. */
  readonly scopes: ReadonlySet<string>;
  /** What the caller could be allowed, at most, if somebody agreed; absent where that is not known here. */
  readonly reach?: ReadonlySet<string> | undefined;
  /** The same for the same scopes. */
  readonly key: string;
}

/** One of Castellan's own scopes: for every platform (`castellan`), for one by its name, or for an area of one (`scalekit.env`). */
export const ownScope = /^[a-z][a-z0-9-]{0,39}(\.[a-z]{1,39})?:(read|write|destroy)$/;

/** Scopes as an allowance; what is none of ours is left out. */
export function allowanceOf(scopes: Iterable<string>): Allowance {
  const own = [...new Set(scopes)].filter((scope) => ownScope.test(scope)).sort();
  return { scopes: new Set(own), key: own.join(' ') };
}

/** The same allowance, of somebody of whom it is known how far it could go. */
export function withinReach({ scopes, key }: Allowance, reach: Iterable<string>): Allowance {
  const all = allowanceOf([...scopes, ...reach]);
  return { scopes, reach: all.scopes, key: key === '' ? '' : `${key} < ${all.key}` };
}

/**
 * Whether scopes allow what needs one of a platform or an area: `castellan:read` stands for `okta:read` and every other
 * platform's, `scalekit:read` for that of each of its areas.
 */
export function covers(scopes: ReadonlySet<string>, scope: string): boolean {
  if (scopes.has(scope)) return true;
  const [about = '', access] = scope.split(':');
  return scopes.has(`castellan:${access}`) || scopes.has(`${about.split('.')[0]}:${access}`);
}

/** Whether scopes allow anything of what needs one of a platform. */
export function coversSome(scopes: ReadonlySet<string>, scope: string): boolean {
  if (covers(scopes, scope)) return true;
  const [about, access] = scope.split(':');
  return [...scopes].some((each) => each.startsWith(`${about}.`) && each.endsWith(`:${access}`));
}

/** Castellan itself, which tries its own parts before it serves. No door makes this object, so nobody else is it. */
export const itself: Caller = Object.freeze({ id: 'castellan' });
