// Issuing tokens and telling whether one still holds: access tokens as Okta writes them, ID tokens, refresh tokens.

import { type Claims, digest, type SigningKey, signJwt } from '../../oidc/jwt.ts';
import type { AuthClaim, AuthServerRecord } from '../authorization-server-seed.ts';
import type { OktaState } from '../state.ts';
import { readProfile, type UserRecord } from '../user-record.ts';
import { readClaims } from './custom-claims.ts';
import { signingKeyOf } from './custom-keys.ts';
import { findClient } from './request.ts';
import { type AccessToken, dropEnded, type Grant, type RefreshToken, randomText } from './state.ts';

/** Seconds. */
const hour = 3600;
/** Okta's default for refresh tokens: no end, but seven days without use. */
const refreshIdle = 7 * 86_400_000;

export interface Issue {
  issuer: string;
  now: number;
  scopes: readonly string[];
  /** Thumbprint of the key that the access token is bound to. */
  jkt: string | undefined;
  withRefresh: boolean;
  /** Seconds that the access token lasts; default: an hour. */
  life?: number;
  /** Claims in the place of those that would be; undefined takes one out. */
  over?: Claims;
}

export interface TokenResponse {
  token_type: 'Bearer' | 'DPoP';
  expires_in: number;
  access_token: string;
  scope: string;
  refresh_token?: string;
  id_token?: string;
}

export function issueTokens(state: OktaState, grant: Grant, issue: Issue): TokenResponse {
  const { oauth } = state;
  const access = issueAccessToken(state, grant, issue);
  const response: TokenResponse = {
    token_type: issue.jkt === undefined ? 'Bearer' : 'DPoP',
    expires_in: issue.life ?? hour,
    access_token: access.text,
    scope: issue.scopes.join(' '),
  };
  if (issue.withRefresh) {
    const refresh: RefreshToken = { text: randomText(), grant, used: false, expires: issue.now + refreshIdle };
    dropEnded(oauth.refreshTokens, issue.now);
    oauth.refreshTokens.set(refresh.text, refresh);
    response.refresh_token = refresh.text;
  }
  const user = userOf(state, grant);
  if (user && issue.scopes.includes('openid')) response.id_token = writeIdToken(state, grant, user, access, issue);
  return response;
}

/** The custom authorization server of a grant. */
function serverOf(state: OktaState, { serverId }: Grant): AuthServerRecord | undefined {
  return serverId === undefined ? undefined : state.authServers.find(({ id }) => id === serverId);
}

function keyOf(state: OktaState, server: AuthServerRecord | undefined): SigningKey {
  return server ? signingKeyOf(server) : state.oauth.signingKey();
}

export function issueAccessToken(state: OktaState, grant: Grant, issue: Omit<Issue, 'withRefresh'>): AccessToken {
  const { issuer, now, scopes, jkt, life = hour, over } = issue;
  const { oauth } = state;
  const user = userOf(state, grant);
  const jti = `AT.${randomText()}`;
  const issued = Math.floor(now / 1000);
  const server = serverOf(state, grant);
  const claims: Claims = {
    ver: 1,
    jti,
    iss: issuer,
    aud: server ? server.audiences[0] : issuer,
    sub: user?.person.login ?? grant.clientId,
    iat: issued,
    exp: issued + life,
    cid: grant.clientId,
    ...(user && { uid: user.id, auth_time: grant.authTime }),
    scp: scopes,
    ...(jkt !== undefined && { cnf: { jkt } }),
    ...(user && server && readClaims(state, server, user, scopes, ({ claimType }) => claimType === 'RESOURCE')),
    ...over,
  };
  const text = signJwt(claims, keyOf(state, server));
  const token: AccessToken = {
    text,
    jti,
    grant,
    scopes,
    jkt,
    issuer,
    claims,
    issued: issued * 1000,
    expires: (typeof claims.exp === 'number' ? claims.exp : issued + life) * 1000,
    revoked: false,
  };
  dropEnded(oauth.accessTokens, now);
  oauth.accessTokens.set(text, token);
  return token;
}

function writeIdToken(
  state: OktaState,
  grant: Grant,
  user: UserRecord,
  access: AccessToken,
  { issuer, now }: Issue,
): string {
  const issued = Math.floor(now / 1000);
  const server = serverOf(state, grant);
  const isWanted = ({ claimType, alwaysIncludeInToken }: AuthClaim) => claimType === 'IDENTITY' && alwaysIncludeInToken;
  const claims = {
    ...describePerson(state, user, access.scopes),
    ...(server && readClaims(state, server, user, access.scopes, isWanted)),
    ver: 1,
    iss: issuer,
    aud: grant.clientId,
    iat: issued,
    exp: issued + hour,
    jti: `ID.${randomText()}`,
    auth_time: grant.authTime,
    ...(grant.nonce !== undefined && { nonce: grant.nonce }),
    // OpenID Connect Core §3.1.3.6: the left half of the hash.
    at_hash: Buffer.from(digest(access.text), 'base64url').subarray(0, 16).toString('base64url'),
  };
  return signJwt(claims, keyOf(state, server));
}

/** The claims of a person that the scopes give (OpenID Connect Core §5.4). */
export function describePerson(state: OktaState, user: UserRecord, scopes: readonly string[]): Record<string, unknown> {
  const read = (name: string) => readProfile(user, name, state.users);
  return {
    sub: user.id,
    ...(scopes.includes('profile') && {
      name: `${read('firstName')} ${read('lastName')}`,
      given_name: read('firstName'),
      family_name: read('lastName'),
      preferred_username: read('login'),
      updated_at: Math.floor(user.lastUpdated / 1000),
    }),
    ...(scopes.includes('email') && { email: read('email'), email_verified: true }),
  };
}

/** The person of a grant, while the account is one that may sign in. */
export function userOf(state: OktaState, grant: Grant): UserRecord | undefined {
  const ordinal = grant.userId === undefined ? undefined : state.usersById.get(grant.userId);
  const user = ordinal === undefined ? undefined : state.users[ordinal];
  return user?.status === 'ACTIVE' ? user : undefined;
}

/** Ends a person's sessions, and whatever they have given to clients. */
export function endGrantsOf({ oauth }: OktaState, user: UserRecord): void {
  for (const [id, session] of oauth.sessions) if (session.userId === user.id) oauth.sessions.delete(id);
  for (const { grant } of [...oauth.accessTokens.values(), ...oauth.refreshTokens.values()])
    if (grant.userId === user.id) grant.revoked = true;
}

/** Whether what was granted still stands: not revoked, its client there and active, its person too. */
export function stands(state: OktaState, grant: Grant): boolean {
  if (grant.revoked || !findClient(state, grant.clientId)) return false;
  return grant.userId === undefined || userOf(state, grant) !== undefined;
}

export function isLive(state: OktaState, token: AccessToken, now: number): boolean {
  return !token.revoked && now < token.expires && stands(state, token.grant);
}
