// The API with an access token: is the token good, is it shown by whom it was given to, and may it do this?

import type { OktaCall } from '../answer.ts';
import type { LogActor } from '../log-record.ts';
import { notFound, OktaProblem } from '../problems.ts';
import type { RouteMatch } from '../router.ts';
import type { OktaState } from '../state.ts';
import { clientMay, personMay } from './admin-roles.ts';
import { checkTokenHash, readProof, useProof } from './dpop.ts';
import { AccessProblem, type Challenged, invalidProof, invalidRequest, OAuthProblem } from './problems.ts';
import { findClient } from './request.ts';
import { covers, scopesOf } from './scopes.ts';
import type { AccessToken } from './state.ts';
import { isLive, userOf } from './tokens.ts';

const schemes = /^(bearer|dpop) +(\S+) *$/i;

/** Whether a call shows an access token at all. */
export function showsToken(call: OktaCall): boolean {
  return schemes.test(call.headers.authorization ?? '');
}

export interface Admission extends RouteMatch {
  actor?: LogActor;
}

/**
 * The route of a call that shows an access token, 'me' replaced by who that is.
 * @throws AccessProblem as Okta refuses it: 401 for the token itself, 400 for what is wrong with its proof, 403 for its rights
 */
export function admit(state: OktaState, call: OktaCall, now: number, route: () => RouteMatch): Admission {
  const found = attempt(route);
  const needed = found instanceof OktaProblem ? [] : scopesOf(call.method, found.route.path);
  const token = checkToken(state, call, now, needed);
  if (found instanceof OktaProblem) throw found;
  checkScopes(call, token, needed);
  checkRole(state, token, call.method, found.route.path);
  return { ...found, params: nameMe(found.params, token), actor: actorOf(state, token) };
}

function attempt(route: () => RouteMatch): RouteMatch | OktaProblem {
  try {
    return route();
  } catch (error) {
    if (error instanceof OktaProblem) return error;
    throw error;
  }
}

/** The token of a call, good and shown by its owner. @throws AccessProblem */
export function checkToken(
  state: OktaState,
  call: OktaCall,
  now: number,
  needed: readonly string[],
  issuer = call.url.origin,
): AccessToken {
  const [, scheme = '', text = ''] = schemes.exec(call.headers.authorization ?? '') ?? [];
  const byProof = scheme.toLowerCase() === 'dpop';
  const at = challengeOf(call, needed, byProof, issuer);
  const token = state.oauth.accessTokens.get(text);
  if (!token) throw badToken('The access token is invalid.', at);
  const bound = challengeOf(call, needed, byProof || token.jkt !== undefined, issuer);
  if (token.issuer !== issuer) throw badToken('The access token provided has an invalid issuer.', bound);
  if (now >= token.expires) throw badToken('The token has expired.', bound);
  if (token.revoked || token.grant.revoked) throw badToken('The access token has been revoked.', bound);
  if (!isLive(state, token, now)) throw badToken('The access token is invalid.', bound);
  if (token.jkt === undefined) {
    if (byProof) throw badToken('The presented access_token is not DPoP bound.', bound);
    return token;
  }
  try {
    checkPossession(state, call, token, byProof, now);
  } catch (error) {
    // Okta answers 400 here, with the reason in the header and no body (github.com/okta/okta-sdk-nodejs/issues/453).
    throw error instanceof OAuthProblem ? new AccessProblem(error, bound) : error;
  }
  return token;
}

function checkPossession(state: OktaState, call: OktaCall, token: AccessToken, byProof: boolean, now: number): void {
  if (!byProof)
    throw invalidRequest('The resource request must use the DPoP authentication scheme when using a DPoP bound token.');
  const proof = readProof(call, call.url.origin, now);
  if (!proof) throw invalidRequest('The resource request requires a DPoP proof.');
  checkTokenHash(proof, token.text);
  if (proof.jkt !== token.jkt) throw invalidProof('The access_token is not bound to the provided DPoP proof.');
  useProof(proof, state.oauth);
}

function badToken(description: string, at: Challenged): AccessProblem {
  return new AccessProblem(new OAuthProblem('invalid_token', description, 401), at, new OktaProblem('E0000011'));
}

function challengeOf(call: OktaCall, scopes: readonly string[], byProof: boolean, issuer: string): Challenged {
  return { issuer, path: call.url.pathname, scheme: byProof ? 'DPoP' : 'Bearer', scopes };
}

/** The answer has no body: what is missing stands in the header alone (github.com/okta/okta-sdk-golang/issues/145). */
function checkScopes(call: OktaCall, token: AccessToken, needed: readonly string[]): void {
  if (needed.length === 0) throw new OktaProblem('E0000006');
  if (needed.every((scope) => covers(token.scopes, scope))) return;
  throw lacksScope(call, token, needed);
}

export function lacksScope(call: OktaCall, token: AccessToken, needed: readonly string[]): AccessProblem {
  const refusal = new OAuthProblem(
    'insufficient_scope',
    'The access token provided does not contain the required scopes.',
    403,
  );
  return new AccessProblem(refusal, challengeOf(call, needed, token.jkt !== undefined, token.issuer));
}

function checkRole(state: OktaState, { grant }: AccessToken, method: string, path: string): void {
  const user = userOf(state, grant);
  const roles = findClient(state, grant.clientId)?.roles ?? [];
  const may =
    grant.userId === undefined ? clientMay(roles, method, path) : user && personMay(state, user, method, path);
  if (!may) throw new OktaProblem('E0000006');
}

function actorOf(state: OktaState, { grant }: AccessToken): LogActor {
  const actor = userOf(state, grant)?.n;
  if (actor !== undefined) return { actor };
  const app = state.apps.find(({ id }) => id === grant.clientId);
  return app ? { actorApp: app.n } : {};
}

/** A service app is nobody: there is no user 'me'. */
function nameMe(params: Readonly<Record<string, string>>, { grant }: AccessToken): Readonly<Record<string, string>> {
  if (!Object.values(params).includes('me')) return params;
  const { userId } = grant;
  if (userId === undefined) throw notFound('me', 'User');
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, value === 'me' ? userId : value]));
}
