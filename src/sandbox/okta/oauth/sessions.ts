// Who is signed in at the organization with this browser: a cookie, so that the next application need not ask again.

import type { OktaState } from '../state.ts';
import type { UserRecord } from '../user-record.ts';
import type { OAuthRequest } from './request.ts';
import { dropEnded, randomText, type Session } from './state.ts';

/** Okta's default: two hours. */
const sessionLife = 2 * 3_600_000;
const cookieName = 'sid';

export interface SignedIn {
  user: UserRecord;
  /** Epoch seconds. */
  authTime: number;
}

function readCookie({ call }: OAuthRequest): string | undefined {
  const pairs = (call.headers.cookie ?? '').split(/; */);
  return pairs.find((pair) => pair.startsWith(`${cookieName}=`))?.slice(cookieName.length + 1);
}

export function findSession(request: OAuthRequest): SignedIn | undefined {
  const { state, now } = request;
  const session = state.oauth.sessions.get(readCookie(request) ?? '');
  if (!session || session.expires <= now) return undefined;
  const user = userById(state, session);
  return user && { user, authTime: session.authTime };
}

function userById(state: OktaState, { userId }: Session): UserRecord | undefined {
  const ordinal = state.usersById.get(userId);
  const user = ordinal === undefined ? undefined : state.users[ordinal];
  return user?.status === 'ACTIVE' ? user : undefined;
}

/** Starts a session; the value of Set-Cookie. Always a new one: what the browser had before is not kept. */
export function startSession({ state, now }: OAuthRequest, user: UserRecord): string {
  const { sessions } = state.oauth;
  const id = randomText();
  dropEnded(sessions, now);
  sessions.set(id, { userId: user.id, authTime: Math.floor(now / 1000), expires: now + sessionLife });
  return `${cookieName}=${id}; Path=/; HttpOnly; SameSite=Lax`;
}

/** Ends the session of this browser if it is that person's; the value of Set-Cookie. */
export function endSession(request: OAuthRequest, userId: unknown): string | undefined {
  const { sessions } = request.state.oauth;
  const id = readCookie(request) ?? '';
  if (sessions.get(id)?.userId !== userId) return undefined;
  sessions.delete(id);
  return `${cookieName}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax`;
}
