// What the authorization server remembers: what was used once, what it issued, and what waits for a person.

import { type Claims, makeSigningKey, type SigningKey } from '../../oidc/jwt.ts';

export { dropEnded, randomText } from '../../oidc/kept.ts';

/** What a person or an administrator allowed; whatever was issued on it ends with it. */
export interface Grant {
  clientId: string;
  userId: string | undefined;
  scopes: readonly string[];
  /** Thumbprint of the key that refresh tokens of this grant are bound to. */
  jkt: string | undefined;
  /** Epoch seconds at which the person signed in. */
  authTime: number | undefined;
  nonce: string | undefined;
  /** The custom authorization server that it was given at; undefined for the org's own. */
  serverId: string | undefined;
  revoked: boolean;
}

export interface AccessToken {
  text: string;
  jti: string;
  grant: Grant;
  scopes: readonly string[];
  jkt: string | undefined;
  issuer: string;
  /** What it says, all told. */
  claims: Claims;
  /** Epoch milliseconds. */
  issued: number;
  expires: number;
  revoked: boolean;
}

export interface RefreshToken {
  text: string;
  grant: Grant;
  used: boolean;
  expires: number;
}

/** An authorize request, first while the person decides, then as a code. */
export interface Authorization {
  clientId: string;
  serverId: string | undefined;
  redirectUri: string;
  scopes: readonly string[];
  state: string;
  challenge: string | undefined;
  nonce: string | undefined;
  inFragment: boolean;
  expires: number;
  grant?: Grant;
  used?: boolean;
}

export interface DeviceAuthorization {
  deviceCode: string;
  userCode: string;
  clientId: string;
  scopes: readonly string[];
  expires: number;
  /** Seconds between two questions. */
  interval: number;
  asked: number | undefined;
  decision: 'pending' | 'denied' | Grant;
}

/** Somebody signed in with a browser. */
export interface Session {
  userId: string;
  /** Epoch seconds. */
  authTime: number;
  expires: number;
}

export interface OAuthState {
  /** Ids of assertions and proofs: true when this one was not used before. */
  useOnce: (id: string, until: number) => boolean;
  accessTokens: Map<string, AccessToken>;
  refreshTokens: Map<string, RefreshToken>;
  /** Authorize requests that wait for a person, by the id in the sign-in form. */
  waiting: Map<string, Authorization>;
  codes: Map<string, Authorization>;
  devices: Map<string, DeviceAuthorization>;
  /** By the value of the cookie. */
  sessions: Map<string, Session>;
  /** The newest last. */
  nonces: { value: string; since: number }[];
  signingKey: () => SigningKey;
}

export function createOAuthState(now: () => number): OAuthState {
  let key: SigningKey | undefined;
  return {
    useOnce: createOnce(now),
    accessTokens: new Map(),
    refreshTokens: new Map(),
    waiting: new Map(),
    codes: new Map(),
    devices: new Map(),
    sessions: new Map(),
    nonces: [],
    signingKey: () => {
      key ??= makeSigningKey();
      return key;
    },
  };
}

function createOnce(now: () => number) {
  const used = new Map<string, number>();
  let sweepAt = 1000;
  return (id: string, until: number) => {
    const at = now();
    if (used.size >= sweepAt) {
      for (const [key, end] of used) if (end < at) used.delete(key);
      sweepAt = Math.max(1000, used.size * 2);
    }
    if ((used.get(id) ?? 0) >= at) return false;
    used.set(id, until);
    return true;
  };
}
