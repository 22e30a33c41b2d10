// Refusals of the authorization server and of the API to a token: Okta's codes, sentences and statuses.

import { algorithmNames } from '../../oidc/jwt.ts';
import { empty, json, type OktaAnswer } from '../answer.ts';
import { answerProblem, type OktaProblem } from '../problems.ts';

/** An error of RFC 6749 §5.2, in Okta's words. */
export class OAuthProblem extends Error {
  readonly error: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(error: string, description: string, status = 400, headers: Readonly<Record<string, string>> = {}) {
    super(description);
    this.error = error;
    this.status = status;
    this.headers = headers;
  }
}

export function answerOAuthProblem(problem: OAuthProblem): OktaAnswer {
  const body = { error: problem.error, error_description: problem.message };
  return json(body, { ...noStore, ...problem.headers }, problem.status);
}

/** RFC 6749 §5.1: what carries tokens is not kept. */
export const noStore = { 'cache-control': 'no-cache, no-store', pragma: 'no-cache' } as const;

/** Client authentication failed (RFC 6749 §5.2: status 401). */
export function invalidClient(
  description = 'Client authentication failed. Either the client or the client credentials are invalid.',
) {
  return new OAuthProblem('invalid_client', description, 401);
}

export function invalidGrant(description: string) {
  return new OAuthProblem('invalid_grant', description);
}

export function invalidRequest(description: string) {
  return new OAuthProblem('invalid_request', description);
}

export function invalidProof(description: string) {
  return new OAuthProblem('invalid_dpop_proof', description);
}

/** The API refuses a token: what is wrong stands in WWW-Authenticate; only some refusals have a body as well. */
export class AccessProblem extends Error {
  readonly challenge: string;
  readonly status: number;
  readonly problem: OktaProblem | undefined;

  constructor(refusal: OAuthProblem, at: Challenged, problem?: OktaProblem) {
    super(refusal.message);
    this.status = refusal.status;
    this.problem = problem;
    this.challenge = writeChallenge(refusal, at);
  }
}

export interface Challenged {
  issuer: string;
  path: string;
  scheme: 'Bearer' | 'DPoP';
  scopes: readonly string[];
}

/** Where the endpoints of a server are; the org's own server is the organization's address itself. */
export function endpointsOf(issuer: string): string {
  return `${issuer}${new URL(issuer).pathname === '/' ? '/oauth2' : ''}/v1`;
}

function writeChallenge(refusal: OAuthProblem, { issuer, path, scheme, scopes }: Challenged): string {
  const parts = [
    ...(scheme === 'DPoP' ? [`algs="${algorithmNames.join(' ')}"`] : []),
    `authorization_uri="${endpointsOf(issuer)}/authorize"`,
    `realm="${issuer}"`,
    `scope="${scopes.join(' ')}"`,
    `error="${refusal.error}"`,
    `error_description="${refusal.message}"`,
    `resource="${path}"`,
  ];
  return `${scheme} ${parts.join(', ')}`;
}

export function answerAccessProblem(refused: AccessProblem, errorId: string): OktaAnswer {
  const answer = refused.problem ? answerProblem(refused.problem, errorId) : empty(refused.status);
  return { ...answer, headers: { ...answer.headers, 'www-authenticate': refused.challenge } };
}
