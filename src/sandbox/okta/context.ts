// What a handler is given: the state, the call, what stood in the path, and the address the caller used.

import type { OktaAnswer, OktaCall } from './answer.ts';
import type { LogActor } from './log-record.ts';
import type { OktaState } from './state.ts';

export interface OktaContext {
  state: OktaState;
  call: OktaCall;
  query: URLSearchParams;
  params: Readonly<Record<string, string>>;
  /** Scheme, host and port as the caller wrote them: links are built on it. */
  base: string;
  /** Whose access token it is; absent where the organization's API token was shown. */
  actor?: LogActor;
  /** What Okta does by itself in consequence of the call: its events have no caller. */
  bySystem?: boolean;
}

export type OktaHandler = (context: OktaContext) => OktaAnswer;

export interface OktaRoute {
  method: string;
  /** '/api/v1/users/{id}' */
  path: string;
  handle: OktaHandler;
}
