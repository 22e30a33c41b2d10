// The version of a user: given with the user, and asked for again by whoever does not want to overwrite what others wrote.

import { createHash } from 'node:crypto';
import type { OktaContext } from './context.ts';
import { OktaProblem } from './problems.ts';
import type { OktaState } from './state.ts';
import type { UserRecord } from './user-record.ts';
import { viewUser } from './user-view.ts';

/** Of the content, so that it is the same at whatever address, and for as long as nothing changes. */
export function etagOf(state: OktaState, user: UserRecord): string {
  const text = JSON.stringify(viewUser(state, user, { base: '', omitCredentials: false }));
  return `W/"${createHash('sha256').update(text).digest('hex').slice(0, 32)}"`;
}

/** RFC 9110 §13.1.1, but with weak tags compared, as Okta's are. */
export function checkIfMatch({ state, call }: OktaContext, user: UserRecord): void {
  const wish = call.headers['if-match'];
  if (wish === undefined || wish.trim() === '*') return;
  const own = etagOf(state, user);
  if (!wish.split(',').some((tag) => tag.trim() === own)) throw new OktaProblem('E0000231');
}
