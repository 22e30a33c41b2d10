// What an endpoint of the authorization server is given: the state, the call, and the parameters of its body or query.

import type { OktaAnswer, OktaCall } from '../answer.ts';
import type { AuthServerRecord } from '../authorization-server-seed.ts';
import type { OktaState } from '../state.ts';
import type { OAuthClient } from './clients.ts';
import { invalidRequest } from './problems.ts';

export interface OAuthRequest {
  state: OktaState;
  call: OktaCall;
  /** Scheme, host and port as the caller wrote them. */
  base: string;
  /** The custom authorization server that is asked; undefined: the org's own. */
  server: AuthServerRecord | undefined;
  /** Of that server. */
  issuer: string;
  /** Parameters of the body, each at most once (RFC 6749 §3.2). */
  form: ReadonlyMap<string, string>;
  now: number;
}

export type OAuthHandler = (request: OAuthRequest) => OktaAnswer;

/** A registered client with its id. */
export interface KnownClient extends OAuthClient {
  id: string;
  label: string;
}

/** The client of an id, unless its application was deactivated. */
export function findClient(state: OktaState, id: string | undefined): KnownClient | undefined {
  const app = state.apps.find((candidate) => candidate.id === id && candidate.status === 'ACTIVE');
  return app?.oauth && { ...app.oauth, id: app.id, label: app.label };
}

const secrets = ['client_id', 'client_secret', 'client_assertion'] as const;

/** @throws OAuthProblem where a parameter comes twice or a credential stands in the address */
export function readForm(call: OktaCall): ReadonlyMap<string, string> {
  if (call.method === 'POST' && secrets.some((name) => call.url.searchParams.has(name)))
    throw invalidRequest('Client credentials cannot be supplied via query parameters.');
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(call.headers['content-type'] ?? '');
  return readOnce(new URLSearchParams(isForm ? call.body : ''));
}

export function readOnce(given: URLSearchParams): ReadonlyMap<string, string> {
  const form = new Map<string, string>();
  for (const [name, value] of given) {
    if (form.has(name)) throw invalidRequest('The request contained multiple parameters with the same name.');
    // RFC 6749 §3.1: a parameter without a value is as if it were not there.
    if (value !== '') form.set(name, value);
  }
  return form;
}
